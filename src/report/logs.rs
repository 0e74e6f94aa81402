//! Log lines: as people read them, as events, and what is said where there are none.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use owo_colors::{AnsiColors, OwoColorize as _};

use super::events::Event;
use super::events::containers::Log;
use super::words::{listed, width};
use crate::logs::{Entry, clean, escaped};
use crate::runtime::ContainerLog;

/// Colours of sources. Red is not among them: it would look like an error.
const COLORS: &[AnsiColors] = &[
    AnsiColors::Cyan,
    AnsiColors::Yellow,
    AnsiColors::Green,
    AnsiColors::Magenta,
    AnsiColors::Blue,
    AnsiColors::BrightCyan,
    AnsiColors::BrightYellow,
    AnsiColors::BrightGreen,
    AnsiColors::BrightMagenta,
    AnsiColors::BrightBlue,
];

/// Characters of a task's id that tell it from others.
const TASK: usize = 6;

/// How the time of a line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Times {
    /// Time of day in UTC: 13:05:22.123Z
    #[default]
    Time,
    /// With the day, in UTC: 2026-01-31T13:05:22.123Z
    Full,
    /// With the day, in the time zone of this machine
    Local,
    /// Not at all
    None,
}

/// How lines are laid out.
#[derive(Clone, Debug)]
pub struct Layout {
    pub times: Times,
    /// For [`Times::Local`].
    pub zone: TimeZone,
    /// Each source with its number, which decides its colour.
    pub sources: BTreeMap<String, usize>,
    /// Width of the sources' column.
    pub width: usize,
    pub is_colored: bool,
    /// Leave control characters in the message.
    pub is_raw: bool,
}

/// `web/app`
pub fn source(service: &str, container: &str) -> String {
    format!("{service}/{container}")
}

/// A line with its source before it. What follows in the message on further lines stays together, below
/// its beginning.
pub fn line(entry: &Entry, layout: &Layout) -> String {
    let message = entry.line.message.trim_end_matches(['\n', '\r']);
    let message = if layout.is_raw { Cow::Borrowed(message) } else { clean(message) };
    let container = clean(entry.line.container());
    let source = source(&entry.service, &container);
    let task: String = clean(entry.line.task()).chars().take(TASK).collect();
    let time = time(entry.line.at, layout);
    let origin = format!("{source:<0$} {task:<TASK$}", layout.width);
    let indent = width(&time) + width(&origin) + 2;
    let origin =
        if layout.is_colored { origin.color(color(&source, layout)).to_string() } else { origin };
    let message = message.replace('\n', &format!("\n{}", " ".repeat(indent)));
    format!("{time}{origin}  {message}\n")
}

fn time(at: Timestamp, layout: &Layout) -> String {
    let written = |zone: TimeZone, format: &str| at.to_zoned(zone).strftime(format).to_string();
    match layout.times {
        Times::Time => written(TimeZone::UTC, "%H:%M:%S%.3fZ "),
        Times::Full => written(TimeZone::UTC, "%Y-%m-%dT%H:%M:%S%.3fZ "),
        Times::Local => written(layout.zone.clone(), "%Y-%m-%dT%H:%M:%S%.3f%:z "),
        Times::None => String::new(),
    }
}

/// The same for the same source in every run; a source that the manifests do not have gets some colour.
fn color(source: &str, layout: &Layout) -> AnsiColors {
    let sum = || source.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31) + usize::from(byte));
    let number = layout.sources.get(source).copied().unwrap_or_else(sum);
    COLORS[number % COLORS.len()]
}

/// A line as an event, in a line of its own; it does not drive a terminal either.
pub fn event(entry: &Entry) -> String {
    let event = Event::Log(Log::of(entry));
    format!("{}\n", escaped(&event.to_string()))
}

/// Why the lines of a container cannot be read.
pub fn unreadable(service: &str, log: &ContainerLog) -> String {
    let source = source(service, &log.container);
    match log.driver.as_deref() {
        None => format!("{source} does not log: its task definition has no log configuration"),
        Some("awslogs") => format!(
            "{source} logs without `awslogs-stream-prefix`: nobody knows which streams are its own"
        ),
        Some(driver) => {
            format!("{source} logs with the driver {driver}: its lines are not in CloudWatch Logs")
        }
    }
}

/// Groups that do not exist.
pub fn missing(groups: &[String]) -> String {
    match groups {
        [group] => format!("log group {group} does not exist"),
        groups => format!("these log groups do not exist: {}", listed(groups, 33)),
    }
}

/// That nothing was found.
pub fn nothing(from: Timestamp, is_filtered: bool) -> String {
    let which = if is_filtered { "No line matches" } else { "No lines" };
    let since = from.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!("{which} since {since}. --since looks further back, as in --since 1d.\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::LogLine;

    fn entry(message: &str) -> Entry {
        let line = LogLine {
            id: "37".to_owned(),
            at: "2026-01-31T13:05:22.0456Z".parse().unwrap(),
            stream: "web/app/1f3c2ab4".to_owned(),
            message: message.to_owned(),
        };
        Entry { service: "web".to_owned(), group: "/shop/web".to_owned(), line }
    }

    fn layout(times: Times) -> Layout {
        Layout {
            times,
            zone: TimeZone::fixed(jiff::tz::offset(1)),
            sources: BTreeMap::from([("web/app".to_owned(), 1)]),
            width: 11,
            is_colored: false,
            is_raw: false,
        }
    }

    #[test]
    fn lines_have_their_source_and_stay_together() {
        let text: String = [
            line(&entry("GET / 200\r\n"), &layout(Times::Time)),
            line(&entry("panic!\n  at main\n\u{1b}[31m  at start\n"), &layout(Times::Time)),
            line(&entry("hello"), &layout(Times::Full)),
            line(&entry("hello"), &layout(Times::Local)),
            line(&entry("bell\u{7}"), &layout(Times::None)),
        ]
        .concat();
        insta::assert_snapshot!(text, @"
        13:05:22.045Z web/app     1f3c2a  GET / 200
        13:05:22.045Z web/app     1f3c2a  panic!
                                            at main
                                            at start
        2026-01-31T13:05:22.045Z web/app     1f3c2a  hello
        2026-01-31T14:05:22.045+01:00 web/app     1f3c2a  hello
        web/app     1f3c2a  bell^G
        ");
    }

    #[test]
    fn colour_is_the_source_s_and_raw_is_raw() {
        let layout = Layout { is_colored: true, is_raw: true, ..layout(Times::None) };
        let text = line(&entry("\u{1b}[1mbold"), &layout);
        assert_eq!(text, "\u{1b}[33mweb/app     1f3c2a\u{1b}[39m  \u{1b}[1mbold\n");
    }

    #[test]
    fn events_hold_all_and_harm_nobody() {
        let text = event(&entry("a\u{9b}31m\n"));
        assert_eq!(
            text,
            r#"{"type":"log","at":"2026-01-31T13:05:22.0456Z","service":"web","container":"app","task":"1f3c2ab4","stream":"web/app/1f3c2ab4","message":"a\u009b31m\n","id":"37"}
"#
        );
    }

    #[test]
    fn what_cannot_be_read_is_explained() {
        let log = |driver: Option<&str>| ContainerLog {
            container: "app".to_owned(),
            driver: driver.map(str::to_owned),
            source: None,
        };
        let text = [None, Some("awslogs"), Some("awsfirelens")]
            .map(|driver| unreadable("web", &log(driver)))
            .join("\n");
        insta::assert_snapshot!(text, @"
        web/app does not log: its task definition has no log configuration
        web/app logs without `awslogs-stream-prefix`: nobody knows which streams are its own
        web/app logs with the driver awsfirelens: its lines are not in CloudWatch Logs
        ");
    }
}
