//! Text in the columns of a screen: wide letters take two, escape codes none.

use crate::report::lines::harmless;

pub(super) use crate::report::lines::columns;

/// What stands for the rest of a text that is cut.
const REST: &str = "…";

/// Text of at most `width` columns.
pub(super) fn fit(text: &str, width: usize) -> String {
    let rest = if width == 0 { "" } else { REST };
    console::truncate_str(text, width, rest).into_owned()
}

/// Others' words in one line that does nothing to a terminal.
pub(in crate::report) fn clean(text: &str) -> String {
    harmless(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Pieces in as few lines of at most `width` columns as keep their order, with `separator` between two
/// of a line. A piece that is wider than a line goes on after one of its commas.
pub(super) fn flow(pieces: &[String], separator: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for piece in pieces {
        let last = lines.last_mut();
        match last.filter(|line| columns(line) + columns(separator) + columns(piece) <= width) {
            Some(line) => *line = format!("{line}{separator}{piece}"),
            None => lines.extend(broken(piece, ", ", ",", width)),
        }
    }
    lines
}

/// A sentence in at most `most` lines of at most `width` columns.
pub(super) fn wrap(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines = broken(text, " ", "", width);
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(fit(&rest, width));
    }
    lines
}

/// `text` in lines of at most `width` columns, broken at `gap`, of which `end` stays.
fn broken(text: &str, gap: &str, end: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for part in text.split(gap) {
        let last = lines.last_mut();
        let fits = |line: &&mut String| columns(line) + columns(gap) + columns(part) <= width;
        if let Some(line) = last.filter(fits) {
            *line = format!("{line}{gap}{part}");
            continue;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(end);
        }
        lines.push(part.to_owned());
    }
    lines.iter().map(|line| fit(line, width)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn wide_letters_take_two_columns_and_colours_none() {
        assert_eq!(columns("日本"), 4);
        assert_eq!(columns("\u{1b}[31me\u{301}té\u{1b}[0m"), 3);
        assert_eq!(fit("日本語", 6), "日本語");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 4), "日…", "half of a letter cannot be shown");
        assert_eq!(fit("\u{1b}[31mabcdef\u{1b}[0m", 4), "\u{1b}[31mabc…\u{1b}[0m");
    }

    #[test]
    fn what_would_move_the_cursor_is_gone() {
        assert_eq!(clean("a\r\n\tb\u{1b}[2Jc"), "a bc");
    }

    #[test]
    fn pieces_stay_whole_while_a_line_has_room_for_them() {
        let three = pieces(&["one", "two, three", "four"]);
        assert_eq!(flow(&three, " · ", 80), ["one · two, three · four"]);
        assert_eq!(flow(&three, " · ", 16), ["one · two, three", "four"]);
        assert_eq!(flow(&three, " · ", 12), ["one", "two, three", "four"]);
        assert_eq!(flow(&three, " · ", 8), ["one", "two,", "three", "four"]);
    }

    #[test]
    fn sentences_end_after_so_many_lines() {
        let text = "no task could start because its image is not there";
        assert_eq!(wrap(text, 20, 3), ["no task could start", "because its image is", "not there"]);
        assert_eq!(wrap(text, 20, 2), ["no task could start", "because its image i…"]);
    }
}
