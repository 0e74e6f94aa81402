//! What looking around finds; the events themselves are in `report::look`.

use schemars::JsonSchema;
use serde::Serialize;

/// Something could not be read. What else is told is right, and says less for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// What failed, and why.
    pub message: String,
}
