//! `awsName` is a name that AWS takes.

use std::collections::BTreeMap;

use super::Scope;
use crate::manifest::problem::Problem;
use crate::model::manifests::{Headed, Written};
use crate::model::names::{self, Limit};

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let manifests = scope.manifests;
    let mut problems = aws_names(&manifests.clusters, names::ECS);
    problems.extend(aws_names(&manifests.load_balancers, names::LOAD_BALANCER));
    problems.extend(aws_names(&manifests.task_roles, names::ROLE));
    problems.extend(aws_names(&manifests.services, names::ECS));
    problems
}

fn aws_names<T: Headed>(documents: &BTreeMap<String, Written<T>>, limit: Limit) -> Vec<Problem> {
    let refused = documents.values().filter_map(|written| {
        let name = written.document.header().aws_name.filter(|name| !limit.accepts(name))?;
        let problem =
            Problem::error("aws-name", format!("AWS does not take `{name}` as this name"));
        Some(problem.at(&written.value("/awsName"), format!("expected {}", limit.describe())))
    });
    refused.collect()
}
