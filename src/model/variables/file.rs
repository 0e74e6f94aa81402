//! Variables from a file: lines of `NAME=value`, or a YAML map.

use std::collections::BTreeMap;

use crate::manifest::node::{Data, Node, SourceId, Span};
use crate::manifest::problem::Problem;
use crate::manifest::yaml;

/// How a variables file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Lines of `KEY=value`, with `#` comments and optional quotes.
    Lines,
    /// One YAML map of scalars.
    Yaml,
}

impl FileFormat {
    pub fn of_extension(extension: Option<&str>) -> Self {
        match extension {
            Some("yaml" | "yml") => Self::Yaml,
            Some(_) | None => Self::Lines,
        }
    }
}

/// Reads the text of a `--var-file`.
pub fn parse_file(
    format: FileFormat,
    source: SourceId,
    text: &str,
) -> Result<BTreeMap<String, String>, Vec<Problem>> {
    let mut file = VariablesFile::default();
    match format {
        FileFormat::Lines => file.lines(source, text),
        FileFormat::Yaml => {
            for document in yaml::parse(source, text)? {
                file.document(&document);
            }
        }
    }
    if file.problems.is_empty() { Ok(file.values) } else { Err(file.problems) }
}

#[derive(Default)]
struct VariablesFile {
    values: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl VariablesFile {
    fn lines(&mut self, source: SourceId, text: &str) {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            let at = start + line.find(content).unwrap_or_default();
            start += line.len();
            if !content.is_empty() && !content.starts_with('#') {
                let span = Span { source, range: at..at + content.len() };
                self.line(content, &span);
            }
        }
    }

    fn line(&mut self, content: &str, span: &Span) {
        let Some((name, value)) =
            content.strip_prefix("export ").unwrap_or(content).split_once('=')
        else {
            let problem =
                Problem::error("variable-syntax", "a line of a variables file is `NAME=value`");
            return self.problems.push(problem.at(span, "has no `=`"));
        };
        if let Some(value) = unquote(value.trim()) {
            return self.insert(name.trim(), value, span);
        }
        let problem =
            Problem::error("variable-syntax", format!("the value of `{name}` has an open quote"));
        self.problems.push(problem.at(span, "ends inside quotes").hint("close the quote"));
    }

    fn document(&mut self, document: &Node) {
        let Data::Map(entries) = &document.data else {
            let problem =
                Problem::error("invalid-type", "a variables file is a map of names and values");
            return self.problems.push(problem.at(&document.value_span(""), "not a map"));
        };
        for (key, value) in entries {
            if let Some(text) = value.text() {
                self.insert(&key.name, text.to_owned(), &key.span);
                continue;
            }
            let problem =
                Problem::error("invalid-type", format!("variable `{}` must be text", key.name));
            self.problems.push(problem.at(&key.span, "a list or a map"));
        }
    }

    fn insert(&mut self, name: &str, value: String, span: &Span) {
        let is_name = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
            && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
        if !is_name {
            let problem =
                Problem::error("variable-syntax", format!("`{name}` is not a variable's name"));
            let hint = "a name has letters, digits and `_`, and starts with no digit";
            self.problems.push(problem.at(span, "here").hint(hint));
        } else if self.values.insert(name.to_owned(), value).is_some() {
            self.problems.push(
                Problem::error("duplicate-key", format!("duplicate variable `{name}`"))
                    .at(span, "again here"),
            );
        }
    }
}

/// The value of a line: in quotes everything counts, without them ` #` starts a comment. None when a quote is open.
fn unquote(value: &str) -> Option<String> {
    let Some(quote) = value.chars().next().filter(|c| ['"', '\''].contains(c)) else {
        let end = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
        return Some(value[..end].trim_end().to_owned());
    };
    let mut unquoted = String::new();
    let mut rest = value[1..].chars();
    loop {
        match rest.next()? {
            end if end == quote => return Some(unquoted),
            '\\' if quote == '"' => unquoted.push(escaped(rest.next()?)),
            other => unquoted.push(other),
        }
    }
}

fn escaped(character: char) -> char {
    match character {
        'n' => '\n',
        't' => '\t',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<BTreeMap<String, String>, Vec<Problem>> {
        parse_file(FileFormat::Lines, SourceId(0), text)
    }

    #[test]
    fn lines_have_comments_and_quotes() {
        let text = "\u{feff}# comment\r\nA=1 # one\r\n\n  export B = 'x # y' \nC=\"a\\\"b\\n\"\nD=\nE=a=b#c\n";
        let expected = [("A", "1"), ("B", "x # y"), ("C", "a\"b\n"), ("D", ""), ("E", "a=b#c")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(lines(text).unwrap(), BTreeMap::from(expected));
    }

    #[test]
    fn every_bad_line_is_a_problem_at_its_place() {
        let text = "A=1\n  oops\nA=2\n1A=3\nB='x\n";
        let problems = lines(text).unwrap_err();
        let places: Vec<_> =
            problems.iter().map(|problem| &text[problem.labels[0].span.range.clone()]).collect();
        assert_eq!(places, ["oops", "A=2", "1A=3", "B='x"]);
    }

    #[test]
    fn yaml_is_a_map_of_scalars_whose_text_counts() {
        let format = FileFormat::of_extension(Some("yml"));
        let values =
            parse_file(format, SourceId(0), "ACCOUNT: 012345678901\nDEBUG: False\n").unwrap();
        assert_eq!((&*values["ACCOUNT"], &*values["DEBUG"]), ("012345678901", "False"));
        assert_eq!(parse_file(format, SourceId(0), "A: [1]\nB-C: 1\n").unwrap_err().len(), 2);
        assert_eq!(parse_file(format, SourceId(0), "[1]").unwrap_err()[0].code, "invalid-type");
    }
}
