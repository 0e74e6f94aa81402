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

#[tokio::test]
async fn every_field_is_sent() {
    let [https, http, _] = &Listener::examples()[..] else { panic!("three examples") };
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
             Tags.member.1.Key=team\nTags.member.1.Value=web\n"
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
    let add =
        Step::AddCertificates { arn: "arn:x".into(), spec: https.clone(), certificates };
    let add = sent::<Listener>(
        call(add),
        "<AddListenerCertificatesResponse><AddListenerCertificatesResult/></AddListenerCertificatesResponse>",
    );
    assert_eq!(
        add.await,
        "ListenerArn=arn:x\nCertificates.member.1.CertificateArn=arn:cert\n"
    );
}

#[tokio::test]
async fn what_is_there_reads_back_as_it_was_wanted() {
    let tags = own_tags("listener/public-https");
    let balancer_tags = own_tags("load-balancer/public");
    let balancer = format!("{ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188");
    for (wanted, described, certificates) in [
        (0, described(HTTPS), Some(reply("DescribeListenerCertificates", CERTIFICATES))),
        (1, described(HTTP), None),
    ] {
        let wanted = ListenerSpec { tags: tags.clone(), ..Listener::examples().remove(wanted) };
        let replies = [
            testing::listing(&[(&balancer, &balancer_tags)]),
            reply("DescribeLoadBalancers", &balancer_reply()),
            reply("DescribeListeners", &described),
            testing::tags(&[(&arn(), &tags)]),
        ];
        let replies = replies.into_iter().chain(certificates);
        let (rows, _) = testing::observed::<Listener>(std::slice::from_ref(&wanted), false, replies).await;
        assert_eq!(rows[0].spec["defaultAction"], json!(wanted.default_action));
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
