//! Roles: whom they trust, and what IAM's simulator says that they allow.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::{EvaluationResult, PolicyEvaluationDecisionType as Decision};
use futures::future::{join_all, try_join_all};

use super::unread;
use crate::aws::{Aws, found};
use crate::facts::Facts;
use crate::kinds::role::read_policy;
use crate::model::resolved::task_role::Effect;
use crate::verify::{Answer, Denial, Grant, RoleFacts, Unread};

const ASSUME: &[&str] = &["sts:AssumeRole", "sts:*", "*"];

pub(super) async fn read(
    aws: &Aws,
    facts: &Facts,
    roles: &BTreeMap<String, BTreeSet<Grant>>,
) -> BTreeMap<String, Answer<RoleFacts>> {
    let reads = roles
        .iter()
        .map(|(arn, grants)| async move { (arn.clone(), role(aws, facts, arn, grants).await) });
    join_all(reads).await.into_iter().collect()
}

async fn role(aws: &Aws, facts: &Facts, arn: &str, grants: &BTreeSet<Grant>) -> Answer<RoleFacts> {
    if arn.split(':').nth(4) != Some(facts.account.as_str()) {
        return Err(Unread::because("it is in another account"));
    }
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let reply = aws.read("iam:GetRole", aws.iam.get_role().role_name(name).send()).await;
    let Some(reply) = found(reply).map_err(|error| unread(&error))? else {
        return Ok(RoleFacts::Missing);
    };
    let document = reply.role.and_then(|role| role.assume_role_policy_document);
    let trusts = trusted(&document.unwrap_or_default());
    let denials = try_join_all(grants.iter().map(|grant| simulated(aws, arn, grant))).await;
    Ok(RoleFacts::Found { trusts, denials: denials.map(|all| all.into_iter().flatten().collect()) })
}

/// The services that a trust policy lets act as the role.
fn trusted(document: &str) -> BTreeSet<String> {
    let policy = read_policy(document);
    let allowing = policy.into_values().filter(|statement| {
        let assumes = statement.actions.0.iter().any(|action| ASSUME.contains(&action.as_str()));
        statement.effect == Effect::Allow && assumes
    });
    let mut services = allowing.filter_map(|mut statement| statement.principals.remove("Service"));
    let mut trusted = BTreeSet::new();
    services.by_ref().for_each(|set| trusted.extend(set.0));
    trusted
}

async fn simulated(aws: &Aws, arn: &str, grant: &Grant) -> Answer<Vec<Denial>> {
    let request = aws
        .iam
        .simulate_principal_policy()
        .policy_source_arn(arn)
        .set_action_names(Some(grant.actions.iter().cloned().collect()))
        .set_resource_arns(Some(grant.resources.iter().cloned().collect()));
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let results = aws.read("iam:SimulatePrincipalPolicy", pages).await;
    let results = results.map_err(|error| unread(&error))?;
    Ok(results.iter().flat_map(denials).collect())
}

/// A result about several resources says each one's decision apart.
fn denials(result: &EvaluationResult) -> Vec<Denial> {
    let denial = |resource: &str, decision: &Decision| {
        (*decision != Decision::Allowed).then(|| Denial {
            action: result.eval_action_name().to_owned(),
            resource: resource.to_owned(),
            is_explicit: *decision == Decision::ExplicitDeny,
        })
    };
    let specific = result.resource_specific_results();
    if specific.is_empty() {
        let resource = result.eval_resource_name().unwrap_or("*");
        return denial(resource, result.eval_decision()).into_iter().collect();
    }
    let each = specific.iter();
    each.filter_map(|it| denial(it.eval_resource_name(), it.eval_resource_decision())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, xml};

    const ARN: &str = "arn:aws:iam::444455556666:role/team/x";

    fn facts() -> Facts {
        Facts {
            account: "444455556666".to_owned(),
            region: "eu-west-1".to_owned(),
            partition: "aws".to_owned(),
            networks: BTreeMap::new(),
            auto_scaling_groups: BTreeMap::new(),
            load_balancers: BTreeMap::new(),
        }
    }

    fn reply(
        action: &str,
        content: &str,
    ) -> aws_smithy_runtime_api::client::orchestrator::HttpResponse {
        xml(
            200,
            &format!(
                r#"<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>{content}</{action}Result></{action}Response>"#
            ),
        )
    }

    fn role_reply() -> aws_smithy_runtime_api::client::orchestrator::HttpResponse {
        let trust = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ecs-tasks.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";
        reply(
            "GetRole",
            &format!(
                "<Role><Path>/team/</Path><RoleName>x</RoleName><RoleId>AROAX</RoleId><Arn>{ARN}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></Role>"
            ),
        )
    }

    fn asked() -> BTreeMap<String, BTreeSet<Grant>> {
        let set = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let grant =
            Grant { actions: set(&["ssm:GetParameters"]), resources: set(&["arn:a", "arn:b"]) };
        BTreeMap::from([(ARN.to_owned(), BTreeSet::from([grant]))])
    }

    #[tokio::test]
    async fn each_resource_has_its_decision() {
        let results = "<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>ssm:GetParameters</EvalActionName>\
            <EvalResourceName>arn:a</EvalResourceName><EvalDecision>allowed</EvalDecision><ResourceSpecificResults>\
            <member><EvalResourceName>arn:a</EvalResourceName><EvalResourceDecision>allowed</EvalResourceDecision></member>\
            <member><EvalResourceName>arn:b</EvalResourceName><EvalResourceDecision>explicitDeny</EvalResourceDecision></member>\
            </ResourceSpecificResults></member></EvaluationResults>";
        let replay = Replay::new([role_reply(), reply("SimulatePrincipalPolicy", results)]);
        let answers = read(&replay.aws(), &facts(), &asked()).await;
        let denial = Denial {
            action: "ssm:GetParameters".to_owned(),
            resource: "arn:b".to_owned(),
            is_explicit: true,
        };
        let trusts = BTreeSet::from(["ecs-tasks.amazonaws.com".to_owned()]);
        assert_eq!(answers[ARN], Ok(RoleFacts::Found { trusts, denials: Ok(vec![denial]) }));
        insta::assert_snapshot!(replay.bodies().join("\n"), @"
        Action=GetRole&Version=2010-05-08&RoleName=x
        Action=SimulatePrincipalPolicy&Version=2010-05-08&PolicySourceArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fteam%2Fx&ActionNames.member.1=ssm%3AGetParameters&ResourceArns.member.1=arn%3Aa&ResourceArns.member.2=arn%3Ab
        ");
    }

    #[tokio::test]
    async fn without_the_simulator_the_rest_is_still_known() {
        let denied = xml(
            403,
            r"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
        );
        let answers = read(&Replay::new([role_reply(), denied]).aws(), &facts(), &asked()).await;
        let Ok(RoleFacts::Found { trusts, denials }) = &answers[ARN] else { panic!("{answers:?}") };
        assert_eq!(trusts.len(), 1);
        assert_eq!(*denials, Err(Unread::denied("iam:SimulatePrincipalPolicy")));
    }
}
