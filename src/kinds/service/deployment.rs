//! How a service's new revision is rolled out, in AWS's form both ways.

use std::collections::BTreeMap;

use aws_sdk_ecs::types as sdk;
use aws_smithy_types::Document;
use serde::{Deserialize, Serialize};

use super::request::{COMPLETE, int};
use crate::model::documents::percent::Percent;
use crate::model::resolved::deployment as model;
use crate::model::resolved::deployment::Strategy;
use crate::value::{Set, Value};

/// AWS's values for what a request leaves out.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
const MINIMUM_HEALTHY_PERCENT: u32 = 100;
const MAXIMUM_PERCENT: u32 = 200;
const STEP_PERCENT: Percent = Percent::whole(10);
const STEP_BAKE_TIME: u32 = 6;
const CANARY_PERCENT: Percent = Percent::whole(5);
const CANARY_BAKE_TIME: u32 = 10;
const HOOK_TIMEOUT: u32 = 1440;
const ROLLBACK: &str = "ROLLBACK";
const PAUSE: &str = "PAUSE";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`.
    pub strategy: String,
    pub minimum_healthy_percent: u32,
    pub maximum_percent: u32,
    pub bake_time_in_minutes: u32,
    pub linear: Option<Linear>,
    pub canary: Option<Canary>,
    pub circuit_breaker: CircuitBreaker,
    pub alarms: Alarms,
    pub early_success_criteria: EarlySuccessCriteria,
    pub lifecycle_hooks: Set<LifecycleHook>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Linear {
    pub step_percent: Percent,
    pub step_bake_time_in_minutes: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Canary {
    pub percent: Percent,
    pub bake_time_in_minutes: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CircuitBreaker {
    pub enable: bool,
    pub rollback: bool,
    /// Without meaning for one that is off, as is the threshold.
    pub reset_on_healthy_task: Option<bool>,
    pub threshold: Option<Threshold>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Threshold {
    /// `BOUNDED_PERCENT`, `UNBOUNDED_PERCENT` or `COUNT`.
    #[serde(rename = "type")]
    pub kind: String,
    pub value: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alarms {
    pub names: Set<String>,
    pub enable: bool,
    pub rollback: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EarlySuccessCriteria {
    pub enable: bool,
    pub healthy_percent: Option<u32>,
    /// `BLOCKING` or `DEFERRED`.
    pub source_service_revision_cleanup: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LifecycleHook {
    /// `AWS_LAMBDA` or `PAUSE`.
    pub target_type: String,
    /// ARN; empty of a pause, as is the role.
    pub lambda: String,
    pub role: String,
    pub stages: Set<String>,
    pub details: BTreeMap<String, String>,
    pub timeout_in_minutes: u32,
    /// `ROLLBACK` or `CONTINUE`.
    pub on_timeout: String,
}

impl Deployment {
    pub(super) fn of(
        written: &model::Deployment,
        minimum_healthy_percent: u32,
        maximum_percent: u32,
    ) -> Self {
        let (strategy, linear, canary) = match written.strategy {
            Strategy::Rolling => ("ROLLING", None, None),
            Strategy::BlueGreen => ("BLUE_GREEN", None, None),
            Strategy::Linear { step_percent, step_bake_time } => {
                let step_bake_time_in_minutes = step_bake_time;
                ("LINEAR", Some(Linear { step_percent, step_bake_time_in_minutes }), None)
            }
            Strategy::Canary { percent, bake_time } => {
                ("CANARY", None, Some(Canary { percent, bake_time_in_minutes: bake_time }))
            }
        };
        Self {
            strategy: strategy.to_owned(),
            minimum_healthy_percent,
            maximum_percent,
            bake_time_in_minutes: written.bake_time,
            linear,
            canary,
            circuit_breaker: CircuitBreaker::of(&written.circuit_breaker),
            alarms: Alarms::of(written.alarms.as_ref()),
            early_success_criteria: EarlySuccessCriteria::of(written.early_success_criteria),
            lifecycle_hooks: written.lifecycle_hooks.iter().map(LifecycleHook::of).collect(),
        }
    }

    /// As AWS returns it, with its defaults for what it leaves out.
    pub fn read(read: Option<sdk::DeploymentConfiguration>) -> Self {
        let read = read.unwrap_or_else(|| sdk::DeploymentConfiguration::builder().build());
        let strategy = read.strategy.unwrap_or(sdk::DeploymentStrategy::Rolling);
        Self {
            strategy: strategy.as_str().to_owned(),
            minimum_healthy_percent: count(read.minimum_healthy_percent, MINIMUM_HEALTHY_PERCENT),
            maximum_percent: count(read.maximum_percent, MAXIMUM_PERCENT),
            bake_time_in_minutes: count(read.bake_time_in_minutes, 0),
            linear: read.linear_configuration.map(|read| Linear {
                step_percent: percent(read.step_percent, STEP_PERCENT),
                step_bake_time_in_minutes: count(read.step_bake_time_in_minutes, STEP_BAKE_TIME),
            }),
            canary: read.canary_configuration.map(|read| Canary {
                percent: percent(read.canary_percent, CANARY_PERCENT),
                bake_time_in_minutes: count(read.canary_bake_time_in_minutes, CANARY_BAKE_TIME),
            }),
            circuit_breaker: CircuitBreaker::read(read.deployment_circuit_breaker.as_ref()),
            alarms: Alarms::read(read.alarms),
            early_success_criteria: EarlySuccessCriteria::read(read.early_success_criteria),
            lifecycle_hooks: read
                .lifecycle_hooks
                .unwrap_or_default()
                .into_iter()
                .map(LifecycleHook::read)
                .collect(),
        }
    }

    /// For a new service, without what is turned off.
    pub(super) fn on_creation(&self) -> sdk::DeploymentConfiguration {
        let mut configuration = self.sdk();
        let bake_time = configuration.bake_time_in_minutes;
        configuration.bake_time_in_minutes =
            bake_time.filter(|minutes| *minutes > 0 || !self.is_rolling());
        configuration.alarms = configuration.alarms.filter(|alarms| alarms.enable);
        configuration.early_success_criteria =
            configuration.early_success_criteria.filter(|criteria| criteria.enable);
        configuration.lifecycle_hooks =
            configuration.lifecycle_hooks.filter(|hooks| !hooks.is_empty());
        configuration
    }

    /// Whole: AWS keeps what is left out, but of a circuit breaker that is sent in part, it turns
    /// `rollback` off.
    pub(super) fn sdk(&self) -> sdk::DeploymentConfiguration {
        let linear = self.linear.as_ref().map(|linear| {
            sdk::LinearConfiguration::builder()
                .step_percent(linear.step_percent.as_f64())
                .step_bake_time_in_minutes(int(linear.step_bake_time_in_minutes))
                .build()
        });
        let canary = self.canary.as_ref().map(|canary| {
            sdk::CanaryConfiguration::builder()
                .canary_percent(canary.percent.as_f64())
                .canary_bake_time_in_minutes(int(canary.bake_time_in_minutes))
                .build()
        });
        let hooks = self.lifecycle_hooks.0.iter().map(LifecycleHook::sdk).collect();
        sdk::DeploymentConfiguration::builder()
            .strategy(self.strategy.as_str().into())
            .minimum_healthy_percent(int(self.minimum_healthy_percent))
            .maximum_percent(int(self.maximum_percent))
            .bake_time_in_minutes(int(self.bake_time_in_minutes))
            .set_linear_configuration(linear)
            .set_canary_configuration(canary)
            .deployment_circuit_breaker(self.circuit_breaker.sdk())
            .alarms(self.alarms.sdk())
            .early_success_criteria(self.early_success_criteria.sdk())
            .set_lifecycle_hooks(Some(hooks))
            .build()
    }

    fn is_rolling(&self) -> bool {
        self.strategy == "ROLLING"
    }

    /// For how many minutes nothing happens on purpose: between the steps, and after the last.
    pub fn baking(&self) -> u32 {
        let steps = self.linear.as_ref().map_or(0, |linear| {
            let steps = Percent::whole(100).tenths().div_ceil(linear.step_percent.tenths().max(1));
            steps.saturating_sub(1).saturating_mul(linear.step_bake_time_in_minutes)
        });
        let canary = self.canary.as_ref().map_or(0, |canary| canary.bake_time_in_minutes);
        steps + canary + self.bake_time_in_minutes
    }
}

impl CircuitBreaker {
    fn of(written: &model::CircuitBreaker) -> Self {
        let model::CircuitBreaker { enable, rollback, threshold, reset_on_healthy_task } = *written;
        let threshold = Threshold { kind: spelled(&threshold.kind), value: threshold.value };
        Self {
            enable,
            rollback,
            reset_on_healthy_task: enable.then_some(reset_on_healthy_task),
            threshold: enable.then_some(threshold),
        }
    }

    fn read(read: Option<&sdk::DeploymentCircuitBreaker>) -> Self {
        let threshold = read.and_then(|read| read.threshold_configuration.as_ref());
        let kind = threshold.map_or(&sdk::ThresholdType::BoundedPercent, |it| &it.r#type);
        let value = threshold.map_or(50, |threshold| count(Some(threshold.value), 0));
        let reset = read.and_then(|read| read.reset_on_healthy_task);
        Self {
            enable: read.is_some_and(|read| read.enable),
            rollback: read.is_some_and(|read| read.rollback),
            reset_on_healthy_task: Some(reset.unwrap_or(true)),
            threshold: Some(Threshold { kind: kind.as_str().to_owned(), value }),
        }
    }

    fn sdk(&self) -> sdk::DeploymentCircuitBreaker {
        let threshold = self.threshold.as_ref().map(|threshold| {
            sdk::ThresholdConfiguration::builder()
                .r#type(threshold.kind.as_str().into())
                .value(int(threshold.value))
                .build()
                .expect(COMPLETE)
        });
        sdk::DeploymentCircuitBreaker::builder()
            .enable(self.enable)
            .rollback(self.rollback)
            .set_reset_on_healthy_task(self.reset_on_healthy_task)
            .set_threshold_configuration(threshold)
            .build()
    }
}

impl Alarms {
    fn of(written: Option<&model::Alarms>) -> Self {
        Self {
            names: written.iter().flat_map(|alarms| alarms.names.iter().cloned()).collect(),
            enable: written.is_some(),
            rollback: written.is_some_and(|alarms| alarms.rollback),
        }
    }

    fn read(read: Option<sdk::DeploymentAlarms>) -> Self {
        let (enable, rollback) =
            read.as_ref().map_or((false, false), |read| (read.enable, read.rollback));
        let names = read.into_iter().flat_map(|read| read.alarm_names).collect();
        Self { names, enable, rollback }
    }

    fn sdk(&self) -> sdk::DeploymentAlarms {
        sdk::DeploymentAlarms::builder()
            .set_alarm_names(Some(self.names.0.iter().cloned().collect()))
            .enable(self.enable)
            .rollback(self.rollback)
            .build()
            .expect(COMPLETE)
    }
}

impl EarlySuccessCriteria {
    fn of(written: Option<model::EarlySuccessCriteria>) -> Self {
        Self {
            enable: written.is_some(),
            healthy_percent: written.map(|criteria| criteria.healthy_percent),
            source_service_revision_cleanup: written
                .map(|criteria| spelled(&criteria.source_service_revision_cleanup)),
        }
    }

    fn read(read: Option<sdk::DeploymentEarlySuccessCriteria>) -> Self {
        let read = read.filter(|read| read.enable);
        let cleanup = |read: &sdk::DeploymentEarlySuccessCriteria| match &read
            .source_service_revision_cleanup
        {
            Some(cleanup) => cleanup.as_str().to_owned(),
            None => "BLOCKING".to_owned(),
        };
        Self {
            enable: read.is_some(),
            healthy_percent: read.as_ref().map(|read| count(read.healthy_percent, 100)),
            source_service_revision_cleanup: read.as_ref().map(cleanup),
        }
    }

    fn sdk(&self) -> sdk::DeploymentEarlySuccessCriteria {
        let cleanup = self.source_service_revision_cleanup.as_deref();
        sdk::DeploymentEarlySuccessCriteria::builder()
            .enable(self.enable)
            .set_healthy_percent(self.healthy_percent.map(int))
            .set_source_service_revision_cleanup(cleanup.map(Into::into))
            .build()
    }
}

impl LifecycleHook {
    fn of(written: &model::LifecycleHook) -> Self {
        Self {
            target_type: spelled(&written.target),
            lambda: written.lambda.clone().unwrap_or_default(),
            role: written.role.clone().unwrap_or_default(),
            stages: written.stages.iter().map(spelled).collect(),
            details: written.details.clone(),
            timeout_in_minutes: written.timeout,
            on_timeout: spelled(&written.on_timeout),
        }
    }

    fn read(read: sdk::DeploymentLifecycleHook) -> Self {
        let target = read.target_type.unwrap_or(sdk::DeploymentLifecycleHookTargetType::AwsLambda);
        let timeout = read.timeout_configuration.as_ref();
        let action = timeout.and_then(|timeout| timeout.action.as_ref());
        let stages = read.lifecycle_stages.unwrap_or_default().into_iter();
        Self {
            target_type: target.as_str().to_owned(),
            lambda: read.hook_target_arn.unwrap_or_default(),
            role: read.role_arn.unwrap_or_default(),
            stages: stages.map(|stage| stage.as_str().to_owned()).collect(),
            details: details(read.hook_details),
            timeout_in_minutes: count(
                timeout.and_then(|timeout| timeout.timeout_in_minutes),
                HOOK_TIMEOUT,
            ),
            on_timeout: action.map_or(ROLLBACK, |action| action.as_str()).to_owned(),
        }
    }

    fn sdk(&self) -> sdk::DeploymentLifecycleHook {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let timeout = sdk::DeploymentLifecycleHookTimeoutConfiguration::builder()
            .timeout_in_minutes(int(self.timeout_in_minutes))
            .action(self.on_timeout.as_str().into())
            .build();
        let is_default = self.timeout_in_minutes == HOOK_TIMEOUT && self.on_timeout == ROLLBACK;
        let needs_timeout = self.target_type == PAUSE || !is_default;
        let details = self
            .details
            .iter()
            .map(|(name, value)| (name.clone(), Document::String(value.clone())));
        let details = (!self.details.is_empty()).then(|| Document::Object(details.collect()));
        let stages = self.stages.0.iter().map(|stage| stage.as_str().into()).collect();
        sdk::DeploymentLifecycleHook::builder()
            .target_type(self.target_type.as_str().into())
            .set_hook_target_arn(some(&self.lambda))
            .set_role_arn(some(&self.role))
            .set_lifecycle_stages(Some(stages))
            .set_hook_details(details)
            .set_timeout_configuration(needs_timeout.then_some(timeout))
            .build()
    }
}

/// Those that manifests can say; what is no text counts as nothing.
fn details(read: Option<Document>) -> BTreeMap<String, String> {
    let Some(Document::Object(fields)) = read else { return BTreeMap::new() };
    let text = |value: Document| value.as_string().unwrap_or_default().to_owned();
    fields.into_iter().map(|(name, value)| (name, text(value))).collect()
}

fn percent(read: Option<f64>, default: Percent) -> Percent {
    read.and_then(Percent::of).unwrap_or(default)
}

fn count(read: Option<i32>, default: u32) -> u32 {
    read.map_or(default, |number| u32::try_from(number).unwrap_or(0))
}

/// A word as manifests and AWS spell it.
fn spelled(word: &impl Serialize) -> String {
    Value::of(word).to_string()
}
