//! `ecsctl schema`

use super::exit::{Exit, Failure};
use crate::cli::Global;
use crate::model;
use crate::report::events;

/// Print the JSON Schema of the manifests, for editors
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print that of the events that --output json writes, for programs
    #[arg(long)]
    pub events: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let schema = if args.events { events::schema() } else { model::schema::schema() };
    let text = serde_json::to_string_pretty(&schema).expect("a schema has string keys only");
    global.terminal().verbatim(&format!("{text}\n"))?;
    Ok(Exit::Done)
}
