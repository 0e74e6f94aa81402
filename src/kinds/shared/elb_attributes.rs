//! What load balancers and target groups have in common: listed all at once, attributes one by one.

use std::collections::BTreeMap;

use super::elb::side_by_side;
use super::elb_tags;
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Live, Marks, Survey, Tags};

/// Attributes by AWS's own key, such as `deregistration_delay.timeout_seconds`.
pub type Attributes = BTreeMap<String, String>;

/// A spec with attributes.
pub trait Attributed {
    /// Unique in an account and Region.
    fn name(&self) -> &str;
    fn attributes(&self) -> &Attributes;
    fn tags(&self) -> &Tags;
    /// Takes what was read.
    fn fill(&mut self, attributes: Attributes, tags: Tags);
}

/// Those of all objects, given as ARN, name and object, that are wanted or owned, with their tags.
pub async fn known<S: Attributed, T>(
    survey: &Survey<'_>,
    wanted: &[S],
    all: impl Future<Output = Result<Vec<(String, String, T)>, AwsError>>,
) -> Result<Vec<(String, T, Tags)>, AwsError> {
    let wanted: BTreeMap<&str, &Tags> =
        wanted.iter().map(|spec| (spec.name(), spec.tags())).collect();
    let owned = survey.owned().await?;
    let known: Vec<(String, Option<&Tags>, T)> = all
        .await?
        .into_iter()
        .map(|(arn, name, found)| (arn, wanted.get(name.as_str()).copied(), found))
        .filter(|(arn, wanted, _)| wanted.is_some() || owned.contains_key(arn))
        .collect();
    let asked = known.iter().map(|(arn, wanted, _)| (arn.clone(), *wanted)).collect();
    let mut tags = elb_tags::read(survey, asked).await?;
    let with_tags = |(arn, _, found): (String, Option<&Tags>, T)| {
        let tags = tags.remove(&arn).unwrap_or_default();
        (arn, found, tags)
    };
    Ok(known.into_iter().map(with_tags).collect())
}

/// Reads attributes, and the tags once more: those of the listing may be older than the attributes.
pub async fn deepen<S, Fut>(
    aws: &Aws,
    wanted: &[S],
    mut rows: Vec<Live<S>>,
    read: impl Fn(String) -> Fut,
) -> Result<Vec<Live<S>>, AwsError>
where
    S: Attributed,
    Fut: Future<Output = Result<Vec<(Option<String>, Option<String>)>, AwsError>>,
{
    let wanted: BTreeMap<&str, &Attributes> =
        wanted.iter().map(|spec| (spec.name(), spec.attributes())).collect();
    let arns: Vec<String> = rows.iter().map(|row| row.outputs["arn"].clone()).collect();
    let mut tags = elb_tags::describe(aws, &arns).await?;
    let found = side_by_side(arns.iter().cloned().map(read).collect()).await?;
    for ((row, arn), found) in rows.iter_mut().zip(&arns).zip(found) {
        let declared = declared(found, wanted.get(row.spec.name()).copied());
        let tags = tags.remove(arn).unwrap_or_default();
        row.marks = Marks::of(&tags);
        row.spec.fill(declared, tags);
        row.depth = Depth::Full;
    }
    Ok(rows)
}

/// Those of the live attributes that are wanted: AWS returns a default for each that was never set.
///
/// An attribute that goes from the manifest therefore stays as it is in AWS, and nobody's concern.
/// What is wanted by nobody goes away as a whole, and keeps all.
fn declared(
    live: Vec<(Option<String>, Option<String>)>,
    wanted: Option<&Attributes>,
) -> Attributes {
    live.into_iter()
        .filter_map(|(key, value)| Some((key?, value?)))
        .filter(|(key, _)| wanted.is_none_or(|wanted| wanted.contains_key(key)))
        .collect()
}
