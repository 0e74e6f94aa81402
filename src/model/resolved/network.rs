//! A network: the VPC and subnets to look up.

use std::collections::BTreeMap;

/// A VPC and its subnets, to be found in the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub vpc: Vpc,
    /// For tasks, and for mount targets of file systems.
    pub task_subnets: Subnets,
    pub load_balancer_subnets: Subnets,
    /// What services do that do not say it themselves.
    pub assign_public_ip: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vpc {
    /// The default VPC of the Region.
    Default,
    Id(String),
    /// The one VPC that has all these tags.
    Tags(BTreeMap<String, String>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subnets {
    All,
    /// Those with a route to an internet gateway.
    Public,
    /// Those without one.
    Private,
    Ids(Vec<String>),
    /// Those of the VPC that have all these tags.
    Tags(BTreeMap<String, String>),
}
