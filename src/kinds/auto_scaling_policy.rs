//! Policies that scale Auto Scaling groups by the CPU of their instances, where no capacity provider
//! scales them with the tasks.

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_autoscaling::types::{
    MetricType, PredefinedMetricSpecification, ScalingPolicy, TargetTrackingConfiguration,
};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::shared::autoscaling::gone;
use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, LiveRow, Origin, Outputs,
    Survey,
};
use crate::model::resolved::instances::Group;
use crate::model::stack::Stack;
use crate::value::{Address, Resolvable};

#[derive(Debug)]
pub struct AutoScalingPolicy;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoScalingPolicySpec {
    /// ARN.
    pub auto_scaling_group: Resolvable,
    pub name: String,
    /// Average CPU of the instances in percent; none for what is no policy of ecsctl any more.
    pub cpu_target: Option<u32>,
    pub disable_scale_in: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: AutoScalingPolicySpec,
    },
    /// The same operation, on a policy that is there.
    Update {
        spec: AutoScalingPolicySpec,
    },
    Delete {
        spec: AutoScalingPolicySpec,
    },
}

/// `PolicyNames` takes at most 50.
const POLICIES_PER_CALL: usize = 50;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, spec) = match self {
            Self::Create { spec } | Self::Update { spec } => ("PutScalingPolicy", spec),
            Self::Delete { spec } => ("DeletePolicy", spec),
        };
        write!(f, "autoscaling:{operation} {}", spec.name)
    }
}

impl Kind for AutoScalingPolicy {
    const NAME: &'static str = "auto-scaling-policy";

    type Spec = AutoScalingPolicySpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<AutoScalingPolicySpec>> {
        let mut rows = vec![];
        for cluster in stack.clusters.values() {
            for instances in &cluster.value.instances {
                let Group::Managed(managed) = &instances.group else { continue };
                let Some(target) = managed.cpu_target else { continue };
                let group = format!("{}-{}", cluster.name, instances.name);
                let spec = AutoScalingPolicySpec {
                    auto_scaling_group: Resolvable::reference("auto-scaling-group", &group, "arn"),
                    name: policy_name(&managed.physical_name),
                    cpu_target: Some(target),
                    disable_scale_in: false,
                };
                let origin = Origin::of(stack, "cluster", cluster);
                rows.push(origin.part(&policy_name(&group), spec));
            }
        }
        rows
    }

    fn key(spec: &AutoScalingPolicySpec) -> String {
        format!("{}/{}", spec.auto_scaling_group, spec.name)
    }

    async fn observe(
        survey: &Survey<'_>,
        _wanted: &[AutoScalingPolicySpec],
    ) -> Result<Vec<Live<AutoScalingPolicySpec>>, AwsError> {
        read(survey.aws, &survey.rows("auto-scaling-group").await?).await
    }

    fn lower(change: &Change<'_, AutoScalingPolicySpec>) -> Vec<Call> {
        vec![match change {
            Change::Create { spec, .. } => Call::Create { spec: (*spec).clone() },
            Change::Update { spec, .. } => Call::Update { spec: (*spec).clone() },
            Change::Delete { live, .. } => Call::Delete { spec: live.spec.clone() },
        }]
    }

    fn effect(call: &Call) -> Effect<AutoScalingPolicySpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::Update { spec } => Effect::update(spec, &["cpuTarget", "disableScaleIn"]),
            Call::Delete { spec } => Effect::Delete(Self::key(spec)),
        }
    }

    fn outputs(spec: &AutoScalingPolicySpec, assigned: &Assigned<'_>) -> Outputs {
        let group = group_name(&spec.auto_scaling_group);
        let resource = format!(
            "scalingPolicy:{}:autoScalingGroupName/{group}:policyName/{}",
            assigned.id, spec.name
        );
        outputs(assigned.arn("autoscaling", &resource))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } | Call::Update { spec } => {
                let request = aws
                    .autoscaling
                    .put_scaling_policy()
                    .auto_scaling_group_name(group_name(&spec.auto_scaling_group))
                    .policy_name(&spec.name)
                    .policy_type("TargetTrackingScaling")
                    .target_tracking_configuration(tracking(spec));
                let operation = "autoscaling:PutScalingPolicy";
                let reply = aws.write(operation, || request.clone().send()).await?;
                Ok(outputs(reply.policy_arn.unwrap_or_default()))
            }
            Call::Delete { spec } => {
                let request = aws
                    .autoscaling
                    .delete_policy()
                    .auto_scaling_group_name(group_name(&spec.auto_scaling_group))
                    .policy_name(&spec.name);
                let operation = "autoscaling:DeletePolicy";
                gone(aws.write(operation, || request.clone().send()).await)?;
                Ok(Outputs::new())
            }
        }
    }

    fn examples() -> Vec<AutoScalingPolicySpec> {
        let group = "arn:aws:autoscaling:eu-west-1:444455556666:autoScalingGroup:1:autoScalingGroupName/shop-prod-main-batch";
        vec![AutoScalingPolicySpec {
            auto_scaling_group: group.into(),
            name: "shop-prod-main-batch-cpu".to_owned(),
            cpu_target: Some(60),
            disable_scale_in: false,
        }]
    }
}

fn policy_name(group: &str) -> String {
    format!("{group}-cpu")
}

/// The name that a group's ARN ends with.
fn group_name(group: &Resolvable) -> String {
    let arn = group.text();
    arn.split_once("autoScalingGroupName/").map_or(arn, |(_, name)| name).to_owned()
}

/// The policies of these groups that ecsctl gave a name. A policy has no tags: it belongs to its group.
async fn read(aws: &Aws, groups: &[LiveRow]) -> Result<Vec<Live<AutoScalingPolicySpec>>, AwsError> {
    let groups: BTreeMap<String, &LiveRow> =
        groups.iter().map(|group| (policy_name(&group.key), group)).collect();
    let names: Vec<String> = groups.keys().cloned().collect();
    let found = try_join_all(names.chunks(POLICIES_PER_CALL).map(async |names| {
        let request = aws.autoscaling.describe_policies().set_policy_names(Some(names.to_vec()));
        let pages = request.into_paginator().items().send().collect();
        aws.read::<Vec<_>, _>("autoscaling:DescribePolicies", pages).await
    }))
    .await?;
    let live = |found: ScalingPolicy| {
        let group = groups.get(found.policy_name.as_deref()?)?;
        (found.auto_scaling_group_name.as_deref() == Some(&group.key)).then(|| live(found, group))
    };
    Ok(found.into_iter().flatten().filter_map(live).collect())
}

fn live(found: ScalingPolicy, group: &LiveRow) -> Live<AutoScalingPolicySpec> {
    let tracking = found.target_tracking_configuration;
    let metric = tracking.as_ref().and_then(|it| it.predefined_metric_specification.as_ref());
    let is_cpu = metric.and_then(|metric| metric.predefined_metric_type.as_ref())
        == Some(&MetricType::AsgAverageCpuUtilization);
    let target = tracking.as_ref().and_then(|it| it.target_value).filter(|_| is_cpu);
    let address = group.marks.resource.as_ref().map_or(&group.key, |own| &own.name);
    Live {
        outputs: outputs(found.policy_arn.unwrap_or_default()),
        marks: group.marks.inherited(Address::new(AutoScalingPolicy::NAME, policy_name(address))),
        spec: AutoScalingPolicySpec {
            auto_scaling_group: group.outputs.get("arn").cloned().unwrap_or_default().into(),
            name: found.policy_name.unwrap_or_default(),
            cpu_target: target.and_then(|target| target.to_string().parse().ok()),
            disable_scale_in: tracking.and_then(|it| it.disable_scale_in).unwrap_or(false),
        },
        depth: Depth::Full,
    }
}

fn tracking(spec: &AutoScalingPolicySpec) -> TargetTrackingConfiguration {
    let metric = PredefinedMetricSpecification::builder()
        .predefined_metric_type(MetricType::AsgAverageCpuUtilization)
        .build();
    TargetTrackingConfiguration::builder()
        .predefined_metric_specification(metric)
        .set_target_value(spec.cpu_target.map(f64::from))
        .disable_scale_in(spec.disable_scale_in)
        .build()
}

fn outputs(arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, xml};
    use crate::kinds::samples;

    const GROUP: &str = "arn:aws:autoscaling:eu-west-1:444455556666:autoScalingGroup:1:autoScalingGroupName/shop-prod-main-batch";

    fn group() -> LiveRow {
        let row = samples::parent("auto-scaling-group", "main-batch", &[("arn", GROUP)]);
        LiveRow { key: "shop-prod-main-batch".to_owned(), ..row }
    }

    #[test]
    fn a_group_without_a_capacity_provider_scales_by_its_cpu() {
        let stack = samples::stack(
            "{ kind: Cluster, name: main, instances: [{ name: general }, { name: batch, capacityProvider: DISABLED, cpuTarget: 60 }] }",
        );
        let rows = AutoScalingPolicy::desired(&stack, &samples::facts());
        let [batch] = &rows[..] else { panic!("one: {rows:?}") };
        assert_eq!(batch.name, "main-batch-cpu");
        assert_eq!(batch.spec.name, "shop-prod-main-batch-cpu");
        let group = batch.spec.auto_scaling_group.to_string();
        assert_eq!(
            (group.as_str(), batch.spec.cpu_target),
            ("auto-scaling-group/main-batch#arn", Some(60))
        );
    }

    #[tokio::test]
    async fn each_call_sends_all_that_it_is_about() {
        let spec = AutoScalingPolicy::examples().remove(0);
        let made = "<PutScalingPolicyResponse><PutScalingPolicyResult><PolicyARN>arn:policy</PolicyARN></PutScalingPolicyResult></PutScalingPolicyResponse>";
        let absent = "<ErrorResponse><Error><Code>ValidationError</Code><Message>Policy shop-prod-main-batch-cpu not found</Message></Error></ErrorResponse>";
        let replay = Replay::new([xml(200, made), xml(400, absent)]);
        let aws = replay.aws();
        let put = Call::Create { spec: spec.clone() };
        let outputs = AutoScalingPolicy::perform(&aws, &put).await.unwrap();
        assert_eq!(outputs["arn"], "arn:policy");
        AutoScalingPolicy::perform(&aws, &Call::Delete { spec }).await.unwrap();
        assert_eq!(
            replay.bodies(),
            [
                "Action=PutScalingPolicy&Version=2011-01-01&AutoScalingGroupName=shop-prod-main-batch&PolicyName=shop-prod-main-batch-cpu&PolicyType=TargetTrackingScaling&TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType=ASGAverageCPUUtilization&TargetTrackingConfiguration.TargetValue=60.0&TargetTrackingConfiguration.DisableScaleIn=false",
                "Action=DeletePolicy&Version=2011-01-01&AutoScalingGroupName=shop-prod-main-batch&PolicyName=shop-prod-main-batch-cpu",
            ]
        );
    }

    #[tokio::test]
    async fn a_policy_is_found_by_the_name_that_its_group_would_give_it() {
        let policy = |group: &str| {
            format!(
                "<member><AutoScalingGroupName>{group}</AutoScalingGroupName><PolicyName>shop-prod-main-batch-cpu</PolicyName><PolicyARN>arn:policy</PolicyARN><PolicyType>TargetTrackingScaling</PolicyType><StepAdjustments/><Alarms/><Enabled>true</Enabled><TargetTrackingConfiguration><PredefinedMetricSpecification><PredefinedMetricType>ASGAverageCPUUtilization</PredefinedMetricType></PredefinedMetricSpecification><TargetValue>60.0</TargetValue></TargetTrackingConfiguration></member>"
            )
        };
        let found = format!(
            "<DescribePoliciesResponse><DescribePoliciesResult><ScalingPolicies>{}{}</ScalingPolicies></DescribePoliciesResult></DescribePoliciesResponse>",
            policy("shop-prod-main-batch"),
            policy("theirs")
        );
        let replay = Replay::new([xml(200, &found)]);
        let rows = read(&replay.aws(), &[group()]).await.unwrap();
        let specs: Vec<_> = rows.iter().map(|row| row.spec.clone()).collect();
        assert_eq!(specs, AutoScalingPolicy::examples());
        let address = rows[0].marks.resource.as_ref().unwrap();
        assert_eq!(address.to_string(), "auto-scaling-policy/main-batch-cpu");
        assert_eq!(
            replay.bodies(),
            [
                "Action=DescribePolicies&Version=2011-01-01&PolicyNames.member.1=shop-prod-main-batch-cpu"
            ]
        );
        assert!(read(&Replay::new([]).aws(), &[]).await.unwrap().is_empty());
    }
}
