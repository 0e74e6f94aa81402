//! CloudWatch Logs log groups.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, Marks, Origin, Outputs,
    Survey, Tags, TagsChange,
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
    PutRetention { spec: LogGroupSpec },
    Tag { spec: LogGroupSpec, tags: TagsChange },
    Untag { spec: LogGroupSpec, tags: TagsChange },
    Delete { name: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec } => write!(f, "logs:CreateLogGroup {}", spec.name),
            Self::PutRetention { spec } => write!(f, "logs:PutRetentionPolicy {}", spec.name),
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
        let rows = stack.services.values().filter_map(|service| {
            let Logging::CloudWatch { group: Group::Managed { name, retention }, .. } =
                &service.value.task.logging
            else {
                return None;
            };
            let origin = Origin::of(stack, "service", service);
            let tags = origin.tags(Self::NAME, &service.name);
            let spec = LogGroupSpec { name: name.clone(), retention: Some(*retention), tags };
            Some(origin.part(&service.name, spec))
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
        let elsewhere = wanted.iter().map(|spec| &spec.name).filter(|name| !name.starts_with(&home));
        let mut rows = vec![];
        for prefix in elsewhere.chain([&home]) {
            for group in groups(survey.aws, prefix).await? {
                rows.extend(live(survey, wanted, group).await?);
            }
        }
        Ok(rows)
    }

    fn lower(change: &Change<'_, LogGroupSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => {
                let retention = spec.retention.map(|_| Call::PutRetention { spec: (*spec).clone() });
                [Call::Create { spec: (*spec).clone() }].into_iter().chain(retention).collect()
            }
            Change::Update { spec, live, .. } => update(change, spec, live),
            Change::Delete { live, .. } => vec![Call::Delete { name: live.spec.name.clone() }],
        }
    }

    fn effect(call: &Call) -> Effect<LogGroupSpec> {
        let update = |spec: &LogGroupSpec, field: &str| Effect::Update {
            spec: spec.clone(),
            fields: vec![field.to_owned()],
        };
        match call {
            Call::Create { spec } => Effect::Create(LogGroupSpec { retention: None, ..spec.clone() }),
            Call::PutRetention { spec } => update(spec, "retention"),
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => update(spec, "tags"),
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
            Call::PutRetention { spec } => {
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
                    .set_tags(Some(sdk_tags(&tags.set)));
                aws.write("logs:TagResource", || request.clone().send()).await?;
            }
            Call::Untag { spec, tags } => {
                let request = aws
                    .logs
                    .untag_resource()
                    .resource_arn(arn(aws, &spec.name))
                    .set_tag_keys(Some(tags.remove.clone()));
                aws.write("logs:UntagResource", || request.clone().send()).await?;
            }
            Call::Delete { name } => {
                let request = aws.logs.delete_log_group().log_group_name(name);
                aws.write("logs:DeleteLogGroup", || request.clone().send()).await?;
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

fn update(change: &Change<'_, LogGroupSpec>, spec: &LogGroupSpec, live: &Live<LogGroupSpec>) -> Vec<Call> {
    let spec = || spec.clone();
    let tags = TagsChange::between(&live.spec.tags, &spec().tags);
    let mut calls = vec![];
    if change.touches("retention") {
        calls.push(Call::PutRetention { spec: spec() });
    }
    if !tags.set.is_empty() {
        calls.push(Call::Tag { spec: spec(), tags: tags.clone() });
    }
    if !tags.remove.is_empty() {
        calls.push(Call::Untag { spec: spec(), tags });
    }
    calls
}

async fn groups(
    aws: &Aws,
    prefix: &str,
) -> Result<Vec<aws_sdk_cloudwatchlogs::types::LogGroup>, AwsError> {
    let request = aws.logs.describe_log_groups().log_group_name_prefix(prefix).limit(50);
    let pages = request.into_paginator().items().send().collect();
    aws.read("logs:DescribeLogGroups", pages).await
}

async fn live(
    survey: &Survey<'_>,
    wanted: &[LogGroupSpec],
    group: aws_sdk_cloudwatchlogs::types::LogGroup,
) -> Result<Option<Live<LogGroupSpec>>, AwsError> {
    let Some(name) = group.log_group_name else { return Ok(None) };
    let arn = arn(survey.aws, &name);
    let wanted = wanted.iter().find(|spec| spec.name == name);
    let tags = match survey.tags(&arn, wanted.map(|spec| &spec.tags)).await? {
        Some(tags) => tags,
        None => read_tags(survey.aws, &arn).await?,
    };
    let retention = group.retention_in_days.and_then(|days| u32::try_from(days).ok());
    Ok(Some(Live {
        outputs: outputs(&name, arn),
        marks: Marks::of(&tags),
        spec: LogGroupSpec { name, retention, tags },
        depth: Depth::Full,
    }))
}

async fn read_tags(aws: &Aws, arn: &str) -> Result<Tags, AwsError> {
    let request = aws.logs.list_tags_for_resource().resource_arn(arn);
    let reply = aws.read("logs:ListTagsForResource", request.send()).await?;
    let tags = reply.tags.unwrap_or_default().into_iter();
    Ok(tags.map(|(key, value)| (key, value.into())).collect())
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
