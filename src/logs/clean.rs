//! What a log may not do to a terminal: move its cursor, change its colours or title, answer for it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text without escape sequences, and with every other control character in letters: `^G`.
///
/// Line ends and tabs stay. Characters that turn the direction of writing round are spelt out too: with
/// them a line reads otherwise than it is.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '\r' if after.is_empty() || after.starts_with('\n') => after,
            '\u{1b}' => after_escape(after).unwrap_or_else(|| spell(first, after, &mut out)),
            '\u{80}'..='\u{9f}' => {
                after_control(first, after).unwrap_or_else(|| spell(first, after, &mut out))
            }
            _ if is_dangerous(first) => spell(first, after, &mut out),
            _ => {
                out.push(first);
                after
            }
        };
    }
    Cow::Owned(out)
}

/// JSON in which what could drive a terminal is escaped; it means the same.
pub fn escaped(json: &str) -> Cow<'_, str> {
    let needs_escape = |letter: &char| is_dangerous(*letter) && *letter != '\n';
    if !json.chars().any(|letter| needs_escape(&letter)) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        if needs_escape(&letter) {
            let _ = write!(out, "\\u{:04x}", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

fn is_dangerous(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}

/// Writes a control character in letters, as `cat -v` does.
fn spell<'a>(letter: char, after: &'a str, out: &mut String) -> &'a str {
    match u32::from(letter) {
        code @ 0..=0x1f => {
            let caret = char::from_u32(code + 0x40).expect("ASCII has a letter for each");
            out.extend(['^', caret]);
        }
        0x7f => out.push_str("^?"),
        code => {
            let _ = write!(out, "<U+{code:04X}>");
        }
    }
    after
}

/// What comes after the sequence that an escape character begins; none if it is not whole, and so
/// might be text.
fn after_escape(text: &str) -> Option<&str> {
    match text.chars().next()? {
        '[' => after_parameters(&text[1..]),
        ']' | 'P' | 'X' | '^' | '_' => after_string(&text[1..]),
        _ => {
            let rest = text.trim_start_matches(|letter| matches!(letter, ' '..='/'));
            rest.strip_prefix(|letter| matches!(letter, '0'..='~'))
        }
    }
}

/// The same for the characters that stand for an escape and a letter.
fn after_control(first: char, text: &str) -> Option<&str> {
    match first {
        '\u{9b}' => after_parameters(text),
        '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => after_string(text),
        _ => None,
    }
}

/// `31;1m`
fn after_parameters(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|letter| matches!(letter, '0'..='?'));
    let rest = rest.trim_start_matches(|letter| matches!(letter, ' '..='/'));
    rest.strip_prefix(|letter| matches!(letter, '@'..='~'))
}

/// A string for the terminal ends with a bell or a terminator; one that does not is text.
fn after_string(text: &str) -> Option<&str> {
    let (end, length) = ["\u{7}", "\u{1b}\\", "\u{9c}"]
        .into_iter()
        .filter_map(|terminator| Some((text.find(terminator)?, terminator.len())))
        .min()?;
    // A string does not go on in the next line: that one would be lost.
    (!text[..end].contains('\n')).then(|| &text[end + length..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sequences_go_and_text_stays() {
        for (text, cleaned) in [
            ("plain\ttext\nüñí 🎉", "plain\ttext\nüñí 🎉"),
            ("\u{1b}[31;1mred\u{1b}[0m", "red"),
            ("\u{9b}31mred", "red"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;http://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}P$q\u{9c}text", "text"),
            ("\u{1b}(Btext\u{1b}c", "text"),
            ("\u{1b}]0;never ended", "^[]0;never ended"),
            ("\u{1b}]0;first\nsecond\u{7}", "^[]0;first\nsecond^G"),
            ("\u{1b}", "^["),
            ("bell\u{7}\u{8}\u{7f}", "bell^G^H^?"),
            ("50 %\r60 %\r\nend\r", "50 %^M60 %\nend"),
            ("a\u{85}b\u{202e}c", "a<U+0085>b<U+202E>c"),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }

    #[test]
    fn json_means_the_same_afterwards() {
        let json = serde_json::json!({"message": "\u{9b}31m \u{202e} \u{1b} \n é"});
        let text = json.to_string();
        let harmless = escaped(&text);
        assert!(harmless.is_char_boundary(0) && !harmless.chars().any(is_dangerous), "{harmless}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&harmless).unwrap(), json);
    }

    proptest! {
        #[test]
        fn nothing_that_drives_a_terminal_is_left(
            text in "([\u{1b}\u{9b}\u{9d}\u{7}\r\n\\[\\];\\\\Pm0-9a ]|\\PC|\\pC){0,40}"
        ) {
            let cleaned = clean(&text);
            prop_assert!(!cleaned.chars().any(is_dangerous), "{cleaned:?}");
            prop_assert_eq!(clean(&cleaned), cleaned.as_ref());
            prop_assert_eq!(cleaned.matches('\n').count(), text.matches('\n').count());
        }
    }
}
