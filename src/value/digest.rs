//! Digests of content.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// Hex SHA-256 of `json`, whatever the order of its keys; the first 32 characters. A null counts as
/// absent, so that a field which a new version adds changes the digest only where it is used.
pub fn digest_of(json: &Json) -> String {
    digest(canonical(json).to_string().as_bytes())[..32].to_owned()
}

fn canonical(json: &Json) -> Json {
    match json {
        Json::Object(fields) => {
            let ordered: BTreeMap<_, _> =
                fields.iter().filter(|(_, value)| !value.is_null()).collect();
            let entry = |(key, value): (&String, &Json)| (key.clone(), canonical(value));
            Json::Object(ordered.into_iter().map(entry).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(canonical).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => json.clone(),
    }
}

/// Hex SHA-256.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}
