//! Logging users in at the load balancer: over HTTPS, by one provider, within AWS's bounds.

use super::listener_rules::RuleView;
use super::table::{Entry, ruled};
use super::{Bounds, Scope, within};
use crate::manifest::node::{Node, Span};
use crate::manifest::problem::Problem;
use crate::model::documents::authentication::Authenticate;
use crate::model::resolved::load_balancer::ListenerProtocol;

const GUIDE: &str = "Authenticate users using an Application Load Balancer";
const REFERENCE: &str = "Elastic Load Balancing API Reference, AuthenticateOidcActionConfig";
const MOST_PARAMETERS: usize = 10;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "authenticate-listener",
        rule: "Only rules of HTTPS listeners log users in",
        source: GUIDE,
        wrong: ruled!(
            "{ name: a, listener: http, hosts: [a], forward: [{ service: web }], authenticate: { cognito: { userPoolArn: 'arn:aws:cognito-idp:eu-west-1:444455556666:userpool/a', userPoolClientId: a, userPoolDomain: a } } }"
        ),
        right: ruled!(
            "{ name: a, listener: https, hosts: [a], forward: [{ service: web }], authenticate: { cognito: { userPoolArn: 'arn:aws:cognito-idp:eu-west-1:444455556666:userpool/a', userPoolClientId: a, userPoolDomain: a } } }"
        ),
    },
    Entry {
        code: "authenticate-provider",
        rule: "`authenticate` has either `oidc` or `cognito`",
        source: GUIDE,
        wrong: ruled!("{ name: a, hosts: [a], forward: [{ service: web }], authenticate: {} }"),
        right: ruled!("{ name: a, hosts: [a], forward: [{ service: web }] }"),
    },
    Entry {
        code: "out-of-range",
        rule: "`authenticate` has a `sessionTimeout` of 1s to 7d",
        source: REFERENCE,
        wrong: ruled!(
            "{ name: a, hosts: [a], fixedResponse: {}, authenticate: { cognito: { sessionTimeout: 8d, userPoolArn: 'arn:aws:cognito-idp:eu-west-1:444455556666:userpool/a', userPoolClientId: a, userPoolDomain: a } } }"
        ),
        right: ruled!(
            "{ name: a, hosts: [a], fixedResponse: {}, authenticate: { cognito: { sessionTimeout: 7d, userPoolArn: 'arn:aws:cognito-idp:eu-west-1:444455556666:userpool/a', userPoolClientId: a, userPoolDomain: a } } }"
        ),
    },
    Entry {
        code: "too-many-parameters",
        rule: "`authenticate` has at most 10 `extraParameters`",
        source: REFERENCE,
        wrong: ruled!(
            "{ name: a, hosts: [a], fixedResponse: {}, authenticate: { cognito: { extraParameters: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1, k: 1 }, userPoolArn: 'arn:aws:cognito-idp:eu-west-1:444455556666:userpool/a', userPoolClientId: a, userPoolDomain: a } } }"
        ),
        right: ruled!(
            "{ name: a, hosts: [a], fixedResponse: {}, authenticate: { cognito: { extraParameters: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1 }, userPoolArn: 'arn:aws:cognito-idp:eu-west-1:444455556666:userpool/a', userPoolClientId: a, userPoolDomain: a } } }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let plain = RuleView::all(scope).into_iter().filter_map(|view| over_http(scope, &view));
    let mut problems: Vec<_> = plain.collect();
    for (node, pointer, authenticate) in written(scope) {
        let view = View { node, pointer, authenticate };
        problems.extend(view.provider());
        problems.extend(view.timeout());
        problems.extend(view.parameters());
    }
    problems
}

fn over_http(scope: &Scope<'_>, view: &RuleView<'_>) -> Option<Problem> {
    view.rule.authenticate.as_ref()?;
    let listener = view.resolved_listener(scope)?;
    let message = format!("users log in over HTTPS only, but `{}` is HTTP", listener.name);
    (listener.protocol == ListenerProtocol::Http).then(|| {
        Problem::error("authenticate-listener", message)
            .at(&view.key("authenticate"), "not over HTTP")
            .hint("choose an HTTPS listener")
    })
}

/// What is written, where.
fn written<'a>(scope: &Scope<'a>) -> Vec<(&'a Node, String, &'a Authenticate)> {
    let services = scope.manifests.services.values().flat_map(|written| {
        let entries = written.document.load_balancers.iter().enumerate();
        entries.map(|(index, entry)| {
            (&written.node, format!("/loadBalancers/{index}/authenticate"), &entry.authenticate)
        })
    });
    let balancers = scope.manifests.load_balancers.values().flat_map(|written| {
        let rules = written.document.rules.iter().enumerate();
        rules.map(|(index, rule)| {
            (&written.node, format!("/rules/{index}/authenticate"), &rule.authenticate)
        })
    });
    let all = services.chain(balancers);
    all.filter_map(|(node, pointer, it)| Some((node, pointer, it.as_ref()?))).collect()
}

struct View<'a> {
    node: &'a Node,
    pointer: String,
    authenticate: &'a Authenticate,
}

impl View<'_> {
    fn provider(&self) -> Option<Problem> {
        let place = self.node.key_span(self.pointer.as_str());
        match (&self.authenticate.oidc, &self.authenticate.cognito) {
            (Some(_), None) | (None, Some(_)) => None,
            (None, None) => Some(
                Problem::error("authenticate-provider", "nobody is named who logs users in")
                    .at(&place, "expected `oidc` or `cognito`"),
            ),
            (Some(_), Some(_)) => Some(
                Problem::error("authenticate-provider", "users log in with `oidc` or `cognito`")
                    .at(&self.key("oidc"), "one")
                    .at(&self.key("cognito"), "the other")
                    .hint("remove one of them"),
            ),
        }
    }

    fn key(&self, field: &str) -> Span {
        self.node.key_span(format!("{}/{field}", self.pointer).as_str())
    }

    fn timeout(&self) -> Option<Problem> {
        let Authenticate { oidc, cognito } = self.authenticate;
        let of_oidc = oidc.as_ref().and_then(|it| Some(("oidc", it.session_timeout?.0)));
        let of_cognito = cognito.as_ref().and_then(|it| Some(("cognito", it.session_timeout?.0)));
        let (provider, timeout) = of_oidc.or(of_cognito)?;
        let bounds = Bounds { field: "sessionTimeout", least: 1, most: 604_800 };
        within(&bounds, Some(timeout), || {
            let pointer = format!("{}/{provider}/sessionTimeout", self.pointer);
            self.node.value_span(pointer.as_str())
        })
    }

    fn parameters(&self) -> Option<Problem> {
        let Authenticate { oidc, cognito } = self.authenticate;
        let of_oidc = oidc.as_ref().map(|it| ("oidc", it.extra_parameters.len()));
        let of_cognito = cognito.as_ref().map(|it| ("cognito", it.extra_parameters.len()));
        let (provider, count) = of_oidc.or(of_cognito)?;
        let message =
            format!("{MOST_PARAMETERS} further parameters are possible, but here are {count}");
        (count > MOST_PARAMETERS).then(|| {
            Problem::error("too-many-parameters", message)
                .at(&self.key(&format!("{provider}/extraParameters")), "too many")
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
        authenticate-listener: users log in over HTTPS only, but `http` is HTTP [authenticate: not over HTTP] -> choose an HTTPS listener
        authenticate-provider: nobody is named who logs users in [authenticate: expected `oidc` or `cognito`]
        out-of-range: `sessionTimeout` must be between 1 and 604800, but is 691200 [8d: expected 1 to 604800]
        too-many-parameters: 10 further parameters are possible, but here are 11 [extraParameters: too many]
        ");
    }
}
