//! The program: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use ecsctl::cli::Cli;
use ecsctl::commands::{dispatch, exit::Exit, misused};
use ecsctl::report::defect;

fn main() -> ExitCode {
    defect::install();
    let ended = std::panic::catch_unwind(|| match Cli::try_parse() {
        Ok(cli) => dispatch(&cli),
        Err(error) => misused(&error),
    });
    ended.unwrap_or(Exit::Error).into()
}
