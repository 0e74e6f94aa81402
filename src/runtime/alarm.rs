//! Alarms and how they stand.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What `DescribeAlarms` says of an alarm's state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alarm {
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// In `CloudWatch`'s words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it came into this state.
    pub changed_at: Option<Timestamp>,
}
