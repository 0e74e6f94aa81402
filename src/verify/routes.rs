//! Tasks on Fargate reach what they need to start: registries, secrets and logs. On instances the
//! agent does it, by the instance's way.

use std::collections::{BTreeMap, BTreeSet};

use super::Questions;
use super::answers::{Answers, SubnetRoutes, Unread, Way};
use super::findings::{Findings, at};
use super::image_name::{ImageName, Registry};
use super::scene::{Scene, WorkloadView};
use crate::facts::{Facts, Subnet};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{LaunchType, Logging, SecretReference};

/// What the tasks of a service talk to before they run.
#[derive(Default)]
struct Needs {
    /// VPC endpoints that would do, by the last part of their service's name.
    endpoints: BTreeSet<&'static str>,
    /// Registries that no endpoint leads to.
    hosts: BTreeSet<String>,
}

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    for service in scene.workloads().filter(is_checked) {
        let Some(network) = scene.facts.networks.get(&service.value.network.network) else {
            continue;
        };
        let subnets = network.subnets.iter().map(|subnet| subnet.id.clone());
        questions.subnets.entry(network.vpc.clone()).or_default().extend(subnets);
    }
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    for service in scene.workloads().filter(is_checked) {
        let Some(network) = scene.facts.networks.get(&service.value.network.network) else {
            continue;
        };
        one(scene.facts, service, &network.subnets, answers, findings);
    }
}

fn is_checked(service: &WorkloadView<'_>) -> bool {
    service.value.task.launch_type == LaunchType::Fargate
        && service.value.network.interface.is_some()
}

fn one(
    facts: &Facts,
    service: WorkloadView<'_>,
    subnets: &[Subnet],
    answers: &Answers,
    findings: &mut Findings,
) {
    let needs = needs(facts, service);
    let has_address = service
        .value
        .network
        .interface
        .as_ref()
        .is_some_and(|interface| interface.assign_public_ip);
    // Subnets with the same lack share a problem.
    let mut lacking: BTreeMap<(Way, Vec<String>), Vec<&Subnet>> = BTreeMap::new();
    for subnet in subnets {
        let thing = || format!("the way from {} to the registry", subnet.id);
        match answers.routes.get(&subnet.id) {
            Some(Ok(routes)) => match lack(routes, has_address, &needs) {
                None => findings.pass(),
                Some(lack) => lacking.entry((routes.default, lack)).or_default().push(subnet),
            },
            Some(Err(why)) => findings.unread(why, thing(), service.name_place()),
            None => findings.unread(
                &Unread::because("nothing was asked"),
                thing(),
                service.name_place(),
            ),
        }
    }
    for ((way, lack), subnets) in lacking {
        findings.add(problem(facts, service, way, &lack, &subnets));
    }
}

/// What tasks in the subnet cannot reach; none when there is a way to everything.
fn lack(routes: &SubnetRoutes, has_address: bool, needs: &Needs) -> Option<Vec<String>> {
    match routes.default {
        Way::Other => return None,
        Way::InternetGateway if has_address => return None,
        Way::InternetGateway | Way::Nowhere => {}
    }
    let missing = needs.endpoints.iter().filter(|it| !routes.endpoints.contains(**it));
    let missing = missing.map(|endpoint| (*endpoint).to_owned());
    let lack: Vec<String> = needs.hosts.iter().cloned().chain(missing).collect();
    (!lack.is_empty()).then_some(lack)
}

fn problem(
    facts: &Facts,
    service: WorkloadView<'_>,
    way: Way,
    lack: &[String],
    subnets: &[&Subnet],
) -> Problem {
    let ids: Vec<_> = subnets.iter().map(|subnet| subnet.id.as_str()).collect();
    let message = format!(
        "the tasks of {} cannot reach {} from {}",
        service.name(),
        lack.join(", "),
        ids.join(", ")
    );
    let (hosts, endpoints): (Vec<&String>, Vec<&String>) =
        lack.iter().partition(|name| name.contains('.') && !name.starts_with("ecr."));
    let instead = if hosts.is_empty() {
        let names: Vec<_> =
            endpoints.iter().map(|name| format!("com.amazonaws.{}.{name}", facts.region)).collect();
        format!(", or VPC endpoints for {}", names.join(", "))
    } else {
        String::new()
    };
    let (cause, hint) = match way {
        Way::InternetGateway => (
            "its tasks have no public address",
            format!(
                "set `network.assignPublicIp: ENABLED`, or give the subnets a NAT gateway{instead}"
            ),
        ),
        Way::Nowhere | Way::Other => (
            "its subnets have no route out",
            format!("give the subnets a route to a NAT gateway{instead}"),
        ),
    };
    let place = match way {
        Way::InternetGateway => service.place("/network/assignPublicIp"),
        Way::Nowhere | Way::Other => service.name_place(),
    };
    at(Problem::error("no-route", message).hint(hint), place.as_ref(), cause)
}

fn needs(facts: &Facts, service: WorkloadView<'_>) -> Needs {
    let mut needs = Needs::default();
    let task = &service.value.task;
    for container in &task.containers {
        match ImageName::parse(&container.image).registry {
            // Layers are in S3.
            Registry::Ecr { region, .. } if region == facts.region => {
                needs.endpoints.extend(["ecr.api", "ecr.dkr", "s3"]);
            }
            Registry::Ecr { region, .. } => {
                needs.hosts.insert(format!("api.ecr.{region}.amazonaws.com"));
            }
            Registry::Other(host) => {
                needs.hosts.insert(host);
            }
        }
        let secrets = container.secrets.values().chain(&container.repository_credentials);
        needs.endpoints.extend(secrets.map(|secret| match secret {
            SecretReference::Ssm { .. } => "ssm",
            SecretReference::SecretsManager { .. } => "secretsmanager",
        }));
        needs.endpoints.extend(container.environment_files.iter().map(|_| "s3"));
    }
    if matches!(task.logging, Logging::CloudWatch { .. }) {
        needs.endpoints.insert("logs");
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, SUBNETS, service};

    const ECR: &str =
        "image: '444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1', secrets: { A: 'ssm:/a' }";

    fn judged(fields: &str, default: Way, endpoints: &[&str]) -> Judged {
        Judged::of(&service(fields), Subject::Routes, |answers| {
            let endpoints = endpoints.iter().map(ToString::to_string).collect();
            let routes = SubnetRoutes { default, endpoints };
            answers.routes.extend(SUBNETS.map(|id| (id.to_owned(), Ok(routes.clone()))));
        })
    }

    #[test]
    fn there_is_a_way_by_nat_by_a_public_address_or_by_endpoints() {
        let all = ["ecr.api", "ecr.dkr", "s3", "ssm", "logs"];
        let private = format!("{ECR}, network: {{ assignPublicIp: DISABLED }}");
        for (fields, way, endpoints) in [
            (ECR, Way::Other, &[][..]),
            (ECR, Way::InternetGateway, &[]),
            (&private, Way::Nowhere, &all),
            (&private, Way::InternetGateway, &all),
            ("image: nginx, launchType: EC2, memory: 64, networkMode: awsvpc", Way::Nowhere, &[]),
        ] {
            let passed = judged(fields, way, endpoints).passed();
            assert_eq!(passed, if fields.contains("EC2") { 0 } else { 2 }, "{fields}");
        }
    }

    #[test]
    fn what_is_out_of_reach_is_named() {
        let private = format!("{ECR}, network: {{ assignPublicIp: DISABLED }}");
        insta::assert_snapshot!(judged(&private, Way::InternetGateway, &["s3", "logs"]), @"
        no-route: the tasks of web cannot reach ecr.api, ecr.dkr, ssm from subnet-1, subnet-2 [DISABLED: its tasks have no public address] -> set `network.assignPublicIp: ENABLED`, or give the subnets a NAT gateway, or VPC endpoints for com.amazonaws.eu-west-1.ecr.api, com.amazonaws.eu-west-1.ecr.dkr, com.amazonaws.eu-west-1.ssm
        ");
        insta::assert_snapshot!(judged(ECR, Way::Nowhere, &["ecr.api", "ecr.dkr", "s3", "ssm"]), @"
        no-route: the tasks of web cannot reach logs from subnet-1, subnet-2 [web: its subnets have no route out] -> give the subnets a route to a NAT gateway, or VPC endpoints for com.amazonaws.eu-west-1.logs
        ");
        insta::assert_snapshot!(judged("image: nginx", Way::Nowhere, &["logs"]), @"
        no-route: the tasks of web cannot reach registry-1.docker.io from subnet-1, subnet-2 [web: its subnets have no route out] -> give the subnets a route to a NAT gateway
        ");
    }

    #[test]
    fn routes_that_were_not_read_are_no_failure() {
        let judged = Judged::of(&service(ECR), Subject::Routes, |answers| {
            let why = Unread::denied("ec2:DescribeRouteTables");
            answers.routes.extend(SUBNETS.map(|id| (id.to_owned(), Err(why.clone()))));
        });
        insta::assert_snapshot!(judged, @"
        warning route-unchecked: the way from subnet-1 to the registry, the way from subnet-2 to the registry were not checked: the identity lacks the permission `ec2:DescribeRouteTables` [web: not checked] -> allow `ec2:DescribeRouteTables` in a policy of the identity that runs this
        ");
    }
}
