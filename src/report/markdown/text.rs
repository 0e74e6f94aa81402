//! Text of others inside Markdown: it shows as it is, and does nothing.

use std::borrow::Cow;

use crate::report::words::cut;

/// The longest text that is shown whole, in characters.
const LONGEST: usize = 400;

/// The same for sentences.
const LONGEST_PROSE: usize = 1500;

/// Strikes out what is secret.
pub type Mask<'a> = &'a dyn Fn(&str) -> String;

/// One short line without secrets, control characters and letters that turn the direction of others.
pub(super) fn plain(text: &str, mask: Mask<'_>) -> String {
    cut(&line(text, mask), LONGEST)
}

/// Sentences, in which nothing is markup, calls a person or refers to an issue.
pub(super) fn prose(text: &str, mask: Mask<'_>) -> String {
    let mut prose = String::new();
    for letter in cut(&line(text, mask), LONGEST_PROSE).chars() {
        if letter.is_ascii_punctuation() {
            prose.push('\\');
        }
        prose.push(letter);
        // GitHub looks for names and numbers in the text that is shown, whatever was escaped.
        if letter == '@' || letter == '#' {
            prose.push('\u{200b}');
        }
    }
    prose
}

fn line(text: &str, mask: Mask<'_>) -> String {
    let line: String = mask(text).chars().map(shown).collect();
    // What is printed where GitHub's runner reads along would be an old command of it.
    line.replace("##[", "#\u{200b}#[")
}

fn shown(letter: char) -> Cow<'static, str> {
    const TURNING: [char; 11] = [
        '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
        '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    if letter.is_control() || TURNING.contains(&letter) {
        return Cow::Owned(letter.escape_default().to_string());
    }
    Cow::Owned(letter.to_string())
}

/// A piece of code in a line of HTML. Nobody is called by an `@` in code.
pub(super) fn code(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<code>{escaped}</code>")
}

/// Lines as they are, fenced by more backticks than stand in any of them.
pub(super) fn fenced(language: &str, lines: &[String]) -> String {
    let fence = "`".repeat(longest_run(lines).max(2) + 1);
    let text: String = lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect();
    format!("{fence}{language}\n{text}{fence}\n")
}

fn longest_run(lines: &[String]) -> usize {
    let runs = lines.iter().flat_map(|line| line.split(|letter| letter != '`'));
    runs.map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_is_shown() {
        let mask = |text: &str| text.replace("hunter2", "(sensitive)");
        assert_eq!(plain("db://hunter2@\u{202e}db\n", &mask), "db://(sensitive)@\\u{202e}db\\n");
        assert_eq!(code("<b>@all</b> & `x`"), "<code>&lt;b&gt;@all&lt;/b&gt; &amp; `x`</code>");
        let lines = ["- ````".to_owned(), "+ x".to_owned()];
        assert_eq!(fenced("diff", &lines), "`````diff\n- ````\n+ x\n`````\n");
        assert_eq!(prose("a <b> @all #1", &mask), "a \\<b\\> \\@\u{200b}all \\#\u{200b}1");
        assert_eq!(fenced("diff", &lines[1..]), "```diff\n+ x\n```\n");
    }
}
