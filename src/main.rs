//! The program: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;
use ecsctl::cli::Cli;
use ecsctl::commands::{dispatch, exit::Exit};

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => dispatch(&cli).into(),
        Err(error) => {
            // Nothing can be done about a closed terminal here.
            let _ = error.print();
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done.into(),
                _ => Exit::Usage.into(),
            }
        }
    }
}
