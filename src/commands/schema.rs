//! `ecsctl schema`

use super::exit::{Exit, Failure};
use crate::cli::Global;

/// Print the JSON Schema of the manifests, for editors
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(global: &Global, _args: &Args) -> Result<Exit, Failure> {
    let schema = crate::model::schema::schema();
    let text = serde_json::to_string_pretty(&schema).expect("a schema has string keys only");
    global.terminal().result(&format!("{text}\n"))?;
    Ok(Exit::Done)
}
