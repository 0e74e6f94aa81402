//! Listener rules: which requests go where.

mod actions;
mod authenticate;
mod calls;
mod conditions;
mod desired;
mod examples;
mod lower;
mod observe;
mod priorities;
#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod secret_tests;
mod shifted;
mod spec;
#[cfg(test)]
mod tests;

use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey};
use crate::model::stack::Stack;
pub use calls::Call;
pub use spec::ListenerRuleSpec;

#[derive(Debug)]
pub struct ListenerRule;

impl Kind for ListenerRule {
    const NAME: &'static str = "listener-rule";
    /// ECS's services name it in their configuration, which Elastic Load Balancing does not know.
    const DELETED_IN_USE: bool = true;
    const FIELDS: &'static [(&'static str, Policy)] =
        &[("swap", Policy::Note), ("authenticate[oidc].clientSecret", Policy::Note)];

    type Spec = ListenerRuleSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<ListenerRuleSpec>> {
        desired::rows(stack, facts)
    }

    fn key(spec: &ListenerRuleSpec) -> String {
        format!("{}/{}", spec.listener, spec.name)
    }

    fn settle(desired: &mut [Desired<ListenerRuleSpec>], live: &[Live<ListenerRuleSpec>]) {
        priorities::settle(desired, live);
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ListenerRuleSpec],
    ) -> Result<Vec<Live<ListenerRuleSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    fn lower(change: &Change<'_, ListenerRuleSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => vec![Call::Create { spec: lower::without_swap(spec) }],
            Change::Update { spec, live, .. } => lower::update(change, spec, live),
            Change::Delete { live, .. } => vec![Call::Delete {
                arn: live.outputs["arn"].clone(),
                key: Self::key(&live.spec),
                name: live.spec.name.clone(),
            }],
        }
    }

    /// Tasks are in the old target group until they are replaced.
    fn is_late(call: &Call) -> bool {
        matches!(call, Call::Narrow { .. })
    }

    fn effect(call: &Call) -> Effect<ListenerRuleSpec> {
        call.effect()
    }

    fn outputs(spec: &ListenerRuleSpec, assigned: &Assigned<'_>) -> Outputs {
        let listener = spec.listener.text().rsplit("listener/").next().unwrap_or_default();
        let resource = format!("listener-rule/{listener}/{}", &assigned.id[..16]);
        outputs(&assigned.arn("elasticloadbalancing", &resource))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        call.perform(aws).await
    }

    fn examples() -> Vec<ListenerRuleSpec> {
        examples::all()
    }
}

fn outputs(arn: &str) -> Outputs {
    Outputs::from([("arn".to_owned(), arn.to_owned())])
}
