//! How alarms stand, metric alarms and composite ones alike.

use futures::future::try_join_all;
use serde::Deserialize;

use super::model::members;
use super::{ALARMS_PER_CALL, CloudWatch};
use crate::aws::ec2::wire::Query;
use crate::aws::error::AwsError;

/// The state of an alarm.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AlarmState {
    alarm_name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state_value: String,
    pub state_reason: Option<String>,
    /// When it changed, or gave another reason for the same.
    state_updated_timestamp: Option<String>,
    /// When it changed.
    state_transitioned_timestamp: Option<String>,
}

impl AlarmState {
    /// When the alarm came into it.
    pub fn since(&self) -> Option<&str> {
        let Self { state_updated_timestamp, state_transitioned_timestamp, .. } = self;
        state_transitioned_timestamp.as_deref().or(state_updated_timestamp.as_deref())
    }
}

#[derive(Debug, Deserialize)]
struct Described {
    #[serde(rename = "DescribeAlarmsResult")]
    result: States,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct States {
    #[serde(default, deserialize_with = "members")]
    metric_alarms: Vec<AlarmState>,
    #[serde(default, deserialize_with = "members")]
    composite_alarms: Vec<AlarmState>,
}

impl CloudWatch {
    /// How the alarms of these names stand, by name; absent ones are left out.
    pub async fn alarm_states(
        &self,
        names: &[String],
    ) -> Result<Vec<(String, AlarmState)>, AwsError> {
        let chunks = names.chunks(ALARMS_PER_CALL).map(|names| async move {
            let query = Query::new("cloudwatch:DescribeAlarms")
                .set("AlarmTypes.member.1", "MetricAlarm")
                .set("AlarmTypes.member.2", "CompositeAlarm")
                .set("MaxRecords", ALARMS_PER_CALL.to_string())
                .each("AlarmNames.member", names, Query::set_at);
            let Described { result } = self.0.send(query).await?;
            Ok::<_, AwsError>(result.metric_alarms.into_iter().chain(result.composite_alarms))
        });
        let found = try_join_all(chunks).await?.into_iter().flatten();
        Ok(found.map(|state| (state.alarm_name.clone(), state)).collect())
    }
}
