//! The certificates of listeners and of their clients: each once, from where the load balancer is, and checked.

use super::Scope;
use super::table::Entry;
use crate::manifest::problem::Problem;
use crate::model::documents::load_balancer::{
    Listener, ListenerProtocol, LoadBalancer, MutualAuthentication, MutualMode,
};
use crate::model::manifests::Written;
use crate::model::stack::Target;

/// Certificates of a load balancer besides the first of each listener; AWS raises the quota on request.
const MOST_FURTHER: usize = 25;

const GUIDE: &str = "Elastic Load Balancing API Reference";

/// A load balancer with one listener, which has these fields.
macro_rules! listener {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: public, listeners: [{ name: l, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'], ",
            $fields,
            " }] }"
        )
    };
}

/// A listener with as many certificates.
macro_rules! certificates {
    ($($number:literal)*) => {
        concat!(
            "{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTPS, certificates: [",
            $("'arn:aws:acm:eu-west-1:444455556666:certificate/", $number, "', ",)*
            "] }] }"
        )
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "mutual-authentication",
        rule: "`verify` needs the trust store that it checks certificates by",
        source: GUIDE,
        wrong: listener!("protocol: HTTPS, mutualAuthentication: { mode: verify }"),
        right: listener!(
            "protocol: HTTPS, mutualAuthentication: { mode: verify, trustStore: 'arn:aws:elasticloadbalancing:eu-west-1:444455556666:truststore/a/1' }"
        ),
    },
    Entry {
        code: "mutual-authentication",
        rule: "`passthrough` checks nothing, and so has no trust store",
        source: GUIDE,
        wrong: listener!(
            "protocol: HTTPS, mutualAuthentication: { mode: passthrough, ignoreClientCertificateExpiry: true }"
        ),
        right: listener!("protocol: HTTPS, mutualAuthentication: { mode: passthrough }"),
    },
    Entry {
        code: "mutual-authentication",
        rule: "only an HTTPS listener asks clients for certificates",
        source: GUIDE,
        wrong: "{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTP, mutualAuthentication: { mode: passthrough } }] }",
        right: "{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTP }] }",
    },
    Entry {
        code: "duplicate-certificate",
        rule: "a certificate of a listener is listed once",
        source: GUIDE,
        wrong: "{ kind: App, name: shop, defaultEnvironment: prod, environments: { prod: { region: eu-west-1, account: '444455556666' } } }\n---\n{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTPS, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a', 'arn:aws:acm:eu-west-1:444455556666:certificate/a'] }] }",
        right: "{ kind: App, name: shop, defaultEnvironment: prod, environments: { prod: { region: eu-west-1, account: '444455556666' } } }\n---\n{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTPS, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a', 'arn:aws:acm:eu-west-1:444455556666:certificate/b'] }] }",
    },
    Entry {
        code: "certificate-region",
        rule: "the certificates of a load balancer are in its Region",
        source: GUIDE,
        wrong: "{ kind: App, name: shop, defaultEnvironment: prod, environments: { prod: { region: eu-west-1, account: '444455556666' } } }\n---\n{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTPS, certificates: ['arn:aws:acm:us-east-1:444455556666:certificate/a'] }] }",
        right: "{ kind: App, name: shop, defaultEnvironment: prod, environments: { prod: { region: eu-west-1, account: '444455556666' } } }\n---\n{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTPS, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }] }",
    },
    Entry {
        code: "certificate-account",
        rule: "the certificates of a load balancer are in its account",
        source: GUIDE,
        wrong: "{ kind: App, name: shop, defaultEnvironment: prod, environments: { prod: { region: eu-west-1, account: '444455556666' } } }\n---\n{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTPS, certificates: ['arn:aws:acm:eu-west-1:111122223333:certificate/a'] }] }",
        right: "{ kind: App, name: shop, defaultEnvironment: prod, environments: { prod: { region: eu-west-1, account: '444455556666' } } }\n---\n{ kind: LoadBalancer, name: public, listeners: [{ name: l, protocol: HTTPS, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }] }",
    },
    Entry {
        code: "quota",
        rule: "a load balancer has at most 25 certificates besides the first of each listener, unless the account may have more",
        source: "Elastic Load Balancing, Application Load Balancer quotas",
        wrong: certificates!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27),
        right: certificates!(1 2),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let balancers = scope.manifests.load_balancers.values();
    balancers.flat_map(|written| load_balancer(written, &scope.stack.target)).collect()
}

fn load_balancer(written: &Written<LoadBalancer>, target: &Target) -> Vec<Problem> {
    let mut problems: Vec<_> = too_many(written).into_iter().collect();
    for (listener_index, listener) in written.document.listeners.iter().enumerate() {
        let mutual = listener.mutual_authentication.as_ref();
        problems.extend(mutual.and_then(|mutual| {
            let base = format!("/listeners/{listener_index}/mutualAuthentication");
            mutual_authentication(written, listener, mutual, &base)
        }));
        for (index, arn) in listener.certificates.iter().enumerate() {
            let earlier = &listener.certificates[..index];
            let view = CertificateView { written, target, arn, listener_index, index };
            problems.extend(view.repeated(earlier));
            problems.extend(view.elsewhere());
        }
    }
    problems
}

fn too_many(written: &Written<LoadBalancer>) -> Option<Problem> {
    let listeners = written.document.listeners.iter();
    let count: usize =
        listeners.map(|listener| listener.certificates.len().saturating_sub(1)).sum();
    let message = format!(
        "load balancer `{}` has {count} certificates besides the listeners' first ones",
        written.document.name
    );
    (count > MOST_FURTHER).then(|| {
        Problem::warning("quota", message)
            .at(&written.key("/listeners"), format!("AWS takes {MOST_FURTHER}"))
            .hint("AWS refuses more unless the account's quota was raised")
    })
}

fn mutual_authentication(
    written: &Written<LoadBalancer>,
    listener: &Listener,
    mutual: &MutualAuthentication,
    base: &str,
) -> Option<Problem> {
    let problem = |message: String| Problem::error("mutual-authentication", message);
    if listener.protocol.is_some_and(|protocol| protocol != ListenerProtocol::Https) {
        let message = format!("listener `{}` can't ask clients for certificates", listener.name);
        return Some(problem(message).at(&written.key(base), "only for HTTPS"));
    }
    let needless = match mutual.mode {
        MutualMode::Verify if mutual.trust_store.is_none() => {
            let problem = problem("`verify` needs a trust store".to_owned());
            let place = written.value(&format!("{base}/mode"));
            let hint = "add `trustStore:` with its ARN";
            return Some(problem.at(&place, "by what?").hint(hint));
        }
        MutualMode::Verify => None,
        MutualMode::Passthrough => [
            ("trustStore", mutual.trust_store.is_some()),
            ("ignoreClientCertificateExpiry", mutual.ignore_client_certificate_expiry),
            ("advertiseTrustStoreCaNames", mutual.advertise_trust_store_ca_names),
        ]
        .into_iter()
        .find(|(_, is_written)| *is_written),
    };
    let (field, _) = needless?;
    let message = format!("`{field}` is not looked at: `passthrough` checks nothing");
    let place = written.key(&format!("{base}/{field}"));
    Some(problem(message).at(&place, "only with `mode: verify`"))
}

/// A certificate of a listener and where it is written.
struct CertificateView<'a> {
    written: &'a Written<LoadBalancer>,
    target: &'a Target,
    arn: &'a str,
    listener_index: usize,
    index: usize,
}

impl CertificateView<'_> {
    fn place(&self, index: usize) -> crate::manifest::node::Span {
        self.written.value(&format!("/listeners/{}/certificates/{index}", self.listener_index))
    }

    fn repeated(&self, earlier: &[String]) -> Option<Problem> {
        let first = earlier.iter().position(|earlier| earlier == self.arn)?;
        let problem = Problem::error("duplicate-certificate", "a certificate is listed twice")
            .at(&self.place(self.index), "again here")
            .at(&self.place(first), "first here");
        Some(problem.hint("remove one of them"))
    }

    /// Certificates of IAM are in no Region. Another account is only a warning: AWS decides who may use what.
    fn elsewhere(&self) -> Option<Problem> {
        let mut fields = self.arn.split(':').skip(3);
        let (region, account) = (fields.next()?, fields.next()?);
        let differs = |found: &str, known: &Option<String>| {
            !found.is_empty() && known.as_ref().is_some_and(|known| known != found)
        };
        let (problem, label) = if differs(region, &self.target.region) {
            let message = format!("the certificate is in Region {region}");
            (Problem::error("certificate-region", message), self.target.region.as_ref())
        } else if differs(account, &self.target.account) {
            let message = format!("the certificate is in account {account}");
            (Problem::warning("certificate-account", message), self.target.account.as_ref())
        } else {
            return None;
        };
        let problem = problem
            .at(&self.place(self.index), format!("the load balancer is in {}", label?))
            .hint("write the ARN of a certificate in the environment's own account and Region, with a variable if they differ");
        Some(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn clients_are_asked_where_that_is_possible() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        mutual-authentication: `verify` needs a trust store [verify: by what?] -> add `trustStore:` with its ARN
        mutual-authentication: `ignoreClientCertificateExpiry` is not looked at: `passthrough` checks nothing [ignoreClientCertificateExpiry: only with `mode: verify`]
        mutual-authentication: listener `l` can't ask clients for certificates [mutualAuthentication: only for HTTPS]
        duplicate-certificate: a certificate is listed twice ['arn:aws:acm:eu-west-1:444455556666:certificate/a': again here] ['arn:aws:acm:eu-west-1:444455556666:certificate/a': first here] -> remove one of them
        certificate-region: the certificate is in Region us-east-1 ['arn:aws:acm:us-east-1:444455556666:certificate/a': the load balancer is in eu-west-1] -> write the ARN of a certificate in the environment's own account and Region, with a variable if they differ
        warning certificate-account: the certificate is in account 111122223333 ['arn:aws:acm:eu-west-1:111122223333:certificate/a': the load balancer is in 444455556666] -> write the ARN of a certificate in the environment's own account and Region, with a variable if they differ
        warning quota: load balancer `public` has 26 certificates besides the listeners' first ones [listeners: AWS takes 25] -> AWS refuses more unless the account's quota was raised
        ");
    }

    fn stack(listeners: &str) -> String {
        let environment = "{ region: eu-west-1, account: '444455556666' }";
        format!(
            "{{ kind: App, name: shop, defaultEnvironment: prod, environments: {{ prod: {environment} }} }}\n---\n{{ kind: LoadBalancer, name: public, listeners: [{listeners}] }}"
        )
    }

    fn listener(port: usize, certificates: &[String]) -> String {
        let certificates = certificates.join("', '");
        format!(
            "{{ name: l{port}, protocol: HTTPS, port: {port}, certificates: ['{certificates}'] }}"
        )
    }

    fn acm(region: &str, account: &str, id: &str) -> String {
        format!("arn:aws:acm:{region}:{account}:certificate/{id}")
    }

    #[test]
    fn certificates_are_where_the_load_balancer_is() {
        let own = |id: &str| acm("eu-west-1", "444455556666", id);
        let one = |arn: String| stack(&listener(443, &[arn]));
        let iam = "arn:aws:iam::444455556666:server-certificate/a".to_owned();
        let twice = stack(&listener(443, &[own("a"), own("a")]));
        let cases = [
            (twice, stack(&listener(443, &[own("a"), own("b")]))),
            (one(acm("us-east-1", "444455556666", "a")), one(own("a"))),
            (one(acm("eu-west-1", "111122223333", "a")), one(iam)),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r"
        duplicate-certificate: a certificate is listed twice ['arn:aws:acm:eu-west-1:444455556666:certificate/a': again here] ['arn:aws:acm:eu-west-1:444455556666:certificate/a': first here] -> remove one of them
        certificate-region: the certificate is in Region us-east-1 ['arn:aws:acm:us-east-1:444455556666:certificate/a': the load balancer is in eu-west-1] -> write the ARN of a certificate in the environment's own account and Region, with a variable if they differ
        warning certificate-account: the certificate is in account 111122223333 ['arn:aws:acm:eu-west-1:111122223333:certificate/a': the load balancer is in 444455556666] -> write the ARN of a certificate in the environment's own account and Region, with a variable if they differ
        ");
    }

    #[test]
    fn further_certificates_are_counted_over_all_listeners() {
        let listeners = |count: usize| {
            let all: Vec<_> =
                (0..count).map(|id| acm("eu-west-1", "444455556666", &format!("c{id}"))).collect();
            stack(&format!("{}, {}", listener(443, &all[..10]), listener(444, &all[10..])))
        };
        insta::assert_snapshot!(report(&[(&listeners(28), &listeners(27))]), @"warning quota: load balancer `public` has 26 certificates besides the listeners' first ones [listeners: AWS takes 25] -> AWS refuses more unless the account's quota was raised");
    }
}
