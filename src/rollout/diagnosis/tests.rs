//! The table against AWS's words: each row's own, and those that people met.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::runtime::{Container, TargetHealth};

fn code(evidence: &Evidence) -> &'static str {
    diagnose(evidence).map_or("none", |found| found.code)
}

#[test]
fn each_row_is_chosen_for_its_example_and_speaks_of_it() {
    for row in rows() {
        let evidence = row.example.evidence();
        let found = diagnose(&evidence).unwrap_or_else(|| panic!("{} is not recognised", row.code));
        assert_eq!(found.code, row.code);
        for sentence in found.remedies.iter().chain([&found.cause]) {
            assert!(!sentence.contains(['{', '}']), "{}: {sentence}", row.code);
            assert!(sentence.ends_with('.'), "{}: {sentence}", row.code);
        }
        assert!(!found.remedies.is_empty() && found.remedies.len() <= 3, "{}", row.code);
    }
}

#[test]
fn codes_are_unique_and_placeholders_known() {
    let codes: BTreeSet<_> = rows().map(|row| row.code).collect();
    assert_eq!(codes.len(), rows().count());
    let evidence = Evidence { alarms: vec!["a".to_owned()], ..Evidence::default() };
    let symptoms = symptom::of(&evidence);
    let facts = Facts::of(&symptoms[0]);
    for row in rows() {
        for template in row.remedies.iter().chain([&row.cause]) {
            let names = template.split('{').skip(1).filter_map(|part| part.split('}').next());
            for name in names {
                assert!(facts.phrase(name).is_some(), "{}: {name}", row.code);
            }
        }
    }
}

#[test]
fn causes_name_what_is_concerned() {
    let causes: Vec<String> = rows()
        .map(|row| format!("{}: {}", row.code, diagnose(&row.example.evidence()).unwrap().cause))
        .collect();
    insta::assert_snapshot!(causes.join("\n"), @r#"
    image-architecture: Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container app is not built for linux/arm64.
    image-rate-limit: Docker.io lets nobody pull more often, and image nginx:1.27 of container app is pulled from there.
    image-too-large: Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 does not fit into the storage of a task on Fargate.
    image-disk-full: The disk of an instance was full when image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 was pulled.
    image-registry-unreachable: The task has no route to 444455556666.dkr.ecr.eu-west-1.amazonaws.com, and cannot pull image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container app.
    image-denied: The execution role may not pull image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2, or its repository does not exist.
    image-denied-instance: Neither the execution role nor the role of the instance may pull image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2, or its repository does not exist.
    image-private: Image shop/web:1.8.2 is private or does not exist: docker.io gives it to nobody who does not log in.
    image-not-found: Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container app does not exist in its registry.
    image-invalid: Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container app is no image that ECS can unpack: ref pull has been retried 1 time(s): number of layers and diffIDs don't match: 3 != 15.
    image-unpulled: Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container app could not be pulled: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code 500.
    environment-file-unread: A file of `environmentFiles` could not be read: failed to download env files: file download command: non empty error stream: service call has been retried 1 time(s): AccessDenied: Access Denied status code: 403.
    secret-key-denied: The execution role may not decrypt secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy with its KMS key.
    registry-auth-denied: Role shop-prod-web-execution may not log in to ECR.
    secret-denied: Role shop-prod-web-execution may not read secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy.
    secret-unreachable: The task has no route to ECR, and gets neither secrets nor credentials for the registry.
    secret-key-missing: A secret of the task is not JSON with key `password` in it.
    secret-not-found: Secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy does not exist in this Region.
    secret-unread: A secret of the task or the credentials for the registry could not be fetched: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time.
    role-not-assumed: ECS may not assume role shop-prod-web-execution for the task.
    log-denied: Role shop-prod-web-execution may not write the log of container app.
    log-group-missing: The log group of container app does not exist.
    log-driver-failed: The log driver of container app did not start: failed to validate logger args: : signal: killed.
    file-system-denied: The file system does not let the task mount it.
    file-system-path-missing: The directory that is mounted of file system fs-06642d00e4ec726a1 does not exist in it.
    file-system-unresolved: File system fs-06642d00e4ec726a1 has no mount target in eu-west-1a, or its name is not resolved there.
    file-system-unreachable: The file system cannot be reached from the task.
    file-system-unmounted: The file system could not be mounted: failed to invoke EFS utils commands to set up EFS volumes: stderr: : unsuccessful EFS utils command execution; code: 1.
    volume-failed: A volume of the task could not be made ready: Get "http://%2Frun%2Fdocker%2Fplugins%2Frexray.sock/VolumeDriver.Create": dial unix: connect: no such file.
    target-group-missing: A target group of the service was deleted.
    container-unhealthy: Container app fails its own health check.
    target-timeout: Health checks of target group shop-prod-web get no answer from port 8080.
    target-wrong-code: The application answers health checks of target group shop-prod-web with 404.
    target-refused: Connections of the health checks of target group shop-prod-web to port 8080 are refused or break off.
    target-unhealthy: Health checks of target group shop-prod-web fail, and no target is left to say how.
    no-instances: No instance is registered where tasks of the service may run.
    no-cpu: No instance has enough CPU left for a task; container instance 333ba941dd6f4762985db166b212d795 comes closest.
    no-memory: No instance has enough memory left for a task; container instance 333ba941dd6f4762985db166b212d795 comes closest.
    port-in-use: A host port of the task is taken on every instance; container instance 47d5cb9a-6e38-495e-9777-5ae6d02a3720 comes closest.
    attribute-missing: No instance has every attribute that the task asks for; container instance 476c4f3985624ef195cfa2ac13e78099 comes closest.
    no-network-interface: No network interface could be had for a task: was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 476c4f3985624ef195cfa2ac13e78099) encountered error "RESOURCE:ENI".
    agent-disconnected: The agent of container instance 476c4f3985624ef195cfa2ac13e78099 is not connected to ECS.
    no-matching-instance: No instance meets all that a task asks for.
    capacity-unavailable: AWS has no capacity left for the task in its Availability Zones.
    quota-reached: A quota of the account is used up: was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.
    no-room-to-deploy: `minimumHealthyPercent` and `maximumPercent` leave ECS no task that it may stop or start.
    not-launched: ECS cannot start a task: failed to launch a task with (error The specified platform does not satisfy the task definition's required capabilities.).
    alarm: What the service does with the new revision set off alarm shop-prod-web-5xx.
    spot-interruption: AWS took back Spot capacity in eu-west-1a: the release is not to blame.
    instance-terminated: The instance that the task ran on was terminated: the release is not to blame.
    infrastructure-unhealthy: AWS replaces a task whose hardware failed: the release is not to blame.
    stopped-by-user: Somebody stopped a task: Task stopped by user.
    protected-tasks: Old tasks are protected against being stopped, and hold the deployment up.
    starts-throttled: Tasks fail again and again, and ECS waits up to 15 minutes before it tries once more.
    operations-throttled: AWS limits how often ECS may call another service for this one: operations are being throttled on elb. Will try again later.
    out-of-memory: Container app used more memory than it may, and was killed.
    wrong-architecture: Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container app is built for another CPU than the task's.
    command-not-executable: The command of container app may not be executed.
    command-not-found: The command of container app is not in image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2.
    container-not-started: Container app could not be started: failed to get container status: container stopped before its status was read.
    resources-not-ready: What the task needs could not be made ready: failed to create new network namespace.
    segmentation-fault: Container app crashed with a segmentation fault (exit code 139).
    killed: Container app was killed by SIGKILL (exit code 137), and ECS does not say for want of memory.
    application-failed: Container app ended by itself with exit code 1: the application failed, its log says why.
    application-ended: Container app ended by itself as if its work was done; a service's essential containers must run on.
    "#);
}

fn stopped(reason: &str) -> Evidence {
    let task = Task {
        last_status: "STOPPED".to_owned(),
        capacity: "FARGATE".to_owned(),
        stop_code: Some("TaskFailedToStart".to_owned()),
        stopped_reason: Some(reason.to_owned()),
        ..Task::default()
    };
    Evidence { tasks: vec![task], ..Evidence::default() }
}

fn told(message: &str) -> Evidence {
    let event = |message: &str| crate::runtime::Event {
        id: String::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
        message: message.to_owned(),
    };
    Evidence { events: vec![event(message)], ..Evidence::default() }
}

const STOPPED: &[(&str, &str)] = &[
    (
        "image-not-found",
        "CannotPullContainerError: Error response from daemon: manifest for nginx:0f6b3cdf not found: manifest unknown: manifest unknown",
    ),
    (
        "image-not-found",
        "CannotPullContainerError: API error (404): manifest for 476593617425.dkr.ecr.eu-west-1.amazonaws.com/baker:latest not found",
    ),
    (
        "image-not-found",
        "CannotPullContainerError: API error (404): repository serverless-batch not found: does not exist or no pull access",
    ),
    (
        "image-not-found",
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/service:tag@sha256:5891b5: not found",
    ),
    (
        "image-registry-unreachable",
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/tryretool/backend:2.110.5: failed to do request: Head \"https://registry-1.docker.io/v2/tryretool/backend/manifests/2.110.5\": dial tcp 34.205.13.154:443: i/o timeout",
    ),
    (
        "image-registry-unreachable",
        "CannotPullContainerError: Error response from daemon: Get https://123456789012.dkr.ecr.us-east-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
    ),
    (
        "image-registry-unreachable",
        "CannotPullContainerError: The task cannot pull 'web' from the Amazon ECR repository '123456789012.dkr.ecr.us-east-1.amazonaws.com/web'. There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
    ),
    (
        "image-private",
        "CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref \"registry.example.com/web:1\": unexpected status code [manifests 1]: 403 Forbidden",
    ),
    (
        "image-rate-limit",
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: 429 Too Many Requests",
    ),
    (
        "image-unpulled",
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/amazon/aws-xray-daemon/manifests/sha256:2d964e1d...",
    ),
    (
        "image-architecture",
        "CannotPullContainerError: no matching manifest for linux/arm64/v8 in the manifest list entries",
    ),
    (
        "secret-denied",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::1:assumed-role/django-ExecutionRole-0GkTVx/10f3cb5a is",
    ),
    (
        "secret-denied",
        "Fetching secret data from SSM Parameter Store in us-east-1: AccessDeniedException: User: arn:aws:sts::1:assumed-role/exec/i is not authorized to perform: ssm:GetParameters",
    ),
    (
        "secret-key-denied",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: AccessDeniedException: Access to KMS is not allowed",
    ),
    (
        "secret-unreachable",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-west-2:1:secret:DBPasswordSecret-a from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.",
    ),
    (
        "secret-unreachable",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 52.46.146.144:443: i/o timeout. Please check your task network configuration.",
    ),
    (
        "secret-not-found",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /shop/missing",
    ),
    (
        "secret-not-found",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
    ),
    (
        "secret-key-missing",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character '\\'' looking for beginning of value",
    ),
    (
        "secret-unread",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-2:788375279931...",
    ),
    (
        "log-group-missing",
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1",
    ),
    (
        "file-system-unreachable",
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32",
    ),
    (
        "file-system-unresolved",
        "Resourceinitializationerror: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-0867a83d8ed398433.efs.",
    ),
    (
        "command-not-found",
        "CannotStartContainerError: API error (500): Cannot start container 54b6caa1: [8] System error: exec: \"node index.js -t sockets_transport -i 0\": executable file not found in $PATH",
    ),
    (
        "command-not-found",
        "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: OCI runtime create failed: container_linux.go:370: starting container process caused: exec: \"/opt/sonarqube/bin/run.sh\": stat /opt/sonarqube/bin/run.sh...no such file or direct...",
    ),
    (
        "command-not-executable",
        "CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/entrypoint.sh\": permission denied: unknown",
    ),
    (
        "container-not-started",
        "CannotStartContainerError: ResourceInitializationError: unable to create new container: mount callback failed on /tmp/containerd-mount916692511",
    ),
    (
        "container-not-started",
        "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m",
    ),
    ("no-network-interface", "Timeout waiting for network interface provisioning to complete."),
    (
        "no-network-interface",
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
    ),
    (
        "capacity-unavailable",
        "Capacity is unavailable at this time. Please try again later or in a different availability zone",
    ),
];

#[test]
fn words_that_people_met_are_recognised() {
    for &(expected, reason) in STOPPED {
        assert_eq!(code(&stopped(reason)), expected, "{reason}");
    }
}

const TOLD: &[(&str, &str)] = &[
    (
        "attribute-missing",
        "(service test) was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 333ba941-dd6f-4762-985d-b166b212d795 is missing an attribute required by your task. For more information, see the Troubleshooting section.",
    ),
    (
        "no-instances",
        "service factorio was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.",
    ),
    (
        "no-instances",
        "(service web) was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.",
    ),
    (
        "quota-reached",
        "(service web) was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
    ),
    (
        "quota-reached",
        "(service web) was unable to place a task. Reason: The requested CPU configuration is above your limit.",
    ),
    (
        "no-matching-instance",
        "(service web) is unable to place a task in eu-west-1a because no container instance met all of its requirements.",
    ),
    (
        "target-timeout",
        "service example-service (instance i-016b0a460d9974567) (port 1047) is unhealthy in target-group example-service due to (reason Request timed out)",
    ),
    (
        "target-wrong-code",
        "(service web) (port 8081) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1) due to (reason Health checks failed with these codes: [502]).",
    ),
    (
        "target-refused",
        "(service web) (port 8080) is unhealthy in (target-group web) due to (reason Health checks failed).",
    ),
    (
        "target-unhealthy",
        "(service web) (instance i-1) is unhealthy in (elb web) due to (reason Instance has failed at least the UnhealthyThreshold number of health checks consecutively.)",
    ),
    ("not-launched", "(service web) was unable to place a task. Reason: Internal error."),
    ("none", "(service web) has started 1 tasks: (task 3c6f7a1d)."),
    ("none", "(service web) has reached a steady state."),
    (
        "none",
        "(service web) registered 1 targets in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1)",
    ),
    ("none", "(service web) (deployment ecs-svc/1) deployment completed."),
    ("none", "(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start."),
];

#[test]
fn events_that_people_met_are_recognised() {
    for &(expected, message) in TOLD {
        assert_eq!(code(&told(message)), expected, "{message}");
    }
}

fn joined(parts: &[Evidence]) -> Evidence {
    let mut all = Evidence::default();
    for part in parts.iter().cloned() {
        all.tasks.extend(part.tasks);
        all.events.extend(part.events);
        all.alarms.extend(part.alarms);
        all.targets.extend(part.targets);
    }
    all
}

fn example(code: &str) -> Evidence {
    rows().find(|row| row.code == code).unwrap().example.evidence()
}

#[test]
fn of_several_causes_the_one_that_most_tasks_show_is_told() {
    let [denied, missing, spot] =
        ["secret-denied", "image-not-found", "spot-interruption"].map(example);
    let together = |parts: &[&Evidence]| {
        code(&joined(&parts.iter().map(|&it| it.clone()).collect::<Vec<_>>()))
    };
    assert_eq!(together(&[&denied, &missing, &missing]), "image-not-found");
    assert_eq!(together(&[&denied, &missing]), "secret-denied", "the newest of equals");
    assert_eq!(together(&[&spot, &spot, &missing]), "image-not-found", "before what befell it");
    assert_eq!(together(&[&spot, &example("starts-throttled")]), "spot-interruption");
    assert_eq!(together(&[&example("starts-throttled"), &example("no-cpu")]), "no-cpu");
    assert_eq!(together(&[&example("no-cpu"), &missing]), "image-not-found", "tasks before events");
    let evidence = joined(&[denied, missing.clone(), missing]);
    assert_eq!(showing(&evidence, "image-not-found").len(), 2);
}

#[test]
fn without_anything_wrong_there_is_nothing_to_say() {
    assert_eq!(diagnose(&Evidence::default()), None);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(
        reason in "\\PC*", own in "\\PC*", event in "\\PC*", description in ".*", exit in any::<i32>(),
        begin in prop::sample::select(vec!["CannotPullContainerError: ", "unable to retrieve secret ", "codes: [", "(port ", "resolve ref ", ""]),
    ) {
        let container = Container { exit_code: Some(exit), reason: Some(own.clone()), image: own, ..Container::default() };
        let mut evidence = stopped(&format!("{begin}{reason}"));
        evidence.tasks[0].containers.push(container);
        evidence.events = told(&format!("{begin}{event}")).events;
        evidence.targets.push(TargetHealth { reason: Some("Target.Timeout".to_owned()), description: Some(description), ..TargetHealth::default() });
        if let Some(found) = diagnose(&evidence) {
            prop_assert!(!found.cause.is_empty());
        }
    }
}
