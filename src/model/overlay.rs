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
            merge_lists(base, overlay);
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::node::SourceId;
    use crate::manifest::yaml;

    fn overlaid(text: &str, environment: &str) -> (Node, Vec<Problem>) {
        let mut node = yaml::parse(SourceId(0), text).unwrap().remove(0);
        let problems = overlay(&mut node, environment);
        (node, problems)
    }

    const SERVICE: &str = "kind: Service\ncount: 1\nenvironment: { A: a, B: b }\nports: [80, 81]\ncontainers:\n- { name: app, image: x, environment: { A: a } }\n- { name: side, image: y }\nenvironments:\n  prod:\n    count: 6\n    environment: { B: c, C: d }\n    ports: [443]\n    containers:\n    - { name: new, image: z }\n    - { name: app, environment: { B: b } }\n  test: { containers: [], environment: ~ }\n  same:\n";

    #[test]
    fn maps_merge_named_lists_merge_by_name_and_the_rest_is_replaced() {
        let (node, problems) = overlaid(SERVICE, "prod");
        assert!(problems.is_empty());
        let expected = json!({
            "kind": "Service",
            "count": 6,
            "environment": { "A": "a", "B": "c", "C": "d" },
            "ports": [443],
            "containers": [
                { "name": "app", "image": "x", "environment": { "A": "a", "B": "b" } },
                { "name": "side", "image": "y" },
                { "name": "new", "image": "z" },
            ],
        });
        assert_eq!(node.to_json(), expected);
    }

    #[test]
    fn an_empty_list_and_nothing_replace() {
        let (node, _) = overlaid(SERVICE, "test");
        assert_eq!(node.get("containers").unwrap().to_json(), json!([]));
        assert_eq!(node.get("environment").unwrap().to_json(), json!(null));
    }

    #[test]
    fn an_environment_without_changes_only_loses_the_overlays() {
        for environment in ["same", "unknown"] {
            let (node, problems) = overlaid(SERVICE, environment);
            assert!(problems.is_empty());
            assert!(node.get("environments").is_none());
            assert_eq!(node.get("count").unwrap().to_json(), json!(1));
        }
    }

    #[test]
    fn the_winner_keeps_its_place() {
        let (node, _) = overlaid(SERVICE, "prod");
        let at = |pointer: &str| {
            (node.key_span(pointer).range.start, node.value_span(pointer).range.start)
        };
        let key = SERVICE.rfind("count: 6").unwrap();
        assert_eq!(at("/count"), (key, key + "count: ".len()));
        assert_eq!(at("/containers/0/image").1, SERVICE.find("x, env").unwrap());
        assert_eq!(at("/environment/A").1, SERVICE.find("a, B: b").unwrap());
    }

    #[test]
    fn what_cannot_differ_is_a_problem_in_any_environment() {
        let text = "name: a\nenvironments:\n  prod: { name: b, x: 1 }\n  test: { kind: Job, environments: {} }\n  bad: [1]\n";
        let (_, problems) = overlaid(text, "prod");
        let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["fixed-field", "fixed-field", "fixed-field", "invalid-type"]);
        assert_eq!(&text[problems[0].labels[0].span.range.clone()], "name");
        assert_eq!(overlaid("environments: prod", "prod").1[0].code, "invalid-type");
    }
}
