//! EFS file systems, and the volumes that mount them.

use super::table::Entry;
use super::{Scope, WorkloadView, escape};
use crate::manifest::problem::Problem;
use crate::model::documents::file_system::{FileSystem, PerformanceMode, ThroughputMode};
use crate::model::manifests::Written;
use crate::model::resolved::service::Volume;

/// Days that AWS takes in lifecycle rules.
const DAYS: [u32; 9] = [1, 7, 14, 30, 60, 90, 180, 270, 365];

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "efs-root-directory",
        rule: "With an access point, `rootDirectory` is left out or `/`",
        source: "Amazon ECS API Reference, EFSVolumeConfiguration",
        wrong: "{ kind: FileSystem, name: data, accessPoints: { web: { path: /web } } }\n---\n{ kind: TaskRole, name: web }\n---\n{ kind: Service, name: web, image: x, volumes: { data: { efs: { fileSystem: data, accessPoint: web, rootDirectory: /a } } } }",
        right: "{ kind: FileSystem, name: data, accessPoints: { web: { path: /web } } }\n---\n{ kind: TaskRole, name: web }\n---\n{ kind: Service, name: web, image: x, volumes: { data: { efs: { fileSystem: data, accessPoint: web, rootDirectory: / } } } }",
    },
    Entry {
        code: "efs-transit-encryption",
        rule: "An access point, and `iam: ENABLED`, need `transitEncryption: ENABLED`",
        source: "Amazon ECS API Reference, EFSVolumeConfiguration",
        wrong: "{ kind: FileSystem, name: data, accessPoints: { web: { path: /web } } }\n---\n{ kind: TaskRole, name: web }\n---\n{ kind: Service, name: web, image: x, volumes: { data: { efs: { fileSystem: data, accessPoint: web, transitEncryption: DISABLED } } } }",
        right: "{ kind: FileSystem, name: data, accessPoints: { web: { path: /web } } }\n---\n{ kind: TaskRole, name: web }\n---\n{ kind: Service, name: web, image: x, volumes: { data: { efs: { fileSystem: data, transitEncryption: DISABLED } } } }",
    },
    Entry {
        code: "efs-iam",
        rule: "`iam: ENABLED` needs a task role",
        source: "Amazon ECS API Reference, EFSVolumeConfiguration",
        wrong: "{ kind: FileSystem, name: data, accessPoints: { web: { path: /web } } }\n---\n{ kind: TaskRole, name: web }\n---\n{ kind: Service, name: web, image: x, volumes: { data: { efs: { fileSystem: data, iam: ENABLED } } } }",
        right: "{ kind: FileSystem, name: data, accessPoints: { web: { path: /web } } }\n---\n{ kind: TaskRole, name: web }\n---\n{ kind: Service, name: web, image: x, volumes: { data: { efs: { fileSystem: data, iam: DISABLED } } } }",
    },
    Entry {
        code: "existing-file-system",
        rule: "An existing file system is not changed, so its settings are left out",
        source: "",
        wrong: "{ kind: FileSystem, name: data, fileSystemId: fs-12345678, backup: true }",
        right: "{ kind: FileSystem, name: data, fileSystemId: fs-12345678, securityGroup: sg-12345678 }",
    },
    Entry {
        code: "efs-throughput",
        rule: "`throughputMode: provisioned` and `provisionedThroughput` go together; `maxIO` does not go with elastic throughput",
        source: "Amazon EFS API Reference, CreateFileSystem",
        wrong: "{ kind: FileSystem, name: data, throughputMode: provisioned }",
        right: "{ kind: FileSystem, name: data, throughputMode: provisioned, provisionedThroughput: 10 }",
    },
    Entry {
        code: "access-point-user",
        rule: "The groups of an access point's user need its `uid`",
        source: "Amazon EFS API Reference, PosixUser",
        wrong: "{ kind: FileSystem, name: data, accessPoints: { a: { path: /a, gid: 1000 } } }",
        right: "{ kind: FileSystem, name: data, accessPoints: { a: { path: /a, gid: 1000, uid: 1000 } } }",
    },
    Entry {
        code: "efs-encryption",
        rule: "A KMS key is for an encrypted file system",
        source: "Amazon EFS API Reference, CreateFileSystem",
        wrong: "{ kind: FileSystem, name: data, encrypted: false, kmsKey: alias/x }",
        right: "{ kind: FileSystem, name: data, encrypted: true, kmsKey: alias/x }",
    },
    Entry {
        code: "out-of-range",
        rule: "`toInfrequentAccess` and `toArchive` are 1, 7, 14, 30, 60, 90, 180, 270 or 365 days",
        source: "Amazon EFS API Reference, LifecyclePolicy",
        wrong: "{ kind: FileSystem, name: data, lifecycleRules: { toInfrequentAccess: 31d } }",
        right: "{ kind: FileSystem, name: data, lifecycleRules: { toInfrequentAccess: 30d } }",
    },
    Entry {
        code: "efs-lifecycle",
        rule: "Files move to Archive after Infrequent Access",
        source: "Amazon EFS API Reference, LifecyclePolicy",
        wrong: "{ kind: FileSystem, name: data, lifecycleRules: { toInfrequentAccess: 90d, toArchive: 30d } }",
        right: "{ kind: FileSystem, name: data, lifecycleRules: { toInfrequentAccess: 30d, toArchive: 90d } }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let file_systems = scope.manifests.file_systems.values();
    let mut problems: Vec<_> = file_systems.clone().flat_map(file_system).collect();
    problems.extend(file_systems.flat_map(access_points));
    problems.extend(scope.each_workload(volumes));
    problems
}

fn volumes(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for (name, volume) in &workload.value.task.volumes {
        let Volume::Efs(efs) = volume else { continue };
        let at =
            |field: &str| workload.written.value(&format!("/volumes/{}/efs/{field}", escape(name)));
        if efs.access_point.is_some() && efs.root_directory != "/" {
            problems.push(
                Problem::error("efs-root-directory", "an access point has its own root directory")
                    .at(&at("rootDirectory"), "not with an access point")
                    .at(&at("accessPoint"), "this one decides it")
                    .hint("remove `rootDirectory`"),
            );
        }
        let needs = [("accessPoint", efs.access_point.is_some()), ("iam", efs.iam)];
        for (field, _) in
            needs.into_iter().filter(|(_, is_used)| *is_used && !efs.transit_encryption)
        {
            problems.push(
                Problem::error(
                    "efs-transit-encryption",
                    format!("`{field}` needs `transitEncryption: ENABLED`"),
                )
                .at(&at("transitEncryption"), "off")
                .at(&at(field), "needs it"),
            );
        }
        if efs.iam && workload.value.task.task_role.is_none() {
            problems.push(
                Problem::error("efs-iam", "`iam: ENABLED` needs a task role")
                    .at(&at("iam"), "requests are signed with the task role")
                    .hint(format!("add `taskRole` to the {}", workload.noun())),
            );
        }
    }
    problems
}

fn file_system(written: &Written<FileSystem>) -> Vec<Problem> {
    match written.document.file_system_id {
        Some(_) => existing(written),
        None => managed(written),
    }
}

/// Of an existing file system, nothing is changed.
fn existing(written: &Written<FileSystem>) -> Vec<Problem> {
    const FIELDS: [&str; 9] = [
        "awsName",
        "network",
        "encrypted",
        "kmsKey",
        "performanceMode",
        "throughputMode",
        "provisionedThroughput",
        "lifecycleRules",
        "backup",
    ];
    let stray = FIELDS.iter().filter(|field| written.node.get(field).is_some());
    let problem = |field: &&str| {
        Problem::error(
            "existing-file-system",
            format!("`{field}` is not for an existing file system"),
        )
        .at(&written.key(&format!("/{field}")), "ecsctl does not change it")
        .at(&written.value("/fileSystemId"), "the file system exists")
    };
    stray.map(problem).collect()
}

fn managed(written: &Written<FileSystem>) -> Vec<Problem> {
    let document = &written.document;
    let mut problems = vec![];
    if document.security_group.is_some() {
        problems.push(
            Problem::error(
                "existing-file-system",
                "`securityGroup` is for an existing file system",
            )
            .at(&written.key("/securityGroup"), "ecsctl makes one")
            .hint("add `fileSystemId`, or remove this"),
        );
    }
    let mode = document.throughput_mode.unwrap_or_default();
    let has_amount = document.provisioned_throughput.is_some();
    if (mode == ThroughputMode::Provisioned) != has_amount {
        let field = if has_amount { "/provisionedThroughput" } else { "/throughputMode" };
        problems.push(
            Problem::error(
                "efs-throughput",
                "`throughputMode: provisioned` and `provisionedThroughput` go together",
            )
            .at(&written.key(field), "without the other"),
        );
    }
    if document.performance_mode == Some(PerformanceMode::MaxIo) && mode == ThroughputMode::Elastic
    {
        problems.push(
            Problem::error(
                "efs-throughput",
                "`performanceMode: maxIO` does not go with elastic throughput",
            )
            .at(&written.value("/performanceMode"), "not with elastic throughput")
            .hint("add `throughputMode: bursting` or `provisioned`, or remove `performanceMode`"),
        );
    }
    if document.encrypted == Some(false) && document.kms_key.is_some() {
        problems.push(
            Problem::error("efs-encryption", "a key without encryption")
                .at(&written.key("/kmsKey"), "has no use")
                .at(&written.value("/encrypted"), "off"),
        );
    }
    problems.extend(lifecycle_rules(written));
    problems
}

/// EFS takes a POSIX user whole, or none.
fn access_points(written: &Written<FileSystem>) -> Vec<Problem> {
    let mut problems = vec![];
    for (name, point) in &written.document.access_points {
        let fields =
            [("gid", point.gid.is_some()), ("secondaryGids", !point.secondary_gids.is_empty())];
        let is_stray = |(_, is_written): &(&str, bool)| *is_written && point.uid.is_none();
        for (field, _) in fields.into_iter().filter(is_stray) {
            let place = written.key(&format!("/accessPoints/{}/{field}", escape(name)));
            problems.push(
                Problem::error(
                    "access-point-user",
                    format!("`{field}` of access point `{name}` needs a `uid`"),
                )
                .at(&place, "without `uid`, tasks act as their own user")
                .hint("add `uid`; for the owner of the directory alone, write `ownerUid` and `ownerGid`"),
            );
        }
    }
    problems
}

fn lifecycle_rules(written: &Written<FileSystem>) -> Vec<Problem> {
    let rules = written.document.lifecycle_rules.clone().unwrap_or_default();
    let fields =
        [("toInfrequentAccess", rules.to_infrequent_access), ("toArchive", rules.to_archive)];
    let wrong = fields.into_iter().filter_map(|(field, days)| {
        let days = days.filter(|days| !DAYS.contains(&days.0))?;
        let expected: Vec<_> = DAYS.iter().map(u32::to_string).collect();
        let message = format!("`{field}` can't be {} days", days.0);
        let place = written.value(&format!("/lifecycleRules/{field}"));
        Some(
            Problem::error("out-of-range", message)
                .at(&place, format!("expected one of {}", expected.join(", "))),
        )
    });
    let mut problems: Vec<_> = wrong.collect();
    if let (Some(infrequent), Some(archive)) = (rules.to_infrequent_access, rules.to_archive)
        && archive <= infrequent
    {
        problems.push(
            Problem::error("efs-lifecycle", "files move to Archive after Infrequent Access")
                .at(&written.value("/lifecycleRules/toArchive"), "too early")
                .at(&written.value("/lifecycleRules/toInfrequentAccess"), "later than this"),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    fn stack(efs: &str) -> String {
        let others = "{ kind: FileSystem, name: data, accessPoints: { web: { path: /web } } }\n---\n{ kind: TaskRole, name: web }";
        format!(
            "{others}\n---\n{{ kind: Service, name: web, image: x, volumes: {{ data: {{ efs: {{ fileSystem: data, {efs} }} }} }} }}"
        )
    }

    fn with_role(efs: &str) -> String {
        stack(efs).replace("image: x", "image: x, taskRole: web")
    }

    #[test]
    fn volumes_mount_what_efs_offers() {
        let cases = [
            (
                stack("accessPoint: web, rootDirectory: /a"),
                stack("accessPoint: web, rootDirectory: /"),
            ),
            (
                stack("accessPoint: web, transitEncryption: DISABLED"),
                stack("transitEncryption: DISABLED"),
            ),
            (with_role("iam: ENABLED, transitEncryption: DISABLED"), with_role("iam: ENABLED")),
            (stack("iam: ENABLED"), stack("iam: DISABLED")),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r#"
        efs-root-directory: an access point has its own root directory [/a: not with an access point] [web: this one decides it] -> remove `rootDirectory`
        efs-transit-encryption: `accessPoint` needs `transitEncryption: ENABLED` [DISABLED: off] [web: needs it]
        efs-transit-encryption: `iam` needs `transitEncryption: ENABLED` [DISABLED: off] [ENABLED: needs it]
        efs-iam: `iam: ENABLED` needs a task role [ENABLED: requests are signed with the task role] -> add `taskRole` to the service
        "#);
    }

    #[test]
    fn file_systems_are_as_aws_takes_them() {
        let cases = [
            (
                "fileSystemId: fs-12345678, backup: true",
                "fileSystemId: fs-12345678, securityGroup: sg-12345678",
            ),
            ("securityGroup: sg-12345678", "backup: false"),
            (
                "throughputMode: provisioned",
                "throughputMode: provisioned, provisionedThroughput: 10",
            ),
            ("provisionedThroughput: 10", "throughputMode: bursting"),
            ("performanceMode: maxIO", "performanceMode: maxIO, throughputMode: bursting"),
            (
                "accessPoints: { a: { path: /a, gid: 1000 } }",
                "accessPoints: { a: { path: /a, gid: 1000, uid: 1000 } }",
            ),
            (
                "accessPoints: { a: { path: /a, secondaryGids: [5] } }",
                "accessPoints: { a: { path: /a, uid: 1000 } }",
            ),
            (
                "accessPoints: { a: { path: /a, uid: 4294967296 } }",
                "accessPoints: { a: { path: /a, uid: 4294967295 } }",
            ),
            ("encrypted: false, kmsKey: alias/x", "encrypted: true, kmsKey: alias/x"),
            (
                "lifecycleRules: { toInfrequentAccess: 31d }",
                "lifecycleRules: { toInfrequentAccess: 30d }",
            ),
            (
                "lifecycleRules: { toInfrequentAccess: 90d, toArchive: 30d }",
                "lifecycleRules: { toInfrequentAccess: 30d, toArchive: 90d }",
            ),
        ];
        let cases = cases.map(|(wrong, right)| {
            [wrong, right].map(|fields| format!("{{ kind: FileSystem, name: data, {fields} }}"))
        });
        let cases: Vec<_> =
            cases.iter().map(|[wrong, right]| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r#"
        existing-file-system: `backup` is not for an existing file system [backup: ecsctl does not change it] [fs-12345678: the file system exists]
        existing-file-system: `securityGroup` is for an existing file system [securityGroup: ecsctl makes one] -> add `fileSystemId`, or remove this
        efs-throughput: `throughputMode: provisioned` and `provisionedThroughput` go together [throughputMode: without the other]
        efs-throughput: `throughputMode: provisioned` and `provisionedThroughput` go together [provisionedThroughput: without the other]
        efs-throughput: `performanceMode: maxIO` does not go with elastic throughput [maxIO: not with elastic throughput] -> add `throughputMode: bursting` or `provisioned`, or remove `performanceMode`
        access-point-user: `gid` of access point `a` needs a `uid` [gid: without `uid`, tasks act as their own user] -> add `uid`; for the owner of the directory alone, write `ownerUid` and `ownerGid`
        access-point-user: `secondaryGids` of access point `a` needs a `uid` [secondaryGids: without `uid`, tasks act as their own user] -> add `uid`; for the owner of the directory alone, write `ownerUid` and `ownerGid`
        out-of-range: `accessPoints.a.uid` must be at most 4294967295, but is `4294967296` [4294967296: expected at most 4294967295]
        efs-encryption: a key without encryption [kmsKey: has no use] [false: off]
        out-of-range: `toInfrequentAccess` can't be 31 days [31d: expected one of 1, 7, 14, 30, 60, 90, 180, 270, 365]
        efs-lifecycle: files move to Archive after Infrequent Access [30d: too early] [90d: later than this]
        "#);
    }
}
