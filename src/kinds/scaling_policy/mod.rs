//! Target tracking policies of ECS services.

mod observe;
#[cfg(test)]
mod tests;

use std::fmt;

use aws_sdk_applicationautoscaling::types::{
    self as sdk, MetricType, PolicyType, ScalableDimension, ServiceNamespace,
};
use serde::{Deserialize, Serialize};

use super::shared::routing::{Route, routes};
use crate::aws::{Aws, AwsError, gone};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey,
};
use crate::model::resolved::service::{Metric, TargetTracking};
use crate::model::stack::Stack;
use crate::value::Resolvable;

#[derive(Debug)]
pub struct ScalingPolicy;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingPolicySpec {
    /// Resource id of the scalable target.
    pub target: Resolvable,
    pub name: String,
    /// A predefined metric by AWS's name.
    pub metric: String,
    /// `app/<name>/<id>`: the first half of the metric's `ResourceLabel`.
    pub load_balancer: Option<Resolvable>,
    /// `targetgroup/<name>/<id>`: the second half.
    pub target_group: Option<Resolvable>,
    /// `None` when it is a fraction, which no manifest can say.
    pub target_value: Option<u32>,
    /// Seconds.
    pub scale_in_cooldown: u32,
    /// Seconds.
    pub scale_out_cooldown: u32,
    pub disable_scale_in: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: ScalingPolicySpec },
    /// The same operation, on a policy that is there.
    Update { spec: ScalingPolicySpec },
    Delete { spec: ScalingPolicySpec },
}

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

    type Spec = ScalingPolicySpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<ScalingPolicySpec>> {
        let routes = routes(stack);
        let mut rows = vec![];
        for service in stack.services.values() {
            let origin = Origin::of(stack, "service", service);
            let mut own = routes.iter().filter(|route| route.service.name == service.name);
            let first = own.find(|route| route.has_rule());
            for tracking in service.value.scaling.iter().flat_map(|scaling| &scaling.target_tracking) {
                let route = first.filter(|_| tracking.metric == Metric::AlbRequests);
                let spec = spec(facts, &service.name, tracking, route);
                let row = origin.part(&address_name(&service.name, tracking.metric), spec);
                // AWS takes the label only when the load balancer leads to the target group.
                rows.push(match route {
                    Some(route) => row.after("listener-rule", &route.name),
                    None => row,
                });
            }
        }
        rows
    }

    fn key(spec: &ScalingPolicySpec) -> String {
        format!("{}/{}", spec.target, spec.name)
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ScalingPolicySpec],
    ) -> Result<Vec<Live<ScalingPolicySpec>>, AwsError> {
        let targets = survey.rows("scalable-target").await?;
        observe::policies(survey.aws, survey.scope, &targets, wanted).await
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
            Call::Update { spec } => Effect::Update {
                spec: spec.clone(),
                fields: [
                    "metric",
                    "loadBalancer",
                    "targetGroup",
                    "targetValue",
                    "scaleInCooldown",
                    "scaleOutCooldown",
                    "disableScaleIn",
                ]
                .map(str::to_owned)
                .to_vec(),
            },
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
            Call::Create { spec } | Call::Update { spec } => {
                let request = aws
                    .scaling
                    .put_scaling_policy()
                    .policy_name(&spec.name)
                    .service_namespace(ServiceNamespace::Ecs)
                    .resource_id(spec.target.text())
                    .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
                    .policy_type(PolicyType::TargetTrackingScaling)
                    .target_tracking_scaling_policy_configuration(configuration(spec));
                let operation = "application-autoscaling:PutScalingPolicy";
                let made = aws.write(operation, || request.clone().send()).await?;
                Ok(outputs(made.policy_arn))
            }
            Call::Delete { spec } => {
                let request = aws
                    .scaling
                    .delete_scaling_policy()
                    .policy_name(&spec.name)
                    .service_namespace(ServiceNamespace::Ecs)
                    .resource_id(spec.target.text())
                    .scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
                let operation = "application-autoscaling:DeleteScalingPolicy";
                gone(aws.write(operation, || request.clone().send()).await)?;
                Ok(Outputs::new())
            }
        }
    }

    fn examples() -> Vec<ScalingPolicySpec> {
        let base = ScalingPolicySpec {
            target: "service/shop-prod-main/shop-prod-web".into(),
            name: "shop-prod-web-cpu".to_owned(),
            metric: predefined(Metric::Cpu).to_string(),
            load_balancer: None,
            target_group: None,
            target_value: Some(60),
            scale_in_cooldown: 300,
            scale_out_cooldown: 60,
            disable_scale_in: false,
        };
        vec![
            base.clone(),
            ScalingPolicySpec {
                metric: predefined(Metric::AlbRequests).to_string(),
                load_balancer: Some("app/shop-prod-public/1".into()),
                target_group: Some("targetgroup/shop-prod-web/2".into()),
                disable_scale_in: true,
                ..base
            },
        ]
    }
}

fn spec(
    facts: &Facts,
    service: &str,
    tracking: &TargetTracking,
    route: Option<&Route<'_>>,
) -> ScalingPolicySpec {
    let target_group =
        |route: &Route<'_>| Resolvable::reference("target-group", &route.name, "suffix");
    ScalingPolicySpec {
        target: Resolvable::reference("scalable-target", service, "id"),
        name: tracking.policy_name.clone(),
        metric: predefined(tracking.metric).to_string(),
        load_balancer: route.map(|route| route.load_balancer_suffix(facts)),
        target_group: route.map(target_group),
        target_value: Some(tracking.target),
        scale_in_cooldown: tracking.scale_in_cooldown,
        scale_out_cooldown: tracking.scale_out_cooldown,
        disable_scale_in: tracking.disable_scale_in,
    }
}

fn predefined(metric: Metric) -> MetricType {
    match metric {
        Metric::Cpu => MetricType::EcsServiceAverageCpuUtilization,
        Metric::Memory => MetricType::EcsServiceAverageMemoryUtilization,
        Metric::AlbRequests => MetricType::AlbRequestCountPerTarget,
    }
}

fn address_name(service: &str, metric: Metric) -> String {
    format!("{service}-{}", metric.word())
}

fn configuration(spec: &ScalingPolicySpec) -> sdk::TargetTrackingScalingPolicyConfiguration {
    let label = spec
        .load_balancer
        .as_ref()
        .zip(spec.target_group.as_ref())
        .map(|(load_balancer, target_group)| {
            format!("{}/{}", load_balancer.text(), target_group.text())
        });
    let metric = sdk::PredefinedMetricSpecification::builder()
        .predefined_metric_type(spec.metric.as_str().into())
        .set_resource_label(label)
        .build()
        .expect("the metric is set");
    sdk::TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(spec.target_value.map_or(0.0, f64::from))
        .predefined_metric_specification(metric)
        .set_scale_in_cooldown(i32::try_from(spec.scale_in_cooldown).ok())
        .set_scale_out_cooldown(i32::try_from(spec.scale_out_cooldown).ok())
        .disable_scale_in(spec.disable_scale_in)
        .build()
        .expect("the target value is set")
}

fn outputs(arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn)])
}
