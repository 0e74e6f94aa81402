//! Log lines, read from CloudWatch Logs.

use aws_sdk_ecs::types as ecs;
use jiff::Timestamp;

use crate::aws::{Aws, AwsError, ErrorKind};
use crate::runtime::{ContainerLog, LogLine, LogSource};

/// Lines that are asked for in one call at most, which is also what AWS gives by itself.
const LINES_PER_CALL: u32 = 10_000;

/// Which lines of a log group are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    pub group: String,
    /// What the names of the streams begin with.
    pub prefix: String,
    pub from: Timestamp,
    /// The last moment that counts.
    pub to: Option<Timestamp>,
    /// In the syntax of `CloudWatch` Logs; a mock account knows terms only.
    pub filter: Option<String>,
    pub order: LogOrder,
    /// Lines of a page; else as many as AWS gives.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub next: Option<String>,
}

/// Which end pages begin at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOrder {
    OldestFirst,
    /// Of lines since 2024 only.
    NewestFirst,
}

/// Some lines; there may be none on a page that others follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    pub lines: Vec<LogLine>,
    /// Where the next page begins; none after the last one.
    pub next: Option<String>,
}

pub(super) async fn containers(
    aws: &Aws,
    task_definition: &str,
) -> Result<Vec<ContainerLog>, AwsError> {
    let request = aws.ecs.describe_task_definition().task_definition(task_definition);
    let reply = aws.read("ecs:DescribeTaskDefinition", request.send()).await?;
    let definition = reply.task_definition;
    let containers = definition.and_then(|it| it.container_definitions).unwrap_or_default();
    Ok(containers.into_iter().map(container).collect())
}

pub(super) fn container(container: ecs::ContainerDefinition) -> ContainerLog {
    let name = container.name.unwrap_or_default();
    let log = container.log_configuration;
    ContainerLog {
        driver: log.as_ref().map(|log| log.log_driver.as_str().to_owned()),
        source: log.and_then(|log| source(&name, log)),
        container: name,
    }
}

fn source(container: &str, log: ecs::LogConfiguration) -> Option<LogSource> {
    let is_awslogs = log.log_driver == ecs::LogDriver::Awslogs;
    let options = log.options.filter(|_| is_awslogs)?;
    let option = |name: &str| options.get(name).cloned();
    Some(LogSource {
        container: container.to_owned(),
        group: option("awslogs-group")?,
        // Without a prefix a stream has the name of the Docker container, which nobody knows.
        prefix: option("awslogs-stream-prefix")?,
    })
}

pub(super) async fn lines(aws: &Aws, query: &LogQuery) -> Result<LogPage, AwsError> {
    let limit = query.limit.map(|limit| limit.clamp(1, LINES_PER_CALL));
    let request = aws
        .logs
        .filter_log_events()
        .log_group_name(&query.group)
        .log_stream_name_prefix(&query.prefix)
        .start_time(query.from.as_millisecond())
        .set_end_time(query.to.map(Timestamp::as_millisecond))
        .set_filter_pattern(query.filter.clone())
        .set_start_from_head((query.order == LogOrder::NewestFirst).then_some(false))
        .set_limit(limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
        .set_next_token(query.next.clone());
    let reply = aws.read("logs:FilterLogEvents", request.send()).await?;
    let lines = reply.events.unwrap_or_default().into_iter().filter_map(|event| {
        Some(LogLine {
            id: event.event_id.unwrap_or_default(),
            at: Timestamp::from_millisecond(event.timestamp?).ok()?,
            stream: event.log_stream_name?,
            message: event.message.unwrap_or_default(),
        })
    });
    // moto does not know the prefix.
    let lines = lines.filter(|line| line.stream.starts_with(&query.prefix)).collect();
    Ok(LogPage { lines, next: reply.next_token })
}

pub(super) async fn tail(
    aws: &Aws,
    group: &str,
    stream: &str,
    lines: u32,
) -> Result<Vec<LogLine>, AwsError> {
    let request = aws
        .logs
        .get_log_events()
        .log_group_name(group)
        .log_stream_name(stream)
        .start_from_head(false)
        .limit(i32::try_from(lines).unwrap_or(i32::MAX));
    let reply = match aws.read("logs:GetLogEvents", request.send()).await {
        // A container that never ran has no stream.
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(vec![]),
        other => other?,
    };
    let lines = reply.events.unwrap_or_default().into_iter().filter_map(|event| {
        Some(LogLine {
            id: String::new(),
            at: Timestamp::from_millisecond(event.timestamp?).ok()?,
            stream: stream.to_owned(),
            message: event.message.unwrap_or_default(),
        })
    });
    Ok(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};

    fn query() -> LogQuery {
        LogQuery {
            group: "/shop/web".to_owned(),
            prefix: "web/app/".to_owned(),
            from: Timestamp::from_second(1_767_225_600).unwrap(),
            to: None,
            filter: None,
            order: LogOrder::OldestFirst,
            limit: None,
            next: None,
        }
    }

    #[tokio::test]
    async fn a_page_is_asked_for_by_prefix_time_and_pattern() {
        let replay = Replay::new([json(
            200,
            r#"{"events": [{"eventId": "37", "logStreamName": "web/app/1f3c", "timestamp": 1767225600123, "message": "hello\n", "ingestionTime": 1767225601000},
                           {"eventId": "38", "logStreamName": "web/application/1f3c", "timestamp": 1767225600124, "message": "no"}],
                "nextToken": "next"}"#,
        )]);
        let asked = LogQuery {
            to: Some(Timestamp::from_second(1_767_225_700).unwrap()),
            filter: Some("ERROR".to_owned()),
            order: LogOrder::NewestFirst,
            limit: Some(20_000),
            next: Some("token".to_owned()),
            ..query()
        };
        let page = lines(&replay.aws(), &asked).await.unwrap();
        let line = LogLine {
            id: "37".to_owned(),
            at: "2026-01-01T00:00:00.123Z".parse().unwrap(),
            stream: "web/app/1f3c".to_owned(),
            message: "hello\n".to_owned(),
        };
        assert_eq!(page, LogPage { lines: vec![line], next: Some("next".to_owned()) });
        let body: serde_json::Value = serde_json::from_str(&replay.bodies()[0]).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "logGroupName": "/shop/web", "logStreamNamePrefix": "web/app/",
                "startTime": 1_767_225_600_000_i64, "endTime": 1_767_225_700_000_i64,
                "filterPattern": "ERROR", "startFromHead": false, "limit": 10_000,
                "nextToken": "token",
            })
        );
    }

    #[tokio::test]
    async fn containers_say_how_they_log() {
        let replay = Replay::new([json(
            200,
            r#"{"taskDefinition": {"containerDefinitions": [
                {"name": "app", "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/shop/web", "awslogs-stream-prefix": "web"}}},
                {"name": "router", "logConfiguration": {"logDriver": "awsfirelens"}},
                {"name": "quiet"}]}}"#,
        )]);
        let found = containers(&replay.aws(), "shop-web:1").await.unwrap();
        let of = |log: &ContainerLog| {
            let stream = log.source.as_ref().map(|source| source.stream("1f3c"));
            (log.container.clone(), log.driver.clone(), stream)
        };
        let text = |text: &str| text.to_owned();
        assert_eq!(
            found.iter().map(of).collect::<Vec<_>>(),
            [
                (text("app"), Some(text("awslogs")), Some(text("web/app/1f3c"))),
                (text("router"), Some(text("awsfirelens")), None),
                (text("quiet"), None, None),
            ]
        );
    }
}
