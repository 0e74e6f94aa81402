//! The conditions of listener rules: as many as AWS takes, each once, and no rule behind another of the same.

use std::collections::{BTreeMap, BTreeSet};

use super::listener_rules::RuleView;
use super::listeners::is_cidr;
use super::table::{Entry, balanced};
use super::{Scope, escape};
use crate::manifest::problem::Problem;
use crate::model::resolved::rule::{Conditions, QueryPattern};

/// Condition values of a rule.
const MOST_VALUES: usize = 5;
/// `*` and `?` in all conditions of a rule.
const MOST_WILDCARDS: usize = 6;
const LONGEST_HEADER: usize = 40;

const QUOTAS: &str = "Quotas for your Application Load Balancers";
const REFERENCE: &str = "Elastic Load Balancing API Reference, RuleCondition";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "too-many-conditions",
        rule: "A listener rule has at most 5 values in all its conditions",
        source: QUOTAS,
        wrong: balanced!("hosts: [a, b, c], methods: [GET, PUT], sourceIps: [10.0.0.0/8]"),
        right: balanced!("hosts: [a, b], methods: [GET, PUT], sourceIps: [10.0.0.0/8]"),
    },
    Entry {
        code: "too-many-wildcards",
        rule: "A listener rule has at most 6 wildcards in all its conditions",
        source: QUOTAS,
        wrong: balanced!("hosts: ['*.a'], paths: ['/*/*'], headers: { X-A: ['*?*'], X-B: ['*'] }"),
        right: balanced!("hosts: ['*.a'], paths: ['/*/*'], headers: { X-A: ['*?*'], X-B: [b] }"),
    },
    Entry {
        code: "duplicate-condition",
        rule: "A value is in a condition once; hosts and names of headers are the same whatever their case",
        source: REFERENCE,
        wrong: balanced!("headers: { X-Channel: [beta], x-channel: [alpha] }"),
        right: balanced!("headers: { X-Channel: [beta, alpha] }"),
    },
    Entry {
        code: "header-name",
        rule: "A condition's header has a name of 1 to 40 characters as in RFC 7230, without wildcards, and is not `Host`",
        source: REFERENCE,
        wrong: balanced!("headers: { Host: [shop.example.com] }"),
        right: balanced!("hosts: [shop.example.com]"),
    },
    Entry {
        code: "empty-condition",
        rule: "A header among the conditions has a value",
        source: REFERENCE,
        wrong: balanced!("headers: { X-Channel: [] }"),
        right: balanced!("headers: { X-Channel: ['*'] }"),
    },
    Entry {
        code: "bad-cidr",
        rule: "`sourceIps` are CIDR blocks",
        source: REFERENCE,
        wrong: balanced!("sourceIps: [10.0.0.1]"),
        right: balanced!("sourceIps: [10.0.0.1/32, '2001:db8::/32']"),
    },
    Entry {
        code: "duplicate-rule",
        rule: "No two rules of a listener have the same conditions: the second one would get no requests",
        source: "",
        wrong: balanced!(
            "paths: [/a], methods: [GET] }, { loadBalancer: public, methods: [GET], paths: [/a]"
        ),
        right: balanced!(
            "paths: [/a], methods: [GET] }, { loadBalancer: public, methods: [PUT], paths: [/a]"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let rules = RuleView::all(scope);
    let mut problems: Vec<_> = rules.iter().flat_map(check_rule).collect();
    problems.extend(never_matching(&rules));
    problems
}

/// Of two rules with the same conditions, only the first takes requests.
fn never_matching(rules: &[RuleView<'_>]) -> Vec<Problem> {
    let mut first: BTreeMap<_, &RuleView<'_>> = BTreeMap::new();
    let mut problems = vec![];
    for view in rules {
        let RuleView { load_balancer, listener, .. } = view;
        let key = (load_balancer, listener, comparable(&view.rule.conditions));
        let Some(earlier) = first.get(&key) else {
            first.insert(key, view);
            continue;
        };
        let message = format!(
            "two rules of listener `{listener}` on load balancer `{load_balancer}` take the same requests"
        );
        problems.push(
            Problem::error("duplicate-rule", message)
                .at(&view.place(), format!("this one, of `{}`", view.owner))
                .at(&earlier.place(), format!("the other one, of `{}`", earlier.owner))
                .hint("give one of them other conditions: of the two, only one gets requests"),
        );
    }
    problems
}

/// Without order, and whatever the case of hosts and names of headers.
fn comparable(conditions: &Conditions) -> Conditions {
    let headers = conditions.headers.iter();
    Conditions {
        hosts: sorted(lowercase(&conditions.hosts)),
        paths: sorted(conditions.paths.clone()),
        headers: headers
            .map(|(name, values)| (name.to_ascii_lowercase(), sorted(values.clone())))
            .collect(),
        methods: sorted(conditions.methods.clone()),
        query: sorted(conditions.query.clone()),
        source_ips: sorted(conditions.source_ips.clone()),
    }
}

fn sorted<T: Ord>(values: Vec<T>) -> Vec<T> {
    let values: BTreeSet<T> = values.into_iter().collect();
    values.into_iter().collect()
}

fn lowercase(values: &[String]) -> Vec<String> {
    values.iter().map(|value| value.to_ascii_lowercase()).collect()
}

fn check_rule(view: &RuleView<'_>) -> Vec<Problem> {
    let conditions = &view.rule.conditions;
    let mut problems = vec![];
    problems.extend(too_many_values(view));
    problems.extend(too_many_wildcards(view));
    problems.extend(repeated(view, "hosts", &lowercase(&conditions.hosts)));
    problems.extend(repeated(view, "paths", &conditions.paths));
    problems.extend(repeated(view, "methods", &conditions.methods));
    problems.extend(repeated(view, "query", &told(&conditions.query)));
    problems.extend(repeated(view, "sourceIps", &conditions.source_ips));
    problems.extend(headers(view));
    problems.extend(source_ips(view));
    problems
}

fn told(patterns: &[QueryPattern]) -> Vec<String> {
    let told = |pattern: &QueryPattern| match &pattern.key {
        Some(key) => format!("{key}={}", pattern.value),
        None => pattern.value.clone(),
    };
    patterns.iter().map(told).collect()
}

fn too_many_values(view: &RuleView<'_>) -> Option<Problem> {
    let count = view.rule.conditions.count();
    let message =
        format!("a rule has at most {MOST_VALUES} values in its conditions, but this has {count}");
    (count > MOST_VALUES).then(|| {
        Problem::error("too-many-conditions", message)
            .at(&view.key(longest_list(&view.rule.conditions)), "too many")
            .hint("split the entry into two")
    })
}

fn longest_list(conditions: &Conditions) -> &'static str {
    let Conditions { hosts, paths, headers, methods, query, source_ips } = conditions;
    let lists = [
        ("sourceIps", source_ips.len()),
        ("query", query.len()),
        ("methods", methods.len()),
        ("headers", headers.values().map(Vec::len).sum()),
        ("paths", paths.len()),
        ("hosts", hosts.len()),
    ];
    lists.iter().max_by_key(|(_, count)| count).map_or("hosts", |(field, _)| field)
}

fn too_many_wildcards(view: &RuleView<'_>) -> Option<Problem> {
    let patterns = view.rule.conditions.patterns();
    let count = patterns.flat_map(|value| value.matches(['*', '?'])).count();
    let message = format!("a rule has at most {MOST_WILDCARDS} wildcards, but this has {count}");
    (count > MOST_WILDCARDS).then(|| {
        Problem::error("too-many-wildcards", message)
            .at(&view.place(), "`*` and `?` in all conditions together")
            .hint("split the entry into two, or write simpler patterns")
    })
}

fn repeated(view: &RuleView<'_>, field: &str, values: &[String]) -> Vec<Problem> {
    let again = values.iter().enumerate().filter_map(|(index, value)| {
        let first = values[..index].iter().position(|earlier| earlier == value)?;
        let at = |index| view.value(&format!("{field}/{index}"));
        Some(
            Problem::error("duplicate-condition", format!("`{value}` is in `{field}` twice"))
                .at(&at(index), "again here")
                .at(&at(first), "first here")
                .hint("remove one of them"),
        )
    });
    again.collect()
}

fn headers(view: &RuleView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for (name, values) in &view.rule.conditions.headers {
        let place = |name: &str| view.key(&format!("headers/{}", escape(name)));
        problems.extend(header_name(name).map(|problem| problem(&place(name))));
        if values.is_empty() {
            problems.push(
                Problem::error("empty-condition", format!("no value of `{name}` is asked for"))
                    .at(&place(name), "expected a value")
                    .hint("write `['*']` for any value"),
            );
        }
        if let Some(first) = seen.insert(name.to_ascii_lowercase(), name) {
            problems.push(
                Problem::error("duplicate-condition", format!("`{name}` is in `headers` twice"))
                    .at(&place(name), "again here")
                    .at(&place(first), "first here, in other letters")
                    .hint("put all values below one of them"),
            );
        }
        problems.extend(repeated(view, &format!("headers/{}", escape(name)), values));
    }
    problems
}

fn header_name(name: &str) -> Option<impl FnOnce(&crate::manifest::node::Span) -> Problem> {
    let is_token =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    let is_host = name.eq_ignore_ascii_case("host");
    let is_name = (1..=LONGEST_HEADER).contains(&name.len())
        && name.chars().all(|letter| is_token(letter) && letter != '*');
    let (message, hint) = match (is_host, is_name) {
        (false, true) => return None,
        (true, _) => ("a header's condition can't be on `Host`".to_owned(), "write `hosts`"),
        (false, false) => (
            format!("`{name}` is no name for a header"),
            "write a name such as `X-Channel`, of at most 40 letters, digits and `-`",
        ),
    };
    Some(move |place: &crate::manifest::node::Span| {
        Problem::error("header-name", message).at(place, "AWS refuses this").hint(hint)
    })
}

fn source_ips(view: &RuleView<'_>) -> Vec<Problem> {
    let blocks = view.rule.conditions.source_ips.iter().enumerate();
    let wrong = blocks.filter(|(_, block)| !is_cidr(block)).map(|(index, block)| {
        Problem::error("bad-cidr", format!("`{block}` is not a CIDR block"))
            .at(&view.value(&format!("sourceIps/{index}")), "expected a block such as `10.0.0.0/8`")
    });
    wrong.collect()
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        too-many-conditions: a rule has at most 5 values in its conditions, but this has 6 [hosts: too many] -> split the entry into two
        too-many-wildcards: a rule has at most 6 wildcards, but this has 7 [paths: `*` and `?` in all conditions together] -> split the entry into two, or write simpler patterns
        duplicate-condition: `x-channel` is in `headers` twice [x-channel: again here] [X-Channel: first here, in other letters] -> put all values below one of them
        header-name: a header's condition can't be on `Host` [Host: AWS refuses this] -> write `hosts`
        empty-condition: no value of `X-Channel` is asked for [X-Channel: expected a value] -> write `['*']` for any value
        bad-cidr: `10.0.0.1` is not a CIDR block [10.0.0.1: expected a block such as `10.0.0.0/8`]
        duplicate-rule: two rules of listener `http` on load balancer `public` take the same requests [paths: this one, of `web`] [paths: the other one, of `web`] -> give one of them other conditions: of the two, only one gets requests
        ");
    }

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
        ]), @"
        too-many-conditions: a rule has at most 5 values in its conditions, but this has 6 [hosts: too many] -> split the entry into two
        too-many-wildcards: a rule has at most 6 wildcards, but this has 7 [paths: `*` and `?` in all conditions together] -> split the entry into two, or write simpler patterns
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
        ]), @"
        duplicate-rule: two rules of listener `http` on load balancer `public` take the same requests [public: this one, of `web`] [public: the other one, of `web`] -> give one of them other conditions: of the two, only one gets requests
        duplicate-rule: two rules of listener `http` on load balancer `public` take the same requests [paths: this one, of `web`] [paths: the other one, of `web`] -> give one of them other conditions: of the two, only one gets requests
        ");
    }
}
