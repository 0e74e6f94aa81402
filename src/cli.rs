//! The command line: what can be said, and to which command it goes.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand};

use crate::commands;
use crate::report::terminal::{Color, Format, Terminal};

/// Deploy applications to Amazon ECS from YAML manifests
#[derive(Debug, Parser)]
#[command(name = "ecsctl", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Directory with the application's manifests
    #[arg(short = 'f', long, global = true, env = "ECSCTL_MANIFESTS", value_name = "DIR", default_value = "manifests", value_hint = clap::ValueHint::DirPath)]
    pub manifests: Utf8PathBuf,
    /// Environment of the application
    #[arg(short = 'e', long, global = true, env = "ECSCTL_ENV", value_name = "NAME")]
    pub env: Option<String>,
    /// Work on a mock account in this file, not on AWS
    #[arg(long, global = true, env = "ECSCTL_MOCK", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub mock: Option<Utf8PathBuf>,
    /// AWS Region
    #[arg(long, global = true, env = "ECSCTL_REGION", value_name = "NAME")]
    pub region: Option<String>,
    /// Profile of the AWS configuration
    #[arg(long, global = true, env = "ECSCTL_PROFILE", value_name = "NAME")]
    pub profile: Option<String>,
    /// Set a variable of the manifests
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Read variables of the manifests from a file: NAME=value lines, or YAML
    #[arg(long, global = true, env = "ECSCTL_VAR_FILE", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub var_file: Option<Utf8PathBuf>,
    /// Form of the results
    #[arg(
        long,
        global = true,
        env = "ECSCTL_OUTPUT",
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub output: Format,
    /// When to colour
    #[arg(
        long,
        global = true,
        env = "ECSCTL_COLOR",
        value_enum,
        default_value_t,
        value_name = "WHEN"
    )]
    pub color: Color,
    /// Show more: the fields of what is created, the calls of an observation, the origin of each value
    #[arg(short, long, global = true, env = "ECSCTL_VERBOSE")]
    pub verbose: bool,
    #[arg(skip)]
    writer: Terminal,
}

impl Global {
    pub fn terminal(&self) -> Terminal {
        self.writer.with(self.output, self.color)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Init(commands::init::Args),
    Validate(commands::validate::Args),
    Render(commands::render::Args),
    Verify(commands::verify::Args),
    Plan(commands::plan::Args),
    Apply(commands::apply::Args),
    Destroy(commands::destroy::Args),
    Run(commands::run_task::Args),
    Logs(commands::logs::Args),
    Exec(commands::exec::Args),
    Status(commands::status::Args),
    Events(commands::events::Args),
    History(commands::history::Args),
    Tasks(commands::tasks::Args),
    Deploy(commands::deploy::Args),
    Rollback(commands::rollback::Args),
    Abort(commands::abort::Args),
    Resume(commands::resume::Args),
    Scale(commands::scale::Args),
    Restart(commands::restart::Args),
    Wait(commands::wait::Args),
    Explain(commands::explain::Args),
    Schema(commands::schema::Args),
    Completions(commands::completions::Args),
}

impl Command {
    /// As it is called on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Validate(_) => "validate",
            Self::Render(_) => "render",
            Self::Verify(_) => "verify",
            Self::Plan(_) => "plan",
            Self::Apply(_) => "apply",
            Self::Destroy(_) => "destroy",
            Self::Run(_) => "run",
            Self::Logs(_) => "logs",
            Self::Exec(_) => "exec",
            Self::Status(_) => "status",
            Self::Events(_) => "events",
            Self::History(_) => "history",
            Self::Tasks(_) => "tasks",
            Self::Deploy(_) => "deploy",
            Self::Rollback(_) => "rollback",
            Self::Abort(_) => "abort",
            Self::Resume(_) => "resume",
            Self::Scale(_) => "scale",
            Self::Restart(_) => "restart",
            Self::Wait(_) => "wait",
            Self::Explain(_) => "explain",
            Self::Schema(_) => "schema",
            Self::Completions(_) => "completions",
        }
    }
}
