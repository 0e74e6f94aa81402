//! What is checked: a stack as it is meant and as it is written, in an account; all of it, or a part.

use std::collections::BTreeSet;

use super::Subject;
use crate::facts::Facts;
use crate::manifest::node::Span;
use crate::model::documents;
use crate::model::manifests::{Manifests, Written, WrittenAt};
use crate::model::resolved::classic_load_balancer::ClassicLoadBalancer;
use crate::model::resolved::load_balancer::LoadBalancer;
use crate::model::resolved::service::{Container, Service, Target};
use crate::model::resolved::workload::Workload;
use crate::model::stack::{Resource, Stack};
use crate::value::Address;

/// How much is checked.
#[derive(Clone, Debug)]
pub struct Extent {
    pub subjects: &'static [Subject],
    /// Only what these documents need, such as `service/web`; none is all.
    pub documents: Option<BTreeSet<Address>>,
}

impl Extent {
    /// Everything there is to check.
    pub fn all() -> Self {
        Self { subjects: Subject::ALL, documents: None }
    }

    /// What little calls tell of some documents, and of the load balancers of services among them,
    /// whose certificates must cover the services' hosts.
    pub fn cheap(mut documents: BTreeSet<Address>, stack: &Stack) -> Self {
        let is_one = |name: &str| documents.contains(&Address::new("service", name));
        let services = stack.services.values().filter(|service| is_one(&service.name));
        let targets = services.flat_map(|service| &service.value.load_balancers);
        let balancers: Vec<Address> =
            targets.map(|target| Address::new("load-balancer", &target.load_balancer)).collect();
        documents.extend(balancers);
        Self { subjects: Subject::CHEAP, documents: Some(documents) }
    }

    fn has(&self, kind: &str, name: &str) -> bool {
        let is_one = |documents: &BTreeSet<Address>| documents.contains(&Address::new(kind, name));
        self.documents.as_ref().is_none_or(is_one)
    }
}

/// A stack in its surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub stack: &'a Stack,
    pub manifests: &'a Manifests,
    pub facts: &'a Facts,
    pub extent: &'a Extent,
}

impl<'a> Scene<'a> {
    pub(super) fn subjects(&self) -> impl Iterator<Item = &'static Subject> + use<> {
        self.extent.subjects.iter()
    }

    /// Those that are checked.
    pub(super) fn workloads(self) -> impl Iterator<Item = WorkloadView<'a>> {
        let is_checked =
            move |it: &WorkloadView<'_>| self.extent.has(it.value.kind.noun(), it.name());
        self.all_workloads().filter(is_checked)
    }

    pub(super) fn all_workloads(self) -> impl Iterator<Item = WorkloadView<'a>> {
        let services = self.stack.services.values().map(move |service| {
            let written = self.manifests.services.get(&service.name);
            WorkloadView {
                value: Workload::from(service),
                service: Some(&service.value),
                is_shorthand: written.is_some_and(|written| written.document.image.is_some()),
                written: written.map(Written::at),
            }
        });
        let jobs = self.stack.jobs.values().map(move |job| {
            let written = self.manifests.jobs.get(&job.name);
            WorkloadView {
                value: Workload::from(job),
                service: None,
                is_shorthand: written.is_some_and(|written| written.document.image.is_some()),
                written: written.map(Written::at),
            }
        });
        services.chain(jobs)
    }

    pub(super) fn load_balancers(self) -> impl Iterator<Item = LoadBalancerView<'a>> {
        let balancers = self.stack.load_balancers.values();
        balancers.filter(move |balancer| self.extent.has("load-balancer", &balancer.name)).map(
            move |balancer| View {
                resource: balancer,
                written: self.manifests.load_balancers.get(&balancer.name),
            },
        )
    }

    /// Those of the generation before.
    pub(super) fn classic_load_balancers(self) -> impl Iterator<Item = ClassicView<'a>> {
        let balancers = self.stack.classic_load_balancers.values();
        balancers.filter(move |balancer| self.extent.has("load-balancer", &balancer.name)).map(
            move |balancer| View {
                resource: balancer,
                written: self.manifests.load_balancers.get(&balancer.name),
            },
        )
    }

    pub(super) fn containers(self) -> impl Iterator<Item = ContainerView<'a>> {
        self.workloads().flat_map(WorkloadView::containers)
    }
}

/// A service or a job as it is meant and as it is written.
#[derive(Clone, Copy)]
pub(super) struct WorkloadView<'a> {
    pub(super) value: Workload<'a>,
    /// None of a job.
    pub(super) service: Option<&'a Service>,
    written: Option<WrittenAt<'a>>,
    is_shorthand: bool,
}

impl<'a> WorkloadView<'a> {
    pub(super) fn name(&self) -> &'a str {
        self.value.name
    }

    pub(super) fn load_balancers(&self) -> &'a [Target] {
        self.service.map_or(&[], |service| &service.load_balancers)
    }

    /// Where a value is written, or what is nearest to it.
    pub(super) fn place(&self, pointer: &str) -> Option<Span> {
        self.written.map(|written| written.value(pointer))
    }

    pub(super) fn name_place(&self) -> Option<Span> {
        self.written.map(|written| written.name_span())
    }

    fn containers(self) -> impl Iterator<Item = ContainerView<'a>> {
        let containers = self.value.task.containers.iter().enumerate();
        containers.map(move |(index, container)| ContainerView {
            service: self,
            container,
            // With the shorthand, the container's fields are the document's.
            base: if self.is_shorthand { String::new() } else { format!("/containers/{index}") },
        })
    }
}

/// A container and where it is written.
pub(super) struct ContainerView<'a> {
    pub(super) service: WorkloadView<'a>,
    pub(super) container: &'a Container,
    base: String,
}

impl ContainerView<'_> {
    pub(super) fn place(&self, pointer: &str) -> Option<Span> {
        self.service.place(&format!("{}{pointer}", self.base))
    }
}

pub(super) type LoadBalancerView<'a> = View<'a, LoadBalancer>;
pub(super) type ClassicView<'a> = View<'a, ClassicLoadBalancer>;

/// A load balancer that ecsctl makes, and where it is written.
pub(super) struct View<'a, T> {
    pub(super) resource: &'a Resource<T>,
    written: Option<&'a Written<documents::load_balancer::LoadBalancer>>,
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for View<'_, T> {}

impl<T> View<'_, T> {
    pub(super) fn place(&self, pointer: &str) -> Option<Span> {
        self.written.map(|written| written.value(pointer))
    }

    pub(super) fn name_place(&self) -> Option<Span> {
        self.written.map(Written::name_span)
    }
}

/// A JSON pointer's form of a key.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
