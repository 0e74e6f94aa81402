//! YAML text to nodes: one tree per document, built from parser events so that no key or value loses its place.
//!
//! An alias or a merged value has its use as `span` and its definition as `defined`; what is inside it
//! keeps the places of the definition.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde_saphyr::granit_parser::{self, Event, Parser, ScalarStyle, StrInput, Tag};

use super::node::{Data, Key, Node, Scalar, SourceId, Span};
use super::problem::Problem;
use super::syntax;

/// How much a file may expand to. Aliases of aliases grow without bound; no manifest comes near this.
const MAX_WEIGHT: usize = 200_000;
/// How deep a document may nest. Everything that walks nodes is recursive.
const MAX_DEPTH: usize = 64;

/// Parses all documents of a file. Empty documents are left out.
pub fn parse(source: SourceId, text: &str) -> Result<Vec<Node>, Vec<Problem>> {
    let options = granit_parser::options! { emit_unresolved_aliases: true, emit_comments: false };
    let events = Parser::new_from_str_with_options(text, options);
    let mut builder =
        Builder { source, text, events, anchors: BTreeMap::new(), weight: 0, problems: vec![] };
    match builder.documents() {
        Ok(documents) if builder.problems.is_empty() => Ok(documents),
        Ok(_) | Err(Halt) => Err(builder.problems),
    }
}

/// Nothing more can be read. The reason is already among the problems.
struct Halt;

/// The entries of a mapping under construction, by name.
type Entries = IndexMap<String, (Span, Node)>;

struct Builder<'t> {
    source: SourceId,
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    anchors: BTreeMap<usize, Node>,
    weight: usize,
    problems: Vec<Problem>,
}

impl<'t> Builder<'t> {
    fn documents(&mut self) -> Result<Vec<Node>, Halt> {
        let mut documents = vec![];
        loop {
            match self.next()? {
                (Event::DocumentStart(..), _) => {
                    self.anchors.clear();
                    let root = self.next()?;
                    let node = self.node(root, 0)?;
                    if !is_empty(&node) {
                        documents.push(node);
                    }
                }
                (Event::StreamEnd, _) => return Ok(documents),
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, granit_parser::Span), Halt> {
        match self.events.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => self.halt(syntax::problem(self.source, self.text, &error)),
            None => Ok((Event::StreamEnd, granit_parser::Span::default())),
        }
    }

    fn node(
        &mut self,
        (event, place): (Event<'t>, granit_parser::Span),
        depth: usize,
    ) -> Result<Node, Halt> {
        let span = self.span(&place);
        self.spend(1, depth, &span)?;
        let (node, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span, depth),
            Event::UnresolvedAlias(name) => return Ok(self.unknown_alias(&name, span)),
            Event::Scalar(text, style, anchor, tag) => {
                self.check_tag(tag.as_deref(), &place);
                (self.scalar(text.into_owned(), style, tag.is_some(), span), anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), &place);
                (self.list(span, depth)?, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), &place);
                (self.map(span, depth)?, anchor)
            }
            _ => {
                return self.halt(
                    Problem::error("yaml-syntax", "the document ends too early").at(&span, "here"),
                );
            }
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn scalar(&self, text: String, style: ScalarStyle, is_tagged: bool, mut span: Span) -> Node {
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            // The parser counts the line break, and blank lines after it.
            let range = span.range.clone();
            span.range.end = range.start + self.text[range].trim_end().len();
        }
        let plain = style == ScalarStyle::Plain && !is_tagged;
        Node { span, defined: None, data: Data::Scalar(Scalar { text, plain }) }
    }

    fn list(&mut self, mut span: Span, depth: usize) -> Result<Node, Halt> {
        let mut items = vec![];
        loop {
            let (event, place) = self.next()?;
            if event == Event::SequenceEnd {
                extend(&mut span, &self.span(&place));
                return Ok(Node { span, defined: None, data: Data::List(items) });
            }
            let item = self.node((event, place), depth + 1)?;
            extend(&mut span, &item.span);
            items.push(item);
        }
    }

    fn map(&mut self, mut span: Span, depth: usize) -> Result<Node, Halt> {
        let mut entries = Entries::new();
        let mut merge: Option<(Span, Node)> = None;
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                extend(&mut span, &self.span(&place));
                break;
            }
            let is_merge = is_merge_key(&event);
            let key = self.node((event, place), depth + 1)?;
            let next = self.next()?;
            let value = self.node(next, depth + 1)?;
            extend(&mut span, &key.span);
            extend(&mut span, &value.span);
            match &merge {
                Some((first, _)) if is_merge => {
                    self.problems.push(duplicate("<<", &key.span, first))
                }
                None if is_merge => merge = Some((key.span, value)),
                Some(_) | None => self.insert(&mut entries, key, value),
            }
        }
        if let Some((_, value)) = merge {
            self.merge(&mut entries, value);
        }
        let entry = |(name, (span, value))| (Key { name, span }, value);
        Ok(Node { span, defined: None, data: Data::Map(entries.into_iter().map(entry).collect()) })
    }

    fn insert(&mut self, entries: &mut Entries, key: Node, value: Node) {
        let Data::Scalar(Scalar { text, .. }) = key.data else {
            let problem = Problem::error("invalid-key", "a key must be text")
                .at(&key.span, "a list or a map");
            return self.problems.push(
                problem.hint("quote the key or the value if it starts with `{`, `[` or `?`"),
            );
        };
        match entries.entry(text) {
            Entry::Occupied(first) => {
                self.problems.push(duplicate(first.key(), &key.span, &first.get().0));
            }
            Entry::Vacant(vacant) => {
                vacant.insert((key.span, value));
            }
        }
    }

    /// Adds what `<<` brings: explicit keys win, then the earlier of several sources.
    fn merge(&mut self, entries: &mut Entries, value: Node) {
        let alias = value.defined.is_some().then(|| value.span.clone());
        let sources = match value.data {
            Data::List(items) => items,
            Data::Map(_) | Data::Scalar(_) => vec![value],
        };
        for source in sources {
            let site =
                alias.clone().or_else(|| source.defined.is_some().then(|| source.span.clone()));
            let Data::Map(merged) = source.data else {
                let problem = Problem::error("invalid-merge", "`<<` takes a map or a list of maps");
                self.problems.push(problem.at(&source.span, "not a map"));
                continue;
            };
            for (key, mut value) in merged {
                let mut key_span = key.span;
                if let Some(site) = &site {
                    value.defined.get_or_insert(value.span);
                    value.span = site.clone();
                    key_span = site.clone();
                }
                entries.entry(key.name).or_insert((key_span, value));
            }
        }
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Result<Node, Halt> {
        let Some(node) = self.anchors.get(&anchor) else {
            let problem =
                Problem::error("recursive-alias", "an alias cannot be inside what it stands for");
            return self.halt(problem.at(&span, "refers to a value that contains it"));
        };
        let (weight, height) = measure(node);
        self.spend(weight, depth + height, &span)?;
        let mut node = self.anchors[&anchor].clone();
        node.defined.get_or_insert(node.span);
        node.span = span;
        Ok(node)
    }

    fn unknown_alias(&mut self, name: &str, span: Span) -> Node {
        let problem = Problem::error("unknown-alias", format!("unknown alias `*{name}`"));
        let hint =
            format!("define it before this place with `&{name}`, or quote the value if it is text");
        self.problems.push(problem.at(&span, "no such anchor above").hint(hint));
        Node {
            span,
            defined: None,
            data: Data::Scalar(Scalar { text: String::new(), plain: true }),
        }
    }

    fn check_tag(&mut self, tag: Option<&Tag>, place: &granit_parser::Span) {
        let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema_tag("str")) else { return };
        let span = self.span(&place.tag_span().unwrap_or(*place));
        let problem =
            Problem::error("unsupported-tag", format!("unsupported tag `{}`", tag.original()));
        self.problems.push(
            problem
                .at(&span, "not known here")
                .hint("remove the tag, or quote the value if it is text"),
        );
    }

    fn spend(&mut self, weight: usize, depth: usize, span: &Span) -> Result<(), Halt> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > MAX_WEIGHT {
            let problem = Problem::error("too-large", "the file expands to too many values");
            return self
                .halt(problem.at(span, "the limit is reached here").hint("use fewer aliases"));
        }
        if depth > MAX_DEPTH {
            let problem = Problem::error(
                "too-deep",
                format!("values nest more than {MAX_DEPTH} levels deep"),
            );
            return self.halt(problem.at(span, "the limit is reached here"));
        }
        Ok(())
    }

    fn halt<T>(&mut self, problem: Problem) -> Result<T, Halt> {
        self.problems.push(problem);
        Err(Halt)
    }

    fn span(&self, place: &granit_parser::Span) -> Span {
        Span {
            source: self.source,
            range: syntax::within(self.text, place.byte_range().unwrap_or_default()),
        }
    }
}

/// Ends of block collections are empty and further down: they do not count.
fn extend(span: &mut Span, part: &Span) {
    if !part.range.is_empty() {
        span.range.end = span.range.end.max(part.range.end);
    }
}

fn is_merge_key(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<")
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.data, Data::Scalar(Scalar { text, plain: true }) if text.is_empty())
}

fn duplicate(name: &str, again: &Span, first: &Span) -> Problem {
    Problem::error("duplicate-key", format!("duplicate key `{name}`"))
        .at(again, "again here")
        .at(first, "first here")
}

/// The weight and height of a tree: long text weighs too, since an alias copies it.
fn measure(node: &Node) -> (usize, usize) {
    const TEXT_PER_NODE: usize = 64;
    let below = |(weight, height): (usize, usize), child: &Node| {
        let (child_weight, child_height) = measure(child);
        (weight + child_weight, height.max(child_height + 1))
    };
    match &node.data {
        Data::Scalar(scalar) => (1 + scalar.text.len() / TEXT_PER_NODE, 0),
        Data::List(items) => items.iter().fold((1, 0), below),
        Data::Map(entries) => {
            entries.iter().map(|(_, value)| value).fold((1 + entries.len(), 0), below)
        }
    }
}
