//! What tasks on instances do without: the settings of Fargate, and outside of AWS its file servers.

use super::barred::{bars, launch_type};
use crate::model::resolved::service::LaunchType;

bars! {
    {
        code: "fargate-only",
        tasks: "tasks on instances",
        cause: |workload| {
            let is_fargate = workload.value.task.launch_type == LaunchType::Fargate;
            (!is_fargate).then(|| launch_type(workload))
        },
        hint: "remove it: only Fargate has it",
        source: "Amazon ECS API Reference, RegisterTaskDefinition and CreateService",
        wrong: "launchType: EC2, memory: 512",
        right: "launchType: FARGATE",
        of_task: {
            "ephemeralStorage" => "ephemeralStorage: 30",
            "platformVersion" => "platformVersion: 1.4.0",
        },
        of_container: {},
        of_volume: {},
    }
    {
        code: "external",
        tasks: "tasks on external instances",
        cause: |workload| {
            let is_external = workload.value.task.launch_type == LaunchType::External;
            is_external.then(|| launch_type(workload))
        },
        hint: "remove it, or run the task on EC2",
        source: "Amazon ECS Developer Guide, FSx for Windows File Server volumes",
        wrong: "launchType: EXTERNAL, memory: 512",
        right: "launchType: EC2, memory: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }",
        of_task: {},
        of_container: {},
        of_volume: {
            "fsxWindows" => "fsxWindows: { fileSystemId: fs-0123456789abcdef0, rootDirectory: share, credentials: 'ssm:/domain', domain: example.com }",
        },
    }
}
