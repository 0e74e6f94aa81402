//! Rules as AWS shows them, with all that it fills in, and as moto does, which shows what was sent.

use serde_json::json;

use super::*;
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply};

const LISTENER: &str = "app/shop-prod-public/50dc6c495c0c9188";

/// An example and what is read for conditions and actions like its own.
async fn read(example: usize, conditions: &str, actions: &str) -> [serde_json::Value; 2] {
    let tags = own_tags("listener-rule/web-public-https");
    let wanted =
        ListenerRuleSpec { tags: tags.clone(), ..ListenerRule::examples().remove(example) };
    let balancer = format!("{ARN}:loadbalancer/{LISTENER}");
    let listener = format!("{ARN}:listener/{LISTENER}/f2f7dc8efc522ab2");
    let rule = format!("{ARN}:listener-rule/{LISTENER}/f2f7dc8efc522ab2/9683b2d02a6cabee");
    let priority = wanted.priority.map_or(String::new(), |it| format!("<Priority>{it}</Priority>"));
    let replies = [
        testing::listing(&[(&balancer, &own_tags("load-balancer/public")), (&rule, &tags)]),
        reply(
            "DescribeLoadBalancers",
            &format!(
                "<LoadBalancers><member><LoadBalancerArn>{balancer}</LoadBalancerArn><LoadBalancerName>shop-prod-public</LoadBalancerName></member></LoadBalancers>"
            ),
        ),
        reply(
            "DescribeListeners",
            &format!(
                "<Listeners><member><ListenerArn>{listener}</ListenerArn><LoadBalancerArn>{balancer}</LoadBalancerArn><Protocol>HTTP</Protocol><Port>80</Port></member></Listeners>"
            ),
        ),
        testing::tags(&[(&listener, &own_tags("listener/public-https"))]),
        reply(
            "DescribeRules",
            &format!(
                "<Rules><member><RuleArn>{rule}</RuleArn>{priority}<Conditions>{conditions}</Conditions><Actions>{actions}</Actions></member></Rules>"
            ),
        ),
    ];
    let wanted = std::slice::from_ref(&wanted);
    let (rows, _) = testing::observed::<ListenerRule>(wanted, false, replies).await;
    [rows[0].spec.clone(), json!(wanted[0])]
}

/// `Values` of a condition, and again in its typed configuration.
fn mirrored(field: &str, config: &str, values: &[&str]) -> String {
    let values = values.join("</member><member>");
    let values = format!("<member>{values}</member>");
    format!(
        "<member><Field>{field}</Field><Values>{values}</Values><{config}><Values>{values}</Values></{config}></member>"
    )
}

fn typed(field: &str, config: &str, content: &str) -> String {
    format!("<member><Field>{field}</Field><{config}>{content}</{config}></member>")
}

fn group(name: &str, weight: u32) -> String {
    format!(
        "<member><TargetGroupArn>{ARN}:targetgroup/shop-prod-{name}</TargetGroupArn><Weight>{weight}</Weight></member>"
    )
}

/// The conditions in another order than they are sent in, and so their values, but for hosts.
#[tokio::test]
async fn every_condition_and_weight_reads_back() {
    let conditions = [
        typed("source-ip", "SourceIpConfig", "<Values><member>10.0.0.0/8</member></Values>"),
        typed("query-string", "QueryStringConfig", "<Values><member><Key>version</Key><Value>2</Value></member><member><Value>beta</Value></member></Values>"),
        typed("http-request-method", "HttpRequestMethodConfig", "<Values><member>POST</member><member>GET</member></Values>"),
        typed("http-header", "HttpHeaderConfig", "<HttpHeaderName>X-Channel</HttpHeaderName><Values><member>beta*</member></Values>"),
        typed("http-header", "HttpHeaderConfig", "<HttpHeaderName>User-Agent</HttpHeaderName><Values><member>*Mobile*</member></Values>"),
        mirrored("path-pattern", "PathPatternConfig", &["/api/*"]),
        mirrored("host-header", "HostHeaderConfig", &["shop.example.com", "www.example.com"]),
    ]
    .concat();
    let oidc = "<Issuer>https://login.example.com</Issuer><AuthorizationEndpoint>https://login.example.com/authorize</AuthorizationEndpoint>\
        <TokenEndpoint>https://login.example.com/token</TokenEndpoint><UserInfoEndpoint>https://login.example.com/userinfo</UserInfoEndpoint>\
        <ClientId>shop</ClientId><SessionCookieName>login</SessionCookieName><Scope>openid email</Scope><SessionTimeout>3600</SessionTimeout>\
        <AuthenticationRequestExtraParams><entry><key>prompt</key><value>login</value></entry></AuthenticationRequestExtraParams>\
        <OnUnauthenticatedRequest>deny</OnUnauthenticatedRequest>";
    let groups =
        group("web-0a1b2c3d/73e2d6bc24d8a067", 90) + &group("next-4e5f6a7b/943f017f100becff", 10);
    for secret in ["", "<ClientSecret>as moto shows it</ClientSecret>"] {
        let actions = format!(
            "<member><Type>authenticate-oidc</Type><Order>1</Order><AuthenticateOidcConfig>{oidc}{secret}</AuthenticateOidcConfig></member>\
             <member><Type>forward</Type><Order>2</Order><ForwardConfig><TargetGroups>{groups}</TargetGroups>\
             <TargetGroupStickinessConfig><Enabled>true</Enabled><DurationSeconds>3600</DurationSeconds></TargetGroupStickinessConfig></ForwardConfig></member>"
        );
        let [found, wanted] = read(1, &conditions, &actions).await;
        assert_eq!(found, wanted);
    }
}

#[tokio::test]
async fn what_aws_fills_in_is_no_difference() {
    let target = format!("{ARN}:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067");
    let hosts = ["shop.example.com", "www.example.com"];
    let aws = mirrored("host-header", "HostHeaderConfig", &hosts)
        + &mirrored("path-pattern", "PathPatternConfig", &["/api/*"]);
    let moto = aws.replace("<Values><member>/api/*</member></Values><Path", "<Path");
    let expanded = format!(
        "<member><Type>forward</Type><TargetGroupArn>{target}</TargetGroupArn><Order>1</Order><ForwardConfig><TargetGroups>{}</TargetGroups>\
         <TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig></ForwardConfig></member>",
        group("web-0a1b2c3d/73e2d6bc24d8a067", 1)
    );
    let sent =
        format!("<member><Type>forward</Type><TargetGroupArn>{target}</TargetGroupArn></member>");
    for (conditions, actions) in [(&aws, &expanded), (&moto, &sent)] {
        let [found, wanted] = read(0, conditions, actions).await;
        assert_eq!(found, wanted);
    }
}

#[tokio::test]
async fn answers_read_back() {
    let all = mirrored("path-pattern", "PathPatternConfig", &["/*"]);
    let cognito = "<UserPoolArn>arn:aws:cognito-idp:eu-west-1:444455556666:userpool/eu-west-1_shop</UserPoolArn>\
        <UserPoolClientId>7c2f</UserPoolClientId><UserPoolDomain>shop</UserPoolDomain>\
        <AuthenticationRequestExtraParams><entry><key>lang</key><value>de</value></entry></AuthenticationRequestExtraParams>";
    let filled = "<SessionCookieName>AWSELBAuthSessionCookie</SessionCookieName><Scope>openid</Scope>\
        <SessionTimeout>604800</SessionTimeout><OnUnauthenticatedRequest>authenticate</OnUnauthenticatedRequest>";
    let request = "<Protocol>#{protocol}</Protocol><Port>#{port}</Port>";
    for (login, protocol) in [(filled, request), ("", "")] {
        let actions = format!(
            "<member><Type>authenticate-cognito</Type><Order>1</Order><AuthenticateCognitoConfig>{cognito}{login}</AuthenticateCognitoConfig></member>\
             <member><Type>redirect</Type><Order>2</Order><RedirectConfig>{protocol}<Host>www.#{{host}}</Host>\
             <Path>/new/#{{path}}</Path><Query>#{{query}}&amp;from=old</Query><StatusCode>HTTP_302</StatusCode></RedirectConfig></member>"
        );
        let [found, wanted] = read(3, &all, &actions).await;
        assert_eq!(found, wanted);
    }
    let fixed = "<member><Type>fixed-response</Type><Order>1</Order><FixedResponseConfig><StatusCode>503</StatusCode>\
        <ContentType>text/html</ContentType><MessageBody>&lt;p&gt;Later</MessageBody></FixedResponseConfig></member>";
    let [found, wanted] = read(4, &all, fixed).await;
    assert_eq!(found, wanted);
}
