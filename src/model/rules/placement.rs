//! Placement strategies and constraints are ones that ECS takes.

use super::table::{Entry, service};
use super::{Scope, WorkloadView};
use crate::forecast::{Expression, ParseError};
use crate::manifest::problem::Problem;
use crate::model::documents::placement::{
    PlacementConstraint, PlacementConstraintType, PlacementStrategy, PlacementStrategyType,
};
use crate::model::resolved::service::LaunchType;

const LANGUAGE: &str = "Amazon ECS Developer Guide, Create expressions to define container instances for Amazon ECS tasks";

/// Each list alone is as long by the schema.
const MOST_CONSTRAINTS: usize = 10;

const STRATEGY: &str = "Amazon ECS API Reference, PlacementStrategy";
const CONSTRAINT: &str = "Amazon ECS API Reference, PlacementConstraint";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "placement-field",
        rule: "`binpack` has the field `cpu` or `memory`",
        source: STRATEGY,
        wrong: service!(
            "memory: 512, launchType: EC2, placementStrategy: [{ type: binpack, field: host }]"
        ),
        right: service!(
            "memory: 512, launchType: EC2, placementStrategy: [{ type: binpack, field: memory }]"
        ),
    },
    Entry {
        code: "placement-field",
        rule: "`spread` has the field `instanceId`, `host` or an attribute",
        source: STRATEGY,
        wrong: service!(
            "memory: 512, launchType: EC2, placementStrategy: [{ type: spread, field: cpu }]"
        ),
        right: service!(
            "memory: 512, launchType: EC2, placementStrategy: [{ type: spread, field: host }]"
        ),
    },
    Entry {
        code: "placement-field",
        rule: "`random` has no field",
        source: STRATEGY,
        wrong: service!(
            "memory: 512, launchType: EC2, placementStrategy: [{ type: random, field: cpu }]"
        ),
        right: service!("memory: 512, launchType: EC2, placementStrategy: [{ type: random }]"),
    },
    Entry {
        code: "placement-expression",
        rule: "`memberOf` has an expression",
        source: CONSTRAINT,
        wrong: service!("memory: 512, launchType: EC2, placementConstraints: [{ type: memberOf }]"),
        right: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: memberOf, expression: 'attribute:rack == a' }]"
        ),
    },
    Entry {
        code: "placement-expression",
        rule: "`distinctInstance` has no expression",
        source: CONSTRAINT,
        wrong: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: distinctInstance, expression: 'attribute:rack == a' }]"
        ),
        right: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: distinctInstance }]"
        ),
    },
    Entry {
        code: "placement-expression",
        rule: "the expression of a constraint is one of the cluster query language",
        source: LANGUAGE,
        wrong: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: memberOf, expression: 'attribute:rack = a' }]"
        ),
        right: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: memberOf, expression: 'attribute:rack == a' }]"
        ),
    },
    Entry {
        code: "placement-expression",
        rule: "the constraints of a task are expressions of the cluster query language",
        source: LANGUAGE,
        wrong: service!(
            "memory: 512, launchType: EC2, taskPlacementConstraints: ['rack == a and agentConnected == true']"
        ),
        right: service!(
            "memory: 512, launchType: EC2, taskPlacementConstraints: ['attribute:rack == a and agentConnected == true']"
        ),
    },
    Entry {
        code: "placement-constraints",
        rule: "a service and its task definition have at most 10 placement constraints together",
        source: "Amazon ECS API Reference, CreateService",
        wrong: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: distinctInstance }], taskPlacementConstraints: ['attribute:a exists', 'attribute:b exists', 'attribute:c exists', 'attribute:d exists', 'attribute:e exists', 'attribute:f exists', 'attribute:g exists', 'attribute:h exists', 'attribute:i exists', 'attribute:j exists']"
        ),
        right: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: distinctInstance }], taskPlacementConstraints: ['attribute:a exists', 'attribute:b exists', 'attribute:c exists', 'attribute:d exists', 'attribute:e exists', 'attribute:f exists', 'attribute:g exists', 'attribute:h exists', 'attribute:i exists']"
        ),
    },
    Entry {
        code: "placement-on-fargate",
        rule: "tasks on Fargate have no placement: there are no instances to choose from",
        source: "Amazon ECS API Reference, CreateService",
        wrong: service!("placementConstraints: [{ type: distinctInstance }]"),
        right: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: distinctInstance }]"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let strategies = workload.value.placement_strategy.iter().enumerate();
        let constraints = workload.value.placement_constraints.iter().enumerate();
        strategies
            .filter_map(|(index, strategy)| check_strategy(workload, index, strategy))
            .chain(constraints.filter_map(|(index, it)| check_constraint(workload, index, it)))
            .chain(on_fargate(workload))
            .chain(unreadable(workload))
            .chain(too_many(workload))
            .collect()
    })
}

fn check_strategy(
    workload: &WorkloadView<'_>,
    index: usize,
    strategy: &PlacementStrategy,
) -> Option<Problem> {
    let base = format!("/placementStrategy/{index}");
    let field = strategy.field.as_deref();
    let resource =
        field.map(|field| ["cpu", "memory"].contains(&field.to_ascii_lowercase().as_str()));
    let (word, expected) = match (strategy.kind, resource) {
        (PlacementStrategyType::Binpack, Some(true))
        | (PlacementStrategyType::Spread, Some(false))
        | (PlacementStrategyType::Random, None) => return None,
        (PlacementStrategyType::Binpack, Some(false) | None) => ("binpack", "`cpu` or `memory`"),
        (PlacementStrategyType::Spread, Some(true) | None) => {
            ("spread", "`instanceId` or `attribute:<name>`")
        }
        (PlacementStrategyType::Random, Some(_)) => ("random", "none"),
    };
    let place = match field {
        Some(_) => workload.written.value(&format!("{base}/field")),
        None => workload.written.value(&format!("{base}/type")),
    };
    let message = format!("`{word}` does not go with {}", described(field));
    Some(
        Problem::error("placement-field", message)
            .at(&place, format!("the field of `{word}`: {expected}")),
    )
}

fn described(field: Option<&str>) -> String {
    field.map_or_else(|| "no field".to_owned(), |field| format!("the field `{field}`"))
}

fn check_constraint(
    workload: &WorkloadView<'_>,
    index: usize,
    constraint: &PlacementConstraint,
) -> Option<Problem> {
    let base = format!("/placementConstraints/{index}");
    match (constraint.kind, &constraint.expression) {
        (PlacementConstraintType::MemberOf, Some(_))
        | (PlacementConstraintType::DistinctInstance, None) => None,
        (PlacementConstraintType::MemberOf, None) => Some(
            Problem::error("placement-expression", "`memberOf` needs an `expression`")
                .at(&workload.written.value(&format!("{base}/type")), "of which instances?")
                .hint("add `expression`, such as `attribute:ecs.instance-type =~ m6i.*`"),
        ),
        (PlacementConstraintType::DistinctInstance, Some(_)) => Some(
            Problem::error("placement-expression", "`distinctInstance` has no `expression`")
                .at(&workload.written.key(&format!("{base}/expression")), "nothing to compare with")
                .hint("remove it, or write `type: memberOf`"),
        ),
    }
}

/// Expressions that ECS would not understand, with the place where they go wrong.
fn unreadable(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let own = workload.value.placement_constraints.iter().enumerate().filter_map(|(index, it)| {
        Some((format!("/placementConstraints/{index}/expression"), it.expression.as_ref()?))
    });
    // As written: resolved, they have no order.
    let of_task = workload.document().task_placement_constraints.iter().enumerate();
    let of_task = of_task.map(|(index, it)| (format!("/taskPlacementConstraints/{index}"), &it.0));
    own.chain(of_task)
        .filter_map(|(pointer, text)| {
            let ParseError { character, fault } = Expression::parse(text).err()?;
            let message = format!("the placement expression cannot be read: {fault}");
            let problem = Problem::error("placement-expression", message)
                .at(&workload.written.value(&pointer), format!("at character {character} of it"));
            Some(problem.hint("write it in the cluster query language, such as `attribute:ecs.instance-type =~ m6i.*`"))
        })
        .collect()
}

fn too_many(workload: &WorkloadView<'_>) -> Option<Problem> {
    let (own, of_task) =
        (&workload.value.placement_constraints, &workload.value.task.placement_constraints);
    let all = own.len() + of_task.len();
    if all <= MOST_CONSTRAINTS || own.is_empty() || of_task.is_empty() {
        return None;
    }
    let message = format!(
        "a {} and its task have at most {MOST_CONSTRAINTS} placement constraints together, but there are {all}",
        workload.noun()
    );
    let problem = Problem::error("placement-constraints", message)
        .at(
            &workload.written.key("/placementConstraints"),
            format!("{} of the {}", own.len(), workload.noun()),
        )
        .at(
            &workload.written.key("/taskPlacementConstraints"),
            format!("{} of the task", of_task.len()),
        );
    Some(problem.hint("join expressions with `and`"))
}

fn on_fargate(workload: &WorkloadView<'_>) -> Vec<Problem> {
    if workload.value.capacity.launch_type() != LaunchType::Fargate {
        return vec![];
    }
    let fields = [
        ("placementStrategy", !workload.value.placement_strategy.is_empty()),
        ("placementConstraints", !workload.value.placement_constraints.is_empty()),
    ];
    let problem = |field: &str| {
        Problem::error("placement-on-fargate", format!("`{field}` is not possible on Fargate"))
            .at(
                &workload.written.key(&format!("/{field}")),
                "there are no instances to choose from",
            )
            .hint(format!("remove `{field}`: Fargate spreads tasks over zones by itself"))
    };
    fields.into_iter().filter(|(_, is_used)| *is_used).map(|(field, _)| problem(field)).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn placement_is_as_ecs_takes_it() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        placement-field: `binpack` does not go with the field `host` [host: the field of `binpack`: `cpu` or `memory`]
        placement-field: `spread` does not go with the field `cpu` [cpu: the field of `spread`: `instanceId` or `attribute:<name>`]
        placement-field: `random` does not go with the field `cpu` [cpu: the field of `random`: none]
        placement-expression: `memberOf` needs an `expression` [memberOf: of which instances?] -> add `expression`, such as `attribute:ecs.instance-type =~ m6i.*`
        placement-expression: `distinctInstance` has no `expression` [expression: nothing to compare with] -> remove it, or write `type: memberOf`
        placement-expression: the placement expression cannot be read: expected an operator such as `==`, `=~`, `in` or `exists`, found `=` ['attribute:rack = a': at character 16 of it] -> write it in the cluster query language, such as `attribute:ecs.instance-type =~ m6i.*`
        placement-expression: the placement expression cannot be read: `rack` is no subject: attribute:NAME, task:group, runningTasksCount, ec2InstanceId, agentConnected, agentVersion and registeredAt are ['rack == a and agentConnected == true': at character 1 of it] -> write it in the cluster query language, such as `attribute:ecs.instance-type =~ m6i.*`
        placement-constraints: a service and its task have at most 10 placement constraints together, but there are 11 [placementConstraints: 1 of the service] [taskPlacementConstraints: 10 of the task] -> join expressions with `and`
        placement-on-fargate: `placementConstraints` is not possible on Fargate [placementConstraints: there are no instances to choose from] -> remove `placementConstraints`: Fargate spreads tasks over zones by itself
        ");
    }
}
