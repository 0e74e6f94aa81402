//! `kind: Network`: the VPC and the subnets that things are put in.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Lifecycle, Name, Tags, Text};

/// An existing VPC and the subnets to use in it. Without any Network document, the default VPC is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Network {
    /// Name by which services, load balancers and file systems refer to this network.
    #[schemars(with = "Name")]
    pub name: String,
    /// The VPC: `default`, `{ id: vpc-… }` or `{ tags: { … } }`. Default: `default`.
    #[serde(default)]
    pub vpc: Vpc,
    /// Subnets for tasks, file systems and load balancers. Default: `all`.
    #[serde(default)]
    pub subnets: Subnets,
    /// Subnets for load balancers, when they differ: at least two, in different Availability Zones.
    pub load_balancer_subnets: Option<Subnets>,
    /// Give tasks a public IP address. Without one, tasks need a NAT gateway or VPC endpoints to pull images.
    /// Default: `ENABLED` in the default VPC and in `public` subnets, else `DISABLED`.
    pub assign_public_ip: Option<AssignPublicIp>,
    /// Has no effect: ecsctl makes nothing for a network that could be tagged.
    #[serde(default)]
    pub tags: Tags,
    /// Has no effect: ecsctl makes nothing for a network.
    #[serde(default)]
    pub lifecycle: Lifecycle,
}

/// Which existing VPC to use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Vpc {
    /// The default VPC of the Region.
    #[default]
    Default,
    /// The VPC with this id.
    #[schemars(extend("examples" = [{ "id": "vpc-0123456789abcdef0" }]))]
    Id(VpcId),
    /// The one VPC that has all these tags.
    Tags(BTreeMap<String, Text>),
}

/// The id of a VPC, such as `vpc-0123456789abcdef0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("pattern" = "^vpc-[0-9a-f]{8,17}$", "patternErrorMessage" = "expected the id of a VPC such as `vpc-0123456789abcdef0`"))]
pub struct VpcId(pub String);

/// Which subnets of the VPC to use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Subnets {
    /// All subnets of the VPC.
    #[default]
    All,
    /// The subnets with a route to an internet gateway.
    Public,
    /// The subnets without a route to an internet gateway.
    Private,
    /// The subnets with these ids, 1 to 16.
    #[schemars(extend("examples" = [{ "ids": ["subnet-0123456789abcdef0"] }]))]
    Ids(Vec<SubnetId>),
    /// The subnets of the VPC that have all these tags.
    Tags(BTreeMap<String, Text>),
}

/// The id of a subnet, such as `subnet-0123456789abcdef0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("pattern" = "^subnet-[0-9a-f]{8,17}$", "patternErrorMessage" = "expected the id of a subnet such as `subnet-0123456789abcdef0`"))]
pub struct SubnetId(pub String);

/// Whether tasks get a public IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssignPublicIp {
    /// Each task gets a public IP address.
    Enabled,
    /// Tasks have private addresses only.
    Disabled,
}
