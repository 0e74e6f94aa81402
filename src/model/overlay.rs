//! Environments: what a document says differently for one of them, merged over it.

use crate::manifest::node::{Data, Key, Node};
use crate::manifest::problem::Problem;

/// Removes `environments` from a document and merges its entry for the environment over the rest.
///
/// Maps merge, lists of named things merge by `name`, other values replace. What wins keeps its place.
/// The entries of the other environments are checked too, so that a mistake is found before its deploy.
pub fn overlay(document: &mut Node, environment: &str) -> Vec<Problem> {
    let Data::Map(entries) = &mut document.data else { return vec![] };
    let Some(at) = entries.iter().position(|(key, _)| key.name == "environments") else {
        return vec![];
    };
    let (_, environments) = entries.remove(at);
    let overlays = match environments.data {
        Data::Map(overlays) => overlays,
        Data::Scalar(scalar) if scalar.is_null() => return vec![],
        Data::Scalar(_) | Data::List(_) => return vec![not_a_map("environments", &environments)],
    };
    let problems = overlays.iter().flat_map(|(key, overlay)| check(key, overlay)).collect();
    if let Some((_, overlay)) = overlays.into_iter().find(|(key, _)| key.name == environment)
        && let Data::Map(_) = overlay.data
    {
        merge(document, overlay);
    }
    problems
}

fn check(environment: &Key, overlay: &Node) -> Vec<Problem> {
    let entries = match &overlay.data {
        Data::Map(entries) => entries,
        Data::Scalar(scalar) if scalar.is_null() => return vec![],
        Data::Scalar(_) | Data::List(_) => return vec![not_a_map(&environment.name, overlay)],
    };
    let is_fixed = |key: &Key| ["kind", "name", "environments"].contains(&key.name.as_str());
    let problem = |key: &Key| {
        Problem::error(
            "fixed-field",
            format!("environment `{}` cannot change `{}`", environment.name, key.name),
        )
        .at(&key.span, "the same in every environment")
        .hint("remove it, or write a document of its own")
    };
    entries.iter().filter(|(key, _)| is_fixed(key)).map(|(key, _)| problem(key)).collect()
}

fn not_a_map(name: &str, node: &Node) -> Problem {
    Problem::error("invalid-type", format!("`{name}` must be a map"))
        .at(&node.value_span(""), "not a map")
}

fn merge(base: &mut Node, overlay: Node) {
    match (&mut base.data, overlay.data) {
        (Data::Map(base), Data::Map(overlay)) => merge_maps(base, overlay),
        (Data::List(base), Data::List(overlay)) if are_named(base) && are_named(&overlay) => {
            merge_lists(base, overlay)
        }
        (_, data) => *base = Node { data, ..overlay },
    }
}

fn merge_maps(base: &mut Vec<(Key, Node)>, overlay: Vec<(Key, Node)>) {
    for (key, value) in overlay {
        match base.iter_mut().find(|(candidate, _)| candidate.name == key.name) {
            Some((_, existing)) if is_merging(existing, &value) => merge(existing, value),
            Some(existing) => *existing = (key, value),
            None => base.push((key, value)),
        }
    }
}

fn merge_lists(base: &mut Vec<Node>, overlay: Vec<Node>) {
    for item in overlay {
        match base.iter_mut().find(|candidate| name(candidate) == name(&item)) {
            Some(existing) => merge(existing, item),
            None => base.push(item),
        }
    }
}

/// Whether the base is kept and added to, rather than replaced.
fn is_merging(base: &Node, overlay: &Node) -> bool {
    match (&base.data, &overlay.data) {
        (Data::Map(_), Data::Map(_)) => true,
        (Data::List(base), Data::List(overlay)) => are_named(base) && are_named(overlay),
        (Data::Scalar(_) | Data::List(_) | Data::Map(_), _) => false,
    }
}

/// An empty list names nothing: written over another one, it empties it.
fn are_named(items: &[Node]) -> bool {
    !items.is_empty() && items.iter().all(|item| name(item).is_some())
}

fn name(item: &Node) -> Option<&str> {
    item.get("name").and_then(Node::text)
}
