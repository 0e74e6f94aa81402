//! `kind: App`: the application, its environments, what all its documents share.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Tags, Text};

/// The application: its name, its environments, and what all its documents share. At most one per directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct App {
    /// Name of the application, the first part of every physical name. Lowercase letters, digits and hyphens,
    /// at most 40.
    #[schemars(regex(pattern = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"), example = &"shop")]
    #[schemars(extend("patternErrorMessage" = "expected up to 40 lowercase letters, digits and hyphens that begin with a letter"))]
    pub name: String,
    /// Environment to use without `-e`.
    #[schemars(example = &"dev")]
    pub default_environment: Option<String>,
    /// The environments by name: where each one is deployed.
    #[serde(default)]
    pub environments: BTreeMap<String, Environment>,
    /// Tags for the resources of every environment.
    #[serde(default)]
    pub tags: Tags,
    /// Variables for `${NAME}` in all documents; those of the environment, of `--set` and of the process win.
    #[serde(default)]
    pub variables: BTreeMap<String, Text>,
}

/// Where one environment of the application is deployed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Environment {
    /// The AWS account; the credentials are checked against it before anything else. Twelve digits.
    #[schemars(extend("pattern" = "^[0-9]{12}$", "patternErrorMessage" = "expected an account id of 12 digits", "examples" = ["444455556666"]))]
    pub account: Option<Text>,
    /// The AWS Region, such as `eu-west-1`. Default: that of the profile or of `AWS_REGION`.
    #[schemars(example = &"eu-west-1")]
    pub region: Option<String>,
    /// Profile of the AWS configuration files to take credentials from.
    pub profile: Option<String>,
    /// ARN of an IAM role to assume before any other call.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:iam::[0-9]{12}:role/.+$"), example = &"arn:aws:iam::444455556666:role/deployer")]
    #[schemars(extend("patternErrorMessage" = "expected the ARN of an IAM role"))]
    pub role: Option<String>,
    /// File with a mock account to use in place of AWS, relative to the manifest directory.
    #[schemars(example = &"mock.json")]
    pub mock: Option<String>,
    /// Tags for the resources of this environment; they win over the application's.
    pub tags: Tags,
    /// Variables for this environment; they win over the application's.
    pub variables: BTreeMap<String, Text>,
}
