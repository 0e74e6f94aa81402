//! What the schema cannot say: rules over several fields and several documents, one file per family.

mod authentication;
mod barred;
mod block_devices;
mod borrowed_roles;
mod bounds;
mod capacity;
mod capacity_providers;
mod certificates;
mod classic_load_balancers;
mod companions;
mod conditions;
mod containers;
mod definition_size;
mod dependencies;
mod deployment;
mod entries;
mod environment_values;
mod existing_load_balancers;
mod external;
mod fargate;
mod file_systems;
mod forwards;
mod images;
mod instances;
mod jobs;
mod lifecycle_hooks;
mod listener_rules;
mod listeners;
mod logging;
mod metric_math;
mod mounts;
mod names;
mod network_load_balancers;
mod network_mode;
mod networks;
mod on_instances;
mod placement;
mod platform;
mod policy_size;
mod ports;
mod redirects;
mod references;
mod roles;
mod routing;
mod scaling;
mod schedules;
mod scheduling;
mod shared_services;
mod size;
mod step_scaling;
mod strategies;
mod table;
mod tags;
mod target_groups;
mod windows;

use super::documents::{service as document, workload};
use super::manifests::{Manifests, Written, WrittenAt};
use super::resolved::service::{Container, Service};
use super::resolved::workload::Workload;
use super::stack::{Resource, Stack};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
pub use table::Entry;

/// The rules of one subject.
struct Family {
    check: fn(&Scope<'_>) -> Vec<Problem>,
    table: &'static [Entry],
}

const FAMILIES: &[Family] = &[
    Family { check: |_| vec![], table: bounds::TABLE },
    Family { check: references::check, table: references::TABLE },
    Family { check: names::check, table: names::TABLE },
    Family { check: jobs::check, table: jobs::TABLE },
    Family { check: tags::check, table: tags::TABLE },
    Family { check: size::check, table: size::TABLE },
    Family { check: containers::check, table: containers::TABLE },
    Family { check: images::check, table: images::TABLE },
    Family { check: definition_size::check, table: &[] },
    Family { check: ports::check, table: ports::TABLE },
    Family { check: environment_values::check, table: environment_values::TABLE },
    Family { check: mounts::check, table: mounts::TABLE },
    Family { check: dependencies::check, table: dependencies::TABLE },
    Family { check: platform::check, table: platform::TABLE },
    Family { check: capacity::check, table: capacity::TABLE },
    Family { check: external::check, table: external::TABLE },
    Family { check: scheduling::check, table: scheduling::TABLE },
    Family { check: placement::check, table: placement::TABLE },
    Family { check: instances::check, table: instances::TABLE },
    Family { check: capacity_providers::check, table: capacity_providers::TABLE },
    Family { check: block_devices::check, table: block_devices::TABLE },
    Family { check: companions::check, table: companions::TABLE },
    Family { check: barred::check, table: on_instances::TABLE },
    Family { check: fargate::check, table: fargate::TABLE },
    Family { check: windows::check, table: windows::TABLE },
    Family { check: network_mode::check, table: network_mode::TABLE },
    Family { check: networks::check, table: networks::TABLE },
    Family { check: classic_load_balancers::check, table: classic_load_balancers::TABLE },
    Family { check: listeners::check, table: listeners::TABLE },
    Family { check: certificates::check, table: certificates::TABLE },
    Family { check: network_load_balancers::check, table: network_load_balancers::TABLE },
    Family { check: existing_load_balancers::check, table: existing_load_balancers::TABLE },
    Family { check: target_groups::check, table: target_groups::TABLE },
    Family { check: routing::check, table: routing::TABLE },
    Family { check: conditions::check, table: conditions::TABLE },
    Family { check: deployment::check, table: deployment::TABLE },
    Family { check: forwards::check, table: forwards::TABLE },
    Family { check: entries::check, table: entries::TABLE },
    Family { check: redirects::check, table: redirects::TABLE },
    Family { check: authentication::check, table: authentication::TABLE },
    Family { check: strategies::check, table: strategies::TABLE },
    Family { check: lifecycle_hooks::check, table: lifecycle_hooks::TABLE },
    Family { check: shared_services::check, table: shared_services::TABLE },
    Family { check: scaling::check, table: scaling::TABLE },
    Family { check: file_systems::check, table: file_systems::TABLE },
    Family { check: roles::check, table: roles::TABLE },
    Family { check: metric_math::check, table: metric_math::TABLE },
    Family { check: step_scaling::check, table: step_scaling::TABLE },
    Family { check: schedules::check, table: schedules::TABLE },
    Family { check: policy_size::check, table: &[] },
    Family { check: borrowed_roles::check, table: borrowed_roles::TABLE },
    Family { check: logging::check, table: logging::TABLE },
];

/// Runs all rules.
pub fn check(manifests: &Manifests, stack: &Stack) -> Vec<Problem> {
    let scope = Scope { manifests, stack };
    FAMILIES.iter().flat_map(|family| (family.check)(&scope)).collect()
}

/// Every rule, family by family.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    FAMILIES.iter().flat_map(|family| family.table)
}

/// What a rule looks at: the documents for what was written and where, the stack for what it means.
struct Scope<'a> {
    manifests: &'a Manifests,
    stack: &'a Stack,
}

impl<'a> Scope<'a> {
    fn services(&self) -> impl Iterator<Item = ServiceView<'a>> + use<'a> {
        let stack = self.stack;
        self.manifests.services.iter().filter_map(|(name, written)| {
            let resource = stack.services.get(name)?;
            Some(ServiceView { name, written, resource, value: &resource.value })
        })
    }

    /// The services, then the jobs.
    fn workloads(&self) -> impl Iterator<Item = WorkloadView<'a>> + use<'a> {
        self.services().map(|service| service.workload()).chain(self.jobs())
    }

    fn jobs(&self) -> impl Iterator<Item = WorkloadView<'a>> + use<'a> {
        let stack = self.stack;
        self.manifests.jobs.iter().filter_map(|(name, written)| {
            Some(WorkloadView::of(name, written, stack.jobs.get(name)?))
        })
    }

    /// Applies a rule that is about one task, a service's or a job's.
    fn each_workload(&self, rule: impl Fn(&WorkloadView<'a>) -> Vec<Problem>) -> Vec<Problem> {
        self.workloads().flat_map(|workload| rule(&workload)).collect()
    }

    /// Applies a rule that is about one service.
    fn each_service(&self, rule: impl Fn(&ServiceView<'a>) -> Vec<Problem>) -> Vec<Problem> {
        self.services().flat_map(|service| rule(&service)).collect()
    }
}

/// A service as written and as it is meant.
#[derive(Clone, Copy)]
struct ServiceView<'a> {
    name: &'a str,
    written: &'a Written<document::Service>,
    resource: &'a Resource<Service>,
    value: &'a Service,
}

impl<'a> ServiceView<'a> {
    fn document(&self) -> &'a document::Service {
        &self.written.document
    }

    fn containers(&self) -> impl Iterator<Item = ContainerView<'a>> + use<'a> {
        self.workload().containers()
    }

    /// What it has in common with jobs.
    fn workload(&self) -> WorkloadView<'a> {
        WorkloadView::of(self.name, self.written, self.resource)
    }
}

/// A service or a job, as written and as it is meant.
#[derive(Clone, Copy)]
struct WorkloadView<'a> {
    name: &'a str,
    document: workload::Workload<'a>,
    written: WrittenAt<'a>,
    value: Workload<'a>,
}

impl<'a> WorkloadView<'a> {
    fn of<D, R>(name: &'a str, written: &'a Written<D>, resource: &'a Resource<R>) -> Self
    where
        workload::Workload<'a>: From<&'a D>,
        Workload<'a>: From<&'a Resource<R>>,
    {
        let document = (&written.document).into();
        Self { name, document, written: written.at(), value: resource.into() }
    }

    fn document(&self) -> &workload::Workload<'a> {
        &self.document
    }

    /// `service` or `job`.
    fn noun(&self) -> &'static str {
        self.value.kind.noun()
    }

    fn containers(&self) -> impl Iterator<Item = ContainerView<'a>> + use<'a> {
        let written = self.written;
        let is_shorthand = self.document.image.is_some();
        self.value.task.containers.iter().enumerate().map(move |(index, container)| ContainerView {
            container,
            written,
            // With the shorthand, the container's fields are the document's.
            base: if is_shorthand { String::new() } else { format!("/containers/{index}") },
        })
    }
}

/// A container and where it is written.
struct ContainerView<'a> {
    container: &'a Container,
    written: WrittenAt<'a>,
    base: String,
}

impl ContainerView<'_> {
    fn value(&self, pointer: &str) -> Span {
        self.written.value(&format!("{}{pointer}", self.base))
    }

    fn key(&self, pointer: &str) -> Span {
        self.written.key(&format!("{}{pointer}", self.base))
    }

    fn name_span(&self) -> Span {
        self.value("/name")
    }
}

/// A time field with its bounds in seconds.
struct Bounds {
    field: &'static str,
    least: u32,
    most: u32,
}

/// Whether a time or number is within what AWS takes.
fn within(bounds: &Bounds, value: Option<u32>, place: impl Fn() -> Span) -> Option<Problem> {
    let Bounds { field, least, most } = bounds;
    let value = value.filter(|value| !(*least..=*most).contains(value))?;
    let message = format!("`{field}` must be between {least} and {most}, but is {value}");
    Some(
        Problem::error("out-of-range", message).at(&place(), format!("expected {least} to {most}")),
    )
}

/// A JSON pointer's form of a key.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
