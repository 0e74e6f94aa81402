//! Containers that did not start, or that ended.

use super::example::Example;
use super::row::{Row, Weight};
use super::signal::Signal;

const SOURCE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

const CODES: &str = "https://repost.aws/knowledge-center/ecs-task-stopped";

const ENDED: &str = "essential container in task exited";

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "out-of-memory",
        signals: &[Signal::Stopped(&[], &["outofmemory", "out of memory"])],
        when: &[],
        cause: "{container} used more memory than it may, and was killed.",
        remedies: &[
            "Raise `memory` of the container, and of the service if that is the limit.",
            "Keep the heap of a runtime below the limit, such as with `-XX:MaxRAMPercentage` or `--max-old-space-size`.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example {
            container_reason: "OutOfMemoryError: Container killed due to memory usage",
            ..Example::ended(137)
        },
    },
    Row {
        code: "wrong-architecture",
        signals: &[
            Signal::Stopped(&["exec format error"], &[]),
            Signal::Wrote("exec format error"),
        ],
        when: &[],
        cause: "{image} of {container} is built for another CPU than the task's.",
        remedies: &[
            "Build it for the task's CPU, such as with `docker buildx build --platform linux/amd64` or `linux/arm64`.",
            "Or set `runtimePlatform.cpuArchitecture` to what it is built for: X86_64 or ARM64.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: "https://repost.aws/knowledge-center/ecs-task-exec-format-error",
        example: Example { wrote: "exec /app/server: exec format error", ..Example::ended(1) },
    },
    Row {
        code: "command-not-executable",
        signals: &[
            Signal::Stopped(&["cannotstartcontainererror", "permission denied"], &[]),
            Signal::Stopped(&["unable to start container process", "permission denied"], &[]),
            Signal::Exit(126),
        ],
        when: &[],
        cause: "The command of {container} may not be executed.",
        remedies: &[
            "Make the file executable in the image (`chmod +x`), for the `user` that runs it.",
            "Check that `command` and `entryPoint` name a program and no directory.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: CODES,
        example: Example::ended(126),
    },
    Row {
        code: "command-not-found",
        signals: &[
            Signal::Stopped(&["executable file not found"], &[]),
            Signal::Stopped(&["exec:", "no such file or dir"], &[]),
            Signal::Stopped(&["container process caused", "no such file or dir"], &[]),
            Signal::Exit(127),
        ],
        when: &[],
        cause: "The command of {container} is not in {image}.",
        remedies: &[
            "Correct `command` or `entryPoint`: each word is an entry of its own, `[node, index.js]` and not `[\"node index.js\"]`.",
            "A volume that is mounted over the program's directory hides it, and a script needs the interpreter of its first line.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: CODES,
        example: Example {
            container_reason: "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"serve\": executable file not found in $PATH: unknown",
            ..Example::unstarted("Task failed to start")
        },
    },
    Row {
        code: "container-not-started",
        signals: &[Signal::Stopped(
            &[],
            &[
                "cannotstartcontainererror",
                "cannotcreatecontainererror",
                "cannotinspectcontainererror",
                "containerruntimetimeouterror",
                "dockertimeouterror",
                "containerruntimeerror",
            ],
        )],
        when: &[],
        cause: "{container} could not be started: {words}.",
        remedies: &[
            "Check what the words name: command, user, mounts, devices, limits of the container.",
            "On instances look into `/var/log/ecs/ecs-agent.log`, and whether their disk is full.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "CannotStartContainerError: failed to get container status: container stopped before its status was read",
        ),
    },
    Row {
        code: "resources-not-ready",
        signals: &[Signal::Stopped(&["resourceinitializationerror"], &[])],
        when: &[],
        cause: "What the task needs could not be made ready: {words}.",
        remedies: &["Check what the words name. A VPC without DNS resolution is a common reason."],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to create new network namespace",
        ),
    },
    Row {
        code: "segmentation-fault",
        signals: &[Signal::Exit(139)],
        when: &[],
        cause: "{container} crashed with a segmentation fault (exit code 139).",
        remedies: &[
            "Run the image with the same command and environment, and look for native code that differs: CPU architecture, libc (musl or glibc), a library's version.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: CODES,
        example: Example::ended(139),
    },
    Row {
        code: "killed",
        signals: &[Signal::Exit(137)],
        when: &[],
        cause: "{container} was killed by SIGKILL (exit code 137), and ECS does not say for want of memory.",
        remedies: &[
            "Killed at the end of `stopTimeout`: let the program end at SIGTERM, and begin the command with `exec` in a shell script.",
            "A process of it may have been killed for want of memory: compare `memory` with what it uses.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: CODES,
        example: Example::ended(137),
    },
    Row {
        code: "application-failed",
        signals: &[Signal::Failed],
        when: &[],
        cause: "{container} ended by itself with exit code {exit}: the application failed, its log says why.",
        remedies: &[
            "Read the last lines of its log, and correct the application, its `environment`, or what it connects to.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: CODES,
        example: Example {
            wrote: "Error: connect ECONNREFUSED 10.0.3.4:5432",
            ..Example::ended(1)
        },
    },
    Row {
        code: "application-ended",
        signals: &[Signal::Stopped(&[ENDED], &[])],
        when: &[],
        cause: "{container} ended by itself as if its work was done; a service's essential containers must run on.",
        remedies: &[
            "Let the command stay in the foreground: no daemon mode, no shell that waits for input.",
            "Set `essential: false` for a container that prepares others, or run it as a job.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: CODES,
        example: Example::ended(0),
    },
];
