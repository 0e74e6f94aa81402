//! Certificates are issued, last, and cover the hosts that listeners take requests for.

use super::Questions;
use super::answers::{Answers, CertificateFacts, Unread};
use super::findings::{Findings, at};
use super::scene::{LoadBalancerView, Scene};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::load_balancer::Listener;

/// ACM renews its own long before; of others, the end is near.
const SOON: i64 = 14 * DAY;
const DAY: i64 = 24 * 60 * 60;

/// A host that a listener takes requests for, and where that is written.
struct Host<'a> {
    pattern: &'a str,
    place: Option<Span>,
}

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    let listeners = scene.load_balancers().flat_map(|it| &it.resource.value.listeners);
    questions.certificates.extend(listeners.flat_map(certificates).cloned());
    let classic = scene.classic_load_balancers().flat_map(|it| &it.resource.value.listeners);
    questions.certificates.extend(classic.filter_map(|listener| listener.certificate.clone()));
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    for balancer in scene.load_balancers() {
        for (index, listener) in balancer.resource.value.listeners.iter().enumerate() {
            for (number, arn) in certificates(listener).iter().enumerate() {
                let place = balancer.place(&format!("/listeners/{index}/certificates/{number}"));
                one(arn, place, answers, findings);
            }
            covers(scene, balancer, listener, answers, findings);
        }
    }
    for balancer in scene.classic_load_balancers() {
        for (index, listener) in balancer.resource.value.listeners.iter().enumerate() {
            let Some(arn) = &listener.certificate else { continue };
            let place = balancer.place(&format!("/listeners/{index}/certificates/0"));
            one(arn, place, answers, findings);
        }
    }
}

fn certificates(listener: &Listener) -> &[String] {
    listener.tls.as_ref().map_or(&[], |tls| &tls.certificates)
}

fn one(arn: &str, place: Option<Span>, answers: &Answers, findings: &mut Findings) {
    let thing = format!("certificate `{arn}`");
    let (status, not_after) = match answers.certificates.get(arn) {
        None => return findings.unread(&Unread::because("nothing was asked"), thing, place),
        Some(Err(why)) => return findings.unread(why, thing, place),
        Some(Ok(CertificateFacts::Missing)) => {
            let problem = Problem::error("certificate-missing", format!("{thing} is not there"))
                .hint("request or import it first, or correct its ARN");
            return findings.add(at(problem, place.as_ref(), "the listener cannot use it"));
        }
        Some(Ok(CertificateFacts::Found { status, not_after, .. })) => (status, *not_after),
    };
    if status != "ISSUED" {
        let message = format!("{thing} is not issued: it is {status}");
        let problem = Problem::error("certificate-not-issued", message).hint(cure(status));
        return findings.add(at(problem, place.as_ref(), "the listener cannot use it"));
    }
    let left = not_after.map_or(i64::MAX, |end| end - answers.now);
    if left <= 0 {
        let problem = Problem::error("certificate-expired", format!("{thing} has expired"))
            .hint("renew it, or name another one");
        return findings.add(at(problem, place.as_ref(), "clients refuse it"));
    }
    if left < SOON {
        let message = format!("{thing} expires in {} d", left / DAY);
        let problem = Problem::warning("certificate-expires", message)
            .hint("look why it was not renewed yet");
        return findings.add(at(problem, place.as_ref(), "soon refused by clients"));
    }
    findings.pass();
}

fn cure(status: &str) -> &'static str {
    match status {
        "PENDING_VALIDATION" => {
            "put the records into DNS that Certificate Manager shows for it, and wait"
        }
        "VALIDATION_TIMED_OUT" | "FAILED" => "request it anew: Certificate Manager gave up on it",
        _ => "request or import another one",
    }
}

/// Whether each host has a certificate of the listener. What is not known of one may cover anything.
fn covers(
    scene: &Scene<'_>,
    balancer: LoadBalancerView<'_>,
    listener: &Listener,
    answers: &Answers,
    findings: &mut Findings,
) {
    let names: Option<Vec<&String>> = certificates(listener)
        .iter()
        .map(|arn| match answers.certificates.get(arn) {
            Some(Ok(CertificateFacts::Found { names: Some(names), .. })) => Some(names),
            Some(
                Ok(CertificateFacts::Found { names: None, .. } | CertificateFacts::Missing)
                | Err(_),
            )
            | None => None,
        })
        .collect::<Option<Vec<_>>>()
        .map(|all| all.into_iter().flatten().collect());
    let Some(names) = names.filter(|_| listener.tls.is_some()) else { return };
    for host in hosts(scene, balancer, &listener.name) {
        match is_covered(host.pattern, &names) {
            Some(true) => findings.pass(),
            Some(false) => findings.add(uncovered(&host, listener, &names)),
            // Which hosts such a pattern stands for is up to the clients.
            None => {}
        }
    }
}

fn uncovered(host: &Host<'_>, listener: &Listener, names: &[&String]) -> Problem {
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let message = format!(
        "no certificate of listener `{}` covers `{}`: they are for {}",
        listener.name,
        host.pattern,
        names.join(", ")
    );
    let problem = Problem::error("certificate-hosts", message)
        .hint("add a certificate for it to the listener's `certificates`");
    at(problem, host.place.as_ref(), "browsers would refuse the connection")
}

/// The hosts in the rules of a listener: of services, and of the load balancer itself.
fn hosts<'a>(
    scene: &Scene<'a>,
    balancer: LoadBalancerView<'a>,
    listener: &'a str,
) -> impl Iterator<Item = Host<'a>> {
    let name = balancer.resource.name.as_str();
    let rules = balancer.resource.value.rules.iter().enumerate();
    let own = rules.filter(move |(_, rule)| rule.listener == listener);
    let own = own.flat_map(move |(index, rule)| {
        rule.rule.conditions.hosts.iter().enumerate().map(move |(number, pattern)| Host {
            pattern,
            place: balancer.place(&format!("/rules/{index}/hosts/{number}")),
        })
    });
    let of_services = scene.all_workloads().flat_map(move |service| {
        let targets = service.load_balancers().iter().enumerate();
        let here = targets
            .filter(move |(_, target)| target.load_balancer == name && target.listener == listener);
        here.flat_map(move |(index, target)| {
            let hosts = target.rule.iter().flat_map(|rule| &rule.conditions.hosts).enumerate();
            hosts.map(move |(number, pattern)| Host {
                pattern,
                place: service.place(&format!("/loadBalancers/{index}/hosts/{number}")),
            })
        })
    });
    own.chain(of_services)
}

/// Whether one of the names is for the host, or for all that a pattern such as `*.example.com` stands
/// for; none for patterns that no certificate can be for.
fn is_covered(pattern: &str, names: &[&String]) -> Option<bool> {
    let pattern = pattern.to_ascii_lowercase();
    let fixed = pattern.strip_prefix("*.").unwrap_or(&pattern);
    if fixed.contains(['*', '?']) {
        return None;
    }
    let is_for = |name: &&String| {
        let name = name.to_ascii_lowercase();
        let parent = pattern.split_once('.').map(|(_, parent)| parent);
        // The asterisk of a certificate is for one label.
        name == pattern || name.strip_prefix("*.").is_some_and(|domain| parent == Some(domain))
    };
    Some(names.iter().any(is_for))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, service};

    const ARN: &str = "arn:aws:acm:eu-west-1:444455556666:certificate/a";

    fn judged(hosts: &str, answer: Result<CertificateFacts, Unread>) -> Judged {
        let web = service(&format!(
            "image: x, port: 80, loadBalancers: [{{ loadBalancer: public, hosts: [{hosts}] }}]"
        ));
        let text = format!(
            "{{ kind: LoadBalancer, name: public, listeners: [{{ name: https, protocol: HTTPS, certificates: ['{ARN}'] }}] }}\n---\n{web}"
        );
        Judged::of(&text, Subject::Certificates, |answers| {
            answers.certificates.insert(ARN.to_owned(), answer);
        })
    }

    fn found(status: &str, names: &[&str], days: i64) -> CertificateFacts {
        CertificateFacts::Found {
            status: status.to_owned(),
            names: Some(names.iter().map(ToString::to_string).collect()),
            not_after: Some(1_800_000_000 + days * DAY),
        }
    }

    #[test]
    fn a_certificate_covers_the_hosts_of_its_listener() {
        for (host, name) in [
            ("a.example.com", "a.example.com"),
            ("A.example.com", "a.Example.com"),
            ("a.example.com", "*.example.com"),
            ("'*.example.com'", "*.example.com"),
        ] {
            assert_eq!(
                judged(host, Ok(found("ISSUED", &["x.org", name], 90))).passed(),
                2,
                "{host}"
            );
        }
        assert_eq!(judged("'a*.example.com'", Ok(found("ISSUED", &["x.org"], 90))).passed(), 1);
        for (host, name) in [
            ("example.com", "*.example.com"),
            ("a.b.example.com", "*.example.com"),
            ("'*.example.com'", "a.example.com"),
        ] {
            let judged = judged(host, Ok(found("ISSUED", &[name], 90)));
            assert_eq!(judged.report.findings[0].problem.code, "certificate-hosts", "{host}");
        }
        insta::assert_snapshot!(judged("a.example.com", Ok(found("ISSUED", &["a.org", "b.org"], 90))), @"
        certificate-hosts: no certificate of listener `https` covers `a.example.com`: they are for a.org, b.org [a.example.com: browsers would refuse the connection] -> add a certificate for it to the listener's `certificates`
        ");
    }

    #[test]
    fn a_certificate_can_be_used() {
        let names = &["a.example.com"];
        let host = "a.example.com";
        insta::assert_snapshot!(judged(host, Ok(CertificateFacts::Missing)), @"
        certificate-missing: certificate `arn:aws:acm:eu-west-1:444455556666:certificate/a` is not there ['arn:aws:acm:eu-west-1:444455556666:certificate/a': the listener cannot use it] -> request or import it first, or correct its ARN
        ");
        insta::assert_snapshot!(judged(host, Ok(found("PENDING_VALIDATION", names, 90))), @"
        certificate-not-issued: certificate `arn:aws:acm:eu-west-1:444455556666:certificate/a` is not issued: it is PENDING_VALIDATION ['arn:aws:acm:eu-west-1:444455556666:certificate/a': the listener cannot use it] -> put the records into DNS that Certificate Manager shows for it, and wait
        ");
        insta::assert_snapshot!(judged(host, Ok(found("ISSUED", names, -1))), @"
        certificate-expired: certificate `arn:aws:acm:eu-west-1:444455556666:certificate/a` has expired ['arn:aws:acm:eu-west-1:444455556666:certificate/a': clients refuse it] -> renew it, or name another one
        ");
        insta::assert_snapshot!(judged(host, Ok(found("ISSUED", names, 5))), @"
        warning certificate-expires: certificate `arn:aws:acm:eu-west-1:444455556666:certificate/a` expires in 5 d ['arn:aws:acm:eu-west-1:444455556666:certificate/a': soon refused by clients] -> look why it was not renewed yet
        ");
        insta::assert_snapshot!(judged(host, Err(Unread::denied("acm:DescribeCertificate"))), @"
        warning certificate-unchecked: certificate `arn:aws:acm:eu-west-1:444455556666:certificate/a` was not checked: the identity lacks the permission `acm:DescribeCertificate` ['arn:aws:acm:eu-west-1:444455556666:certificate/a': not checked] -> allow `acm:DescribeCertificate` in a policy of the identity that runs this
        ");
    }
}
