//! What a terminal showed, frame by frame: the captured bytes, put through an emulator.

use std::num::NonZero;

use regex_lite::Regex;

const FRAME: &str = "\u{1b}[?2026h";
const END_OF_FRAME: &str = "\u{1b}[?2026l";

/// What would make a screen flicker: clearing it, going to its corner, another screen.
const RESTLESS: &[&str] =
    &["\u{1b}[2J", "\u{1b}[3J", "\u{1b}[H", "\u{1b}[2K", "\u{1b}[?1049", "\u{1b}c"];

/// The screens after each frame, and the last one.
pub struct Screens {
    all: Vec<String>,
    is_cursor_hidden: bool,
}

impl Screens {
    /// What a terminal with so many columns and rows showed of `output`.
    pub fn of(output: &str, (columns, rows): (u16, u16)) -> Self {
        let size = |number: u16| NonZero::new(number).unwrap();
        let mut emulator = vt100::Parser::new(size(rows), size(columns), 0);
        let mut all = vec![];
        for part in split(output) {
            match resized(part) {
                Some((columns, rows)) => {
                    emulator.screen_mut().set_size(size(rows), size(columns));
                }
                None => emulator.process(part.as_bytes()),
            }
            all.push(emulator.screen().contents());
        }
        Self { all, is_cursor_hidden: emulator.screen().hide_cursor() }
    }

    /// What was drawn below everything else, each time that it changed, without times.
    pub fn drawn(&self) -> Vec<String> {
        let mut drawn: Vec<String> = self.all.iter().map(|screen| drawn(screen)).collect();
        drawn.dedup();
        drawn.retain(|drawn| !drawn.is_empty());
        drawn
    }

    /// The lines of one label, each time that they changed. What others do between them is not seen.
    pub fn of_label(&self, label: &str) -> Vec<String> {
        let mut blocks: Vec<String> =
            self.drawn().iter().filter_map(|screen| block(screen, label)).collect();
        blocks.dedup();
        blocks
    }

    pub fn last(&self) -> &str {
        self.all.last().unwrap()
    }

    pub fn is_cursor_hidden(&self) -> bool {
        self.is_cursor_hidden
    }
}

/// Asserts that frames are drawn in place: nothing is cleared but what is left of a line, and never is
/// more gone back than the frame before had lines.
pub fn assert_calm(output: &str) {
    for restless in RESTLESS {
        assert!(!output.contains(restless), "{restless:?}");
    }
    let up = Regex::new("\u{1b}\\[(\\d+)A").unwrap();
    let (mut before, mut frames) = (0, 0);
    for frame in output.split(FRAME).skip(1) {
        let (frame, _) = frame.split_once(END_OF_FRAME).unwrap();
        let back: usize = up.captures_iter(frame).map(|up| up[1].parse::<usize>().unwrap()).sum();
        assert!(back <= before, "{back} rows back, where {before} were drawn: {frame:?}");
        // What is inserted above counts too: the next frame begins below it.
        before = frame.matches("\r\n").count();
        frames += 1;
    }
    assert!(frames > 5, "a view is drawn more often than {frames} times");
}

/// The output in pieces that end where a frame does or where the size changed.
fn split(output: &str) -> impl Iterator<Item = &str> {
    output.split_inclusive(END_OF_FRAME).flat_map(|frame| {
        let start = frame.find("\u{1b}]resize").unwrap_or(frame.len());
        let end = frame[start..].find('\u{7}').map_or(frame.len(), |end| start + end + 1);
        [&frame[..start], &frame[start..end], &frame[end..]].into_iter().filter(|it| !it.is_empty())
    })
}

fn resized(part: &str) -> Option<(u16, u16)> {
    let size = part.strip_prefix("\u{1b}]resize;")?.strip_suffix('\u{7}')?;
    let (columns, rows) = size.split_once(';')?;
    Some((columns.parse().unwrap(), rows.parse().unwrap()))
}

/// From the first line with a spinner on.
fn drawn(screen: &str) -> String {
    let spinner = Regex::new("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]").unwrap();
    let time = Regex::new(r"(\d+ h )?(\d+ min )?\d+ s\b|\d+ h \d+ min").unwrap();
    let lines = screen.lines().map(|line| spinner.replace_all(line, "⠿").into_owned());
    let lines: Vec<String> = lines.skip_while(|line| !line.contains('⠿')).collect();
    time.replace_all(&lines.join("\n"), "<time>").into_owned()
}

/// The lines from the one with the label until the next one with a spinner, or the last one.
fn block(screen: &str, label: &str) -> Option<String> {
    let mut lines = screen.lines().skip_while(|line| !line.contains(&format!("⠿ {label} ")));
    let first = lines.next()?;
    let more = lines.take_while(|line| !line.contains('⠿') && !line.ends_with(" done"));
    Some(std::iter::once(first).chain(more).collect::<Vec<_>>().join("\n"))
}
