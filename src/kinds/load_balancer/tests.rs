//! Load balancers against recorded requests and replies.

use serde_json::json;

use super::*;
use crate::aws::replay::{Replay, xml};
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply, sent};

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
         Tags.member.1.Key=team\nTags.member.1.Value=web\nType=application\n"
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
