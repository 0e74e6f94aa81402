//! A small stack, built by hand, for tests of what kinds derive from one.

use std::collections::BTreeMap;

use crate::facts::{Facts, NetworkFacts, Subnet};
use crate::model::resolved::file_system::{
    FileSystem, FileSystemSource, ManagedFileSystem, PerformanceMode, ThroughputMode,
};
use crate::model::resolved::service::{
    AppProtocol, Capacity, CircuitBreaker, Container, CpuArchitecture, DependencyCondition,
    EfsVolume, ExecutionRole, LaunchType, LogGroup, Logging, OperatingSystemFamily, PortMapping,
    Priority, PropagateTags, ProtocolVersion, Rule, Scaling, SecretId, SecretReference, Service,
    ServiceNetwork, Target, TargetHealthCheck, Task, TaskRoleReference, TransportProtocol, Ulimit,
    UlimitName, Volume,
};
use crate::model::stack::{Lifecycle, Resource, Stack};

/// The service `web` of `shop` in `prod`: load balanced, scaled, with two file systems.
pub(crate) fn shop() -> Stack {
    let mut stack =
        Stack { app: "shop".to_owned(), environment: "prod".to_owned(), ..Stack::default() };
    stack.services.insert("web".to_owned(), resource("web", service()));
    stack.file_systems.insert("uploads".to_owned(), resource("uploads", managed()));
    stack.file_systems.insert("shared".to_owned(), resource("shared", existing()));
    stack
}

/// The account of [`crate::laws::facts`], with the network `main` in two zones.
pub(crate) fn facts() -> Facts {
    let subnet = |zone: &str| Subnet {
        id: format!("subnet-{zone}"),
        availability_zone: format!("eu-west-1{zone}"),
        is_public: true,
    };
    let network = NetworkFacts {
        vpc: "vpc-1".to_owned(),
        subnets: vec![subnet("a"), subnet("b")],
        load_balancer_subnets: vec![subnet("a"), subnet("b")],
    };
    let networks = BTreeMap::from([("main".to_owned(), network)]);
    Facts { networks, ..crate::laws::facts() }
}

fn resource<T>(name: &str, value: T) -> Resource<T> {
    Resource {
        name: name.to_owned(),
        origin: None,
        physical_name: format!("shop-prod-{name}"),
        lifecycle: Lifecycle::default(),
        tags: BTreeMap::new(),
        value,
    }
}

fn service() -> Service {
    Service {
        cluster: "main".to_owned(),
        capacity: Capacity::LaunchType(LaunchType::Fargate),
        platform_version: "LATEST".to_owned(),
        desired_count: 1,
        task: task(),
        network: ServiceNetwork {
            network: "main".to_owned(),
            assign_public_ip: true,
            security_group_name: "shop-prod-service-web".to_owned(),
            security_groups: vec!["sg-extra".to_owned()],
        },
        load_balancers: vec![target()],
        minimum_healthy_percent: 100,
        maximum_percent: 200,
        circuit_breaker: CircuitBreaker { enable: true, rollback: true },
        health_check_grace_period: Some(60),
        enable_execute_command: false,
        propagate_tags: PropagateTags::Service,
        availability_zone_rebalancing: true,
        scaling: Some(Scaling { min: 2, max: 10, target_tracking: vec![] }),
    }
}

fn task() -> Task {
    Task {
        family: "shop-prod-web".to_owned(),
        cpu: 256,
        memory: 512,
        cpu_architecture: CpuArchitecture::Arm,
        operating_system_family: OperatingSystemFamily::Linux,
        ephemeral_storage: None,
        task_role: Some(TaskRoleReference::Name("web".to_owned())),
        execution_role: ExecutionRole::Managed {
            name: "shop-prod-web-execution".to_owned(),
            path: "/ecsctl/shop/prod/".to_owned(),
        },
        containers: vec![container()],
        volumes: BTreeMap::from([
            ("scratch".to_owned(), Volume::Shared),
            ("uploads".to_owned(), efs("uploads", Some("web"))),
            ("shared".to_owned(), efs("shared", None)),
        ]),
        logging: Logging::CloudWatch {
            group: LogGroup::Managed { name: "/ecsctl/shop/prod/web".to_owned(), retention: 30 },
            stream_prefix: "web".to_owned(),
            options: BTreeMap::new(),
            secret_options: BTreeMap::new(),
        },
    }
}

fn container() -> Container {
    Container {
        name: "app".to_owned(),
        image: "shop-web:1".to_owned(),
        essential: true,
        cpu: 0,
        memory: None,
        memory_reservation: None,
        command: vec![],
        entry_point: vec![],
        working_directory: None,
        user: None,
        ports: vec![PortMapping {
            container_port: 8080,
            protocol: TransportProtocol::Tcp,
            name: Some("http".to_owned()),
            app_protocol: Some(AppProtocol::Http),
        }],
        environment: BTreeMap::from([("LOG_LEVEL".to_owned(), "info".to_owned())]),
        secrets: secrets(),
        environment_files: vec![],
        health_check: None,
        depends_on: BTreeMap::from([("init".to_owned(), DependencyCondition::Success)]),
        mounts: vec![],
        readonly_root_filesystem: false,
        stop_timeout: None,
        start_timeout: None,
        docker_labels: BTreeMap::new(),
        ulimits: BTreeMap::from([(UlimitName::Nofile, Ulimit { soft: 1024, hard: 2048 })]),
        init_process_enabled: false,
        repository_credentials: Some(secret("registry", None, None)),
    }
}

fn secrets() -> BTreeMap<String, SecretReference> {
    BTreeMap::from([
        ("DB".to_owned(), SecretReference::Ssm { id: SecretId::Name("/shop/db".to_owned()) }),
        ("WHOLE".to_owned(), secret("shop/api", None, None)),
        ("KEYED".to_owned(), secret("shop/api", Some("key"), None)),
        ("STAGED".to_owned(), secret("shop/api", None, Some("AWSPREVIOUS"))),
    ])
}

fn secret(name: &str, json_key: Option<&str>, version_stage: Option<&str>) -> SecretReference {
    SecretReference::SecretsManager {
        id: SecretId::Name(name.to_owned()),
        json_key: json_key.map(str::to_owned),
        version_stage: version_stage.map(str::to_owned),
        version_id: None,
    }
}

fn efs(file_system: &str, access_point: Option<&str>) -> Volume {
    Volume::Efs(EfsVolume {
        file_system: file_system.to_owned(),
        access_point: access_point.map(str::to_owned),
        root_directory: "/".to_owned(),
        transit_encryption: true,
        iam: false,
    })
}

fn target() -> Target {
    Target {
        target_group_name: "shop-prod-web".to_owned(),
        load_balancer: "public".to_owned(),
        listener: "https".to_owned(),
        container: "app".to_owned(),
        container_port: 8080,
        rule: Rule { priority: Priority::Explicit(1), hosts: vec![], paths: vec!["/*".to_owned()] },
        health_check: TargetHealthCheck {
            path: "/".to_owned(),
            interval: 30,
            timeout: 5,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            matcher: "200".to_owned(),
        },
        protocol_version: ProtocolVersion::Http1,
        deregistration_delay: 60,
        stickiness: None,
        attributes: BTreeMap::new(),
    }
}

fn managed() -> FileSystem {
    let source = FileSystemSource::Managed(ManagedFileSystem {
        network: "main".to_owned(),
        creation_token: "shop-prod-uploads".to_owned(),
        security_group_name: "shop-prod-fs-uploads".to_owned(),
        encrypted: true,
        kms_key: None,
        performance_mode: PerformanceMode::default(),
        throughput_mode: ThroughputMode::default(),
        provisioned_throughput: None,
        to_infrequent_access: None,
        to_archive: None,
        to_primary: false,
        backup: false,
    });
    FileSystem { source, access_points: BTreeMap::new() }
}

fn existing() -> FileSystem {
    let source = FileSystemSource::Existing {
        file_system_id: "fs-existing".to_owned(),
        security_group: None,
    };
    FileSystem { source, access_points: BTreeMap::new() }
}
