//! Quotas: Fargate's by Service Quotas, those of load balancers by their own API, all in one call.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join;

use super::unread;
use crate::aws::Aws;
use crate::verify::{Answer, Quota, Unread};

/// "Fargate On-Demand vCPU resource count".
const FARGATE_VCPUS: (&str, &str) = ("fargate", "L-3032A538");

type Quotas = BTreeMap<Quota, Answer<f64>>;

pub(super) async fn read(aws: &Aws, quotas: &BTreeSet<Quota>) -> Quotas {
    let (mut all, balancers) = join(fargate(aws, quotas), load_balancers(aws, quotas)).await;
    all.extend(balancers);
    all
}

async fn fargate(aws: &Aws, quotas: &BTreeSet<Quota>) -> Quotas {
    if !quotas.contains(&Quota::FargateVcpus) {
        return Quotas::new();
    }
    let (service, code) = FARGATE_VCPUS;
    let value = aws.quotas.value(service, code).await.map_err(|error| unread(&error));
    Quotas::from([(Quota::FargateVcpus, value)])
}

async fn load_balancers(aws: &Aws, quotas: &BTreeSet<Quota>) -> Quotas {
    let asked = quotas.iter().filter_map(|quota| Some((*quota, limit(*quota)?)));
    let asked: Vec<(Quota, &str)> = asked.collect();
    if asked.is_empty() {
        return Quotas::new();
    }
    let request = aws.elbv2.describe_account_limits().page_size(400);
    let reply = aws.read("elasticloadbalancing:DescribeAccountLimits", request.send()).await;
    let answer = |name: &str| match &reply {
        Ok(reply) => {
            let mut limits = reply.limits().iter();
            let limit = limits.find(|limit| limit.name() == Some(name));
            let value = limit.and_then(|limit| limit.max()?.parse().ok());
            value.ok_or_else(|| Unread::because(format!("AWS does not tell the limit `{name}`")))
        }
        Err(error) => Err(unread(error)),
    };
    asked.into_iter().map(|(quota, name)| (quota, answer(name))).collect()
}

/// As Elastic Load Balancing calls it.
fn limit(quota: Quota) -> Option<&'static str> {
    match quota {
        Quota::FargateVcpus => None,
        Quota::Listeners => Some("listeners-per-application-load-balancer"),
        Quota::Rules => Some("rules-per-application-load-balancer"),
    }
}
