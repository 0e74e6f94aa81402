//! IAM roles of tasks, of ECS itself on their behalf, and of instances.

mod calls;
mod desired;
mod execute_command;
mod execution;
mod infrastructure;
mod instances;
mod observe;
mod policy;
mod task;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::calls::Call;
pub use self::execution::policy as execution_needs;
pub use self::policy::{Conditions, Policy, Statement, read as read_policy};
pub use self::task::needs as task_needs;
use crate::aws::{Aws, AwsError};
use crate::diff;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags,
};
use crate::model::stack::Stack;
use crate::value::Set;

/// The inline policy that holds [`RoleSpec::statements`].
const POLICY: &str = "ecsctl";

#[derive(Debug)]
pub struct Role;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleSpec {
    pub name: String,
    pub path: String,
    /// Empty: none.
    pub description: String,
    /// Who may act as the role.
    pub trust: Policy,
    /// The inline policy `ecsctl`, which is there when it has statements.
    pub statements: Policy,
    /// Names of further inline policies: ecsctl makes none, and takes away what others added.
    pub inline_policies: Set<String>,
    /// ARNs.
    pub managed_policies: Set<String>,
    /// ARN; empty: none.
    pub permissions_boundary: String,
    /// Seconds.
    pub max_session_duration: u32,
    pub tags: Tags,
}

impl RoleSpec {
    /// The role without what it may do, as a new one is and one about to be deleted must be.
    fn bare(&self) -> Self {
        Self {
            statements: Policy::new(),
            inline_policies: Set::default(),
            managed_policies: Set::default(),
            ..self.clone()
        }
    }
}

impl Kind for Role {
    const NAME: &'static str = "role";
    const FIELDS: &'static [(&'static str, diff::Policy)] =
        &[("name", diff::Policy::Replaces), ("path", diff::Policy::Replaces)];
    /// The listing of all roles with their policies lacks these two.
    const DEEP_FIELDS: &'static [&'static str] = &["description", "maxSessionDuration"];
    const DELETED_IN_USE: bool = true;

    type Spec = RoleSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<RoleSpec>> {
        desired::desired(stack, facts)
    }

    /// IAM keeps names as they were written, but refuses two that differ in case only.
    fn key(spec: &RoleSpec) -> String {
        spec.name.to_ascii_lowercase()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[RoleSpec],
    ) -> Result<Vec<Live<RoleSpec>>, AwsError> {
        let rows = observe::observe(survey, wanted).await?;
        if survey.is_deep { observe::deepen(survey.aws, rows).await } else { Ok(rows) }
    }

    async fn deepen(
        survey: &Survey<'_>,
        _wanted: &[RoleSpec],
        rows: Vec<Live<RoleSpec>>,
    ) -> Result<Vec<Live<RoleSpec>>, AwsError> {
        observe::deepen(survey.aws, rows).await
    }

    fn lower(change: &Change<'_, RoleSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn effect(call: &Call) -> Effect<RoleSpec> {
        calls::effect(call)
    }

    fn outputs(spec: &RoleSpec, assigned: &Assigned<'_>) -> Outputs {
        let RoleSpec { name, path, .. } = spec;
        outputs(name, &format!("arn:aws:iam::{}:role{path}{name}", assigned.account))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<RoleSpec> {
        let text = str::to_owned;
        let read = Statement::allow(&["s3:GetObject"], ["arn:aws:s3:::shop/*"]);
        let account = "444455556666";
        let trust = desired::assumed_by_tasks().when("StringEquals", "aws:SourceAccount", account);
        let base = RoleSpec {
            name: text("shop-prod-web"),
            path: text("/ecsctl/shop/prod/"),
            description: text("Reads pictures"),
            trust: Policy::from([(text("Tasks"), trust)]),
            statements: Policy::from([(
                text("Read"),
                read.clone().when("Bool", "aws:SecureTransport", "true"),
            )]),
            inline_policies: Set::default(),
            managed_policies: Set::from_iter([text("arn:aws:iam::aws:policy/AmazonSQSFullAccess")]),
            permissions_boundary: text("arn:aws:iam::444455556666:policy/boundary"),
            max_session_duration: 3600,
            tags: Tags::from([(text("team"), "web".into())]),
        };
        let deny = Statement { effect: crate::model::resolved::task_role::Effect::Deny, ..read };
        vec![
            base.clone(),
            RoleSpec { permissions_boundary: String::new(), ..base.bare() },
            RoleSpec { description: String::new(), max_session_duration: 7200, ..base.clone() },
            RoleSpec {
                statements: Policy::from([(text("Read"), deny)]),
                tags: Tags::from([(text("owner"), "web".into())]),
                ..base
            },
        ]
    }
}

fn outputs(name: &str, arn: &str) -> Outputs {
    Outputs::from([("arn".to_owned(), arn.to_owned()), ("name".to_owned(), name.to_owned())])
}
