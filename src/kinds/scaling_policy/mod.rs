//! Scaling policies of ECS services: target tracking and steps.

mod desired;
mod observe;
mod request;
mod spec;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::shared::metrics::examples as metrics;
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey};
use crate::model::resolved::scaling::{Decimal, Metric};
use crate::model::stack::Stack;

pub use spec::{Interval, PolicyType, ScalingPolicySpec};

#[derive(Debug)]
pub struct ScalingPolicy;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: ScalingPolicySpec,
    },
    /// The same operation, on a policy that is there.
    Update {
        spec: ScalingPolicySpec,
    },
    Delete {
        spec: ScalingPolicySpec,
    },
}

/// What `PutScalingPolicy` writes, all of it each time.
const WRITTEN: &[&str] = &[
    "metric",
    "loadBalancer",
    "targetGroup",
    "customMetric",
    "metrics",
    "targetValue",
    "scaleInCooldown",
    "scaleOutCooldown",
    "disableScaleIn",
    "adjustmentType",
    "steps",
    "cooldown",
    "minAdjustmentMagnitude",
    "metricAggregationType",
];

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, spec) = match self {
            Self::Create { spec } | Self::Update { spec } => ("PutScalingPolicy", spec),
            Self::Delete { spec } => ("DeleteScalingPolicy", spec),
        };
        write!(f, "application-autoscaling:{operation} {}", spec.name)
    }
}

impl Kind for ScalingPolicy {
    const NAME: &'static str = "scaling-policy";
    const FIELDS: &'static [(&'static str, Policy)] = &[("policyType", Policy::Replaces)];
    /// AWS takes it out of the actions of its alarm, and leaves the alarm.
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScalingPolicy.html>
    const DELETED_IN_USE: bool = true;
    const FOUND_BY: &'static [&'static str] = &["alarm"];

    type Spec = ScalingPolicySpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<ScalingPolicySpec>> {
        desired::rows(stack, facts)
    }

    fn key(spec: &ScalingPolicySpec) -> String {
        format!("{}/{}", spec.target, spec.name)
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ScalingPolicySpec],
    ) -> Result<Vec<Live<ScalingPolicySpec>>, AwsError> {
        let targets = survey.rows("scalable-target").await?;
        let alarms = survey.rows("alarm").await?;
        observe::policies(survey.aws, survey.scope, &targets, &alarms, wanted).await
    }

    fn lower(change: &Change<'_, ScalingPolicySpec>) -> Vec<Call> {
        vec![match change {
            Change::Create { spec, .. } => Call::Create { spec: (*spec).clone() },
            Change::Update { spec, .. } => Call::Update { spec: (*spec).clone() },
            Change::Delete { live, .. } => Call::Delete { spec: live.spec.clone() },
        }]
    }

    fn effect(call: &Call) -> Effect<ScalingPolicySpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::Update { spec } => Effect::update(spec, WRITTEN),
            Call::Delete { spec } => Effect::Delete(Self::key(spec)),
        }
    }

    fn outputs(spec: &ScalingPolicySpec, assigned: &Assigned<'_>) -> Outputs {
        let Assigned { id, .. } = assigned;
        let resource = format!(
            "scalingPolicy:{id}:resource/ecs/{}:policyName/{}",
            spec.target.text(),
            spec.name
        );
        outputs(assigned.arn("autoscaling", &resource))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } | Call::Update { spec } => Ok(request::put(aws, spec).await?),
            Call::Delete { spec } => Ok(request::delete(aws, spec).await?),
        }
    }

    fn examples() -> Vec<ScalingPolicySpec> {
        let empty = |policy_type| {
            let target = "service/shop-prod-main/shop-prod-web".into();
            desired::empty(target, "shop-prod-web-cpu", policy_type)
        };
        let tracking = ScalingPolicySpec {
            target_value: Some(60.into()),
            scale_in_cooldown: Some(300),
            scale_out_cooldown: Some(60),
            disable_scale_in: Some(false),
            ..empty(PolicyType::TargetTrackingScaling)
        };
        let cpu = ScalingPolicySpec {
            metric: Some(desired::predefined(Metric::Cpu).to_string()),
            ..tracking.clone()
        };
        let requests = ScalingPolicySpec {
            metric: Some(desired::predefined(Metric::AlbRequests).to_string()),
            load_balancer: Some("app/shop-prod-public/1".into()),
            target_group: Some("targetgroup/shop-prod-web/2".into()),
            disable_scale_in: Some(true),
            ..tracking.clone()
        };
        let custom =
            ScalingPolicySpec { custom_metric: Some(metrics::metric()), ..tracking.clone() };
        let math = ScalingPolicySpec {
            metrics: metrics::queries(),
            target_value: Decimal::parse("100.5"),
            ..tracking
        };
        let step = |lower: i32, upper: Option<i32>| Interval {
            lower: Some(lower.into()),
            upper: upper.map(Decimal::from),
        };
        let steps = ScalingPolicySpec {
            adjustment_type: Some("PercentChangeInCapacity".to_owned()),
            steps: [(step(0, Some(100)), 10), (step(100, None), 30)].into(),
            cooldown: Some(300),
            min_adjustment_magnitude: Some(2),
            metric_aggregation_type: Some("Average".to_owned()),
            ..empty(PolicyType::StepScaling)
        };
        vec![cpu, requests, custom, math, steps]
    }
}

fn outputs(arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn)])
}
