//! The rules as a table: what each asks, where AWS says so, and a manifest on either side of it.

/// One rule, with the code that its problems bear. Codes may have several rules.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub code: &'static str,
    /// What must hold, in one sentence without a full stop.
    pub rule: &'static str,
    /// Where AWS says so; empty for what ecsctl itself asks for.
    pub source: &'static str,
    /// A manifest that breaks this rule.
    pub wrong: &'static str,
    /// Its neighbour that breaks none.
    pub right: &'static str,
}

/// A document of a service with one container and these fields.
macro_rules! service {
    ($($fields:literal),+) => {
        concat!("{ kind: Service, name: web, image: nginx, port: 80, ", $($fields,)+ " }")
    };
}

/// A document of a service with these fields, its containers among them.
macro_rules! task {
    ($fields:literal) => {
        concat!("{ kind: Service, name: web, ", $fields, " }")
    };
}

/// A service behind an HTTP listener of a load balancer, with these fields of its entry there.
macro_rules! balanced {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: public }\n---\n",
            "{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public, ",
            $fields,
            " }] }"
        )
    };
}

/// A load balancer with an HTTP and an HTTPS listener and these rules, and two services behind it.
macro_rules! ruled {
    ($rules:literal) => {
        $crate::model::rules::table::ruled!($rules, "")
    };
    ($rules:literal, $entry:literal) => {
        concat!(
            "kind: LoadBalancer\nname: public\nlisteners:\n  - { name: http, protocol: HTTP, redirect: {} }\n",
            "  - { name: https, protocol: HTTPS, certificates: ['arn:aws:iam::444455556666:server-certificate/a'] }\n",
            "rules: [", $rules, "]\n---\n",
            "{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public", $entry, " }] }\n---\n",
            "{ kind: Service, name: next, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public, hosts: [next] }] }"
        )
    };
}

/// A document of a cluster with one entry of `instances` with these fields.
macro_rules! instances {
    ($fields:literal) => {
        concat!("{ kind: Cluster, name: main, instances: [{ name: general, ", $fields, " }] }")
    };
}

pub(super) use {balanced, instances, ruled, service, task};

#[cfg(test)]
mod tests {
    use crate::model::rules::entries;
    use crate::model::testing::{render, resolved};

    #[test]
    fn each_rule_is_broken_by_its_wrong_manifest_and_kept_by_the_right_one() {
        for entry in entries() {
            let problems = |text| match resolved(text) {
                Ok((_, warnings)) => warnings,
                Err(problems) => problems,
            };
            let found = problems(entry.wrong);
            assert!(
                found.iter().any(|problem| problem.code == entry.code),
                "{} is not reported for {}, but {}",
                entry.code,
                entry.wrong,
                render(entry.wrong, &found)
            );
            let found = render(entry.right, &problems(entry.right));
            assert_eq!(found, "", "reported for what is right: {}", entry.right);
        }
    }
}
