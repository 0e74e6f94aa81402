//! Listeners as AWS shows them.

use aws_sdk_elasticloadbalancingv2::types::{Certificate, Listener, ProtocolEnum};

use super::{DefaultAction, ListenerSpec, outputs};
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
    let rows = listeners.into_iter().zip(certificates).map(|((arn, listener), certificates)| {
        live(&arn, listener, certificates, tags.remove(&arn).unwrap_or_default())
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
    if listener.protocol != Some(ProtocolEnum::Https) {
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

fn default_certificate(listener: &Listener) -> Option<&str> {
    listener.certificates().first().and_then(Certificate::certificate_arn)
}

fn live(
    arn: &str,
    listener: Listener,
    further_certificates: Set<String>,
    tags: Tags,
) -> Live<ListenerSpec> {
    let is_https = listener.protocol == Some(ProtocolEnum::Https);
    let protocol = if is_https { ListenerProtocol::Https } else { ListenerProtocol::Http };
    Live {
        outputs: outputs(arn),
        marks: Marks::of(&tags),
        depth: Depth::Full,
        spec: ListenerSpec {
            port: port(listener.port),
            protocol,
            certificate: default_certificate(&listener).map(ToOwned::to_owned),
            further_certificates,
            default_action: DefaultAction::observed(listener.default_actions()),
            load_balancer: listener.load_balancer_arn.unwrap_or_default().into(),
            // moto shows one for HTTP listeners too.
            ssl_policy: listener.ssl_policy.filter(|_| is_https),
            tags,
        },
    }
}
