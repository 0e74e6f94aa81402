//! Redirects of listeners and their rules: to somewhere else, and not back to HTTP.

use super::Scope;
use super::table::{Entry, ruled};
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, closest};
use crate::model::documents::load_balancer::{LoadBalancer, Redirect as Document};
use crate::model::manifests::Written;
use crate::model::resolved::load_balancer::{Listener, ListenerProtocol, Redirect};
use crate::model::resolved::rule::RuleAction;

const REFERENCE: &str = "Elastic Load Balancing API Reference, RedirectActionConfig";
/// Which parts of a request each part of an address may be made of.
const WORDS: [(&str, &[&str]); 3] = [
    ("host", &["host"]),
    ("path", &["host", "path", "port"]),
    ("query", &["protocol", "host", "port", "path", "query"]),
];

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "redirect-loop",
        rule: "A redirect changes protocol, port, host, path or query: it would lead back to itself",
        source: REFERENCE,
        wrong: ruled!("{ name: old, listener: https, hosts: [old], redirect: { to: https } }"),
        right: ruled!("{ name: old, listener: https, hosts: [old], redirect: { host: new } }"),
    },
    Entry {
        code: "redirect-downgrade",
        rule: "An HTTPS listener does not redirect to HTTP",
        source: REFERENCE,
        wrong: ruled!("{ name: old, hosts: [old], redirect: { protocol: HTTP } }"),
        right: ruled!("{ name: old, hosts: [old], redirect: { protocol: HTTPS, port: 8443 } }"),
    },
    Entry {
        code: "redirect-template",
        rule: "In redirects, `host` can have `#{host}`, `path` also `#{path}` and `#{port}`, and `query` also `#{protocol}` and `#{query}`",
        source: REFERENCE,
        wrong: ruled!("{ name: old, hosts: [old], redirect: { path: '/new/#{pth}' } }"),
        right: ruled!("{ name: old, hosts: [old], redirect: { path: '/new/#{path}' } }"),
    },
    Entry {
        code: "dangling-reference",
        rule: "The listener that a rule redirects to exists",
        source: "",
        wrong: ruled!("{ name: old, listener: http, hosts: [old], redirect: { to: htps } }"),
        right: ruled!("{ name: old, listener: http, hosts: [old], redirect: { to: https } }"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let balancers = scope.manifests.load_balancers.iter().filter_map(|(name, written)| {
        Some((written, &scope.stack.load_balancers.get(name)?.value))
    });
    let mut problems = vec![];
    for (written, balancer) in balancers {
        problems.extend(templates(written));
        for (index, rule) in balancer.rules.iter().enumerate() {
            let RuleAction::Redirect(redirect) = &rule.action else { continue };
            let dangling = dangling(written, index, &balancer.listeners);
            let mut listeners = balancer.listeners.iter();
            let listener = listeners.find(|listener| listener.name == rule.listener);
            if let (None, Some(listener)) = (&dangling, listener) {
                let place = written.key(&format!("/rules/{index}/redirect"));
                problems.extend(wrong(redirect, listener, &place));
            }
            problems.extend(dangling);
        }
    }
    problems
}

/// Why a listener can't redirect so.
pub(super) fn wrong(redirect: &Redirect, listener: &Listener, place: &Span) -> Option<Problem> {
    let is_same =
        |part: &Option<String>, request: &str| part.as_ref().is_none_or(|part| part == request);
    let protocol = redirect.protocol.unwrap_or(listener.protocol);
    let is_loop = protocol == listener.protocol
        && redirect.port.is_none_or(|port| port == listener.port)
        && is_same(&redirect.host, "#{host}")
        && is_same(&redirect.path, "/#{path}")
        && is_same(&redirect.query, "#{query}");
    if is_loop {
        let message = format!("listener `{}` redirects to itself", listener.name);
        return Some(Problem::error("redirect-loop", message).at(place, "leads back here"));
    }
    if (listener.protocol, protocol) == (ListenerProtocol::Https, ListenerProtocol::Http) {
        let message = format!("HTTPS listener `{}` can't redirect to HTTP", listener.name);
        return Some(Problem::error("redirect-downgrade", message).at(place, "AWS refuses this"));
    }
    None
}

fn dangling(written: &Written<LoadBalancer>, index: usize, known: &[Listener]) -> Option<Problem> {
    let to = written.document.rules[index].redirect.as_ref()?.to.as_ref()?;
    let names = || known.iter().map(|listener| listener.name.as_str());
    if names().any(|name| name == to) {
        return None;
    }
    let problem = Problem::error("dangling-reference", format!("no listener `{to}`"))
        .at(&written.value(&format!("/rules/{index}/redirect/to")), "no listener has this name");
    Some(match closest(to, names()) {
        Some(similar) => problem.hint(format!("did you mean `{similar}`?")),
        None => problem,
    })
}

fn templates(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let document = &written.document;
    let of_listeners = document.listeners.iter().enumerate();
    let of_listeners = of_listeners
        .map(|(index, listener)| (format!("/listeners/{index}/redirect"), &listener.redirect));
    let of_rules = document.rules.iter().enumerate();
    let of_rules =
        of_rules.map(|(index, rule)| (format!("/rules/{index}/redirect"), &rule.redirect));
    let all = of_listeners.chain(of_rules);
    let written_ones = all.filter_map(|(base, redirect)| Some((base, redirect.as_ref()?)));
    written_ones.flat_map(|(base, redirect)| parts(written, &base, redirect)).collect()
}

fn parts(written: &Written<LoadBalancer>, base: &str, redirect: &Document) -> Vec<Problem> {
    let texts = [&redirect.host, &redirect.path, &redirect.query];
    let parts =
        WORDS.into_iter().zip(texts).filter_map(|(words, text)| Some((words, text.as_ref()?)));
    let problem = |((field, allowed), text): ((&str, &[&str]), &String)| {
        let word = text.split("#{").skip(1).map(|rest| rest.split('}').next().unwrap_or(rest));
        let unknown = word.into_iter().find(|word| !allowed.contains(word))?;
        let allowed: Vec<_> = allowed.iter().map(|word| format!("`#{{{word}}}`")).collect();
        Some(
            Problem::error("redirect-template", format!("`{field}` can't have `#{{{unknown}}}`"))
                .at(&written.value(&format!("{base}/{field}")), "AWS refuses this")
                .hint(format!(
                    "what stands for parts of the request here is {}",
                    allowed.join(", ")
                )),
        )
    };
    parts.filter_map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        redirect-loop: listener `https` redirects to itself [redirect: leads back here]
        redirect-downgrade: HTTPS listener `https` can't redirect to HTTP [redirect: AWS refuses this]
        redirect-template: `path` can't have `#{pth}` ['/new/#{pth}': AWS refuses this] -> what stands for parts of the request here is `#{host}`, `#{path}`, `#{port}`
        dangling-reference: no listener `htps` [htps: no listener has this name] -> did you mean `https`?
        ");
    }
}
