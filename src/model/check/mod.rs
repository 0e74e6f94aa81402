//! Checks a document against the schema, and says each mistake at its place and in one sentence.

mod words;

use std::sync::LazyLock;

use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::Value;

use super::documents::{Document, Kind};
use super::schema;
use crate::manifest::decode::decode;
use crate::manifest::node::{Data, Node, Route, SourceId, Span, Step};
use crate::manifest::problem::Problem;
use words::{choices, forms_of, found, listed, one_of, properties, type_words, variant_keys};

/// A hint lists no more fields than this.
const MANY_FIELDS: usize = 20;

/// A document that is right by itself; whether it fits the others is for the rules.
#[derive(Clone, Debug)]
pub struct Checked {
    pub kind: Kind,
    pub document: Document,
    /// Without `kind`.
    pub node: Node,
}

/// Checks and decodes a document whose variables are replaced and whose environment is merged.
pub fn check(node: &Node) -> Result<Checked, Vec<Problem>> {
    let kind = kind_of(node)?;
    let problems = mistakes(node, &STRICT);
    if !problems.is_empty() {
        return Err(problems);
    }
    let node = without_kind(node.clone());
    let document = decode_as(kind, &node).map_err(|problem| vec![problem])?;
    Ok(Checked { kind, document, node })
}

/// Checks what a document says for its environments, before variables are replaced: mistakes in an environment
/// that is not the chosen one would otherwise wait for its deploy.
pub fn check_overlays(node: &Node) -> Vec<Problem> {
    if node.get("environments").is_none() || kind_of(node).is_err() {
        return vec![];
    }
    Checker::new(node, &PUBLISHED)
        .problems(|error| error.instance_path().as_str().starts_with("/environments/"))
}

/// The places of scalars that variables are part of.
pub fn variable_places(node: &Node) -> Vec<Span> {
    match &node.data {
        Data::Scalar(scalar) if scalar.text.contains("${") => vec![node.span.clone()],
        Data::Scalar(_) => vec![],
        Data::List(items) => items.iter().flat_map(variable_places).collect(),
        Data::Map(entries) => {
            entries.iter().flat_map(|(_, value)| variable_places(value)).collect()
        }
    }
}

/// Lets the field decide the type of what came from a variable: quotes around `${COUNT}` do not make a number text,
/// and a tag of digits is no number.
pub fn retype(node: &mut Node, variables: &[Span]) {
    let instance = node.to_json();
    let is_of_type = |error: &ValidationError| {
        use ValidationErrorKind::{AnyOf, OneOfNotValid, Type};
        matches!(error.kind(), Type { .. } | AnyOf { .. } | OneOfNotValid { .. })
    };
    let errors = STRICT.validator.iter_errors(&instance).filter(is_of_type);
    let wrong: Vec<Span> = errors
        .filter_map(|error| {
            node.route(&Route::from(error.instance_path().as_str())).map(|node| node.span.clone())
        })
        .filter(|span| variables.contains(span))
        .collect();
    if !wrong.is_empty() {
        turn(node, &wrong);
    }
}

fn turn(node: &mut Node, places: &[Span]) {
    match &mut node.data {
        Data::Scalar(scalar) if places.contains(&node.span) => scalar.plain = !scalar.plain,
        Data::Scalar(_) => {}
        Data::List(items) => items.iter_mut().for_each(|item| turn(item, places)),
        Data::Map(entries) => entries.iter_mut().for_each(|(_, value)| turn(value, places)),
    }
}

/// The kind of a document.
pub fn kind_of(node: &Node) -> Result<Kind, Vec<Problem>> {
    let known = || Kind::ALL.map(Kind::name);
    let Some(kind) = node.get("kind") else {
        let problem = Problem::error("missing-field", "missing field `kind`")
            .at(&node.value_span(""), "this document does not say what it is")
            .hint(format!("add `kind:` with one of {}", known().join(", ")));
        return Err(vec![problem]);
    };
    let name = kind.text().unwrap_or_default();
    Kind::from_name(name).ok_or_else(|| {
        let problem = Problem::error("unknown-kind", format!("unknown kind `{name}`"))
            .at(&node.value_span("/kind"), "not a kind")
            .did_you_mean(name, known());
        let hint =
            problem.hint.clone().unwrap_or_else(|| format!("the kinds are {}", known().join(", ")));
        vec![problem.hint(hint)]
    })
}

fn decode_as(kind: Kind, node: &Node) -> Result<Document, Problem> {
    let document = match kind {
        Kind::App => decode(node).map(Document::App),
        Kind::Network => decode(node).map(Document::Network),
        Kind::Cluster => decode(node).map(Document::Cluster),
        Kind::LoadBalancer => decode(node).map(Document::LoadBalancer),
        Kind::FileSystem => decode(node).map(Document::FileSystem),
        Kind::TaskRole => decode(node).map(Document::TaskRole),
        Kind::Service => decode(node).map(|service| Document::Service(Box::new(service))),
        Kind::Job => decode(node).map(|job| Document::Job(Box::new(job))),
    };
    document.map_err(|error| error.problem(node))
}

fn without_kind(mut node: Node) -> Node {
    if let Data::Map(entries) = &mut node.data {
        entries.retain(|(key, _)| key.name != "kind");
    }
    node
}

/// A schema, compiled.
struct Compiled {
    schema: Value,
    validator: Validator,
}

static STRICT: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(schema::strict().clone()));
static PUBLISHED: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(schema::schema()));

impl Compiled {
    fn new(schema: Value) -> Self {
        let validator =
            jsonschema::validator_for(&schema).expect("the schema made from our types is valid");
        Self { schema, validator }
    }
}

fn mistakes(node: &Node, compiled: &Compiled) -> Vec<Problem> {
    Checker::new(node, compiled).problems(|_| true)
}

struct Checker<'a> {
    node: &'a Node,
    compiled: &'a Compiled,
}

impl<'a> Checker<'a> {
    fn new(node: &'a Node, compiled: &'a Compiled) -> Self {
        Self { node, compiled }
    }

    fn problems(&self, is_wanted: impl Fn(&ValidationError) -> bool) -> Vec<Problem> {
        let instance = self.node.to_json();
        let errors =
            self.compiled.validator.iter_errors(&instance).filter(|error| is_wanted(error));
        let mut problems: Vec<_> = errors.flat_map(|error| self.explain(&error)).collect();
        problems.sort_by_key(start);
        problems
    }

    /// The problems of one error of the validator: several for several unknown fields.
    fn explain(&self, error: &ValidationError) -> Vec<Problem> {
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                unexpected.iter().map(|field| self.unknown_field(error, field)).collect()
            }
            ValidationErrorKind::OneOfNotValid { context }
            | ValidationErrorKind::AnyOf { context } => self.explain_choice(error, context),
            _ => vec![self.explain_one(error)],
        }
    }

    fn explain_one(&self, error: &ValidationError) -> Problem {
        let place = Place::of(error);
        match error.kind() {
            ValidationErrorKind::Type { kind } => self.wrong_type(error, &type_words(kind)),
            ValidationErrorKind::Required { property } => {
                let field = property.as_str().unwrap_or_default();
                Problem::error("missing-field", format!("{} needs `{field}`", place.owner()))
                    .at(&self.key_span(error), format!("`{field}` is missing"))
            }
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
                self.bad_choice(error)
            }
            ValidationErrorKind::Pattern { .. } => {
                let schema = self.schema_of(error);
                let expected = schema
                    .get("patternErrorMessage")
                    .and_then(Value::as_str)
                    .unwrap_or("another form is needed");
                self.at_value(
                    "bad-format",
                    format!("{} can't be {}", place.subject(), found(error.instance())),
                    error,
                    expected,
                )
            }
            ValidationErrorKind::Minimum { limit } => {
                self.out_of_range(error, &format!("at least {limit}"))
            }
            ValidationErrorKind::Maximum { limit } => {
                self.out_of_range(error, &format!("at most {limit}"))
            }
            ValidationErrorKind::MinLength { limit: 1 } => self.at_value(
                "out-of-range",
                format!("{} is empty", place.subject()),
                error,
                "write something here",
            ),
            ValidationErrorKind::MinLength { limit } => {
                self.out_of_range(error, &format!("at least {limit} characters"))
            }
            ValidationErrorKind::MaxLength { limit } => {
                self.out_of_range(error, &format!("at most {limit} characters"))
            }
            ValidationErrorKind::MinItems { limit } => {
                self.out_of_range(error, &format!("at least {limit} of them"))
            }
            ValidationErrorKind::MaxItems { limit } => {
                self.out_of_range(error, &format!("at most {limit} of them"))
            }
            // The schema is ours: it uses no further keyword.
            _ => self.at_value(
                "invalid-value",
                format!("{}: {error}", place.subject()),
                error,
                "not valid here",
            ),
        }
    }

    fn unknown_field(&self, error: &ValidationError, field: &str) -> Problem {
        let known = properties(self.schema_of(error));
        let place = Place::of(error);
        let route = place.route.join(Step::Key(field.to_owned()));
        let problem =
            Problem::error("unknown-field", format!("{} has no field `{field}`", place.owner()))
                .at(&self.node.key_span(&route), "not a field here")
                .did_you_mean(field, known.iter().map(String::as_str));
        match problem.hint {
            Some(_) => problem,
            None if known.len() > MANY_FIELDS => {
                problem.hint("the editor's completion and `ecsctl schema` have all fields")
            }
            None => problem.hint(format!("the fields are {}", known.join(", "))),
        }
    }

    fn wrong_type(&self, error: &ValidationError, expected: &str) -> Problem {
        let subject = Place::of(error).subject();
        let problem = self.at_value(
            "wrong-type",
            format!("{subject} must be {expected}, but is {}", found(error.instance())),
            error,
            &format!("expected {expected}"),
        );
        match error.instance().as_ref() {
            Value::Number(_) | Value::Bool(_) if expected == "text" => {
                problem.hint("put it in quotes")
            }
            _ => problem,
        }
    }

    fn out_of_range(&self, error: &ValidationError, expected: &str) -> Problem {
        let message = format!(
            "{} must be {expected}, but is {}",
            Place::of(error).subject(),
            found(error.instance())
        );
        self.at_value("out-of-range", message, error, &format!("expected {expected}"))
    }

    fn bad_choice(&self, error: &ValidationError) -> Problem {
        let choices = choices(self.schema_of(error));
        let word =
            error.instance().as_str().map_or_else(|| error.instance().to_string(), str::to_owned);
        let message = format!("{} can't be `{word}`", Place::of(error).subject());
        let listed = format!("expected {}", one_of(&choices));
        self.at_value("bad-choice", message, error, &listed)
            .did_you_mean(&word, choices.iter().map(String::as_str))
    }

    /// Reduces the errors of all branches of a choice to what the writer most likely meant.
    fn explain_choice(
        &self,
        error: &ValidationError,
        branches: &[Vec<ValidationError<'static>>],
    ) -> Vec<Problem> {
        let here = error.instance_path().as_str();
        let is_other_form = |error: &ValidationError| {
            let is_here = error.instance_path().as_str() == here;
            is_here
                && matches!(
                    error.kind(),
                    ValidationErrorKind::Type { .. }
                        | ValidationErrorKind::Constant { .. }
                        | ValidationErrorKind::Enum { .. }
                )
        };
        let schema = self.schema_of(error);
        let forms: Vec<&Vec<_>> =
            branches.iter().filter(|errors| !errors.iter().any(&is_other_form)).collect();
        match (&forms[..], error.instance().as_ref()) {
            ([], Value::String(_)) if !choices(schema).is_empty() => vec![self.bad_choice(error)],
            ([], _) => vec![self.wrong_type(error, &forms_of(&self.compiled.schema, schema))],
            ([only], _) => only.iter().flat_map(|error| self.explain(error)).collect(),
            (several, Value::Object(entries)) => self.explain_variants(error, several, entries),
            (several, _) => several[0].iter().flat_map(|error| self.explain(error)).collect(),
        }
    }

    /// A mapping that must have exactly one key out of several, such as `vpc: { id: … }`.
    fn explain_variants(
        &self,
        error: &ValidationError,
        branches: &[&Vec<ValidationError<'static>>],
        entries: &serde_json::Map<String, Value>,
    ) -> Vec<Problem> {
        let is_inside = |branch: &&&Vec<ValidationError<'static>>| {
            branch
                .iter()
                .all(|inner| inner.instance_path().as_str() != error.instance_path().as_str())
        };
        if let Some(branch) = branches.iter().find(is_inside) {
            return branch.iter().flat_map(|error| self.explain(error)).collect();
        }
        let known = variant_keys(self.schema_of(error));
        let place = Place::of(error);
        let Some(unknown) = entries.keys().find(|key| !known.contains(key)) else {
            let message = format!("{} must have exactly one of {}", place.owner(), listed(&known));
            return vec![
                Problem::error("wrong-type", message).at(&self.key_span(error), "one is needed"),
            ];
        };
        let span = self.node.key_span(place.route.join(Step::Key(unknown.clone())));
        let problem =
            Problem::error("unknown-field", format!("{} has no field `{unknown}`", place.owner()))
                .at(&span, "not a field here")
                .did_you_mean(unknown, known.iter().map(String::as_str));
        match problem.hint {
            Some(_) => vec![problem],
            None => vec![problem.hint(format!("write exactly one of {}", listed(&known)))],
        }
    }

    /// The schema object whose keyword failed.
    fn schema_of(&self, error: &ValidationError) -> &'a Value {
        let keyword = error.evaluation_path().as_str();
        let object = keyword.rsplit_once('/').map_or("", |(object, _)| object);
        schema::lookup(&self.compiled.schema, object)
    }

    fn at_value(
        &self,
        code: &'static str,
        message: String,
        error: &ValidationError,
        label: &str,
    ) -> Problem {
        let route = Route::from(error.instance_path().as_str());
        let problem = Problem::error(code, message).at(&self.node.value_span(&route), label);
        match self.node.route(&route).and_then(|node| node.defined.as_ref()) {
            Some(defined) => problem.at(defined, "it comes from here"),
            None => problem,
        }
    }

    fn key_span(&self, error: &ValidationError) -> Span {
        let route = Route::from(error.instance_path().as_str());
        if route.0.is_empty() { self.node.value_span(&route) } else { self.node.key_span(&route) }
    }
}

/// Where in a document an error is, in words.
struct Place {
    route: Route,
}

impl Place {
    fn of(error: &ValidationError) -> Self {
        Self { route: Route::from(error.instance_path().as_str()) }
    }

    fn subject(&self) -> String {
        if self.route.0.is_empty() {
            "the document".to_owned()
        } else {
            format!("`{}`", self.route)
        }
    }

    /// As [`Self::subject`], for a thing that has fields.
    fn owner(&self) -> String {
        if self.route.0.is_empty() {
            "this document".to_owned()
        } else {
            format!("`{}`", self.route)
        }
    }
}

/// Problems are listed in the order of the text.
pub(crate) fn start(problem: &Problem) -> Option<(SourceId, usize)> {
    problem.labels.first().map(|label| (label.span.source, label.span.range.start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::documents::common::Text;
    use crate::model::testing::{parse, render};

    fn problems(text: &str) -> String {
        let nodes = parse(text);
        let problems =
            check_overlays(&nodes[0]).into_iter().chain(check(&nodes[0]).err().unwrap_or_default());
        render(text, &problems.collect::<Vec<_>>())
    }

    #[test]
    fn every_mistake_of_a_document_is_said_at_its_place_at_once() {
        let text = "
kind: Service
name: web
image: nginx
desiredCont: 2
zebra: 1
cpu: lots
enableExecuteCommand: perhaps
launchType: FARGAT
deployment: { maximumPercent: 5000, circuitBreaker: yes please }
containers: [{ name: app }, { name: a b, image: x, ports: [http] }]
volumes: { data: { efs: { fileSystem: [x] } } }
secrets: { KEY: vault/key }
";
        insta::assert_snapshot!(problems(text), @r#"
        unknown-field: this document has no field `desiredCont` [desiredCont: not a field here] -> did you mean `desiredCount`?
        unknown-field: this document has no field `zebra` [zebra: not a field here] -> the editor's completion and `ecsctl schema` have all fields
        bad-format: `cpu` can't be `lots` [lots: expected CPU units such as `512`, or vCPUs such as `0.5 vCPU`]
        wrong-type: `enableExecuteCommand` must be `true` or `false`, but is `perhaps` [perhaps: expected `true` or `false`]
        bad-choice: `launchType` can't be `FARGAT` [FARGAT: expected one of `FARGATE`, `EC2`, `EXTERNAL`] -> did you mean `FARGATE`?
        out-of-range: `deployment.maximumPercent` must be at most 1000, but is `5000` [5000: expected at most 1000]
        wrong-type: `deployment.circuitBreaker` must be a mapping, but is `yes please` [yes please: expected a mapping]
        missing-field: `containers[0]` needs `image` [{ name: app }: `image` is missing]
        bad-format: `containers[1].name` can't be `a b` [a b: expected up to 64 letters, digits, `-` and `_` that begin with a letter or digit]
        wrong-type: `containers[1].ports[0]` must be a whole number or a mapping, but is `http` [http: expected a whole number or a mapping]
        wrong-type: `volumes.data.efs.fileSystem` must be text, but is a list [fileSystem: expected text]
        bad-format: `secrets.KEY` can't be `vault/key` [vault/key: expected `ssm:/name`, `secretsmanager:name[:jsonKey[:versionStage[:versionId]]]`, or the ARN of a parameter or secret]
        "#);
    }

    #[test]
    fn one_sentence_for_a_choice_of_forms() {
        let network = |vpc: &str| problems(&format!("{{ kind: Network, name: n, vpc: {vpc} }}"));
        let all: Vec<String> = [
            "defualt",
            "{ ids: x }",
            "{ id: 5 }",
            "{ id: vpc-1 }",
            "{}",
            "[a]",
            "{ id: vpc-12345678, tags: {} }",
        ]
        .map(network)
        .into();
        insta::assert_snapshot!(all.join("\n"), @r#"
        bad-choice: `vpc` can't be `defualt` [defualt: expected `default`] -> did you mean `default`?
        unknown-field: `vpc` has no field `ids` [ids: not a field here] -> did you mean `id`?
        wrong-type: `vpc.id` must be text, but is `5` [5: expected text] -> put it in quotes
        bad-format: `vpc.id` can't be `vpc-1` [vpc-1: expected the id of a VPC such as `vpc-0123456789abcdef0`]
        wrong-type: `vpc` must have exactly one of `id`, `tags` [vpc: one is needed]
        wrong-type: `vpc` must be text or a mapping, but is a list [vpc: expected text or a mapping]
        wrong-type: `vpc` must have exactly one of `id`, `tags` [vpc: one is needed]
        "#);
    }

    #[test]
    fn a_document_says_what_it_is() {
        insta::assert_snapshot!([problems("{ kind: Servise, name: x }"), problems("{ name: x }"), problems("{ kind: Zebra }")].join("\n"), @"
        unknown-kind: unknown kind `Servise` [Servise: not a kind] -> did you mean `Service`?
        missing-field: missing field `kind` [name: this document does not say what it is] -> add `kind:` with one of App, Network, Cluster, LoadBalancer, FileSystem, TaskRole, Service, Job
        unknown-kind: unknown kind `Zebra` [Zebra: not a kind] -> the kinds are App, Network, Cluster, LoadBalancer, FileSystem, TaskRole, Service, Job
        ");
    }

    #[test]
    fn other_environments_are_checked_before_their_deploy() {
        let overlay =
            "{ desiredCount: '${COUNT}', memmory: 5, containers: [{ name: app, cpus: 1 }] }";
        let text = format!(
            "{{ kind: Service, name: web, image: nginx, environments: {{ prod: {overlay} }} }}"
        );
        let nodes = parse(&text);
        insta::assert_snapshot!(render(&text, &check_overlays(&nodes[0])), @r#"
        unknown-field: `environments.prod` has no field `memmory` [memmory: not a field here] -> did you mean `memory`?
        unknown-field: `environments.prod.containers[0]` has no field `cpus` [cpus: not a field here] -> did you mean `cpu`?
        "#);
    }

    #[test]
    fn scalars_stay_text_where_text_is_asked_for() {
        let nodes = parse(
            "{ kind: Service, name: web, image: nginx, environment: { DEBUG: False, ID: 0123, N: 1.10 }, command: [sleep, 010] }",
        );
        let Ok(Checked { document: Document::Service(service), .. }) = check(&nodes[0]) else {
            panic!("a right document")
        };
        let values: Vec<_> = service.environment.values().map(Text::as_str).collect();
        assert_eq!(values, ["False", "0123", "1.10"]);
    }
}
