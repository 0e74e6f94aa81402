//! `ecsctl completions`

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::exit::{Exit, Failure};
use crate::cli::{Cli, Global};

/// Print a shell's completion script
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Shell to complete in
    #[arg(value_enum)]
    pub shell: Shell,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut Cli::command(), "ecsctl", &mut script);
    global.terminal().verbatim(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
