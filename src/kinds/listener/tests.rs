//! Listeners against recorded requests and replies.

use serde_json::json;

use super::*;
use crate::diff::diff;
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply, sent};
use crate::value::{Address, Value};

fn arn() -> String {
    format!("{ARN}:listener/app/shop-prod-public/50dc6c495c0c9188/f2f7dc8efc522ab2")
}

fn balancer_reply() -> String {
    format!(
        "<LoadBalancers><member><LoadBalancerArn>{ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188</LoadBalancerArn>\
         <LoadBalancerName>shop-prod-public</LoadBalancerName></member></LoadBalancers>"
    )
}

fn described(rest: &str) -> String {
    format!(
        "<Listeners><member><ListenerArn>{}</ListenerArn>\
         <LoadBalancerArn>{ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188</LoadBalancerArn>\
         <Port>443</Port>{rest}</member></Listeners>",
        arn()
    )
}

const HTTPS: &str = "<Protocol>HTTPS</Protocol><SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy>\
    <Certificates><member><CertificateArn>arn:aws:acm:eu-west-1:444455556666:certificate/shop</CertificateArn></member></Certificates>\
    <DefaultActions><member><Type>fixed-response</Type><FixedResponseConfig><StatusCode>404</StatusCode>\
    <ContentType>text/plain</ContentType><MessageBody>Not found</MessageBody></FixedResponseConfig></member></DefaultActions>\
    <MutualAuthentication><Mode>off</Mode></MutualAuthentication>";

const CERTIFICATES: &str = "<Certificates>\
    <member><CertificateArn>arn:aws:acm:eu-west-1:444455556666:certificate/shop</CertificateArn><IsDefault>true</IsDefault></member>\
    <member><CertificateArn>arn:aws:acm:eu-west-1:444455556666:certificate/api</CertificateArn><IsDefault>false</IsDefault></member></Certificates>";

/// With the policy that moto makes up, and what AWS fills in for a redirect.
const HTTP: &str = "<Protocol>HTTP</Protocol><SslPolicy>ELBSecurityPolicy-2016-08</SslPolicy>\
    <DefaultActions><member><Type>redirect</Type><Order>1</Order><RedirectConfig><Protocol>HTTPS</Protocol><Port>8443</Port>\
    <Host>#{host}</Host><Path>/#{path}</Path><Query>#{query}</Query><StatusCode>HTTP_301</StatusCode></RedirectConfig></member></DefaultActions>";

const SWAPPED_CERTIFICATES: &str = "<Certificates>\
    <member><CertificateArn>arn:aws:acm:eu-west-1:444455556666:certificate/api</CertificateArn><IsDefault>true</IsDefault></member>\
    <member><CertificateArn>arn:aws:acm:eu-west-1:444455556666:certificate/shop</CertificateArn><IsDefault>false</IsDefault></member></Certificates>";

const TLS: &str = "<SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy><AlpnPolicy><member>HTTP2Preferred</member></AlpnPolicy>\
    <Certificates><member><CertificateArn>arn:aws:acm:eu-west-1:444455556666:certificate/shop</CertificateArn></member></Certificates>";

const IDLE_TIMEOUT_OF_TEN_MINUTES: &str = "<Attributes><member><Key>tcp.idle_timeout.seconds</Key><Value>600</Value></member></Attributes>";

fn mutual_https() -> String {
    let mutual = format!(
        "<MutualAuthentication><Mode>verify</Mode><TrustStoreArn>{ARN}:truststore/partners/1</TrustStoreArn>\
         <IgnoreClientCertificateExpiry>true</IgnoreClientCertificateExpiry>\
         <TrustStoreAssociationStatus>active</TrustStoreAssociationStatus>\
         <AdvertiseTrustStoreCaNames>on</AdvertiseTrustStoreCaNames></MutualAuthentication>"
    );
    let off = "<MutualAuthentication><Mode>off</Mode></MutualAuthentication>";
    HTTPS.replace("certificate/shop", "certificate/api").replace(off, &mutual)
}

/// A listener of a Network Load Balancer, with its action as AWS fills it in.
fn network(protocol: &str, rest: &str) -> String {
    let group = format!("{ARN}:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067");
    format!(
        "<Protocol>{protocol}</Protocol>{rest}<DefaultActions><member><Type>forward</Type><Order>1</Order>\
         <TargetGroupArn>{group}</TargetGroupArn><ForwardConfig><TargetGroups><member><TargetGroupArn>{group}</TargetGroupArn>\
         <Weight>1</Weight></member></TargetGroups><TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig>\
         </ForwardConfig></member></DefaultActions>"
    )
}

#[tokio::test]
async fn every_field_is_sent() {
    let [https, http, ..] = &Listener::examples()[..] else { panic!("examples") };
    let call = |step| Call { name: "public-https".to_owned(), step };
    let create = sent::<Listener>(
        call(Step::Create { spec: https.clone() }),
        "<CreateListenerResponse><CreateListenerResult/></CreateListenerResponse>",
    );
    assert_eq!(
        create.await,
        format!(
            "LoadBalancerArn={ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188\nProtocol=HTTPS\nPort=443\n\
             SslPolicy=ELBSecurityPolicy-TLS13-1-2-2021-06\n\
             Certificates.member.1.CertificateArn=arn:aws:acm:eu-west-1:444455556666:certificate/shop\n\
             DefaultActions.member.1.Type=fixed-response\n\
             DefaultActions.member.1.FixedResponseConfig.MessageBody=Not found\n\
             DefaultActions.member.1.FixedResponseConfig.StatusCode=404\n\
             DefaultActions.member.1.FixedResponseConfig.ContentType=text/plain\n\
             Tags.member.1.Key=team\nTags.member.1.Value=web\n\
             MutualAuthentication.Mode=off\n"
        )
    );
    let modify = sent::<Listener>(
        call(Step::Update { arn: "arn:x".into(), spec: http.clone() }),
        "<ModifyListenerResponse><ModifyListenerResult/></ModifyListenerResponse>",
    );
    assert_eq!(
        modify.await,
        "ListenerArn=arn:x\nProtocol=HTTP\nDefaultActions.member.1.Type=redirect\n\
         DefaultActions.member.1.RedirectConfig.Protocol=HTTPS\n\
         DefaultActions.member.1.RedirectConfig.Port=8443\n\
         DefaultActions.member.1.RedirectConfig.Host=#{host}\n\
         DefaultActions.member.1.RedirectConfig.Path=/#{path}\n\
         DefaultActions.member.1.RedirectConfig.Query=#{query}\n\
         DefaultActions.member.1.RedirectConfig.StatusCode=HTTP_301\n"
    );
    let certificates = vec!["arn:cert".to_owned()];
    let add = Step::AddCertificates { arn: "arn:x".into(), spec: https.clone(), certificates };
    let add = sent::<Listener>(
        call(add),
        "<AddListenerCertificatesResponse><AddListenerCertificatesResult/></AddListenerCertificatesResponse>",
    );
    assert_eq!(add.await, "ListenerArn=arn:x\nCertificates.member.1.CertificateArn=arn:cert\n");
}

/// The parameters of `ModifyListener` and `ModifyListenerAttributes` for one of the examples.
async fn modified(example: usize) -> (String, String) {
    let spec = Listener::examples().remove(example);
    let call = |step| Call { name: "public-https".to_owned(), step };
    let arn = || Resolvable::from("arn:x");
    let modify = sent::<Listener>(
        call(Step::Update { arn: arn(), spec: spec.clone() }),
        "<ModifyListenerResponse><ModifyListenerResult/></ModifyListenerResponse>",
    );
    let attributes = sent::<Listener>(
        call(Step::UpdateAttributes { arn: arn(), spec }),
        "<ModifyListenerAttributesResponse><ModifyListenerAttributesResult/></ModifyListenerAttributesResponse>",
    );
    (modify.await, attributes.await)
}

#[tokio::test]
async fn what_only_some_protocols_have_is_sent_with_them() {
    let (verify, _) = Box::pin(modified(2)).await;
    assert!(
        verify.ends_with(&format!(
            "MutualAuthentication.Mode=verify\nMutualAuthentication.TrustStoreArn={ARN}:truststore/partners/1\n\
             MutualAuthentication.IgnoreClientCertificateExpiry=true\n\
             MutualAuthentication.AdvertiseTrustStoreCaNames=on\n"
        )),
        "{verify}"
    );
    let group = format!("{ARN}:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067");
    let (tls, _) = Box::pin(modified(3)).await;
    assert_eq!(
        tls,
        format!(
            "ListenerArn=arn:x\nProtocol=TLS\nSslPolicy=ELBSecurityPolicy-TLS13-1-2-2021-06\n\
             Certificates.member.1.CertificateArn=arn:aws:acm:eu-west-1:444455556666:certificate/shop\n\
             DefaultActions.member.1.Type=forward\nDefaultActions.member.1.TargetGroupArn={group}\n\
             AlpnPolicy.member.1=HTTP2Preferred\n"
        )
    );
    let (tcp, attributes) = Box::pin(modified(4)).await;
    assert_eq!(
        tcp,
        format!(
            "ListenerArn=arn:x\nProtocol=TCP\nDefaultActions.member.1.Type=forward\n\
             DefaultActions.member.1.TargetGroupArn={group}\n"
        )
    );
    assert_eq!(
        attributes,
        "ListenerArn=arn:x\nAttributes.member.1.Key=tcp.idle_timeout.seconds\n\
         Attributes.member.1.Value=600\n"
    );
}

#[tokio::test]
async fn what_is_there_reads_back_as_it_was_wanted() {
    let tags = own_tags("listener/public-https");
    let balancer_tags = own_tags("load-balancer/public");
    let balancer = format!("{ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188");
    let certificates = || Some(reply("DescribeListenerCertificates", CERTIFICATES));
    let attributes = reply("DescribeListenerAttributes", IDLE_TIMEOUT_OF_TEN_MINUTES);
    for (wanted, described, apart) in [
        (0, described(HTTPS), certificates()),
        (1, described(HTTP), None),
        (
            2,
            described(&mutual_https()),
            Some(reply("DescribeListenerCertificates", SWAPPED_CERTIFICATES)),
        ),
        (3, described(&network("TLS", TLS)), certificates()),
        (4, described(&network("TCP", "")), Some(attributes)),
    ] {
        let wanted = ListenerSpec { tags: tags.clone(), ..Listener::examples().remove(wanted) };
        let replies = [
            testing::listing(&[(&balancer, &balancer_tags)]),
            reply("DescribeLoadBalancers", &balancer_reply()),
            reply("DescribeListeners", &described),
            testing::tags(&[(&arn(), &tags)]),
        ];
        let replies = replies.into_iter().chain(apart);
        let (rows, _) =
            testing::observed::<Listener>(std::slice::from_ref(&wanted), false, replies).await;
        assert_eq!(rows[0].spec["defaultAction"], json!(wanted.default_action));
        assert_eq!(rows[0].spec["idleTimeout"], json!(wanted.idle_timeout));
        assert_eq!(diff(&tree(&rows[0].spec), &Value::of(&wanted)), vec![]);
    }
}

fn tree(spec: &serde_json::Value) -> Value {
    Value::of(&serde_json::from_value::<ListenerSpec>(spec.clone()).unwrap())
}

fn lines(from: usize, to: usize) -> Vec<String> {
    let examples = Listener::examples();
    let (before, spec) = (&examples[from], &examples[to]);
    let live = testing::live(before.clone(), &arn());
    let fields = diff(&Value::of(before), &Value::of(spec));
    let address = Address::new(Listener::NAME, "public-https");
    let change = Change::Update { address: &address, spec, live: &live, fields: &fields };
    Listener::lower(&change).iter().map(ToString::to_string).collect()
}

#[test]
fn a_listener_has_certificates_only_while_it_speaks_https() {
    assert_eq!(
        lines(1, 0),
        [
            "elasticloadbalancing:ModifyListener public-https",
            "elasticloadbalancing:AddListenerCertificates public-https",
        ]
    );
    assert_eq!(
        lines(0, 1),
        [
            "elasticloadbalancing:RemoveListenerCertificates public-https",
            "elasticloadbalancing:ModifyListener public-https",
        ]
    );
}

#[test]
fn a_certificate_that_becomes_the_default_one_is_not_removed() {
    assert_eq!(
        lines(0, 2),
        [
            "elasticloadbalancing:AddListenerCertificates public-https",
            "elasticloadbalancing:ModifyListener public-https",
            "elasticloadbalancing:AddTags public-https",
            "elasticloadbalancing:RemoveTags public-https",
        ]
    );
}

#[test]
fn a_listener_of_a_network_load_balancer_leads_to_the_service_that_names_it() {
    let stack = crate::kinds::samples::stack(
        "
kind: LoadBalancer
name: edge
type: network
listeners:
  - { name: tcp, protocol: TCP, port: 80 }
  - { name: spare, protocol: UDP, port: 53 }
---
{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: edge, listener: tcp }] }
",
    );
    let rows = Listener::desired(&stack, &crate::kinds::samples::facts());
    let [row] = &rows[..] else { panic!("{rows:?}") };
    let group = Resolvable::reference("target-group", "web-edge-tcp", "arn");
    assert_eq!(row.name, "edge-tcp");
    assert_eq!(row.spec.default_action, DefaultAction::Forward { target_group: group });
    assert_eq!(row.spec.idle_timeout, Some(350));
}

#[test]
fn an_idle_timeout_of_its_own_is_set_after_the_creation() {
    let creation = |idle_timeout| {
        let spec = ListenerSpec { idle_timeout, ..Listener::examples().remove(4) };
        let address = Address::new(Listener::NAME, "edge-tcp");
        let calls = Listener::lower(&Change::Create { address: &address, spec: &spec });
        calls.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let create = "elasticloadbalancing:CreateListener edge-tcp";
    let attributes = "elasticloadbalancing:ModifyListenerAttributes edge-tcp";
    assert_eq!(creation(Some(350)), [create]);
    assert_eq!(creation(Some(600)), [create, attributes]);
}
