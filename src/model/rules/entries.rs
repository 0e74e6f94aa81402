//! Entries of services that have no rule of their own: requests come by one of the load balancer's.

use super::table::{Entry, ruled};
use super::{Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, closest};
use crate::model::documents::load_balancer::LoadBalancer;
use crate::model::documents::routing::ServiceLoadBalancer;
use crate::model::documents::rule::LoadBalancerRule;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "other-rule",
        rule: "An entry with `rule` is named by that rule's `forward`, and has no conditions, priority or log-in of its own",
        source: "",
        wrong: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: web }] }",
            ", rule: a, paths: [/a]"
        ),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web }] }", ", rule: a"),
    },
    Entry {
        code: "other-rule",
        rule: "The rule that an entry names forwards to the service",
        source: "",
        wrong: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: next }] }",
            ", rule: a }, { loadBalancer: public, hosts: [b]"
        ),
        right: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: next }, { service: web }] }",
            ", rule: a }, { loadBalancer: public, hosts: [b]"
        ),
    },
    Entry {
        code: "dangling-reference",
        rule: "The rule that an entry names exists",
        source: "",
        wrong: ruled!(
            "{ name: canary, hosts: [a], forward: [{ service: web }] }",
            ", rule: canari"
        ),
        right: ruled!(
            "{ name: canary, hosts: [a], forward: [{ service: web }] }",
            ", rule: canary"
        ),
    },
    Entry {
        code: "other-rule",
        rule: "An entry with `rule` has that rule's listener",
        source: "",
        wrong: ruled!(
            "{ name: a, listener: https, hosts: [a], forward: [{ service: web }] }",
            ", rule: a, listener: http"
        ),
        right: ruled!(
            "{ name: a, listener: https, hosts: [a], forward: [{ service: web }] }",
            ", rule: a, listener: https"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let entries = service.document().load_balancers.iter().enumerate();
        let views = entries.map(|(index, entry)| EntryView { scope, service, entry, index });
        views.flat_map(|view| view.check()).collect()
    })
}

/// An entry of a service's `loadBalancers` and where it is written.
struct EntryView<'a> {
    scope: &'a Scope<'a>,
    service: &'a ServiceView<'a>,
    entry: &'a ServiceLoadBalancer,
    index: usize,
}

impl EntryView<'_> {
    fn value(&self, field: &str) -> Span {
        self.service.written.value(&format!("/loadBalancers/{}/{field}", self.index))
    }

    fn key(&self, field: &str) -> Span {
        self.service.written.key(&format!("/loadBalancers/{}/{field}", self.index))
    }

    fn check(&self) -> Vec<Problem> {
        let Some(name) = &self.entry.rule else { return vec![] };
        let balancers = &self.scope.manifests.load_balancers;
        let Some(balancer) = balancers.get(&self.entry.load_balancer) else { return vec![] };
        let mut rules = balancer.document.rules.iter();
        let Some(rule) = rules.find(|rule| rule.name == *name) else {
            return vec![self.unknown(name, &balancer.document)];
        };
        let mut problems: Vec<_> = self.own_conditions().into_iter().collect();
        problems.extend(self.other_listener(rule));
        if rule.forward.iter().all(|to| to.service != self.service.name) {
            let message = format!("rule `{name}` does not forward to `{}`", self.service.name);
            problems.push(
                Problem::error("other-rule", message)
                    .at(&self.value("rule"), "no requests come from there")
                    .hint(format!("add `{{ service: {} }}` to its `forward`", self.service.name)),
            );
        }
        problems
    }

    fn unknown(&self, name: &str, balancer: &LoadBalancer) -> Problem {
        let message = format!("load balancer `{}` has no rule `{name}`", balancer.name);
        let problem = Problem::error("dangling-reference", message)
            .at(&self.value("rule"), "no rule has this name");
        let names = balancer.rules.iter().map(|rule| rule.name.as_str());
        match closest(name, names) {
            Some(similar) => problem.hint(format!("did you mean `{similar}`?")),
            None => problem,
        }
    }

    fn own_conditions(&self) -> Option<Problem> {
        let entry = self.entry;
        let own = [
            ("hosts", !entry.hosts.is_empty()),
            ("paths", !entry.paths.is_empty()),
            ("headers", !entry.headers.is_empty()),
            ("methods", !entry.methods.is_empty()),
            ("query", !entry.query.is_empty()),
            ("sourceIps", !entry.source_ips.is_empty()),
            ("priority", entry.priority.is_some()),
            ("authenticate", entry.authenticate.is_some()),
        ];
        let (field, _) = own.into_iter().find(|(_, is_written)| *is_written)?;
        let message = format!("`{field}` is up to the rule of the load balancer");
        Some(
            Problem::error("other-rule", message)
                .at(&self.key(field), "the entry has no rule of its own")
                .at(&self.key("rule"), "requests come by this one")
                .hint("move it to that rule, or remove `rule`"),
        )
    }

    fn other_listener(&self, rule: &LoadBalancerRule) -> Option<Problem> {
        let (own, other) = (self.entry.listener.as_ref()?, rule.listener.as_ref()?);
        let message = format!("rule `{}` is of listener `{other}`", rule.name);
        (own != other).then(|| {
            Problem::error("other-rule", message)
                .at(&self.value("listener"), "another listener")
                .hint("remove `listener`: the rule says it")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        other-rule: `paths` is up to the rule of the load balancer [paths: the entry has no rule of its own] [rule: requests come by this one] -> move it to that rule, or remove `rule`
        other-rule: rule `a` does not forward to `web` [a: no requests come from there] -> add `{ service: web }` to its `forward`
        dangling-reference: load balancer `public` has no rule `canari` [canari: no rule has this name] -> did you mean `canary`?
        other-rule: rule `a` is of listener `https` [http: another listener] -> remove `listener`: the rule says it
        ");
    }
}
