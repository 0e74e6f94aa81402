//! Why a rollout failed and what to do, in as many lines as a person reads.

mod words;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use owo_colors::OwoColorize as _;

use super::lines::{harmless, shortened, wrapped};
use crate::rollout::Failure;
use crate::value::Address;
use words::Words;

/// Lines of a report: about half a screen.
const LINES: usize = 25;

/// Columns of a report: what continuous integration shows without breaking a line.
const COLUMNS: usize = 100;

/// Where what is said begins.
const INDENT: usize = 15;

/// A failure for people. `masked` takes secrets out of a text: afterwards, when lines are broken, they
/// could not be found any more.
pub fn text(failure: &Failure, address: &Address, masked: &dyn Fn(&str) -> String) -> String {
    let words = Words { failure, address };
    let clean = |text: &str| masked(&harmless(text));
    let head = wrapped(&clean(&words.head()), COLUMNS - 4);
    let sections: Vec<Section> =
        words.parts().into_iter().map(|part| Section::of(part, &clean)).collect();
    let room = LINES - head.len().min(2);
    let mut text = String::new();
    for (number, line) in shortened(&head, 2, COLUMNS - 4).iter().enumerate() {
        let mark = if number == 0 { "✗".red().to_string() } else { " ".to_owned() };
        let _ = writeln!(text, "  {mark} {line}");
    }
    for (section, given) in sections.iter().zip(fitted(&sections, room)) {
        text += &section.text(given);
    }
    text
}

/// What is said of one thing, before it is laid out.
struct Part {
    label: &'static str,
    /// Each begins on a line of its own.
    texts: Vec<String>,
    /// Lines that it gets in any case.
    least: usize,
    /// The most important one is given more first.
    rank: u8,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Sentences that may be broken; the first ones matter most.
    Prose,
    /// Prose with a dash before each text.
    Items,
    /// Lines that stay lines; the last ones matter most.
    Log,
}

struct Section {
    label: &'static str,
    lines: Vec<String>,
    least: usize,
    rank: u8,
    shape: Shape,
}

impl Section {
    fn of(part: Part, clean: &dyn Fn(&str) -> String) -> Self {
        let Part { label, texts, least, rank, shape } = part;
        let width = COLUMNS - INDENT;
        let lines = texts.iter().map(|text| clean(text));
        let lines: Vec<String> = match shape {
            Shape::Prose => lines.flat_map(|text| wrapped(&text, width)).collect(),
            Shape::Items => lines.flat_map(|text| item(&text, width)).collect(),
            Shape::Log => lines
                .filter(|text| !text.trim().is_empty())
                .map(|text| super::lines::clipped(text.trim_end(), width))
                .collect(),
        };
        let least = least.min(lines.len());
        Self { label, lines, least, rank, shape }
    }

    fn text(&self, given: usize) -> String {
        let lines = match self.shape {
            Shape::Prose | Shape::Items => shortened(&self.lines, given, COLUMNS - INDENT),
            Shape::Log => self.lines[self.lines.len() - given..].to_vec(),
        };
        let mut text = String::new();
        for (number, line) in lines.iter().enumerate() {
            let label = if number == 0 { self.label } else { "" };
            let _ = writeln!(text, "    {label:<11}{line}");
        }
        text
    }
}

fn item(text: &str, width: usize) -> Vec<String> {
    let lines = wrapped(text, width - 2).into_iter().enumerate();
    lines.map(|(number, line)| if number == 0 { "- " } else { "  " }.to_owned() + &line).collect()
}

/// How many lines each section gets of `room`: what it needs at least, and then by rank.
fn fitted(sections: &[Section], room: usize) -> Vec<usize> {
    let mut given: Vec<usize> = sections.iter().map(|section| section.least).collect();
    let mut left = room.saturating_sub(given.iter().sum());
    let mut order: Vec<usize> = (0..sections.len()).collect();
    order.sort_by_key(|&position| sections[position].rank);
    for position in order {
        let more = (sections[position].lines.len() - given[position]).min(left);
        given[position] += more;
        left -= more;
    }
    given
}
