//! Lists below the actions: advice, and what is in no manifest.

use std::fmt::Write as _;

use super::Subject;
use super::text::{code, plain, prose};

/// Pieces of text that are shown, and how many there was no room for.
pub(super) struct Part<'a> {
    pub(super) shown: Vec<&'a str>,
    pub(super) left_out: usize,
}

impl Part<'_> {
    pub(super) fn total(&self) -> usize {
        self.shown.len() + self.left_out
    }
}

/// A list with its heading.
pub(super) struct Items {
    heading: &'static str,
    items: Vec<String>,
}

/// Those that hold something.
pub(super) fn lists(subject: &Subject<'_>) -> Vec<Items> {
    let advice = subject.plan.advice.iter().map(|advice| {
        let address = code(&plain(&advice.address.to_string(), subject.mask));
        let lines = advice.text.lines().map(|line| prose(line, subject.mask));
        format!("- {address}: {}\n", lines.collect::<Vec<_>>().join("<br>"))
    });
    let orphans = subject.plan.orphans.iter().map(|orphan| {
        let address = code(&plain(&format!("? {}", orphan.address), subject.mask));
        format!("- {address} {}\n", code(&plain(&orphan.key, subject.mask)))
    });
    let advice = Items { heading: "Advice", items: advice.collect() };
    let orphans = Items {
        heading: "In no manifest: kept, unless you say `--prune`",
        items: orphans.collect(),
    };
    [advice, orphans].into_iter().filter(|list| !list.items.is_empty()).collect()
}

impl Items {
    pub(super) fn length(&self) -> usize {
        self.items.iter().map(String::len).sum()
    }

    /// As many items as fit into `room` bytes, beside the heading.
    pub(super) fn fitted(&self, room: usize) -> String {
        let ends = self.items.iter().scan(0, |end, item| {
            *end += item.len();
            Some(*end)
        });
        let fitting = ends.take_while(|end| *end <= room).count();
        let mut text = format!("#### {} ({})\n\n", self.heading, self.items.len());
        text.extend(self.items[..fitting].iter().map(String::as_str));
        let left_out = self.items.len() - fitting;
        if left_out > 0 {
            let _ = writeln!(text, "\n**{left_out} more**: `ecsctl plan` shows all.");
        }
        text.push('\n');
        text
    }
}
