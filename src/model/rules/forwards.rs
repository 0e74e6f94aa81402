//! The rules of load balancers: what they do with requests, and the services that they share them between.

use super::listener_rules::listeners_of;
use super::table::{Entry, ruled};
use super::{Bounds, Scope, within};
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, closest};
use crate::model::documents::Kind;
use crate::model::documents::load_balancer::LoadBalancer;
use crate::model::documents::routing::ServiceLoadBalancer;
use crate::model::documents::rule::LoadBalancerRule;
use crate::model::manifests::Written;

const GUIDE: &str = "Action types for listener rules";
const REFERENCE: &str = "Elastic Load Balancing API Reference, ForwardActionConfig";
/// Target groups of an action.
const MOST: usize = 5;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "rule-action",
        rule: "A rule of a load balancer has one of `forward`, `redirect` and `fixedResponse`",
        source: GUIDE,
        wrong: ruled!("{ name: a, hosts: [a], forward: [{ service: web }], fixedResponse: {} }"),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web }] }"),
    },
    Entry {
        code: "listener-actions",
        rule: "A fixed response has a status of 2xx, 4xx or 5xx",
        source: GUIDE,
        wrong: ruled!("{ name: a, hosts: [a], fixedResponse: { status: 302 } }"),
        right: ruled!("{ name: a, hosts: [a], fixedResponse: { status: 503 } }"),
    },
    Entry {
        code: "dangling-reference",
        rule: "The services that a rule forwards to exist",
        source: "",
        wrong: ruled!("{ name: a, hosts: [a], forward: [{ service: wep }] }"),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web }] }"),
    },
    Entry {
        code: "forward-service",
        rule: "A service that a rule forwards to has the load balancer among its `loadBalancers`, and says by `rule` which of several entries is meant",
        source: "",
        wrong: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: web }] }",
            ", hosts: [b] }, { loadBalancer: public, hosts: [c]"
        ),
        right: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: web }] }",
            ", hosts: [b] }, { loadBalancer: public, rule: a"
        ),
    },
    Entry {
        code: "forward-twice",
        rule: "A rule forwards to a service once",
        source: REFERENCE,
        wrong: ruled!("{ name: a, hosts: [a], forward: [{ service: web }, { service: web }] }"),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web }, { service: next }] }"),
    },
    Entry {
        code: "forward-weight",
        rule: "Some service of a rule has a weight above 0",
        source: REFERENCE,
        wrong: ruled!("{ name: a, hosts: [a], forward: [{ service: web, weight: 0 }] }"),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web, weight: 1 }] }"),
    },
    Entry {
        code: "out-of-range",
        rule: "A rule's `stickiness` is 1s to 7d",
        source: REFERENCE,
        wrong: ruled!("{ name: a, hosts: [a], forward: [{ service: web }], stickiness: 8d }"),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web }], stickiness: 7d }"),
    },
    Entry {
        code: "rule-stickiness",
        rule: "`stickiness` is for rules that forward",
        source: REFERENCE,
        wrong: ruled!("{ name: a, hosts: [a], fixedResponse: {}, stickiness: 1h }"),
        right: ruled!("{ name: a, hosts: [a], fixedResponse: {} }"),
    },
    Entry {
        code: "duplicate-name",
        rule: "The rules of a load balancer have names of their own",
        source: "",
        wrong: ruled!(
            "{ name: a, hosts: [a], fixedResponse: {} }, { name: a, hosts: [b], fixedResponse: {} }"
        ),
        right: ruled!(
            "{ name: a, hosts: [a], fixedResponse: {} }, { name: b, hosts: [b], fixedResponse: {} }"
        ),
    },
    Entry {
        code: "too-many-targets",
        rule: "a rule forwards to at most 5 services",
        source: "Elastic Load Balancing API Reference, ForwardActionConfig",
        wrong: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: web }, { service: web }, { service: web }, { service: web }, { service: web }, { service: web }] }"
        ),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web }] }", ", rule: a"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for written in scope.manifests.load_balancers.values() {
        for (index, rule) in written.document.rules.iter().enumerate() {
            let view = RuleView { scope, written, rule, index };
            problems.extend(view.check());
        }
    }
    problems
}

/// A rule of a load balancer and where it is written.
struct RuleView<'a> {
    scope: &'a Scope<'a>,
    written: &'a Written<LoadBalancer>,
    rule: &'a LoadBalancerRule,
    index: usize,
}

impl RuleView<'_> {
    fn value(&self, field: &str) -> Span {
        self.written.value(&format!("/rules/{}/{field}", self.index))
    }

    fn key(&self, field: &str) -> Span {
        self.written.key(&format!("/rules/{}/{field}", self.index))
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = vec![];
        problems.extend(self.name());
        problems.extend(self.listener());
        problems.extend(self.action());
        problems.extend(self.status());
        problems.extend(self.stickiness());
        problems.extend(self.weights());
        for index in 0..self.rule.forward.len() {
            problems.extend(self.service(index));
        }
        problems
    }

    fn name(&self) -> Option<Problem> {
        let earlier = &self.written.document.rules[..self.index];
        let first = earlier.iter().position(|earlier| earlier.name == self.rule.name)?;
        let message = format!("a second rule named `{}`", self.rule.name);
        Some(
            Problem::error("duplicate-name", message)
                .at(&self.value("name"), "this one")
                .at(&self.written.value(&format!("/rules/{first}/name")), "the first one"),
        )
    }

    fn listener(&self) -> Option<Problem> {
        let known = listeners_of(self.scope, &self.written.document.name);
        let names = || known.iter().map(|listener| listener.name.as_str());
        let listed: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        let Some(listener) = &self.rule.listener else {
            let is_one = known.len() == 1
                || self
                    .written
                    .document
                    .listeners
                    .iter()
                    .filter(|it| it.redirect.is_none())
                    .count()
                    == 1;
            let problem =
                Problem::error("ambiguous-reference", "there are several listeners to choose from");
            return (!is_one).then(|| {
                problem
                    .at(&self.value("name"), "this does not say which listener")
                    .hint(format!("choose one of {}", listed.join(", ")))
            });
        };
        if names().any(|name| name == listener) {
            return None;
        }
        let problem = Problem::error("dangling-reference", format!("no listener `{listener}`"))
            .at(&self.value("listener"), "no listener has this name");
        Some(match closest(listener, names()) {
            Some(similar) => problem.hint(format!("did you mean `{similar}`?")),
            None => problem.hint(format!("there is {}", listed.join(", "))),
        })
    }

    fn action(&self) -> Option<Problem> {
        let rule = self.rule;
        let all = [
            ("forward", !rule.forward.is_empty()),
            ("redirect", rule.redirect.is_some()),
            ("fixedResponse", rule.fixed_response.is_some()),
        ];
        let written: Vec<_> = all.iter().filter(|(_, there)| *there).collect();
        let name = &rule.name;
        match &written[..] {
            [] => Some(
                Problem::error("rule-action", format!("rule `{name}` does nothing with requests"))
                    .at(&self.value("name"), "this rule")
                    .hint("add `forward`, `redirect` or `fixedResponse`"),
            ),
            [_] => None,
            [(first, _), (second, _), ..] => Some(
                Problem::error(
                    "rule-action",
                    format!("rule `{name}` does two things with requests"),
                )
                .at(&self.key(first), "one")
                .at(&self.key(second), "the other")
                .hint("remove one of them"),
            ),
        }
    }

    fn status(&self) -> Option<Problem> {
        let status = self.rule.fixed_response.as_ref()?.status;
        (300..400).contains(&status).then(|| {
            Problem::error("listener-actions", "a fixed response can't have a status of 3xx")
                .at(&self.value("fixedResponse/status"), "expected 2xx, 4xx or 5xx")
                .hint("write a `redirect` instead")
        })
    }

    fn stickiness(&self) -> Option<Problem> {
        let stickiness = self.rule.stickiness?.0;
        if self.rule.forward.is_empty() {
            let message = format!("rule `{}` sends nobody to a service", self.rule.name);
            return Some(
                Problem::error("rule-stickiness", message)
                    .at(&self.key("stickiness"), "only with `forward`"),
            );
        }
        let bounds = Bounds { field: "stickiness", least: 1, most: 604_800 };
        within(&bounds, Some(stickiness), || self.value("stickiness"))
    }

    fn weights(&self) -> Option<Problem> {
        let forward = &self.rule.forward;
        if forward.len() > MOST {
            let message = format!(
                "a rule forwards to at most {MOST} services, but this to {}",
                forward.len()
            );
            let problem = Problem::error("too-many-targets", message);
            return Some(problem.at(&self.key("forward"), "too many"));
        }
        let is_nowhere = !forward.is_empty() && forward.iter().all(|to| to.weight == Some(0));
        is_nowhere.then(|| {
            let message = format!("rule `{}` sends requests nowhere", self.rule.name);
            Problem::error("forward-weight", message)
                .at(&self.key("forward"), "every weight is 0")
                .hint("give one of them a weight, or answer with a `fixedResponse`")
        })
    }

    fn service(&self, index: usize) -> Option<Problem> {
        let service = &self.rule.forward[index].service;
        let place = self.value(&format!("forward/{index}/service"));
        let earlier = &self.rule.forward[..index];
        if let Some(first) = earlier.iter().position(|earlier| earlier.service == *service) {
            return Some(
                Problem::error("forward-twice", format!("`{service}` is in `forward` twice"))
                    .at(&place, "again here")
                    .at(&self.value(&format!("forward/{first}/service")), "first here")
                    .hint("add up their weights"),
            );
        }
        let manifests = self.scope.manifests;
        let Some(target) = manifests.services.get(service) else {
            let is_broken = manifests.broken.contains(&(Kind::Service, service.clone()));
            return (!is_broken).then(|| self.unknown(service, &place));
        };
        let balancer = &self.written.document.name;
        let entries = target.document.load_balancers.iter();
        let here = || entries.clone().filter(|entry| entry.load_balancer == *balancer);
        let names = |entry: &ServiceLoadBalancer| entry.rule.as_ref() == Some(&self.rule.name);
        match (here().count(), here().filter(|entry| names(entry)).count()) {
            (1, _) | (_, 1) => None,
            (0, _) => Some(
                Problem::error(
                    "forward-service",
                    format!("`{service}` is not behind `{balancer}`"),
                )
                .at(&place, "nothing says which container and port get the requests")
                .at(&target.name_span(), "this service")
                .hint(format!(
                    "add `loadBalancers: [{{ loadBalancer: {balancer}, rule: {} }}]` to it",
                    self.rule.name
                )),
            ),
            (_, _) => Some(
                Problem::error(
                    "forward-service",
                    format!("`{service}` is behind `{balancer}` more than once"),
                )
                .at(&place, "this does not say which container and port get the requests")
                .at(&target.key("/loadBalancers"), "one of these")
                .hint(format!("put `rule: {}` into one of its entries", self.rule.name)),
            ),
        }
    }

    fn unknown(&self, service: &str, place: &Span) -> Problem {
        let problem = Problem::error("dangling-reference", format!("no service `{service}`"))
            .at(place, "no service has this name");
        let names = self.scope.manifests.services.keys().map(String::as_str);
        match closest(service, names) {
            Some(similar) => problem.hint(format!("did you mean `{similar}`?")),
            None => problem,
        }
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
        rule-action: rule `a` does two things with requests [forward: one] [fixedResponse: the other] -> remove one of them
        listener-actions: a fixed response can't have a status of 3xx [302: expected 2xx, 4xx or 5xx] -> write a `redirect` instead
        dangling-reference: no service `wep` [wep: no service has this name] -> did you mean `web`?
        forward-service: `web` is behind `public` more than once [web: this does not say which container and port get the requests] [loadBalancers: one of these] -> put `rule: a` into one of its entries
        forward-twice: `web` is in `forward` twice [web: again here] [web: first here] -> add up their weights
        forward-weight: rule `a` sends requests nowhere [forward: every weight is 0] -> give one of them a weight, or answer with a `fixedResponse`
        out-of-range: `stickiness` must be between 1 and 604800, but is 691200 [8d: expected 1 to 604800]
        rule-stickiness: rule `a` sends nobody to a service [stickiness: only with `forward`]
        duplicate-name: a second rule named `a` [a: this one] [a: the first one]
        too-many-targets: a rule forwards to at most 5 services, but this to 6 [forward: too many]
        forward-twice: `web` is in `forward` twice [web: again here] [web: first here] -> add up their weights
        forward-twice: `web` is in `forward` twice [web: again here] [web: first here] -> add up their weights
        forward-twice: `web` is in `forward` twice [web: again here] [web: first here] -> add up their weights
        forward-twice: `web` is in `forward` twice [web: again here] [web: first here] -> add up their weights
        forward-twice: `web` is in `forward` twice [web: again here] [web: first here] -> add up their weights
        ");
    }
}
