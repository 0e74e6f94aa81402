//! `ecsctl render`

use super::exit::{Exit, Failure};
use super::open::{self, Loaded};
use crate::cli::Global;
use crate::manifest::problem::Problem;
use crate::model::resolve::{FinalDocument, final_values, resolve};
use crate::report::events::run::Start;
use crate::report::final_values::{event, yaml};

/// Print the manifests as they are for the environment: variables and environment merged in
///
/// What the environment or a variable decides is followed by the place that says so; with -v every
/// value is. Values whose names promise a secret are not shown.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(global: &Global, _args: &Args) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    let loaded = open::load(global).map_err(|refused| open::failure(&refused, &terminal))?;
    let documents = match rendered(&loaded, global.env.as_deref()) {
        Ok(documents) => documents,
        Err(problems) => return Err(open::failure(&(loaded.sources, problems), &terminal)),
    };
    if !terminal.is_json() {
        terminal.result(&yaml(&documents, &loaded.sources, global.verbose))?;
        return Ok(Exit::Done);
    }
    terminal.begin(Start::of("render"))?;
    for document in &documents {
        terminal.event(&event(document, &loaded.sources))?;
    }
    Ok(Exit::Done)
}

/// Manifests with mistakes have no final values.
fn rendered(
    loaded: &Loaded,
    environment: Option<&str>,
) -> Result<Vec<FinalDocument>, Vec<Problem>> {
    resolve(loaded.input(environment))?;
    final_values(&loaded.input(environment))
}
