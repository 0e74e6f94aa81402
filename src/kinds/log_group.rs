//! Log groups of `CloudWatch` Logs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError, gone};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, Marks, Origin, Outputs,
    Survey, Tags, TagsChange, read_tags,
};
use crate::model::resolved::service::{LogGroup as Group, Logging};
use crate::model::stack::Stack;

#[derive(Debug)]
pub struct LogGroup;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogGroupSpec {
    pub name: String,
    /// Days; `None` is forever, as AWS has it, and not managed.
    pub retention: Option<u32>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: LogGroupSpec },
    UpdateRetention { spec: LogGroupSpec },
    Tag { spec: LogGroupSpec, tags: Tags },
    Untag { spec: LogGroupSpec, keys: Vec<String> },
    Delete { name: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec } => write!(f, "logs:CreateLogGroup {}", spec.name),
            Self::UpdateRetention { spec } => write!(f, "logs:PutRetentionPolicy {}", spec.name),
            Self::Tag { spec, .. } => write!(f, "logs:TagResource {}", spec.name),
            Self::Untag { spec, .. } => write!(f, "logs:UntagResource {}", spec.name),
            Self::Delete { name } => write!(f, "logs:DeleteLogGroup {name}"),
        }
    }
}

impl Kind for LogGroup {
    const NAME: &'static str = "log-group";
    const DELETED_IN_USE: bool = true;

    type Spec = LogGroupSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<LogGroupSpec>> {
        let rows = stack.workloads().filter_map(|workload| {
            let Logging::CloudWatch { group: Group::Managed { name, retention }, .. } =
                &workload.task.logging
            else {
                return None;
            };
            let origin = Origin::of_workload(stack, workload);
            let tags = origin.tags(Self::NAME, workload.name);
            let spec = LogGroupSpec { name: name.clone(), retention: Some(*retention), tags };
            Some(origin.part(workload.name, spec))
        });
        rows.collect()
    }

    fn key(spec: &LogGroupSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[LogGroupSpec],
    ) -> Result<Vec<Live<LogGroupSpec>>, AwsError> {
        let home = format!("/ecsctl/{}/{}/", survey.scope.app, survey.scope.environment);
        let owned = survey.owned().await?;
        let owned = owned.keys().filter_map(|arn| arn.split_once(":log-group:"));
        let owned = owned.map(|(_, name)| name.trim_end_matches(":*").to_owned());
        let names: BTreeSet<String> =
            wanted.iter().map(|spec| spec.name.clone()).chain(owned).collect();
        let elsewhere = names.iter().filter(|name| !name.starts_with(&home));
        let found = elsewhere.chain([&home]).map(|prefix| groups(survey.aws, prefix));
        let found: BTreeMap<String, Option<i32>> =
            try_join_all(found).await?.into_iter().flatten().collect();
        let ours = found.into_iter().filter(|(it, _)| it.starts_with(&home) || names.contains(it));
        try_join_all(ours.map(|(name, days)| live(survey, wanted, name, days))).await
    }

    fn lower(change: &Change<'_, LogGroupSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => {
                let retention =
                    spec.retention.map(|_| Call::UpdateRetention { spec: (*spec).clone() });
                [Call::Create { spec: (*spec).clone() }].into_iter().chain(retention).collect()
            }
            Change::Update { spec, live, .. } => update(change, spec, live),
            Change::Delete { live, .. } => vec![Call::Delete { name: live.spec.name.clone() }],
        }
    }

    fn effect(call: &Call) -> Effect<LogGroupSpec> {
        match call {
            Call::Create { spec } => {
                Effect::Create(LogGroupSpec { retention: None, ..spec.clone() })
            }
            Call::UpdateRetention { spec } => Effect::update(spec, &["retention"]),
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Call::Delete { name } => Effect::Delete(name.clone()),
        }
    }

    fn outputs(spec: &LogGroupSpec, assigned: &Assigned<'_>) -> Outputs {
        outputs(&spec.name, assigned.arn("logs", &format!("log-group:{}", spec.name)))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } => {
                let request = aws
                    .logs
                    .create_log_group()
                    .log_group_name(&spec.name)
                    .set_tags(Some(sdk_tags(&spec.tags)));
                aws.write("logs:CreateLogGroup", || request.clone().send()).await?;
                return Ok(outputs(&spec.name, arn(aws, &spec.name)));
            }
            Call::UpdateRetention { spec } => {
                let days = spec.retention.and_then(|days| i32::try_from(days).ok());
                let request = aws
                    .logs
                    .put_retention_policy()
                    .log_group_name(&spec.name)
                    .set_retention_in_days(days);
                aws.write("logs:PutRetentionPolicy", || request.clone().send()).await?;
            }
            Call::Tag { spec, tags } => {
                let request = aws
                    .logs
                    .tag_resource()
                    .resource_arn(arn(aws, &spec.name))
                    .set_tags(Some(sdk_tags(tags)));
                aws.write("logs:TagResource", || request.clone().send()).await?;
            }
            Call::Untag { spec, keys } => {
                let request = aws
                    .logs
                    .untag_resource()
                    .resource_arn(arn(aws, &spec.name))
                    .set_tag_keys(Some(keys.clone()));
                aws.write("logs:UntagResource", || request.clone().send()).await?;
            }
            Call::Delete { name } => {
                let request = aws.logs.delete_log_group().log_group_name(name);
                gone(aws.write("logs:DeleteLogGroup", || request.clone().send()).await)?;
            }
        }
        Ok(Outputs::new())
    }

    fn examples() -> Vec<LogGroupSpec> {
        let base = LogGroupSpec {
            name: "/ecsctl/shop/prod/web".to_owned(),
            retention: Some(30),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        vec![
            base.clone(),
            LogGroupSpec { retention: Some(7), ..base.clone() },
            LogGroupSpec { tags: Tags::from([("owner".to_owned(), "web".into())]), ..base },
        ]
    }
}

fn update(
    change: &Change<'_, LogGroupSpec>,
    spec: &LogGroupSpec,
    live: &Live<LogGroupSpec>,
) -> Vec<Call> {
    let spec = || spec.clone();
    let mut calls = vec![];
    if change.touches("retention") {
        calls.push(Call::UpdateRetention { spec: spec() });
    }
    let tags = TagsChange::between(&live.spec.tags, &spec().tags);
    calls.extend(
        tags.calls(
            |tags| Call::Tag { spec: spec(), tags },
            |keys| Call::Untag { spec: spec(), keys },
        ),
    );
    calls
}

/// The log groups whose names begin so, with the days that they keep their events.
async fn groups(aws: &Aws, prefix: &str) -> Result<Vec<(String, Option<i32>)>, AwsError> {
    let request = aws.logs.describe_log_groups().log_group_name_prefix(prefix).limit(50);
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let groups = aws.read("logs:DescribeLogGroups", pages).await?.into_iter();
    Ok(groups.filter_map(|group| Some((group.log_group_name?, group.retention_in_days))).collect())
}

async fn live(
    survey: &Survey<'_>,
    wanted: &[LogGroupSpec],
    name: String,
    days: Option<i32>,
) -> Result<Live<LogGroupSpec>, AwsError> {
    let arn = arn(survey.aws, &name);
    let wanted = wanted.iter().find(|spec| spec.name == name);
    let tags = match survey.tags(&arn, wanted.map(|spec| &spec.tags)).await? {
        Some(tags) => tags,
        None => tags_of(survey.aws, &arn).await?,
    };
    Ok(Live {
        outputs: outputs(&name, arn),
        marks: Marks::of(&tags),
        spec: LogGroupSpec { name, retention: days.and_then(|it| u32::try_from(it).ok()), tags },
        depth: Depth::Full,
    })
}

async fn tags_of(aws: &Aws, arn: &str) -> Result<Tags, AwsError> {
    let request = aws.logs.list_tags_for_resource().resource_arn(arn);
    let reply = aws.read("logs:ListTagsForResource", request.send()).await?;
    Ok(read_tags(reply.tags.unwrap_or_default()))
}

/// Without the `:*` that older replies end with: so the tagging API spells it.
fn arn(aws: &Aws, name: &str) -> String {
    aws.arn("logs", &format!("log-group:{name}"))
}

fn outputs(name: &str, arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn), ("id".to_owned(), name.to_owned())])
}

fn sdk_tags(tags: &Tags) -> std::collections::HashMap<String, String> {
    tags.iter().map(|(key, value)| (key.clone(), value.text().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};
    use crate::kinds::samples;
    use crate::value::Address;

    async fn sent(calls: &[Call], status: u16, answer: &str) -> Vec<String> {
        let replay = Replay::new(calls.iter().map(|_| json(status, answer)));
        let aws = replay.aws();
        for call in calls {
            LogGroup::perform(&aws, call).await.unwrap();
        }
        replay.bodies()
    }

    #[tokio::test]
    async fn a_new_group_is_tagged_at_once_and_keeps_events_as_long_as_wanted() {
        let spec = LogGroup::examples().remove(0);
        let address = Address::new("log-group", "web");
        let calls = LogGroup::lower(&Change::Create { address: &address, spec: &spec });
        assert_eq!(
            sent(&calls, 200, "{}").await,
            [
                r#"{"logGroupName":"/ecsctl/shop/prod/web","tags":{"team":"web"}}"#,
                r#"{"logGroupName":"/ecsctl/shop/prod/web","retentionInDays":30}"#,
            ]
        );
    }

    #[tokio::test]
    async fn tags_are_written_by_arn() {
        let (live, spec) = (LogGroup::examples().remove(0), LogGroup::examples().remove(2));
        let tags = TagsChange::between(&live.tags, &spec.tags);
        let calls = [
            Call::Tag { spec: spec.clone(), tags: tags.set },
            Call::Untag { spec, keys: tags.remove },
        ];
        let arn = "arn:aws:logs:eu-west-1:444455556666:log-group:/ecsctl/shop/prod/web";
        assert_eq!(
            sent(&calls, 200, "{}").await,
            [
                format!(r#"{{"resourceArn":"{arn}","tags":{{"owner":"web"}}}}"#),
                format!(r#"{{"resourceArn":"{arn}","tagKeys":["team"]}}"#),
            ]
        );
    }

    #[tokio::test]
    async fn a_group_that_is_gone_is_deleted() {
        let call = Call::Delete { name: "/web".to_owned() };
        let gone = r#"{"__type": "ResourceNotFoundException", "message": "no"}"#;
        assert_eq!(sent(&[call], 400, gone).await, [r#"{"logGroupName":"/web"}"#]);
    }

    #[tokio::test]
    async fn what_was_made_reads_back_the_same() {
        let owned = r#"{"ResourceTagMappingList": []}"#;
        let groups = r#"{"logGroups": [{"logGroupName": "/ecsctl/shop/prod/web", "retentionInDays": 30, "metricFilterCount": 0, "storedBytes": 0,
            "arn": "arn:aws:logs:eu-west-1:444455556666:log-group:/ecsctl/shop/prod/web:*", "logGroupClass": "STANDARD"}]}"#;
        let tags = r#"{"tags": {"team": "web", "aws:cloudformation:stack-name": "x"}}"#;
        let replay = Replay::new([json(200, owned), json(200, groups), json(200, tags)]);
        let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
        let survey = samples::survey(&aws, &scope, &facts);
        let wanted = LogGroup::examples().remove(0);
        let rows = LogGroup::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].spec, wanted);
        assert_eq!(
            replay.bodies()[1..],
            [
                r#"{"logGroupNamePrefix":"/ecsctl/shop/prod/","limit":50}"#,
                r#"{"resourceArn":"arn:aws:logs:eu-west-1:444455556666:log-group:/ecsctl/shop/prod/web"}"#,
            ]
        );
    }

    #[tokio::test]
    async fn a_name_that_only_begins_like_a_wanted_one_is_left_out() {
        let owned = r#"{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:logs:eu-west-1:444455556666:log-group:/web", "Tags": [{"Key": "team", "Value": "web"}]}]}"#;
        let groups =
            r#"{"logGroups": [{"logGroupName": "/web"}, {"logGroupName": "/web-of-others"}]}"#;
        let replay = Replay::new([owned, groups, r#"{"logGroups": []}"#].map(|it| json(200, it)));
        let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
        let survey = samples::survey(&aws, &scope, &facts);
        let rows = LogGroup::observe(&survey, &[]).await.unwrap();
        let names: Vec<&str> = rows.iter().map(|row| row.spec.name.as_str()).collect();
        assert_eq!(names, ["/web"]);
    }
}
