//! Listeners as AWS shows them.

use aws_sdk_elasticloadbalancingv2::types::{
    AdvertiseTrustStoreCaNamesEnum, Certificate, Listener, ListenerAttribute,
    MutualAuthenticationAttributes, ProtocolEnum,
};

use super::{
    DEFAULT_IDLE_TIMEOUT, DefaultAction, IDLE_TIMEOUT, ListenerSpec, MutualAuthentication, outputs,
};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Live, Marks, Survey, Tags};
use crate::kinds::shared::elb::{port, side_by_side};
use crate::kinds::shared::elb_tags;
use crate::model::resolved::load_balancer::ListenerProtocol;
use crate::value::Set;

/// All listeners of the load balancers that matter, foreign ones too: they take ports.
pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[ListenerSpec],
) -> Result<Vec<Live<ListenerSpec>>, AwsError> {
    let balancers = survey.rows("load-balancer").await?;
    let reads = balancers.iter().map(|balancer| listeners(survey.aws, &balancer.outputs["arn"]));
    let listeners: Vec<(String, Listener)> = side_by_side(reads.collect())
        .await?
        .into_iter()
        .flatten()
        .filter_map(|listener| Some((listener.listener_arn.clone()?, listener)))
        .collect();
    let arns = listeners.iter().map(|(arn, _)| arn.clone()).collect();
    let wanted = wanted.iter().map(|spec| &spec.tags);
    let mut tags = elb_tags::read_by_resource(survey, arns, wanted).await?;
    let certificates =
        listeners.iter().map(|(_, listener)| further_certificates(survey.aws, listener));
    let certificates = side_by_side(certificates.collect()).await?;
    let idle_timeouts = listeners.iter().map(|(_, listener)| idle_timeout(survey.aws, listener));
    let idle_timeouts = side_by_side(idle_timeouts.collect()).await?;
    let rows = listeners.into_iter().zip(certificates).zip(idle_timeouts);
    let rows = rows.map(|(((arn, listener), certificates), idle_timeout)| {
        let tags = tags.remove(&arn).unwrap_or_default();
        live(&arn, listener, Apart { certificates, idle_timeout }, tags)
    });
    Ok(rows.collect())
}

async fn listeners(aws: &Aws, balancer: &str) -> Result<Vec<Listener>, AwsError> {
    let request = aws.elbv2.describe_listeners().load_balancer_arn(balancer).page_size(400);
    let pages = request.into_paginator().items().send().collect();
    let listeners = found(aws.read("elasticloadbalancing:DescribeListeners", pages).await)?;
    Ok(listeners.unwrap_or_default())
}

/// The certificates besides the default one, which `DescribeListeners` leaves out.
async fn further_certificates(aws: &Aws, listener: &Listener) -> Result<Set<String>, AwsError> {
    if !protocol(listener).is_secure() {
        return Ok(Set::default());
    }
    let arn = listener.listener_arn().unwrap_or_default();
    let request = aws.elbv2.describe_listener_certificates().listener_arn(arn).page_size(400);
    let pages = request.into_paginator().items().send().collect();
    let operation = "elasticloadbalancing:DescribeListenerCertificates";
    let certificates: Vec<Certificate> =
        found(aws.read(operation, pages).await)?.unwrap_or_default();
    let default = default_certificate(listener);
    let further = certificates.into_iter().filter_map(|certificate| certificate.certificate_arn);
    Ok(further.filter(|arn| default != Some(arn)).collect())
}

/// Only TCP listeners have one of their own.
async fn idle_timeout(aws: &Aws, listener: &Listener) -> Result<Option<u32>, AwsError> {
    if protocol(listener) != ListenerProtocol::Tcp {
        return Ok(None);
    }
    let arn = listener.listener_arn().unwrap_or_default();
    let request = aws.elbv2.describe_listener_attributes().listener_arn(arn);
    let operation = "elasticloadbalancing:DescribeListenerAttributes";
    let reply = found(aws.read(operation, request.send()).await)?;
    let attributes = reply.and_then(|reply| reply.attributes).unwrap_or_default();
    let wanted = attributes.iter().find(|attribute| attribute.key() == Some(IDLE_TIMEOUT));
    let seconds = wanted.and_then(ListenerAttribute::value).and_then(|value| value.parse().ok());
    Ok(Some(seconds.unwrap_or(DEFAULT_IDLE_TIMEOUT)))
}

fn protocol(listener: &Listener) -> ListenerProtocol {
    match &listener.protocol {
        Some(ProtocolEnum::Https) => ListenerProtocol::Https,
        Some(ProtocolEnum::Tcp) => ListenerProtocol::Tcp,
        Some(ProtocolEnum::Udp) => ListenerProtocol::Udp,
        Some(ProtocolEnum::TcpUdp) => ListenerProtocol::TcpUdp,
        Some(ProtocolEnum::Tls) => ListenerProtocol::Tls,
        _ => ListenerProtocol::Http,
    }
}

fn default_certificate(listener: &Listener) -> Option<&str> {
    listener.certificates().first().and_then(Certificate::certificate_arn)
}

/// Without mutual authentication AWS may leave all of it out.
fn mutual_authentication(read: Option<&MutualAuthenticationAttributes>) -> MutualAuthentication {
    let advertises = read.and_then(|read| read.advertise_trust_store_ca_names());
    MutualAuthentication {
        mode: read.and_then(|read| read.mode()).unwrap_or("off").to_owned(),
        trust_store: read.and_then(|read| read.trust_store_arn()).map(ToOwned::to_owned),
        ignore_client_certificate_expiry: read
            .and_then(MutualAuthenticationAttributes::ignore_client_certificate_expiry)
            .unwrap_or_default(),
        advertise_trust_store_ca_names: advertises == Some(&AdvertiseTrustStoreCaNamesEnum::On),
    }
}

/// What `DescribeListeners` leaves out.
struct Apart {
    certificates: Set<String>,
    idle_timeout: Option<u32>,
}

fn live(arn: &str, listener: Listener, apart: Apart, tags: Tags) -> Live<ListenerSpec> {
    let protocol = protocol(&listener);
    let alpn = listener.alpn_policy().first().map_or("None", String::as_str);
    let mutual = mutual_authentication(listener.mutual_authentication());
    Live {
        outputs: outputs(arn),
        marks: Marks::of(&tags),
        depth: Depth::Full,
        spec: ListenerSpec {
            port: port(listener.port),
            protocol,
            certificate: default_certificate(&listener).map(ToOwned::to_owned),
            further_certificates: apart.certificates,
            alpn_policy: (protocol == ListenerProtocol::Tls).then(|| alpn.to_owned()),
            mutual_authentication: (protocol == ListenerProtocol::Https).then_some(mutual),
            idle_timeout: apart.idle_timeout,
            default_action: DefaultAction::observed(listener.default_actions()),
            load_balancer: listener.load_balancer_arn.unwrap_or_default().into(),
            // moto shows one for HTTP listeners too.
            ssl_policy: listener.ssl_policy.filter(|_| protocol.is_secure()),
            tags,
        },
    }
}
