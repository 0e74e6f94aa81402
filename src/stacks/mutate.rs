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
    Field(Index, Index),
}

pub(super) fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let one = prop_oneof![
        2 => any::<Index>().prop_map(Mutation::Remove),
        2 => any::<Index>().prop_map(Mutation::Add),
        1 => any::<Index>().prop_map(Mutation::Rename),
        8 => any::<(Index, Index)>().prop_map(|(document, field)| Mutation::Field(document, field)),
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
            Mutation::Field(document, field) => {
                let document = document.index(documents.len());
                take_field(&mut documents[document], *field, other);
            }
        }
        Self { documents }
    }
}

/// Gives a document another name, and all that refer to it.
fn rename(documents: &mut [Json], document: &Json) {
    let kind = document["kind"].as_str().expect("a kind");
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

fn take_field(document: &mut Json, field: Index, other: &Application) {
    let same_kind = other.documents.iter().find(|other| other["kind"] == document["kind"]);
    let (Some(source), Some(target)) =
        (same_kind.and_then(Json::as_object), document.as_object_mut())
    else {
        return;
    };
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
