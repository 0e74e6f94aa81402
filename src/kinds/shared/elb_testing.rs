//! What the tests of the kinds of Elastic Load Balancing share: requests and replies in its XML.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::json;

use crate::aws::replay::{Replay, json as json_reply, xml};
use crate::kind::{DesiredRow, Kind, Live, LiveRow, Manifest, Survey};
use crate::kinds::{ALL, samples};
use crate::value::{Address, Resolvable};

pub(crate) const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:444455556666";

pub(crate) fn own_tags(resource: &str) -> BTreeMap<String, Resolvable> {
    let manifest = Manifest { address: Address::new("service", "web"), origin: None };
    let resource = Address::parse(resource).unwrap();
    samples::scope().tags(&manifest, &resource, false, &BTreeMap::new())
}

/// A request's parameters, one to a line, without action and version of the API.
pub(crate) fn parameters(body: &str) -> String {
    let pairs = form_urlencoded::parse(body.as_bytes()).skip(2);
    pairs
        .flat_map(|(key, value)| [key.into_owned(), "=".into(), value.into_owned(), "\n".into()])
        .collect()
}

/// Sends a call and returns the parameters of its request.
pub(crate) async fn sent<K: Kind>(call: K::Call, answer: &str) -> String {
    let replay = Replay::new([xml(200, answer)]);
    K::perform(&replay.aws(), &call).await.unwrap();
    let operation = call.to_string();
    let operation = operation.split([':', ' ']).nth(1).unwrap();
    let body = &replay.bodies()[0];
    assert!(body.starts_with(&format!("Action={operation}&")), "{operation}: {body}");
    parameters(body)
}

/// A reply of the tagging API that lists resources with their tags.
pub(crate) fn listing(resources: &[(&str, &BTreeMap<String, Resolvable>)]) -> HttpResponse {
    let mapping = |(arn, tags): &(&str, &BTreeMap<String, Resolvable>)| {
        let tags: Vec<_> =
            tags.iter().map(|(key, value)| json!({"Key": key, "Value": value.text()})).collect();
        json!({"ResourceARN": arn, "Tags": tags})
    };
    let resources: Vec<_> = resources.iter().map(mapping).collect();
    json_reply(200, &json!({"ResourceTagMappingList": resources}).to_string())
}

/// A reply of `DescribeTags`.
pub(crate) fn tags(resources: &[(&str, &BTreeMap<String, Resolvable>)]) -> HttpResponse {
    let member = |(key, value): (&String, &Resolvable)| {
        format!("<member><Key>{key}</Key><Value>{value}</Value></member>")
    };
    let description = |(arn, tags): &(&str, &BTreeMap<String, Resolvable>)| {
        let tags: String = tags.iter().map(member).collect();
        let tags = format!(
            "{tags}<member><Key>aws:cloudformation:stack-name</Key><Value>x</Value></member>"
        );
        format!("<member><ResourceArn>{arn}</ResourceArn><Tags>{tags}</Tags></member>")
    };
    let descriptions: String = resources.iter().map(description).collect();
    reply("DescribeTags", &format!("<TagDescriptions>{descriptions}</TagDescriptions>"))
}

/// A reply in the frame that every operation has.
pub(crate) fn reply(operation: &str, result: &str) -> HttpResponse {
    xml(
        200,
        &format!(
            r#"<{operation}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><{operation}Result>{result}</{operation}Result></{operation}Response>"#
        ),
    )
}

fn desired<K: Kind>(spec: &K::Spec) -> DesiredRow {
    DesiredRow {
        address: Address::new(K::NAME, "x"),
        spec: json!(spec),
        manifest: Manifest { address: Address::new("service", "web"), origin: None },
        protect: false,
        ignore: vec![],
        after: vec![],
    }
}

/// The rows of a kind, read from these replies in turn.
pub(crate) async fn observed<K: Kind>(
    wanted: &[K::Spec],
    is_deep: bool,
    replies: impl IntoIterator<Item = HttpResponse>,
) -> (Vec<LiveRow>, usize) {
    let replay = Replay::new(replies);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let desired: Vec<_> = wanted.iter().map(desired::<K>).collect();
    let survey = Survey::new(&aws, &scope, &facts, ALL, &desired, is_deep);
    let rows = survey.rows(K::NAME).await.unwrap();
    (rows.to_vec(), replay.bodies().len())
}

pub(crate) fn live<S>(spec: S, arn: &str) -> Live<S>
where
    S: serde::Serialize,
{
    let tags = serde_json::from_value(json!(spec)["tags"].clone()).unwrap();
    Live {
        outputs: BTreeMap::from([("arn".to_owned(), arn.to_owned())]),
        marks: crate::kind::Marks::of(&tags),
        depth: crate::kind::Depth::Full,
        spec,
    }
}
