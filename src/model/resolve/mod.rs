//! Documents to a stack: variables, the environment's differences, defaults, references.
//!
//! What the functions below `resolve` make is total and silent: a dangling reference keeps its name, and the rules say
//! what is wrong, so that all problems come at once.

mod classic_load_balancer;
mod cluster;
mod container;
mod deployment;
mod environment;
mod file_system;
mod final_values;
mod instances;
mod job;
mod load_balancer;
mod network;
mod rule;
mod scaling;
mod service;
mod target;
mod task;
mod task_role;
#[cfg(test)]
mod tests;
mod user_data;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Checked, check, check_overlays, kind_of, retype, start, variable_places};
use super::documents::Kind;
use super::documents::common::{Tags, Text};
use super::manifests::{Headed, Manifests, Written};
use super::names::{self, Limit, Names};
use super::overlay::overlay;
use super::rules;
use super::secret_names::is_secret;
use super::stack::{Lifecycle, Resource, Stack};
use super::variables::{Variables, substitute, variables_in};
use crate::manifest::node::Node;
use crate::manifest::problem::{Problem, Severity};
pub use environment::application_name;
pub use final_values::{FinalDocument, FinalValue, Origin, final_values};

/// What a stack is resolved from.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    pub documents: Vec<Node>,
    /// The last part of the manifest directory's path: the name of an application without an App document.
    pub directory_name: &'a str,
    /// `-e`
    pub environment: Option<&'a str>,
    /// All but those of the App, which are added here.
    pub variables: Variables,
}

/// Resolves the stack of one environment, with warnings, or everything that is wrong.
pub fn resolve(input: Input<'_>) -> Result<(Stack, Vec<Problem>), Vec<Problem>> {
    resolve_with_manifests(input).map(|(stack, _, warnings)| (stack, warnings))
}

/// The same, with the documents, which say where everything is written.
pub fn resolve_with_manifests(
    input: Input<'_>,
) -> Result<(Stack, Manifests, Vec<Problem>), Vec<Problem>> {
    let setting = Setting::of(&input.documents, input.environment, input.variables)
        .map_err(|problem| vec![problem])?;
    let app = app(&input.documents);
    let app_name =
        environment::app_name(app, input.directory_name).map_err(|problem| vec![problem])?;

    let mut problems = environment::undeclared(app, &input.documents);
    let manifests = decode_all(input.documents, &setting, &mut problems);
    let context = Context::new(&manifests, app_name, setting.environment);
    let stack = context.stack();
    problems.extend(rules::check(&manifests, &stack));
    let (stack, warnings) = finish(stack, problems)?;
    Ok((stack, manifests, warnings))
}

/// The names of the application's environments, in the order of the App.
pub fn environments(documents: &[Node]) -> Vec<String> {
    environment::names(app(documents))
}

/// The values of the variables that documents use and whose names promise secrets.
pub fn secrets(
    documents: &[Node],
    environment: Option<&str>,
    variables: &Variables,
) -> Vec<String> {
    let setting = Setting::of(documents, environment, variables.clone());
    let variables = setting.map_or_else(|_| variables.clone(), |setting| setting.variables);
    let used: BTreeSet<&str> = documents.iter().flat_map(variables_in).collect();
    let secret = used.into_iter().filter(|name| is_secret(name));
    secret.filter_map(|name| variables.get(name).map(str::to_owned)).collect()
}

fn app(documents: &[Node]) -> Option<&Node> {
    documents.iter().find(|node| kind_of(node).is_ok_and(|kind| kind == Kind::App))
}

/// The environment that documents are resolved for, and every variable in it.
struct Setting {
    environment: String,
    variables: Variables,
}

impl Setting {
    fn of(
        documents: &[Node],
        environment: Option<&str>,
        mut variables: Variables,
    ) -> Result<Self, Problem> {
        let app = app(documents);
        let environment = environment::choose(app, environment)?;
        variables.app.extend(environment::variables(app, &environment));
        Ok(Self { environment, variables })
    }
}

/// Warnings alone stop nothing.
fn finish(stack: Stack, mut problems: Vec<Problem>) -> Result<(Stack, Vec<Problem>), Vec<Problem>> {
    problems.sort_by_key(start);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        Err(problems)
    } else {
        Ok((stack, problems))
    }
}

fn decode_all(documents: Vec<Node>, setting: &Setting, problems: &mut Vec<Problem>) -> Manifests {
    let mut manifests = Manifests::default();
    for node in documents {
        let id = kind_of(&node).ok().zip(node.get("name").and_then(Node::text).map(str::to_owned));
        match decode_one(node, setting) {
            Ok(checked) => problems.extend(manifests.add(checked).err()),
            Err(mistakes) => {
                problems.extend(mistakes);
                manifests.broken.extend(id);
            }
        }
    }
    manifests
}

fn decode_one(node: Node, setting: &Setting) -> Result<Checked, Vec<Problem>> {
    let Merged { node, mut mistakes, is_substituted } = merged(node, setting)?;
    if !is_substituted {
        return Err(mistakes);
    }
    let checked = check(&node);
    if mistakes.is_empty() {
        return checked;
    }
    // A mistake of the chosen environment was found in the document as written already.
    let is_new = |problem: &Problem| {
        mistakes.iter().all(|known| (known.code, start(known)) != (problem.code, start(problem)))
    };
    let more: Vec<_> = checked.err().into_iter().flatten().filter(is_new).collect();
    mistakes.extend(more);
    Err(mistakes)
}

/// A document with the environment's differences merged in and variables replaced.
struct Merged {
    node: Node,
    mistakes: Vec<Problem>,
    /// Whether every variable has a value.
    is_substituted: bool,
}

fn merged(mut node: Node, setting: &Setting) -> Result<Merged, Vec<Problem>> {
    let kind = kind_of(&node)?;
    let mut mistakes = check_overlays(&node);
    match kind {
        Kind::App => environment::keep_only(&mut node, &setting.environment),
        Kind::Network
        | Kind::Cluster
        | Kind::LoadBalancer
        | Kind::FileSystem
        | Kind::TaskRole
        | Kind::Service
        | Kind::Job => {
            mistakes.extend(overlay(&mut node, &setting.environment));
        }
    }
    let places = variable_places(&node);
    let undefined = substitute(&mut node, &setting.variables);
    let is_substituted = undefined.is_empty();
    mistakes.extend(undefined);
    retype(&mut node, &places);
    Ok(Merged { node, mistakes, is_substituted })
}

/// What the documents are resolved against.
struct Context<'a> {
    manifests: &'a Manifests,
    names: Names,
    app: String,
    environment: String,
    /// Of the application and the environment.
    tags: BTreeMap<String, String>,
}

impl<'a> Context<'a> {
    fn new(manifests: &'a Manifests, app: String, environment: String) -> Self {
        Self {
            names: Names::new(&app, &environment),
            tags: environment::tags(manifests, &environment),
            manifests,
            app,
            environment,
        }
    }

    fn stack(&self) -> Stack {
        let manifests = self.manifests;
        let mut stack = Stack {
            app: self.app.clone(),
            environment: self.environment.clone(),
            target: environment::target(manifests, &self.environment),
            tags: self.tags.clone(),
            networks: self.resources(&manifests.networks, names::TAG, network::resolve),
            clusters: self.resources(&manifests.clusters, names::ECS, cluster::resolve),
            load_balancers: present(self.resources(
                &manifests.load_balancers,
                names::LOAD_BALANCER,
                load_balancer::resolve,
            )),
            existing_load_balancers: present(self.resources(
                &manifests.load_balancers,
                names::LOAD_BALANCER,
                load_balancer::existing,
            )),
            classic_load_balancers: present(self.resources(
                &manifests.load_balancers,
                names::LOAD_BALANCER,
                classic_load_balancer::resolve,
            )),
            file_systems: self.resources(&manifests.file_systems, names::TAG, file_system::resolve),
            task_roles: self.resources(&manifests.task_roles, names::ROLE, task_role::resolve),
            services: self.resources(&manifests.services, names::ECS, service::resolve),
            jobs: self.resources(&manifests.jobs, names::ECS, job::resolve),
            refresh_instances: false,
        };
        if stack.networks.is_empty() {
            stack.networks.insert(
                network::IMPLICIT.to_owned(),
                self.implicit(network::IMPLICIT, names::TAG, network::implicit()),
            );
        }
        if stack.clusters.is_empty() {
            stack.clusters.insert(
                cluster::IMPLICIT.to_owned(),
                self.implicit(cluster::IMPLICIT, names::ECS, cluster::implicit()),
            );
        }
        stack
    }

    fn resources<D: Headed, T>(
        &self,
        documents: &BTreeMap<String, Written<D>>,
        limit: Limit,
        resolve: impl Fn(&Self, &D) -> T,
    ) -> BTreeMap<String, Resource<T>> {
        let resource = |written: &Written<D>| {
            let header = written.document.header();
            let mut tags = self.tags.clone();
            tags.extend(texts(header.tags));
            Resource {
                name: header.name.to_owned(),
                origin: Some(written.origin()),
                physical_name: header
                    .aws_name
                    .map_or_else(|| self.names.physical(limit, header.name), str::to_owned),
                lifecycle: Lifecycle {
                    protect: header.lifecycle.protect,
                    ignore_changes: header.lifecycle.ignore_changes.clone(),
                },
                tags,
                value: resolve(self, &written.document),
            }
        };
        documents.iter().map(|(name, written)| (name.clone(), resource(written))).collect()
    }

    fn implicit<T>(&self, name: &str, limit: Limit, value: T) -> Resource<T> {
        Resource {
            name: name.to_owned(),
            origin: None,
            physical_name: self.names.physical(limit, name),
            lifecycle: Lifecycle::default(),
            tags: self.tags.clone(),
            value,
        }
    }

    /// The family of a task definition.
    fn family(&self, name: &str) -> String {
        self.names.physical(names::ECS, name)
    }

    /// The network that a document names, or the only one.
    fn network_name(&self, written: Option<&str>) -> String {
        reference(written, &self.manifests.networks, network::IMPLICIT)
    }
}

/// The thing that a document names, or the only one, or the one that is there when none is written.
fn reference<T>(written: Option<&str>, documents: &BTreeMap<String, T>, implicit: &str) -> String {
    let only = documents.keys().next().filter(|_| documents.len() == 1).map(String::as_str);
    written.or(only).unwrap_or(implicit).to_owned()
}

/// Those of the resources that are there: a document may stand for one thing or for another.
fn present<T>(resources: BTreeMap<String, Resource<Option<T>>>) -> BTreeMap<String, Resource<T>> {
    let present = resources.into_iter().filter_map(|(key, resource)| {
        let Resource { name, origin, physical_name, lifecycle, tags, value } = resource;
        let value = value?;
        Some((key, Resource { name, origin, physical_name, lifecycle, tags, value }))
    });
    present.collect()
}

fn texts(map: &Tags) -> BTreeMap<String, String> {
    map.iter().map(|(key, text)| (key.clone(), text.0.clone())).collect()
}

fn words(list: &[Text]) -> Vec<String> {
    list.iter().map(|text| text.0.clone()).collect()
}
