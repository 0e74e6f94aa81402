//! The documents of a manifest as types, one file per kind.
//!
//! Their doc comments are what an editor shows; the JSON Schema is made from them (`model::schema`).

pub mod app;
pub mod authentication;
pub mod cluster;
pub mod common;
pub mod container;
pub mod decimal;
pub mod deployment;
mod either;
pub mod file_system;
pub mod instances;
pub mod job;
pub mod linux;
pub mod listener;
pub mod load_balancer;
pub mod logging;
pub mod metric;
pub mod network;
pub mod percent;
pub mod placement;
pub mod platform;
pub mod port_range;
pub mod routing;
pub mod rule;
pub mod scaling;
pub mod secret;
pub mod service;
pub mod target;
pub mod task_role;
pub mod units;
pub mod volume;
pub mod workload;

/// The kind of a document, in the order in which they are listed to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    App,
    Network,
    Cluster,
    LoadBalancer,
    FileSystem,
    TaskRole,
    Service,
    Job,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::App,
        Self::Network,
        Self::Cluster,
        Self::LoadBalancer,
        Self::FileSystem,
        Self::TaskRole,
        Self::Service,
        Self::Job,
    ];

    /// The value of `kind:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "App",
            Self::Network => "Network",
            Self::Cluster => "Cluster",
            Self::LoadBalancer => "LoadBalancer",
            Self::FileSystem => "FileSystem",
            Self::TaskRole => "TaskRole",
            Self::Service => "Service",
            Self::Job => "Job",
        }
    }

    /// The kind in words, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Network => "network",
            Self::Cluster => "cluster",
            Self::LoadBalancer => "load balancer",
            Self::FileSystem => "file system",
            Self::TaskRole => "task role",
            Self::Service => "service",
            Self::Job => "job",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A document of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    App(app::App),
    Network(network::Network),
    Cluster(cluster::Cluster),
    LoadBalancer(load_balancer::LoadBalancer),
    FileSystem(file_system::FileSystem),
    TaskRole(task_role::TaskRole),
    Service(Box<service::Service>),
    Job(Box<job::Job>),
}
