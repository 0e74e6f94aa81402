//! What is there already in a mock account: whatever a stack names, with ids made up from what it asks for.

use std::collections::BTreeMap;

use crate::facts::{Facts, LoadBalancerFacts, NetworkFacts, Subnet};
use crate::model::resolved::load_balancer::{ExistingListener, ExistingLoadBalancer, KnownBy};
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
    let mut facts = Facts {
        account,
        region,
        partition: "aws".to_owned(),
        networks,
        auto_scaling_groups: groups,
        load_balancers: BTreeMap::new(),
    };
    let balancers = stack.existing_load_balancers.iter();
    facts.load_balancers = balancers
        .map(|(name, balancer)| (name.clone(), load_balancer_facts(&facts, &balancer.value)))
        .collect();
    facts
}

fn group_arn(region: &str, account: &str, name: &str) -> String {
    let id = made_up(name);
    format!(
        "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:{id}:autoScalingGroupName/{name}"
    )
}

fn load_balancer_facts(facts: &Facts, balancer: &ExistingLoadBalancer) -> LoadBalancerFacts {
    let seed = format!("{:?}", balancer.known_by);
    let arn = match &balancer.known_by {
        KnownBy::Arn(arn) => arn.clone(),
        KnownBy::Name(name) => load_balancer_arn(facts, name, &seed),
        KnownBy::Tags(_) => load_balancer_arn(facts, "tagged", &seed),
    };
    let listener_arn = |port: &u16| {
        let listener = arn.replacen(":loadbalancer/", ":listener/", 1);
        format!("{listener}/{}", &made_up(&format!("{arn} {port}"))[..16])
    };
    let listeners = balancer.listeners.iter().map(|(name, known_by)| {
        let arn = match known_by {
            ExistingListener::Arn(arn) => arn.clone(),
            ExistingListener::Port(port) => listener_arn(port),
        };
        (name.clone(), arn)
    });
    LoadBalancerFacts {
        listeners: listeners.collect(),
        security_groups: vec![format!("sg-{}", made_up(&arn))],
        arn,
    }
}

fn load_balancer_arn(facts: &Facts, name: &str, seed: &str) -> String {
    let resource = format!("loadbalancer/app/{name}/{}", &made_up(seed)[..16]);
    facts.arn("elasticloadbalancing", &resource)
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
