//! Documents with their final values: YAML with origins for people, plain data for programs.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::{Value as Json, json};
use serde_saphyr::{Commented, SerializerOptions};

use super::events::Event;
use super::events::manifests::Document;
use crate::manifest::node::{Node, Plain, Scalar, Span};
use crate::manifest::source::Sources;
use crate::model::resolve::{FinalDocument, FinalValue, Origin};

/// What stands for a secret.
const MASK: &str = "(sensitive)";

/// The documents as YAML. Values that the environment or a variable decides are followed by their
/// origin; with `is_verbose` all are.
pub fn yaml(documents: &[FinalDocument], sources: &Sources, is_verbose: bool) -> String {
    let of = |document: &FinalDocument| {
        let mut text = format!("# {}\n", line(&document.place, sources));
        let shown = Shown { value: &document.value, sources, is_verbose };
        serde_saphyr::to_fmt_writer_with_options(&mut text, &shown, options())
            .expect("keys are text, and writing to a string works");
        text
    };
    documents.iter().map(of).collect::<Vec<_>>().join("---\n")
}

/// A scalar stays on one line, so that its origin can follow.
fn options() -> SerializerOptions {
    serde_saphyr::ser_options! { prefer_block_scalars: false, compact_list_indent: false }
}

/// A document as one event.
pub fn event(document: &FinalDocument, sources: &Sources) -> Event {
    let value = json(&document.value);
    let text = |field: &str| value[field].as_str().map(str::to_owned);
    Event::Document(Document {
        kind: text("kind"),
        name: text("name"),
        file: sources.path(document.place.source).to_string(),
        line: sources.start(&document.place).line,
        value,
    })
}

fn json(value: &FinalValue) -> Json {
    match value {
        FinalValue::Scalar { is_secret: true, .. } => json!(MASK),
        FinalValue::Scalar { scalar, place, .. } => typed(scalar, place),
        FinalValue::List(items) => items.iter().map(json).collect(),
        FinalValue::Map(entries) => {
            entries.iter().map(|(key, value)| (key.clone(), json(value))).collect()
        }
    }
}

fn typed(scalar: &Scalar, place: &Span) -> Json {
    use crate::manifest::node::Data;
    let data = Data::Scalar(scalar.clone());
    Node { span: place.clone(), defined: None, data }.to_json()
}

/// A value on its way to YAML.
struct Shown<'a> {
    value: &'a FinalValue,
    sources: &'a Sources,
    is_verbose: bool,
}

impl<'a> Shown<'a> {
    fn inner(&self, value: &'a FinalValue) -> Self {
        Self { value, ..*self }
    }

    fn scalar<S: Serializer>(
        &self,
        value: impl Serialize,
        place: &Span,
        origin: Origin,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if origin == Origin::Document && !self.is_verbose {
            return value.serialize(serializer);
        }
        Commented(value, line(place, self.sources)).serialize(serializer)
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            FinalValue::Scalar { place, origin, is_secret: true, .. } => {
                self.scalar(MASK, place, *origin, serializer)
            }
            FinalValue::Scalar { scalar, place, origin, .. } => match scalar.resolve() {
                Plain::Null => self.scalar((), place, *origin, serializer),
                Plain::Bool(value) => self.scalar(value, place, *origin, serializer),
                Plain::Int(value) => self.scalar(value, place, *origin, serializer),
                Plain::Float(value) => self.scalar(value, place, *origin, serializer),
                Plain::Text(text) => self.scalar(text, place, *origin, serializer),
            },
            FinalValue::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&self.inner(item)))?;
                list.end()
            }
            FinalValue::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &self.inner(value))?;
                }
                map.end()
            }
        }
    }
}

fn line(place: &Span, sources: &Sources) -> String {
    format!("{}:{}", sources.path(place.source), sources.start(place).line)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::manifest::yaml::parse;
    use crate::model::resolve::{Input, final_values};
    use crate::model::variables::Variables;

    const SHOP: &str = "\
kind: App
name: shop
environments: { dev: {}, prod: { variables: { TAG: '2' } } }
---
kind: Service
name: web
desiredCount: 1
containers:
  - name: app
    image: ${REGISTRY}/web:${TAG:-1}
    environment:
      LOG_LEVEL: debug # For now.
      VERSION: '1.10'
      DATABASE_URL: db://${DB_PASSWORD}@db
      API_TOKEN: abc
      MOTD: \"two\\nlines\"
    secrets: { DB_PASSWORD: ssm:/shop/db }
environments:
  prod: { desiredCount: 3, containers: [{ name: app, environment: { LOG_LEVEL: warn } }] }
";

    fn shop() -> (Sources, Vec<FinalDocument>) {
        let mut sources = Sources::default();
        let source = sources.add("shop.yaml", SHOP);
        let set = [("REGISTRY", "registry"), ("DB_PASSWORD", "hunter2")];
        let set: BTreeMap<_, _> =
            set.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let input = Input {
            documents: parse(source, SHOP).unwrap(),
            directory_name: "shop",
            environment: Some("prod"),
            variables: Variables { set, ..Variables::default() },
        };
        (sources, final_values(&input).unwrap())
    }

    #[test]
    fn what_the_environment_and_variables_decide_has_its_origin() {
        let (sources, documents) = shop();
        insta::assert_snapshot!(yaml(&documents, &sources, false), @r#"
        # shop.yaml:1
        kind: App
        name: shop
        environments:
          prod:
            variables:
              TAG: "2"
        ---
        # shop.yaml:5
        kind: Service
        name: web
        desiredCount: 3 # shop.yaml:19
        containers:
          - name: app # shop.yaml:19
            image: registry/web:2 # shop.yaml:10
            environment:
              LOG_LEVEL: warn # shop.yaml:19
              VERSION: "1.10"
              DATABASE_URL: (sensitive) # shop.yaml:14
              API_TOKEN: (sensitive)
              MOTD: "two\nlines"
            secrets:
              DB_PASSWORD: ssm:/shop/db
        "#);
    }

    #[test]
    fn every_value_has_its_origin_on_request() {
        let (sources, documents) = shop();
        let text = yaml(&documents[1..], &sources, true);
        assert!(
            text.lines()
                .filter(|line| !line.ends_with(':'))
                .all(|line| line.contains(" shop.yaml:")),
            "{text}"
        );
    }

    #[test]
    fn programs_get_values_without_secrets() {
        let (sources, documents) = shop();
        let event = serde_json::to_value(event(&documents[1], &sources)).unwrap();
        assert_eq!((&event["name"], &event["line"]), (&json!("web"), &json!(5)));
        assert_eq!(event["value"]["desiredCount"], 3);
        let environment = &event["value"]["containers"][0]["environment"];
        assert_eq!(environment["VERSION"], "1.10");
        assert_eq!(environment["DATABASE_URL"], MASK);
        assert_eq!(event["value"]["containers"][0]["secrets"]["DB_PASSWORD"], "ssm:/shop/db");
    }
}
