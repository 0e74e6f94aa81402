//! From a load balancer of the stack to its row.

use super::{DELETION_PROTECTION, LoadBalancer, LoadBalancerSpec};
use crate::facts::{Facts, NetworkFacts};
use crate::kind::{Desired, Kind as _, Origin};
use crate::kinds::shared::elb_attributes::Attributes;
use crate::model::resolved::load_balancer::{LoadBalancer as Balancer, LogBucket};
use crate::model::stack::{Resource, Stack};
use crate::value::Resolvable;

pub(super) fn desired(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<Balancer>,
) -> Desired<LoadBalancerSpec> {
    let balancer = &resource.value;
    let origin = Origin::of(stack, "load-balancer", resource);
    let network =
        facts.networks.get(&balancer.network).expect("facts know every network of the stack");
    let own_group =
        Resolvable::reference("security-group", &format!("load-balancer-{}", resource.name), "id");
    let further_groups = balancer.security_groups.iter().map(|id| id.as_str().into());
    let spec = LoadBalancerSpec {
        name: resource.physical_name.clone(),
        r#type: balancer.balancer_type,
        scheme: balancer.scheme,
        ip_address_type: balancer.ip_address_type,
        vpc: network.vpc.clone(),
        subnets: network.load_balancer_subnets.iter().map(|subnet| subnet.id.clone()).collect(),
        addresses: (!balancer.addresses.is_empty()).then(|| {
            let addresses = balancer.addresses.iter();
            addresses.map(|(place, address)| (subnet(network, place), address.clone())).collect()
        }),
        security_groups: [own_group].into_iter().chain(further_groups).collect(),
        attributes: attributes(balancer),
        tags: origin.main_tags(LoadBalancer::NAME, &resource.name),
    };
    origin.main(&resource.name, spec)
}

/// The subnet in an Availability Zone, where that is what is written.
fn subnet(network: &NetworkFacts, place: &str) -> String {
    let subnets = &mut network.load_balancer_subnets.iter();
    let in_zone = subnets.find(|subnet| subnet.availability_zone == place);
    in_zone.map_or(place, |subnet| &subnet.id).to_owned()
}

fn attributes(balancer: &Balancer) -> Attributes {
    let mut attributes = balancer.attributes.clone();
    let mut set = |key: &str, value: String| {
        attributes.insert(key.to_owned(), value);
    };
    set(DELETION_PROTECTION, balancer.deletion_protection.to_string());
    if let Some(seconds) = balancer.idle_timeout {
        set("idle_timeout.timeout_seconds", seconds.to_string());
    }
    if let Some(drops) = balancer.drop_invalid_headers {
        set("routing.http.drop_invalid_header_fields.enabled", drops.to_string());
        logs("connection_logs", balancer.connection_logs.as_ref(), &mut set);
    }
    if let Some(crosses) = balancer.cross_zone {
        set("load_balancing.cross_zone.enabled", crosses.to_string());
    }
    logs("access_logs", balancer.access_logs.as_ref(), &mut set);
    attributes
}

fn logs(which: &str, bucket: Option<&LogBucket>, set: &mut impl FnMut(&str, String)) {
    set(&format!("{which}.s3.enabled"), bucket.is_some().to_string());
    if let Some(LogBucket { bucket, prefix }) = bucket {
        set(&format!("{which}.s3.bucket"), bucket.clone());
        set(&format!("{which}.s3.prefix"), prefix.clone());
    }
}
