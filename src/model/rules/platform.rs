//! What the chosen platform version can do, and what ECS Exec asks for.

use super::table::{Entry, service, task};
use super::{Scope, WorkloadView};
use crate::manifest::problem::Problem;
use crate::model::fargate;
use crate::model::resolved::service::{SecretReference, Volume};

const VERSIONS: &str = "Amazon ECS Developer Guide, Fargate platform versions";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "platform-version",
        rule: "EFS volumes need platform version 1.4.0",
        source: VERSIONS,
        wrong: concat!(
            "{ kind: FileSystem, name: files }\n---\n",
            service!("platformVersion: 1.3.0, volumes: { a: { efs: { fileSystem: files } } }")
        ),
        right: concat!(
            "{ kind: FileSystem, name: files }\n---\n",
            service!("platformVersion: 1.4.0, volumes: { a: { efs: { fileSystem: files } } }")
        ),
    },
    Entry {
        code: "platform-version",
        rule: "`environmentFiles` need platform version 1.4.0",
        source: VERSIONS,
        wrong: service!("platformVersion: 1.3.0, environmentFiles: ['arn:aws:s3:::shop/web.env']"),
        right: service!("platformVersion: 1.4.0, environmentFiles: ['arn:aws:s3:::shop/web.env']"),
    },
    Entry {
        code: "platform-version",
        rule: "secrets by JSON key need platform version 1.4.0",
        source: VERSIONS,
        wrong: service!("platformVersion: 1.3.0, secrets: { A: 'secretsmanager:a:key' }"),
        right: service!("platformVersion: 1.3.0, secrets: { A: 'secretsmanager:a' }"),
    },
    Entry {
        code: "platform-version",
        rule: "`pidMode` needs platform version 1.4.0",
        source: VERSIONS,
        wrong: service!("platformVersion: 1.3.0, pidMode: task"),
        right: service!("platformVersion: 1.4.0, pidMode: task"),
    },
    Entry {
        code: "platform-version",
        rule: "`ephemeralStorage` needs platform version 1.4.0",
        source: VERSIONS,
        wrong: service!("platformVersion: 1.3.0, ephemeralStorage: 30"),
        right: service!("platformVersion: LATEST, ephemeralStorage: 30"),
    },
    Entry {
        code: "platform-version",
        rule: "tasks of 8 vCPU and more need platform version 1.4.0",
        source: VERSIONS,
        wrong: service!("platformVersion: 1.3.0, cpu: 8 vCPU"),
        right: service!("platformVersion: 1.4.0, cpu: 8 vCPU"),
    },
    Entry {
        code: "exec-without-role",
        rule: "`enableExecuteCommand` needs a task role",
        source: "Amazon ECS Developer Guide, ECS Exec",
        wrong: service!("enableExecuteCommand: true"),
        right: concat!(
            "{ kind: TaskRole, name: web }\n---\n",
            service!("enableExecuteCommand: true, taskRole: web")
        ),
    },
    Entry {
        code: "exec-read-only",
        rule: "ECS Exec needs file systems that can be written",
        source: "Amazon ECS Developer Guide, ECS Exec",
        wrong: concat!(
            "{ kind: TaskRole, name: web }\n---\n",
            task!(
                "containers: [{ name: a, image: x, readonlyRootFilesystem: true }], enableExecuteCommand: true, taskRole: web"
            )
        ),
        right: task!("containers: [{ name: a, image: x, readonlyRootFilesystem: true }]"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let mut problems: Vec<_> = platform_version(workload).into_iter().collect();
        problems.extend(exec(workload));
        problems
    })
}

/// Platform versions before 1.4.0 lack what many tasks need.
fn platform_version(workload: &WorkloadView<'_>) -> Option<Problem> {
    let version = workload.value.platform_version?;
    let is_windows = workload.value.task.operating_system_family.is_windows();
    if is_windows || version == "LATEST" || parts(version) >= parts("1.4.0") {
        return None;
    }
    let task = &workload.value.task;
    let has_efs = task.volumes.values().any(|volume| matches!(volume, Volume::Efs(_)));
    let is_key = |secret: &SecretReference| {
        matches!(secret, SecretReference::SecretsManager { json_key: Some(_), .. })
    };
    let has_files = task.containers.iter().any(|container| !container.environment_files.is_empty());
    let reasons = [
        ("EFS volumes", has_efs),
        ("environment files", has_files),
        (
            "secrets by JSON key",
            task.containers.iter().any(|container| container.secrets.values().any(is_key)),
        ),
        ("ECS Exec", workload.value.enable_execute_command),
        ("`pidMode`", task.pid_mode.is_some()),
        ("more ephemeral storage", task.ephemeral_storage.is_some()),
        ("tasks of 8 vCPU and more", task.cpu.is_some_and(|cpu| cpu >= fargate::LARGE_CPU)),
    ];
    let (reason, _) = reasons.into_iter().find(|(_, is_used)| *is_used)?;
    let problem = Problem::error(
        "platform-version",
        format!("platform version {version} does not support {reason}"),
    );
    Some(problem.at(&workload.written.value("/platformVersion"), "expected 1.4.0 or LATEST"))
}

fn parts(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// ECS Exec talks to AWS as the task role, and writes in the container.
fn exec(workload: &WorkloadView<'_>) -> Vec<Problem> {
    if !workload.value.enable_execute_command {
        return vec![];
    }
    let exec = workload.written.key("/enableExecuteCommand");
    let mut problems = vec![];
    if workload.value.task.task_role.is_none() {
        problems.push(
            Problem::error("exec-without-role", "`enableExecuteCommand` needs a task role")
                .at(&exec, "ECS Exec acts as the task role")
                .hint("add a TaskRole document and name it in `taskRole`; ecsctl adds the permissions for ECS Exec to it"),
        );
    }
    let read_only = workload.containers().filter(|view| view.container.readonly_root_filesystem);
    problems.extend(read_only.map(|view| {
        Problem::warning(
            "exec-read-only",
            format!(
                "ECS Exec does not work in `{}`: its file system is read-only",
                view.container.name
            ),
        )
        .at(&view.key("/readonlyRootFilesystem"), "read-only")
        .at(&exec, "ECS Exec")
    }));
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::{report, report_service};

    #[test]
    fn old_platform_versions_lack_what_tasks_need() {
        insta::assert_snapshot!(report_service(&[
            ("platformVersion: 1.3.0, ephemeralStorage: 30", "platformVersion: 1.4.0, ephemeralStorage: 30"),
            ("platformVersion: 1.3.0, secrets: { A: 'secretsmanager:a:key' }", "platformVersion: 1.3.0, secrets: { A: 'secretsmanager:a' }"),
        ]), @r#"
        platform-version: platform version 1.3.0 does not support more ephemeral storage [1.3.0: expected 1.4.0 or LATEST]
        platform-version: platform version 1.3.0 does not support secrets by JSON key [1.3.0: expected 1.4.0 or LATEST]
        "#);
    }

    #[test]
    fn exec_needs_a_role_and_a_writable_container() {
        let role = "---\n{ kind: TaskRole, name: web }";
        let service = |fields: &str| format!("{{ kind: Service, name: web, {fields} }}\n{role}");
        let (wrong, right) = (
            service("image: x, enableExecuteCommand: true"),
            service("image: x, enableExecuteCommand: true, taskRole: web"),
        );
        let container = "containers: [{ name: a, image: x, readonlyRootFilesystem: true }]";
        let (read_only, off) = (
            service(&format!("{container}, enableExecuteCommand: true, taskRole: web")),
            service(container),
        );
        insta::assert_snapshot!(report(&[(&wrong, &right), (&read_only, &off)]), @r#"
        exec-without-role: `enableExecuteCommand` needs a task role [enableExecuteCommand: ECS Exec acts as the task role] -> add a TaskRole document and name it in `taskRole`; ecsctl adds the permissions for ECS Exec to it
        warning exec-read-only: ECS Exec does not work in `a`: its file system is read-only [readonlyRootFilesystem: read-only] [enableExecuteCommand: ECS Exec]
        "#);
    }
}
