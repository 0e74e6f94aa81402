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
    /// What stands for a variable that no layer knows: for those who ask only for names, such as those
    /// of services. Without it, such a variable is a problem.
    pub stand_in: Option<String>,
}

impl Variables {
    pub fn get(&self, name: &str) -> Option<&str> {
        [&self.set, &self.file, &self.process, &self.app]
            .into_iter()
            .find_map(|layer| layer.get(name))
            .map(String::as_str)
    }

    /// Whether a variable that no layer knows is a problem.
    fn is_strict(&self) -> bool {
        self.stand_in.is_none()
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

/// The names of the variables in the scalars below a node.
pub fn variables_in(node: &Node) -> Vec<&str> {
    match &node.data {
        Data::Scalar(scalar) => names_in(&scalar.text),
        Data::List(items) => items.iter().flat_map(variables_in).collect(),
        Data::Map(entries) => entries.iter().flat_map(|(_, value)| variables_in(value)).collect(),
    }
}

/// The names that follow each `${`, those in defaults too.
pub fn names_in(text: &str) -> Vec<&str> {
    let length = |rest: &str| rest.find(|c: char| !is_of_name(c)).unwrap_or(rest.len());
    text.split("${").skip(1).map(|rest| &rest[..length(rest)]).collect()
}

fn is_of_name(letter: char) -> bool {
    letter == '_' || letter.is_ascii_alphanumeric()
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
        let length = rest.find(|c: char| !is_of_name(c)).unwrap_or(rest.len());
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
        if value.is_none() && is_used && self.variables.is_strict() {
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
        value.or(self.variables.stand_in.as_deref()).unwrap_or_default().to_owned()
    }

    fn required(
        &mut self,
        name: &str,
        value: Option<&str>,
        message: &str,
        is_used: bool,
        start: usize,
    ) -> String {
        if value.is_none() && is_used && self.variables.is_strict() {
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
        value.or(self.variables.stand_in.as_deref()).unwrap_or_default().to_owned()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::node::SourceId;
    use crate::manifest::yaml;

    fn layer(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn variables() -> Variables {
        Variables {
            set: layer(&[("TAG", "set")]),
            file: layer(&[("TAG", "file"), ("REGISTRY", "file")]),
            process: layer(&[("REGISTRY", "process"), ("HOME", "/root"), ("REGISTRIES", "noise")]),
            app: layer(&[
                ("HOME", "app"),
                ("COUNT", "3"),
                ("EMPTY", ""),
                ("EVIL", "${TAG} }: [\n- x"),
            ]),
            stand_in: None,
        }
    }

    fn substituted(text: &str) -> serde_json::Value {
        let mut node = yaml::parse(SourceId(0), text).unwrap().remove(0);
        let problems = substitute(&mut node, &variables());
        assert!(problems.is_empty(), "{problems:?}");
        node.to_json()
    }

    /// Message, labelled text and hint.
    fn problems(text: &str) -> Vec<(String, &str, String)> {
        let mut node = yaml::parse(SourceId(0), text).unwrap().remove(0);
        let describe = |problem: Problem| {
            let place = &text[problem.labels[0].span.range.clone()];
            (problem.message, place, problem.hint.unwrap_or_default())
        };
        substitute(&mut node, &variables()).into_iter().map(describe).collect()
    }

    #[test]
    fn the_first_layer_that_knows_a_name_wins() {
        assert_eq!(
            substituted("a: ${TAG} ${REGISTRY} ${HOME}/x"),
            json!({"a": "set file /root/x"})
        );
    }

    #[test]
    fn defaults_count_for_empty_values_and_nest() {
        let text = "a: ${NONE:-x}\nb: ${EMPTY:-y}\nc: '[${EMPTY}]'\nd: ${NONE:-${NEITHER:-${COUNT}}-z}\ne: ${TAG:-${NONE}}\nf: ${TAG:?no}\n";
        assert_eq!(
            substituted(text),
            json!({"a": "x", "b": "y", "c": "[]", "d": "3-z", "e": "set", "f": "set"})
        );
    }

    #[test]
    fn an_unquoted_scalar_stays_unquoted_and_a_quoted_one_text() {
        assert_eq!(
            substituted("a: ${COUNT}\nb: '${COUNT}'\nc: ['${COUNT}5']\n"),
            json!({"a": 3, "b": "3", "c": ["35"]})
        );
    }

    #[test]
    fn values_are_not_looked_into_and_keys_are_left_alone() {
        assert_eq!(substituted("'${TAG}': x${EVIL}\n"), json!({"${TAG}": "x${TAG} }: [\n- x"}));
    }

    #[test]
    fn other_dollars_are_literal() {
        let text = "a: $${TAG} $TAG $$ 5$ $(x)\nb: ${NONE:-$${x}\n";
        assert_eq!(substituted(text), json!({"a": "${TAG} $TAG $$ 5$ $(x)", "b": "${x"}));
    }

    #[test]
    fn an_undefined_variable_is_shown_at_its_exact_place() {
        let found = problems(
            "a: é ${REGISTRI}/${TAG}:${X}\nb: \"é${Y}\"\nc: \"\\t${Z}\"\nd: ${NONE:?say which}\n",
        );
        let shown: Vec<_> = found.iter().map(|(_, place, _)| *place).collect();
        assert_eq!(shown, ["${REGISTRI}", "${X}", "${Y}", "\"\\t${Z}\"", "${NONE:?say which}"]);
        assert_eq!(found[0].0, "undefined variable `REGISTRI`");
        assert_eq!(found[0].2, "did you mean `REGISTRY`?");
        assert_eq!(found[1].2, "give it with `--set X=…`, or a default with `${X:-…}`");
        assert_eq!(found[4].0, "variable `NONE`: say which");
    }

    #[test]
    fn something_may_stand_for_what_is_undefined() {
        let variables = Variables { stand_in: Some("undefined".to_owned()), ..variables() };
        let text = "a: x/${NONE}:${NONE:-latest}${NONE:?say which}";
        let mut node = yaml::parse(SourceId(0), text).unwrap().remove(0);
        assert!(substitute(&mut node, &variables).is_empty());
        assert_eq!(node.to_json(), json!({"a": "x/undefined:latestundefined"}));
    }

    #[test]
    fn an_alias_repeats_no_problem() {
        assert_eq!(problems("a: &x \"${X}\"\nb: *x\nc: { d: *x }\n").len(), 1);
    }

    #[test]
    fn bad_syntax_is_a_problem() {
        let deep = format!("a: {}", "${A:-".repeat(50_000));
        for text in [
            "a: ${",
            "a: x${}y",
            "a: ${1a}",
            "a: ${A",
            "a: ${A:-b",
            "a: ${A-b}",
            "a: ${TAG:-${}}",
            "a: ${é}",
            &deep,
        ] {
            let found = problems(text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].1.starts_with("${"), "{text}");
        }
    }
}
