//! A Network document to a network.

use super::{Context, texts};
use crate::model::documents::network as document;
use crate::model::documents::network::AssignPublicIp;
use crate::model::resolved::network::{Network, Subnets, Vpc};

/// The network of an application without a Network document.
pub(super) const IMPLICIT: &str = "default";

pub(super) fn implicit() -> Network {
    Network {
        vpc: Vpc::Default,
        task_subnets: Subnets::All,
        load_balancer_subnets: Subnets::All,
        assign_public_ip: true,
    }
}

pub(super) fn resolve(_: &Context<'_>, network: &document::Network) -> Network {
    let vpc = vpc(&network.vpc);
    let task_subnets = subnets(&network.subnets);
    let is_public = match (&vpc, &task_subnets) {
        // Every subnet of a default VPC is public, as long as nobody changes it.
        (Vpc::Default, Subnets::All) | (_, Subnets::Public) => true,
        (_, Subnets::All | Subnets::Private | Subnets::Ids(_) | Subnets::Tags(_)) => false,
    };
    Network {
        vpc,
        load_balancer_subnets: network
            .load_balancer_subnets
            .as_ref()
            .map_or_else(|| task_subnets.clone(), subnets),
        task_subnets,
        assign_public_ip: network
            .assign_public_ip
            .map_or(is_public, |assign| assign == AssignPublicIp::Enabled),
    }
}

fn vpc(vpc: &document::Vpc) -> Vpc {
    match vpc {
        document::Vpc::Default => Vpc::Default,
        document::Vpc::Id(id) => Vpc::Id(id.0.clone()),
        document::Vpc::Tags(tags) => Vpc::Tags(texts(tags)),
    }
}

fn subnets(subnets: &document::Subnets) -> Subnets {
    match subnets {
        document::Subnets::All => Subnets::All,
        document::Subnets::Public => Subnets::Public,
        document::Subnets::Private => Subnets::Private,
        document::Subnets::Ids(ids) => Subnets::Ids(ids.iter().map(|id| id.0.clone()).collect()),
        document::Subnets::Tags(tags) => Subnets::Tags(texts(tags)),
    }
}
