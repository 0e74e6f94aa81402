//! Classic Load Balancers against recorded requests and replies.

use serde_json::json;

use super::*;
use crate::aws::replay::Replay;
use crate::kinds::samples;
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply, sent};

fn example() -> ClassicLoadBalancerSpec {
    let tags = own_tags("classic-load-balancer/legacy");
    ClassicLoadBalancerSpec { tags, ..ClassicLoadBalancer::examples().remove(0) }
}

async fn request(call: Call, result: &str) -> String {
    let operation = call.to_string();
    let operation = operation.split([':', ' ']).nth(1).unwrap();
    let answer = format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    );
    sent::<ClassicLoadBalancer>(call, &answer).await
}

#[tokio::test]
async fn every_field_is_sent() {
    let spec = || ClassicLoadBalancer::examples().remove(0);
    let create = request(Call::Create { spec: spec() }, "<DNSName>x</DNSName>").await;
    insta::assert_snapshot!(create, @"
    LoadBalancerName=shop-prod-legacy
    Listeners.member.1.Protocol=HTTPS
    Listeners.member.1.LoadBalancerPort=443
    Listeners.member.1.InstanceProtocol=HTTP
    Listeners.member.1.InstancePort=8080
    Listeners.member.1.SSLCertificateId=arn:aws:acm:eu-west-1:444455556666:certificate/a
    Listeners.member.2.Protocol=HTTP
    Listeners.member.2.LoadBalancerPort=80
    Listeners.member.2.InstanceProtocol=HTTP
    Listeners.member.2.InstancePort=8080
    Subnets.member.1=subnet-a
    Subnets.member.2=subnet-b
    SecurityGroups.member.1=sg-0123456789abcdef0
    Tags.member.1.Key=team
    Tags.member.1.Value=web
    ");
    let check = request(Call::UpdateHealthCheck { spec: spec() }, "").await;
    insta::assert_snapshot!(check, @"
    LoadBalancerName=shop-prod-legacy
    HealthCheck.Target=HTTP:8080/healthz
    HealthCheck.Interval=30
    HealthCheck.Timeout=5
    HealthCheck.UnhealthyThreshold=2
    HealthCheck.HealthyThreshold=5
    ");
    let attributes = request(Call::UpdateAttributes { spec: spec() }, "").await;
    insta::assert_snapshot!(attributes, @"
    LoadBalancerName=shop-prod-legacy
    LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true
    LoadBalancerAttributes.ConnectionDraining.Enabled=true
    LoadBalancerAttributes.ConnectionDraining.Timeout=60
    LoadBalancerAttributes.ConnectionSettings.IdleTimeout=60
    ");
}

#[tokio::test]
async fn changes_send_what_changed() {
    let spec = || ClassicLoadBalancer::examples().remove(0);
    let port = || "443".to_owned();
    let listeners = request(Call::CreateListener { spec: spec(), port: port() }, "").await;
    insta::assert_snapshot!(listeners, @"
    LoadBalancerName=shop-prod-legacy
    Listeners.member.1.Protocol=HTTPS
    Listeners.member.1.LoadBalancerPort=443
    Listeners.member.1.InstanceProtocol=HTTP
    Listeners.member.1.InstancePort=8080
    Listeners.member.1.SSLCertificateId=arn:aws:acm:eu-west-1:444455556666:certificate/a
    ");
    let gone = request(Call::DeleteListener { spec: spec(), port: port() }, "").await;
    insta::assert_snapshot!(gone, @"
    LoadBalancerName=shop-prod-legacy
    LoadBalancerPorts.member.1=443
    ");
    let subnets = || vec!["subnet-c".to_owned()];
    let attached = request(Call::AttachSubnets { spec: spec(), subnets: subnets() }, "").await;
    insta::assert_snapshot!(attached, @"
    LoadBalancerName=shop-prod-legacy
    Subnets.member.1=subnet-c
    ");
    let detached = request(Call::DetachSubnets { spec: spec(), subnets: subnets() }, "").await;
    insta::assert_snapshot!(detached, @"
    LoadBalancerName=shop-prod-legacy
    Subnets.member.1=subnet-c
    ");
    let groups = request(Call::UpdateSecurityGroups { spec: spec() }, "").await;
    insta::assert_snapshot!(groups, @"
    LoadBalancerName=shop-prod-legacy
    SecurityGroups.member.1=sg-0123456789abcdef0
    ");
    let tags = request(Call::Tag { spec: spec(), tags: spec().tags }, "").await;
    insta::assert_snapshot!(tags, @"
    LoadBalancerNames.member.1=shop-prod-legacy
    Tags.member.1.Key=team
    Tags.member.1.Value=web
    ");
    let untag = request(Call::Untag { spec: spec(), keys: vec!["team".to_owned()] }, "").await;
    insta::assert_snapshot!(untag, @"
    LoadBalancerNames.member.1=shop-prod-legacy
    Tags.member.1.Key=team
    ");
    let deleted = request(Call::Delete { name: "shop-prod-legacy".to_owned() }, "").await;
    insta::assert_snapshot!(deleted, @"
    LoadBalancerName=shop-prod-legacy
    ");
}

const DESCRIBED: &str = "<LoadBalancerDescriptions><member><LoadBalancerName>other</LoadBalancerName></member>\
    <member><LoadBalancerName>shop-prod-legacy</LoadBalancerName><DNSName>shop-prod-legacy-1.eu-west-1.elb.amazonaws.com</DNSName>\
    <ListenerDescriptions>\
    <member><PolicyNames/><Listener><Protocol>HTTP</Protocol><LoadBalancerPort>80</LoadBalancerPort><InstanceProtocol>HTTP</InstanceProtocol><InstancePort>8080</InstancePort></Listener></member>\
    <member><PolicyNames><member>ELBSecurityPolicy-2016-08</member></PolicyNames><Listener><Protocol>HTTPS</Protocol><LoadBalancerPort>443</LoadBalancerPort>\
    <InstanceProtocol>HTTP</InstanceProtocol><InstancePort>8080</InstancePort><SSLCertificateId>arn:aws:acm:eu-west-1:444455556666:certificate/a</SSLCertificateId></Listener></member>\
    </ListenerDescriptions><Policies/><BackendServerDescriptions/>\
    <AvailabilityZones><member>eu-west-1a</member><member>eu-west-1b</member></AvailabilityZones>\
    <Subnets><member>subnet-b</member><member>subnet-a</member></Subnets><VPCId>vpc-0123456789abcdef0</VPCId><Instances/>\
    <HealthCheck><Target>HTTP:8080/healthz</Target><Interval>30</Interval><Timeout>5</Timeout><UnhealthyThreshold>2</UnhealthyThreshold><HealthyThreshold>5</HealthyThreshold></HealthCheck>\
    <SecurityGroups><member>sg-0123456789abcdef0</member></SecurityGroups><Scheme>internet-facing</Scheme></member></LoadBalancerDescriptions>";

const ATTRIBUTES: &str = "<LoadBalancerAttributes><AccessLog><Enabled>false</Enabled></AccessLog>\
    <CrossZoneLoadBalancing><Enabled>true</Enabled></CrossZoneLoadBalancing>\
    <ConnectionDraining><Enabled>true</Enabled><Timeout>60</Timeout></ConnectionDraining>\
    <ConnectionSettings><IdleTimeout>60</IdleTimeout></ConnectionSettings></LoadBalancerAttributes>";

fn tags(tags: &Tags) -> String {
    let member = |(key, value): (&String, &Resolvable)| {
        format!("<member><Key>{key}</Key><Value>{value}</Value></member>")
    };
    let tags: String = tags.iter().map(member).collect();
    format!(
        "<TagDescriptions><member><LoadBalancerName>shop-prod-legacy</LoadBalancerName><Tags>{tags}</Tags></member></TagDescriptions>"
    )
}

#[tokio::test]
async fn what_is_there_reads_back_as_it_was_wanted() {
    let wanted = example();
    let arn = format!("{ARN}:loadbalancer/shop-prod-legacy");
    let (rows, calls) = testing::observed::<ClassicLoadBalancer>(
        std::slice::from_ref(&wanted),
        false,
        [
            testing::listing(&[(&arn, &wanted.tags)]),
            reply("DescribeLoadBalancers", DESCRIBED),
            reply("DescribeTags", &tags(&wanted.tags)),
            reply("DescribeLoadBalancerAttributes", ATTRIBUTES),
        ],
    )
    .await;
    assert_eq!(rows[0].spec, json!(wanted));
    assert_eq!((rows[0].outputs["arn"].as_str(), rows.len(), calls), (arn.as_str(), 1, 4));
}

#[tokio::test]
async fn nothing_is_asked_where_none_is_wanted() {
    let modern = format!("{ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188");
    let tags = own_tags("load-balancer/public");
    let listing = testing::listing(&[(&modern, &tags)]);
    let (rows, calls) = testing::observed::<ClassicLoadBalancer>(&[], false, [listing]).await;
    assert_eq!((rows.len(), calls), (0, 1));
}

#[tokio::test]
async fn deleting_what_is_gone_is_done() {
    let gone = "<ErrorResponse><Error><Type>Sender</Type><Code>LoadBalancerNotFound</Code>\
                <Message>There is no ACTIVE Load Balancer named 'x'</Message></Error></ErrorResponse>";
    let replay = Replay::new([crate::aws::replay::xml(400, gone)]);
    let call = Call::Delete { name: "x".to_owned() };
    ClassicLoadBalancer::perform(&replay.aws(), &call).await.unwrap();
}

#[test]
fn it_leads_to_the_fixed_port_of_its_service() {
    let stack = samples::stack(
        "
kind: LoadBalancer
name: old
type: classic
listeners:
  - { name: http, protocol: HTTP }
  - { name: tls, protocol: TLS, port: 8883, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }
---
kind: Service
name: web
launchType: EC2
memory: 512
containers: [{ name: app, image: nginx, ports: [{ container: 80, host: 8080 }] }]
loadBalancers: [{ loadBalancer: old, healthCheck: { path: /healthz }, deregistrationDelay: 20s }]
",
    );
    let rows = ClassicLoadBalancer::desired(&stack, &samples::facts());
    let spec = &rows[0].spec;
    let listeners = spec.listeners.iter().map(|(port, listener)| {
        let Listener { protocol, instance_protocol, instance_port, .. } = listener;
        format!("{port} {protocol} to {instance_port} {instance_protocol}")
    });
    assert_eq!(listeners.collect::<Vec<_>>(), ["80 HTTP to 8080 HTTP", "8883 SSL to 8080 TCP"]);
    assert_eq!(spec.health_check.as_ref().unwrap().target, "HTTP:8080/healthz");
    assert_eq!(spec.attributes.connection_draining, 20);
    let service = crate::kinds::service::Service::desired(&stack, &samples::facts()).remove(0).spec;
    let entry = service.load_balancers.0.first().unwrap();
    let name = Resolvable::reference("classic-load-balancer", "old", "name");
    assert_eq!((entry.load_balancer_name.as_ref(), &entry.target_group), (Some(&name), &None));
    assert_eq!(service.availability_zone_rebalancing.as_deref(), Some("DISABLED"));
}
