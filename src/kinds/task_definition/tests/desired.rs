//! What manifests become.

use std::collections::BTreeMap;

use super::super::*;
use crate::kinds::samples;
use crate::kinds::task_definition::examples::named;
use crate::value::Resolvable;

const SHOP: &str = "
{ kind: FileSystem, name: uploads, accessPoints: { web: { path: /web } } }
---
{ kind: FileSystem, name: shared, fileSystemId: fs-0123abcd }
---
{ kind: TaskRole, name: web }
---
kind: Service
name: web
taskRole: web
containers:
  - name: app
    image: shop-web:1
    ports: [{ container: 8080, name: http, appProtocol: http }]
    environment: { LOG_LEVEL: info }
    secrets:
      DB: ssm:/shop/db
      WHOLE: secretsmanager:shop/api
      KEYED: secretsmanager:shop/api:key
      STAGED: secretsmanager:shop/api::AWSPREVIOUS
    dependsOn: { init: SUCCESS }
    ulimits: { nofile: { soft: 1024, hard: 2048 } }
    repositoryCredentials: secretsmanager:registry
  - { name: init, image: shop-web:1, essential: false }
volumes:
  scratch: {}
  uploads: { efs: { fileSystem: uploads, accessPoint: web } }
  shared: { efs: { fileSystem: shared } }
";

#[test]
fn a_service_becomes_its_task_definition() {
    let stack = samples::stack(SHOP);
    let mut rows = TaskDefinition::desired(&stack, &samples::facts());
    let row = rows.pop().unwrap();
    assert_eq!((row.name.as_str(), row.spec.family.as_str()), ("web", "shop-prod-web"));
    let reference =
        |kind: &str, name: &str, output: &str| Some(Resolvable::reference(kind, name, output));
    assert_eq!(row.spec.task_role, reference("role", "task-web", "arn"));
    assert_eq!(row.spec.execution_role, reference("role", "execution-web", "arn"));
    let app = &row.spec.containers["app"];
    assert_eq!(app.ports.keys().collect::<Vec<_>>(), ["8080/tcp"]);
    assert_eq!(app.depends_on, named("init", "SUCCESS".to_owned()));
    assert_eq!(app.ulimits.keys().collect::<Vec<_>>(), ["nofile"]);
    let secret = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api";
    assert_eq!(
        app.secrets,
        BTreeMap::from([
            ("DB".to_owned(), "/shop/db".to_owned()),
            ("STAGED".to_owned(), format!("{secret}::AWSPREVIOUS:")),
            ("WHOLE".to_owned(), secret.to_owned()),
            ("KEYED".to_owned(), format!("{secret}:key::")),
        ])
    );
    assert_eq!(app.repository_credentials.as_deref(), Some("registry"));
    let logging = app.logging.as_ref().unwrap();
    assert_eq!(logging.group, reference("log-group", "web", "id"));
    assert_eq!(
        logging.options,
        Environment::from([("awslogs-region", "eu-west-1"), ("awslogs-stream-prefix", "web")])
    );
    let uploads = row.spec.volumes["uploads"].efs.as_ref().unwrap();
    assert_eq!(Some(uploads.file_system.clone()), reference("file-system", "uploads", "id"));
    assert_eq!(uploads.access_point, reference("access-point", "uploads-web", "id"));
    let shared = row.spec.volumes["shared"].efs.as_ref().unwrap();
    assert_eq!(shared.file_system, "fs-0123abcd".into());
    assert_eq!(row.spec.volumes["scratch"].efs, None);
}

const BOX: &str = "
kind: Service
name: web
launchType: EC2
pidMode: task
taskPlacementConstraints: ['attribute:rack == a']
containers:
  - name: app
    image: shop-web:1
    memory: 256
    gpu: 2
    ports: [80, { container: 81, host: 8081 }]
    portRanges: [9000-9010/udp]
    linuxParameters: { devices: { /dev/fuse: {} }, tmpfs: { /run: { size: 1 GB } } }
    restartPolicy: {}
  - { name: proxy, image: shop-web:1, memory: 64, links: [app], volumesFrom: { app: { readOnly: true } } }
volumes:
  data: { host: { sourcePath: /data } }
  shared: { docker: {} }
";

fn spec_of(manifest: &str) -> TaskDefinitionSpec {
    let rows = TaskDefinition::desired(&samples::stack(manifest), &samples::facts());
    rows.into_iter().next().unwrap().spec
}

#[test]
fn an_instance_is_asked_for_just_what_is_written() {
    let spec = spec_of(BOX);
    assert_eq!((spec.cpu, spec.memory, spec.network_mode.as_str()), (None, None, "bridge"));
    assert_eq!(spec.requires_compatibilities.0.iter().collect::<Vec<_>>(), ["EC2"]);
    assert_eq!(spec.pid_mode.as_deref(), Some("task"));
    assert_eq!(spec.placement_constraints.0.iter().collect::<Vec<_>>(), ["attribute:rack == a"]);
    let app = &spec.containers["app"];
    assert_eq!((app.ports["80/tcp"].host_port, app.ports["81/tcp"].host_port), (0, 8081));
    assert_eq!(app.port_ranges.0.iter().collect::<Vec<_>>(), ["9000-9010/udp"]);
    assert_eq!(app.gpu.as_deref(), Some("2"));
    let fuse = &app.linux_parameters.devices["/dev/fuse"];
    assert_eq!((fuse.container_path.as_str(), fuse.permissions.0.len()), ("/dev/fuse", 3));
    assert_eq!(app.linux_parameters.tmpfs["/run"].size, 1024);
    assert_eq!(app.restart_policy.as_ref().unwrap().restart_attempt_period, 300);
    assert!(spec.containers["proxy"].volumes_from["app"].read_only);
    let docker = spec.volumes["shared"].docker.as_ref().unwrap();
    assert_eq!((docker.scope.as_str(), docker.driver.as_str()), ("task", "local"));
    assert_eq!(spec.volumes["data"].host.as_ref().unwrap().source_path, "/data");
}

#[test]
fn a_port_of_an_instance_is_the_containers_own_in_the_mode_host() {
    let host = spec_of(
        &BOX.replace("ports: [80,", "ports: [{ container: 80, host: 0 },")
            .replace(", host: 8081", "")
            .replace("    portRanges: [9000-9010/udp]\n", "")
            .replace("links: [app], ", "")
            .replace("pidMode: task", "networkMode: host"),
    );
    let ports = &host.containers["app"].ports;
    assert_eq!((ports["80/tcp"].host_port, ports["81/tcp"].host_port), (80, 81));
}

#[test]
fn windows_on_instances_has_no_network_mode_but_awsvpc() {
    let windows = "{ kind: Service, name: web, image: x, memory: 512, launchType: EC2, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2025_CORE }, volumes: { files: { fsxWindows: { fileSystemId: fs-0123456789abcdef0, rootDirectory: share, credentials: 'ssm:/shop/domain', domain: corp.example.com } } } }";
    let spec = spec_of(windows);
    assert_eq!(spec.network_mode, "<default>");
    let files = spec.volumes["files"].fsx_windows.as_ref().unwrap();
    assert_eq!(files.credentials, "arn:aws:ssm:eu-west-1:444455556666:parameter/shop/domain");
    let spec = spec_of(&windows.replace("launchType: EC2", "launchType: EC2, networkMode: awsvpc"));
    assert_eq!(spec.network_mode, "awsvpc");
}
