//! Task definitions for the laws: together they have every field.

use std::collections::BTreeMap;

use super::Environment;
use super::spec::{
    Capabilities, Container, Device, DockerVolume, EfsVolume, FsxWindowsVolume, HealthCheck,
    HostVolume, LinuxParameters, Logging, Mount, NAT, Port, RestartPolicy, RuntimePlatform,
    TaskDefinitionSpec, Tmpfs, Ulimit, Volume, VolumesFrom,
};
use crate::kind::Tags;
use crate::value::Set;

pub(super) fn all() -> Vec<TaskDefinitionSpec> {
    let bare = TaskDefinitionSpec {
        ephemeral_storage: None,
        task_role: None,
        containers: named("app", bare_container()),
        volumes: BTreeMap::new(),
        tags: Tags::from([("owner".to_owned(), "web".into())]),
        ..full_example()
    };
    vec![full_example(), bare, instance_example(), windows_example(), external_example()]
}

pub(super) fn bare_container() -> Container {
    Container {
        image: "shop-web:1".to_owned(),
        essential: true,
        cpu: 0,
        memory: None,
        memory_reservation: None,
        command: vec![],
        entry_point: vec![],
        working_directory: None,
        user: None,
        ports: BTreeMap::new(),
        port_ranges: Set::default(),
        environment: Environment::default(),
        secrets: BTreeMap::new(),
        environment_files: vec![],
        health_check: None,
        depends_on: BTreeMap::new(),
        mounts: BTreeMap::new(),
        volumes_from: BTreeMap::new(),
        readonly_root_filesystem: false,
        stop_timeout: None,
        start_timeout: None,
        docker_labels: BTreeMap::new(),
        ulimits: BTreeMap::new(),
        linux_parameters: LinuxParameters::default(),
        repository_credentials: None,
        logging: None,
        restart_policy: None,
        version_consistency: "enabled".to_owned(),
        system_controls: BTreeMap::new(),
        interactive: false,
        pseudo_terminal: false,
        gpu: None,
        privileged: false,
        docker_security_options: Set::default(),
        hostname: None,
        extra_hosts: BTreeMap::new(),
        dns_servers: vec![],
        dns_search_domains: vec![],
        links: Set::default(),
        disable_networking: false,
    }
}

fn full_container() -> Container {
    let ssm = "/shop/prod/password".to_owned();
    Container {
        cpu: 128,
        memory: Some(512),
        memory_reservation: Some(256),
        command: vec!["serve".to_owned(), "--port=8080".to_owned()],
        entry_point: vec!["/bin/shop".to_owned()],
        working_directory: Some("/srv".to_owned()),
        user: Some("1000:1000".to_owned()),
        ports: named(
            "8080/tcp",
            Port {
                host_port: 8080,
                name: Some("http".to_owned()),
                app_protocol: Some("http2".to_owned()),
            },
        ),
        environment: Environment::from([("LOG_LEVEL", "info"), ("API_TOKEN", "abc")]),
        secrets: named("DB_PASSWORD", ssm.clone()),
        environment_files: vec!["arn:aws:s3:::shop/web.env".to_owned()],
        port_ranges: words(["9000-9010/udp"]),
        restart_policy: Some(RestartPolicy {
            enabled: true,
            ignored_exit_codes: [0, 143].into_iter().collect(),
            restart_attempt_period: 120,
        }),
        version_consistency: "disabled".to_owned(),
        system_controls: named("net.core.somaxconn", "1024".to_owned()),
        interactive: true,
        pseudo_terminal: true,
        health_check: Some(HealthCheck {
            command: vec!["CMD-SHELL".to_owned(), "curl -f localhost:8080".to_owned()],
            interval: 10,
            timeout: 4,
            retries: 2,
            start_period: 15,
        }),
        depends_on: named("init", "SUCCESS".to_owned()),
        mounts: named("/data", Mount { volume: "uploads".to_owned(), read_only: false }),
        readonly_root_filesystem: true,
        stop_timeout: Some(60),
        start_timeout: Some(90),
        docker_labels: named("team", "web".to_owned()),
        ulimits: named("nofile", Ulimit { soft: 65_535, hard: 65_536 }),
        linux_parameters: LinuxParameters {
            init_process_enabled: true,
            capabilities: Capabilities { add: words(["SYS_PTRACE"]), drop: words(["NET_RAW"]) },
            ..LinuxParameters::default()
        },
        repository_credentials: Some("registry".to_owned()),
        logging: Some(Logging {
            driver: "awslogs".to_owned(),
            group: Some("/ecsctl/shop/prod/web".into()),
            options: Environment::from([("awslogs-region", "eu-west-1")]),
            secret_options: named("splunk-token", ssm),
        }),
        ..bare_container()
    }
}

pub(super) fn full_example() -> TaskDefinitionSpec {
    let efs = EfsVolume {
        file_system: "fs-0123".into(),
        access_point: Some("fsap-0123".into()),
        root_directory: "/".to_owned(),
        transit_encryption: true,
        iam: true,
    };
    TaskDefinitionSpec {
        family: "shop-prod-web".to_owned(),
        cpu: Some(512),
        memory: Some(1024),
        network_mode: "awsvpc".to_owned(),
        requires_compatibilities: ["FARGATE".to_owned()].into_iter().collect(),
        runtime_platform: RuntimePlatform {
            cpu_architecture: "ARM64".to_owned(),
            operating_system_family: "LINUX".to_owned(),
        },
        pid_mode: Some("task".to_owned()),
        ipc_mode: None,
        placement_constraints: Set::default(),
        enable_fault_injection: true,
        ephemeral_storage: Some(40),
        task_role: Some("arn:aws:iam::444455556666:role/web".into()),
        execution_role: Some("arn:aws:iam::444455556666:role/execution".into()),
        containers: BTreeMap::from([
            ("app".to_owned(), full_container()),
            ("init".to_owned(), Container { essential: false, ..bare_container() }),
        ]),
        volumes: BTreeMap::from([
            ("scratch".to_owned(), Volume::default()),
            ("uploads".to_owned(), Volume { efs: Some(efs), ..Volume::default() }),
        ]),
        tags: Tags::from([("team".to_owned(), "web".into())]),
    }
}

pub(super) fn named<T>(name: &str, value: T) -> BTreeMap<String, T> {
    BTreeMap::from([(name.to_owned(), value)])
}

/// On EC2 with Linux: what Fargate does not have.
pub(super) fn instance_example() -> TaskDefinitionSpec {
    let docker = DockerVolume {
        scope: "shared".to_owned(),
        autoprovision: true,
        driver: "local".to_owned(),
        driver_opts: Environment::from([("type", "nfs")]),
        labels: named("team", "web".to_owned()),
    };
    let host = HostVolume { source_path: "/var/lib/data".to_owned() };
    let proxy = Container { memory_reservation: Some(64), ..bare_container() };
    TaskDefinitionSpec {
        cpu: None,
        memory: None,
        network_mode: "bridge".to_owned(),
        requires_compatibilities: words(["EC2"]),
        pid_mode: Some("host".to_owned()),
        ipc_mode: Some("task".to_owned()),
        placement_constraints: words(["attribute:ecs.instance-type =~ g5.*"]),
        enable_fault_injection: false,
        ephemeral_storage: None,
        containers: BTreeMap::from([
            ("app".to_owned(), instance_container()),
            ("proxy".to_owned(), proxy),
        ]),
        volumes: BTreeMap::from([
            ("data".to_owned(), Volume { host: Some(host), ..Volume::default() }),
            ("shared".to_owned(), Volume { docker: Some(docker), ..Volume::default() }),
        ]),
        ..full_example()
    }
}

fn instance_container() -> Container {
    let port = |host_port| Port { host_port, name: None, app_protocol: None };
    Container {
        memory: Some(512),
        ports: BTreeMap::from([
            ("8080/tcp".to_owned(), port(0)),
            ("9090/tcp".to_owned(), port(9091)),
        ]),
        mounts: named("/data", Mount { volume: "data".to_owned(), read_only: true }),
        volumes_from: named("proxy", VolumesFrom { read_only: true }),
        linux_parameters: LinuxParameters {
            init_process_enabled: false,
            capabilities: Capabilities::default(),
            devices: named(
                "/dev/fuse",
                Device {
                    container_path: "/dev/fuse0".to_owned(),
                    permissions: words(["read", "write"]),
                },
            ),
            max_swap: Some(1024),
            swappiness: Some(10),
            shared_memory_size: Some(128),
            tmpfs: named("/run", Tmpfs { size: 64, mount_options: words(["noexec"]) }),
        },
        gpu: Some("1".to_owned()),
        privileged: true,
        docker_security_options: words(["no-new-privileges"]),
        hostname: Some("app".to_owned()),
        extra_hosts: named("database", "10.0.0.5".to_owned()),
        dns_servers: vec!["10.0.0.2".to_owned(), "10.0.0.3".to_owned()],
        dns_search_domains: vec!["corp.example.com".to_owned()],
        links: words(["proxy:cache"]),
        disable_networking: true,
        logging: Some(Logging {
            driver: "json-file".to_owned(),
            group: None,
            options: Environment::from([("max-size", "10m")]),
            secret_options: BTreeMap::new(),
        }),
        ..bare_container()
    }
}

/// On EC2 with Windows.
pub(super) fn windows_example() -> TaskDefinitionSpec {
    let files = FsxWindowsVolume {
        file_system_id: "fs-0123456789abcdef0".to_owned(),
        root_directory: "share".to_owned(),
        credentials: "arn:aws:ssm:eu-west-1:444455556666:parameter/shop/domain".to_owned(),
        domain: "corp.example.com".to_owned(),
    };
    TaskDefinitionSpec {
        cpu: Some(1024),
        memory: Some(2048),
        network_mode: NAT.to_owned(),
        requires_compatibilities: words(["EC2"]),
        runtime_platform: RuntimePlatform {
            cpu_architecture: "X86_64".to_owned(),
            operating_system_family: "WINDOWS_SERVER_2022_CORE".to_owned(),
        },
        pid_mode: None,
        enable_fault_injection: false,
        ephemeral_storage: None,
        containers: named("app", bare_container()),
        volumes: named("files", Volume { fsx_windows: Some(files), ..Volume::default() }),
        ..full_example()
    }
}

/// On a machine of one's own.
pub(super) fn external_example() -> TaskDefinitionSpec {
    let port = Port { host_port: 8080, name: None, app_protocol: None };
    TaskDefinitionSpec {
        network_mode: "host".to_owned(),
        requires_compatibilities: words(["EXTERNAL"]),
        pid_mode: None,
        enable_fault_injection: false,
        ephemeral_storage: None,
        containers: named("app", Container { ports: named("8080/tcp", port), ..bare_container() }),
        volumes: BTreeMap::new(),
        ..full_example()
    }
}

fn words<const N: usize>(words: [&str; N]) -> Set<String> {
    words.into_iter().map(str::to_owned).collect()
}
