//! Security groups by id and by name, and the CIDR blocks of subnets.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join3;

use super::unread;
use crate::aws::ec2::{Permission as Ec2Permission, SecurityGroup, Subnet};
use crate::aws::{Aws, AwsError};
use crate::verify::{Answer, GroupFacts, GroupQuestions, Groups, OwnGroup, Permission};

pub(super) async fn read(aws: &Aws, asked: Option<&GroupQuestions>) -> Option<Answer<Groups>> {
    let asked = asked?;
    let found =
        try_join3(by_id(aws, &asked.ids), by_name(aws, &asked.own), subnets(aws, &asked.subnets));
    let (by_id, named, subnets) = match found.await {
        Ok(found) => found,
        Err(error) => return Some(Err(unread(&error))),
    };
    let mut own = BTreeMap::new();
    for group in named {
        let key = OwnGroup { vpc: group.vpc_id, name: group.group_name };
        if asked.own.contains(&key) {
            own.insert(key, group.group_id);
        }
    }
    let blocks = subnets.into_iter().map(|subnet| (subnet.subnet_id, subnet.cidr_block)).collect();
    let by_id = by_id.into_iter().map(|group| (group.group_id.clone(), facts(group))).collect();
    Some(Ok(Groups { by_id, own, blocks }))
}

async fn by_id(aws: &Aws, ids: &BTreeSet<String>) -> Result<Vec<SecurityGroup>, AwsError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let ids = ids.iter().cloned().collect();
    aws.ec2.describe_security_groups(&[("group-id", ids)]).await
}

async fn by_name(aws: &Aws, own: &BTreeSet<OwnGroup>) -> Result<Vec<SecurityGroup>, AwsError> {
    if own.is_empty() {
        return Ok(vec![]);
    }
    let names = own.iter().map(|group| group.name.clone()).collect();
    aws.ec2.describe_security_groups(&[("group-name", names)]).await
}

async fn subnets(aws: &Aws, ids: &BTreeSet<String>) -> Result<Vec<Subnet>, AwsError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let ids = ids.iter().cloned().collect();
    aws.ec2.describe_subnets(&[("subnet-id", ids)]).await
}

fn facts(group: SecurityGroup) -> GroupFacts {
    let permissions = |rules: Vec<Ec2Permission>| -> Vec<Permission> {
        rules.into_iter().map(permission).collect()
    };
    GroupFacts {
        vpc: group.vpc_id,
        ingress: permissions(group.ingress),
        egress: permissions(group.egress),
    }
}

fn permission(rule: Ec2Permission) -> Permission {
    Permission {
        protocol: rule.ip_protocol,
        ports: rule.from_port.zip(rule.to_port),
        blocks: rule.ip_ranges.into_iter().map(|range| range.cidr_ip).collect(),
        groups: rule.groups.into_iter().map(|group| group.group_id).collect(),
        has_prefix_lists: !rule.prefix_lists.is_empty(),
    }
}
