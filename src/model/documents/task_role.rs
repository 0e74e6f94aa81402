//! `kind: TaskRole`: the IAM role that the containers of a task act as.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Lifecycle, Name, OneOrMany, Tags};
use super::units::Seconds;

/// An IAM role for the containers of a task: statements and managed policies, or the ARN of an existing role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TaskRole {
    /// Name by which services refer to this role.
    #[schemars(with = "Name")]
    pub name: String,
    /// Physical name, when it must not be `<app>-<environment>-<name>`. At most 64 characters.
    pub aws_name: Option<String>,
    /// ARN of an existing role, which is used as it is.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:iam::[0-9]{12}:role/.+$"), example = &"arn:aws:iam::444455556666:role/web")]
    #[schemars(extend("patternErrorMessage" = "expected the ARN of an IAM role"))]
    pub arn: Option<String>,
    /// What the role is for; shown in the IAM console. At most 1000 characters.
    #[schemars(length(max = 1000))]
    pub description: Option<String>,
    /// What the containers may do.
    #[serde(default)]
    pub statements: Vec<Statement>,
    /// Managed policies to attach: ARNs, or names of AWS's own such as `AmazonSQSFullAccess`. At most 20.
    #[serde(default)]
    #[schemars(example = &["AmazonSQSFullAccess"])]
    pub managed_policies: Vec<String>,
    /// ARN of the policy that bounds what the role may ever do.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$"))]
    #[schemars(extend("patternErrorMessage" = "expected the ARN of an IAM policy"))]
    pub permissions_boundary: Option<String>,
    /// Longest session of the role: 1h to 12h. Default: 1h.
    pub max_session_duration: Option<Seconds>,
    /// Tags for the role.
    #[serde(default)]
    pub tags: Tags,
    /// How changes are treated.
    #[serde(default)]
    pub lifecycle: Lifecycle,
}

/// One statement of the role's policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Statement {
    /// Id of the statement: letters and digits, unique in the role.
    #[schemars(regex(pattern = "^[A-Za-z0-9]+$"))]
    #[schemars(extend("patternErrorMessage" = "expected letters and digits"))]
    pub sid: Option<String>,
    /// `Allow` or `Deny`. Default: `Allow`.
    #[serde(default)]
    pub effect: Effect,
    /// Actions, such as `s3:GetObject` or `s3:Get*`.
    #[schemars(length(min = 1), example = &["s3:GetObject"])]
    pub actions: Vec<String>,
    /// ARNs that the actions are about; `*` is any.
    #[schemars(length(min = 1), example = &["arn:aws:s3:::bucket/*"])]
    pub resources: Vec<String>,
    /// Conditions: operator → key → values, such as `StringEquals: { aws:RequestedRegion: eu-west-1 }`.
    #[serde(default)]
    pub conditions: BTreeMap<String, BTreeMap<String, OneOrMany>>,
}

/// What a statement does to the actions that it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Effect {
    /// Permit the actions.
    #[default]
    Allow,
    /// Forbid the actions, whatever permits them.
    Deny,
}
