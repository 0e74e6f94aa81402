//! What the YAML parser refused, in words that say what to do.

use std::ops::Range;

use serde_saphyr::granit_parser::{ErrorKind, ScanError};

use super::node::{SourceId, Span};
use super::problem::Problem;

/// The problem of a parser error, with a hint where the usual mistake is known.
pub(super) fn problem(source: SourceId, text: &str, error: &ScanError) -> Problem {
    let at = error.marker().byte_offset().unwrap_or(text.len());
    let range = character_at(text, at);
    let problem = Problem::error("yaml-syntax", error.info())
        .at(&Span { source, range: range.clone() }, "here");
    match hint(error.kind(), line_at(text, range.start)) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// Moves a range into the text and onto character boundaries.
pub(super) fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start);
    start..text.ceil_char_boundary(range.end.max(start))
}

fn character_at(text: &str, offset: usize) -> Range<usize> {
    let start = text.floor_char_boundary(offset);
    let length =
        text[start..].chars().next().filter(|next| *next != '\n').map_or(0, char::len_utf8);
    start..start + length
}

fn line_at(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..].lines().next().unwrap_or_default()
}

fn hint(kind: &ErrorKind, line: &str) -> Option<String> {
    let indentation = &line[..line.len() - line.trim_start().len()];
    if indentation.contains('\t') {
        return Some("indent with spaces: YAML does not allow tabs there".to_owned());
    }
    if let Some(call) = ["cron(", "rate(", "at("].into_iter().find(|call| is_bare(line, call)) {
        return Some(format!("quote it: \"{call}…)\""));
    }
    if is_bare(line, "${") {
        return Some(
            "quote it: `{` and `}` of an unquoted `${…}` are YAML's own inside `{ }` and `[ ]`"
                .to_owned(),
        );
    }
    by_kind(kind)
}

/// Whether `part` is in the line, not directly after a quote.
fn is_bare(line: &str, part: &str) -> bool {
    line.match_indices(part).any(|(at, _)| line[..at].ends_with([' ', '[', '{', ',']))
}

fn by_kind(kind: &ErrorKind) -> Option<String> {
    let hint = match kind {
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            "close the quote".to_owned()
        }
        ErrorKind::UnclosedFlowCollection { open: '{' }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator => {
            "close the `{` with `}`, and put `,` between entries".to_owned()
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowSequenceSeparator => {
            "close the `[` with `]`, and put `,` between items".to_owned()
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, .. } => {
            format!("the last bracket opened is `{open}`")
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => {
            "use spaces: YAML does not allow tabs there".to_owned()
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "quote a value that contains `: `, or check the indentation".to_owned()
        }
        ErrorKind::UnexpectedCharacter { character } => {
            format!("quote a value that starts with `{character}`")
        }
        ErrorKind::SimpleKeyExpected
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::InvalidIndentation => {
            "check the indentation, and that each key ends with `: `".to_owned()
        }
        _ => return None,
    };
    Some(hint)
}
