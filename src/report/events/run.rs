//! How a command begins and ends.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Event, SCHEMA};
use crate::execute::Outcome;
use crate::facts::Facts;
use crate::kind::Scope;
use crate::report::plan::Heading;

/// The first event of every command.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// The version of the events' form.
    pub schema: u32,
    /// The command, such as `plan`. Null when the arguments name none.
    pub command: Option<String>,
    /// Environments that the manifests were checked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environments: Option<Vec<String>>,
    /// The application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The environment of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(flatten)]
    pub account: Option<Account>,
    #[serde(flatten)]
    pub observation: Option<Observation>,
}

/// The account that a command works on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The 12 digits of the account.
    pub account: String,
    /// The AWS Region, such as `eu-west-1`.
    pub region: String,
}

/// What was read of the account before planning.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Observation {
    /// Live resources of the application that were read.
    pub observed: usize,
    /// API calls that this took. Null on a mock account.
    pub calls: Option<u64>,
    /// The same by operation, such as `ecs:DescribeServices`. Null on a mock account.
    pub calls_by_operation: Option<BTreeMap<String, u64>>,
    /// Resources that were compared by digest. With `--deep` there are none.
    pub by_digest: usize,
}

/// The command could not do what it should. Always the last event.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Error {
    /// The exit code of the program.
    pub exit_code: u8,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The last event of a command that ran to its end, whatever came of it.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct End {
    #[serde(flatten)]
    pub outcomes: Option<Outcomes>,
    #[serde(flatten)]
    pub problems: Option<Problems>,
    #[serde(flatten)]
    pub run: Option<super::runs::RunEnd>,
    /// The exit code of the program.
    pub exit_code: u8,
}

/// What became of the actions of a plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outcomes {
    /// Actions that were done.
    pub done: usize,
    /// Actions of which a call failed.
    pub failed: usize,
    /// Actions that were not begun: what they need failed, or the run was cancelled.
    pub not_tried: usize,
}

/// What is wrong with manifests.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problems {
    /// Problems that must be solved.
    pub errors: usize,
    /// Problems that may be meant.
    pub warnings: usize,
}

impl Start {
    /// The beginning of a command of which there is no more to say.
    pub fn of(command: &str) -> Self {
        let command = Some(command.to_owned());
        Self { command, ..Self::of_nothing() }
    }

    /// The beginning of what is no command.
    pub fn of_nothing() -> Self {
        Self {
            schema: SCHEMA,
            command: None,
            environments: None,
            app: None,
            environment: None,
            account: None,
            observation: None,
        }
    }

    /// The beginning of a command that works on an account.
    pub fn on(command: &str, scope: &Scope, facts: &Facts) -> Self {
        let account = Account { account: facts.account.clone(), region: facts.region.clone() };
        Self {
            app: Some(scope.app.clone()),
            environment: Some(scope.environment.clone()),
            account: Some(account),
            ..Self::of(command)
        }
    }

    /// The beginning of a command that observed the account.
    pub fn observed(heading: &Heading<'_>) -> Self {
        let observation = Observation {
            observed: heading.observed,
            calls: heading.calls.map(|calls| calls.values().sum()),
            calls_by_operation: heading.calls.cloned(),
            by_digest: heading.shallow,
        };
        let start = Self::on(heading.command, heading.scope, heading.facts);
        Self { observation: Some(observation), ..start }
    }
}

/// The last event of a run.
pub fn end(outcomes: &[Outcome], exit_code: u8) -> Event {
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
    let is_not_tried =
        |outcome: &Outcome| matches!(outcome, Outcome::Skipped { .. } | Outcome::Cancelled);
    let outcomes = Outcomes {
        done: count(|outcome| matches!(outcome, Outcome::Done)),
        failed: count(|outcome| matches!(outcome, Outcome::Failed { .. })),
        not_tried: count(is_not_tried),
    };
    Event::End(End { outcomes: Some(outcomes), exit_code, ..End::default() })
}
