//! A small resolved stack, and ground to observe from, for the tests of kinds.

use std::collections::BTreeMap;

use crate::aws::Aws;
use crate::facts::{Facts, NetworkFacts};
use crate::kind::{Scope, Survey};
use crate::model::documents::service::{
    CircuitBreaker, CpuArchitecture, LaunchType, OperatingSystemFamily, PropagateTags,
};
use crate::model::resolved::cluster::{Cluster, ContainerInsights};
use crate::model::resolved::load_balancer::{
    DefaultAction, Listener, ListenerProtocol, LoadBalancer, Scheme,
};
use crate::model::resolved::service::{
    Capacity, Container, ExecutionRole, LogGroup, Logging, Priority, ProtocolVersion, Rule,
    Service, ServiceNetwork, Target, TargetHealthCheck, Task,
};
use crate::model::stack::{Lifecycle, Resource, Stack};

pub(crate) fn resource<T>(name: &str, value: T) -> (String, Resource<T>) {
    let resource = Resource {
        name: name.to_owned(),
        origin: None,
        physical_name: format!("shop-prod-{name}"),
        lifecycle: Lifecycle::default(),
        tags: BTreeMap::new(),
        value,
    };
    (name.to_owned(), resource)
}

/// `web` behind the load balancer `public`, on the cluster `main`.
pub(crate) fn stack() -> Stack {
    Stack {
        app: "shop".to_owned(),
        environment: "prod".to_owned(),
        clusters: BTreeMap::from([resource("main", cluster())]),
        load_balancers: BTreeMap::from([resource("public", load_balancer())]),
        services: BTreeMap::from([resource("web", service("web"))]),
        ..Stack::default()
    }
}

pub(crate) fn cluster() -> Cluster {
    Cluster {
        container_insights: ContainerInsights::Disabled,
        capacity_providers: vec![],
        default_strategy: vec![],
        execute_command: None,
    }
}

pub(crate) fn load_balancer() -> LoadBalancer {
    LoadBalancer {
        scheme: Scheme::InternetFacing,
        network: "main".to_owned(),
        security_group_name: "shop-prod-public-lb".to_owned(),
        security_groups: vec![],
        ingress: vec!["0.0.0.0/0".to_owned()],
        listeners: vec![Listener {
            name: "http".to_owned(),
            protocol: ListenerProtocol::Http,
            port: 80,
            tls: None,
            default_action: DefaultAction::Redirect {
                protocol: ListenerProtocol::Https,
                port: 443,
                status: 301,
            },
        }],
        idle_timeout: 60,
        deletion_protection: false,
        attributes: BTreeMap::new(),
    }
}

pub(crate) fn service(name: &str) -> Service {
    Service {
        cluster: "main".to_owned(),
        capacity: Capacity::LaunchType(LaunchType::Fargate),
        platform_version: "LATEST".to_owned(),
        desired_count: 1,
        task: Task {
            family: format!("shop-prod-{name}"),
            cpu: 256,
            memory: 512,
            cpu_architecture: CpuArchitecture::X86,
            operating_system_family: OperatingSystemFamily::Linux,
            ephemeral_storage: None,
            task_role: None,
            execution_role: ExecutionRole::Managed {
                name: format!("shop-prod-{name}-execution"),
                path: "/ecsctl/shop/prod/".to_owned(),
            },
            containers: vec![container("app", "nginx:1")],
            volumes: BTreeMap::new(),
            logging: Logging::CloudWatch {
                group: LogGroup::Managed {
                    name: format!("/ecsctl/shop/prod/{name}"),
                    retention: 30,
                },
                stream_prefix: name.to_owned(),
                options: BTreeMap::new(),
                secret_options: BTreeMap::new(),
            },
        },
        network: ServiceNetwork {
            network: "main".to_owned(),
            assign_public_ip: false,
            security_group_name: format!("shop-prod-{name}"),
            security_groups: vec![],
        },
        load_balancers: vec![target(8080)],
        minimum_healthy_percent: 100,
        maximum_percent: 200,
        circuit_breaker: CircuitBreaker::default(),
        health_check_grace_period: None,
        enable_execute_command: false,
        propagate_tags: PropagateTags::Service,
        availability_zone_rebalancing: true,
        scaling: None,
    }
}

pub(crate) fn container(name: &str, image: &str) -> Container {
    Container {
        name: name.to_owned(),
        image: image.to_owned(),
        essential: true,
        cpu: 0,
        memory: None,
        memory_reservation: None,
        command: vec![],
        entry_point: vec![],
        working_directory: None,
        user: None,
        ports: vec![],
        environment: BTreeMap::new(),
        secrets: BTreeMap::new(),
        environment_files: vec![],
        health_check: None,
        depends_on: BTreeMap::new(),
        mounts: vec![],
        readonly_root_filesystem: false,
        stop_timeout: None,
        start_timeout: None,
        docker_labels: BTreeMap::new(),
        ulimits: BTreeMap::new(),
        init_process_enabled: false,
        repository_credentials: None,
    }
}

fn target(port: u16) -> Target {
    Target {
        target_group_name: "shop-prod-web-0".to_owned(),
        load_balancer: "public".to_owned(),
        listener: "http".to_owned(),
        container: "app".to_owned(),
        container_port: port,
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
        deregistration_delay: 300,
        stickiness: None,
        attributes: BTreeMap::new(),
    }
}

pub(crate) fn scope() -> Scope {
    Scope { app: "shop".to_owned(), environment: "prod".to_owned() }
}

/// Account 444455556666 in eu-west-1, where the network `main` is `vpc-1`.
pub(crate) fn facts() -> Facts {
    let network =
        NetworkFacts { vpc: "vpc-1".to_owned(), subnets: vec![], load_balancer_subnets: vec![] };
    let networks = BTreeMap::from([("main".to_owned(), network)]);
    Facts { networks, ..crate::laws::facts() }
}

/// What a kind observes with; no rows of other kinds are there to ask for.
pub(crate) fn survey<'a>(aws: &'a Aws, scope: &'a Scope, facts: &'a Facts) -> Survey<'a> {
    Survey::new(aws, scope, facts, &[], &[], false)
}
