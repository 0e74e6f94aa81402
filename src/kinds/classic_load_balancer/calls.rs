//! What is called for Classic Load Balancers.

use std::fmt;

use aws_sdk_elasticloadbalancing::types as sdk;
use serde::{Deserialize, Serialize};

use super::{Attributes, ClassicLoadBalancerSpec, Listener, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Change, Effect, Live, Outputs, Tags, TagsChange};
use crate::kinds::shared::elb::int;
use crate::model::resolved::load_balancer::Scheme;
use crate::value::{Resolvable, Set};

const COMPLETE: &str = "all required fields are set";
/// AWS's own values for a new load balancer.
const NEW: Attributes = Attributes { cross_zone: false, connection_draining: 0, idle_timeout: 60 };

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: ClassicLoadBalancerSpec },
    UpdateHealthCheck { spec: ClassicLoadBalancerSpec },
    UpdateAttributes { spec: ClassicLoadBalancerSpec },
    DeleteListener { spec: ClassicLoadBalancerSpec, port: String },
    CreateListener { spec: ClassicLoadBalancerSpec, port: String },
    AttachSubnets { spec: ClassicLoadBalancerSpec, subnets: Vec<String> },
    DetachSubnets { spec: ClassicLoadBalancerSpec, subnets: Vec<String> },
    UpdateSecurityGroups { spec: ClassicLoadBalancerSpec },
    Tag { spec: ClassicLoadBalancerSpec, tags: Tags },
    Untag { spec: ClassicLoadBalancerSpec, keys: Vec<String> },
    Delete { name: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, name) = match self {
            Self::Create { spec } => ("CreateLoadBalancer", &spec.name),
            Self::UpdateHealthCheck { spec } => ("ConfigureHealthCheck", &spec.name),
            Self::UpdateAttributes { spec } => ("ModifyLoadBalancerAttributes", &spec.name),
            Self::DeleteListener { spec, .. } => ("DeleteLoadBalancerListeners", &spec.name),
            Self::CreateListener { spec, .. } => ("CreateLoadBalancerListeners", &spec.name),
            Self::AttachSubnets { spec, .. } => ("AttachLoadBalancerToSubnets", &spec.name),
            Self::DetachSubnets { spec, .. } => ("DetachLoadBalancerFromSubnets", &spec.name),
            Self::UpdateSecurityGroups { spec } => {
                ("ApplySecurityGroupsToLoadBalancer", &spec.name)
            }
            Self::Tag { spec, .. } => ("AddTags", &spec.name),
            Self::Untag { spec, .. } => ("RemoveTags", &spec.name),
            Self::Delete { name } => ("DeleteLoadBalancer", name),
        };
        write!(f, "elasticloadbalancing:{operation} {name}")
    }
}

pub(super) fn lower(change: &Change<'_, ClassicLoadBalancerSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => create_calls(spec),
        Change::Update { spec, live, .. } => update(change, spec, live),
        Change::Delete { live, .. } => vec![Call::Delete { name: live.spec.name.clone() }],
    }
}

fn create_calls(spec: &ClassicLoadBalancerSpec) -> Vec<Call> {
    let mut calls = vec![Call::Create { spec: spec.clone() }];
    if spec.health_check.is_some() {
        calls.push(Call::UpdateHealthCheck { spec: spec.clone() });
    }
    calls.push(Call::UpdateAttributes { spec: spec.clone() });
    calls
}

fn update(
    change: &Change<'_, ClassicLoadBalancerSpec>,
    spec: &ClassicLoadBalancerSpec,
    live: &Live<ClassicLoadBalancerSpec>,
) -> Vec<Call> {
    let live = &live.spec;
    let mut calls = listener_calls(spec, live);
    let spec = || spec.clone();
    if change.touches("healthCheck") {
        calls.push(Call::UpdateHealthCheck { spec: spec() });
    }
    if change.touches("attributes") {
        calls.push(Call::UpdateAttributes { spec: spec() });
    }
    let (subnets, before) = (spec().subnets, &live.subnets);
    let (new, old) = (without(&subnets, before), without(before, &subnets));
    if !new.is_empty() {
        calls.push(Call::AttachSubnets { spec: spec(), subnets: new });
    }
    if !old.is_empty() {
        calls.push(Call::DetachSubnets { spec: spec(), subnets: old });
    }
    if change.touches("securityGroups") {
        calls.push(Call::UpdateSecurityGroups { spec: spec() });
    }
    let tags = TagsChange::between(&live.tags, &spec().tags);
    calls.extend(
        tags.calls(
            |tags| Call::Tag { spec: spec(), tags },
            |keys| Call::Untag { spec: spec(), keys },
        ),
    );
    calls
}

/// A listener that changes is taken away and made anew: nothing of it can be changed but its
/// certificate. One after the other, so that each port is closed for as short as can be.
fn listener_calls(spec: &ClassicLoadBalancerSpec, live: &ClassicLoadBalancerSpec) -> Vec<Call> {
    let mut calls = vec![];
    for (port, listener) in &live.listeners {
        let wanted = spec.listeners.get(port);
        if wanted == Some(listener) {
            continue;
        }
        calls.push(Call::DeleteListener { spec: spec.clone(), port: port.clone() });
        if wanted.is_some() {
            calls.push(Call::CreateListener { spec: spec.clone(), port: port.clone() });
        }
    }
    let new = spec.listeners.keys().filter(|port| !live.listeners.contains_key(*port));
    calls.extend(new.map(|port| Call::CreateListener { spec: spec.clone(), port: port.clone() }));
    calls
}

fn without(ids: &Set<String>, taken: &Set<String>) -> Vec<String> {
    ids.0.iter().filter(|id| !taken.0.contains(*id)).cloned().collect()
}

pub(super) fn effect(call: &Call) -> Effect<ClassicLoadBalancerSpec> {
    match call {
        Call::Create { spec } => Effect::Create(ClassicLoadBalancerSpec {
            health_check: None,
            attributes: NEW,
            ..spec.clone()
        }),
        Call::UpdateHealthCheck { spec } => Effect::update(spec, &["healthCheck"]),
        Call::UpdateAttributes { spec } => Effect::update(spec, &["attributes"]),
        Call::DeleteListener { spec, .. } | Call::CreateListener { spec, .. } => {
            Effect::update(spec, &["listeners"])
        }
        Call::AttachSubnets { spec, .. } | Call::DetachSubnets { spec, .. } => {
            Effect::update(spec, &["subnets"])
        }
        Call::UpdateSecurityGroups { spec } => Effect::update(spec, &["securityGroups"]),
        Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
        Call::Delete { name } => Effect::Delete(name.clone()),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Create { spec } => return create(aws, spec).await,
        Call::UpdateHealthCheck { spec } => configure_health_check(aws, spec).await?,
        Call::UpdateAttributes { spec } => modify_attributes(aws, spec).await?,
        Call::DeleteListener { spec, port } => delete_listener(aws, spec, port).await?,
        Call::CreateListener { spec, port } => create_listener(aws, spec, port).await?,
        Call::AttachSubnets { spec, subnets } => attach(aws, spec, subnets).await?,
        Call::DetachSubnets { spec, subnets } => detach(aws, spec, subnets).await?,
        Call::UpdateSecurityGroups { spec } => apply_security_groups(aws, spec).await?,
        Call::Tag { spec, tags } => tag(aws, spec, tags).await?,
        Call::Untag { spec, keys } => untag(aws, spec, keys).await?,
        Call::Delete { name } => {
            let request = aws.elb.delete_load_balancer().load_balancer_name(name);
            let operation = "elasticloadbalancing:DeleteLoadBalancer";
            gone(aws.write(operation, || request.clone().send()).await)?;
        }
    }
    Ok(Outputs::new())
}

async fn create(aws: &Aws, spec: &ClassicLoadBalancerSpec) -> Result<Outputs, CallError> {
    let listeners = spec.listeners.iter().map(|(port, listener)| (port.as_str(), listener));
    // Internet-facing is said by saying nothing.
    let scheme = (spec.scheme == Scheme::Internal).then(|| "internal".to_owned());
    let request = aws
        .elb
        .create_load_balancer()
        .load_balancer_name(&spec.name)
        .set_listeners(Some(listeners.map(listener).collect()))
        .set_subnets(Some(spec.subnets.0.iter().cloned().collect()))
        .set_security_groups(Some(groups(&spec.security_groups)))
        .set_scheme(scheme)
        .set_tags(Some(sdk_tags(&spec.tags)));
    let reply =
        aws.write("elasticloadbalancing:CreateLoadBalancer", || request.clone().send()).await?;
    let arn = aws.arn("elasticloadbalancing", &format!("loadbalancer/{}", spec.name));
    Ok(outputs(&spec.name, arn, reply.dns_name.unwrap_or_default()))
}

fn listener((port, listener): (&str, &Listener)) -> sdk::Listener {
    let certificate = Some(listener.certificate.clone()).filter(|arn| !arn.is_empty());
    sdk::Listener::builder()
        .protocol(&listener.protocol)
        .load_balancer_port(number(port))
        .instance_protocol(&listener.instance_protocol)
        .instance_port(i32::from(listener.instance_port))
        .set_ssl_certificate_id(certificate)
        .build()
        .expect(COMPLETE)
}

fn number(port: &str) -> i32 {
    port.parse().expect("listeners are by their port")
}

fn groups(groups: &Set<Resolvable>) -> Vec<String> {
    groups.0.iter().map(|group| group.text().to_owned()).collect()
}

async fn configure_health_check(
    aws: &Aws,
    spec: &ClassicLoadBalancerSpec,
) -> Result<(), CallError> {
    let check = spec.health_check.as_ref().expect("a check that is written is there");
    let check = sdk::HealthCheck::builder()
        .target(&check.target)
        .interval(int(check.interval))
        .timeout(int(check.timeout))
        .healthy_threshold(int(check.healthy_threshold))
        .unhealthy_threshold(int(check.unhealthy_threshold))
        .build()
        .expect(COMPLETE);
    let request =
        aws.elb.configure_health_check().load_balancer_name(&spec.name).health_check(check);
    aws.write("elasticloadbalancing:ConfigureHealthCheck", || request.clone().send()).await?;
    Ok(())
}

async fn modify_attributes(aws: &Aws, spec: &ClassicLoadBalancerSpec) -> Result<(), CallError> {
    let Attributes { cross_zone, connection_draining, idle_timeout } = spec.attributes;
    let draining = sdk::ConnectionDraining::builder()
        .enabled(connection_draining > 0)
        .set_timeout((connection_draining > 0).then(|| int(connection_draining)));
    let cross_zone = sdk::CrossZoneLoadBalancing::builder().enabled(cross_zone);
    let settings = sdk::ConnectionSettings::builder().idle_timeout(int(idle_timeout));
    let attributes = sdk::LoadBalancerAttributes::builder()
        .cross_zone_load_balancing(cross_zone.build())
        .connection_draining(draining.build())
        .connection_settings(settings.build().expect(COMPLETE));
    let request = aws
        .elb
        .modify_load_balancer_attributes()
        .load_balancer_name(&spec.name)
        .load_balancer_attributes(attributes.build());
    let operation = "elasticloadbalancing:ModifyLoadBalancerAttributes";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn delete_listener(
    aws: &Aws,
    spec: &ClassicLoadBalancerSpec,
    port: &str,
) -> Result<(), CallError> {
    let request = aws
        .elb
        .delete_load_balancer_listeners()
        .load_balancer_name(&spec.name)
        .load_balancer_ports(number(port));
    let operation = "elasticloadbalancing:DeleteLoadBalancerListeners";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn create_listener(
    aws: &Aws,
    spec: &ClassicLoadBalancerSpec,
    port: &str,
) -> Result<(), CallError> {
    let new = &spec.listeners[port];
    let request = aws
        .elb
        .create_load_balancer_listeners()
        .load_balancer_name(&spec.name)
        .listeners(listener((port, new)));
    let operation = "elasticloadbalancing:CreateLoadBalancerListeners";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn attach(
    aws: &Aws,
    spec: &ClassicLoadBalancerSpec,
    subnets: &[String],
) -> Result<(), CallError> {
    let request = aws
        .elb
        .attach_load_balancer_to_subnets()
        .load_balancer_name(&spec.name)
        .set_subnets(Some(subnets.to_vec()));
    let operation = "elasticloadbalancing:AttachLoadBalancerToSubnets";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn detach(
    aws: &Aws,
    spec: &ClassicLoadBalancerSpec,
    subnets: &[String],
) -> Result<(), CallError> {
    let request = aws
        .elb
        .detach_load_balancer_from_subnets()
        .load_balancer_name(&spec.name)
        .set_subnets(Some(subnets.to_vec()));
    let operation = "elasticloadbalancing:DetachLoadBalancerFromSubnets";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn apply_security_groups(aws: &Aws, spec: &ClassicLoadBalancerSpec) -> Result<(), CallError> {
    let request = aws
        .elb
        .apply_security_groups_to_load_balancer()
        .load_balancer_name(&spec.name)
        .set_security_groups(Some(groups(&spec.security_groups)));
    let operation = "elasticloadbalancing:ApplySecurityGroupsToLoadBalancer";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn tag(aws: &Aws, spec: &ClassicLoadBalancerSpec, tags: &Tags) -> Result<(), CallError> {
    let request = aws.elb.add_tags().load_balancer_names(&spec.name).set_tags(Some(sdk_tags(tags)));
    aws.write("elasticloadbalancing:AddTags", || request.clone().send()).await?;
    Ok(())
}

async fn untag(
    aws: &Aws,
    spec: &ClassicLoadBalancerSpec,
    keys: &[String],
) -> Result<(), CallError> {
    let key = |key: &String| sdk::TagKeyOnly::builder().key(key).build();
    let request = aws
        .elb
        .remove_tags()
        .load_balancer_names(&spec.name)
        .set_tags(Some(keys.iter().map(key).collect()));
    aws.write("elasticloadbalancing:RemoveTags", || request.clone().send()).await?;
    Ok(())
}

fn sdk_tags(tags: &Tags) -> Vec<sdk::Tag> {
    let tag = |(key, value): (&String, &Resolvable)| {
        sdk::Tag::builder().key(key).value(value.text()).build().expect(COMPLETE)
    };
    tags.iter().map(tag).collect()
}
