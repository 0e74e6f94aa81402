//! What the YAML parser refused, in words that say what to do.

use std::ops::Range;

use serde_saphyr::granit_parser::{ErrorKind, Parser, ScanError};

use super::node::{SourceId, Span};
use super::problem::Problem;

/// Calls of schedule expressions: they hold the characters that YAML gives a meaning.
const SCHEDULES: [&str; 3] = ["cron(", "rate(", "at("];

/// The problem of a parser error, with a hint where the usual mistake is known.
pub(super) fn problem(source: SourceId, text: &str, error: &ScanError) -> Problem {
    let at = |range| Span { source, range };
    let place = character_at(text, offset_of(text, error));
    let line = line_range(text, place.start);
    let problem = Problem::error("yaml-syntax", message(error)).at(&at(place), "here");
    if let Some(hint) = hint_of_line(error.kind(), &text[line.clone()]) {
        return problem.hint(hint);
    }
    if let Some(opened) = left_open(text, &line) {
        return problem.at(&at(opened), "opened here").hint("close what is open");
    }
    match hint_of_kind(error.kind()) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// The problem of an unquoted `cron(0,30 …)` that its comma has cut in two.
pub(super) fn cut_schedule(text: &str, span: &Span) -> Option<Problem> {
    let call = SCHEDULES.into_iter().find(|call| text.starts_with(call))?;
    let problem =
        Problem::error("yaml-syntax", format!("`{text}` is cut off")).at(span, "has no `)`");
    (!text.contains(')')).then(|| problem.hint(format!("quote it: \"{call}…)\"")))
}

/// Moves a range into the text and onto character boundaries.
pub(super) fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start);
    start..text.ceil_char_boundary(range.end.max(start))
}

fn offset_of(text: &str, error: &ScanError) -> usize {
    error.marker().byte_offset().map_or(text.len(), |offset| text.floor_char_boundary(offset))
}

fn character_at(text: &str, start: usize) -> Range<usize> {
    let next = text[start..].chars().next().filter(|next| !next.is_control());
    start..start + next.map_or(0, char::len_utf8)
}

fn line_range(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    start..start + text[start..].lines().next().map_or(0, str::len)
}

/// The quote or bracket that the lines before a mistake leave open: the parser notices it too late.
///
/// A line that is indented further belongs to what is open, and its mistake is its own.
fn left_open(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let error = Parser::new_from_str(&text[..line.start]).find_map(Result::err)?;
    let opened = offset_of(text, &error);
    let is_outside = indentation(&text[line.clone()]).len()
        <= indentation(&text[line_range(text, opened)]).len();
    match error.kind() {
        ErrorKind::UnclosedQuotedScalar => Some(character_at(text, opened)),
        ErrorKind::UnclosedFlowCollection { .. } if is_outside => Some(character_at(text, opened)),
        _ => None,
    }
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

fn message(error: &ScanError) -> String {
    match error.kind() {
        ErrorKind::SimpleKeyExpected => "expected `key: value`".to_owned(),
        ErrorKind::ExpectedBlockMappingKey => "expected a key here, or less indentation".to_owned(),
        ErrorKind::ExpectedBlockSequenceEntry => {
            "expected an item that starts with `- `".to_owned()
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "unexpected `:`".to_owned()
        }
        ErrorKind::UnexpectedCharacter { character } => format!("unexpected `{character}`"),
        _ => error.info(),
    }
}

fn hint_of_line(kind: &ErrorKind, line: &str) -> Option<String> {
    if indentation(line).contains('\t') {
        return Some("indent with spaces: YAML does not allow tabs there".to_owned());
    }
    if let Some(call) = SCHEDULES.into_iter().find(|call| is_bare(line, call)) {
        return Some(format!("quote it: \"{call}…)\""));
    }
    let is_flow = matches!(
        kind,
        ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::FlowMappingValueAdjacentCollection
    );
    (is_flow && is_bare(line, "${"))
        .then(|| "quote it: inside `{ }` and `[ ]` the braces of `${…}` are YAML's own".to_owned())
}

/// Whether `part` begins a value without a quote before it.
fn is_bare(line: &str, part: &str) -> bool {
    line.match_indices(part).any(|(at, _)| line[..at].ends_with([' ', '[', '{', ',']))
}

fn hint_of_kind(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => Some("close the quote"),
        ErrorKind::UnclosedFlowCollection { open: '{' }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator => {
            Some("close the `{` with `}`, and put `,` between entries")
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowSequenceSeparator => {
            Some("close the `[` with `]`, and put `,` between items")
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => {
            Some("indent with spaces: YAML does not allow tabs there")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            Some("quote a value that contains `: `, or check the indentation")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            Some("write `''` for a quote inside single quotes")
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            Some("write `\\\"` for a quote inside double quotes")
        }
        ErrorKind::UnknownQuotedScalarEscape => Some("use single quotes for text with backslashes"),
        ErrorKind::UnexpectedCharacter { .. } => Some("quote the value"),
        ErrorKind::SimpleKeyExpected
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation => {
            Some("check the indentation, and the space after `:` or `-`")
        }
        _ => None,
    }
}
