//! Log lines, read from CloudWatch Logs.

use aws_sdk_ecs::types as ecs;
use jiff::Timestamp;

use crate::aws::{Aws, AwsError, ErrorKind};
use crate::runtime::{LogLine, LogSource};

pub(super) async fn sources(aws: &Aws, task_definition: &str) -> Result<Vec<LogSource>, AwsError> {
    let request = aws.ecs.describe_task_definition().task_definition(task_definition);
    let reply = aws.read("ecs:DescribeTaskDefinition", request.send()).await?;
    let definition = reply.task_definition;
    let containers = definition.and_then(|it| it.container_definitions).unwrap_or_default();
    Ok(containers.into_iter().filter_map(source).collect())
}

pub(super) fn source(container: ecs::ContainerDefinition) -> Option<LogSource> {
    let log = container.log_configuration?;
    let is_awslogs = log.log_driver == ecs::LogDriver::Awslogs;
    let options = log.options.filter(|_| is_awslogs)?;
    let option = |name: &str| options.get(name).cloned();
    Some(LogSource {
        container: container.name.unwrap_or_default(),
        group: option("awslogs-group")?,
        // Without a prefix a stream has the name of the Docker container, which nobody knows.
        prefix: option("awslogs-stream-prefix")?,
    })
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
