//! What is called for listeners.

use std::fmt;

use aws_sdk_elasticloadbalancingv2::types::{
    AdvertiseTrustStoreCaNamesEnum, Certificate, ListenerAttribute, MutualAuthenticationAttributes,
    ProtocolEnum,
};
use serde::{Deserialize, Serialize};

use super::{DEFAULT_IDLE_TIMEOUT, IDLE_TIMEOUT, ListenerSpec, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Effect, Outputs, Tags};
use crate::kinds::shared::elb_tags;
use crate::value::{Resolvable, Set};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The name in the listener's address, for people: AWS has none for it.
    pub name: String,
    pub step: Step,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    Create { spec: ListenerSpec },
    Update { arn: Resolvable, spec: ListenerSpec },
    UpdateAttributes { arn: Resolvable, spec: ListenerSpec },
    AddCertificates { arn: Resolvable, spec: ListenerSpec, certificates: Vec<String> },
    RemoveCertificates { arn: Resolvable, spec: ListenerSpec, certificates: Vec<String> },
    Tag { arn: Resolvable, spec: ListenerSpec, tags: Tags },
    Untag { arn: Resolvable, spec: ListenerSpec, keys: Vec<String> },
    Delete { arn: String, key: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = match self.step {
            Step::Create { .. } => "CreateListener",
            Step::Update { .. } => "ModifyListener",
            Step::UpdateAttributes { .. } => "ModifyListenerAttributes",
            Step::AddCertificates { .. } => "AddListenerCertificates",
            Step::RemoveCertificates { .. } => "RemoveListenerCertificates",
            Step::Tag { .. } => "AddTags",
            Step::Untag { .. } => "RemoveTags",
            Step::Delete { .. } => "DeleteListener",
        };
        write!(f, "elasticloadbalancing:{operation} {}", self.name)
    }
}

impl Step {
    pub(super) fn effect(&self) -> Effect<ListenerSpec> {
        match self {
            Self::Create { spec } => Effect::Create(ListenerSpec {
                further_certificates: Set::default(),
                idle_timeout: spec.idle_timeout.map(|_| DEFAULT_IDLE_TIMEOUT),
                ..spec.clone()
            }),
            // A further certificate that becomes the default one is none of the further ones any more.
            Self::Update { spec, .. } => Effect::update(
                spec,
                &[
                    "protocol",
                    "certificate",
                    "furtherCertificates",
                    "sslPolicy",
                    "alpnPolicy",
                    "mutualAuthentication",
                    "defaultAction",
                ],
            ),
            Self::UpdateAttributes { spec, .. } => Effect::update(spec, &["idleTimeout"]),
            Self::AddCertificates { spec, .. } | Self::RemoveCertificates { spec, .. } => {
                Effect::update(spec, &["furtherCertificates"])
            }
            Self::Tag { spec, .. } | Self::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Self::Delete { key, .. } => Effect::Delete(key.clone()),
        }
    }

    pub(super) async fn perform(&self, aws: &Aws) -> Result<Outputs, CallError> {
        match self {
            Self::Create { spec } => return create(aws, spec).await,
            Self::Update { arn, spec } => modify(aws, arn, spec).await?,
            Self::UpdateAttributes { arn, spec } => {
                let request = aws
                    .elbv2
                    .modify_listener_attributes()
                    .listener_arn(arn.text())
                    .set_attributes(Some(attributes(spec)));
                let operation = "elasticloadbalancing:ModifyListenerAttributes";
                aws.write(operation, || request.clone().send()).await?;
            }
            Self::AddCertificates { arn, certificates, .. } => {
                let request = aws
                    .elbv2
                    .add_listener_certificates()
                    .listener_arn(arn.text())
                    .set_certificates(Some(sdk_certificates(certificates)));
                let operation = "elasticloadbalancing:AddListenerCertificates";
                aws.write(operation, || request.clone().send()).await?;
            }
            Self::RemoveCertificates { arn, certificates, .. } => {
                let request = aws
                    .elbv2
                    .remove_listener_certificates()
                    .listener_arn(arn.text())
                    .set_certificates(Some(sdk_certificates(certificates)));
                let operation = "elasticloadbalancing:RemoveListenerCertificates";
                aws.write(operation, || request.clone().send()).await?;
            }
            Self::Tag { arn, tags, .. } => return elb_tags::tag(aws, arn, tags).await,
            Self::Untag { arn, keys, .. } => return elb_tags::untag(aws, arn, keys).await,
            Self::Delete { arn, .. } => {
                let request = aws.elbv2.delete_listener().listener_arn(arn);
                let operation = "elasticloadbalancing:DeleteListener";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
        }
        Ok(Outputs::new())
    }
}

async fn create(aws: &Aws, spec: &ListenerSpec) -> Result<Outputs, CallError> {
    let request = aws
        .elbv2
        .create_listener()
        .load_balancer_arn(spec.load_balancer.text())
        .protocol(protocol(spec))
        .port(i32::from(spec.port))
        .set_ssl_policy(spec.ssl_policy.clone())
        .set_alpn_policy(alpn_policy(spec))
        .set_mutual_authentication(mutual_authentication(spec))
        .set_certificates(default_certificate(spec))
        .default_actions(spec.default_action.action())
        .set_tags(Some(elb_tags::sdk_tags(&spec.tags)));
    let reply = aws.write("elasticloadbalancing:CreateListener", || request.clone().send()).await?;
    let arn = reply.listeners().first().and_then(|listener| listener.listener_arn());
    Ok(arn.map(outputs).unwrap_or_default())
}

async fn modify(aws: &Aws, arn: &Resolvable, spec: &ListenerSpec) -> Result<(), CallError> {
    let request = aws
        .elbv2
        .modify_listener()
        .listener_arn(arn.text())
        .protocol(protocol(spec))
        .set_ssl_policy(spec.ssl_policy.clone())
        .set_alpn_policy(alpn_policy(spec))
        .set_mutual_authentication(mutual_authentication(spec))
        .set_certificates(default_certificate(spec))
        .default_actions(spec.default_action.action());
    aws.write("elasticloadbalancing:ModifyListener", || request.clone().send()).await?;
    Ok(())
}

fn protocol(spec: &ListenerSpec) -> ProtocolEnum {
    ProtocolEnum::from(spec.protocol.word())
}

fn alpn_policy(spec: &ListenerSpec) -> Option<Vec<String>> {
    spec.alpn_policy.clone().map(|policy| vec![policy])
}

/// Only with `verify` AWS takes more than the mode.
fn mutual_authentication(spec: &ListenerSpec) -> Option<MutualAuthenticationAttributes> {
    let mutual = spec.mutual_authentication.as_ref()?;
    let attributes = MutualAuthenticationAttributes::builder().mode(&mutual.mode);
    let Some(trust_store) = &mutual.trust_store else { return Some(attributes.build()) };
    let advertise = if mutual.advertise_trust_store_ca_names {
        AdvertiseTrustStoreCaNamesEnum::On
    } else {
        AdvertiseTrustStoreCaNamesEnum::Off
    };
    let attributes = attributes
        .trust_store_arn(trust_store)
        .ignore_client_certificate_expiry(mutual.ignore_client_certificate_expiry)
        .advertise_trust_store_ca_names(advertise);
    Some(attributes.build())
}

fn attributes(spec: &ListenerSpec) -> Vec<ListenerAttribute> {
    let attribute = |seconds: u32| {
        ListenerAttribute::builder().key(IDLE_TIMEOUT).value(seconds.to_string()).build()
    };
    spec.idle_timeout.into_iter().map(attribute).collect()
}

fn default_certificate(spec: &ListenerSpec) -> Option<Vec<Certificate>> {
    let certificate = spec.certificate.as_ref()?;
    Some(sdk_certificates(std::slice::from_ref(certificate)))
}

fn sdk_certificates(arns: &[String]) -> Vec<Certificate> {
    arns.iter().map(|arn| Certificate::builder().certificate_arn(arn).build()).collect()
}
