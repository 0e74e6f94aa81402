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

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn names_of_ones_own_are_names_that_aws_takes() {
        let balancer =
            |name: &str| format!("{{ kind: LoadBalancer, name: public, awsName: {name} }}");
        let cases = [
            ("internal-x", "x-internal"),
            ("a_b", "a-b"),
            ("-a", "a"),
            ("a23456789012345678901234567890123", "a2345678901234567890123456789012"),
        ];
        let cases = cases.map(|(wrong, right)| (balancer(wrong), balancer(right)));
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r#"
        aws-name: AWS does not take `internal-x` as this name [internal-x: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        aws-name: AWS does not take `a_b` as this name [a_b: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        aws-name: AWS does not take `-a` as this name [-a: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        aws-name: AWS does not take `a23456789012345678901234567890123` as this name [a23456789012345678901234567890123: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        "#);
    }
}
