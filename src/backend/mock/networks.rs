//! The networks of a mock account, and what others made in it: whatever a stack names, with ids made
//! up from what it asks for.

use crate::facts::{Facts, NetworkFacts, Subnet};
use crate::model::resolved::network::{Network, Subnets, Vpc};
use crate::model::stack::Stack;
use crate::value::digest;

/// The account and Region that a stack names, or made-up ones.
pub(in crate::backend) fn facts(stack: &Stack) -> Facts {
    let region = stack.target.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
    let networks = stack
        .networks
        .iter()
        .map(|(name, network)| (name.clone(), network_facts(&region, &network.value)))
        .collect();
    let account = stack.target.account.clone().unwrap_or_else(|| "000000000000".to_owned());
    let groups = stack.auto_scaling_groups().into_iter();
    let groups = groups.map(|name| (name.to_owned(), group_arn(&region, &account, name))).collect();
    Facts { account, region, partition: "aws".to_owned(), networks, auto_scaling_groups: groups }
}

fn group_arn(region: &str, account: &str, name: &str) -> String {
    let id = made_up(name);
    format!(
        "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:{id}:autoScalingGroupName/{name}"
    )
}

fn network_facts(region: &str, network: &Network) -> NetworkFacts {
    let vpc = match &network.vpc {
        Vpc::Id(id) => id.clone(),
        other => format!("vpc-{}", made_up(&format!("{other:?}"))),
    };
    NetworkFacts {
        subnets: subnets(region, &vpc, &network.task_subnets),
        load_balancer_subnets: subnets(region, &vpc, &network.load_balancer_subnets),
        vpc,
    }
}

fn subnets(region: &str, vpc: &str, choice: &Subnets) -> Vec<Subnet> {
    let ids: Vec<String> = match choice {
        Subnets::Ids(ids) => ids.clone(),
        other => (0..3)
            .map(|index| format!("subnet-{}", made_up(&format!("{vpc} {other:?} {index}"))))
            .collect(),
    };
    let zones = ["a", "b", "c", "d", "e", "f"].into_iter().cycle();
    ids.into_iter()
        .zip(zones)
        .map(|(id, zone)| Subnet {
            id,
            availability_zone: format!("{region}{zone}"),
            is_public: *choice != Subnets::Private,
        })
        .collect()
}

/// 17 hex digits, as AWS's ids have.
fn made_up(seed: &str) -> String {
    digest(seed.as_bytes())[..17].to_owned()
}
