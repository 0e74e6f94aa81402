//! The hosts and paths of listener rules: as many as AWS takes, each once, and no rule behind another of the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{Rule, Target};

/// Condition values of a rule.
const MOST_VALUES: usize = 5;
/// `*` and `?` in all conditions of a rule.
const MOST_WILDCARDS: usize = 6;

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems = scope.each_service(|service| {
        let rules = RuleView::all(service);
        rules.flat_map(|rule| rule.check()).collect()
    });
    problems.extend(never_matching(scope));
    problems
}

/// Of two rules with the same conditions, only the first takes requests.
fn never_matching(scope: &Scope<'_>) -> Vec<Problem> {
    let services: Vec<_> = scope.services().collect();
    let mut first: BTreeMap<_, RuleView<'_>> = BTreeMap::new();
    let mut problems = vec![];
    for view in services.iter().flat_map(RuleView::all) {
        let Target { load_balancer, listener, rule, .. } = view.target;
        let key = (load_balancer, listener, distinct_hosts(rule), distinct(&rule.paths));
        let Some(earlier) = first.get(&key) else {
            first.insert(key, view);
            continue;
        };
        let message = format!(
            "two rules of listener `{listener}` on load balancer `{load_balancer}` take the same requests"
        );
        problems.push(
            Problem::error("duplicate-rule", message)
                .at(&view.place(), format!("this one, of `{}`", view.service.name))
                .at(&earlier.place(), format!("the other one, of `{}`", earlier.service.name))
                .hint(
                    "give one of them other `hosts` or `paths`: of the two, only one gets requests",
                ),
        );
    }
    problems
}

/// Hosts are compared whatever their case.
fn distinct_hosts(rule: &Rule) -> BTreeSet<String> {
    rule.hosts.iter().map(|host| host.to_ascii_lowercase()).collect()
}

fn distinct(paths: &[String]) -> BTreeSet<String> {
    paths.iter().cloned().collect()
}

/// The rule of a target and where it is written.
struct RuleView<'a> {
    service: &'a ServiceView<'a>,
    target: &'a Target,
    index: usize,
}

impl<'a> RuleView<'a> {
    fn all(service: &'a ServiceView<'a>) -> impl Iterator<Item = Self> {
        let targets = service.value.load_balancers.iter().enumerate();
        // Listeners of a Network Load Balancer have no rules.
        let with_rules = targets.filter(|(_, target)| target.protocol.is_http());
        with_rules.map(move |(index, target)| Self { service, target, index })
    }

    fn pointer(&self, field: &str) -> String {
        format!("/loadBalancers/{}/{field}", self.index)
    }

    fn place(&self) -> Span {
        let rule = &self.target.rule;
        let written = self.service.written;
        match (&rule.hosts[..], &self.service.document().load_balancers[self.index].paths[..]) {
            (_, [_, ..]) => written.key(&self.pointer("paths")),
            ([_, ..], []) => written.key(&self.pointer("hosts")),
            ([], []) => written.value(&self.pointer("loadBalancer")),
        }
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = vec![];
        problems.extend(self.too_many_values());
        problems.extend(self.too_many_wildcards());
        let hosts: Vec<_> =
            self.target.rule.hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        problems.extend(self.repeated("hosts", &hosts));
        problems.extend(self.repeated("paths", &self.target.rule.paths));
        problems
    }

    fn too_many_values(&self) -> Option<Problem> {
        let rule = &self.target.rule;
        let count = rule.hosts.len() + rule.paths.len();
        let message =
            format!("a rule has at most {MOST_VALUES} hosts and paths, but this has {count}");
        (count > MOST_VALUES).then(|| {
            Problem::error("too-many-conditions", message)
                .at(&self.service.written.key(&self.pointer(self.longer_list())), "too many")
                .hint("split the entry into two")
        })
    }

    fn longer_list(&self) -> &'static str {
        let Rule { hosts, paths, .. } = &self.target.rule;
        if paths.len() > hosts.len() { "paths" } else { "hosts" }
    }

    fn too_many_wildcards(&self) -> Option<Problem> {
        let Rule { hosts, paths, .. } = &self.target.rule;
        let values = hosts.iter().chain(paths);
        let count = values.flat_map(|value| value.matches(['*', '?'])).count();
        let message =
            format!("a rule has at most {MOST_WILDCARDS} wildcards, but this has {count}");
        (count > MOST_WILDCARDS).then(|| {
            Problem::error("too-many-wildcards", message)
                .at(&self.place(), "`*` and `?` in hosts and paths together")
                .hint("split the entry into two, or write simpler patterns")
        })
    }

    fn repeated(&self, field: &str, values: &[String]) -> Vec<Problem> {
        let again = values.iter().enumerate().filter_map(|(index, value)| {
            let first = values[..index].iter().position(|earlier| earlier == value)?;
            let at = |index| self.service.written.value(&self.pointer(&format!("{field}/{index}")));
            Some(
                Problem::error("duplicate-condition", format!("`{value}` is in `{field}` twice"))
                    .at(&at(index), "again here")
                    .at(&at(first), "first here")
                    .hint("remove one of them"),
            )
        });
        again.collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    fn stack(target: &str) -> String {
        let balancer = "{ kind: LoadBalancer, name: public }";
        format!(
            "{balancer}\n---\n{{ kind: Service, name: web, image: x, port: 80, loadBalancers: [{{ loadBalancer: public{target} }}] }}"
        )
    }

    fn reported(cases: &[(&str, &str)]) -> String {
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (stack(wrong), stack(right))).collect();
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        report(&cases)
    }

    #[test]
    fn conditions_are_what_aws_can_match() {
        let long = format!(", paths: [/{}]", "p".repeat(128));
        let short = format!(", paths: [/{}]", "p".repeat(127));
        insta::assert_snapshot!(reported(&[
            (", paths: [api/*]", ", paths: ['*/api/*']"),
            (", paths: ['/search?q=1']", ", paths: ['/search?']"),
            (", paths: [/a b]", r#", paths: ["/a_-.$/~\"'@:+;&b"]"#),
            (&long, &short),
            (", hosts: ['https://shop.example.com']", ", hosts: ['*.Shop-1.example.com']"),
            (", hosts: ['shop.example.com:8080']", ", hosts: ['shop?.example.com']"),
            (", hosts: ['']", ", hosts: ['*']"),
        ]), @r#"
        bad-format: `loadBalancers[0].paths[0]` can't be `api/*` [api/*: expected a path such as `/api/*`, of letters, digits and `_-.$/~"'@:+;&`; `?` stands for any one character, and what follows it is no query]
        bad-format: `loadBalancers[0].paths[0]` can't be `/search?q=1` ['/search?q=1': expected a path such as `/api/*`, of letters, digits and `_-.$/~"'@:+;&`; `?` stands for any one character, and what follows it is no query]
        bad-format: `loadBalancers[0].paths[0]` can't be `/a b` [/a b: expected a path such as `/api/*`, of letters, digits and `_-.$/~"'@:+;&`; `?` stands for any one character, and what follows it is no query]
        out-of-range: `loadBalancers[0].paths[0]` must be at most 128 characters, but is longer text [/pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp: expected at most 128 characters]
        bad-format: `loadBalancers[0].hosts[0]` can't be `https://shop.example.com` ['https://shop.example.com': expected a host such as `shop.example.com`, without protocol, port or path]
        bad-format: `loadBalancers[0].hosts[0]` can't be `shop.example.com:8080` ['shop.example.com:8080': expected a host such as `shop.example.com`, without protocol, port or path]
        bad-format: `loadBalancers[0].hosts[0]` can't be `` ['': expected a host such as `shop.example.com`, without protocol, port or path]
        "#);
    }

    #[test]
    fn conditions_are_few_and_each_there_once() {
        insta::assert_snapshot!(reported(&[
            (", hosts: [a, b, c], paths: [/1, /2, /3]", ", hosts: [a, b, c], paths: [/1, /2]"),
            (", hosts: ['*.a', '*.b'], paths: ['/*/*', '/?/*/x*']", ", hosts: ['*.a', '*.b'], paths: ['/*/*', '/?/*/x']"),
            (", paths: [/a, /b, /a]", ", paths: [/a, /b, /A]"),
            (", hosts: [a.example, A.example]", ", hosts: [a.example, b.example]"),
        ]), @r"
        too-many-conditions: a rule has at most 5 hosts and paths, but this has 6 [hosts: too many] -> split the entry into two
        too-many-wildcards: a rule has at most 6 wildcards, but this has 7 [paths: `*` and `?` in hosts and paths together] -> split the entry into two, or write simpler patterns
        duplicate-condition: `/a` is in `paths` twice [/a: again here] [/a: first here] -> remove one of them
        duplicate-condition: `a.example` is in `hosts` twice [A.example: again here] [a.example: first here] -> remove one of them
        ");
    }

    #[test]
    fn no_rule_is_behind_another_of_the_same_conditions() {
        insta::assert_snapshot!(reported(&[
            (" }, { loadBalancer: public", " }, { loadBalancer: public, paths: [/api/*]"),
            (
                ", hosts: [a], paths: [/1, /2] }, { loadBalancer: public, hosts: [A], paths: [/2, /1]",
                ", hosts: [a], paths: [/1, /2] }, { loadBalancer: public, hosts: [a], paths: [/2]",
            ),
        ]), @r"
        duplicate-rule: two rules of listener `http` on load balancer `public` take the same requests [public: this one, of `web`] [public: the other one, of `web`] -> give one of them other `hosts` or `paths`: of the two, only one gets requests
        duplicate-rule: two rules of listener `http` on load balancer `public` take the same requests [paths: this one, of `web`] [paths: the other one, of `web`] -> give one of them other `hosts` or `paths`: of the two, only one gets requests
        ");
    }
}
