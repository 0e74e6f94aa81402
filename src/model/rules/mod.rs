//! What the schema cannot say: rules over several fields and several documents, one file per family.

mod borrowed_roles;
mod capacity;
mod certificates;
mod conditions;
mod containers;
mod definition_size;
mod dependencies;
mod deployment;
mod environment_values;
mod file_systems;
mod images;
mod listeners;
mod logging;
mod metric_math;
mod mounts;
mod names;
mod networks;
mod platform;
mod policy_size;
mod ports;
mod references;
mod roles;
mod routing;
mod scaling;
mod schedules;
mod size;
mod step_scaling;
mod table;
mod tags;

use super::documents::service as document;
use super::manifests::{Manifests, Written};
use super::resolved::service::{Container, Service};
use super::stack::Stack;
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
pub use table::Entry;

/// The rules of one subject.
struct Family {
    check: fn(&Scope<'_>) -> Vec<Problem>,
    table: &'static [Entry],
}

const FAMILIES: &[Family] = &[
    Family { check: references::check, table: &[] },
    Family { check: names::check, table: &[] },
    Family { check: tags::check, table: &[] },
    Family { check: size::check, table: &[] },
    Family { check: containers::check, table: &[] },
    Family { check: images::check, table: &[] },
    Family { check: definition_size::check, table: &[] },
    Family { check: ports::check, table: &[] },
    Family { check: environment_values::check, table: &[] },
    Family { check: mounts::check, table: &[] },
    Family { check: dependencies::check, table: &[] },
    Family { check: platform::check, table: &[] },
    Family { check: capacity::check, table: &[] },
    Family { check: networks::check, table: &[] },
    Family { check: listeners::check, table: &[] },
    Family { check: certificates::check, table: &[] },
    Family { check: routing::check, table: &[] },
    Family { check: conditions::check, table: &[] },
    Family { check: deployment::check, table: &[] },
    Family { check: scaling::check, table: scaling::TABLE },
    Family { check: metric_math::check, table: metric_math::TABLE },
    Family { check: step_scaling::check, table: step_scaling::TABLE },
    Family { check: schedules::check, table: schedules::TABLE },
    Family { check: file_systems::check, table: &[] },
    Family { check: roles::check, table: &[] },
    Family { check: policy_size::check, table: &[] },
    Family { check: borrowed_roles::check, table: &[] },
    Family { check: logging::check, table: &[] },
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
            Some(ServiceView { name, written, value: &stack.services.get(name)?.value })
        })
    }

    /// Applies a rule that is about one service.
    fn each_service(&self, rule: impl Fn(&ServiceView<'a>) -> Vec<Problem>) -> Vec<Problem> {
        self.services().flat_map(|service| rule(&service)).collect()
    }
}

/// A service as written and as it is meant.
struct ServiceView<'a> {
    name: &'a str,
    written: &'a Written<document::Service>,
    value: &'a Service,
}

impl<'a> ServiceView<'a> {
    fn document(&self) -> &'a document::Service {
        &self.written.document
    }

    fn containers(&self) -> impl Iterator<Item = ContainerView<'a>> + use<'a> {
        let written = self.written;
        let is_shorthand = written.document.image.is_some();
        self.value.task.containers.iter().enumerate().map(move |(index, container)| ContainerView {
            container,
            written,
            // With the shorthand, the container's fields are the service's.
            base: if is_shorthand { String::new() } else { format!("/containers/{index}") },
        })
    }
}

/// A container and where it is written.
struct ContainerView<'a> {
    container: &'a Container,
    written: &'a Written<document::Service>,
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
