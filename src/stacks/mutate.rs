//! Changes an application as people do: documents and fields come, go and get other names.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value as Json, json};

use super::application::Application;

/// One edit; what it takes it takes from another application.
#[derive(Clone, Debug)]
pub(super) enum Mutation {
    Remove(Index),
    Add(Index),
    Rename(Index),
    /// Takes a field of a document from one of the same kind, or its absence.
    Field(Index, Index, Index),
}

pub(super) fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let one = prop_oneof![
        2 => any::<Index>().prop_map(Mutation::Remove),
        2 => any::<Index>().prop_map(Mutation::Add),
        1 => any::<Index>().prop_map(Mutation::Rename),
        8 => any::<(Index, Index, Index)>()
            .prop_map(|(document, source, field)| Mutation::Field(document, source, field)),
    ];
    prop::collection::vec(one, 1..=6)
}

impl Application {
    /// Makes each edit that leaves the application valid.
    pub(super) fn mutated(&self, mutations: &[Mutation], other: &Self) -> Self {
        mutations.iter().fold(self.clone(), |application, mutation| {
            let next = application.edited(mutation, other);
            if next.stack().is_ok() { next } else { application }
        })
    }

    fn edited(&self, mutation: &Mutation, other: &Self) -> Self {
        let mut documents = self.documents.clone();
        match mutation {
            Mutation::Remove(index) => {
                documents.remove(index.index(documents.len()));
            }
            Mutation::Add(index) => documents.push(index.get(&other.documents).clone()),
            Mutation::Rename(index) => {
                let document = index.get(&documents).clone();
                rename(&mut documents, &document);
            }
            Mutation::Field(document, source, field) => {
                let document = document.index(documents.len());
                take_field(&mut documents[document], *source, *field, other);
            }
        }
        Self { documents }
    }
}

/// Gives a document another name, and all that refer to it. An application of another name is another
/// one, which leaves the old one where it is.
fn rename(documents: &mut [Json], document: &Json) {
    let kind = document["kind"].as_str().expect("a kind");
    if kind == "App" {
        return;
    }
    let name = &document["name"];
    let new = json!(format!("{}-2", name.as_str().expect("a name")));
    for other in documents {
        if other["kind"] == kind && other["name"] == *name {
            other["name"] = new.clone();
        }
        let key = format!("{}{}", kind[..1].to_lowercase(), &kind[1..]);
        refer(other, &key, name, &new);
    }
}

/// Puts `new` in the place of `old` wherever it is the value of `key`.
fn refer(json: &mut Json, key: &str, old: &Json, new: &Json) {
    match json {
        Json::Object(fields) => {
            for (field, value) in fields {
                if field == key && value == old {
                    *value = new.clone();
                }
                refer(value, key, old, new);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| refer(item, key, old, new)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn take_field(document: &mut Json, source: Index, field: Index, other: &Application) {
    let others = other.documents.iter();
    let same_kind: Vec<_> = others.filter(|other| other["kind"] == document["kind"]).collect();
    let Some(target) = document.as_object_mut().filter(|_| !same_kind.is_empty()) else { return };
    let source = source.get(&same_kind).as_object().expect("a document has fields");
    let mut fields: Vec<String> = source.keys().chain(target.keys()).cloned().collect();
    fields.sort();
    fields.dedup();
    let field = field.get(&fields);
    if field == "kind" || field == "name" {
        return;
    }
    match source.get(field) {
        Some(value) => target.insert(field.clone(), value.clone()),
        None => target.shift_remove(field),
    };
}
