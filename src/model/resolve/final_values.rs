//! Documents as they are for an environment, each value with the place that it comes from.

use super::{Input, Merged, Setting, app, merged};
use crate::manifest::node::{Data, Node, Scalar, Span};
use crate::manifest::problem::Problem;
use crate::model::secret_names::{has_credentials, is_secret};
use crate::model::variables::names_in;

/// A document with the environment's differences merged in and variables replaced.
#[derive(Clone, Debug)]
pub struct FinalDocument {
    /// Where it begins.
    pub place: Span,
    pub value: FinalValue,
}

/// A value with all that is said about it.
#[derive(Clone, Debug)]
pub enum FinalValue {
    Scalar { scalar: Scalar, place: Span, origin: Origin, is_secret: bool },
    List(Vec<FinalValue>),
    Map(Vec<(String, FinalValue)>),
}

/// Why a scalar has its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is written so.
    Document,
    /// The environment says so.
    Environment,
    /// A variable is part of it.
    Variable,
}

/// The documents of one environment with their final values, in the order of the files.
pub fn final_values(input: &Input<'_>) -> Result<Vec<FinalDocument>, Vec<Problem>> {
    let setting = Setting::of(&input.documents, input.environment, input.variables.clone())
        .map_err(|problem| vec![problem])?;
    let app = app(&input.documents).map(|app| app.span.clone());
    let of = |written: &Node| final_value(written, &setting, app.as_ref() == Some(&written.span));
    let (values, problems): (Vec<_>, Vec<_>) =
        input.documents.iter().map(of).partition(Result::is_ok);
    if problems.is_empty() {
        return Ok(values.into_iter().flatten().collect());
    }
    Err(problems.into_iter().filter_map(Result::err).flatten().collect())
}

fn final_value(
    written: &Node,
    setting: &Setting,
    is_app: bool,
) -> Result<FinalDocument, Vec<Problem>> {
    let Merged { node, mistakes, .. } = merged(written.clone(), setting)?;
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let scalars = scalars(written);
    // What an App says of its environments is no difference of one.
    let environments = written.get("environments").filter(|_| !is_app).map(|node| &node.span);
    let place = node.span.part(0..0);
    Ok(FinalDocument { place, value: Reader { scalars, environments }.value(&node, "", false) })
}

/// The scalars of a document as they are written.
fn scalars(node: &Node) -> Vec<(&Span, &Scalar)> {
    match &node.data {
        Data::Scalar(scalar) => vec![(&node.span, scalar)],
        Data::List(items) => items.iter().flat_map(scalars).collect(),
        Data::Map(entries) => entries.iter().flat_map(|(_, value)| scalars(value)).collect(),
    }
}

struct Reader<'a> {
    scalars: Vec<(&'a Span, &'a Scalar)>,
    environments: Option<&'a Span>,
}

impl Reader<'_> {
    /// `name` is that of the closest key. What is below `secrets` refers to a secret and is none.
    fn value(&self, node: &Node, name: &str, is_reference: bool) -> FinalValue {
        match &node.data {
            Data::Scalar(scalar) => FinalValue::Scalar {
                scalar: scalar.clone(),
                place: node.span.clone(),
                origin: self.origin(&node.span),
                is_secret: self.has_secret_variable(&node.span)
                    || has_credentials(&scalar.text)
                    || (is_secret(name) && !is_reference),
            },
            Data::List(items) => FinalValue::List(
                items.iter().map(|item| self.value(item, name, is_reference)).collect(),
            ),
            Data::Map(entries) => FinalValue::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let is_reference = is_reference || name == "secrets";
                        (key.name.clone(), self.value(value, &key.name, is_reference))
                    })
                    .collect(),
            ),
        }
    }

    fn origin(&self, place: &Span) -> Origin {
        let is_within = |outer: &&Span| {
            outer.source == place.source
                && outer.range.start <= place.range.start
                && place.range.end <= outer.range.end
        };
        if !self.variables(place).is_empty() {
            Origin::Variable
        } else if self.environments.is_some_and(|outer| is_within(&outer)) {
            Origin::Environment
        } else {
            Origin::Document
        }
    }

    fn has_secret_variable(&self, place: &Span) -> bool {
        self.variables(place).into_iter().any(is_secret)
    }

    fn variables(&self, place: &Span) -> Vec<&str> {
        let written = self.scalars.iter().find(|(span, _)| *span == place);
        written.map(|(_, scalar)| names_in(&scalar.text)).unwrap_or_default()
    }
}
