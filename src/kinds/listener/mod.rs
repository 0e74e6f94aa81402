//! Listeners of load balancers.

mod action;
mod calls;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::kinds::shared::answers::{FixedResponse, Redirect};
use crate::model::resolved::load_balancer::{
    Listener as Resolved, ListenerProtocol, LoadBalancer as Balancer,
};
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Set};
pub use action::DefaultAction;
pub use calls::{Call, Step};

#[derive(Debug)]
pub struct Listener;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerSpec {
    /// ARN.
    pub load_balancer: Resolvable,
    pub port: u16,
    pub protocol: ListenerProtocol,
    /// ARN of the default certificate.
    pub certificate: Option<String>,
    /// ARNs of those that are chosen by the name that a client asks for.
    pub further_certificates: Set<String>,
    pub ssl_policy: Option<String>,
    pub default_action: DefaultAction,
    pub tags: Tags,
}

impl Kind for Listener {
    const NAME: &'static str = "listener";

    type Spec = ListenerSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<ListenerSpec>> {
        let balancers = stack.load_balancers.values();
        let listeners = balancers.flat_map(|balancer| {
            balancer.value.listeners.iter().map(|listener| desired(stack, balancer, listener))
        });
        listeners.collect()
    }

    fn key(spec: &ListenerSpec) -> String {
        format!("{}/{}", spec.load_balancer, spec.port)
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ListenerSpec],
    ) -> Result<Vec<Live<ListenerSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    fn lower(change: &Change<'_, ListenerSpec>) -> Vec<Call> {
        match change {
            Change::Create { address, spec } => named(&address.name, create(change, spec)),
            Change::Update { address, spec, live, .. } => {
                named(&address.name, update(change, spec, live))
            }
            Change::Delete { address, live } => {
                let key = Self::key(&live.spec);
                named(&address.name, vec![Step::Delete { arn: live.outputs["arn"].clone(), key }])
            }
        }
    }

    fn effect(call: &Call) -> Effect<ListenerSpec> {
        call.step.effect()
    }

    fn outputs(spec: &ListenerSpec, assigned: &Assigned<'_>) -> Outputs {
        let balancer = spec.load_balancer.text().rsplit("loadbalancer/").next().unwrap_or_default();
        let resource = format!("listener/{balancer}/{}", &assigned.id[..16]);
        outputs(&assigned.arn("elasticloadbalancing", &resource))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        call.step.perform(aws).await
    }

    fn examples() -> Vec<ListenerSpec> {
        let base = ListenerSpec {
            load_balancer: "arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/app/shop-prod-public/50dc6c495c0c9188".into(),
            port: 443,
            protocol: ListenerProtocol::Https,
            certificate: Some("arn:aws:acm:eu-west-1:444455556666:certificate/shop".to_owned()),
            further_certificates: Set::from_iter(["arn:aws:acm:eu-west-1:444455556666:certificate/api".to_owned()]),
            ssl_policy: Some("ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned()),
            default_action: DefaultAction::FixedResponse(FixedResponse {
                status: 404,
                content_type: "text/plain".to_owned(),
                body: "Not found".to_owned(),
            }),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        let redirect = DefaultAction::Redirect(Redirect {
            protocol: "HTTPS".to_owned(),
            port: "8443".to_owned(),
            host: "#{host}".to_owned(),
            path: "/#{path}".to_owned(),
            query: "#{query}".to_owned(),
            status: 301,
        });
        vec![
            base.clone(),
            ListenerSpec {
                protocol: ListenerProtocol::Http,
                certificate: None,
                further_certificates: Set::default(),
                ssl_policy: None,
                default_action: redirect,
                ..base.clone()
            },
            ListenerSpec {
                certificate: Some("arn:aws:acm:eu-west-1:444455556666:certificate/api".to_owned()),
                further_certificates: Set::from_iter(["arn:aws:acm:eu-west-1:444455556666:certificate/shop".to_owned()]),
                tags: Tags::from([("owner".to_owned(), "web".into())]),
                ..base
            },
        ]
    }
}

fn desired(
    stack: &Stack,
    balancer: &Resource<Balancer>,
    listener: &Resolved,
) -> Desired<ListenerSpec> {
    let origin = Origin::of(stack, "load-balancer", balancer);
    let name = format!("{}-{}", balancer.name, listener.name);
    let certificates = listener.tls.iter().flat_map(|tls| &tls.certificates);
    let spec = ListenerSpec {
        load_balancer: Resolvable::reference("load-balancer", &balancer.name, "arn"),
        port: listener.port,
        protocol: listener.protocol,
        certificate: certificates.clone().next().cloned(),
        further_certificates: certificates.skip(1).cloned().collect(),
        ssl_policy: listener.tls.as_ref().map(|tls| tls.ssl_policy.clone()),
        default_action: DefaultAction::of(&listener.default_action),
        tags: origin.tags(Listener::NAME, &name),
    };
    origin.part(&name, spec)
}

fn named(name: &str, steps: Vec<Step>) -> Vec<Call> {
    steps.into_iter().map(|step| Call { name: name.to_owned(), step }).collect()
}

fn create(change: &Change<'_, ListenerSpec>, spec: &ListenerSpec) -> Vec<Step> {
    let further = add_certificates(&change.own("arn"), spec, &BTreeSet::new());
    [Step::Create { spec: spec.clone() }].into_iter().chain(further).collect()
}

fn update(
    change: &Change<'_, ListenerSpec>,
    spec: &ListenerSpec,
    live: &Live<ListenerSpec>,
) -> Vec<Step> {
    let arn = change.own("arn");
    let tags = TagsChange::between(&live.spec.tags, &spec.tags);
    let tag_steps = tags.calls(
        |tags| Step::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Step::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    );
    reconfigure(change, &arn, spec, live).into_iter().chain(tag_steps).collect()
}

/// Only an HTTPS listener has certificates: they come after the change to HTTPS, and go before the
/// one to HTTP. Otherwise new ones come first and old ones go last, so that no client is without.
fn reconfigure(
    change: &Change<'_, ListenerSpec>,
    arn: &Resolvable,
    spec: &ListenerSpec,
    live: &Live<ListenerSpec>,
) -> Vec<Step> {
    let fields = ["protocol", "certificate", "sslPolicy", "defaultAction"];
    let modify = fields
        .iter()
        .any(|field| change.touches(field))
        .then(|| Step::Update { arn: arn.clone(), spec: spec.clone() });
    let add = add_certificates(arn, spec, &live.spec.further_certificates.0);
    let remove = remove_certificates(arn, spec, &live.spec.further_certificates.0);
    let steps = match (live.spec.protocol, spec.protocol) {
        (ListenerProtocol::Http, _) => [modify, add, remove],
        (ListenerProtocol::Https, ListenerProtocol::Https) => [add, modify, remove],
        (ListenerProtocol::Https, ListenerProtocol::Http) => [remove, add, modify],
    };
    steps.into_iter().flatten().collect()
}

fn add_certificates(
    arn: &Resolvable,
    spec: &ListenerSpec,
    live: &BTreeSet<String>,
) -> Option<Step> {
    let certificates: Vec<_> = spec.further_certificates.0.difference(live).cloned().collect();
    let (arn, spec) = (arn.clone(), spec.clone());
    (!certificates.is_empty()).then_some(Step::AddCertificates { arn, spec, certificates })
}

/// One that has become the default certificate is no further one, though it cannot be removed.
fn remove_certificates(
    arn: &Resolvable,
    spec: &ListenerSpec,
    live: &BTreeSet<String>,
) -> Option<Step> {
    let is_default = |certificate: &&String| spec.certificate.as_ref() == Some(*certificate);
    let unwanted = live.difference(&spec.further_certificates.0);
    let certificates: Vec<_> =
        unwanted.filter(|certificate| !is_default(certificate)).cloned().collect();
    let (arn, spec) = (arn.clone(), spec.clone());
    (!certificates.is_empty()).then_some(Step::RemoveCertificates { arn, spec, certificates })
}

fn outputs(arn: &str) -> Outputs {
    Outputs::from([("arn".to_owned(), arn.to_owned())])
}
