//! The lookup of a `Network` document: which VPC and which subnets it names.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::ec2::{Filter, RouteTable, Subnet as Ec2Subnet};
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::facts::{NetworkFacts, Subnet};
use crate::model::resolved::network::{Network, Subnets, Vpc};

/// Finds the VPC and its subnets. Errors when there is no such VPC, more than one, or no subnet.
pub(super) async fn look_up(aws: &Aws, network: &Network) -> Result<NetworkFacts, AwsError> {
    let vpc = vpc(aws, &network.vpc).await?;
    let subnets = aws.ec2.describe_subnets(&[("vpc-id", vec![vpc.clone()])]).await?;
    let needs_routes = [&network.task_subnets, &network.load_balancer_subnets]
        .iter()
        .any(|choice| matches!(choice, Subnets::Public | Subnets::Private));
    let tables = if needs_routes {
        aws.ec2.describe_route_tables(&[("vpc-id", vec![vpc.clone()])]).await?
    } else {
        vec![]
    };
    let task_subnets = chosen(&vpc, &subnets, &tables, &network.task_subnets)?;
    let load_balancer_subnets = chosen(&vpc, &subnets, &tables, &network.load_balancer_subnets)?;
    Ok(NetworkFacts {
        vpc,
        subnets: task_subnets,
        load_balancer_subnets: one_per_zone(load_balancer_subnets),
    })
}

async fn vpc(aws: &Aws, wanted: &Vpc) -> Result<String, AwsError> {
    let (filters, words): (Vec<(String, &str)>, String) = match wanted {
        Vpc::Default => (vec![("is-default".to_owned(), "true")], "default VPC".to_owned()),
        Vpc::Id(id) => (vec![("vpc-id".to_owned(), id)], format!("VPC `{id}`")),
        Vpc::Tags(tags) => (tag_filters(tags), format!("VPC with the tags {}", words(tags))),
    };
    let filters: Vec<Filter<'_>> =
        filters.iter().map(|(name, value)| (name.as_str(), vec![(*value).to_owned()])).collect();
    let found = aws.ec2.describe_vpcs(&filters).await?;
    match found.as_slice() {
        [vpc] => Ok(vpc.vpc_id.clone()),
        [] => Err(missing(format!("there is no {words} in {} {}", aws.account, aws.region))),
        several => {
            Err(missing(format!("there are {} VPCs where one is wanted: {words}", several.len())))
        }
    }
}

fn chosen(
    vpc: &str,
    subnets: &[Ec2Subnet],
    tables: &[RouteTable],
    choice: &Subnets,
) -> Result<Vec<Subnet>, AwsError> {
    let public = public_ids(subnets, tables);
    let is_chosen = |subnet: &&Ec2Subnet| match choice {
        Subnets::All => true,
        Subnets::Public => public.contains(subnet.subnet_id.as_str()),
        Subnets::Private => !public.contains(subnet.subnet_id.as_str()),
        Subnets::Ids(ids) => ids.contains(&subnet.subnet_id),
        Subnets::Tags(tags) => tags.iter().all(|(key, value)| subnet.tags.get(key) == Some(value)),
    };
    let mut found: Vec<Subnet> = subnets
        .iter()
        .filter(is_chosen)
        .map(|subnet| Subnet {
            id: subnet.subnet_id.clone(),
            availability_zone: subnet.availability_zone.clone(),
            is_public: public.contains(subnet.subnet_id.as_str()),
        })
        .collect();
    found.sort_by(|a, b| (&a.availability_zone, &a.id).cmp(&(&b.availability_zone, &b.id)));
    if let Subnets::Ids(ids) = choice
        && let Some(id) = ids.iter().find(|id| !found.iter().any(|subnet| subnet.id == **id))
    {
        return Err(missing(format!("subnet `{id}` is not in `{vpc}`")));
    }
    if found.is_empty() {
        return Err(missing(format!("`{vpc}` has none of the subnets that the network names")));
    }
    Ok(found)
}

/// Subnets with a route to an internet gateway: by their own route table, else by the VPC's main one.
fn public_ids<'a>(subnets: &'a [Ec2Subnet], tables: &[RouteTable]) -> BTreeSet<&'a str> {
    let main = tables.iter().find(|table| table.is_main());
    let own = |id: &str| {
        tables.iter().find(|table| {
            table
                .associations
                .iter()
                .any(|association| association.subnet_id.as_deref() == Some(id))
        })
    };
    subnets
        .iter()
        .filter(|subnet| match own(&subnet.subnet_id).or(main) {
            Some(table) => table.is_public(),
            None => subnet.default_for_az,
        })
        .map(|subnet| subnet.subnet_id.as_str())
        .collect()
}

/// A load balancer takes one subnet of each zone.
fn one_per_zone(subnets: Vec<Subnet>) -> Vec<Subnet> {
    let by_zone: BTreeMap<String, Subnet> = subnets
        .into_iter()
        .rev()
        .map(|subnet| (subnet.availability_zone.clone(), subnet))
        .collect();
    by_zone.into_values().collect()
}

fn tag_filters(tags: &BTreeMap<String, String>) -> Vec<(String, &str)> {
    tags.iter().map(|(key, value)| (format!("tag:{key}"), value.as_str())).collect()
}

fn words(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

fn missing(message: String) -> AwsError {
    AwsError::new("ec2:DescribeVpcs", ErrorKind::NotFound, message)
}
