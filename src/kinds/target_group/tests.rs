//! Target groups against recorded requests and replies.

use serde_json::json;

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
         VpcId=vpc-0123456789abcdef0\nHealthCheckPort=traffic-port\nHealthCheckPath=/healthz\n\
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
            "TargetGroupArn={}\nHealthCheckPort=traffic-port\nHealthCheckPath=/healthz\n\
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
        TargetGroupSpec { protocol_version: "HTTP2".to_owned(), ..spec.clone() },
    ];
    for other in others {
        assert_ne!(physical_name(base, "public", &other), name);
    }
    assert_ne!(physical_name(&format!("{base}2"), "public", &spec), name);
    assert_ne!(physical_name(base, "internal", &spec), name, "a group belongs to one load balancer");
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
loadBalancers: [{ loadBalancer: public, stickiness: 1h, attributes: { slow_start.duration_seconds: 30 } }]
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
            "slow_start.duration_seconds=30",
            "stickiness.enabled=true",
            "stickiness.lb_cookie.duration_seconds=3600",
            "stickiness.type=lb_cookie",
        ]
    );
}
