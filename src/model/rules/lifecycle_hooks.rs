//! Lifecycle hooks of deployments: what each kind has, and where it can be.

use super::strategies::{A_DAY, minutes};
use super::table::{Entry, service};
use super::{Bounds, Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::documents::deployment::{HookStage, HookTarget, LifecycleHook};

const HOOKS: &str = "Amazon ECS API Reference, DeploymentLifecycleHook";
/// Seconds.
const MOST_TIMEOUT: u32 = 14 * A_DAY;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "lifecycle-hook",
        rule: "a hook of `AWS_LAMBDA` has a `lambda` and a `role`",
        source: HOOKS,
        wrong: service!("deployment: { lifecycleHooks: [{ stages: [POST_SCALE_UP] }] }"),
        right: service!(
            "deployment: { lifecycleHooks: [{ lambda: 'arn:aws:lambda:eu-west-1:444455556666:function:check', role: 'arn:aws:iam::444455556666:role/check', stages: [POST_SCALE_UP] }] }"
        ),
    },
    Entry {
        code: "lifecycle-hook",
        rule: "a `PAUSE` calls nothing: it has no `lambda`, `role` or `details`",
        source: HOOKS,
        wrong: service!(
            "deployment: { lifecycleHooks: [{ targetType: PAUSE, role: 'arn:aws:iam::444455556666:role/check', stages: [POST_SCALE_UP] }] }"
        ),
        right: service!(
            "deployment: { lifecycleHooks: [{ targetType: PAUSE, stages: [POST_SCALE_UP] }] }"
        ),
    },
    Entry {
        code: "lifecycle-hook",
        rule: "a `PAUSE` is not at `TEST_TRAFFIC_SHIFT` or `PRODUCTION_TRAFFIC_SHIFT`",
        source: HOOKS,
        wrong: service!(
            "deployment: { lifecycleHooks: [{ targetType: PAUSE, stages: [TEST_TRAFFIC_SHIFT] }] }"
        ),
        right: service!(
            "deployment: { lifecycleHooks: [{ targetType: PAUSE, stages: [POST_TEST_TRAFFIC_SHIFT] }] }"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "the `timeout` of a hook is a minute to 14 days",
        source: HOOKS,
        wrong: service!(
            "deployment: { lifecycleHooks: [{ targetType: PAUSE, timeout: 15d, stages: [POST_SCALE_UP] }] }"
        ),
        right: service!(
            "deployment: { lifecycleHooks: [{ targetType: PAUSE, timeout: 14d, stages: [POST_SCALE_UP] }] }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let hooks = service.document().deployment.lifecycle_hooks.iter().enumerate();
        hooks.flat_map(|(index, it)| hook(service, index, it)).collect()
    })
}

fn hook(service: &ServiceView<'_>, index: usize, hook: &LifecycleHook) -> Vec<Problem> {
    let base = format!("/deployment/lifecycleHooks/{index}");
    let value = |field: &str| service.written.value(&format!("{base}/{field}"));
    let timeout = Bounds { field: "timeout", least: 60, most: MOST_TIMEOUT };
    let mut problems = minutes(&timeout, hook.timeout, &value("timeout"));
    match hook.target_type {
        HookTarget::AwsLambda => problems.extend(lambda(service, &base, hook)),
        HookTarget::Pause => problems.extend(pause(service, &base, hook)),
    }
    problems
}

fn lambda(service: &ServiceView<'_>, base: &str, hook: &LifecycleHook) -> Option<Problem> {
    let missing: Vec<&str> = [("lambda", hook.lambda.is_none()), ("role", hook.role.is_none())]
        .into_iter()
        .filter_map(|(field, is_missing)| is_missing.then_some(field))
        .collect();
    (!missing.is_empty()).then(|| {
        Problem::error(
            "lifecycle-hook",
            format!("the hook has no `{}`", missing.join("` and no `")),
        )
        .at(&service.written.value(&format!("{base}/stages")), "what happens then?")
        .hint("add `lambda` and `role`, or write `targetType: PAUSE`")
    })
}

fn pause(service: &ServiceView<'_>, base: &str, hook: &LifecycleHook) -> Vec<Problem> {
    let fields = [
        ("lambda", hook.lambda.is_some()),
        ("role", hook.role.is_some()),
        ("details", !hook.details.is_empty()),
    ];
    let fields = fields.into_iter().filter(|(_, is_written)| *is_written).map(|(field, _)| {
        Problem::error("lifecycle-hook", format!("a pause has no `{field}`"))
            .at(&service.written.key(&format!("{base}/{field}")), "nothing is called")
            .hint(format!("remove `{field}`"))
    });
    let is_barred = |stage: &HookStage| {
        matches!(stage, HookStage::TestTrafficShift | HookStage::ProductionTrafficShift)
    };
    let stages = hook.stages.iter().enumerate().filter(|(_, stage)| is_barred(stage));
    let stages = stages.map(|(index, _)| {
        Problem::error("lifecycle-hook", "a deployment can't pause while requests move")
            .at(&service.written.value(&format!("{base}/stages/{index}")), "only for AWS_LAMBDA")
            .hint("pause at the stage before or after it")
    });
    fields.chain(stages).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn hooks_have_what_they_call_and_when() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        lifecycle-hook: the hook has no `lambda` and no `role` [stages: what happens then?] -> add `lambda` and `role`, or write `targetType: PAUSE`
        lifecycle-hook: a pause has no `role` [role: nothing is called] -> remove `role`
        lifecycle-hook: a deployment can't pause while requests move [TEST_TRAFFIC_SHIFT: only for AWS_LAMBDA] -> pause at the stage before or after it
        out-of-range: `timeout` must be between 60 and 1209600, but is 1296000 [15d: expected 60 to 1209600]
        ");
    }
}
