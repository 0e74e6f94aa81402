//! Listeners of load balancers.

mod action;
mod calls;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::shared::routing::{Route, routes};
use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::kinds::shared::answers::{FixedResponse, Redirect};
use crate::model::resolved::load_balancer::{
    self, Listener as Resolved, ListenerProtocol, LoadBalancer as Balancer, MutualMode,
};
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Set};
pub use action::DefaultAction;
pub use calls::{Call, Step};

const IDLE_TIMEOUT: &str = "tcp.idle_timeout.seconds";
/// What a new TCP listener has.
const DEFAULT_IDLE_TIMEOUT: u32 = 350;

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
    /// Only of a TLS listener.
    pub alpn_policy: Option<String>,
    /// Only of an HTTPS listener.
    pub mutual_authentication: Option<MutualAuthentication>,
    /// Seconds; only of a TCP listener.
    pub idle_timeout: Option<u32>,
    pub default_action: DefaultAction,
    pub tags: Tags,
}

/// Whether and how clients prove who they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MutualAuthentication {
    /// `off`, `verify` or `passthrough`.
    pub mode: String,
    /// ARN of the trust store that `verify` needs.
    pub trust_store: Option<String>,
    pub ignore_client_certificate_expiry: bool,
    pub advertise_trust_store_ca_names: bool,
}

impl Kind for Listener {
    const NAME: &'static str = "listener";

    type Spec = ListenerSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<ListenerSpec>> {
        let routes = routes(stack);
        let balancers = stack.load_balancers.values();
        let listeners = balancers.flat_map(|balancer| {
            balancer.value.listeners.iter().map(move |listener| (balancer, listener))
        });
        let rows = listeners.filter_map(|(balancer, listener)| {
            let route = routes.iter().find(|route| route.is_from(&balancer.name, &listener.name));
            desired(stack, balancer, listener, route)
        });
        rows.collect()
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
            alpn_policy: None,
            mutual_authentication: Some(mutual_authentication(None)),
            idle_timeout: None,
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
        let forward = DefaultAction::Forward {
            target_group: "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067".into(),
        };
        let verify = MutualAuthentication {
            mode: "verify".to_owned(),
            trust_store: Some(
                "arn:aws:elasticloadbalancing:eu-west-1:444455556666:truststore/partners/1"
                    .to_owned(),
            ),
            ignore_client_certificate_expiry: true,
            advertise_trust_store_ca_names: true,
        };
        vec![
            base.clone(),
            ListenerSpec {
                protocol: ListenerProtocol::Http,
                certificate: None,
                further_certificates: Set::default(),
                ssl_policy: None,
                mutual_authentication: None,
                default_action: redirect,
                ..base.clone()
            },
            ListenerSpec {
                certificate: Some("arn:aws:acm:eu-west-1:444455556666:certificate/api".to_owned()),
                further_certificates: Set::from_iter([
                    "arn:aws:acm:eu-west-1:444455556666:certificate/shop".to_owned(),
                ]),
                mutual_authentication: Some(verify),
                tags: Tags::from([("owner".to_owned(), "web".into())]),
                ..base.clone()
            },
            ListenerSpec {
                protocol: ListenerProtocol::Tls,
                alpn_policy: Some("HTTP2Preferred".to_owned()),
                mutual_authentication: None,
                default_action: forward.clone(),
                ..base.clone()
            },
            ListenerSpec {
                protocol: ListenerProtocol::Tcp,
                certificate: None,
                further_certificates: Set::default(),
                ssl_policy: None,
                mutual_authentication: None,
                idle_timeout: Some(600),
                default_action: forward,
                ..base
            },
        ]
    }
}

fn desired(
    stack: &Stack,
    balancer: &Resource<Balancer>,
    listener: &Resolved,
    route: Option<&Route<'_>>,
) -> Option<Desired<ListenerSpec>> {
    let origin = Origin::of(stack, "load-balancer", balancer);
    let name = format!("{}-{}", balancer.name, listener.name);
    let tls = listener.tls.as_ref();
    let certificates = tls.into_iter().flat_map(|tls| &tls.certificates);
    let spec = ListenerSpec {
        load_balancer: Resolvable::reference("load-balancer", &balancer.name, "arn"),
        port: listener.port,
        protocol: listener.protocol,
        certificate: certificates.clone().next().cloned(),
        further_certificates: certificates.skip(1).cloned().collect(),
        ssl_policy: tls.map(|tls| tls.ssl_policy.clone()),
        alpn_policy: tls.and_then(|tls| tls.alpn_policy).map(|policy| policy.word().to_owned()),
        mutual_authentication: tls
            .filter(|_| listener.protocol == ListenerProtocol::Https)
            .map(|tls| mutual_authentication(tls.mutual_authentication.as_ref())),
        idle_timeout: listener.idle_timeout,
        default_action: DefaultAction::of(&listener.default_action, route)?,
        tags: origin.tags(Listener::NAME, &name),
    };
    Some(origin.part(&name, spec))
}

fn mutual_authentication(
    wanted: Option<&load_balancer::MutualAuthentication>,
) -> MutualAuthentication {
    let mode = match wanted.map(|wanted| wanted.mode) {
        None => "off",
        Some(MutualMode::Verify) => "verify",
        Some(MutualMode::Passthrough) => "passthrough",
    };
    MutualAuthentication {
        mode: mode.to_owned(),
        trust_store: wanted.and_then(|wanted| wanted.trust_store.clone()),
        ignore_client_certificate_expiry: wanted
            .is_some_and(|wanted| wanted.ignore_client_certificate_expiry),
        advertise_trust_store_ca_names: wanted
            .is_some_and(|wanted| wanted.advertise_trust_store_ca_names),
    }
}

fn named(name: &str, steps: Vec<Step>) -> Vec<Call> {
    steps.into_iter().map(|step| Call { name: name.to_owned(), step }).collect()
}

fn create(change: &Change<'_, ListenerSpec>, spec: &ListenerSpec) -> Vec<Step> {
    let arn = change.own("arn");
    let further = add_certificates(&arn, spec, &BTreeSet::new());
    let attributes = spec
        .idle_timeout
        .filter(|seconds| *seconds != DEFAULT_IDLE_TIMEOUT)
        .map(|_| Step::UpdateAttributes { arn, spec: spec.clone() });
    [Step::Create { spec: spec.clone() }].into_iter().chain(further).chain(attributes).collect()
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
    let attributes = change
        .touches("idleTimeout")
        .then(|| Step::UpdateAttributes { arn: arn.clone(), spec: spec.clone() });
    let steps = reconfigure(change, &arn, spec, live).into_iter();
    steps.chain(attributes).chain(tag_steps).collect()
}

/// Only an HTTPS or TLS listener has certificates: they come after the change to it, and go before
/// the one to another protocol. Otherwise new ones come first and old ones go last, so that no client is without.
fn reconfigure(
    change: &Change<'_, ListenerSpec>,
    arn: &Resolvable,
    spec: &ListenerSpec,
    live: &Live<ListenerSpec>,
) -> Vec<Step> {
    let fields = [
        "protocol",
        "certificate",
        "sslPolicy",
        "alpnPolicy",
        "mutualAuthentication",
        "defaultAction",
    ];
    let modify = fields
        .iter()
        .any(|field| change.touches(field))
        .then(|| Step::Update { arn: arn.clone(), spec: spec.clone() });
    let add = add_certificates(arn, spec, &live.spec.further_certificates.0);
    let remove = remove_certificates(arn, spec, &live.spec.further_certificates.0);
    let steps = match (live.spec.protocol.is_secure(), spec.protocol.is_secure()) {
        (false, _) => [modify, add, remove],
        (true, true) => [add, modify, remove],
        (true, false) => [remove, add, modify],
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
