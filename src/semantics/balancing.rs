//! What Elastic Load Balancing changes in place.

use serde_json::json;

use super::{ANOTHER, NOTHING, REPLACED, Table};
use crate::kinds::classic_load_balancer::ClassicLoadBalancer;
use crate::kinds::listener::Listener;
use crate::kinds::listener_rule::ListenerRule;
use crate::kinds::load_balancer::LoadBalancer;
use crate::kinds::target_group::TargetGroup;

const TAG: &str = "elasticloadbalancing:AddTags";
const UNTAG: &str = "elasticloadbalancing:RemoveTags";

pub(super) fn tables() -> Vec<Table> {
    vec![target_group(), listener(), listener_rule(), load_balancer(), classic_load_balancer()]
}

/// What replaces it is also in the hash of its name: the new one is there before the old one goes.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html>
fn target_group() -> Table {
    let modify = "elasticloadbalancing:ModifyTargetGroup";
    let attributes = "elasticloadbalancing:ModifyTargetGroupAttributes";
    Table::of::<TargetGroup>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/port", json!(80), REPLACED),
        ("/protocol", json!("HTTPS"), REPLACED),
        ("/protocolVersion", json!("GRPC"), REPLACED),
        ("/vpc", json!("vpc-9"), REPLACED),
        ("/targetType", json!("instance"), REPLACED),
        ("/healthCheck/protocol", json!("HTTPS"), modify),
        ("/healthCheck/path", json!("/up"), modify),
        ("/healthCheck/port", json!("9000"), modify),
        ("/healthCheck/interval", json!(20), modify),
        ("/healthCheck/timeout", json!(4), modify),
        ("/healthCheck/healthyThreshold", json!(5), modify),
        ("/healthCheck/unhealthyThreshold", json!(5), modify),
        ("/healthCheck/matcher", json!("200"), modify),
        ("/attributes/stickiness.enabled", json!("true"), attributes),
        ("/tags/team", json!("shop"), TAG),
        ("/tags", json!({}), UNTAG),
    ])
}

/// ecsctl knows a listener by its load balancer and port, though AWS could change the port: two
/// listeners can then swap their ports, and the old port serves until the new one does.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html>
fn listener() -> Table {
    let modify = "elasticloadbalancing:ModifyListener";
    let attributes = "elasticloadbalancing:ModifyListenerAttributes";
    let balancer = "arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/app/other/1";
    let certificate = "arn:aws:acm:eu-west-1:444455556666:certificate/other";
    let response =
        json!({"fixedResponse": {"status": 503, "contentType": "text/plain", "body": ""}});
    Table::of::<Listener>(vec![
        ("/loadBalancer", json!(balancer), ANOTHER),
        ("/port", json!(444), ANOTHER),
        ("/protocol", json!("TLS"), modify),
        ("/certificate", json!(certificate), modify),
        ("/sslPolicy", json!("ELBSecurityPolicy-2016-08"), modify),
        ("/alpnPolicy", json!("HTTP2Only"), modify),
        ("/mutualAuthentication/mode", json!("passthrough"), modify),
        ("/defaultAction", response, modify),
        (
            "/furtherCertificates",
            json!([certificate]),
            "elasticloadbalancing:AddListenerCertificates + elasticloadbalancing:RemoveListenerCertificates",
        ),
        ("/furtherCertificates", json!([]), "elasticloadbalancing:RemoveListenerCertificates"),
        ("/idleTimeout", json!(350), attributes),
        ("/tags/team", json!("shop"), TAG),
        ("/tags", json!({}), UNTAG),
    ])
}

/// A rule is known by its name among those of its listener. `swap` is which other rules get their
/// priorities in the same call.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html>
fn listener_rule() -> Table {
    let modify = "elasticloadbalancing:ModifyRule";
    let listener = "arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener/app/other/1/2";
    let response =
        json!({"fixedResponse": {"status": 503, "contentType": "text/plain", "body": ""}});
    Table::of::<ListenerRule>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/listener", json!(listener), ANOTHER),
        ("/priority", json!(200), "elasticloadbalancing:SetRulePriorities"),
        ("/hosts", json!(["other.example.com"]), modify),
        ("/paths", json!(["/v2/*"]), modify),
        ("/headers", json!({"x-beta": ["true"]}), modify),
        ("/methods", json!(["GET"]), modify),
        ("/query", json!([{"key": "beta", "value": "true"}]), modify),
        ("/sourceIps", json!(["10.0.0.0/8"]), modify),
        ("/authenticate", json!("off"), modify),
        ("/action", response, modify),
        ("/other", json!(["url-rewrite"]), modify),
        ("/swap", json!("Follows"), NOTHING),
        ("/tags/team", json!("shop"), TAG),
        ("/tags", json!({}), UNTAG),
    ])
}

/// The static addresses of a Network Load Balancer belong to its subnets, which it keeps.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html>
fn load_balancer() -> Table {
    let attributes = "elasticloadbalancing:ModifyLoadBalancerAttributes";
    let addresses = json!({"subnet-a": "eipalloc-1", "subnet-b": "eipalloc-2"});
    Table::of::<LoadBalancer>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/type", json!("network"), REPLACED),
        ("/scheme", json!("internal"), REPLACED),
        ("/vpc", json!("vpc-9"), REPLACED),
        ("/addresses", addresses, REPLACED),
        ("/ipAddressType", json!("dualstack"), "elasticloadbalancing:SetIpAddressType"),
        ("/subnets", json!(["subnet-a", "subnet-c"]), "elasticloadbalancing:SetSubnets"),
        ("/securityGroups", json!(["sg-9"]), "elasticloadbalancing:SetSecurityGroups"),
        ("/attributes/idle_timeout.timeout_seconds", json!("90"), attributes),
        ("/tags/team", json!("shop"), TAG),
        ("/tags", json!({}), UNTAG),
    ])
}

/// A listener that changes is taken away and made anew.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_Operations.html>
fn classic_load_balancer() -> Table {
    let check = "elasticloadbalancing:ConfigureHealthCheck";
    let attributes = "elasticloadbalancing:ModifyLoadBalancerAttributes";
    let listener = "elasticloadbalancing:DeleteLoadBalancerListeners + elasticloadbalancing:CreateLoadBalancerListeners";
    Table::of::<ClassicLoadBalancer>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/scheme", json!("internal"), REPLACED),
        ("/vpc", json!("vpc-9"), REPLACED),
        (
            "/subnets",
            json!(["subnet-a", "subnet-c"]),
            "elasticloadbalancing:AttachLoadBalancerToSubnets + elasticloadbalancing:DetachLoadBalancerFromSubnets",
        ),
        (
            "/securityGroups",
            json!(["sg-9"]),
            "elasticloadbalancing:ApplySecurityGroupsToLoadBalancer",
        ),
        ("/listeners/80/instancePort", json!(81), listener),
        ("/listeners/80/protocol", json!("TCP"), listener),
        ("/listeners/443/certificate", json!("arn:other"), listener),
        ("/healthCheck/target", json!("TCP:8080"), check),
        ("/healthCheck/interval", json!(20), check),
        ("/attributes/crossZone", json!(false), attributes),
        ("/attributes/connectionDraining", json!(0), attributes),
        ("/attributes/idleTimeout", json!(30), attributes),
        ("/tags/team", json!("shop"), TAG),
        ("/tags", json!({}), UNTAG),
    ])
}
