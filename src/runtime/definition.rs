//! A revision of a task definition, as far as it says what runs and what that takes.

use jiff::Timestamp;

use super::deployment::Image;

/// What `DescribeTaskDefinition` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// With its revision.
    pub arn: String,
    /// CPU units, 1024 to a vCPU: the task's, or those of its containers together.
    pub cpu: u32,
    /// MiB, likewise.
    pub memory: u32,
    /// `X86_64` or `ARM64`.
    pub architecture: Option<String>,
    pub images: Vec<Image>,
    pub registered_at: Option<Timestamp>,
    /// ARN of the user or of the role's session.
    pub registered_by: Option<String>,
}
