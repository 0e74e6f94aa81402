//! The operations of EC2 that we use.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::client::Ec2;
use super::model::{
    NetworkInterface, Permission, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint,
};
use super::pages::{
    Filter, NetworkInterfaces, RouteTables, SecurityGroups, Subnets, VpcEndpoints, Vpcs,
};
use super::wire::Query;
use crate::aws::error::AwsError;

/// Which rules of a security group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

    /// All endpoints that match every filter.
    pub async fn describe_vpc_endpoints(
        &self,
        filters: &[Filter<'_>],
    ) -> Result<Vec<VpcEndpoint>, AwsError> {
        self.pages::<VpcEndpoints>("ec2:DescribeVpcEndpoints", filters).await
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
}

pub(super) fn with_tags(query: Query, name: &str, tags: &BTreeMap<String, String>) -> Query {
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedGroup {
    group_id: String,
}

/// A reply that says nothing beyond that it is one.
#[derive(Debug, Deserialize)]
pub(super) struct Done {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ErrorKind;
    use crate::aws::ec2::{GroupPair, IpRange, Ipv6Range, PrefixList};
    use crate::aws::replay::{Replay, xml};

    const FIRST_PAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
          <requestId>r-1</requestId>
          <securityGroupInfo><item>
            <ownerId>444455556666</ownerId><groupId>sg-1</groupId><groupName>web</groupName>
            <groupDescription>of web</groupDescription><vpcId>vpc-1</vpcId>
            <ipPermissions><item>
              <ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>81</toPort>
              <groups><item><userId>444455556666</userId><groupId>sg-2</groupId></item></groups>
              <ipRanges>
                <item><cidrIp>10.0.0.0/8</cidrIp><description>a &amp; b</description></item>
                <item><cidrIp>0.0.0.0/0</cidrIp></item>
              </ipRanges>
              <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges>
              <prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds>
            </item></ipPermissions>
            <ipPermissionsEgress/>
            <tagSet><item><key>ecsctl:app</key><value>shop</value></item></tagSet>
          </item></securityGroupInfo>
          <nextToken>more</nextToken>
        </DescribeSecurityGroupsResponse>"#;

    const LAST_PAGE: &str =
        "<DescribeSecurityGroupsResponse><securityGroupInfo/></DescribeSecurityGroupsResponse>";

    fn web_rules() -> Permission {
        Permission {
            ip_protocol: "tcp".into(),
            from_port: Some(80),
            to_port: Some(81),
            ip_ranges: vec![
                IpRange { cidr_ip: "10.0.0.0/8".into(), description: Some("a & b".into()) },
                IpRange { cidr_ip: "0.0.0.0/0".into(), description: None },
            ],
            ipv6_ranges: vec![Ipv6Range { cidr_ipv6: "::/0".into(), description: None }],
            groups: vec![GroupPair {
                group_id: "sg-2".into(),
                user_id: Some("444455556666".into()),
                description: None,
            }],
            prefix_lists: vec![PrefixList { prefix_list_id: "pl-1".into(), description: None }],
        }
    }

    /// The parameters of a request as `Name=value` lines, without version.
    fn parameters(body: &str) -> Vec<String> {
        form_urlencoded::parse(body.as_bytes())
            .map(|(name, value)| format!("{name}={value}"))
            .filter(|parameter| parameter != "Version=2016-11-15")
            .collect()
    }

    #[tokio::test]
    async fn groups_are_read_with_all_their_rules_over_all_pages() {
        let replay = Replay::new([xml(200, FIRST_PAGE), xml(200, LAST_PAGE)]);
        let filters =
            [("vpc-id", vec!["vpc-1".to_owned()]), ("group-name", vec!["a".into(), "b".into()])];
        let groups = replay.aws().ec2.describe_security_groups(&filters).await.unwrap();
        let expected = SecurityGroup {
            group_id: "sg-1".into(),
            group_name: "web".into(),
            description: "of web".into(),
            vpc_id: "vpc-1".into(),
            owner_id: "444455556666".into(),
            ingress: vec![web_rules()],
            egress: vec![],
            tags: [("ecsctl:app".to_owned(), "shop".to_owned())].into(),
        };
        assert_eq!(groups, [expected]);
        let bodies = replay.bodies();
        let first = [
            "Action=DescribeSecurityGroups",
            "Filter.1.Name=vpc-id",
            "Filter.1.Value.1=vpc-1",
            "Filter.2.Name=group-name",
            "Filter.2.Value.1=a",
            "Filter.2.Value.2=b",
        ];
        assert_eq!(parameters(&bodies[0]), first);
        assert_eq!(parameters(&bodies[1]).last().unwrap(), "NextToken=more");
    }

    #[tokio::test]
    async fn rules_are_written_as_numbered_parameters() {
        let replay = Replay::new([xml(200, "<R><return>true</return></R>")]);
        replay.aws().ec2.authorize(Direction::Ingress, "sg-1", &[web_rules()]).await.unwrap();
        insta::assert_snapshot!(parameters(&replay.bodies()[0]).join("\n"), @r"
        Action=AuthorizeSecurityGroupIngress
        GroupId=sg-1
        IpPermissions.1.IpProtocol=tcp
        IpPermissions.1.FromPort=80
        IpPermissions.1.ToPort=81
        IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8
        IpPermissions.1.IpRanges.1.Description=a & b
        IpPermissions.1.IpRanges.2.CidrIp=0.0.0.0/0
        IpPermissions.1.Ipv6Ranges.1.CidrIpv6=::/0
        IpPermissions.1.Groups.1.GroupId=sg-2
        IpPermissions.1.Groups.1.UserId=444455556666
        IpPermissions.1.PrefixListIds.1.PrefixListId=pl-1
        ");
    }

    #[tokio::test]
    async fn a_group_is_created_with_its_tags_by_a_signed_request() {
        let replay = Replay::new([xml(200, "<R><groupId>sg-9</groupId></R>")]);
        let aws = replay.aws();
        let new = NewSecurityGroup {
            name: "web".into(),
            description: "of web".into(),
            vpc_id: "vpc-1".into(),
            tags: [("ecsctl:app".to_owned(), "shop".to_owned())].into(),
        };
        assert_eq!(aws.ec2.create_security_group(&new).await.unwrap(), "sg-9");
        insta::assert_snapshot!(parameters(&replay.bodies()[0]).join("\n"), @r"
        Action=CreateSecurityGroup
        GroupName=web
        GroupDescription=of web
        VpcId=vpc-1
        TagSpecification.1.ResourceType=security-group
        TagSpecification.1.Tag.1.Key=ecsctl:app
        TagSpecification.1.Tag.1.Value=shop
        ");
        let signature = &replay.header("authorization")[0];
        assert!(signature.contains("/eu-west-1/ec2/aws4_request"), "{signature}");
        assert_eq!(aws.calls.by_operation()["ec2:CreateSecurityGroup"], 1);
    }

    fn refusal(code: &str) -> String {
        format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>resource sg-1 has a dependent object\
             </Message></Error></Errors><RequestID>r-3</RequestID></Response>"
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_deletion_waits_for_interfaces_to_leave() {
        let in_use = || xml(400, &refusal("DependencyViolation"));
        let replay = Replay::new([in_use(), in_use(), xml(200, "<R><return>true</return></R>")]);
        replay.aws().ec2.delete_security_group("sg-1").await.unwrap();
        assert_eq!(replay.bodies().len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_is_retried_and_refusals_are_told() {
        let limit = xml(503, &refusal("RequestLimitExceeded"));
        let replay = Replay::new([limit, xml(400, &refusal("InvalidVpcID.NotFound"))]);
        let error = replay.aws().ec2.describe_vpcs(&[]).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert_eq!(
            error.to_string(),
            "ec2:DescribeVpcs failed: InvalidVpcID.NotFound: resource sg-1 has a dependent object \
             (request id r-3)"
        );
    }
}
