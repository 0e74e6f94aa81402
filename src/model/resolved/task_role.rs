//! The IAM role of a task.

use std::collections::BTreeMap;

pub use crate::model::documents::task_role::Effect;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskRole {
    /// A role that is used as it is.
    Existing {
        arn: String,
    },
    Managed(ManagedRole),
}

/// A role that ecsctl makes, with the physical name of its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedRole {
    /// `/ecsctl/<app>/<environment>/`
    pub path: String,
    pub description: Option<String>,
    pub statements: Vec<Statement>,
    /// Sorted; AWS's own policies by name are ARNs in the partition `aws`.
    pub managed_policies: Vec<String>,
    pub permissions_boundary: Option<String>,
    /// Seconds.
    pub max_session_duration: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    pub actions: Vec<String>,
    pub resources: Vec<String>,
    /// Operator → key → values.
    pub conditions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}
