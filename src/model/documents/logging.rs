//! Where the output of a service's containers goes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Text;
use super::secret::SecretReference;
use super::units::Days;

/// Where the containers' output goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Logging {
    /// Keep no output at all. Default: false.
    pub disabled: bool,
    /// Log driver. Default: `awslogs`.
    pub driver: LogDriver,
    /// Days to keep the output in CloudWatch: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096,
    /// 1827, 2192, 2557, 2922, 3288 or 3653. Default: 30.
    pub retention: Option<Days>,
    /// Existing CloudWatch log group to write to. Default: one is made, `/ecsctl/<app>/<environment>/<name>`.
    pub group: Option<String>,
    /// Options of the driver by AWS's own key, such as `awslogs-multiline-pattern`.
    pub options: BTreeMap<String, Text>,
    /// Options of the driver whose values are secret, such as `splunk-token`.
    pub secret_options: BTreeMap<String, SecretReference>,
}

/// What takes the containers' output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogDriver {
    /// CloudWatch Logs.
    #[default]
    Awslogs,
    /// Splunk; needs `splunk-token` and `splunk-url`.
    Splunk,
    /// Files on the instance. EC2 and external only.
    #[serde(rename = "json-file")]
    JsonFile,
    /// The journal of the instance. EC2 and external only.
    Journald,
    /// A server that takes Graylog's format; needs `gelf-address`. EC2 and external only.
    Gelf,
    /// A syslog server, or that of the instance. EC2 and external only.
    Syslog,
    /// A Fluentd server. EC2 and external only.
    Fluentd,
}
