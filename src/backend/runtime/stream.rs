//! A log stream, read from where one stopped.

use jiff::Timestamp;

use super::super::Backend;
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::runtime::LogLine;

/// Where in a stream one has read to: CloudWatch's token, or a number of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position(pub(in crate::backend) Option<String>);

impl Backend {
    /// The lines of a stream after a position, oldest first; none of one that does not exist (yet).
    pub async fn log_lines_after(
        &self,
        group: &str,
        stream: &str,
        position: &mut Position,
    ) -> Result<Vec<LogLine>, AwsError> {
        match self {
            Self::Live(aws) => lines_after(aws, group, stream, position).await,
            Self::Mock(account) => Ok(account.log_lines_after(group, stream, position)),
        }
    }
}

/// CloudWatch may answer with no lines though there are more: only a token that stays the same ends it.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html>
async fn lines_after(
    aws: &Aws,
    group: &str,
    stream: &str,
    position: &mut Position,
) -> Result<Vec<LogLine>, AwsError> {
    let mut lines = vec![];
    loop {
        let request = aws
            .logs
            .get_log_events()
            .log_group_name(group)
            .log_stream_name(stream)
            .start_from_head(true)
            .set_next_token(position.0.clone());
        let reply = match aws.read("logs:GetLogEvents", request.send()).await {
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(lines),
            other => other?,
        };
        lines.extend(reply.events.unwrap_or_default().into_iter().filter_map(|event| {
            Some(LogLine {
                id: String::new(),
                at: Timestamp::from_millisecond(event.timestamp?).ok()?,
                stream: stream.to_owned(),
                message: event.message.unwrap_or_default(),
            })
        }));
        let is_end = reply.next_forward_token.is_none() || reply.next_forward_token == position.0;
        position.0 = reply.next_forward_token.or(position.0.take());
        if is_end {
            return Ok(lines);
        }
    }
}
