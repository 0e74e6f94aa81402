//! All documents of an application, decoded, by kind and name.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Checked;
use super::documents::common::{Lifecycle, Tags};
use super::documents::{
    Document, Kind, app, cluster, file_system, job, load_balancer, network, service, task_role,
};
use crate::manifest::node::{Node, Span};
use crate::manifest::problem::Problem;

/// A decoded document with what it was decoded from.
#[derive(Clone, Debug)]
pub struct Written<T> {
    pub document: T,
    pub node: Node,
}

impl<T> Written<T> {
    /// Where it is written, without what.
    pub fn at(&self) -> WrittenAt<'_> {
        WrittenAt { node: &self.node }
    }

    /// Where a value is written, by its JSON pointer.
    pub fn value(&self, pointer: &str) -> Span {
        self.node.value_span(pointer)
    }

    /// Where a key is written, by its JSON pointer.
    pub fn key(&self, pointer: &str) -> Span {
        self.node.key_span(pointer)
    }

    /// Where the document begins: its first key.
    pub fn origin(&self) -> Span {
        self.node.span.part(0..0)
    }

    /// The place of the document: its name.
    pub fn name_span(&self) -> Span {
        self.node.value_span("/name")
    }
}

/// Where a document is written, whatever its kind.
#[derive(Clone, Copy, Debug)]
pub struct WrittenAt<'a> {
    pub node: &'a Node,
}

impl WrittenAt<'_> {
    /// Where a value is written, by its JSON pointer.
    pub fn value(&self, pointer: &str) -> Span {
        self.node.value_span(pointer)
    }

    /// Where a key is written, by its JSON pointer.
    pub fn key(&self, pointer: &str) -> Span {
        self.node.key_span(pointer)
    }

    /// The place of the document: its name.
    pub fn name_span(&self) -> Span {
        self.value("/name")
    }
}

/// The documents of an application in one environment.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    pub app: Option<Written<app::App>>,
    pub networks: BTreeMap<String, Written<network::Network>>,
    pub clusters: BTreeMap<String, Written<cluster::Cluster>>,
    pub load_balancers: BTreeMap<String, Written<load_balancer::LoadBalancer>>,
    pub file_systems: BTreeMap<String, Written<file_system::FileSystem>>,
    pub task_roles: BTreeMap<String, Written<task_role::TaskRole>>,
    pub services: BTreeMap<String, Written<service::Service>>,
    pub jobs: BTreeMap<String, Written<job::Job>>,
    /// Documents that have mistakes: they are not among the others, but references to them are no mistakes.
    pub broken: BTreeSet<(Kind, String)>,
}

impl Manifests {
    /// Adds a document, unless there is one of that kind and name.
    pub fn add(&mut self, checked: Checked) -> Result<(), Problem> {
        let Checked { kind, document, node } = checked;
        match document {
            Document::App(document) => self.add_app(Written { document, node }),
            Document::Network(document) => {
                insert(&mut self.networks, kind, Written { document, node })
            }
            Document::Cluster(document) => {
                insert(&mut self.clusters, kind, Written { document, node })
            }
            Document::LoadBalancer(document) => {
                insert(&mut self.load_balancers, kind, Written { document, node })
            }
            Document::FileSystem(document) => {
                insert(&mut self.file_systems, kind, Written { document, node })
            }
            Document::TaskRole(document) => {
                insert(&mut self.task_roles, kind, Written { document, node })
            }
            Document::Service(document) => {
                insert(&mut self.services, kind, Written { document: *document, node })
            }
            Document::Job(document) => {
                insert(&mut self.jobs, kind, Written { document: *document, node })
            }
        }
    }

    fn add_app(&mut self, app: Written<app::App>) -> Result<(), Problem> {
        if let Some(first) = &self.app {
            let (first, second) = (first.name_span(), app.name_span());
            return Err(duplicate(Kind::App, &app.document.name, &first, &second));
        }
        self.app = Some(app);
        Ok(())
    }
}

fn insert<T: Headed>(
    documents: &mut BTreeMap<String, Written<T>>,
    kind: Kind,
    written: Written<T>,
) -> Result<(), Problem> {
    let name = written.document.header().name.to_owned();
    if let Some(first) = documents.get(&name) {
        return Err(duplicate(kind, &name, &first.name_span(), &written.name_span()));
    }
    documents.insert(name, written);
    Ok(())
}

fn duplicate(kind: Kind, name: &str, first: &Span, second: &Span) -> Problem {
    let (message, hint) = match kind {
        Kind::App => ("a second App document".to_owned(), "keep one App document"),
        Kind::Network
        | Kind::Cluster
        | Kind::LoadBalancer
        | Kind::FileSystem
        | Kind::TaskRole
        | Kind::Service
        | Kind::Job => (format!("a second {} named `{name}`", kind.noun()), "rename one of them"),
    };
    Problem::error("duplicate-name", message)
        .at(second, "this one")
        .at(first, "the first one")
        .hint(hint)
}

/// What every document but `App` says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    pub name: &'a str,
    pub aws_name: Option<&'a str>,
    pub tags: &'a Tags,
    pub lifecycle: &'a Lifecycle,
}

/// A document with a [`Header`].
pub trait Headed {
    fn header(&self) -> Header<'_>;
}

impl Headed for network::Network {
    fn header(&self) -> Header<'_> {
        Header { name: &self.name, aws_name: None, tags: &self.tags, lifecycle: &self.lifecycle }
    }
}

macro_rules! headed {
    ($($document:ty),*) => {$(
        impl Headed for $document {
            fn header(&self) -> Header<'_> {
                Header { name: &self.name, aws_name: self.aws_name.as_deref(), tags: &self.tags, lifecycle: &self.lifecycle }
            }
        }
    )*};
}

headed!(
    cluster::Cluster,
    load_balancer::LoadBalancer,
    file_system::FileSystem,
    task_role::TaskRole,
    service::Service,
    job::Job
);
