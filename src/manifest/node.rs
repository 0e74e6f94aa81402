//! The tree of a YAML document, with the place of every key and value.

use std::ops::Range;

/// Which file a span is in: an index into [`super::source::Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A byte range of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub source: SourceId,
    pub range: Range<usize>,
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
