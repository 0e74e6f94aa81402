//! Load balancers that are there already: found by one thing, and given nothing but rules.

use super::Scope;
use super::table::Entry;
use crate::manifest::node::{Data, Node, Span};
use crate::manifest::problem::Problem;
use crate::model::documents::load_balancer::{Existing, Listener, LoadBalancer};
use crate::model::manifests::Written;

/// What goes with `existing`. Differences between environments are merged in before.
const FIELDS: [&str; 5] = ["kind", "name", "existing", "listeners", "environments"];
const LISTENER_FIELDS: [&str; 3] = ["name", "port", "arn"];

/// A load balancer that is there already, with these fields.
macro_rules! shared {
    ($fields:literal) => {
        concat!("{ kind: LoadBalancer, name: shared, ", $fields, " }")
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "existing-load-balancer",
        rule: "a load balancer that is there already is found by its ARN, its name or its tags",
        source: "",
        wrong: shared!(
            "existing: { name: shared, tags: { team: edge } }, listeners: [{ name: https, port: 443 }]"
        ),
        right: shared!(
            "existing: { tags: { team: edge } }, listeners: [{ name: https, port: 443 }]"
        ),
    },
    Entry {
        code: "existing-load-balancer",
        rule: "nothing of it is changed: only its listeners are named, by port or ARN",
        source: "",
        wrong: shared!(
            "existing: { name: shared }, idleTimeout: 30s, listeners: [{ name: https, port: 443 }]"
        ),
        right: shared!("existing: { name: shared }, listeners: [{ name: https, port: 443 }]"),
    },
    Entry {
        code: "existing-load-balancer",
        rule: "services are attached to it by rules, which only listeners of an Application Load Balancer have",
        source: "Elastic Load Balancing API Reference",
        wrong: shared!(
            "existing: { arn: 'arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/net/a/1' }, listeners: [{ name: tcp, port: 443 }]"
        ),
        right: shared!(
            "existing: { arn: 'arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/app/a/1' }, listeners: [{ name: https, port: 443 }]"
        ),
    },
    Entry {
        code: "existing-listener",
        rule: "a listener that is there already has its port or its ARN",
        source: "",
        wrong: shared!("existing: { name: shared }, listeners: [{ name: https }]"),
        right: shared!(
            "existing: { name: shared }, listeners: [{ name: https, arn: 'arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener/app/a/1/2' }]"
        ),
    },
    Entry {
        code: "existing-listener",
        rule: "`arn` is for a listener of a load balancer that is there already",
        source: "",
        wrong: shared!(
            "listeners: [{ name: http, protocol: HTTP, arn: 'arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener/app/a/1/2' }]"
        ),
        right: shared!("listeners: [{ name: http, protocol: HTTP }]"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.manifests.load_balancers.values().flat_map(check_one).collect()
}

fn check_one(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let Some(existing) = &written.document.existing else { return own_listeners(written) };
    let mut problems: Vec<_> = found_by_one(written, existing).into_iter().collect();
    problems.extend(network(written, existing));
    problems.extend(changes(written));
    problems.extend(listeners(written));
    problems
}

fn found_by_one(written: &Written<LoadBalancer>, existing: &Existing) -> Option<Problem> {
    let ways = [existing.arn.is_some(), existing.name.is_some(), !existing.tags.is_empty()];
    let count = ways.into_iter().filter(|is_written| *is_written).count();
    (count != 1).then(|| {
        let message = "an existing load balancer is found by one of `arn`, `name` and `tags`";
        Problem::error("existing-load-balancer", message)
            .at(&written.key("/existing"), format!("has {count} of them"))
    })
}

fn network(written: &Written<LoadBalancer>, existing: &Existing) -> Option<Problem> {
    let arn = existing.arn.as_ref().filter(|arn| !arn.contains(":loadbalancer/app/"))?;
    Some(
        Problem::error(
            "existing-load-balancer",
            format!("`{arn}` is no Application Load Balancer"),
        )
        .at(&written.value("/existing/arn"), "its listeners take no rules")
        .hint("services can be attached to listeners with rules only: write a load balancer of your own with `type: network`"),
    )
}

fn changes(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let further = |node: &Node, allowed: &[&str]| -> Vec<String> {
        let Data::Map(entries) = &node.data else { return vec![] };
        let keys = entries.iter().map(|(key, _)| key.name.clone());
        keys.filter(|key| !allowed.contains(&key.as_str())).collect()
    };
    let problem = |place: Span, field: &str| {
        let message = format!("`{field}` of an existing load balancer is not ecsctl's to set");
        Problem::error("existing-load-balancer", message)
            .at(&place, "ecsctl only adds rules to it")
            .hint(format!("remove `{field}`"))
    };
    let fields = further(&written.node, &FIELDS).into_iter();
    let mut problems: Vec<_> =
        fields.map(|field| problem(written.key(&format!("/{field}")), &field)).collect();
    let listeners = written.node.get("listeners").map(|node| &node.data);
    let Some(Data::List(listeners)) = listeners else { return problems };
    for (index, listener) in listeners.iter().enumerate() {
        let fields = further(listener, &LISTENER_FIELDS).into_iter();
        problems.extend(
            fields
                .map(|field| problem(written.key(&format!("/listeners/{index}/{field}")), &field)),
        );
    }
    problems
}

fn listeners(written: &Written<LoadBalancer>) -> Vec<Problem> {
    if written.document.listeners.is_empty() {
        let message = format!("load balancer `{}` names no listener", written.document.name);
        let problem = Problem::error("existing-listener", message)
            .at(&written.key("/existing"), "found, but not used")
            .hint("add `listeners: [{ name: https, port: 443 }]`");
        return vec![problem];
    }
    let listeners = written.document.listeners.iter().enumerate();
    let unknown =
        listeners.filter(|(_, listener)| listener.port.is_some() == listener.arn.is_some());
    let problem = |(index, listener): (usize, &Listener)| {
        let message = format!("listener `{}` is found by one of `port` and `arn`", listener.name);
        let count = if listener.port.is_some() { "both" } else { "none" };
        let place = written.value(&format!("/listeners/{index}/name"));
        Problem::error("existing-listener", message).at(&place, format!("has {count} of them"))
    };
    unknown.map(problem).collect()
}

fn own_listeners(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let listeners = written.document.listeners.iter().enumerate();
    let with_arn = listeners.filter(|(_, listener)| listener.arn.is_some());
    let problem = |(index, _)| {
        Problem::error("existing-listener", "`arn` is for listeners that are there already")
            .at(&written.key(&format!("/listeners/{index}/arn")), "ecsctl makes this listener")
            .hint("remove `arn`, or add `existing:` to the load balancer")
    };
    with_arn.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn existing_load_balancers_are_found_and_left_alone() {
        let mut cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        let right = shared!("existing: { name: a }, listeners: [{ name: https, port: 443 }]");
        cases.extend([
            (shared!("existing: { name: a }"), right),
            (shared!("existing: {}, listeners: [{ name: https, port: 443 }]"), right),
            (shared!("existing: { name: a }, listeners: [{ name: https, port: 443, protocol: HTTPS }]"), right),
        ]);
        insta::assert_snapshot!(report(&cases), @"
        existing-load-balancer: an existing load balancer is found by one of `arn`, `name` and `tags` [existing: has 2 of them]
        existing-load-balancer: `idleTimeout` of an existing load balancer is not ecsctl's to set [idleTimeout: ecsctl only adds rules to it] -> remove `idleTimeout`
        existing-load-balancer: `arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/net/a/1` is no Application Load Balancer ['arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/net/a/1': its listeners take no rules] -> services can be attached to listeners with rules only: write a load balancer of your own with `type: network`
        existing-listener: listener `https` is found by one of `port` and `arn` [https: has none of them]
        existing-listener: `arn` is for listeners that are there already [arn: ecsctl makes this listener] -> remove `arn`, or add `existing:` to the load balancer
        existing-listener: load balancer `shared` names no listener [existing: found, but not used] -> add `listeners: [{ name: https, port: 443 }]`
        existing-load-balancer: an existing load balancer is found by one of `arn`, `name` and `tags` [existing: has 0 of them]
        existing-load-balancer: `protocol` of an existing load balancer is not ecsctl's to set [protocol: ecsctl only adds rules to it] -> remove `protocol`
        ");
    }

    #[test]
    fn services_refer_to_its_listeners_by_name() {
        let stack = |listener: &str| {
            format!(
                "{}\n---\n{{ kind: Service, name: web, image: x, port: 80, loadBalancers: [{{ loadBalancer: shared, listener: {listener} }}] }}",
                shared!(
                    "existing: { name: a }, listeners: [{ name: https, port: 443 }, { name: http, port: 80 }]"
                )
            )
        };
        insta::assert_snapshot!(report(&[(&stack("htps"), &stack("https"))]), @"
        dangling-reference: no listener `htps` [htps: no listener has this name] [https: a similar name is here] -> did you mean `https`?
        ");
    }
}
