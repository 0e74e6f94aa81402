//! Which environment, and what the App says of it.

use std::collections::BTreeMap;

use crate::manifest::node::{Data, Key, Node};
use crate::manifest::problem::Problem;
use crate::model::documents::app::Environment;
use crate::model::manifests::Manifests;
use crate::model::stack::Target;

use super::texts;

/// The environment of an application that has none.
const DEFAULT: &str = "default";
/// The pattern of `App.name` in words.
const APP_NAME: &str = "up to 40 lowercase letters, digits and hyphens that begin with a letter";

/// `-e`, else `App.defaultEnvironment`, else the only one, else `default` for an application without environments.
pub(super) fn choose(app: Option<&Node>, asked: Option<&str>) -> Result<String, Problem> {
    let environments = entries(app.and_then(|app| app.get("environments")));
    let known: Vec<&str> = environments.iter().map(|(key, _)| key.name.as_str()).collect();
    let default = app.and_then(|app| app.get("defaultEnvironment"));
    let default = default.and_then(|node| Some((node.text()?, node)));
    match (asked, default, &known[..]) {
        (Some(name), _, known) if known.contains(&name) => Ok(name.to_owned()),
        (None | Some(DEFAULT), None, []) => Ok(DEFAULT.to_owned()),
        (Some(name), _, known) => Err(unknown(name, known)),
        (None, Some((name, _)), known) if known.contains(&name) => Ok(name.to_owned()),
        (None, Some((name, node)), known) => {
            Err(unknown(name, known).at(&node.span, "no such environment"))
        }
        (None, None, [only]) => Ok((*only).to_owned()),
        (None, None, several) => Err(Problem::error(
            "environment-required",
            "the application has several environments and no default",
        )
        .hint(format!("choose one with `-e`: {}", several.join(", ")))),
    }
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let problem = Problem::error("unknown-environment", format!("unknown environment `{name}`"))
        .did_you_mean(name, known.iter().copied());
    match (&problem.hint, known) {
        (Some(_), _) => problem,
        (None, []) => problem.hint("list it below `environments:` of an App document"),
        (None, known) => problem.hint(format!("the environments are {}", known.join(", "))),
    }
}

/// The environments that the App lists, or the one that is there without any.
pub(super) fn names(app: Option<&Node>) -> Vec<String> {
    match entries(app.and_then(|app| app.get("environments"))) {
        [] => vec![DEFAULT.to_owned()],
        listed => listed.iter().map(|(key, _)| key.name.clone()).collect(),
    }
}

/// Environments that are named somewhere but that the App does not list: nothing would ever use what is said for them.
pub(super) fn undeclared(app: Option<&Node>, documents: &[Node]) -> Vec<Problem> {
    let declared = entries(app.and_then(|app| app.get("environments")));
    let known: Vec<&str> = match declared {
        [] => vec![DEFAULT],
        declared => declared.iter().map(|(key, _)| key.name.as_str()).collect(),
    };
    let is_app = |node: &&Node| app.is_some_and(|app| std::ptr::eq(app, *node));
    let overlays = documents
        .iter()
        .filter(|node| !is_app(node))
        .flat_map(|node| entries(node.get("environments")));
    let used = overlays.map(|(key, _)| (key.name.as_str(), &key.span));
    let default = app.and_then(|app| app.get("defaultEnvironment"));
    let default = default.and_then(|node| Some((node.text()?, &node.span)));
    let unlisted =
        used.chain(default).filter(|(name, _)| !known.contains(name) && !name.contains("${"));
    unlisted
        .map(|(name, span)| unknown(name, &known).at(span, "the App lists no such environment"))
        .collect()
}

/// The App's name, else the directory's as far as it can be one.
pub(super) fn app_name(app: Option<&Node>, directory: &str) -> Result<String, Problem> {
    if let Some(name) = app.and_then(|app| app.get("name")).and_then(Node::text) {
        return Ok(name.to_owned());
    }
    application_name(directory)
}

/// The name of an application without an App: the directory's, as far as it can be one.
pub fn application_name(directory: &str) -> Result<String, Problem> {
    let lower = directory.to_lowercase();
    let mapped: String =
        lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = mapped.split('-').filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.len() > 40 {
        return Err(Problem::error(
            "app-name",
            format!("the directory name `{directory}` is no name for an application"),
        )
        .hint(format!("add an App document with a `name`: {APP_NAME}")));
    }
    Ok(name)
}

/// The variables of the App, then those of its environment over them.
pub(super) fn variables(app: Option<&Node>, environment: &str) -> BTreeMap<String, String> {
    let chosen = app.and_then(|app| app.get("environments")?.get(environment));
    let layers = [app, chosen].map(|node| entries(node.and_then(|node| node.get("variables"))));
    layers
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.name.clone(), value.text()?.to_owned())))
        .collect()
}

/// Leaves the other environments out of the App: their variables may not be known here.
pub(super) fn keep_only(app: &mut Node, environment: &str) {
    let Data::Map(fields) = &mut app.data else { return };
    for (key, value) in fields {
        if let (true, Data::Map(environments)) = (key.name == "environments", &mut value.data) {
            environments.retain(|(key, _)| key.name == environment);
        }
    }
}

pub(super) fn tags(manifests: &Manifests, environment: &str) -> BTreeMap<String, String> {
    let Some(app) = &manifests.app else { return BTreeMap::new() };
    let mut tags = texts(&app.document.tags);
    if let Some(environment) = app.document.environments.get(environment) {
        tags.extend(texts(&environment.tags));
    }
    tags
}

pub(super) fn target(manifests: &Manifests, environment: &str) -> Target {
    let environment =
        manifests.app.as_ref().and_then(|app| app.document.environments.get(environment));
    let Environment { account, region, profile, role, mock, .. } =
        environment.cloned().unwrap_or_default();
    Target { account: account.map(|account| account.0), region, profile, role, mock }
}

fn entries(node: Option<&Node>) -> &[(Key, Node)] {
    match node.map(|node| &node.data) {
        Some(Data::Map(entries)) => entries,
        Some(Data::List(_) | Data::Scalar(_)) | None => &[],
    }
}
