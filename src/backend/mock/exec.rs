//! What the mock account knows of commands in containers.

use super::super::runtime::EXEC_ACTIONS;
use super::MockAccount;
use super::running::setting::task_definition_of;
use crate::runtime::{ExecPermission, short};

impl MockAccount {
    pub(in crate::backend) fn exec_permission(&self, task_definition: &str) -> ExecPermission {
        let state = self.state();
        let task = task_definition_of(&state.resources, task_definition);
        let Some(arn) = task.and_then(|task| task["taskRole"].as_str()) else {
            return ExecPermission::NoRole;
        };
        let role = short(arn).to_owned();
        let has_arn = |found: Option<&String>| found.is_some_and(|found| found == arn);
        let mut rows = state.resources.of_kind("role");
        let Some((_, row)) = rows.find(|(_, row)| has_arn(row.outputs.get("arn"))) else {
            return ExecPermission::Unknown { role };
        };
        let statements = row.spec["statements"].as_object().into_iter().flatten();
        let allowed: Vec<&str> = statements
            .filter(|(_, statement)| statement["effect"] == "Allow")
            .flat_map(|(_, statement)| statement["actions"].as_array().into_iter().flatten())
            .filter_map(|action| action.as_str())
            .collect();
        let is_denied = |action: &&&str| {
            !allowed.contains(*action)
                && !allowed.contains(&"*")
                && !allowed.contains(&"ssmmessages:*")
        };
        let actions: Vec<String> =
            EXEC_ACTIONS.iter().filter(is_denied).map(ToString::to_string).collect();
        if actions.is_empty() {
            ExecPermission::Granted
        } else {
            ExecPermission::Denied { role, actions }
        }
    }
}
