//! `ecsctl render`

use super::exit::{Exit, Failure};
use super::open;
use crate::cli::Global;

/// Print the manifests as they are for the environment: variables and environment merged in
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(global: &Global, _args: &Args) -> Result<Exit, Failure> {
    let opened = open::stack(global)?;
    global.terminal().result(&format!("{:#?}\n", opened.stack))?;
    Ok(Exit::Done)
}
