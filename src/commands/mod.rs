//! One file per command; its doc comment is its help.

pub mod apply;
pub mod completions;
pub mod destroy;
pub mod exit;
pub mod init;
mod open;
pub mod plan;
pub mod render;
mod run;
pub mod schema;
pub mod validate;

use crate::cli::{Cli, Command};
use exit::{Exit, Failure};

/// Runs the command. A failure has been told to the user when this returns.
pub fn dispatch(cli: &Cli) -> Exit {
    let global = &cli.global;
    let ended = match &cli.command {
        Command::Init(args) => init::run(global, args),
        Command::Validate(args) => validate::run(global, args),
        Command::Render(args) => render::run(global, args),
        Command::Plan(args) => plan::run(global, args),
        Command::Apply(args) => apply::run(global, args),
        Command::Destroy(args) => destroy::run(global, args),
        Command::Schema(args) => schema::run(global, args),
        Command::Completions(args) => completions::run(global, args),
    };
    ended.unwrap_or_else(|failure| tell(&failure, cli))
}

fn tell(failure: &Failure, cli: &Cli) -> Exit {
    let terminal = cli.global.terminal();
    if terminal.is_json() {
        // Its reader is the only one that would have been told.
        let _ = terminal.event(&failure.event());
    }
    terminal.narrate(&failure.text());
    failure.exit
}
