//! Load balancers against recorded requests and replies.

use serde_json::json;

use super::*;
use crate::aws::replay::{Replay, xml};
use crate::kind::Depth;
use crate::kinds::samples;
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply, sent};
use crate::value::Address;

fn example() -> LoadBalancerSpec {
    let tags = own_tags("load-balancer/public");
    LoadBalancerSpec { tags, ..LoadBalancer::examples().remove(0) }
}

fn arn() -> String {
    format!("{ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188")
}

fn described(state: &str) -> String {
    format!(
        "<LoadBalancers><member><LoadBalancerArn>{}</LoadBalancerArn><LoadBalancerName>shop-prod-public</LoadBalancerName>\
         <DNSName>shop-prod-public-1.eu-west-1.elb.amazonaws.com</DNSName><CanonicalHostedZoneId>Z32O12XQLNTSW2</CanonicalHostedZoneId>\
         <Scheme>internet-facing</Scheme><VpcId>vpc-0123456789abcdef0</VpcId><State><Code>{state}</Code></State><Type>application</Type>\
         <AvailabilityZones><member><ZoneName>eu-west-1b</ZoneName><SubnetId>subnet-b</SubnetId><LoadBalancerAddresses/></member>\
         <member><ZoneName>eu-west-1a</ZoneName><SubnetId>subnet-a</SubnetId><LoadBalancerAddresses/></member></AvailabilityZones>\
         <SecurityGroups><member>sg-0123456789abcdef0</member></SecurityGroups><IpAddressType>ipv4</IpAddressType></member></LoadBalancers>",
        arn()
    )
}

const ATTRIBUTES: &str = "<Attributes>\
    <member><Key>deletion_protection.enabled</Key><Value>false</Value></member>\
    <member><Key>idle_timeout.timeout_seconds</Key><Value>60</Value></member>\
    <member><Key>routing.http2.enabled</Key><Value>true</Value></member></Attributes>";

#[tokio::test]
async fn every_field_is_sent() {
    let create = sent::<LoadBalancer>(
        Call::Create { spec: LoadBalancer::examples().remove(0) },
        "<CreateLoadBalancerResponse><CreateLoadBalancerResult/></CreateLoadBalancerResponse>",
    );
    assert_eq!(
        create.await,
        "Name=shop-prod-public\nSubnets.member.1=subnet-a\nSubnets.member.2=subnet-b\n\
         SecurityGroups.member.1=sg-0123456789abcdef0\nScheme=internet-facing\n\
         Tags.member.1.Key=team\nTags.member.1.Value=web\nType=application\nIpAddressType=ipv4\n"
    );
    let spec = LoadBalancer::examples().remove(0);
    let subnets = sent::<LoadBalancer>(
        Call::UpdateSubnets { arn: "arn:x".into(), spec: spec.clone() },
        "<SetSubnetsResponse><SetSubnetsResult/></SetSubnetsResponse>",
    );
    assert_eq!(
        subnets.await,
        "LoadBalancerArn=arn:x\nSubnets.member.1=subnet-a\nSubnets.member.2=subnet-b\n"
    );
    let groups = sent::<LoadBalancer>(
        Call::UpdateSecurityGroups { arn: "arn:x".into(), spec: spec.clone() },
        "<SetSecurityGroupsResponse><SetSecurityGroupsResult/></SetSecurityGroupsResponse>",
    );
    assert_eq!(
        groups.await,
        "LoadBalancerArn=arn:x\nSecurityGroups.member.1=sg-0123456789abcdef0\n"
    );
    let attributes = sent::<LoadBalancer>(
        Call::UpdateAttributes { arn: "arn:x".into(), spec },
        "<ModifyLoadBalancerAttributesResponse><ModifyLoadBalancerAttributesResult/></ModifyLoadBalancerAttributesResponse>",
    );
    assert_eq!(
        attributes.await,
        "LoadBalancerArn=arn:x\nAttributes.member.1.Key=deletion_protection.enabled\n\
         Attributes.member.1.Value=false\nAttributes.member.2.Key=idle_timeout.timeout_seconds\n\
         Attributes.member.2.Value=60\n"
    );
}

#[tokio::test]
async fn addresses_are_sent_with_their_subnets() {
    let elastic = LoadBalancer::examples().remove(2);
    let private = LoadBalancerSpec {
        scheme: Scheme::Internal,
        addresses: Some(BTreeMap::from([("subnet-a".to_owned(), "10.0.0.10".to_owned())])),
        ..elastic.clone()
    };
    let reply =
        "<CreateLoadBalancerResponse><CreateLoadBalancerResult/></CreateLoadBalancerResponse>";
    assert_eq!(
        sent::<LoadBalancer>(Call::Create { spec: elastic.clone() }, reply).await,
        "Name=shop-prod-public\nSubnetMappings.member.1.SubnetId=subnet-a\n\
         SubnetMappings.member.1.AllocationId=eipalloc-0123456789abcdefa\n\
         SubnetMappings.member.2.SubnetId=subnet-b\n\
         SubnetMappings.member.2.AllocationId=eipalloc-0123456789abcdefb\n\
         SecurityGroups.member.1=sg-0123456789abcdef0\nScheme=internet-facing\n\
         Tags.member.1.Key=team\nTags.member.1.Value=web\nType=network\nIpAddressType=ipv4\n"
    );
    assert_eq!(
        sent::<LoadBalancer>(Call::Create { spec: private }, reply).await,
        "Name=shop-prod-public\nSubnetMappings.member.1.SubnetId=subnet-a\n\
         SubnetMappings.member.1.PrivateIPv4Address=10.0.0.10\n\
         SubnetMappings.member.2.SubnetId=subnet-b\n\
         SecurityGroups.member.1=sg-0123456789abcdef0\nScheme=internal\n\
         Tags.member.1.Key=team\nTags.member.1.Value=web\nType=network\nIpAddressType=ipv4\n"
    );
    let subnets = Call::UpdateSubnets { arn: "arn:x".into(), spec: elastic };
    assert_eq!(
        sent::<LoadBalancer>(
            subnets,
            "<SetSubnetsResponse><SetSubnetsResult/></SetSubnetsResponse>"
        )
        .await,
        "LoadBalancerArn=arn:x\nSubnetMappings.member.1.SubnetId=subnet-a\n\
         SubnetMappings.member.1.AllocationId=eipalloc-0123456789abcdefa\n\
         SubnetMappings.member.2.SubnetId=subnet-b\n\
         SubnetMappings.member.2.AllocationId=eipalloc-0123456789abcdefb\n"
    );
}

#[tokio::test]
async fn the_ip_address_type_is_set_in_place() {
    let spec = LoadBalancer::examples().remove(1);
    let call = Call::UpdateIpAddressType { arn: "arn:x".into(), spec };
    let reply = "<SetIpAddressTypeResponse><SetIpAddressTypeResult/></SetIpAddressTypeResponse>";
    let body = sent::<LoadBalancer>(call, reply).await;
    assert_eq!(body, "LoadBalancerArn=arn:x\nIpAddressType=dualstack\n");
}

fn deletion(attributes: &[(&str, &str)], depth: Depth) -> Vec<String> {
    let attributes =
        attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let spec = LoadBalancerSpec { attributes, ..example() };
    let live = Live { depth, ..testing::live(spec, &arn()) };
    let address = Address::new(LoadBalancer::NAME, "public");
    let calls = LoadBalancer::lower(&Change::Delete { address: &address, live: &live });
    calls.iter().map(ToString::to_string).collect()
}

#[test]
fn deletion_protection_stays_on_for_aws_to_refuse_the_deletion() {
    let calls = [
        "elasticloadbalancing:DeleteLoadBalancer shop-prod-public",
        "wait until load balancer shop-prod-public is gone",
    ];
    assert_eq!(deletion(&[("deletion_protection.enabled", "false")], Depth::Full), calls);
    assert_eq!(deletion(&[("deletion_protection.enabled", "true")], Depth::Full), calls);
    assert_eq!(deletion(&[], Depth::Shallow), calls);
}

#[tokio::test]
async fn addresses_are_those_that_someone_chose() {
    let zone = |subnet: &str, address: &str| {
        format!(
            "<member><ZoneName>{subnet}</ZoneName><SubnetId>{subnet}</SubnetId><LoadBalancerAddresses>{address}</LoadBalancerAddresses></member>"
        )
    };
    let balancer = |zones: &str| {
        let net = arn().replace("/app/", "/net/");
        format!(
            "<LoadBalancers><member><LoadBalancerArn>{net}</LoadBalancerArn><LoadBalancerName>shop-prod-public</LoadBalancerName>\
             <Scheme>internet-facing</Scheme><VpcId>vpc-0123456789abcdef0</VpcId><Type>network</Type><IpAddressType>ipv4</IpAddressType>\
             <AvailabilityZones>{zones}</AvailabilityZones><SecurityGroups><member>sg-0123456789abcdef0</member></SecurityGroups></member></LoadBalancers>"
        )
    };
    let elastic = |id: &str| {
        format!(
            "<member><IpAddress>203.0.113.7</IpAddress><AllocationId>eipalloc-0123456789abcdef{id}</AllocationId></member>"
        )
    };
    let private = "<member><PrivateIPv4Address>10.0.0.10</PrivateIPv4Address></member>";
    let of_aws = "<member><IpAddress>203.0.113.7</IpAddress></member>";
    let wanted = LoadBalancerSpec {
        tags: example().tags,
        attributes: Attributes::new(),
        ..LoadBalancer::examples().remove(2)
    };
    let chosen = format!("{}{}", zone("subnet-b", &elastic("b")), zone("subnet-a", &elastic("a")));
    let cases = [
        (chosen, wanted.addresses.clone()),
        (
            zone("subnet-a", private),
            Some(BTreeMap::from([("subnet-a".to_owned(), "10.0.0.10".to_owned())])),
        ),
        (format!("{}{}", zone("subnet-a", of_aws), zone("subnet-b", "")), None),
    ];
    for (zones, addresses) in cases {
        let replies = [
            testing::listing(&[(&arn().replace("/app/", "/net/"), &wanted.tags)]),
            reply("DescribeLoadBalancers", &balancer(&zones)),
        ];
        let (rows, _) =
            testing::observed::<LoadBalancer>(std::slice::from_ref(&wanted), false, replies).await;
        assert_eq!(rows[0].spec["addresses"], json!(addresses));
        assert_eq!(rows[0].spec["type"], "network");
    }
}

/// The attributes of the only load balancer, as AWS's keys and values.
fn attributes(manifests: &str) -> Vec<String> {
    let stack = samples::stack(manifests);
    let [row] = &LoadBalancer::desired(&stack, &samples::facts())[..] else { panic!("one row") };
    row.spec.attributes.iter().map(|(key, value)| format!("{key}={value}")).collect()
}

#[test]
fn fields_are_attributes_of_their_type() {
    assert_eq!(
        attributes(
            "{ kind: LoadBalancer, name: public, dropInvalidHeaders: true, connectionLogs: { bucket: logs }, attributes: { routing.http2.enabled: false } }"
        ),
        [
            "access_logs.s3.enabled=false",
            "connection_logs.s3.bucket=logs",
            "connection_logs.s3.enabled=true",
            "connection_logs.s3.prefix=",
            "deletion_protection.enabled=false",
            "idle_timeout.timeout_seconds=60",
            "routing.http.drop_invalid_header_fields.enabled=true",
            "routing.http2.enabled=false",
        ]
    );
    assert_eq!(
        attributes(
            "{ kind: LoadBalancer, name: edge, type: network, accessLogs: { bucket: logs, prefix: edge }, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }"
        ),
        [
            "access_logs.s3.bucket=logs",
            "access_logs.s3.enabled=true",
            "access_logs.s3.prefix=edge",
            "deletion_protection.enabled=false",
            "load_balancing.cross_zone.enabled=false",
        ]
    );
}

#[test]
fn addresses_belong_to_the_subnets_of_their_zones() {
    let stack = samples::stack(
        "{ kind: LoadBalancer, name: edge, type: network, addresses: { eu-west-1a: eipalloc-0123456a, subnet-b: eipalloc-0123456b }, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }",
    );
    let [row] = &LoadBalancer::desired(&stack, &samples::facts())[..] else { panic!("one row") };
    let addresses = row.spec.addresses.clone().unwrap();
    let expected = [("subnet-a", "eipalloc-0123456a"), ("subnet-b", "eipalloc-0123456b")];
    let expected = expected.map(|(subnet, address)| (subnet.to_owned(), address.to_owned()));
    assert_eq!(addresses, BTreeMap::from(expected));
}

#[tokio::test]
async fn what_is_there_reads_back_as_it_was_wanted() {
    let wanted = example();
    let (rows, _) = testing::observed::<LoadBalancer>(
        std::slice::from_ref(&wanted),
        true,
        [
            testing::listing(&[(&arn(), &wanted.tags)]),
            reply("DescribeLoadBalancers", &described("active")),
            testing::tags(&[(&arn(), &wanted.tags)]),
            reply("DescribeLoadBalancerAttributes", ATTRIBUTES),
        ],
    )
    .await;
    assert_eq!(rows[0].spec, json!(wanted));
    assert_eq!(rows[0].outputs["suffix"], "app/shop-prod-public/50dc6c495c0c9188");
}

#[tokio::test(start_paused = true)]
async fn waits_end_when_it_is_active_and_when_it_is_gone() {
    let gone = "<ErrorResponse><Error><Type>Sender</Type><Code>LoadBalancerNotFound</Code>\
                <Message>One or more load balancers not found</Message></Error></ErrorResponse>";
    let replay = Replay::new([
        reply("DescribeLoadBalancers", &described("provisioning")),
        reply("DescribeLoadBalancers", &described("active")),
        reply("DescribeLoadBalancers", &described("active")),
        xml(400, gone),
    ]);
    let (aws, name) = (replay.aws(), "shop-prod-public".to_owned());
    let call = Call::AwaitActive { arn: arn().into(), name: name.clone() };
    call.perform(&aws).await.unwrap();
    assert_eq!(replay.bodies().len(), 2);
    Call::AwaitGone { arn: arn(), name }.perform(&aws).await.unwrap();
    assert_eq!(replay.bodies().len(), 4);
}
