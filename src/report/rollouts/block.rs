//! One rollout on a screen: a few lines with all that is known, or one where room is short.

use owo_colors::OwoColorize as _;

use super::facts;
use super::layout::{fit, flow, wrap};
use crate::report::words::duration;
use crate::rollout::Progress;

/// Narrower screens have no columns to spare for indentation.
const NARROW: usize = 60;

/// Lines that a cause may take; the report of the failure has all of it.
const CAUSE_LINES: usize = 3;

const REMEDY_LINES: usize = 2;

/// A rollout as it was last looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Seen<'a> {
    /// Its address, such as `service/web`.
    pub(in crate::report) label: &'a str,
    pub(in crate::report) progress: &'a Progress,
    /// Seconds since it began.
    pub(in crate::report) elapsed: u64,
    pub(in crate::report) spinner: char,
}

impl Seen<'_> {
    pub(super) fn is_unwell(&self) -> bool {
        facts::is_unwell(self.progress)
    }

    /// All that is known, in lines of at most `width` columns.
    pub(super) fn block(&self, width: usize) -> Vec<String> {
        let Self { label, progress, .. } = *self;
        let below = indent(width) + 2;
        let room = width.saturating_sub(below);
        let mut lines = self.header(width, None);
        let mut add = |more: Vec<String>| {
            lines.extend(more.iter().map(|line| format!("{:below$}{line}", "")));
        };
        add(flow(&facts::tasks(progress), " · ", room));
        add(flow(&facts::course(progress), " · ", room));
        let pause = flow(&facts::pause(label, progress), " · ", room);
        add(colored(&pause, |line| line.yellow().to_string()));
        add(facts::event(progress).map(|event| fit(&event, room)).into_iter().collect());
        add(self.trouble(room));
        lines
    }

    /// What matters most, in one line.
    pub(super) fn line(&self, width: usize) -> String {
        let running = facts::ratio(&self.progress.new);
        let mut lines = self.header(usize::MAX, Some(running));
        fit(&lines.remove(0), width)
    }

    /// Spinner, address, revision, time, status.
    fn header(&self, width: usize, counts: Option<String>) -> Vec<String> {
        let Self { label, progress, elapsed, spinner } = *self;
        let (indent, below) = (indent(width), indent(width) + 2);
        let known = [
            Some(label.bold().to_string()),
            Some(progress.new.revision.clone()).filter(|revision| !revision.is_empty()),
            counts,
            Some(duration(elapsed)),
            Some(self.status()),
        ];
        let pieces: Vec<String> = known.into_iter().flatten().collect();
        let lines = flow(&pieces, "  ", width.saturating_sub(below));
        let lines = lines.iter().enumerate().map(|(position, line)| {
            let start = if position == 0 { spinner } else { ' ' };
            format!("{:indent$}{} {line}", "", start.cyan())
        });
        lines.collect()
    }

    fn status(&self) -> String {
        let status = facts::status(self.progress);
        if self.is_unwell() {
            status.red().to_string()
        } else if self.progress.pause.is_some() {
            status.yellow().to_string()
        } else {
            status
        }
    }

    /// What is wrong and what may help, below one another.
    fn trouble(&self, room: usize) -> Vec<String> {
        let cause = facts::trouble(self.progress);
        let cause = cause.map(|cause| hanging("! ", &cause, room, CAUSE_LINES));
        let remedy = facts::remedy(self.progress);
        let remedy = remedy.map(|remedy| hanging("hint: ", &remedy, room, REMEDY_LINES));
        let cause = colored(&cause.unwrap_or_default(), |line| line.red().to_string());
        cause.into_iter().chain(remedy.unwrap_or_default()).collect()
    }
}

/// A sentence after a mark, below which nothing else stands.
fn hanging(mark: &str, text: &str, room: usize, most: usize) -> Vec<String> {
    let below = mark.len();
    let lines = wrap(text, room.saturating_sub(below), most).into_iter().enumerate();
    let lines = lines.map(|(position, line)| {
        let start = if position == 0 { mark } else { "" };
        format!("{start:below$}{line}")
    });
    lines.collect()
}

/// Columns before the spinner.
fn indent(width: usize) -> usize {
    if width < NARROW { 0 } else { 2 }
}

fn colored(lines: &[String], color: fn(&str) -> String) -> Vec<String> {
    lines.iter().map(|line| color(line)).collect()
}
