//! What the containers of a task may do: what the manifest says, and what the task's volumes
//! and `enableExecuteCommand` need.

use std::collections::BTreeMap;

use super::execute_command;
use super::policy::{Policy, Statement, sid};
use crate::facts::Facts;
use crate::model::resolved::file_system::FileSystemSource;
use crate::model::resolved::service::{TaskRoleReference, Volume};
use crate::model::resolved::task_role::ManagedRole;
use crate::model::resolved::workload::Workload;
use crate::model::stack::Stack;
use crate::value::Resolvable;

pub(super) fn policy(stack: &Stack, facts: &Facts, name: &str, role: &ManagedRole) -> Policy {
    let written = role.statements.iter().enumerate();
    let mut policy: Policy = written
        .map(|(index, statement)| (sid(statement.sid.as_deref(), index), statement.into()))
        .collect();
    let users: Vec<Workload<'_>> = users(stack, name).collect();
    for (name, statement) in needs(stack, facts, &users) {
        add(&mut policy, &name, statement);
    }
    policy
}

/// What the volumes of services and jobs and their sessions of ECS Exec need, by Sid.
pub fn needs(stack: &Stack, facts: &Facts, users: &[Workload<'_>]) -> Vec<(String, Statement)> {
    let mounts = mounts(users).into_iter().map(|((file_system, access_point), is_written)| {
        let name = format!("Mount{}{}", pascal(file_system), pascal(access_point.unwrap_or("")));
        (name, mount(stack, facts, file_system, access_point, is_written))
    });
    mounts.chain(execute_command::statements(stack, facts, users)).collect()
}

fn users<'a>(stack: &'a Stack, role: &'a str) -> impl Iterator<Item = Workload<'a>> {
    stack.workloads().filter(move |workload| match &workload.task.task_role {
        Some(TaskRoleReference::Name(name)) => name == role,
        Some(TaskRoleReference::Arn(_)) | None => false,
    })
}

/// The file systems and access points that are mounted as the role, and whether one may write there.
fn mounts<'a>(users: &[Workload<'a>]) -> BTreeMap<(&'a str, Option<&'a str>), bool> {
    let mut mounts = BTreeMap::new();
    for task in users.iter().map(|workload| workload.task) {
        for (name, volume) in &task.volumes {
            let Volume::Efs(efs) = volume else { continue };
            if !efs.iam {
                continue;
            }
            let mut all = task.containers.iter().flat_map(|container| &container.mounts);
            let is_written = all.any(|mount| mount.volume == *name && !mount.read_only);
            let place = (efs.file_system.as_str(), efs.access_point.as_deref());
            *mounts.entry(place).or_default() |= is_written;
        }
    }
    mounts
}

fn mount(
    stack: &Stack,
    facts: &Facts,
    file_system: &str,
    access_point: Option<&str>,
    is_written: bool,
) -> Statement {
    let mut actions = vec!["elasticfilesystem:ClientMount"];
    if is_written {
        actions.push("elasticfilesystem:ClientWrite");
    }
    let source = stack.file_systems.get(file_system).map(|it| &it.value.source);
    let arn = match source {
        Some(FileSystemSource::Existing { file_system_id, .. }) => {
            facts.arn("elasticfilesystem", &format!("file-system/{file_system_id}")).into()
        }
        Some(FileSystemSource::Managed(_)) | None => {
            Resolvable::reference("file-system", file_system, "arn")
        }
    };
    let statement = Statement::allow(&actions, [arn]);
    match access_point {
        Some(name) => {
            let access_point = format!("{file_system}-{name}");
            let arn = Resolvable::reference("access-point", &access_point, "arn");
            statement.when("StringEquals", "elasticfilesystem:AccessPointArn", arn)
        }
        None => statement,
    }
}

/// Adds a statement under a Sid that the manifest has not taken.
fn add(policy: &mut Policy, name: &str, statement: Statement) {
    let numbered = (2..).map(|number| format!("{name}{number}"));
    let sid = std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|sid| !policy.contains_key(sid))
        .expect("there are more numbers than statements");
    policy.insert(sid, statement);
}

/// Sids hold letters and digits only: `user-data` is `UserData`.
fn pascal(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}
