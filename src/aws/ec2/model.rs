//! What EC2 describes, as far as we read it; permissions are also what we send.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::wire::{items, tags};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vpc {
    pub vpc_id: String,
    #[serde(default)]
    pub cidr_block: String,
    #[serde(default)]
    pub is_default: bool,
    #[serde(rename = "tagSet", default, deserialize_with = "tags")]
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subnet {
    pub subnet_id: String,
    pub vpc_id: String,
    pub availability_zone: String,
    #[serde(default)]
    pub availability_zone_id: String,
    #[serde(default)]
    pub cidr_block: String,
    #[serde(default)]
    pub map_public_ip_on_launch: bool,
    #[serde(default)]
    pub default_for_az: bool,
    #[serde(rename = "tagSet", default, deserialize_with = "tags")]
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteTable {
    pub route_table_id: String,
    pub vpc_id: String,
    #[serde(rename = "routeSet", default, deserialize_with = "items")]
    pub routes: Vec<Route>,
    #[serde(rename = "associationSet", default, deserialize_with = "items")]
    pub associations: Vec<Association>,
}

impl RouteTable {
    /// Whether subnets with this table reach the internet by an internet gateway.
    pub fn is_public(&self) -> bool {
        self.routes.iter().any(Route::is_to_internet_gateway)
    }

    /// Whether subnets without a table of their own use this one.
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.main)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    pub destination_cidr_block: Option<String>,
    pub destination_ipv6_cidr_block: Option<String>,
    pub gateway_id: Option<String>,
    pub nat_gateway_id: Option<String>,
    /// `active`, or `blackhole` when what it leads to is gone.
    pub state: Option<String>,
}

impl Route {
    fn is_to_internet_gateway(&self) -> bool {
        self.gateway_id.as_deref().is_some_and(|gateway| gateway.starts_with("igw-"))
    }
}

/// Of a route table with a subnet, or with its whole VPC.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Association {
    pub subnet_id: Option<String>,
    #[serde(default)]
    pub main: bool,
}

/// A private way to a service of AWS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VpcEndpoint {
    /// `com.amazonaws.eu-west-1.ecr.api`
    pub service_name: String,
    /// `Gateway` or `Interface`, among others.
    #[serde(default)]
    pub vpc_endpoint_type: String,
    #[serde(default)]
    pub state: String,
    /// Whether the service's usual names lead to it.
    #[serde(default)]
    pub private_dns_enabled: bool,
    #[serde(rename = "routeTableIdSet", default, deserialize_with = "items")]
    pub route_table_ids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroup {
    pub group_id: String,
    pub group_name: String,
    #[serde(rename = "groupDescription", default)]
    pub description: String,
    #[serde(default)]
    pub vpc_id: String,
    #[serde(default)]
    pub owner_id: String,
    #[serde(rename = "ipPermissions", default, deserialize_with = "items")]
    pub ingress: Vec<Permission>,
    #[serde(rename = "ipPermissionsEgress", default, deserialize_with = "items")]
    pub egress: Vec<Permission>,
    #[serde(rename = "tagSet", default, deserialize_with = "tags")]
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInterface {
    pub network_interface_id: String,
    #[serde(rename = "groupSet", default, deserialize_with = "items")]
    pub groups: Vec<GroupIdentifier>,
}

/// A security group of a network interface.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupIdentifier {
    pub group_id: String,
}

/// Rules that share protocol and ports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
    pub ip_protocol: String,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    #[serde(default, deserialize_with = "items")]
    pub ip_ranges: Vec<IpRange>,
    #[serde(default, deserialize_with = "items")]
    pub ipv6_ranges: Vec<Ipv6Range>,
    #[serde(default, deserialize_with = "items")]
    pub groups: Vec<GroupPair>,
    #[serde(rename = "prefixListIds", default, deserialize_with = "items")]
    pub prefix_lists: Vec<PrefixList>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IpRange {
    pub cidr_ip: String,
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ipv6Range {
    pub cidr_ipv6: String,
    pub description: Option<String>,
}

/// Another security group, as source or destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupPair {
    pub group_id: String,
    /// The account of that group.
    pub user_id: Option<String>,
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrefixList {
    pub prefix_list_id: String,
    pub description: Option<String>,
}
