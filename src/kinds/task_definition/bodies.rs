//! What ECS is sent and answers for the examples, in its own shape.

use serde_json::{Value as Json, json};

pub(super) const ARN: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web";

/// `full_example` as it is registered.
pub(super) fn full_request() -> Json {
    json!({
        "family": "shop-prod-web",
        "taskRoleArn": "arn:aws:iam::444455556666:role/web",
        "executionRoleArn": "arn:aws:iam::444455556666:role/execution",
        "networkMode": "awsvpc",
        "containerDefinitions": [
            full_container(),
            {"name": "init", "image": "shop-web:1", "cpu": 0, "essential": false}
        ],
        "volumes": [
            {"name": "scratch"},
            {"name": "uploads", "efsVolumeConfiguration": {
                "fileSystemId": "fs-0123",
                "rootDirectory": "/",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": "fsap-0123", "iam": "ENABLED"}
            }}
        ],
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
        "tags": [{"key": "team", "value": "web"}],
        "pidMode": "task",
        "enableFaultInjection": true,
        "ephemeralStorage": {"sizeInGiB": 40},
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    })
}

fn full_container() -> Json {
    json!({
        "name": "app",
        "image": "shop-web:1",
        "repositoryCredentials": {"credentialsParameter": "registry"},
        "cpu": 128,
        "memory": 512,
        "memoryReservation": 256,
        "portMappings": [
            {"containerPort": 8080, "protocol": "tcp", "name": "http", "appProtocol": "http2"},
            {"containerPortRange": "9000-9010", "protocol": "udp"}
        ],
        "essential": true,
        "restartPolicy": {"enabled": true, "ignoredExitCodes": [0, 143], "restartAttemptPeriod": 120},
        "versionConsistency": "disabled",
        "systemControls": [{"namespace": "net.core.somaxconn", "value": "1024"}],
        "interactive": true,
        "pseudoTerminal": true,
        "entryPoint": ["/bin/shop"],
        "command": ["serve", "--port=8080"],
        "environment": [{"name": "API_TOKEN", "value": "abc"}, {"name": "LOG_LEVEL", "value": "info"}],
        "environmentFiles": [{"value": "arn:aws:s3:::shop/web.env", "type": "s3"}],
        "mountPoints": [{"sourceVolume": "uploads", "containerPath": "/data", "readOnly": false}],
        "linuxParameters": {
            "capabilities": {"add": ["SYS_PTRACE"], "drop": ["NET_RAW"]},
            "initProcessEnabled": true
        },
        "secrets": [{"name": "DB_PASSWORD", "valueFrom": "/shop/prod/password"}],
        "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
        "startTimeout": 90,
        "stopTimeout": 60,
        "user": "1000:1000",
        "workingDirectory": "/srv",
        "readonlyRootFilesystem": true,
        "dockerLabels": {"team": "web"},
        "ulimits": [{"name": "nofile", "softLimit": 65535, "hardLimit": 65536}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/ecsctl/shop/prod/web", "awslogs-region": "eu-west-1"},
            "secretOptions": [{"name": "splunk-token", "valueFrom": "/shop/prod/password"}]
        },
        "healthCheck": {
            "command": ["CMD-SHELL", "curl -f localhost:8080"],
            "interval": 10, "timeout": 4, "retries": 2, "startPeriod": 15
        }
    })
}

/// `instance_example` as it is registered.
pub(super) fn instance_request() -> Json {
    json!({
        "family": "shop-prod-web",
        "taskRoleArn": "arn:aws:iam::444455556666:role/web",
        "executionRoleArn": "arn:aws:iam::444455556666:role/execution",
        "networkMode": "bridge",
        "containerDefinitions": [
            {
                "name": "app",
                "image": "shop-web:1",
                "cpu": 0,
                "memory": 512,
                "links": ["proxy:cache"],
                "portMappings": [
                    {"containerPort": 8080, "protocol": "tcp"},
                    {"containerPort": 9090, "hostPort": 9091, "protocol": "tcp"}
                ],
                "essential": true,
                "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": true}],
                "volumesFrom": [{"sourceContainer": "proxy", "readOnly": true}],
                "linuxParameters": {
                    "devices": [{"hostPath": "/dev/fuse", "containerPath": "/dev/fuse0", "permissions": ["read", "write"]}],
                    "sharedMemorySize": 128,
                    "tmpfs": [{"containerPath": "/run", "size": 64, "mountOptions": ["noexec"]}],
                    "maxSwap": 1024,
                    "swappiness": 10
                },
                "hostname": "app",
                "disableNetworking": true,
                "privileged": true,
                "dnsServers": ["10.0.0.2", "10.0.0.3"],
                "dnsSearchDomains": ["corp.example.com"],
                "extraHosts": [{"hostname": "database", "ipAddress": "10.0.0.5"}],
                "dockerSecurityOptions": ["no-new-privileges"],
                "logConfiguration": {"logDriver": "json-file", "options": {"max-size": "10m"}},
                "resourceRequirements": [{"type": "GPU", "value": "1"}]
            },
            {"name": "proxy", "image": "shop-web:1", "cpu": 0, "memoryReservation": 64, "essential": true}
        ],
        "volumes": [
            {"name": "data", "host": {"sourcePath": "/var/lib/data"}},
            {"name": "shared", "dockerVolumeConfiguration": {
                "scope": "shared",
                "autoprovision": true,
                "driver": "local",
                "driverOpts": {"type": "nfs"},
                "labels": {"team": "web"}
            }}
        ],
        "placementConstraints": [
            {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ g5.*"}
        ],
        "requiresCompatibilities": ["EC2"],
        "tags": [{"key": "team", "value": "web"}],
        "pidMode": "host",
        "ipcMode": "task",
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    })
}

/// `windows_example` as it is registered: without a network mode, for which AWS has no word.
pub(super) fn windows_request() -> Json {
    json!({
        "family": "shop-prod-web",
        "taskRoleArn": "arn:aws:iam::444455556666:role/web",
        "executionRoleArn": "arn:aws:iam::444455556666:role/execution",
        "containerDefinitions": [
            {"name": "app", "image": "shop-web:1", "cpu": 0, "essential": true}
        ],
        "volumes": [{"name": "files", "fsxWindowsFileServerVolumeConfiguration": {
            "fileSystemId": "fs-0123456789abcdef0",
            "rootDirectory": "share",
            "authorizationConfig": {
                "credentialsParameter": "arn:aws:ssm:eu-west-1:444455556666:parameter/shop/domain",
                "domain": "corp.example.com"
            }
        }}],
        "requiresCompatibilities": ["EC2"],
        "cpu": "1024",
        "memory": "2048",
        "tags": [{"key": "team", "value": "web"}],
        "runtimePlatform": {
            "cpuArchitecture": "X86_64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"
        }
    })
}

/// `external_example` as it is registered.
pub(super) fn external_request() -> Json {
    json!({
        "family": "shop-prod-web",
        "taskRoleArn": "arn:aws:iam::444455556666:role/web",
        "executionRoleArn": "arn:aws:iam::444455556666:role/execution",
        "networkMode": "host",
        "containerDefinitions": [{
            "name": "app",
            "image": "shop-web:1",
            "cpu": 0,
            "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
            "essential": true
        }],
        "requiresCompatibilities": ["EXTERNAL"],
        "cpu": "512",
        "memory": "1024",
        "tags": [{"key": "team", "value": "web"}],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    })
}

/// What AWS answers about a revision of `full_example`.
pub(super) fn described(revision: u32, status: &str, tags: &Json) -> Json {
    read_back(&full_request(), revision, status, tags)
}

/// What AWS answers about a revision: what was registered, and what AWS fills in.
pub(super) fn read_back(request: &Json, revision: u32, status: &str, tags: &Json) -> Json {
    let mut read = request.clone();
    read.as_object_mut().unwrap().shift_remove("tags");
    read["taskDefinitionArn"] = json!(format!("{ARN}:{revision}"));
    read["revision"] = json!(revision);
    read["status"] = json!(status);
    read["compatibilities"] = json!(["EC2", "FARGATE"]);
    read["requiresAttributes"] = json!([{"name": "com.amazonaws.ecs.capability.task-iam-role"}]);
    read["registeredAt"] = json!(1_700_000_000.5);
    read["registeredBy"] = json!("arn:aws:iam::444455556666:user/x");
    fill(&mut read, "placementConstraints", &json!([]));
    fill(&mut read, "volumes", &json!([]));
    fill(&mut read, "enableFaultInjection", &json!(false));
    for volume in read["volumes"].as_array_mut().unwrap() {
        fill(volume, "host", &json!({}));
    }
    let same_port = read["networkMode"] == "awsvpc";
    for container in read["containerDefinitions"].as_array_mut().unwrap() {
        fill_container(container, same_port);
    }
    json!({"taskDefinition": read, "tags": tags})
}

fn fill_container(container: &mut Json, same_port: bool) {
    for list in ["portMappings", "environment", "mountPoints", "volumesFrom", "systemControls"] {
        fill(container, list, &json!([]));
    }
    fill(container, "versionConsistency", &json!("enabled"));
    for port in container["portMappings"].as_array_mut().unwrap() {
        if let Some(number) = port.get("containerPort").cloned() {
            fill(port, "hostPort", &if same_port { number } else { json!(0) });
        }
    }
    container["environment"].as_array_mut().unwrap().reverse();
    if container.get("linuxParameters").is_some() {
        let linux = &mut container["linuxParameters"];
        for list in ["devices", "tmpfs"] {
            fill(linux, list, &json!([]));
        }
        fill(linux, "capabilities", &json!({"add": [], "drop": []}));
    }
}

/// Puts a value where there is none.
fn fill(object: &mut Json, field: &str, value: &Json) {
    if object.get(field).is_none() {
        object[field] = value.clone();
    }
}
