//! Text to nodes: YAML files become trees that know the byte span of every key and value.

pub mod node;
pub mod problem;
