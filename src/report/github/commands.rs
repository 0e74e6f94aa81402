//! Workflow commands: how they are written, and how text is kept from being one.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::borrow::Cow;

use anstream::adapter::strip_str;

/// What begins a command of the form that came before `::`, anywhere in a line.
const OLD: &str = "##[";

/// `::group::TITLE`, the text, and the end of the group.
pub fn group(title: &str, text: &str) -> String {
    let title = strip_str(title).to_string();
    // Columns mean nothing where every title is a line of its own.
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("::group::{}\n{}\n::endgroup::\n", data(&title), neutral(text.trim_end()))
}

/// A value after the second `::`.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value between the first `::` and the second one.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text in which no line is a command. A line that would be one gets a space without width, and loses
/// its colours.
pub fn neutral(text: &str) -> Cow<'_, str> {
    // The runner takes both characters for the end of a line.
    let lines = || text.split_inclusive(['\n', '\r']);
    if !lines().any(is_command) {
        return Cow::Borrowed(text);
    }
    let neutral = |line| if is_command(line) { struck(line) } else { Cow::Borrowed(line) };
    Cow::Owned(lines().map(neutral).collect())
}

/// JSON of the same meaning that is no command.
pub fn neutral_json(line: &str) -> Cow<'_, str> {
    if line.contains(OLD) {
        Cow::Owned(line.replace(OLD, "#\\u0023["))
    } else {
        Cow::Borrowed(line)
    }
}

fn is_command(line: &str) -> bool {
    if !line.contains("::") && !line.contains('#') {
        return false;
    }
    let seen = strip_str(line).to_string();
    seen.trim_start().starts_with("::") || seen.contains(OLD)
}

fn struck(line: &str) -> Cow<'_, str> {
    let seen = strip_str(line).to_string().replace(OLD, "#\u{200b}#[");
    if !seen.trim_start().starts_with("::") {
        return Cow::Owned(seen);
    }
    Cow::Owned(seen.replacen("::", ":\u{200b}:", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_text_is_a_command() {
        let text =
            "a ::error:: b\n  ::error::x\n\u{1b}[1m::warning::y\u{1b}[0m\r::z\nk ##[add-path]/x\n";
        let expected = "a ::error:: b\n  :\u{200b}:error::x\n:\u{200b}:warning::y\r:\u{200b}:z\nk #\u{200b}#[add-path]/x\n";
        assert_eq!(neutral(text), expected);
        assert_eq!(neutral("\u{1b}[1mtext\u{1b}[0m # 1\n"), "\u{1b}[1mtext\u{1b}[0m # 1\n");
        assert_eq!(neutral_json(r###"{"a":"##[x"}"###), r##"{"a":"#\u0023[x"}"##);
    }

    #[test]
    fn a_group_has_one_line_as_its_title() {
        let group = group("\u{1b}[1m~ service/web\u{1b}[0m   web.yaml:2\n", "::error::x\n\n");
        assert_eq!(group, "::group::~ service/web web.yaml:2\n:\u{200b}:error::x\n::endgroup::\n");
    }
}
