//! Listener rules as AWS shows them.

use aws_sdk_elasticloadbalancingv2::types::Rule;

use super::authenticate::Authenticate;
use super::{ListenerRule, ListenerRuleSpec, actions, conditions, outputs, shifted};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Kind as _, Live, LiveRow, Marks, Survey, Tags};
use crate::kinds::shared::elb::{listeners_with_rules, side_by_side};
use crate::kinds::shared::elb_tags;

/// All rules of the listeners that matter but the default ones; foreign ones too: they take priorities.
pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[ListenerRuleSpec],
) -> Result<Vec<Live<ListenerRuleSpec>>, AwsError> {
    let listeners = listeners_with_rules(survey).await?;
    let reads = listeners.iter().map(|listener| rules(survey.aws, listener));
    let replies = side_by_side(reads.collect()).await?;
    let rules: Vec<(&String, String, Rule)> = listeners
        .iter()
        .zip(replies)
        .flat_map(|(listener, rules)| rules.into_iter().map(move |rule| (listener, rule)))
        .filter_map(|(listener, rule)| Some((listener, rule.rule_arn.clone()?, rule)))
        .collect();
    let is_shifted = wanted.iter().any(|spec| shifted::is_wanted(&spec.action));
    let groups = if is_shifted { survey.rows("target-group").await?.to_vec() } else { vec![] };
    let arns = rules.iter().map(|(_, arn, _)| arn.clone()).collect();
    let wanted = wanted.iter().map(|spec| &spec.tags);
    let mut tags = elb_tags::read_by_resource(survey, arns, wanted).await?;
    let rows = rules.into_iter().map(|(listener, arn, rule)| {
        live(listener, &arn, &rule, tags.remove(&arn).unwrap_or_default(), &groups)
    });
    Ok(rows.collect())
}

async fn rules(aws: &Aws, listener: &str) -> Result<Vec<Rule>, AwsError> {
    let request = aws.elbv2.describe_rules().listener_arn(listener).page_size(400);
    let pages = request.into_paginator().items().send().collect();
    let rules: Vec<Rule> =
        found(aws.read("elasticloadbalancing:DescribeRules", pages).await)?.unwrap_or_default();
    Ok(rules.into_iter().filter(|rule| rule.is_default != Some(true)).collect())
}

fn live(
    listener: &str,
    arn: &str,
    rule: &Rule,
    tags: Tags,
    known_groups: &[LiveRow],
) -> Live<ListenerRuleSpec> {
    let marks = Marks::of(&tags);
    let own = marks.resource.as_ref().filter(|address| address.kind == ListenerRule::NAME);
    let conditions = conditions::observed(rule);
    let transforms = (!rule.transforms().is_empty()).then(|| "transform".to_owned());
    let other = conditions.other.into_iter().chain(actions::others(rule.actions()));
    let spec = ListenerRuleSpec {
        name: own.map_or_else(|| arn.to_owned(), |address| address.name.clone()),
        listener: listener.into(),
        priority: rule.priority().and_then(|priority| priority.parse().ok()),
        hosts: conditions.hosts,
        paths: conditions.paths,
        headers: conditions.headers,
        methods: conditions.methods,
        query: conditions.query,
        source_ips: conditions.source_ips,
        authenticate: Authenticate::observed(rule.actions()),
        action: shifted::arranged(actions::observed(rule.actions()), known_groups),
        other: other.chain(transforms).collect(),
        swap: None,
        tags,
    };
    Live { outputs: outputs(arn), marks, depth: Depth::Full, spec }
}
