//! One file per command; its doc comment is its help.

pub mod abort;
pub mod apply;
pub mod completions;
pub mod deploy;
pub mod destroy;
pub mod events;
pub mod exec;
pub mod exit;
pub mod explain;
pub mod history;
pub mod init;
mod interrupts;
pub mod logs;
mod looking;
mod open;
pub mod operating;
pub mod plan;
mod plugin;
pub mod render;
pub mod restart;
pub mod resume;
pub mod rollback;
mod run;
pub mod run_task;
pub mod scale;
pub mod schema;
mod site;
pub mod status;
pub mod tasks;
pub mod validate;
pub mod verify;
pub mod wait;
mod workflow;

use clap::error::ErrorKind;

use crate::cli::{Cli, Command};
use crate::report::events::run::Start;
use crate::report::terminal::Terminal;
use exit::{Exit, Failure};

/// Runs the command. A failure has been told to the user when this returns.
pub fn dispatch(cli: &Cli) -> Exit {
    let global = &cli.global;
    if let Some(workflow) = workflow::of_environment() {
        global.terminal().write_in(workflow);
    }
    let ended = match &cli.command {
        Command::Init(args) => init::run(global, args),
        Command::Validate(args) => validate::run(global, args),
        Command::Render(args) => render::run(global, args),
        Command::Verify(args) => verify::run(global, args),
        Command::Plan(args) => plan::run(global, args),
        Command::Apply(args) => apply::run(global, args),
        Command::Destroy(args) => destroy::run(global, args),
        Command::Run(args) => run_task::run(global, args),
        Command::Exec(args) => exec::run(global, args),
        Command::Logs(args) => logs::run(global, args),
        Command::Status(args) => status::run(global, args),
        Command::Events(args) => events::run(global, args),
        Command::History(args) => history::run(global, args),
        Command::Tasks(args) => tasks::run(global, args),
        Command::Deploy(args) => deploy::run(global, args),
        Command::Rollback(args) => rollback::run(global, args),
        Command::Abort(args) => abort::run(global, args),
        Command::Resume(args) => resume::run(global, args),
        Command::Scale(args) => scale::run(global, args),
        Command::Restart(args) => restart::run(global, args),
        Command::Wait(args) => wait::run(global, args),
        Command::Explain(args) => explain::run(global, args),
        Command::Schema(args) => schema::run(global, args),
        Command::Completions(args) => completions::run(global, args),
    };
    ended.unwrap_or_else(|failure| tell(&failure, &global.terminal(), Some(cli.command.name())))
}

/// Says what is wrong with the arguments, or the help that they ask for.
pub fn misused(error: &clap::Error) -> Exit {
    // Nobody is left to tell when the terminal is closed.
    let _ = error.print();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Exit::Done;
    }
    let terminal = Terminal::default();
    if let Some(workflow) = workflow::of_environment() {
        terminal.write_in(workflow);
    }
    workflow::annotate_failure(&failure_of(error), &terminal, None);
    if asks_for_json() {
        events(&failure_of(error), &terminal, None);
    }
    Exit::Usage
}

/// Clap says what is wrong, then gives tips, then the usage, with empty lines between them.
fn failure_of(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let mut parts = text.split("\n\n").map(str::trim);
    let message = parts.next().unwrap_or_default().trim_start_matches("error: ");
    let hint = parts.find_map(|part| part.strip_prefix("tip: "));
    Failure { hint: hint.map(str::to_owned), ..Failure::new(Exit::Usage, message) }
}

/// Arguments that cannot be parsed may still say in which form to complain.
#[expect(clippy::disallowed_methods, reason = "clap, which reads it else, gave up")]
fn asks_for_json() -> bool {
    let arguments: Vec<_> = std::env::args_os().collect();
    let is_asked = arguments.windows(2).any(|pair| pair[0] == "--output" && pair[1] == "json");
    is_asked
        || arguments.iter().any(|argument| argument == "--output=json")
        || std::env::var_os("ECSCTL_OUTPUT").is_some_and(|format| format == "json")
}

fn tell(failure: &Failure, terminal: &Terminal, command: Option<&str>) -> Exit {
    if terminal.is_json() {
        events(failure, terminal, command);
    }
    terminal.narrate(&failure.text());
    workflow::annotate_failure(failure, terminal, command);
    failure.exit
}

/// A reader that went away is the only one that would have been told.
fn events(failure: &Failure, terminal: &Terminal, command: Option<&str>) {
    let _ = terminal.begin(command.map_or_else(Start::of_nothing, Start::of));
    for event in failure.events() {
        let _ = terminal.event(&event);
    }
}
