//! What the manifests mean: documents as types, the schema made from them, and the resolved stack.

pub mod documents;
