//! What is called for target groups.

use std::fmt;

use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroupAttribute, TargetTypeEnum,
};
use serde::{Deserialize, Serialize};

use super::{TargetGroupSpec, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Effect, Outputs, Tags};
use crate::kinds::shared::elb::int;
use crate::kinds::shared::elb_attributes::Attributes;
use crate::kinds::shared::elb_tags;
use crate::value::Resolvable;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: TargetGroupSpec,
    },
    /// The health check: all else is fixed.
    Update {
        arn: Resolvable,
        spec: TargetGroupSpec,
    },
    UpdateAttributes {
        arn: Resolvable,
        spec: TargetGroupSpec,
    },
    Tag {
        arn: Resolvable,
        spec: TargetGroupSpec,
        tags: Tags,
    },
    Untag {
        arn: Resolvable,
        spec: TargetGroupSpec,
        keys: Vec<String>,
    },
    Delete {
        arn: String,
        name: String,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, name) = match self {
            Self::Create { spec } => ("CreateTargetGroup", &spec.name),
            Self::Update { spec, .. } => ("ModifyTargetGroup", &spec.name),
            Self::UpdateAttributes { spec, .. } => ("ModifyTargetGroupAttributes", &spec.name),
            Self::Tag { spec, .. } => ("AddTags", &spec.name),
            Self::Untag { spec, .. } => ("RemoveTags", &spec.name),
            Self::Delete { name, .. } => ("DeleteTargetGroup", name),
        };
        write!(f, "elasticloadbalancing:{operation} {name}")
    }
}

impl Call {
    pub(super) fn effect(&self) -> Effect<TargetGroupSpec> {
        match self {
            Self::Create { spec } => {
                Effect::Create(TargetGroupSpec { attributes: Attributes::new(), ..spec.clone() })
            }
            Self::Update { spec, .. } => Effect::update(spec, &["healthCheck"]),
            Self::UpdateAttributes { spec, .. } => Effect::update(spec, &["attributes"]),
            Self::Tag { spec, .. } | Self::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Self::Delete { name, .. } => Effect::Delete(name.clone()),
        }
    }

    pub(super) async fn perform(&self, aws: &Aws) -> Result<Outputs, CallError> {
        match self {
            Self::Create { spec } => return create(aws, spec).await,
            Self::Update { arn, spec } => modify(aws, arn, spec).await?,
            Self::UpdateAttributes { arn, spec } => {
                let request = aws
                    .elbv2
                    .modify_target_group_attributes()
                    .target_group_arn(arn.text())
                    .set_attributes(Some(attributes(spec)));
                let operation = "elasticloadbalancing:ModifyTargetGroupAttributes";
                aws.write(operation, || request.clone().send()).await?;
            }
            Self::Tag { arn, tags, .. } => return elb_tags::tag(aws, arn, tags).await,
            Self::Untag { arn, keys, .. } => return elb_tags::untag(aws, arn, keys).await,
            Self::Delete { arn, .. } => {
                let request = aws.elbv2.delete_target_group().target_group_arn(arn);
                let operation = "elasticloadbalancing:DeleteTargetGroup";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
        }
        Ok(Outputs::new())
    }
}

async fn create(aws: &Aws, spec: &TargetGroupSpec) -> Result<Outputs, CallError> {
    let check = &spec.health_check;
    let request = aws
        .elbv2
        .create_target_group()
        .name(&spec.name)
        .protocol(ProtocolEnum::from(spec.protocol.as_str()))
        .set_protocol_version(spec.protocol_version.clone())
        .port(i32::from(spec.port))
        .vpc_id(&spec.vpc)
        .target_type(TargetTypeEnum::from(spec.target_type.as_str()))
        .health_check_protocol(ProtocolEnum::from(check.protocol.as_str()))
        .set_health_check_path(check.path.clone())
        .health_check_port(&check.port)
        .health_check_interval_seconds(int(check.interval))
        .health_check_timeout_seconds(int(check.timeout))
        .healthy_threshold_count(int(check.healthy_threshold))
        .unhealthy_threshold_count(int(check.unhealthy_threshold))
        .set_matcher(matcher(spec))
        .set_tags(Some(elb_tags::sdk_tags(&spec.tags)));
    let reply =
        aws.write("elasticloadbalancing:CreateTargetGroup", || request.clone().send()).await?;
    let arn = reply.target_groups().first().and_then(|group| group.target_group_arn());
    Ok(arn.map(outputs).unwrap_or_default())
}

async fn modify(aws: &Aws, arn: &Resolvable, spec: &TargetGroupSpec) -> Result<(), CallError> {
    let check = &spec.health_check;
    let request = aws
        .elbv2
        .modify_target_group()
        .target_group_arn(arn.text())
        .health_check_protocol(ProtocolEnum::from(check.protocol.as_str()))
        .set_health_check_path(check.path.clone())
        .health_check_port(&check.port)
        .health_check_interval_seconds(int(check.interval))
        .health_check_timeout_seconds(int(check.timeout))
        .healthy_threshold_count(int(check.healthy_threshold))
        .unhealthy_threshold_count(int(check.unhealthy_threshold))
        .set_matcher(matcher(spec));
    aws.write("elasticloadbalancing:ModifyTargetGroup", || request.clone().send()).await?;
    Ok(())
}

fn matcher(spec: &TargetGroupSpec) -> Option<Matcher> {
    let codes = spec.health_check.matcher.as_ref()?;
    Some(match spec.protocol_version.as_deref() {
        Some("GRPC") => Matcher::builder().grpc_code(codes).build(),
        _ => Matcher::builder().http_code(codes).build(),
    })
}

fn attributes(spec: &TargetGroupSpec) -> Vec<TargetGroupAttribute> {
    let attribute = |(key, value)| TargetGroupAttribute::builder().key(key).value(value).build();
    spec.attributes.iter().map(attribute).collect()
}
