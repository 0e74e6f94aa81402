//! Draws problems: the source with labels for people, plain data for programs.

use std::collections::BTreeSet;
use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use serde_json::{Value, json};

use crate::manifest::node::{SourceId, Span};
use crate::manifest::problem::{Label, Problem, Severity};
use crate::manifest::source::Sources;

/// How diagnostics are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub glyphs: Glyphs,
    pub is_colored: bool,
    /// In columns.
    pub width: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    Unicode,
    Ascii,
}

/// Draws all problems in the given order, with a last line that counts them. Empty without problems.
pub fn draw(problems: &[Problem], sources: &Sources, style: Style) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let handler = handler(style);
    let mut drawn = String::new();
    for problem in problems {
        let files = Files::of(problem, sources);
        handler
            .render_report(&mut drawn, &Drawing { problem, files: &files })
            .expect("writing to a string works and every label is inside its file");
        drawn.push('\n');
    }
    drawn + &summary(problems) + "\n"
}

/// `2 errors, 1 warning in 3 files`
pub fn summary(problems: &[Problem]) -> String {
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let counts = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let counts: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    let places = problems.iter().filter_map(|problem| problem.labels.first());
    match places.map(|label| label.span.source).collect::<BTreeSet<_>>().len() {
        0 => counts.join(", "),
        files => format!("{} in {}", counts.join(", "), plural(files, "file")),
    }
}

/// One problem as data: `severity`, `code`, `message`, `hint` and `places`, the primary one first.
pub fn to_json(problem: &Problem, sources: &Sources) -> Value {
    let place = |label: &Label| {
        let (start, end) = (sources.start(&label.span), sources.end(&label.span));
        json!({
            "file": sources.path(label.span.source).as_str(),
            "line": start.line,
            "column": start.column,
            "endLine": end.line,
            "endColumn": end.column,
            "text": label.text,
        })
    };
    json!({
        "severity": severity_name(problem.severity),
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "places": problem.labels.iter().map(place).collect::<Vec<_>>(),
    })
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: match style.glyphs {
            Glyphs::Unicode => ThemeCharacters::unicode(),
            Glyphs::Ascii => ThemeCharacters::ascii(),
        },
        styles: if style.is_colored { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .without_syntax_highlighting()
}

/// A problem in the shape that miette draws.
#[derive(Debug)]
struct Drawing<'a> {
    problem: &'a Problem,
    files: &'a Files<'a>,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("{}[{}]", severity_name(self.problem.severity), self.problem.code)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.hint.as_ref().map(|hint| Box::new(hint) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.files)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = |(position, label): (usize, &Label)| {
            let span = self.files.join(&label.span);
            let text = Some(label.text.clone()).filter(|text| !text.is_empty());
            if position == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        };
        (!self.problem.labels.is_empty())
            .then(|| Box::new(self.problem.labels.iter().enumerate().map(label)) as _)
    }
}

/// The files of one problem, laid end to end: miette knows one source per diagnostic, labels may be in several.
#[derive(Debug)]
struct Files<'a>(Vec<File<'a>>);

#[derive(Debug)]
struct File<'a> {
    source: SourceId,
    path: &'a str,
    text: &'a str,
    /// Where the file begins in the joined text.
    base: usize,
}

impl<'a> Files<'a> {
    /// In the order of the labels, so that the primary one is drawn first.
    fn of(problem: &Problem, sources: &'a Sources) -> Self {
        let mut files: Vec<File<'a>> = vec![];
        for Label { span, .. } in &problem.labels {
            if files.iter().all(|file| file.source != span.source) {
                // One byte between files keeps the end of one and the start of the next apart.
                let base = files.last().map_or(0, |file| file.base + file.text.len() + 1);
                let (path, text) = (sources.path(span.source).as_str(), sources.text(span.source));
                files.push(File { source: span.source, path, text, base });
            }
        }
        Self(files)
    }

    fn join(&self, span: &Span) -> SourceSpan {
        let file = self
            .0
            .iter()
            .find(|file| file.source == span.source)
            .expect("every label's file is here");
        let start = file.text.floor_char_boundary(span.range.start);
        let end = file.text.ceil_char_boundary(span.range.end.max(start));
        SourceSpan::from(file.base + start..file.base + end)
    }
}

impl SourceCode for Files<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let file = self
            .0
            .iter()
            .rfind(|file| file.base <= span.offset())
            .ok_or(MietteError::OutOfBounds)?;
        let local = SourceSpan::from((span.offset() - file.base, span.len()));
        let contents = file.text.read_span(&local, lines_before, lines_after)?;
        let whole = *contents.span();
        Ok(Box::new(MietteSpanContents::new_named(
            file.path.to_owned(),
            contents.data(),
            SourceSpan::from((file.base + whole.offset(), whole.len())),
            contents.line(),
            contents.column(),
            contents.line_count(),
        )))
    }
}
