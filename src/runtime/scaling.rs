//! The scaling of a service's task count.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What `DescribeScalableTargets` says of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scaling {
    /// `service/<cluster>/<service>`
    pub resource: String,
    pub min: u32,
    pub max: u32,
    /// What does not happen for now: `scaling in`, `scaling out`, `scheduled scaling`.
    pub suspended: Vec<&'static str>,
}

/// What `DescribeScalingActivities` says of one change of the count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingActivity {
    pub at: Option<Timestamp>,
    /// `Successful`, `Failed`, `InProgress` and others.
    pub status: String,
    /// `Setting desired count to 4.`
    pub description: String,
    /// `monitor alarm … in state ALARM triggered policy …`
    pub cause: String,
}
