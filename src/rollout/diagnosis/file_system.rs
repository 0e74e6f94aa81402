//! Volumes that cannot be mounted.

use super::example::Example;
use super::row::{Row, Weight};
use super::signal::Signal;

const SOURCE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html";

const MOUNT: &[&str] = &["efs"];

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "file-system-denied",
        signals: &[Signal::Stopped(MOUNT, &["access denied", "accessdenied", "operation not permitted"])],
        when: &[],
        cause: "{volume} does not let the task mount it.",
        remedies: &[
            "Allow the task role `elasticfilesystem:ClientMount` and `elasticfilesystem:ClientWrite` on it, and set `iam: ENABLED` of the volume.",
            "Check the file system's own policy, and that the access point is one of this file system.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32",
        ),
    },
    Row {
        code: "file-system-path-missing",
        signals: &[Signal::Stopped(MOUNT, &["no such file or directory"])],
        when: &[],
        cause: "The directory that is mounted of {volume} does not exist in it.",
        remedies: &[
            "Correct `rootDirectory` of the volume, or use an access point with `ownerUid` and `permissions`, which makes its directory.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: mounting fs-06642d00e4ec726a1.efs.eu-west-1.amazonaws.com:/grafana failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32",
        ),
    },
    Row {
        code: "file-system-unresolved",
        signals: &[Signal::Stopped(MOUNT, &["failed to resolve", "name or service not known"])],
        when: &[],
        cause: "{volume} has no mount target {zone}, or its name is not resolved there.",
        remedies: &[
            "Give the file system a mount target in every Availability Zone in which tasks run.",
            "Switch on DNS resolution and DNS host names of the VPC.",
            "A new file system's name takes about 90 seconds to be known everywhere: ECS tries again by itself.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-06642d00e4ec726a1.efs.eu-west-1.amazonaws.com\" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID.",
        ),
    },
    Row {
        code: "file-system-unreachable",
        signals: &[Signal::Stopped(
            MOUNT,
            &["timed out", "timeout", "connection reset", "connection refused", "no route to host"],
        )],
        when: &[],
        cause: "{volume} cannot be reached from the task.",
        remedies: &[
            "Let the security group of its mount targets receive port 2049 from the security groups of the task.",
            "Give it a mount target in every Availability Zone in which tasks run.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: Connection timed out : unsuccessful EFS utils command execution; code: 32",
        ),
    },
    Row {
        code: "file-system-unmounted",
        signals: &[Signal::Stopped(&["failed to invoke efs utils"], &[])],
        when: &[],
        cause: "{volume} could not be mounted: {words}.",
        remedies: &[
            "Check its mount target {zone}, port 2049 in the security groups, DNS in the VPC, and the task role if `iam` is ENABLED.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: : unsuccessful EFS utils command execution; code: 1",
        ),
    },
    Row {
        code: "volume-failed",
        signals: &[Signal::Stopped(&[], &["cannotcreatevolumeerror", "failed to create volume", "failed to mount", "ebs volume"])],
        when: &[],
        cause: "A volume of the task could not be made ready: {words}.",
        remedies: &["Check `volumes` of the service and `mounts` of {container}."],
        is_hopeless: false,
        weight: Weight::Cause,
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
        example: Example::unstarted(
            "CannotCreateVolumeError: Get \"http://%2Frun%2Fdocker%2Fplugins%2Frexray.sock/VolumeDriver.Create\": dial unix: connect: no such file",
        )
        .on_instances(),
    },
];
