//! Target groups against recorded requests and replies.

use serde_json::json;

use super::desired::physical_name;
use super::*;
use crate::kind::{DIGEST_TAG, Depth};
use crate::kinds::samples;
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply, sent};
use crate::value::Address;

fn example() -> TargetGroupSpec {
    let tags = own_tags("target-group/web-public-https");
    TargetGroupSpec { tags, ..TargetGroup::examples().remove(0) }
}

fn arn() -> String {
    format!("{ARN}:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067")
}

/// As AWS shows it, with what it fills in.
fn described() -> String {
    format!(
        "<TargetGroups><member><TargetGroupArn>{}</TargetGroupArn><TargetGroupName>shop-prod-web-0a1b2c3d</TargetGroupName>\
         <Protocol>HTTP</Protocol><ProtocolVersion>HTTP1</ProtocolVersion><Port>8080</Port><VpcId>vpc-0123456789abcdef0</VpcId>\
         <TargetType>ip</TargetType><IpAddressType>ipv4</IpAddressType><HealthCheckEnabled>true</HealthCheckEnabled>\
         <HealthCheckProtocol>HTTP</HealthCheckProtocol><HealthCheckPort>traffic-port</HealthCheckPort>\
         <HealthCheckPath>/healthz</HealthCheckPath><HealthCheckIntervalSeconds>10</HealthCheckIntervalSeconds>\
         <HealthCheckTimeoutSeconds>5</HealthCheckTimeoutSeconds><HealthyThresholdCount>2</HealthyThresholdCount>\
         <UnhealthyThresholdCount>3</UnhealthyThresholdCount><Matcher><HttpCode>200-299</HttpCode></Matcher>\
         <LoadBalancerArns/></member></TargetGroups>",
        arn()
    )
}

const ATTRIBUTES: &str = "<Attributes>\
    <member><Key>deregistration_delay.timeout_seconds</Key><Value>60</Value></member>\
    <member><Key>stickiness.enabled</Key><Value>false</Value></member>\
    <member><Key>stickiness.type</Key><Value>lb_cookie</Value></member>\
    <member><Key>slow_start.duration_seconds</Key><Value>0</Value></member></Attributes>";

#[tokio::test]
async fn every_field_is_sent() {
    let create = sent::<TargetGroup>(
        Call::Create { spec: TargetGroup::examples().remove(0) },
        "<CreateTargetGroupResponse><CreateTargetGroupResult/></CreateTargetGroupResponse>",
    );
    assert_eq!(
        create.await,
        "Name=shop-prod-web-0a1b2c3d\nProtocol=HTTP\nProtocolVersion=HTTP1\nPort=8080\n\
         VpcId=vpc-0123456789abcdef0\nHealthCheckProtocol=HTTP\nHealthCheckPort=traffic-port\nHealthCheckPath=/healthz\n\
         HealthCheckIntervalSeconds=10\nHealthCheckTimeoutSeconds=5\nHealthyThresholdCount=2\n\
         UnhealthyThresholdCount=3\nMatcher.HttpCode=200-299\nTargetType=ip\n\
         Tags.member.1.Key=team\nTags.member.1.Value=web\n"
    );
    let grpc = TargetGroup::examples().remove(1);
    let modify = sent::<TargetGroup>(
        Call::Update { arn: arn().into(), spec: grpc.clone() },
        "<ModifyTargetGroupResponse><ModifyTargetGroupResult/></ModifyTargetGroupResponse>",
    );
    assert_eq!(
        modify.await,
        format!(
            "TargetGroupArn={}\nHealthCheckProtocol=HTTP\nHealthCheckPort=traffic-port\nHealthCheckPath=/healthz\n\
             HealthCheckIntervalSeconds=10\nHealthCheckTimeoutSeconds=5\nHealthyThresholdCount=2\n\
             UnhealthyThresholdCount=3\nMatcher.GrpcCode=12\n",
            arn()
        )
    );
    let attributes = sent::<TargetGroup>(
        Call::UpdateAttributes { arn: arn().into(), spec: grpc },
        "<ModifyTargetGroupAttributesResponse><ModifyTargetGroupAttributesResult/></ModifyTargetGroupAttributesResponse>",
    );
    assert_eq!(
        attributes.await,
        format!(
            "TargetGroupArn={}\nAttributes.member.1.Key=deregistration_delay.timeout_seconds\n\
             Attributes.member.1.Value=60\nAttributes.member.2.Key=stickiness.enabled\n\
             Attributes.member.2.Value=false\n",
            arn()
        )
    );
}

#[tokio::test]
async fn what_is_there_reads_back_as_it_was_wanted() {
    let wanted = example();
    let (rows, calls) = testing::observed::<TargetGroup>(
        std::slice::from_ref(&wanted),
        false,
        [testing::listing(&[(&arn(), &wanted.tags)]), reply("DescribeTargetGroups", &described())],
    )
    .await;
    let shallow = TargetGroupSpec { attributes: Attributes::new(), ..wanted.clone() };
    assert_eq!((rows[0].spec.clone(), calls), (json!(shallow), 2));
    assert_eq!(rows[0].depth, Depth::Shallow);
    assert_eq!(rows[0].outputs["suffix"], "targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067");
    let (rows, _) = testing::observed::<TargetGroup>(
        std::slice::from_ref(&wanted),
        true,
        [
            testing::listing(&[]),
            reply("DescribeTargetGroups", &described()),
            testing::tags(&[(&arn(), &wanted.tags)]),
            testing::tags(&[(&arn(), &wanted.tags)]),
            reply("DescribeTargetGroupAttributes", ATTRIBUTES),
        ],
    )
    .await;
    assert_eq!((rows[0].spec.clone(), rows[0].depth), (json!(wanted), Depth::Full));
}

#[tokio::test]
async fn those_of_others_are_left_alone() {
    let (rows, calls) = testing::observed::<TargetGroup>(
        &[],
        false,
        [testing::listing(&[]), reply("DescribeTargetGroups", &described())],
    )
    .await;
    assert_eq!((rows, calls), (vec![], 2));
}

#[test]
fn the_digest_is_written_after_what_it_vouches_for() {
    let mut spec = example();
    spec.tags.insert(DIGEST_TAG.to_owned(), "0123".into());
    let address = Address::new(TargetGroup::NAME, "web");
    let calls = TargetGroup::lower(&Change::Create { address: &address, spec: &spec });
    let lines: Vec<_> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "elasticloadbalancing:CreateTargetGroup shop-prod-web-0a1b2c3d",
            "elasticloadbalancing:ModifyTargetGroupAttributes shop-prod-web-0a1b2c3d",
            "elasticloadbalancing:AddTags shop-prod-web-0a1b2c3d",
        ]
    );
    assert!(matches!(&calls[0], Call::Create { spec } if !spec.tags.contains_key(DIGEST_TAG)));
}

#[test]
fn a_name_changes_with_all_that_aws_cannot_change() {
    let base = "shop-prod-a-service-with-a-long";
    let spec = example();
    let name = physical_name(base, "public", &spec);
    assert_eq!((name.len(), &name[..24]), (32, "shop-prod-a-service-wit-"));
    let others = [
        TargetGroupSpec { vpc: "vpc-1".to_owned(), ..spec.clone() },
        TargetGroupSpec { port: 80, ..spec.clone() },
        TargetGroupSpec { protocol_version: Some("HTTP2".to_owned()), ..spec.clone() },
    ];
    for other in others {
        assert_ne!(physical_name(base, "public", &other), name);
    }
    assert_ne!(physical_name(&format!("{base}2"), "public", &spec), name);
    assert_ne!(
        physical_name(base, "internal", &spec),
        name,
        "a group belongs to one load balancer"
    );
}

#[test]
fn a_route_becomes_a_group_in_the_network_of_its_service() {
    let stack = samples::stack(
        "
{ kind: LoadBalancer, name: public }
---
kind: Service
name: web
image: nginx
port: 80
loadBalancers:
  - { loadBalancer: public, stickiness: 1h, slowStart: 30s, attributes: { load_balancing.algorithm.anomaly_mitigation: off } }
",
    );
    let [row] = &TargetGroup::desired(&stack, &samples::facts())[..] else { panic!("one group") };
    assert_eq!((row.name.as_str(), row.spec.vpc.as_str()), ("web-public-http", "vpc-1"));
    assert!(row.spec.name.starts_with("shop-prod-web-"), "{}", row.spec.name);
    let attributes: Vec<_> =
        row.spec.attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(
        attributes,
        [
            "deregistration_delay.timeout_seconds=60",
            "load_balancing.algorithm.anomaly_mitigation=off",
            "load_balancing.algorithm.type=round_robin",
            "load_balancing.cross_zone.enabled=use_load_balancer_configuration",
            "slow_start.duration_seconds=30",
            "stickiness.enabled=true",
            "stickiness.lb_cookie.duration_seconds=3600",
            "stickiness.type=lb_cookie",
        ]
    );
}

/// The only group of these manifests.
fn group(manifests: &str) -> TargetGroupSpec {
    let stack = samples::stack(manifests);
    let rows = TargetGroup::desired(&stack, &samples::facts());
    let [row] = &rows[..] else { panic!("{rows:?}") };
    row.spec.clone()
}

const EDGE: &str = "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: l, protocol: $PROTOCOL, port: 443, certificates: [$CERTIFICATE] }] }
---
{ kind: Service, name: web, containers: [{ name: web, image: nginx, ports: [80, { container: 80, protocol: udp }] }], loadBalancers: [{ loadBalancer: edge, $FIELDS }] }";

fn behind(protocol: &str, fields: &str) -> TargetGroupSpec {
    let certificate =
        if protocol == "TLS" { "'arn:aws:acm:eu-west-1:444455556666:certificate/a'" } else { "" };
    let text = EDGE.replace("$PROTOCOL", protocol).replace("$FIELDS", fields);
    group(&text.replace("$CERTIFICATE", certificate))
}

#[test]
fn a_listener_of_a_network_load_balancer_gives_the_protocol() {
    let cases = [
        ("TCP", "", "TCP", "TCP", None),
        ("UDP", "", "UDP", "TCP", None),
        ("TCP_UDP", "", "TCP_UDP", "TCP", None),
        ("TLS", "", "TCP", "TCP", None),
        ("TLS", "protocol: TLS", "TLS", "TCP", None),
        ("TCP", "healthCheck: { path: /up }", "TCP", "HTTP", Some("/up")),
        ("TCP", "healthCheck: { protocol: HTTPS }", "TCP", "HTTPS", Some("/")),
    ];
    for (listener, fields, protocol, check, path) in cases {
        let group = behind(listener, fields);
        let found = (group.protocol.as_str(), group.health_check.protocol.as_str());
        assert_eq!(found, (protocol, check), "{listener} {fields}");
        assert_eq!(group.health_check.path.as_deref(), path);
        assert_eq!(group.health_check.matcher.is_some(), path.is_some());
        assert_eq!(group.protocol_version, None);
    }
}

#[test]
fn a_group_behind_a_network_load_balancer_has_its_attributes() {
    let attributes = |protocol: &str, fields: &str| {
        let attributes = behind(protocol, fields).attributes;
        attributes.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
    };
    assert_eq!(
        attributes("UDP", ""),
        [
            "deregistration_delay.connection_termination.enabled=false",
            "deregistration_delay.timeout_seconds=60",
            "load_balancing.cross_zone.enabled=use_load_balancer_configuration",
            "preserve_client_ip.enabled=true",
            "proxy_protocol_v2.enabled=false",
            "stickiness.enabled=false",
        ]
    );
    assert_eq!(
        attributes(
            "TCP",
            "stickiness: { type: source_ip }, proxyProtocol: true, connectionTermination: true, crossZone: true"
        ),
        [
            "deregistration_delay.connection_termination.enabled=true",
            "deregistration_delay.timeout_seconds=60",
            "load_balancing.cross_zone.enabled=true",
            "preserve_client_ip.enabled=false",
            "proxy_protocol_v2.enabled=true",
            "stickiness.enabled=true",
            "stickiness.type=source_ip",
        ]
    );
}

#[test]
fn tasks_without_an_address_of_their_own_are_reached_by_their_instance() {
    for (mode, target_type) in [("bridge", "instance"), ("host", "instance"), ("awsvpc", "ip")] {
        let service = format!(
            "{{ kind: LoadBalancer, name: public }}\n---\n{{ kind: Service, name: web, launchType: EC2, networkMode: {mode}, memory: 512, image: nginx, port: 80, loadBalancers: [{{ loadBalancer: public }}] }}"
        );
        let group = group(&service);
        assert_eq!((group.target_type.as_str(), group.port), (target_type, 80), "{mode}");
        assert_eq!(group.health_check.port, "traffic-port");
    }
}

#[tokio::test]
async fn a_group_of_a_network_load_balancer_has_no_path_and_no_version() {
    let spec = TargetGroup::examples().remove(2);
    let create = sent::<TargetGroup>(
        Call::Create { spec: spec.clone() },
        "<CreateTargetGroupResponse><CreateTargetGroupResult/></CreateTargetGroupResponse>",
    );
    assert_eq!(
        create.await,
        "Name=shop-prod-web-0a1b2c3d\nProtocol=TCP_UDP\nPort=8080\n\
         VpcId=vpc-0123456789abcdef0\nHealthCheckProtocol=TCP\nHealthCheckPort=9000\n\
         HealthCheckIntervalSeconds=10\nHealthCheckTimeoutSeconds=5\nHealthyThresholdCount=2\n\
         UnhealthyThresholdCount=3\nTargetType=instance\n\
         Tags.member.1.Key=team\nTags.member.1.Value=web\n"
    );
    let wanted = TargetGroupSpec { tags: example().tags, attributes: Attributes::new(), ..spec };
    let described = described()
        .replace("<ProtocolVersion>HTTP1</ProtocolVersion>", "")
        .replace("<Protocol>HTTP</Protocol>", "<Protocol>TCP_UDP</Protocol>")
        .replace("<TargetType>ip<", "<TargetType>instance<")
        .replace("<HealthCheckProtocol>HTTP<", "<HealthCheckProtocol>TCP<")
        .replace("traffic-port", "9000")
        .replace("<HealthCheckPath>/healthz</HealthCheckPath>", "")
        .replace("<Matcher><HttpCode>200-299</HttpCode></Matcher>", "");
    let replies =
        [testing::listing(&[(&arn(), &wanted.tags)]), reply("DescribeTargetGroups", &described)];
    let (rows, _) =
        testing::observed::<TargetGroup>(std::slice::from_ref(&wanted), false, replies).await;
    assert_eq!(rows[0].spec, json!(wanted));
}
