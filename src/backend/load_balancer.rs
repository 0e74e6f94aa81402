//! The lookup of a load balancer that is there already, and of the listeners that a manifest names.

use aws_sdk_elasticloadbalancingv2::types::{Listener, LoadBalancer, LoadBalancerTypeEnum};

use crate::aws::{Aws, AwsError, ErrorKind, TagFilter, found};
use crate::facts::LoadBalancerFacts;
use crate::model::resolved::load_balancer::{ExistingListener, ExistingLoadBalancer, KnownBy};

const DESCRIBE: &str = "elasticloadbalancing:DescribeLoadBalancers";
const DESCRIBE_LISTENERS: &str = "elasticloadbalancing:DescribeListeners";

/// Finds the load balancer and its listeners. Errors when there is no such one, more than one, or
/// one whose listeners have no rules.
pub(super) async fn look_up(
    aws: &Aws,
    name: &str,
    wanted: &ExistingLoadBalancer,
) -> Result<LoadBalancerFacts, AwsError> {
    let balancer = balancer(aws, &wanted.known_by).await?;
    let balancer = balancer.ok_or_else(|| {
        let words = words(&wanted.known_by);
        let place = format!("{} {}", aws.account, aws.region);
        missing(format!("load balancer `{name}`: there is none {words} in {place}"))
    })?;
    let arn = balancer.load_balancer_arn.unwrap_or_default();
    if balancer.r#type != Some(LoadBalancerTypeEnum::Application) {
        let message = format!(
            "load balancer `{name}`: `{arn}` is no Application Load Balancer, so its listeners take no rules"
        );
        return Err(missing(message));
    }
    let there = listeners(aws, &arn).await?;
    let listeners = wanted.listeners.iter().map(|(listener, known_by)| {
        let found = listener_arn(&there, known_by).ok_or_else(|| {
            missing(format!("load balancer `{name}`: {}", no_listener(listener, known_by, &there)))
        });
        Ok((listener.clone(), found?))
    });
    Ok(LoadBalancerFacts {
        listeners: listeners.collect::<Result<_, AwsError>>()?,
        security_groups: balancer.security_groups.unwrap_or_default(),
        arn,
    })
}

async fn balancer(aws: &Aws, known_by: &KnownBy) -> Result<Option<LoadBalancer>, AwsError> {
    let request = aws.elbv2.describe_load_balancers();
    let request = match known_by {
        KnownBy::Arn(arn) => request.load_balancer_arns(arn),
        KnownBy::Name(name) => request.names(name),
        KnownBy::Tags(_) => match tagged(aws, known_by).await? {
            Some(arn) => request.load_balancer_arns(arn),
            None => return Ok(None),
        },
    };
    let reply = found(aws.read(DESCRIBE, request.send()).await)?;
    Ok(reply.and_then(|reply| reply.load_balancers.unwrap_or_default().into_iter().next()))
}

/// The ARN of the only load balancer with all of the tags.
async fn tagged(aws: &Aws, known_by: &KnownBy) -> Result<Option<String>, AwsError> {
    let KnownBy::Tags(tags) = known_by else { return Ok(None) };
    let filters: Vec<_> = tags.iter().map(|(key, value)| TagFilter::equals(key, value)).collect();
    let tagged = aws.tagged(&filters).await?.into_iter().map(|resource| resource.arn);
    let is_balancer = |arn: &String| arn.contains(":loadbalancer/app/");
    let mut arns: Vec<String> = tagged.filter(is_balancer).collect();
    if arns.len() > 1 {
        let (count, words) = (arns.len(), words(known_by));
        let arns = arns.join(", ");
        return Err(missing(format!(
            "there are {count} load balancers where one is wanted {words}: {arns}"
        )));
    }
    Ok(arns.pop())
}

async fn listeners(aws: &Aws, balancer: &str) -> Result<Vec<Listener>, AwsError> {
    let request = aws.elbv2.describe_listeners().load_balancer_arn(balancer).page_size(400);
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    aws.read(DESCRIBE_LISTENERS, pages).await
}

fn listener_arn(there: &[Listener], known_by: &ExistingListener) -> Option<String> {
    let is_meant = |listener: &&Listener| match known_by {
        ExistingListener::Arn(arn) => listener.listener_arn() == Some(arn),
        ExistingListener::Port(port) => listener.port() == Some(i32::from(*port)),
    };
    there.iter().find(is_meant)?.listener_arn.clone()
}

fn no_listener(name: &str, known_by: &ExistingListener, there: &[Listener]) -> String {
    let known = match known_by {
        ExistingListener::Arn(arn) => format!("the ARN `{arn}`"),
        ExistingListener::Port(port) => format!("port {port}"),
    };
    let mut ports: Vec<i32> = there.iter().filter_map(Listener::port).collect();
    ports.sort_unstable();
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    match &ports[..] {
        [] => format!("it has no listener with {known} for `{name}`, and no other"),
        ports => {
            format!("it has no listener with {known} for `{name}`, but on {}", ports.join(", "))
        }
    }
}

fn words(known_by: &KnownBy) -> String {
    match known_by {
        KnownBy::Arn(arn) => format!("with the ARN `{arn}`"),
        KnownBy::Name(name) => format!("with the name `{name}`"),
        KnownBy::Tags(tags) => {
            let tags: Vec<_> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("with the tags {}", tags.join(", "))
        }
    }
}

fn missing(message: String) -> AwsError {
    AwsError::new(DESCRIBE, ErrorKind::NotFound, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::aws::replay::Replay;
    use crate::kinds::shared::elb_testing::{ARN, listing, reply};

    fn wanted(known_by: KnownBy, listener: ExistingListener) -> ExistingLoadBalancer {
        let listeners = BTreeMap::from([("https".to_owned(), listener)]);
        ExistingLoadBalancer { known_by, listeners }
    }

    fn arn(name: &str) -> String {
        format!("{ARN}:loadbalancer/{name}/50dc6c495c0c9188")
    }

    fn balancer_reply(r#type: &str) -> String {
        format!(
            "<LoadBalancers><member><LoadBalancerArn>{}</LoadBalancerArn><Type>{type}</Type>\
             <SecurityGroups><member>sg-1</member><member>sg-2</member></SecurityGroups></member></LoadBalancers>",
            arn("app/shared")
        )
    }

    const LISTENERS: &str = "<Listeners>\
        <member><ListenerArn>arn:listener/http</ListenerArn><Port>80</Port></member>\
        <member><ListenerArn>arn:listener/https</ListenerArn><Port>443</Port></member></Listeners>";

    #[tokio::test]
    async fn it_is_found_by_its_name_and_its_listener_by_port_or_arn() {
        let arn_of_listener = ExistingListener::Arn("arn:listener/https".to_owned());
        for listener in [ExistingListener::Port(443), arn_of_listener] {
            let replay = Replay::new([
                reply("DescribeLoadBalancers", &balancer_reply("application")),
                reply("DescribeListeners", LISTENERS),
            ]);
            let wanted = wanted(KnownBy::Name("shared".to_owned()), listener);
            let facts = look_up(&replay.aws(), "public", &wanted).await.unwrap();
            assert_eq!(facts.arn, arn("app/shared"));
            assert_eq!(facts.security_groups, ["sg-1", "sg-2"]);
            assert_eq!(facts.listeners["https"], "arn:listener/https");
            assert!(replay.bodies()[0].ends_with("Names.member.1=shared"));
        }
    }

    #[tokio::test]
    async fn tags_lead_to_one_load_balancer_and_no_more() {
        let tags = BTreeMap::from([("team".to_owned(), "edge".to_owned())]);
        let wanted = wanted(KnownBy::Tags(tags), ExistingListener::Port(443));
        let (shared, group, none) =
            (arn("app/shared"), format!("{ARN}:targetgroup/x/1"), BTreeMap::new());
        let replay = Replay::new([
            listing(&[(&shared, &none), (&group, &none)]),
            reply("DescribeLoadBalancers", &balancer_reply("application")),
            reply("DescribeListeners", LISTENERS),
        ]);
        let facts = look_up(&replay.aws(), "public", &wanted).await.unwrap();
        assert_eq!(facts.arn, shared);
        let replay = Replay::new([listing(&[(&shared, &none), (&arn("app/other"), &none)])]);
        let error = look_up(&replay.aws(), "public", &wanted).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("there are 2 load balancers where one is wanted with the tags team=edge"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn what_is_not_there_is_named() {
        let none = "<LoadBalancers/>";
        let name = || KnownBy::Name("shared".to_owned());
        let cases = [
            (
                vec![reply("DescribeLoadBalancers", none)],
                443,
                "load balancer `public`: there is none with the name `shared`",
            ),
            (
                vec![reply("DescribeLoadBalancers", &balancer_reply("network"))],
                443,
                "is no Application Load Balancer, so its listeners take no rules",
            ),
            (
                vec![
                    reply("DescribeLoadBalancers", &balancer_reply("application")),
                    reply("DescribeListeners", LISTENERS),
                ],
                8443,
                "load balancer `public`: it has no listener with port 8443 for `https`, but on 80, 443",
            ),
        ];
        for (replies, port, message) in cases {
            let wanted = wanted(name(), ExistingListener::Port(port));
            let error = look_up(&Replay::new(replies).aws(), "public", &wanted).await.unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
        }
    }
}
