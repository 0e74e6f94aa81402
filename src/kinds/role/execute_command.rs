//! What a task needs for sessions of ECS Exec, and for the logs of them that its cluster wants.

use std::collections::BTreeSet;

use super::policy::Statement;
use crate::facts::Facts;
use crate::model::resolved::cluster::{ExecuteCommand, ExecuteCommandLogging};
use crate::model::resolved::workload::Workload;
use crate::model::stack::Stack;

const CHANNELS: &[&str] = &[
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

pub(super) fn statements(
    stack: &Stack,
    facts: &Facts,
    users: &[Workload<'_>],
) -> Vec<(String, Statement)> {
    let clusters: BTreeSet<&str> = users
        .iter()
        .filter(|workload| workload.enable_execute_command)
        .map(|workload| workload.cluster)
        .collect();
    if clusters.is_empty() {
        return vec![];
    }
    let sessions = clusters
        .into_iter()
        .filter_map(|name| stack.clusters.get(name)?.value.execute_command.as_ref());
    let named = |(name, statement): (&str, Statement)| (name.to_owned(), statement);
    std::iter::once(("ExecuteCommand", Statement::allow(CHANNELS, ["*"])))
        .chain(sessions.flat_map(|sessions| of_cluster(facts, sessions)))
        .map(named)
        .collect()
}

fn of_cluster(facts: &Facts, sessions: &ExecuteCommand) -> Vec<(&'static str, Statement)> {
    let mut statements = vec![];
    let is_logged = sessions.logging == ExecuteCommandLogging::Override;
    if let Some(group) = sessions.log_group.as_ref().filter(|_| is_logged) {
        let group = facts.arn("logs", &format!("log-group:{group}:*"));
        let actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
        statements.push(("SessionLogGroups", Statement::allow(&["logs:DescribeLogGroups"], ["*"])));
        statements.push(("SessionLogs", Statement::allow(&actions, [group])));
    }
    if let Some(bucket) = sessions.s3_bucket.as_ref().filter(|_| is_logged) {
        let bucket = format!("arn:{}:s3:::{bucket}", facts.partition);
        let about = ["s3:GetBucketLocation", "s3:GetEncryptionConfiguration"];
        let objects = format!("{bucket}/{}*", sessions.s3_key_prefix.as_deref().unwrap_or(""));
        statements.push(("SessionBucket", Statement::allow(&about, [bucket])));
        statements.push(("SessionObjects", Statement::allow(&["s3:PutObject"], [objects])));
    }
    if let Some(key) = &sessions.kms_key {
        statements.push(("SessionKey", decrypt(facts, key)));
    }
    statements
}

/// Allows to decrypt with a key by ARN, id or alias. Policies know keys by ARN only.
fn decrypt(facts: &Facts, key: &str) -> Statement {
    let alias = key.find("alias/").map(|start| &key[start..]);
    let arn = match (alias, key.starts_with("arn:")) {
        (Some(_), _) => facts.arn("kms", "key/*"),
        (None, true) => key.to_owned(),
        (None, false) => facts.arn("kms", &format!("key/{key}")),
    };
    let statement = Statement::allow(&["kms:Decrypt"], [arn]);
    match alias {
        Some(alias) => statement.when("ForAnyValue:StringEquals", "kms:ResourceAliases", alias),
        None => statement,
    }
}
