//! Listener rules as AWS shows them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, HostHeaderConditionConfig,
    PathPatternConditionConfig, Rule, RuleCondition,
};

use super::{ListenerRule, ListenerRuleSpec, outputs, shifted};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Kind as _, Live, LiveRow, Marks, Survey, Tags};
use crate::kinds::shared::elb::side_by_side;
use crate::kinds::shared::elb_tags;
use crate::value::Set;

/// All rules of the listeners that matter but the default ones; foreign ones too: they take priorities.
pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[ListenerRuleSpec],
) -> Result<Vec<Live<ListenerRuleSpec>>, AwsError> {
    let listeners = survey.rows("listener").await?;
    let listeners: Vec<&String> = listeners.iter().map(|row| &row.outputs["arn"]).collect();
    let reads = listeners.iter().map(|listener| rules(survey.aws, listener));
    let replies = side_by_side(reads.collect()).await?;
    let rules: Vec<(&String, String, Rule)> = listeners
        .into_iter()
        .zip(replies)
        .flat_map(|(listener, rules)| rules.into_iter().map(move |rule| (listener, rule)))
        .filter_map(|(listener, rule)| Some((listener, rule.rule_arn.clone()?, rule)))
        .collect();
    let is_shifted = wanted.iter().any(|spec| !spec.other_target_groups.0.is_empty());
    let groups =
        if is_shifted { survey.rows("target-group").await?.to_vec() } else { vec![] };
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
    let groups: Vec<&str> = rule.actions().iter().flat_map(target_groups).collect();
    let busiest = groups.first().filter(|_| groups.len() > 1).map(|arn| (*arn).into());
    let mut groups = shifted::arranged(groups, known_groups).into_iter();
    let target_group = groups.next().unwrap_or_default().into();
    let spec = ListenerRuleSpec {
        name: own.map_or_else(|| arn.to_owned(), |address| address.name.clone()),
        listener: listener.into(),
        priority: rule.priority().and_then(|priority| priority.parse().ok()),
        hosts: values(rule, "host-header").collect(),
        paths: values(rule, "path-pattern").collect(),
        target_group,
        other_target_groups: groups.map(Into::into).collect(),
        busiest,
        other: other(rule),
        swap: None,
        tags,
    };
    Live { outputs: outputs(arn), marks, depth: Depth::Full, spec }
}

/// AWS shows values twice, in the condition and in its typed configuration; moto only where they were sent.
fn values(rule: &Rule, field: &str) -> impl Iterator<Item = String> {
    let conditions = rule.conditions().iter().filter(move |condition| condition.field() == Some(field));
    conditions.flat_map(condition_values).cloned()
}

fn condition_values(condition: &RuleCondition) -> &[String] {
    let hosts = condition.host_header_config().map(HostHeaderConditionConfig::values);
    let paths = condition.path_pattern_config().map(PathPatternConditionConfig::values);
    hosts.or(paths).filter(|values| !values.is_empty()).unwrap_or_else(|| condition.values())
}

/// Those with the most weight first. AWS shows a single one twice: in the action and, with a weight,
/// in its configuration.
fn target_groups(action: &Action) -> Vec<&str> {
    let configured = action.forward_config().map(ForwardActionConfig::target_groups);
    let mut groups: Vec<_> = configured.unwrap_or_default().iter().collect();
    groups.sort_by_key(|group| Reverse(group.weight().unwrap_or(1)));
    let arns: Vec<&str> = groups.into_iter().filter_map(|group| group.target_group_arn()).collect();
    if arns.is_empty() { action.target_group_arn().into_iter().collect() } else { arns }
}

fn other(rule: &Rule) -> Set<String> {
    let conditions = rule
        .conditions()
        .iter()
        .filter(|condition| !is_plain_condition(condition))
        .map(|condition| condition.field().unwrap_or_default().to_owned());
    let actions = rule
        .actions()
        .iter()
        .filter(|action| !is_plain_forward(action))
        .filter_map(|action| Some(action.r#type()?.as_str().to_owned()));
    let transforms = (!rule.transforms().is_empty()).then(|| "transform".to_owned());
    conditions.chain(actions).chain(transforms).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Regular expressions leave the plain values empty.
fn is_plain_condition(condition: &RuleCondition) -> bool {
    matches!(condition.field(), Some("host-header" | "path-pattern"))
        && !condition_values(condition).is_empty()
}

/// To target groups, without stickiness among them.
fn is_plain_forward(action: &Action) -> bool {
    let is_plain = |config: &ForwardActionConfig| {
        let stickiness = config.target_group_stickiness_config();
        stickiness.is_none_or(|stickiness| stickiness.enabled() != Some(true))
    };
    action.r#type() == Some(&ActionTypeEnum::Forward)
        && action.forward_config().is_none_or(is_plain)
}
