//! Ground for the tests of kinds: a stack from manifests, and an account to observe from.

use std::collections::BTreeMap;

use serde_json::json;

use crate::aws::Aws;
use crate::facts::{Facts, LoadBalancerFacts, NetworkFacts, Subnet};
use crate::kind::{Depth, LiveRow, Marks, Outputs, Scope, Survey};
use crate::kinds::ALL;
use crate::model::resolve::{Input, resolve};
use crate::model::stack::Stack;
use crate::model::testing::{parse, render};
use crate::model::variables::Variables;
use crate::value::Address;

/// What every stack begins with: the application `shop` in `prod`, on the network `main`.
const GROUND: &str = "
{ kind: App, name: shop, environments: { prod: {} } }
---
{ kind: Network, name: main }
---
";

/// The stack of these manifests, as `model::resolve` makes it.
pub(crate) fn stack(manifests: &str) -> Stack {
    let text = format!("{GROUND}{manifests}");
    let input = Input {
        documents: parse(&text),
        directory_name: "shop",
        environment: None,
        variables: Variables::default(),
    };
    resolve(input).unwrap_or_else(|problems| panic!("{}", render(&text, &problems))).0
}

pub(crate) fn scope() -> Scope {
    Scope { app: "shop".to_owned(), environment: "prod".to_owned() }
}

/// Account 444455556666 in eu-west-1, where the network `main` is `vpc-1` in two zones.
pub(crate) fn facts() -> Facts {
    let subnet = |zone: &str| Subnet {
        id: format!("subnet-{zone}"),
        availability_zone: format!("eu-west-1{zone}"),
        is_public: true,
    };
    let network = NetworkFacts {
        vpc: "vpc-1".to_owned(),
        subnets: vec![subnet("a"), subnet("b")],
        load_balancer_subnets: vec![subnet("a"), subnet("b")],
    };
    let networks = BTreeMap::from([("main".to_owned(), network)]);
    Facts { networks, ..crate::laws::facts() }
}

/// What a kind observes with, where nothing is wanted of other kinds.
pub(crate) fn survey<'a>(aws: &'a Aws, scope: &'a Scope, facts: &'a Facts) -> Survey<'a> {
    Survey::new(aws, scope, facts, ALL, &[], false)
}

/// A live row of another kind: what the kind under test belongs to.
pub(crate) fn parent(kind: &'static str, name: &str, outputs: &[(&str, &str)]) -> LiveRow {
    let outputs = outputs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let resource = Some(Address::new(kind, name));
    LiveRow {
        kind,
        key: name.to_owned(),
        spec: json!({}),
        outputs: outputs.collect::<Outputs>(),
        marks: Marks { scope: Some(scope()), resource, ..Marks::default() },
        depth: Depth::Full,
    }
}

/// A service behind a load balancer that is there already.
pub(crate) const EXISTING: &str = "
{ kind: LoadBalancer, name: shared, existing: { name: shared }, listeners: [{ name: https, port: 443 }] }
---
{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: shared }] }
";

/// The ARN of its listener.
pub(crate) const EXISTING_LISTENER: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener/app/shared/1/2";

/// The account as [`facts`] has it, with that load balancer.
pub(crate) fn existing_facts() -> Facts {
    let shared = LoadBalancerFacts {
        arn: "arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/app/shared/1"
            .to_owned(),
        security_groups: vec!["sg-1".to_owned(), "sg-2".to_owned()],
        listeners: BTreeMap::from([("https".to_owned(), EXISTING_LISTENER.to_owned())]),
    };
    Facts { load_balancers: BTreeMap::from([("shared".to_owned(), shared)]), ..facts() }
}
