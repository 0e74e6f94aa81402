//! `${VAR}` in scalars: replaced after parsing, so that a value can never add YAML.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::manifest::node::{Data, Node, Scalar, SourceId, Span};
use crate::manifest::problem::{Problem, closest};
use crate::manifest::yaml;

/// How deep defaults may hold further variables.
const MAX_DEPTH: usize = 16;

/// Where variables come from, the first layer that knows a name wins.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// `--set KEY=value`
    pub set: BTreeMap<String, String>,
    /// `--var-file`
    pub file: BTreeMap<String, String>,
    /// The environment of the process.
    pub process: BTreeMap<String, String>,
    /// `App.variables`
    pub app: BTreeMap<String, String>,
}

impl Variables {
    pub fn get(&self, name: &str) -> Option<&str> {
        [&self.set, &self.file, &self.process, &self.app]
            .into_iter()
            .find_map(|layer| layer.get(name))
            .map(String::as_str)
    }

    /// The names someone wrote for this application: the process environment holds too many others to suggest.
    fn own_names(&self) -> impl Iterator<Item = &str> {
        [&self.set, &self.file, &self.app].into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }
}

/// Replaces the variables in every scalar below the node. Keys are left alone, values are not looked into again.
///
/// An unquoted scalar stays unquoted: `${COUNT}` can become a number.
pub fn substitute(node: &mut Node, variables: &Variables) -> Vec<Problem> {
    let mut problems = vec![];
    walk(node, variables, &mut problems);
    problems
}

fn walk(node: &mut Node, variables: &Variables, problems: &mut Vec<Problem>) {
    match &mut node.data {
        Data::List(items) => items.iter_mut().for_each(|item| walk(item, variables, problems)),
        Data::Map(entries) => {
            entries.iter_mut().for_each(|(_, value)| walk(value, variables, problems))
        }
        Data::Scalar(scalar) if scalar.text.contains("${") => match expand(&scalar.text, variables)
        {
            Ok(text) => scalar.text = text,
            Err(mistakes) => {
                let used = node.span.clone();
                let written = node.defined.as_ref().unwrap_or(&node.span);
                let scalar = &*scalar;
                problems.extend(
                    mistakes.into_iter().map(|mistake| mistake.problem(scalar, written, &used)),
                );
            }
        },
        Data::Scalar(_) => {}
    }
}

/// What is wrong with one `${…}`, at a byte range of the scalar's text.
struct Mistake {
    code: &'static str,
    message: String,
    label: &'static str,
    hint: Option<String>,
    range: Range<usize>,
}

impl Mistake {
    fn problem(self, scalar: &Scalar, written: &Span, used: &Span) -> Problem {
        let place = exact(scalar, written, self.range);
        let mut problem = Problem::error(self.code, self.message).at(&place, self.label);
        if written != used {
            problem = problem.at(used, "used here");
        }
        problem.hint = self.hint;
        problem
    }
}

/// The place of a part of the text, when the text is written without escapes, folds or indentation.
fn exact(scalar: &Scalar, written: &Span, part: Range<usize>) -> Span {
    let quotes = usize::from(!scalar.plain);
    if written.range.len() == scalar.text.len() + 2 * quotes {
        written.part(part.start + quotes..part.end + quotes)
    } else {
        written.clone()
    }
}

fn expand(text: &str, variables: &Variables) -> Result<String, Vec<Mistake>> {
    let mut expander = Expander { text, at: 0, variables, mistakes: vec![] };
    match expander.run(0, true) {
        Ok(expanded) if expander.mistakes.is_empty() => Ok(expanded),
        Ok(_) | Err(Unreadable) => Err(expander.mistakes),
    }
}

/// The rest of the scalar cannot be read. The reason is among the mistakes.
struct Unreadable;

struct Expander<'a> {
    text: &'a str,
    at: usize,
    variables: &'a Variables,
    mistakes: Vec<Mistake>,
}

impl<'a> Expander<'a> {
    /// Expands up to the end, or to the `}` of the enclosing default. Without `is_used` only the syntax counts.
    fn run(&mut self, depth: usize, is_used: bool) -> Result<String, Unreadable> {
        let mut expanded = String::new();
        while let Some(next) = self.rest().chars().next() {
            if self.rest().starts_with("$${") {
                expanded.push_str("${");
                self.at += "$${".len();
            } else if self.rest().starts_with("${") {
                expanded.push_str(&self.variable(depth, is_used)?);
            } else if next == '}' && depth > 0 {
                break;
            } else {
                expanded.push(next);
                self.at += next.len_utf8();
            }
        }
        Ok(expanded)
    }

    fn variable(&mut self, depth: usize, is_used: bool) -> Result<String, Unreadable> {
        let start = self.at;
        self.at += "${".len();
        if depth == MAX_DEPTH {
            return self
                .unreadable(start, format!("variables nest more than {MAX_DEPTH} levels deep"));
        }
        let name = self.name(start)?;
        let value = self.variables.get(name);
        if self.take("}") {
            return Ok(self.plain(name, value, is_used, start));
        }
        // As in a shell, `:` makes an empty value count as none.
        let value = value.filter(|value| !value.is_empty());
        if self.take(":-") {
            let default = self.run(depth + 1, is_used && value.is_none())?;
            self.close(start)?;
            Ok(value.map_or(default, str::to_owned))
        } else if self.take(":?") {
            let message = self.run(depth + 1, is_used && value.is_none())?;
            self.close(start)?;
            Ok(self.required(name, value, &message, is_used, start))
        } else if self.rest().is_empty() {
            self.close(start).map(|()| String::new())
        } else {
            self.unreadable(
                start,
                format!("`{name}` is followed by something that is no `}}`, `:-` or `:?`"),
            )
        }
    }

    fn name(&mut self, start: usize) -> Result<&'a str, Unreadable> {
        let text: &'a str = self.text;
        let rest = &text[self.at..];
        let length =
            rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = &rest[..length];
        if name.is_empty() && rest.is_empty() {
            return self.close(start).map(|()| name);
        }
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return self.unreadable(
                start,
                "a variable's name has letters, digits and `_`, and starts with no digit",
            );
        }
        self.at += length;
        Ok(name)
    }

    fn plain(&mut self, name: &str, value: Option<&str>, is_used: bool, start: usize) -> String {
        if value.is_none() && is_used {
            let hint = match closest(name, self.variables.own_names()) {
                Some(candidate) => format!("did you mean `{candidate}`?"),
                None => {
                    format!("give it with `--set {name}=…`, or a default with `${{{name}:-…}}`")
                }
            };
            self.mistake(
                "undefined-variable",
                format!("undefined variable `{name}`"),
                "has no value",
                Some(hint),
                start,
            );
        }
        value.unwrap_or_default().to_owned()
    }

    fn required(
        &mut self,
        name: &str,
        value: Option<&str>,
        message: &str,
        is_used: bool,
        start: usize,
    ) -> String {
        if value.is_none() && is_used {
            let message = if message.is_empty() { "it is required" } else { message };
            let hint = Some(format!("give it with `--set {name}=…`"));
            self.mistake(
                "undefined-variable",
                format!("variable `{name}`: {message}"),
                "has no value",
                hint,
                start,
            );
        }
        value.unwrap_or_default().to_owned()
    }

    fn close(&mut self, start: usize) -> Result<(), Unreadable> {
        if self.take("}") { Ok(()) } else { self.unreadable(start, "`${` has no `}`") }
    }

    fn unreadable<T>(&mut self, start: usize, message: impl Into<String>) -> Result<T, Unreadable> {
        // Show what was read, with the character that was not understood.
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
        let hint =
            "write `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, or `$${` for a literal `${`"
                .to_owned();
        self.mistake("variable-syntax", message.into(), "not a variable", Some(hint), start);
        Err(Unreadable)
    }

    fn mistake(
        &mut self,
        code: &'static str,
        message: String,
        label: &'static str,
        hint: Option<String>,
        start: usize,
    ) {
        self.mistakes.push(Mistake { code, message, label, hint, range: start..self.at });
    }

    fn take(&mut self, token: &str) -> bool {
        let is_next = self.rest().starts_with(token);
        self.at += if is_next { token.len() } else { 0 };
        is_next
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
}

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
            yaml::parse(source, text)?.iter().for_each(|document| file.document(document))
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
        match unquote(value.trim()) {
            Some(value) => self.insert(name.trim(), value, span),
            None => {
                let problem = Problem::error(
                    "variable-syntax",
                    format!("the value of `{name}` has an open quote"),
                );
                self.problems.push(problem.at(span, "ends inside quotes").hint("close the quote"));
            }
        }
    }

    fn document(&mut self, document: &Node) {
        let Data::Map(entries) = &document.data else {
            let problem =
                Problem::error("invalid-type", "a variables file is a map of names and values");
            return self.problems.push(problem.at(&document.value_span(""), "not a map"));
        };
        for (key, value) in entries {
            match value.text() {
                Some(text) => self.insert(&key.name, text.to_owned(), &key.span),
                None => {
                    let problem = Problem::error(
                        "invalid-type",
                        format!("variable `{}` must be text", key.name),
                    );
                    self.problems.push(problem.at(&key.span, "a list or a map"));
                }
            }
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
