//! Text of others in lines of ours: without control characters, wrapped and cut.

use console::measure_text_width;

/// What stands where something was left out.
const CUT: &str = "…";

/// Text that does nothing to a terminal: no escape sequences, no control characters, nothing that
/// turns the direction of what follows.
pub(super) fn harmless(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_sequence(&mut characters),
            '\t' | '\n' => clean.push(' '),
            _ if character.is_control() || is_invisible(character) => {}
            _ => clean.push(character),
        }
    }
    clean
}

/// Drops an escape sequence whose first character is gone: `[31m`, `]0;title` with its end, `c`.
fn skip_sequence(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let introducer = characters.next();
    if introducer == Some('[') {
        characters.by_ref().find(|character| ('@'..='~').contains(character));
    } else if introducer.is_some_and(|it| matches!(it, ']' | 'P' | 'X' | '^' | '_')) {
        // Ends with BEL, or with ESC and a backslash.
        let end = characters.by_ref().find(|character| matches!(character, '\u{7}' | '\u{1b}'));
        if end == Some('\u{1b}') && characters.peek() == Some(&'\\') {
            characters.next();
        }
    }
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Lines of at most `most` columns, broken at spaces, or within a word that is too long for a line.
pub(super) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut line = String::new();
    for word in text.split_whitespace() {
        let room = if line.is_empty() { most } else { most.saturating_sub(columns(&line) + 1) };
        if columns(word) <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut pieces = pieces(word, most);
        line = pieces.pop().unwrap_or_default();
        lines.extend(pieces);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The first `most` columns of a text; what is left out is shown.
pub(super) fn clipped(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let kept = pieces(text, room).into_iter().next().filter(|kept| columns(kept) <= room);
    kept.unwrap_or_default().trim_end().to_owned() + CUT
}

/// The first `most` of some wrapped lines; what is left out is shown at the end of the last one.
pub(super) fn shortened(lines: &[String], most: usize, width: usize) -> Vec<String> {
    let mut kept: Vec<String> = lines.iter().take(most).cloned().collect();
    if let Some(last) = kept.last_mut().filter(|_| lines.len() > most) {
        *last = clipped(&format!("{last} {CUT}"), width);
    }
    kept
}

/// A word in parts of at most `most` columns, between characters.
fn pieces(word: &str, most: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for character in word.chars() {
        let wide = columns(character.encode_utf8(&mut [0; 4]));
        if used + wide > most && used > 0 {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        pieces.last_mut().expect("it begins with one").push(character);
    }
    pieces
}

/// How wide a text is on a screen.
pub(super) fn columns(text: &str) -> usize {
    measure_text_width(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_container_writes_does_nothing_to_a_terminal() {
        let text = "\u{1b}[1;31mERROR\u{1b}[0m\t\u{1b}]0;title\u{7}bad\r\n\u{8}\u{202e}end\u{1b}";
        assert_eq!(harmless(text), "ERROR bad end");
    }

    #[test]
    fn lines_break_at_spaces_and_within_what_has_none() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert_eq!(wrapped("画像画像 a", 5), ["画像", "画像", "a"]);
        assert_eq!(wrapped(" ", 5), Vec::<String>::new());
    }

    #[test]
    fn what_is_left_out_is_shown() {
        assert_eq!(clipped("äöüß", 3), "äö…");
        assert_eq!(clipped("画像画", 4), "画…");
        assert_eq!(clipped("画a", 2), "…");
        let lines = wrapped("one two three four", 5);
        assert_eq!(shortened(&lines, 2, 5), ["one", "two …"]);
        assert_eq!(shortened(&lines, 9, 5), lines);
    }

    proptest! {
        #[test]
        fn no_line_is_too_long(text in ".*", most in 2..60usize) {
            let clean = harmless(&text);
            prop_assert!(!clean.chars().any(char::is_control));
            for line in wrapped(&clean, most) {
                prop_assert!(columns(&line) <= most, "{line}");
            }
            prop_assert!(columns(&clipped(&clean, most)) <= most);
        }
    }
}
