//! Draws problems for people: the source with labels.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::mask::masked;
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
    text: Cow<'a, str>,
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
                let path = sources.path(span.source).as_str();
                // Without any line there would be nothing to put a label below.
                let text =
                    Some(sources.text(span.source)).filter(|text| !text.is_empty()).unwrap_or("\n");
                let text = masked(text);
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
        // There is nothing to draw below the end of the text: its last character is the closest place.
        let visible = file.text.trim_end();
        if span.range.start >= visible.len() {
            let start = visible.char_indices().next_back().map_or(0, |(start, _)| start);
            return SourceSpan::from(file.base + start..file.base + visible.len());
        }
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
        let local = span.offset() - file.base;
        if local + span.len() > file.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let contents = file.text.read_span(
            &SourceSpan::from((local, span.len())),
            lines_before,
            lines_after,
        )?;
        let whole = *contents.span();
        // Miette counts the bytes of a column. Context lines always begin at the first.
        let column = if lines_before == 0 { column(&file.text, local) } else { contents.column() };
        Ok(Box::new(MietteSpanContents::new_named(
            file.path.to_owned(),
            contents.data(),
            SourceSpan::from((file.base + whole.offset(), whole.len())),
            contents.line(),
            column,
            contents.line_count(),
        )))
    }
}

fn column(text: &str, offset: usize) -> usize {
    let before = &text[..text.floor_char_boundary(offset)];
    before
        .chars()
        .rev()
        .take_while(|character| *character != '\n')
        .filter(|character| *character != '\u{feff}')
        .count()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::report::events::manifests::Problem as Reported;

    const PLAIN: Style = Style { glyphs: Glyphs::Unicode, is_colored: false, width: 80 };

    fn sources() -> (Sources, SourceId, SourceId) {
        let mut sources = Sources::default();
        let app = sources.add("manifests/app.yaml", "kind: App\nname: shop\n");
        let web =
            sources.add("manifests/web.yaml", "kind: Service\r\nname: wéb\r\n\tclüster: mian\r\n");
        (sources, app, web)
    }

    fn span(sources: &Sources, source: SourceId, text: &str) -> Span {
        let start = sources.text(source).find(text).unwrap();
        Span { source, range: start..start + text.len() }
    }

    fn problems(sources: &Sources, app: SourceId, web: SourceId) -> Vec<Problem> {
        vec![
            Problem::error("unknown-reference", "unknown cluster `mian`")
                .at(&span(sources, web, "mian"), "no such cluster")
                .at(&span(sources, app, "shop"), "the application")
                .hint("did you mean `main`?"),
            Problem::warning("odd-name", "`wéb` is an odd name")
                .at(&span(sources, web, "wéb"), "this name"),
            Problem::error("missing-directory", "no directory `manifests`"),
        ]
    }

    #[test]
    fn problems_are_drawn_with_the_places_of_all_their_files() {
        let (sources, app, web) = sources();
        assert_snapshot!(draw(&problems(&sources, app, web), &sources, PLAIN), @r"
        error[unknown-reference]

          × unknown cluster `mian`
           ╭─[manifests/web.yaml:3:11]
         2 │ name: wéb
         3 │     clüster: mian
           ·              ──┬─
           ·                ╰── no such cluster
           ╰────
           ╭─[manifests/app.yaml:2:7]
         1 │ kind: App
         2 │ name: shop
           ·       ──┬─
           ·         ╰── the application
           ╰────
          help: did you mean `main`?

        warning[odd-name]

          ⚠ `wéb` is an odd name
           ╭─[manifests/web.yaml:2:7]
         1 │ kind: Service
         2 │ name: wéb
           ·       ─┬─
           ·        ╰── this name
         3 │     clüster: mian
           ╰────

        error[missing-directory]

          × no directory `manifests`

        2 errors, 1 warning in 1 file
        ");
    }

    #[test]
    fn ascii_has_only_ascii_and_colours_come_on_request() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", "name: web\n");
        let problem =
            [Problem::error("x", "wrong").at(&Span { source, range: 6..9 }, "here").hint("do")];
        let ascii = draw(&problem, &sources, Style { glyphs: Glyphs::Ascii, ..PLAIN });
        assert!(ascii.is_ascii() && !ascii.contains('\u{1b}'), "{ascii}");
        assert!(draw(&problem, &sources, Style { is_colored: true, ..PLAIN }).contains('\u{1b}'));
    }

    #[test]
    fn a_place_beyond_the_file_and_an_empty_file_are_drawn() {
        let mut sources = Sources::default();
        let lines = sources.add("lines.yaml", "é: ü\n\n");
        let empty = sources.add("empty.yaml", "");
        let short = sources.add("short.yaml", "é");
        for span in [
            Span { source: lines, range: 8..8 },
            Span { source: empty, range: 0..0 },
            Span { source: short, range: 1..9 },
            Span { source: short, range: 7..9 },
        ] {
            let problem = Problem::error("x", "wrong")
                .at(&span, "here")
                .at(&Span { source: empty, range: 3..4 }, "there");
            let drawn = draw(&[problem], &sources, PLAIN);
            assert!(drawn.contains("here") && drawn.contains("there"), "{drawn}");
        }
    }

    #[test]
    fn the_last_line_counts() {
        let (sources, app, web) = sources();
        let problems = problems(&sources, app, web);
        assert_eq!(summary(&problems), "2 errors, 1 warning in 1 file");
        assert_eq!(summary(&problems[2..]), "1 error");
        assert_eq!(draw(&[], &sources, PLAIN), "");
    }

    #[test]
    fn programs_get_lines_and_columns() {
        let (sources, app, web) = sources();
        let reported = Reported::of(&problems(&sources, app, web)[0], &sources);
        let value = serde_json::to_value(reported).unwrap();
        let place = json!({"file": "manifests/web.yaml", "line": 3, "column": 11, "endLine": 3, "endColumn": 15, "text": "no such cluster"});
        assert_eq!(value["places"][0], place);
        assert_eq!(value["places"][1]["file"], "manifests/app.yaml");
        assert_eq!(
            (&value["severity"], &value["hint"]),
            (&json!("error"), &json!("did you mean `main`?"))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_place_in_any_text_is_drawn(
            texts in vec("[a-zé😀:#\t\r\n -]{0,60}", 2),
            places in vec((0..2_u32, 0..80_usize, 0..20_usize), 1..5),
        ) {
            let mut sources = Sources::default();
            for (position, text) in texts.iter().enumerate() {
                sources.add(format!("{position}.yaml"), text.as_str());
            }
            let problem = places.iter().enumerate().fold(Problem::error("x", "wrong"), |problem, (position, place)| {
                let (source, start, length) = *place;
                problem.at(&Span { source: SourceId(source), range: start..start + length }, format!("label{position}"))
            });
            let drawn = draw(std::slice::from_ref(&problem), &sources, PLAIN);
            for position in 0..places.len() {
                let label = format!("label{position}");
                prop_assert!(drawn.contains(&label), "{}\n{:?} {:?}", drawn, texts, places);
            }
            Reported::of(&problem, &sources);
        }
    }
}
