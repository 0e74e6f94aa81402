//! The lines at the bottom of a terminal that are drawn again and again, in place. The bytes are made
//! here; `terminal` writes them.

use std::fmt::Write as _;

/// Terminals that know it show what comes until the end as one; others ignore it.
///
/// <https://github.com/contour-terminal/vt-extensions/blob/master/synchronized-output.md>
const FRAME: &str = "\x1b[?2026h";
const END_OF_FRAME: &str = "\x1b[?2026l";

const HIDE_CURSOR: &str = "\x1b[?25l";
const SHOW_CURSOR: &str = "\x1b[?25h";

const CLEAR_TO_END_OF_LINE: &str = "\x1b[K";
const CLEAR_BELOW: &str = "\x1b[J";

/// What stands on the screen. The cursor is at the start of the line below it.
#[derive(Debug, Default)]
pub(super) struct Region {
    lines: Vec<String>,
    /// Of the screen when they were drawn.
    columns: usize,
    has_begun: bool,
}

impl Region {
    /// Puts `lines` in the place of those before, and `above` above them, where it stays. Every line
    /// must be narrower than `columns`.
    pub(super) fn draw(&mut self, above: &str, lines: Vec<String>, columns: usize) -> String {
        let mut frame = FRAME.to_owned();
        if !self.has_begun {
            frame.push_str(HIDE_CURSOR);
        }
        frame.push_str(&self.back_to_the_top(columns));
        for line in above.lines() {
            put(&mut frame, line);
        }
        let is_in_place = above.is_empty() && self.columns == columns;
        for (position, line) in lines.iter().enumerate() {
            if is_in_place && self.lines.get(position) == Some(line) {
                frame.push_str("\r\n");
            } else {
                put(&mut frame, line);
            }
        }
        frame.push_str(CLEAR_BELOW);
        frame.push_str(END_OF_FRAME);
        *self = Self { lines, columns, has_begun: true };
        frame
    }

    /// Puts `above` above what is drawn.
    pub(super) fn insert(&mut self, above: &str, columns: usize) -> String {
        self.draw(above, self.lines.clone(), columns)
    }

    /// Takes it off the screen.
    pub(super) fn close(mut self, columns: usize) -> String {
        if self.has_begun { self.draw("", vec![], columns) + SHOW_CURSOR } else { String::new() }
    }

    /// A screen that has become narrower shows the rest of a line in further rows. (A terminal that cuts
    /// lines off instead loses as many of those above.)
    fn back_to_the_top(&self, columns: usize) -> String {
        let rows =
            |line: &String| console::measure_text_width(line).div_ceil(columns.max(1)).max(1);
        let mut up = String::new();
        match self.lines.iter().map(rows).sum::<usize>() {
            0 => {}
            rows => {
                let _ = write!(up, "\x1b[{rows}A\r");
            }
        }
        up
    }
}

/// Clears what is left of the line before, which may have been longer.
fn put(frame: &mut String, line: &str) {
    let _ = write!(frame, "{line}{CLEAR_TO_END_OF_LINE}\r\n");
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;

    const COLUMNS: u16 = 20;

    struct Screen {
        emulator: vt100::Parser,
        region: Region,
    }

    impl Screen {
        fn new() -> Self {
            let size = |number| NonZero::new(number).unwrap();
            let emulator = vt100::Parser::new(size(6), size(COLUMNS), 0);
            Self { emulator, region: Region::default() }
        }

        fn draw(&mut self, above: &str, lines: &[&str]) -> String {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            let bytes = self.region.draw(above, lines, COLUMNS.into());
            self.emulator.process(bytes.as_bytes());
            bytes
        }

        fn shows(&self) -> String {
            self.emulator.screen().contents()
        }
    }

    #[test]
    fn lines_are_drawn_over_those_before() {
        let mut screen = Screen::new();
        screen.draw("", &["one of three", "two", "three"]);
        assert_eq!(screen.shows(), "one of three\ntwo\nthree");
        screen.draw("", &["1", "two", "3"]);
        assert_eq!(screen.shows(), "1\ntwo\n3");
        screen.draw("", &["only"]);
        assert_eq!(screen.shows(), "only");
        assert!(screen.emulator.screen().hide_cursor());
    }

    #[test]
    fn what_did_not_change_is_not_written() {
        let mut screen = Screen::new();
        screen.draw("", &["one", "two"]);
        let bytes = screen.draw("", &["one", "2"]);
        assert_eq!(bytes, "\x1b[?2026h\x1b[2A\r\r\n2\x1b[K\r\n\x1b[J\x1b[?2026l");
    }

    #[test]
    fn what_goes_above_stays_and_scrolls_away() {
        let mut screen = Screen::new();
        screen.draw("", &["a", "b"]);
        screen.draw("done\nand a line that is wider than the screen\n", &["a", "b"]);
        assert_eq!(screen.shows(), "done\nand a line that is wider than the screen\na\nb");
        let bytes = screen.region.insert("told\n", COLUMNS.into());
        screen.emulator.process(bytes.as_bytes());
        assert_eq!(screen.shows(), "and a line that is wider than the screen\ntold\na\nb");
    }

    #[test]
    fn on_a_narrower_screen_lines_have_become_several_rows() {
        let mut region = Region::default();
        region.draw("", vec!["x".repeat(19), "日本".to_owned(), String::new()], 20);
        let bytes = region.draw("", vec!["y".to_owned()], 6);
        assert!(bytes.contains("\x1b[6A\r"), "4 + 1 + 1 rows: {bytes:?}");
        assert!(bytes.ends_with("y\x1b[K\r\n\x1b[J\x1b[?2026l"), "{bytes:?}");
    }

    #[test]
    fn at_its_end_nothing_is_left_and_the_cursor_is_back() {
        let mut screen = Screen::new();
        screen.draw("done\n", &["a", "b"]);
        let bytes = std::mem::take(&mut screen.region).close(COLUMNS.into());
        screen.emulator.process(bytes.as_bytes());
        assert_eq!(screen.shows(), "done");
        assert_eq!(screen.emulator.screen().cursor_position(), (1, 0));
        assert!(!screen.emulator.screen().hide_cursor());
        assert_eq!(Region::default().close(20), "", "what never began hid nothing");
    }
}
