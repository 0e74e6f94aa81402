//! The fields of target groups that only one type of load balancer, or one way of reaching tasks, knows.

use super::table::Entry;
use super::{Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::listener::ListenerProtocol;
use crate::model::documents::load_balancer::{Listener, LoadBalancer};
use crate::model::documents::routing::{
    Algorithm, HealthCheckProtocol, ProtocolVersion, ServiceLoadBalancer,
};
use crate::model::documents::target::{
    Stickiness as WrittenStickiness, StickinessBy, StickinessType,
};
use crate::model::resolved::service::{Target, Traits};

const GUIDE: &str = "Elastic Load Balancing API Reference";
const ECS: &str = "Amazon ECS Developer Guide";
/// Cookies whose names begin so are the load balancer's own.
const OWN_COOKIES: [&str; 3] = ["AWSALB", "AWSALBAPP", "AWSALBTG"];

/// A service behind an Application Load Balancer, with these fields of its target.
macro_rules! web {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: public }\n---\n",
            "{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public, ",
            $fields,
            " }] }"
        )
    };
}

/// A service behind a TCP listener of a Network Load Balancer, with these fields of its target.
macro_rules! tcp {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }\n---\n",
            "{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: edge, ",
            $fields,
            " }] }"
        )
    };
}

/// A service with dynamic host ports, with these fields of its target.
macro_rules! bridge {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: public }\n---\n",
            "{ kind: Service, name: web, launchType: EC2, memory: 512, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public, ",
            $fields,
            " }] }"
        )
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "target-field",
        rule: "`slowStart`, `algorithm` and `protocolVersion` are for targets of an Application Load Balancer",
        source: GUIDE,
        wrong: tcp!("slowStart: 60"),
        right: web!("slowStart: 60"),
    },
    Entry {
        code: "target-field",
        rule: "`preserveClientIp`, `proxyProtocol` and `connectionTermination` are for targets of a Network Load Balancer",
        source: GUIDE,
        wrong: web!("proxyProtocol: true"),
        right: tcp!("proxyProtocol: true"),
    },
    Entry {
        code: "target-protocol",
        rule: "an Application Load Balancer speaks HTTP or HTTPS to tasks, a Network Load Balancer what its listener speaks, behind TLS also TCP",
        source: GUIDE,
        wrong: web!("protocol: TCP"),
        right: web!("protocol: HTTPS"),
    },
    Entry {
        code: "health-check-protocol",
        rule: "an Application Load Balancer checks with HTTP or HTTPS",
        source: GUIDE,
        wrong: web!("healthCheck: { protocol: TCP }"),
        right: tcp!("healthCheck: { protocol: TCP }"),
    },
    Entry {
        code: "health-check-protocol",
        rule: "a health check by TCP has no `path` and no `matcher`",
        source: GUIDE,
        wrong: tcp!("healthCheck: { protocol: TCP, path: /healthz }"),
        right: tcp!("healthCheck: { protocol: HTTP, path: /healthz }"),
    },
    Entry {
        code: "health-check-port",
        rule: "tasks with dynamic host ports are checked on the port that gets the requests",
        source: ECS,
        wrong: bridge!("healthCheck: { port: 9000 }"),
        right: bridge!("healthCheck: { path: /healthz }"),
    },
    Entry {
        code: "stickiness-type",
        rule: "cookies are for an Application Load Balancer, `source_ip` for a Network Load Balancer",
        source: GUIDE,
        wrong: tcp!("stickiness: 1h"),
        right: tcp!("stickiness: { type: source_ip }"),
    },
    Entry {
        code: "stickiness-cookie",
        rule: "`app_cookie` names the application's cookie, and nothing else does; AWSALB, AWSALBAPP and AWSALBTG are the load balancer's",
        source: GUIDE,
        wrong: web!("stickiness: { type: app_cookie }"),
        right: web!("stickiness: { type: app_cookie, cookie: SESSION }"),
    },
    Entry {
        code: "slow-start",
        rule: "`slowStart` is off or 30s to 900s, and goes with `round_robin` only",
        source: GUIDE,
        wrong: web!("slowStart: 29s"),
        right: web!("slowStart: 30s"),
    },
    Entry {
        code: "client-ip",
        rule: "with UDP tasks always see the clients' addresses",
        source: GUIDE,
        wrong: "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: dns, protocol: UDP, port: 53 }] }\n---\n{ kind: Service, name: dns, containers: [{ name: dns, image: dns, ports: [{ container: 53, protocol: udp }] }], loadBalancers: [{ loadBalancer: edge, preserveClientIp: false }] }",
        right: "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: dns, protocol: UDP, port: 53 }] }\n---\n{ kind: Service, name: dns, containers: [{ name: dns, image: dns, ports: [{ container: 53, protocol: udp }] }], loadBalancers: [{ loadBalancer: edge, preserveClientIp: true }] }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let targets = service.value.load_balancers.iter().enumerate();
        let views = targets.map(|(index, target)| {
            let written = &service.document().load_balancers[index];
            TargetView { service, target, written, index }
        });
        views.flat_map(|view| view.check(scope)).collect()
    })
}

/// A target and where it is written.
struct TargetView<'a> {
    service: &'a ServiceView<'a>,
    target: &'a Target,
    written: &'a ServiceLoadBalancer,
    index: usize,
}

impl TargetView<'_> {
    fn pointer(&self, field: &str) -> String {
        format!("/loadBalancers/{}/{field}", self.index)
    }

    fn value(&self, field: &str) -> Span {
        self.service.written.value(&self.pointer(field))
    }

    fn key(&self, field: &str) -> Span {
        self.service.written.key(&self.pointer(field))
    }

    fn check(&self, scope: &Scope<'_>) -> Vec<Problem> {
        let balancer = scope.manifests.load_balancers.get(&self.written.load_balancer);
        // A load balancer that is not there is a problem of its own.
        let Some(balancer) = balancer.map(|balancer| &balancer.document) else { return vec![] };
        let listener = balancer.listeners.iter().find(|it| it.name == self.target.listener);
        if let Some(problem) = self.protocol(balancer, listener) {
            return vec![problem];
        }
        let mut problems = self.foreign_fields();
        problems.extend(self.health_check());
        problems.extend(self.dynamic_port());
        problems.extend(self.stickiness());
        problems.extend(self.slow_start());
        problems.extend(self.client_ip());
        problems
    }

    fn protocol(&self, balancer: &LoadBalancer, listener: Option<&Listener>) -> Option<Problem> {
        use ListenerProtocol::{Http, Https, Tcp, TcpUdp, Tls, Udp};
        let wanted = self.written.protocol?;
        let possible: &[ListenerProtocol] = match listener.and_then(|listener| listener.protocol) {
            None | Some(Http | Https) => &[Http, Https],
            Some(Tcp) => &[Tcp],
            Some(Udp) => &[Udp],
            Some(TcpUdp) => &[TcpUdp],
            Some(Tls) => &[Tcp, Tls],
        };
        if possible.contains(&wanted) {
            return None;
        }
        let words: Vec<_> = possible.iter().map(|protocol| protocol.word()).collect();
        let message = format!(
            "load balancer `{}` can't speak {} to the tasks here",
            balancer.name,
            wanted.word()
        );
        Some(
            Problem::error("target-protocol", message)
                .at(&self.value("protocol"), format!("expected {}", words.join(" or "))),
        )
    }

    fn foreign_fields(&self) -> Vec<Problem> {
        let written = self.written;
        let (fields, whose) = match &self.target.traits {
            Traits::Application { .. } => (
                vec![
                    ("preserveClientIp", written.preserve_client_ip.is_some()),
                    ("proxyProtocol", written.proxy_protocol.is_some()),
                    ("connectionTermination", written.connection_termination.is_some()),
                ],
                "a Network Load Balancer",
            ),
            Traits::Network { .. } => (
                vec![
                    ("slowStart", written.slow_start.is_some()),
                    ("algorithm", written.algorithm.is_some()),
                    ("protocolVersion", written.protocol_version != ProtocolVersion::Http1),
                ],
                "an Application Load Balancer",
            ),
        };
        let foreign = fields.into_iter().filter(|(_, is_written)| *is_written);
        let problem = |(field, _): (&str, bool)| {
            let message = format!("`{field}` is for targets of {whose}");
            Problem::error("target-field", message)
                .at(&self.key(field), "not known here")
                .at(&self.value("loadBalancer"), "the load balancer")
                .hint(format!("remove `{field}`"))
        };
        foreign.map(problem).collect()
    }

    fn health_check(&self) -> Option<Problem> {
        let check = &self.written.health_check;
        if self.target.health_check.protocol != HealthCheckProtocol::Tcp {
            return None;
        }
        let place = self.value("healthCheck/protocol");
        if self.target.protocol.is_http() {
            return Some(
                Problem::error(
                    "health-check-protocol",
                    "an Application Load Balancer checks with HTTP or HTTPS",
                )
                .at(&place, "expected HTTP or HTTPS"),
            );
        }
        let field = [("path", check.path.is_some()), ("matcher", check.matcher.is_some())];
        let (field, _) = field.into_iter().find(|(_, is_written)| *is_written)?;
        let message = format!("a health check by TCP has no `{field}`");
        Some(
            Problem::error("health-check-protocol", message)
                .at(&self.key(&format!("healthCheck/{field}")), "only with HTTP or HTTPS")
                .hint("write `protocol: HTTP` in `healthCheck`, or remove this"),
        )
    }

    fn dynamic_port(&self) -> Option<Problem> {
        self.target.health_check.port?;
        let containers = &self.service.value.task.containers;
        let container = containers.iter().find(|it| it.name == self.target.container)?;
        let mut ports = container.ports.iter();
        let port = ports.find(|port| port.container_port == self.target.container_port)?;
        (port.host_port == 0).then(|| {
            Problem::error(
                "health-check-port",
                "tasks with dynamic host ports are checked on the port that gets the requests",
            )
            .at(&self.value("healthCheck/port"), "each task has another port there")
            .hint("remove `port`, or give the container a fixed host port")
        })
    }

    fn stickiness(&self) -> Option<Problem> {
        let (stickiness_type, by) = match self.written.stickiness.as_ref()? {
            WrittenStickiness::For(_) => (StickinessType::LbCookie, None),
            WrittenStickiness::By(by) => (by.stickiness_type, Some(by)),
        };
        let is_cookie = match stickiness_type {
            StickinessType::LbCookie | StickinessType::AppCookie => true,
            StickinessType::SourceIp => false,
        };
        if is_cookie == self.target.protocol.is_http() {
            return by.and_then(|by| self.cookie(by));
        }
        let (message, hint) = if is_cookie {
            ("a Network Load Balancer knows no cookies", "write `stickiness: { type: source_ip }`")
        } else {
            (
                "an Application Load Balancer is sticky by cookies",
                "write how long the cookie lasts, such as `stickiness: 1h`",
            )
        };
        Some(
            Problem::error("stickiness-type", message)
                .at(&self.value("stickiness"), "not possible here")
                .hint(hint),
        )
    }

    fn cookie(&self, by: &StickinessBy) -> Option<Problem> {
        let problem = |message: String| Problem::error("stickiness-cookie", message);
        let needs_cookie = by.stickiness_type == StickinessType::AppCookie;
        match &by.cookie {
            None if needs_cookie => Some(
                problem("`app_cookie` needs the name of the cookie".to_owned())
                    .at(&self.value("stickiness"), "has no `cookie`")
                    .hint("add `cookie:` with the name of the application's cookie"),
            ),
            Some(cookie) if !needs_cookie => Some(
                problem(format!("`{cookie}` is not looked at"))
                    .at(&self.key("stickiness/cookie"), "only with `type: app_cookie`"),
            ),
            Some(cookie) if OWN_COOKIES.contains(&cookie.as_str()) => Some(
                problem(format!("`{cookie}` is a cookie of the load balancer itself"))
                    .at(&self.value("stickiness/cookie"), "expected another name"),
            ),
            None | Some(_) => None,
        }
    }

    fn slow_start(&self) -> Option<Problem> {
        let Traits::Application { algorithm, slow_start } = &self.target.traits else {
            return None;
        };
        if !matches!(slow_start, 0 | 30..=900) {
            let message =
                format!("`slowStart` must be 0 or between 30 and 900, but is {slow_start}");
            return Some(
                Problem::error("slow-start", message)
                    .at(&self.value("slowStart"), "expected 0, or 30 to 900")
                    .hint("0 turns slow start off"),
            );
        }
        (*slow_start > 0 && *algorithm != Algorithm::RoundRobin).then(|| {
            Problem::error("slow-start", "slow start goes with `round_robin` only")
                .at(&self.key("slowStart"), "one")
                .at(&self.value("algorithm"), "the other")
                .hint("remove one of them")
        })
    }

    fn client_ip(&self) -> Option<Problem> {
        let is_udp = self.target.protocol.transports().contains(&"udp");
        (is_udp && self.written.preserve_client_ip == Some(false)).then(|| {
            Problem::error("client-ip", "with UDP tasks always see the clients' addresses")
                .at(&self.value("preserveClientIp"), "can't be false")
                .hint("remove `preserveClientIp`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn each_type_of_load_balancer_has_its_own_fields() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        target-field: `slowStart` is for targets of an Application Load Balancer [slowStart: not known here] [edge: the load balancer] -> remove `slowStart`
        target-field: `proxyProtocol` is for targets of a Network Load Balancer [proxyProtocol: not known here] [public: the load balancer] -> remove `proxyProtocol`
        target-protocol: load balancer `public` can't speak TCP to the tasks here [TCP: expected HTTP or HTTPS]
        health-check-protocol: an Application Load Balancer checks with HTTP or HTTPS [TCP: expected HTTP or HTTPS]
        health-check-protocol: a health check by TCP has no `path` [path: only with HTTP or HTTPS] -> write `protocol: HTTP` in `healthCheck`, or remove this
        health-check-port: tasks with dynamic host ports are checked on the port that gets the requests [9000: each task has another port there] -> remove `port`, or give the container a fixed host port
        stickiness-type: a Network Load Balancer knows no cookies [1h: not possible here] -> write `stickiness: { type: source_ip }`
        stickiness-cookie: `app_cookie` needs the name of the cookie [stickiness: has no `cookie`] -> add `cookie:` with the name of the application's cookie
        slow-start: `slowStart` must be 0 or between 30 and 900, but is 29 [29s: expected 0, or 30 to 900] -> 0 turns slow start off
        client-ip: with UDP tasks always see the clients' addresses [false: can't be false] -> remove `preserveClientIp`
        ");
    }

    #[test]
    fn what_the_table_shows_once_is_true_of_the_others() {
        insta::assert_snapshot!(report(&[
            (tcp!("protocol: TLS"), tcp!("protocol: TCP")),
            (tcp!("algorithm: round_robin, protocolVersion: HTTP2"), web!("algorithm: round_robin, protocolVersion: HTTP2")),
            (web!("preserveClientIp: true, connectionTermination: true"), tcp!("preserveClientIp: true, connectionTermination: true")),
            (web!("stickiness: { type: source_ip }"), web!("stickiness: { type: lb_cookie }")),
            (web!("stickiness: { type: lb_cookie, cookie: SESSION }"), web!("stickiness: { type: lb_cookie, duration: 1h }")),
            (web!("stickiness: { type: app_cookie, cookie: AWSALB }"), web!("stickiness: { type: app_cookie, cookie: ALB }")),
            (web!("stickiness: { type: lb_cookie, duration: 8d }"), web!("stickiness: { type: lb_cookie, duration: 7d }")),
            (web!("slowStart: 901"), web!("slowStart: 0")),
            (web!("slowStart: 60, algorithm: least_outstanding_requests"), web!("algorithm: least_outstanding_requests")),
            (tcp!("healthCheck: { matcher: 200 }"), tcp!("healthCheck: { path: /, matcher: 200-599 }")),
            (tcp!("port: 81"), tcp!("port: 80")),
        ]), @"
        target-protocol: load balancer `edge` can't speak TLS to the tasks here [TLS: expected TCP]
        target-field: `algorithm` is for targets of an Application Load Balancer [algorithm: not known here] [edge: the load balancer] -> remove `algorithm`
        target-field: `protocolVersion` is for targets of an Application Load Balancer [protocolVersion: not known here] [edge: the load balancer] -> remove `protocolVersion`
        target-field: `preserveClientIp` is for targets of a Network Load Balancer [preserveClientIp: not known here] [public: the load balancer] -> remove `preserveClientIp`
        target-field: `connectionTermination` is for targets of a Network Load Balancer [connectionTermination: not known here] [public: the load balancer] -> remove `connectionTermination`
        stickiness-type: an Application Load Balancer is sticky by cookies [stickiness: not possible here] -> write how long the cookie lasts, such as `stickiness: 1h`
        stickiness-cookie: `SESSION` is not looked at [cookie: only with `type: app_cookie`]
        stickiness-cookie: `AWSALB` is a cookie of the load balancer itself [AWSALB: expected another name]
        out-of-range: `stickiness` must be between 1 and 604800, but is 691200 [stickiness: expected 1 to 604800]
        slow-start: `slowStart` must be 0 or between 30 and 900, but is 901 [901: expected 0, or 30 to 900] -> 0 turns slow start off
        slow-start: slow start goes with `round_robin` only [slowStart: one] [least_outstanding_requests: the other] -> remove one of them
        health-check-protocol: a health check by TCP has no `matcher` [matcher: only with HTTP or HTTPS] -> write `protocol: HTTP` in `healthCheck`, or remove this
        unknown-port: container `web` has no tcp port 81 [81: no such port] [web: this container] -> its ports are 80
        ");
    }
}
