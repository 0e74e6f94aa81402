//! IAM policies as statements by Sid, and as the JSON documents that AWS keeps.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::model::resolved::task_role::{self, Effect};
use crate::value::{Resolvable, Set};

/// Statements by Sid.
pub type Policy = BTreeMap<String, Statement>;

/// Operator → key → values.
pub type Conditions = BTreeMap<String, BTreeMap<String, Set<Resolvable>>>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    pub effect: Effect,
    /// By their type, such as `Service`; only the statements of a trust policy have any.
    pub principals: BTreeMap<String, Set<String>>,
    pub actions: Set<String>,
    pub resources: Set<Resolvable>,
    pub conditions: Conditions,
    /// Elements that ecsctl never writes, as JSON: `"NotAction":"s3:*"`.
    pub others: Set<String>,
}

impl Statement {
    /// Allows `actions` on `resources`.
    pub fn allow<R: Into<Resolvable>>(
        actions: &[&str],
        resources: impl IntoIterator<Item = R>,
    ) -> Self {
        Self {
            effect: Effect::Allow,
            principals: BTreeMap::new(),
            actions: actions.iter().map(ToString::to_string).collect(),
            resources: resources.into_iter().map(Into::into).collect(),
            conditions: Conditions::new(),
            others: Set::default(),
        }
    }

    /// Only where the key has this value, or one of them.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, value: impl Into<Resolvable>) -> Self {
        let keys = self.conditions.entry(operator.to_owned()).or_default();
        keys.entry(key.to_owned()).or_default().0.insert(value.into());
        self
    }
}

impl From<&task_role::Statement> for Statement {
    fn from(written: &task_role::Statement) -> Self {
        let values = |values: &Vec<String>| values.iter().cloned().map(Resolvable::from).collect();
        let keys = |keys: &BTreeMap<String, Vec<String>>| {
            keys.iter().map(|(key, all)| (key.clone(), values(all))).collect()
        };
        let conditions = written.conditions.iter();
        Self {
            effect: written.effect,
            principals: BTreeMap::new(),
            actions: written.actions.iter().cloned().collect(),
            resources: values(&written.resources),
            conditions: conditions.map(|(operator, it)| (operator.clone(), keys(it))).collect(),
            others: Set::default(),
        }
    }
}

/// What a statement without a Sid goes by: its place, counted from 1.
pub(super) fn sid(written: Option<&str>, index: usize) -> String {
    match written {
        Some(sid) if !sid.is_empty() => sid.to_owned(),
        _ => format!("Statement{}", index + 1),
    }
}

/// The document that AWS is sent. All that the policy refers to must be known.
pub(super) fn document(policy: &Policy) -> String {
    let statements: Vec<Json> = policy.iter().map(|(sid, it)| written(sid, it)).collect();
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn written(sid: &str, statement: &Statement) -> Json {
    let mut fields = Map::new();
    fields.insert("Sid".to_owned(), json!(sid));
    fields.insert("Effect".to_owned(), json!(statement.effect));
    let mut add = |name: &str, is_empty: bool, value: Json| {
        if !is_empty {
            fields.insert(name.to_owned(), value);
        }
    };
    let Statement { principals, actions, resources, conditions, .. } = statement;
    add("Principal", principals.is_empty(), json!(principals));
    add("Action", actions.0.is_empty(), json!(actions));
    add("Resource", resources.0.is_empty(), json!(resources));
    add("Condition", conditions.is_empty(), json!(conditions));
    Json::Object(fields)
}

/// Reads a document as AWS returns it: percent-encoded, with single values for lists of one.
pub fn read(document: &str) -> Policy {
    let document = percent_decode_str(document).decode_utf8_lossy();
    let document: Json = serde_json::from_str(&document).unwrap_or_default();
    let statements = items(&document["Statement"]).filter_map(Json::as_object);
    let named = statements.enumerate().map(|(index, fields)| {
        let written = fields.get("Sid").and_then(Json::as_str);
        (sid(written, index), statement(fields))
    });
    named.collect()
}

fn statement(fields: &Map<String, Json>) -> Statement {
    let mut read = Statement::allow(&[], [] as [&str; 0]);
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("Sid", _) => {}
            ("Effect", value) if *value == json!(Effect::Allow) => {}
            ("Effect", value) if *value == json!(Effect::Deny) => read.effect = Effect::Deny,
            ("Principal", Json::Object(types)) => {
                read.principals =
                    types.iter().map(|(name, ids)| (name.clone(), texts(ids).collect())).collect();
            }
            ("Action", actions) => read.actions = texts(actions).collect(),
            ("Resource", resources) => read.resources = values(resources),
            ("Condition", Json::Object(operators)) => {
                read.conditions =
                    operators.iter().map(|(name, it)| (name.clone(), keys(it))).collect();
            }
            (other, value) => {
                read.others.0.insert(format!("{other:?}:{value}"));
            }
        }
    }
    read
}

fn keys(json: &Json) -> BTreeMap<String, Set<Resolvable>> {
    let keys = json.as_object().into_iter().flatten();
    keys.map(|(key, all)| (key.clone(), values(all))).collect()
}

fn values(json: &Json) -> Set<Resolvable> {
    texts(json).map(Resolvable::from).collect()
}

fn texts(json: &Json) -> impl Iterator<Item = String> + '_ {
    items(json).map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
}

/// The items of a list, or the one value that stands for a list of itself.
fn items(json: &Json) -> impl Iterator<Item = &Json> {
    match json {
        Json::Null => [].iter(),
        Json::Array(items) => items.iter(),
        single => std::slice::from_ref(single).iter(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_back_as_it_was_written() {
        let mail = Statement::allow(&["ses:SendEmail", "ses:SendRawEmail"], ["*"])
            .when("StringEquals", "ses:FromAddress", "shop@example.com")
            .when("Bool", "aws:SecureTransport", "true");
        let policy = Policy::from([("Mail".to_owned(), mail)]);
        let document = document(&policy);
        assert_eq!(
            document,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Mail","Effect":"Allow","Action":["ses:SendEmail","ses:SendRawEmail"],"Resource":["*"],"Condition":{"Bool":{"aws:SecureTransport":["true"]},"StringEquals":{"ses:FromAddress":["shop@example.com"]}}}]}"#
        );
        assert_eq!(read(&document), policy);
    }

    #[test]
    fn the_forms_that_aws_and_people_write_are_the_same() {
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Sid%22%3A%22%22%2C%22Effect%22%3A%22Deny%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22a+b%22%2C%22Condition%22%3A%7B%22Bool%22%3A%7B%22aws%3ASecureTransport%22%3Afalse%7D%7D%7D%7D";
        let deny = Statement { effect: Effect::Deny, ..Statement::allow(&["s3:*"], ["a+b"]) };
        let deny = deny.when("Bool", "aws:SecureTransport", "false");
        assert_eq!(read(encoded), Policy::from([("Statement1".to_owned(), deny)]));
    }

    #[test]
    fn elements_that_we_never_write_are_a_difference() {
        let policy =
            read(r#"{"Statement":[{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}]}"#);
        let others = &policy["Statement1"].others;
        assert_eq!(others, &Set::from_iter([r#""NotAction":"s3:*""#.to_owned()]));
    }
}
