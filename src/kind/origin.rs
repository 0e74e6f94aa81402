//! Where a desired row comes from, and what it gets from there: tags, protection, ignored changes.

use std::collections::BTreeMap;

use super::contract::{Desired, Manifest};
use super::marks::{Scope, Tags};
use crate::model::resolved::workload::Workload;
use crate::model::stack::{Lifecycle, Resource, Stack};
use crate::value::Address;

/// One manifest document as the source of rows.
#[derive(Debug)]
pub struct Origin<'a> {
    scope: Scope,
    manifest: Manifest,
    lifecycle: &'a Lifecycle,
    tags: &'a BTreeMap<String, String>,
}

impl Scope {
    pub fn of(stack: &Stack) -> Self {
        Self { app: stack.app.clone(), environment: stack.environment.clone() }
    }
}

impl<'a> Origin<'a> {
    /// `kind` is the document's kind as addresses spell it: `load-balancer`.
    pub fn of<T>(stack: &Stack, kind: &str, resource: &'a Resource<T>) -> Self {
        let address = Address::new(kind, &resource.name);
        Self {
            scope: Scope::of(stack),
            manifest: Manifest { address, origin: resource.origin.clone() },
            lifecycle: &resource.lifecycle,
            tags: &resource.tags,
        }
    }

    /// The document of a service or a job.
    pub fn of_workload(stack: &Stack, workload: Workload<'a>) -> Self {
        let address = Address::new(workload.kind.noun(), workload.name);
        Self {
            scope: Scope::of(stack),
            manifest: Manifest { address, origin: workload.origin.cloned() },
            lifecycle: workload.lifecycle,
            tags: workload.tags,
        }
    }

    /// The tags of something that comes along with the document: the document's own, and those that
    /// say whose it is.
    pub fn tags(&self, kind: &str, name: &str) -> Tags {
        self.scope.tags(&self.manifest, &Address::new(kind, name), false, self.tags)
    }

    /// The tags of what the document mainly stands for: those, and its protection.
    pub fn main_tags(&self, kind: &str, name: &str) -> Tags {
        self.scope.tags(
            &self.manifest,
            &Address::new(kind, name),
            self.lifecycle.protect,
            self.tags,
        )
    }

    /// The row of what the document mainly stands for: it is the one that `lifecycle.protect` is about.
    pub fn main<S>(&self, name: &str, spec: S) -> Desired<S> {
        Desired { protect: self.lifecycle.protect, ..self.part(name, spec) }
    }

    /// A row of something that comes along with the document.
    pub fn part<S>(&self, name: &str, spec: S) -> Desired<S> {
        let ignore = self.lifecycle.ignore_changes.iter();
        Desired {
            name: name.to_owned(),
            spec,
            manifest: self.manifest.clone(),
            protect: false,
            after: vec![],
            ignore: ignore
                .map(|path| (path.clone(), "in lifecycle.ignoreChanges".to_owned()))
                .collect(),
        }
    }
}
