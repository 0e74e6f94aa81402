//! Placement strategies and constraints are ones that ECS takes.

use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::documents::placement::{
    PlacementConstraint, PlacementConstraintType, PlacementStrategy, PlacementStrategyType,
};
use crate::model::resolved::service::LaunchType;

const STRATEGY: &str = "Amazon ECS API Reference, PlacementStrategy";
const CONSTRAINT: &str = "Amazon ECS API Reference, PlacementConstraint";

/// Of a service and its task definition.
const MOST_CONSTRAINTS: usize = 10;

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
        code: "placement-on-fargate",
        rule: "tasks on Fargate have no placement: there are no instances to choose from",
        source: "Amazon ECS API Reference, CreateService",
        wrong: service!("placementConstraints: [{ type: distinctInstance }]"),
        right: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: distinctInstance }]"
        ),
    },
    Entry {
        code: "placement-count",
        rule: "the conditions of a service and of its tasks are at most 10 together",
        source: "Amazon ECS API Reference, CreateService",
        wrong: service!(
            "memory: 512, launchType: EC2, taskPlacementConstraints: ['attribute:a == 0', 'attribute:a == 1', 'attribute:a == 2', 'attribute:a == 3', 'attribute:a == 4', 'attribute:a == 5'], placementConstraints: [{ type: memberOf, expression: 'attribute:b == 0' }, { type: memberOf, expression: 'attribute:b == 1' }, { type: memberOf, expression: 'attribute:b == 2' }, { type: memberOf, expression: 'attribute:b == 3' }, { type: memberOf, expression: 'attribute:b == 4' }]"
        ),
        right: service!(
            "memory: 512, launchType: EC2, taskPlacementConstraints: ['attribute:a == 0', 'attribute:a == 1', 'attribute:a == 2', 'attribute:a == 3', 'attribute:a == 4', 'attribute:a == 5'], placementConstraints: [{ type: memberOf, expression: 'attribute:b == 0' }, { type: memberOf, expression: 'attribute:b == 1' }, { type: memberOf, expression: 'attribute:b == 2' }, { type: memberOf, expression: 'attribute:b == 3' }]"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let strategies = service.value.placement_strategy.iter().enumerate();
        let constraints = service.value.placement_constraints.iter().enumerate();
        strategies
            .filter_map(|(index, strategy)| check_strategy(service, index, strategy))
            .chain(constraints.filter_map(|(index, it)| check_constraint(service, index, it)))
            .chain(on_fargate(service))
            .chain(too_many(service))
            .collect()
    })
}

fn check_strategy(
    service: &ServiceView<'_>,
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
        Some(_) => service.written.value(&format!("{base}/field")),
        None => service.written.value(&format!("{base}/type")),
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
    service: &ServiceView<'_>,
    index: usize,
    constraint: &PlacementConstraint,
) -> Option<Problem> {
    let base = format!("/placementConstraints/{index}");
    match (constraint.kind, &constraint.expression) {
        (PlacementConstraintType::MemberOf, Some(_))
        | (PlacementConstraintType::DistinctInstance, None) => None,
        (PlacementConstraintType::MemberOf, None) => Some(
            Problem::error("placement-expression", "`memberOf` needs an `expression`")
                .at(&service.written.value(&format!("{base}/type")), "of which instances?")
                .hint("add `expression`, such as `attribute:ecs.instance-type =~ m6i.*`"),
        ),
        (PlacementConstraintType::DistinctInstance, Some(_)) => Some(
            Problem::error("placement-expression", "`distinctInstance` has no `expression`")
                .at(&service.written.key(&format!("{base}/expression")), "nothing to compare with")
                .hint("remove it, or write `type: memberOf`"),
        ),
    }
}

fn too_many(service: &ServiceView<'_>) -> Option<Problem> {
    let of_service = service.value.placement_constraints.len();
    let of_task = service.document().task_placement_constraints.len();
    let count = of_service + of_task;
    (of_service > 0 && of_task > 0 && count > MOST_CONSTRAINTS).then(|| {
        let message =
            format!("a task has at most {MOST_CONSTRAINTS} conditions, but here are {count}");
        Problem::error("placement-count", message)
            .at(&service.written.key("/placementConstraints"), format!("{of_service} here"))
            .at(&service.written.key("/taskPlacementConstraints"), format!("{of_task} here"))
            .hint("join several with `and` in one expression")
    })
}

fn on_fargate(service: &ServiceView<'_>) -> Vec<Problem> {
    if service.value.capacity.launch_type() != LaunchType::Fargate {
        return vec![];
    }
    let fields = [
        ("placementStrategy", !service.value.placement_strategy.is_empty()),
        ("placementConstraints", !service.value.placement_constraints.is_empty()),
    ];
    let problem = |field: &str| {
        Problem::error("placement-on-fargate", format!("`{field}` is not possible on Fargate"))
            .at(&service.written.key(&format!("/{field}")), "there are no instances to choose from")
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
        placement-on-fargate: `placementConstraints` is not possible on Fargate [placementConstraints: there are no instances to choose from] -> remove `placementConstraints`: Fargate spreads tasks over zones by itself
        placement-count: a task has at most 10 conditions, but here are 11 [placementConstraints: 5 here] [taskPlacementConstraints: 6 here] -> join several with `and` in one expression
        ");
    }
}
