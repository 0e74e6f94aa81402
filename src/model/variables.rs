//! `${VAR}` in scalars: replaced after parsing, so that a value can never add YAML.

mod file;

use std::collections::BTreeMap;
use std::ops::Range;

pub use self::file::{FileFormat, parse_file};
use crate::manifest::node::{Data, Node, Scalar, Span};
use crate::manifest::problem::{Problem, closest};

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
        Data::List(items) => {
            for item in items {
                walk(item, variables, problems);
            }
        }
        Data::Map(entries) => {
            for (_, value) in entries {
                walk(value, variables, problems);
            }
        }
        Data::Scalar(scalar) if scalar.text.contains("${") => match expand(&scalar.text, variables)
        {
            Ok(text) => scalar.text = text,
            Err(mistakes) => {
                let written = node.defined.as_ref().unwrap_or(&node.span);
                let found = mistakes.into_iter().map(|mistake| mistake.problem(scalar, written));
                report(problems, found);
            }
        },
        Data::Scalar(_) => {}
    }
}

/// A scalar with aliases is met once for each of them, but it is one mistake.
fn report(problems: &mut Vec<Problem>, found: impl Iterator<Item = Problem>) {
    for problem in found {
        let place = |problem: &Problem| problem.labels.first().map(|label| label.span.clone());
        if problems
            .iter()
            .all(|known| place(known) != place(&problem) || known.code != problem.code)
        {
            problems.push(problem);
        }
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
    fn problem(self, scalar: &Scalar, written: &Span) -> Problem {
        let place = exact(scalar, written, self.range);
        Problem {
            hint: self.hint,
            ..Problem::error(self.code, self.message).at(&place, self.label)
        }
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
        Ok(text) if expander.mistakes.is_empty() => Ok(text),
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
