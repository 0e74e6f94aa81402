//! The operations of EC2 that we use.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::Ec2;
use super::model::{NetworkInterface, Permission, RouteTable, SecurityGroup, Subnet, Vpc};
use super::wire::{Query, items};
use crate::aws::error::AwsError;

/// A filter's name, such as `vpc-id` or `tag:ecsctl:app`, and the values of which one must match.
pub type Filter<'a> = (&'a str, Vec<String>);

/// Which rules of a security group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    Ingress,
    Egress,
}

/// A security group to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSecurityGroup {
    pub name: String,
    pub description: String,
    pub vpc_id: String,
    pub tags: BTreeMap<String, String>,
}

impl Ec2 {
    /// All VPCs that match every filter.
    pub async fn describe_vpcs(&self, filters: &[Filter<'_>]) -> Result<Vec<Vpc>, AwsError> {
        self.pages::<Vpcs>("ec2:DescribeVpcs", filters).await
    }

    /// All subnets that match every filter.
    pub async fn describe_subnets(&self, filters: &[Filter<'_>]) -> Result<Vec<Subnet>, AwsError> {
        self.pages::<Subnets>("ec2:DescribeSubnets", filters).await
    }

    /// All route tables that match every filter.
    pub async fn describe_route_tables(
        &self,
        filters: &[Filter<'_>],
    ) -> Result<Vec<RouteTable>, AwsError> {
        self.pages::<RouteTables>("ec2:DescribeRouteTables", filters).await
    }

    /// All security groups that match every filter, with their rules. Ask for ids and names by the
    /// filters `group-id` and `group-name`: an absent group is then left out instead of an error.
    pub async fn describe_security_groups(
        &self,
        filters: &[Filter<'_>],
    ) -> Result<Vec<SecurityGroup>, AwsError> {
        self.pages::<SecurityGroups>("ec2:DescribeSecurityGroups", filters).await
    }

    /// All network interfaces that match every filter. Ask for ids by the filter
    /// `network-interface-id`: an absent interface is then left out instead of an error.
    pub async fn describe_network_interfaces(
        &self,
        filters: &[Filter<'_>],
    ) -> Result<Vec<NetworkInterface>, AwsError> {
        self.pages::<NetworkInterfaces>("ec2:DescribeNetworkInterfaces", filters).await
    }

    /// Creates a group, which AWS gives one rule: all egress to 0.0.0.0/0. Returns its id.
    pub async fn create_security_group(&self, new: &NewSecurityGroup) -> Result<String, AwsError> {
        let query = Query::new("ec2:CreateSecurityGroup")
            .set("GroupName", &new.name)
            .set("GroupDescription", &new.description)
            .set("VpcId", &new.vpc_id);
        let query = if new.tags.is_empty() {
            query
        } else {
            let query = query.set("TagSpecification.1.ResourceType", "security-group");
            with_tags(query, "TagSpecification.1.Tag", &new.tags)
        };
        Ok(self.write::<CreatedGroup>(query).await?.group_id)
    }

    /// Adds rules to a group.
    pub async fn authorize(
        &self,
        direction: Direction,
        group_id: &str,
        permissions: &[Permission],
    ) -> Result<(), AwsError> {
        let operation = match direction {
            Direction::Ingress => "ec2:AuthorizeSecurityGroupIngress",
            Direction::Egress => "ec2:AuthorizeSecurityGroupEgress",
        };
        self.change_rules(operation, group_id, permissions).await
    }

    /// Removes rules from a group; their descriptions do not matter.
    pub async fn revoke(
        &self,
        direction: Direction,
        group_id: &str,
        permissions: &[Permission],
    ) -> Result<(), AwsError> {
        let operation = match direction {
            Direction::Ingress => "ec2:RevokeSecurityGroupIngress",
            Direction::Egress => "ec2:RevokeSecurityGroupEgress",
        };
        self.change_rules(operation, group_id, permissions).await
    }

    /// Gives existing rules the descriptions in `permissions`.
    pub async fn update_rule_descriptions(
        &self,
        direction: Direction,
        group_id: &str,
        permissions: &[Permission],
    ) -> Result<(), AwsError> {
        let operation = match direction {
            Direction::Ingress => "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
            Direction::Egress => "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
        };
        self.change_rules(operation, group_id, permissions).await
    }

    /// Deletes a group, waiting up to 15 minutes for network interfaces to leave it.
    pub async fn delete_security_group(&self, group_id: &str) -> Result<(), AwsError> {
        let query = Query::new("ec2:DeleteSecurityGroup").set("GroupId", group_id);
        self.write::<Done>(query).await.map(drop)
    }

    /// Sets tags of resources of any type.
    pub async fn create_tags(
        &self,
        resource_ids: &[String],
        tags: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        let query = Query::new("ec2:CreateTags").each("ResourceId", resource_ids, Query::set_at);
        self.write::<Done>(with_tags(query, "Tag", tags)).await.map(drop)
    }

    /// Removes tags of resources of any type, whatever their values.
    pub async fn delete_tags(
        &self,
        resource_ids: &[String],
        keys: &[String],
    ) -> Result<(), AwsError> {
        let query = Query::new("ec2:DeleteTags")
            .each("ResourceId", resource_ids, Query::set_at)
            .each("Tag", keys, |query, name, key| query.set(format!("{name}.Key"), key));
        self.write::<Done>(query).await.map(drop)
    }

    async fn change_rules(
        &self,
        operation: &'static str,
        group_id: &str,
        permissions: &[Permission],
    ) -> Result<(), AwsError> {
        let query = Query::new(operation).set("GroupId", group_id);
        let query = query.each("IpPermissions", permissions, with_permission);
        self.write::<Done>(query).await.map(drop)
    }

    async fn pages<P: Page>(
        &self,
        operation: &'static str,
        filters: &[Filter<'_>],
    ) -> Result<Vec<P::Item>, AwsError> {
        let query = Query::new(operation).each("Filter", filters, with_filter);
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let page: P = self.send(query.clone().set_some("NextToken", token)).await?;
            let (items, next) = page.into_parts();
            found.extend(items);
            token = next.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

impl Query {
    fn set_at(self, name: &str, value: &String) -> Self {
        self.set(name, value)
    }
}

fn with_filter(query: Query, at: &str, (name, values): &Filter<'_>) -> Query {
    query.set(format!("{at}.Name"), *name).each(&format!("{at}.Value"), values, Query::set_at)
}

fn with_tags(query: Query, name: &str, tags: &BTreeMap<String, String>) -> Query {
    query.each(name, tags, |query, at, (key, value)| {
        query.set(format!("{at}.Key"), key).set(format!("{at}.Value"), value)
    })
}

fn with_permission(query: Query, at: &str, permission: &Permission) -> Query {
    query
        .set(format!("{at}.IpProtocol"), &permission.ip_protocol)
        .set_some(format!("{at}.FromPort"), permission.from_port)
        .set_some(format!("{at}.ToPort"), permission.to_port)
        .each(&format!("{at}.IpRanges"), &permission.ip_ranges, |query, at, range| {
            query
                .set(format!("{at}.CidrIp"), &range.cidr_ip)
                .set_some(format!("{at}.Description"), range.description.as_ref())
        })
        .each(&format!("{at}.Ipv6Ranges"), &permission.ipv6_ranges, |query, at, range| {
            query
                .set(format!("{at}.CidrIpv6"), &range.cidr_ipv6)
                .set_some(format!("{at}.Description"), range.description.as_ref())
        })
        .each(&format!("{at}.Groups"), &permission.groups, |query, at, group| {
            query
                .set(format!("{at}.GroupId"), &group.group_id)
                .set_some(format!("{at}.UserId"), group.user_id.as_ref())
                .set_some(format!("{at}.Description"), group.description.as_ref())
        })
        .each(&format!("{at}.PrefixListIds"), &permission.prefix_lists, |query, at, list| {
            query
                .set(format!("{at}.PrefixListId"), &list.prefix_list_id)
                .set_some(format!("{at}.Description"), list.description.as_ref())
        })
}

/// One page of a describe operation.
trait Page: DeserializeOwned + fmt::Debug + Send + Sync + 'static {
    type Item;

    /// The items, and the token of the next page.
    fn into_parts(self) -> (Vec<Self::Item>, Option<String>);
}

macro_rules! page {
    ($page:ident, $item:ident, $element:literal) => {
        #[derive(Debug, Deserialize)]
        struct $page {
            #[serde(rename = $element, default, deserialize_with = "items")]
            items: Vec<$item>,
            #[serde(rename = "nextToken")]
            next_token: Option<String>,
        }

        impl Page for $page {
            type Item = $item;

            fn into_parts(self) -> (Vec<$item>, Option<String>) {
                (self.items, self.next_token)
            }
        }
    };
}

page!(Vpcs, Vpc, "vpcSet");
page!(Subnets, Subnet, "subnetSet");
page!(RouteTables, RouteTable, "routeTableSet");
page!(SecurityGroups, SecurityGroup, "securityGroupInfo");
page!(NetworkInterfaces, NetworkInterface, "networkInterfaceSet");

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedGroup {
    group_id: String,
}

/// A reply that says nothing beyond that it is one.
#[derive(Debug, Deserialize)]
struct Done {}
