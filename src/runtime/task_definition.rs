//! A revision of a task definition, as far as operating services needs it.

use std::collections::BTreeMap;

use super::short;

/// What `DescribeTaskDefinition` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskDefinition {
    /// ARN with its revision.
    pub arn: String,
    /// An inactive one runs on where it runs, and nothing can be made to run it.
    pub is_active: bool,
    /// By container.
    pub images: BTreeMap<String, String>,
}

/// The family and the number of a revision's ARN, or of `family:42`.
pub fn revision_of(arn: &str) -> Option<(&str, u32)> {
    let (family, number) = short(arn).rsplit_once(':')?;
    Some((family, number.parse().ok()?))
}

/// Bounds between which Application Auto Scaling keeps a service's count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScalingBounds {
    pub min: u32,
    pub max: u32,
}

/// How a service deployment is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopType {
    /// Things stay as they are.
    Abort,
    /// The service goes back to the revision before.
    Rollback,
}

/// What a hook that waits is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookAction {
    Continue,
    Rollback,
}

impl StopType {
    /// As AWS spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Abort => "ABORT",
            Self::Rollback => "ROLLBACK",
        }
    }
}

impl HookAction {
    /// As AWS spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::Rollback => "ROLLBACK",
        }
    }
}
