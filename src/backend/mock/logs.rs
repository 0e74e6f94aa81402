//! What the mock account's containers have written, and what they write while somebody follows.

use std::time::Duration;

use super::super::runtime::{LogOrder, LogPage, LogQuery};
use super::MockAccount;
use super::running::setting::{containers, task_definition_of, time};
use super::state::State;
use crate::aws::{AwsError, ErrorKind};
use crate::runtime::{ContainerLog, LogLine};
use crate::value::digest;

/// Lines of a page that nobody limits.
const PAGE: usize = 10_000;

impl MockAccount {
    pub(in crate::backend) fn container_logs(&self, task_definition: &str) -> Vec<ContainerLog> {
        let state = self.state();
        let task = task_definition_of(&state.resources, task_definition);
        let containers = containers(task).into_iter();
        containers
            .map(|container| ContainerLog {
                container: container.name,
                driver: container.driver,
                source: container.log,
            })
            .collect()
    }

    pub(in crate::backend) fn log_lines(&self, query: &LogQuery) -> Result<LogPage, AwsError> {
        let state = self.state();
        let Some(lines) = state.lines_of(&query.group) else {
            let message = format!("log group {} does not exist", query.group);
            return Err(AwsError::new("logs:FilterLogEvents", ErrorKind::NotFound, message));
        };
        let pattern = Pattern::parse(query.filter.as_deref().unwrap_or_default())?;
        let is_asked = |line: &&LogLine| {
            line.stream.starts_with(&query.prefix)
                && line.at >= query.from
                && query.to.is_none_or(|to| line.at <= to)
                && pattern.matches(&line.message)
        };
        let mut found: Vec<LogLine> =
            identified(&query.group, lines).filter(|line| is_asked(&line)).collect();
        found.sort_by_key(|line| line.at);
        if query.order == LogOrder::NewestFirst {
            found.reverse();
        }
        Ok(page(found, query))
    }

    /// Lets virtual time pass, and shows what the script has containers write in it. False once the
    /// script is over.
    pub(in crate::backend) fn pass_for_logs(&self, by: Duration) -> bool {
        let mut state = self.state();
        if state.script.logs.is_empty() {
            return false;
        }
        state.clock += by.as_secs();
        state.followed += by.as_secs();
        state.write_scripted();
        true
    }
}

impl State {
    /// None: there is no such group.
    fn lines_of(&self, group: &str) -> Option<&[LogLine]> {
        let written = self.running.logs.get(group).map(Vec::as_slice);
        let exists = || self.resources.of_kind("log-group").any(|(key, _)| key == group);
        written.or_else(|| exists().then_some(&[]))
    }

    fn write_scripted(&mut self) {
        let (start, now) = (self.clock - self.followed, self.followed);
        for (service, mut lines) in std::mem::take(&mut self.script.logs) {
            let due =
                lines.extract_if(.., |line| line.arrives.unwrap_or(line.at).max(line.at) <= now);
            for line in due.collect::<Vec<_>>() {
                let Some((group, stream)) =
                    self.stream_of(&service, line.container.as_deref(), line.task)
                else {
                    continue;
                };
                let (at, id) = (time(start + line.at), String::new());
                self.running.write_log(&group, LogLine { id, at, stream, message: line.message });
            }
            if !lines.is_empty() {
                self.script.logs.insert(service, lines);
            }
        }
    }

    /// The group and stream of a container of one of a service's running tasks.
    fn stream_of(
        &self,
        service: &str,
        container: Option<&str>,
        task: usize,
    ) -> Option<(String, String)> {
        let key = self.running.key_of("", service)?;
        let logs = self.setting(key)?.containers.into_iter().filter_map(|container| container.log);
        let is_it = |source: &crate::runtime::LogSource| {
            container.is_none_or(|name| name == source.container)
        };
        let source = logs.into_iter().find(is_it)?;
        let group = format!("service:{service}");
        let mut running =
            self.running.tasks.iter().filter(|task| task.group == group && !task.is_stopped());
        Some((source.group.clone(), source.stream(running.nth(task)?.id())))
    }
}

/// The lines, each with an id; those that a person wrote into the file may lack one.
fn identified<'a>(group: &'a str, lines: &'a [LogLine]) -> impl Iterator<Item = LogLine> + 'a {
    lines.iter().enumerate().map(move |(index, line)| {
        let made_up = || digest(format!("{group} {index}").as_bytes())[..16].to_owned();
        let id = if line.id.is_empty() { made_up() } else { line.id.clone() };
        LogLine { id, ..line.clone() }
    })
}

fn page(found: Vec<LogLine>, query: &LogQuery) -> LogPage {
    let start: usize = query.next.as_deref().and_then(|next| next.parse().ok()).unwrap_or(0);
    let limit = query.limit.map_or(PAGE, |limit| limit as usize);
    let end = start.saturating_add(limit);
    let next = (end < found.len()).then(|| end.to_string());
    LogPage { lines: found.into_iter().skip(start).take(limit).collect(), next }
}

/// `CloudWatch`'s patterns of terms: all that have no sign must occur, one of those with `?`, none of
/// those with `-`. Terms with other characters than letters and digits are in quotes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Pattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, AwsError> {
        let mut pattern = Self::default();
        let mut rest = text.trim_start();
        if rest.starts_with(['{', '[', '%']) {
            let message = "the mock account knows patterns of terms only, such as `ERROR -timeout`";
            return Err(AwsError::new("logs:FilterLogEvents", ErrorKind::Invalid, message));
        }
        while !rest.is_empty() {
            let (terms, term) = match rest.as_bytes()[0] {
                b'?' => (&mut pattern.any, &rest[1..]),
                b'-' => (&mut pattern.none, &rest[1..]),
                _ => (&mut pattern.all, rest),
            };
            let (term, after) = match term.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => term.split_once(' ').unwrap_or((term, "")),
            };
            terms.push(term.to_owned());
            rest = after.trim_start();
        }
        Ok(pattern)
    }

    fn matches(&self, message: &str) -> bool {
        let occurs = |term: &String| message.contains(term.as_str());
        self.all.iter().all(occurs)
            && (self.any.is_empty() || self.any.iter().any(occurs))
            && !self.none.iter().any(occurs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(message)
    }

    #[test]
    fn patterns_are_terms() {
        assert!(matches("", "anything"));
        assert!(matches("ERROR \"not found\"", "ERROR: page not found"));
        assert!(!matches("ERROR found", "error: found"));
        assert!(matches("?ERROR ?WARN", "WARN: low"));
        assert!(!matches("ERROR -timeout", "ERROR: timeout"));
        assert!(Pattern::parse("{ $.level = \"error\" }").is_err());
    }

    #[test]
    fn pages_end_where_the_next_ones_begin() {
        let text = serde_json::json!({"format": 1, "clock": 9, "resources": {}, "running": {"logs": {"group": [
            {"at": "2026-01-01T00:00:01Z", "stream": "web/app/1", "message": "1"},
            {"at": "2026-01-01T00:00:02Z", "stream": "web/app/1", "message": "2"},
            {"at": "2026-01-01T00:00:03Z", "stream": "web/app/1", "message": "3"},
            {"at": "2026-01-01T00:00:03Z", "stream": "api/app/1", "message": "other"}]}}});
        let account = MockAccount::of_text(&text.to_string());
        let read = |order, next: Option<&str>| {
            let query = LogQuery {
                group: "group".to_owned(),
                prefix: "web/".to_owned(),
                from: time(1),
                to: None,
                filter: None,
                order,
                limit: Some(2),
                next: next.map(str::to_owned),
            };
            let page = account.log_lines(&query).unwrap();
            let messages: String = page.lines.iter().map(|line| line.message.as_str()).collect();
            (messages, page.next)
        };
        assert_eq!(read(LogOrder::OldestFirst, None), ("12".to_owned(), Some("2".to_owned())));
        assert_eq!(read(LogOrder::OldestFirst, Some("2")), ("3".to_owned(), None));
        assert_eq!(read(LogOrder::NewestFirst, None), ("32".to_owned(), Some("2".to_owned())));
    }
}
