//! Text to nodes: YAML files become trees that know the byte span of every key and value.

pub mod decode;
pub mod node;
pub mod problem;
pub mod source;
mod syntax;
pub mod yaml;
