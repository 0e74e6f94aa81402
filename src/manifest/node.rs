//! The tree of a YAML document, with the place of every key and value.

use std::fmt;
use std::ops::Range;

use serde_json::{Number, Value};

/// Which file a span is in: an index into [`super::source::Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A byte range of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub source: SourceId,
    pub range: Range<usize>,
}

impl Span {
    /// The part `range` of this span, in bytes from its start.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let start = self.range.start;
        Self { source: self.source, range: start + range.start..start + range.end }
    }
}

/// One value of a document.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where the value is written; for an alias or a merged value, where it is used.
    pub span: Span,
    /// Where the value is defined, when that is elsewhere (an anchor, a merge).
    pub defined: Option<Span>,
    pub data: Data,
}

#[derive(Clone, Debug)]
pub enum Data {
    Scalar(Scalar),
    List(Vec<Node>),
    /// In the order of the text; keys are unique.
    Map(Vec<(Key, Node)>),
}

/// A scalar keeps its text, so that a string field given as `False` or `0123` stays what was written.
#[derive(Clone, Debug)]
pub struct Scalar {
    pub text: String,
    /// Unquoted: the text decides the type by the YAML 1.2 core schema.
    pub plain: bool,
}

/// The key of a mapping entry.
#[derive(Clone, Debug)]
pub struct Key {
    pub name: String,
    pub span: Span,
}

/// What a scalar means by the YAML 1.2 core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plain<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
}

impl Scalar {
    /// Resolves the type of an unquoted scalar; a quoted one is text.
    ///
    /// Digits after a leading zero stay text, against the letter of the core schema: they are account
    /// ids and file modes, never quantities.
    pub fn resolve(&self) -> Plain<'_> {
        if self.plain { resolve_plain(&self.text) } else { Plain::Text(&self.text) }
    }

    pub fn is_null(&self) -> bool {
        self.resolve() == Plain::Null
    }

    fn to_json(&self) -> Value {
        match self.resolve() {
            Plain::Null => Value::Null,
            Plain::Bool(value) => value.into(),
            Plain::Int(value) => value.into(),
            // JSON has no infinity.
            Plain::Float(value) => {
                Number::from_f64(value).map_or_else(|| self.text.as_str().into(), Value::Number)
            }
            Plain::Text(text) => text.into(),
        }
    }
}

fn resolve_plain(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Bool(true),
        "false" | "False" | "FALSE" => Plain::Bool(false),
        _ => number(text).unwrap_or(Plain::Text(text)),
    }
}

fn number(text: &str) -> Option<Plain<'_>> {
    let radix = |digits: &str, radix| {
        let is_number = digits.starts_with(|c: char| c.is_digit(radix));
        i64::from_str_radix(digits, radix).ok().filter(|_| is_number).map(Plain::Int)
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" if text.starts_with('-') => {
            return Some(Plain::Float(f64::NEG_INFINITY));
        }
        ".inf" | ".Inf" | ".INF" => return Some(Plain::Float(f64::INFINITY)),
        _ => {}
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Plain::Float(f64::NAN));
    }
    decimal(text, unsigned)
}

fn decimal<'a>(text: &'a str, unsigned: &str) -> Option<Plain<'a>> {
    let bytes = unsigned.as_bytes();
    if matches!(bytes, [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    if !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) {
        return text.parse().ok().map(Plain::Int);
    }
    // Rust reads more than YAML does, such as `infinity` and `1_0`; it agrees on what is left here.
    let is_float = matches!(bytes, [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..])
        && bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    text.parse().ok().filter(|_| is_float).map(Plain::Float)
}

/// The way from a node to one inside it. Displays as `containers[0].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route(pub Vec<Step>);

/// One step of a [`Route`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl Route {
    /// The route of something inside what this route leads to.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

/// Reads a JSON pointer such as `/containers/0/image`. A number is an index; on a map it is looked up as a key.
impl From<&str> for Route {
    fn from(pointer: &str) -> Self {
        let step = |segment: &str| match segment.parse() {
            Ok(index) if segment == "0" || !segment.starts_with(['0', '+']) => Step::Index(index),
            _ => Step::Key(segment.replace("~1", "/").replace("~0", "~")),
        };
        Self(pointer.split('/').skip(1).map(step).collect())
    }
}

impl From<&Route> for Route {
    fn from(route: &Route) -> Self {
        route.clone()
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if key.is_empty() || key.contains(['.', '[', ']', ' ']) => {
                    write!(f, "[{key:?}]")?
                }
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl Node {
    /// The value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The node that the route leads to.
    pub fn route(&self, route: &Route) -> Option<&Node> {
        route.0.iter().try_fold(self, |node, step| node.step(step).map(|(_, value)| value))
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(scalar) => Some(&scalar.text),
            Data::List(_) | Data::Map(_) => None,
        }
    }

    /// Where the key at the end of the route is written, or the closest thing to it that exists.
    pub fn key_span(&self, route: impl Into<Route>) -> Span {
        let (key, node) = self.nearest(&route.into());
        key.map_or(&node.span, |key| &key.span).clone()
    }

    /// Where the value at the end of the route is written, or the closest thing to it that exists.
    ///
    /// A container, an empty value or text of several lines is shown by its key, so that a label stays one line.
    pub fn value_span(&self, route: impl Into<Route>) -> Span {
        let (key, node) = self.nearest(&route.into());
        match key {
            Some(key) if !node.is_one_line() => key.span.clone(),
            None if !node.is_one_line() => node.first_span().clone(),
            Some(_) | None => node.span.clone(),
        }
    }

    pub fn to_json(&self) -> Value {
        match &self.data {
            Data::Scalar(scalar) => scalar.to_json(),
            Data::List(items) => items.iter().map(Self::to_json).collect(),
            Data::Map(entries) => {
                entries.iter().map(|(key, value)| (key.name.clone(), value.to_json())).collect()
            }
        }
    }

    fn entry(&self, key: &str) -> Option<(&Key, &Node)> {
        let Data::Map(entries) = &self.data else { return None };
        entries.iter().find(|(candidate, _)| candidate.name == key).map(|(key, value)| (key, value))
    }

    fn step(&self, step: &Step) -> Option<(Option<&Key>, &Node)> {
        match (&self.data, step) {
            (Data::List(items), Step::Index(index)) => items.get(*index).map(|item| (None, item)),
            (Data::Map(_), Step::Key(key)) => {
                self.entry(key).map(|(key, value)| (Some(key), value))
            }
            (Data::Map(_), Step::Index(index)) => {
                self.entry(&index.to_string()).map(|(key, value)| (Some(key), value))
            }
            (Data::List(_) | Data::Scalar(_), Step::Key(_)) | (Data::Scalar(_), Step::Index(_)) => {
                None
            }
        }
    }

    /// The last existing node of a route, with its key when it has one.
    fn nearest(&self, route: &Route) -> (Option<&Key>, &Node) {
        let mut nearest = (None, self);
        for step in &route.0 {
            let Some(next) = nearest.1.step(step) else { break };
            nearest = next;
        }
        nearest
    }

    fn is_one_line(&self) -> bool {
        match &self.data {
            // An alias is one word, whatever it stands for.
            _ if self.defined.is_some() => true,
            Data::Scalar(scalar) => !self.span.range.is_empty() && !scalar.text.contains('\n'),
            Data::List(_) | Data::Map(_) => false,
        }
    }

    /// The first key or scalar of a container: a place of one line.
    fn first_span(&self) -> &Span {
        match &self.data {
            Data::Map(entries) => entries.first().map_or(&self.span, |(key, _)| &key.span),
            Data::List(items) => items.first().map_or(&self.span, Self::first_span),
            Data::Scalar(_) => &self.span,
        }
    }
}
