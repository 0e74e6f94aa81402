//! Deployment strategies have what they need, and nothing of each other's.

use super::table::{Entry, service};
use super::{Bounds, Scope, ServiceView, within};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::deployment::{DeploymentStrategy, ThresholdType};
use crate::model::documents::percent::Percent;
use crate::model::documents::units::Seconds;
use crate::model::resolved::load_balancer::BalancerType;
use crate::model::resolved::service::{Scheduling, Target};

const GUIDE: &str = "Amazon ECS API Reference, DeploymentConfiguration";
const BREAKER: &str = "Amazon ECS API Reference, DeploymentCircuitBreaker";

/// A service behind a load balancer with two listeners.
macro_rules! balanced {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: public, listeners: [{ name: http, protocol: HTTP }, { name: test, protocol: HTTP, port: 81 }] }\n---\n",
            service!($fields)
        )
    };
}

/// A service behind a Network Load Balancer, with these fields.
macro_rules! network {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }\n---\n",
            service!($fields, "loadBalancers: [{ loadBalancer: edge }]")
        )
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "strategy-settings",
        rule: "`linear` is for the strategy `LINEAR`, `canary` for `CANARY`, and `bakeTime` for all but `ROLLING`",
        source: GUIDE,
        wrong: service!("deployment: { strategy: BLUE_GREEN, linear: { stepPercent: 10 } }"),
        right: service!("deployment: { strategy: BLUE_GREEN, bakeTime: 10m }"),
    },
    Entry {
        code: "strategy-traffic",
        rule: "`LINEAR` and `CANARY` have a load balancer, whose requests they move",
        source: GUIDE,
        wrong: service!("deployment: { strategy: LINEAR }"),
        right: balanced!(
            "deployment: { strategy: LINEAR }, loadBalancers: [{ loadBalancer: public, listener: http }]"
        ),
    },
    Entry {
        code: "strategy-daemon",
        rule: "a daemon is deployed by `ROLLING`: there is no second task on an instance",
        source: "",
        wrong: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, deployment: { strategy: BLUE_GREEN }"
        ),
        right: service!("memory: 512, launchType: EC2, scheduling: DAEMON"),
    },
    Entry {
        code: "strategy-circuit-breaker",
        rule: "only `ROLLING` has a circuit breaker",
        source: BREAKER,
        wrong: service!("deployment: { strategy: BLUE_GREEN, circuitBreaker: { enable: true } }"),
        right: service!("deployment: { circuitBreaker: { enable: true } }"),
    },
    Entry {
        code: "strategy-early-success",
        rule: "only `ROLLING` succeeds early",
        source: "Amazon ECS API Reference, DeploymentEarlySuccessCriteria",
        wrong: service!(
            "deployment: { strategy: BLUE_GREEN, earlySuccessCriteria: { healthyPercent: 100 } }"
        ),
        right: service!("deployment: { earlySuccessCriteria: { healthyPercent: 100 } }"),
    },
    Entry {
        code: "strategy-early-success",
        rule: "`healthyPercent` of early success is not below `minimumHealthyPercent`",
        source: "Amazon ECS API Reference, DeploymentEarlySuccessCriteria",
        wrong: service!("deployment: { earlySuccessCriteria: { healthyPercent: 50 } }"),
        right: service!(
            "deployment: { minimumHealthyPercent: 50, earlySuccessCriteria: { healthyPercent: 50 } }"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "a step of `LINEAR` moves 3 to 100 percent",
        source: GUIDE,
        wrong: balanced!(
            "deployment: { strategy: LINEAR, linear: { stepPercent: 2.5 } }, loadBalancers: [{ loadBalancer: public, listener: http }]"
        ),
        right: balanced!(
            "deployment: { strategy: LINEAR, linear: { stepPercent: 3 } }, loadBalancers: [{ loadBalancer: public, listener: http }]"
        ),
    },
    Entry {
        code: "whole-minutes",
        rule: "bake times and timeouts of hooks are whole minutes",
        source: GUIDE,
        wrong: service!("deployment: { strategy: BLUE_GREEN, bakeTime: 90s }"),
        right: service!("deployment: { strategy: BLUE_GREEN, bakeTime: 2m }"),
    },
    Entry {
        code: "breaker-threshold",
        rule: "a threshold in percent is at most 100",
        source: BREAKER,
        wrong: service!(
            "deployment: { circuitBreaker: { threshold: { type: BOUNDED_PERCENT, value: 150 } } }"
        ),
        right: service!(
            "deployment: { circuitBreaker: { threshold: { type: COUNT, value: 150 } } }"
        ),
    },
    Entry {
        code: "test-listener",
        rule: "`testListener` is for the strategies that move requests: all but `ROLLING`",
        source: "Amazon ECS API Reference, AdvancedConfiguration",
        wrong: balanced!(
            "loadBalancers: [{ loadBalancer: public, listener: http, testListener: test }]"
        ),
        right: balanced!(
            "deployment: { strategy: BLUE_GREEN }, loadBalancers: [{ loadBalancer: public, listener: http, testListener: test }]"
        ),
    },
    Entry {
        code: "test-listener",
        rule: "`testListener` is another listener of the same load balancer",
        source: "Amazon ECS API Reference, AdvancedConfiguration",
        wrong: balanced!(
            "deployment: { strategy: BLUE_GREEN }, loadBalancers: [{ loadBalancer: public, listener: http, testListener: http }]"
        ),
        right: balanced!(
            "deployment: { strategy: BLUE_GREEN }, loadBalancers: [{ loadBalancer: public, listener: http, testListener: test }]"
        ),
    },
    Entry {
        code: "strategy-load-balancer",
        rule: "the services behind a Network Load Balancer are deployed by `ROLLING`: ecsctl cannot let ECS shift their requests yet",
        source: "",
        wrong: network!("deployment: { strategy: BLUE_GREEN }, "),
        right: network!(""),
    },
    Entry {
        code: "out-of-range",
        rule: "`CANARY` moves 0.1 to 100 percent first",
        source: GUIDE,
        wrong: balanced!(
            "deployment: { strategy: CANARY, canary: { percent: 0 } }, loadBalancers: [{ loadBalancer: public, listener: http }]"
        ),
        right: balanced!(
            "deployment: { strategy: CANARY, canary: { percent: 0.1 } }, loadBalancers: [{ loadBalancer: public, listener: http }]"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "bake times are at most a day",
        source: GUIDE,
        wrong: service!("deployment: { strategy: BLUE_GREEN, bakeTime: 1441m }"),
        right: service!("deployment: { strategy: BLUE_GREEN, bakeTime: 24h }"),
    },
];

/// Seconds.
pub(super) const A_DAY: u32 = 24 * 60 * 60;

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let mut problems = settings(service);
        problems.extend(rolling_only(service));
        problems.extend(traffic(service));
        problems.extend(network_load_balancers(scope, service));
        problems.extend(times(service));
        problems.extend(percentages(service));
        problems.extend(threshold(service));
        problems.extend(test_listeners(scope, service));
        problems
    })
}

fn strategy_span(service: &ServiceView<'_>) -> Span {
    service.written.value("/deployment/strategy")
}

/// Settings of one strategy beside another one.
fn settings(service: &ServiceView<'_>) -> Vec<Problem> {
    let deployment = &service.document().deployment;
    let strategy = deployment.strategy;
    let fields = [
        ("linear", deployment.linear.is_some(), strategy == DeploymentStrategy::Linear, "LINEAR"),
        ("canary", deployment.canary.is_some(), strategy == DeploymentStrategy::Canary, "CANARY"),
        (
            "bakeTime",
            deployment.bake_time.is_some(),
            strategy != DeploymentStrategy::Rolling,
            "BLUE_GREEN, LINEAR and CANARY",
        ),
    ];
    let problem = |field: &str, whose: &str| {
        Problem::error("strategy-settings", format!("`{field}` is for {whose}"))
            .at(&service.written.key(&format!("/deployment/{field}")), "not with this strategy")
            .at(&strategy_span(service), "the strategy")
            .hint(format!("remove `{field}`, or change `strategy`"))
    };
    fields
        .into_iter()
        .filter(|(_, is_written, belongs, _)| *is_written && !belongs)
        .map(|(field, _, _, whose)| problem(field, whose))
        .collect()
}

fn rolling_only(service: &ServiceView<'_>) -> Vec<Problem> {
    let deployment = &service.document().deployment;
    let early = deployment.early_success_criteria;
    let place = |pointer: &str| service.written.value(&format!("/deployment/{pointer}"));
    let mut problems = vec![];
    if deployment.strategy == DeploymentStrategy::Rolling {
        let least = service.value.minimum_healthy_percent;
        if let Some(early) = early.filter(|early| early.healthy_percent < least) {
            let message = format!(
                "{}% can't be enough where {least}% must stay healthy",
                early.healthy_percent
            );
            problems.push(
                Problem::error("strategy-early-success", message)
                    .at(
                        &place("earlySuccessCriteria/healthyPercent"),
                        format!("expected at least {least}"),
                    )
                    .hint("raise it, or lower `minimumHealthyPercent`"),
            );
        }
        return problems;
    }
    if deployment.circuit_breaker.enable == Some(true) {
        problems.push(
            Problem::error("strategy-circuit-breaker", "only ROLLING has a circuit breaker")
                .at(&place("circuitBreaker/enable"), "not with this strategy")
                .at(&strategy_span(service), "the strategy")
                .hint("remove `enable`; `alarms` can end this deployment"),
        );
    }
    if early.is_some() {
        problems.push(
            Problem::error("strategy-early-success", "only ROLLING succeeds early")
                .at(
                    &service.written.key("/deployment/earlySuccessCriteria"),
                    "not with this strategy",
                )
                .at(&strategy_span(service), "the strategy")
                .hint("remove `earlySuccessCriteria`"),
        );
    }
    problems
}

/// There is something to move, and somewhere to move it to.
fn traffic(service: &ServiceView<'_>) -> Vec<Problem> {
    let strategy = service.document().deployment.strategy;
    let moves_in_parts =
        matches!(strategy, DeploymentStrategy::Linear | DeploymentStrategy::Canary);
    let mut problems = vec![];
    if moves_in_parts && service.value.load_balancers.is_empty() {
        problems.push(
            Problem::error("strategy-traffic", "there are no requests to move in parts")
                .at(&strategy_span(service), "needs a load balancer")
                .hint("add `loadBalancers`, or use BLUE_GREEN"),
        );
    }
    let is_daemon = service.value.scheduling == Scheduling::Daemon;
    if is_daemon && strategy != DeploymentStrategy::Rolling {
        problems.push(
            Problem::error("strategy-daemon", "a daemon is deployed by ROLLING")
                .at(&strategy_span(service), "needs a second task on each instance")
                .at(&service.written.value("/scheduling"), "one task on each instance")
                .hint("remove `strategy`"),
        );
    }
    problems
}

/// ECS shifts requests by listeners of a Network Load Balancer, and ecsctl only by rules.
fn network_load_balancers(scope: &Scope<'_>, service: &ServiceView<'_>) -> Vec<Problem> {
    if service.document().deployment.strategy == DeploymentStrategy::Rolling {
        return vec![];
    }
    let is_network = |target: &Target| {
        let balancer = scope.stack.load_balancers.get(&target.load_balancer);
        balancer.is_some_and(|it| it.value.balancer_type == BalancerType::Network)
    };
    let message = "ecsctl cannot let ECS shift requests of a Network Load Balancer yet";
    let problem = |index: usize| {
        let place = format!("/loadBalancers/{index}/loadBalancer");
        Problem::error("strategy-load-balancer", message)
            .at(&service.written.value(&place), "a Network Load Balancer")
            .at(&strategy_span(service), "shifts requests")
            .hint("remove `strategy`, or use an Application Load Balancer")
    };
    let targets = service.value.load_balancers.iter().enumerate();
    targets.filter(|(_, target)| is_network(target)).map(|(index, _)| problem(index)).collect()
}

/// All that AWS takes in minutes.
fn times(service: &ServiceView<'_>) -> Vec<Problem> {
    let deployment = &service.document().deployment;
    let linear = deployment.linear.and_then(|linear| linear.step_bake_time);
    let canary = deployment.canary.and_then(|canary| canary.bake_time);
    let times = [
        ("bakeTime", deployment.bake_time),
        ("linear/stepBakeTime", linear),
        ("canary/bakeTime", canary),
    ];
    let check = |(pointer, time): (&'static str, Option<Seconds>)| {
        let field = pointer.rsplit('/').next().unwrap_or(pointer);
        let bounds = Bounds { field, least: 0, most: A_DAY };
        let place = service.written.value(&format!("/deployment/{pointer}"));
        minutes(&bounds, time, &place)
    };
    times.into_iter().flat_map(check).collect()
}

pub(super) fn minutes(bounds: &Bounds, time: Option<Seconds>, place: &Span) -> Vec<Problem> {
    let seconds = time.map(|time| time.0);
    let odd = seconds.filter(|seconds| seconds % 60 != 0).map(|seconds| {
        let message = format!("AWS takes `{}` in minutes, and {seconds}s are none", bounds.field);
        Problem::error("whole-minutes", message).at(place, "expected whole minutes, such as `10m`")
    });
    odd.into_iter().chain(within(bounds, seconds, || place.clone())).collect()
}

fn percentages(service: &ServiceView<'_>) -> Vec<Problem> {
    let deployment = &service.document().deployment;
    let step = deployment.linear.and_then(|linear| linear.step_percent);
    let canary = deployment.canary.and_then(|canary| canary.percent);
    let fields = [("linear/stepPercent", step, "3", 30), ("canary/percent", canary, "0.1", 1)];
    let problem = |pointer: &str, percent: Percent, least: &str| {
        let field = pointer.rsplit('/').next().unwrap_or(pointer);
        let message = format!("`{field}` must be between {least} and 100, but is {percent}");
        Problem::error("out-of-range", message).at(
            &service.written.value(&format!("/deployment/{pointer}")),
            format!("expected {least} to 100"),
        )
    };
    fields
        .into_iter()
        .filter_map(|(pointer, percent, least, tenths)| {
            let percent = percent.filter(|it| !(tenths..=1000).contains(&it.tenths()))?;
            Some(problem(pointer, percent, least))
        })
        .collect()
}

fn threshold(service: &ServiceView<'_>) -> Option<Problem> {
    let threshold = service.document().deployment.circuit_breaker.threshold?;
    let is_percent = match threshold.kind {
        ThresholdType::BoundedPercent | ThresholdType::UnboundedPercent => true,
        ThresholdType::Count => false,
    };
    let base = "/deployment/circuitBreaker/threshold";
    (is_percent && threshold.value > 100).then(|| {
        let message = format!("{}% of the tasks never fail", threshold.value);
        Problem::error("breaker-threshold", message)
            .at(&service.written.value(&format!("{base}/value")), "expected 1 to 100")
            .hint("write `type: COUNT` for a number of tasks")
    })
}

fn test_listeners(scope: &Scope<'_>, service: &ServiceView<'_>) -> Vec<Problem> {
    let is_rolling = service.document().deployment.strategy == DeploymentStrategy::Rolling;
    let entries = service.document().load_balancers.iter().zip(&service.value.load_balancers);
    entries
        .enumerate()
        .filter_map(|(index, (written, target))| {
            let test = written.test_listener.as_ref()?;
            let place = service.written.value(&format!("/loadBalancers/{index}/testListener"));
            let problem = |message: String| Problem::error("test-listener", message);
            if is_rolling {
                let message = "ROLLING has no requests that test a deployment".to_owned();
                return Some(
                    problem(message)
                        .at(&place, "only for BLUE_GREEN, LINEAR and CANARY")
                        .hint("remove `testListener`, or write `deployment.strategy`"),
                );
            }
            if *test == target.listener {
                return Some(
                    problem(format!("`{test}` has the requests that are not tests"))
                        .at(&place, "expected another listener"),
                );
            }
            let balancer = scope.stack.load_balancers.get(&target.load_balancer)?;
            let is_there = balancer.value.listeners.iter().any(|it| it.name == *test);
            (!is_there).then(|| {
                problem(format!("load balancer `{}` has no listener `{test}`", balancer.name))
                    .at(&place, "no such listener")
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn strategies_have_what_they_need() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        strategy-settings: `linear` is for LINEAR [linear: not with this strategy] [BLUE_GREEN: the strategy] -> remove `linear`, or change `strategy`
        strategy-traffic: there are no requests to move in parts [LINEAR: needs a load balancer] -> add `loadBalancers`, or use BLUE_GREEN
        strategy-daemon: a daemon is deployed by ROLLING [BLUE_GREEN: needs a second task on each instance] [DAEMON: one task on each instance] -> remove `strategy`
        strategy-circuit-breaker: only ROLLING has a circuit breaker [true: not with this strategy] [BLUE_GREEN: the strategy] -> remove `enable`; `alarms` can end this deployment
        strategy-early-success: only ROLLING succeeds early [earlySuccessCriteria: not with this strategy] [BLUE_GREEN: the strategy] -> remove `earlySuccessCriteria`
        strategy-early-success: 50% can't be enough where 100% must stay healthy [50: expected at least 100] -> raise it, or lower `minimumHealthyPercent`
        out-of-range: `stepPercent` must be between 3 and 100, but is 2.5 [2.5: expected 3 to 100]
        whole-minutes: AWS takes `bakeTime` in minutes, and 90s are none [90s: expected whole minutes, such as `10m`]
        breaker-threshold: 150% of the tasks never fail [150: expected 1 to 100] -> write `type: COUNT` for a number of tasks
        test-listener: ROLLING has no requests that test a deployment [test: only for BLUE_GREEN, LINEAR and CANARY] -> remove `testListener`, or write `deployment.strategy`
        test-listener: `http` has the requests that are not tests [http: expected another listener]
        strategy-load-balancer: ecsctl cannot let ECS shift requests of a Network Load Balancer yet [edge: a Network Load Balancer] [BLUE_GREEN: shifts requests] -> remove `strategy`, or use an Application Load Balancer
        out-of-range: `percent` must be between 0.1 and 100, but is 0 [0: expected 0.1 to 100]
        out-of-range: `bakeTime` must be between 0 and 86400, but is 86460 [1441m: expected 0 to 86400]
        ");
    }
}
