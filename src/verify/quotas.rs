//! Quotas leave room for what the manifests ask for: a few that can be read cheaply. What others in
//! the account use of them is not known, so room is never certain; the lack of it is.

use std::collections::BTreeMap;

use super::Questions;
use super::answers::{Answers, Unread};
use super::findings::{Findings, at};
use super::scene::{Scene, WorkloadView};
use crate::manifest::problem::Problem;
use crate::model::resolved::cluster::CapacityProvider;
use crate::model::resolved::load_balancer::BalancerType;
use crate::model::resolved::service::{Capacity, LaunchType, Service};

/// CPU units of a vCPU.
const VCPU: f64 = 1024.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quota {
    /// vCPUs of on-demand tasks on Fargate in the Region.
    FargateVcpus,
    /// Listeners of one Application Load Balancer.
    Listeners,
    /// Rules of one Application Load Balancer, without those by default.
    Rules,
}

impl Quota {
    const fn words(self) -> &'static str {
        match self {
            Self::FargateVcpus => "the quota of vCPUs on Fargate",
            Self::Listeners => "the quota of listeners",
            Self::Rules => "the quota of rules",
        }
    }
}

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    if scene.workloads().any(|it| it.service.is_some_and(|service| on_demand(service).is_some())) {
        questions.quotas.insert(Quota::FargateVcpus);
    }
    if scene.load_balancers().any(|it| it.resource.value.balancer_type == BalancerType::Application)
    {
        questions.quotas.extend([Quota::Listeners, Quota::Rules]);
    }
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    fargate(scene, answers, findings);
    let rules = rules(scene);
    for balancer in scene.load_balancers() {
        let value = &balancer.resource.value;
        if value.balancer_type != BalancerType::Application {
            continue;
        }
        let name = &balancer.resource.name;
        let needed = [
            (Quota::Listeners, value.listeners.len(), "listeners"),
            (Quota::Rules, rules.get(name.as_str()).copied().unwrap_or(0), "rules"),
        ];
        for (quota, needed, words) in needed {
            let Some(most) = read(quota, answers, findings) else { continue };
            #[expect(
                clippy::cast_precision_loss,
                reason = "a count of lines in manifests is small"
            )]
            let needed = needed as f64;
            if needed <= most {
                findings.pass();
                continue;
            }
            let message = format!(
                "load balancer `{name}` would have {needed} {words}, and the account's quota is {most}"
            );
            let problem = exceeded(Problem::error("quota-exceeded", message));
            findings.add(at(problem, balancer.name_place().as_ref(), "more than the account may"));
        }
    }
}

/// The rules of load balancers by name.
fn rules<'a>(scene: &Scene<'a>) -> BTreeMap<&'a str, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for service in scene.all_workloads() {
        for target in service.load_balancers().iter().filter(|target| target.rule.is_some()) {
            *counts.entry(&target.load_balancer).or_default() += 1;
        }
    }
    for balancer in scene.load_balancers() {
        *counts.entry(&balancer.resource.name).or_default() += balancer.resource.value.rules.len();
    }
    counts
}

fn fargate(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    let needs: Vec<(WorkloadView<'_>, Need)> = scene
        .workloads()
        .filter_map(|service| Some((service, on_demand(service.service?)?)))
        .collect();
    if needs.is_empty() {
        return;
    }
    let Some(most) = read(Quota::FargateVcpus, answers, findings) else { return };
    let steady: f64 = needs.iter().map(|(_, need)| need.steady).sum();
    let peak: f64 = needs.iter().map(|(_, need)| need.peak).sum();
    let (severity, message): (fn(&'static str, String) -> Problem, String) = if steady > most {
        (
            Problem::error,
            format!(
                "the services' tasks on Fargate need {steady} vCPUs, and the account's quota is {most}"
            ),
        )
    } else if peak > most {
        (
            Problem::warning,
            format!(
                "while they deploy or scale, the services' tasks on Fargate would need up to {peak} vCPUs, and the account's quota is {most}"
            ),
        )
    } else {
        return findings.pass();
    };
    let problem = exceeded(severity("quota-exceeded", message));
    let largest = needs.iter().max_by(|(_, a), (_, b)| a.peak.total_cmp(&b.peak));
    let place = largest.and_then(|(service, _)| service.name_place());
    findings.add(at(problem, place.as_ref(), "the largest of them"));
}

fn exceeded(problem: Problem) -> Problem {
    problem.hint("ask for a higher quota in Service Quotas, or ask for less; what else the account runs counts too")
}

/// vCPUs of a service.
struct Need {
    steady: f64,
    peak: f64,
}

/// What a service needs of Fargate's on-demand capacity; how much of a mixed strategy that is cannot
/// be told.
fn on_demand(service: &Service) -> Option<Need> {
    let is_on_demand = match &service.capacity {
        Capacity::LaunchType(launch_type) => *launch_type == LaunchType::Fargate,
        Capacity::Strategy(items) => {
            items.iter().all(|item| item.provider == CapacityProvider::Fargate)
        }
    };
    let cpu = f64::from(service.task.cpu.filter(|_| is_on_demand)?) / VCPU;
    let count = service.desired_count.unwrap_or(0);
    let deploying = f64::from(count) * f64::from(service.maximum_percent) / 100.0;
    let scaled = f64::from(service.scaling.as_ref().map_or(0, |scaling| scaling.max));
    Some(Need { steady: f64::from(count) * cpu, peak: deploying.floor().max(scaled) * cpu })
}

fn read(quota: Quota, answers: &Answers, findings: &mut Findings) -> Option<f64> {
    match answers.quotas.get(&quota) {
        Some(Ok(value)) => Some(*value),
        Some(Err(why)) => {
            findings.unread(why, quota.words().to_owned(), None);
            None
        }
        None => {
            findings.unread(&Unread::because("nothing was asked"), quota.words().to_owned(), None);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, service};

    fn judged(text: &str, quotas: &[(Quota, f64)]) -> Judged {
        Judged::of(text, Subject::Quotas, |answers| {
            answers.quotas.extend(quotas.iter().map(|(quota, value)| (*quota, Ok(*value))));
        })
    }

    #[test]
    fn fargate_has_room_for_the_tasks_and_for_their_deployment() {
        let web = service("image: x, cpu: 1024, desiredCount: 3");
        assert_eq!(judged(&web, &[(Quota::FargateVcpus, 6.0)]).passed(), 1);
        insta::assert_snapshot!(judged(&web, &[(Quota::FargateVcpus, 5.0)]), @"
        warning quota-exceeded: while they deploy or scale, the services' tasks on Fargate would need up to 6 vCPUs, and the account's quota is 5 [web: the largest of them] -> ask for a higher quota in Service Quotas, or ask for less; what else the account runs counts too
        ");
        insta::assert_snapshot!(judged(&web, &[(Quota::FargateVcpus, 2.0)]), @"
        quota-exceeded: the services' tasks on Fargate need 3 vCPUs, and the account's quota is 2 [web: the largest of them] -> ask for a higher quota in Service Quotas, or ask for less; what else the account runs counts too
        ");
        let spot =
            service("image: x, cpu: 1024, desiredCount: 3, capacity: [{ provider: FARGATE_SPOT }]");
        assert_eq!(judged(&spot, &[]).passed(), 0, "they are not on demand");
    }

    #[test]
    fn a_load_balancer_has_no_more_than_it_may() {
        let text = "{ kind: LoadBalancer, name: public, listeners: [{ name: http, protocol: HTTP }] }\n---\n\
                    { kind: Service, name: web, launchType: EC2, memory: 64, image: x, port: 80, loadBalancers: [{ loadBalancer: public, hosts: [a.b] }] }";
        let enough = [(Quota::Listeners, 50.0), (Quota::Rules, 1.0)];
        assert_eq!(judged(text, &enough).passed(), 2);
        insta::assert_snapshot!(judged(text, &[(Quota::Listeners, 50.0), (Quota::Rules, 0.0)]), @"
        quota-exceeded: load balancer `public` would have 1 rules, and the account's quota is 0 [public: more than the account may] -> ask for a higher quota in Service Quotas, or ask for less; what else the account runs counts too
        ");
        insta::assert_snapshot!(judged(text, &[]), @"
        warning quota-unchecked: the quota of listeners, the quota of rules were not checked: nothing was asked
        ");
    }
}
