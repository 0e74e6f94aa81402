//! `ecsctl validate`

use super::exit::{Exit, Failure};
use super::open::{self, Loaded};
use crate::cli::Global;
use crate::manifest::problem::{Problem, Severity};
use crate::manifest::source::Sources;
use crate::model::resolve::resolve;
use crate::report::events::Event;
use crate::report::events::run::{End, Problems, Start};
use crate::report::terminal::{self, Terminal};
use crate::report::words::plural;
use crate::report::{github, sarif};

/// Check the manifests without an account: every mistake at once, each with its place and its cure
///
/// Checks them for every environment of the application, or for that of -e.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Form of the problems; default: that of --output
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
}

/// How problems are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for people
    Human,
    /// As --output json
    Json,
    /// Workflow commands of GitHub Actions
    Github,
    /// A SARIF 2.1.0 log
    Sarif,
}

/// What was checked, and what was found.
struct Checked {
    sources: Sources,
    problems: Vec<Problem>,
    environments: Vec<String>,
    documents: usize,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let format = args.format.unwrap_or(match global.output {
        terminal::Format::Human => Format::Human,
        terminal::Format::Json => Format::Json,
    });
    let checked = check(global);
    let exit = exit_of(&checked.problems);
    let terminal = global.terminal();
    let (problems, sources) = (&checked.problems, &checked.sources);
    match format {
        Format::Human => write_text(&checked, exit, global)?,
        Format::Json => write_events(&checked, exit, &terminal)?,
        Format::Github => terminal.verbatim(&commands(problems, sources, &terminal))?,
        Format::Sarif => terminal.result(&format!("{:#}\n", sarif::log(problems, sources)))?,
    }
    Ok(exit)
}

fn exit_of(problems: &[Problem]) -> Exit {
    let has_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    if has_errors { open::exit_of(problems) } else { Exit::Done }
}

fn check(global: &Global) -> Checked {
    match open::load(global) {
        Err((sources, problems)) => {
            Checked { sources, problems, environments: vec![], documents: 0 }
        }
        Ok(loaded) => {
            let environments =
                global.env.clone().map_or_else(|| loaded.environments(), |name| vec![name]);
            let problems = in_all(&loaded, &environments);
            let documents = loaded.documents();
            Checked { sources: loaded.sources, problems, environments, documents }
        }
    }
}

/// The problems of all environments, each once. One that not all have names those that have it.
fn in_all(loaded: &Loaded, environments: &[String]) -> Vec<Problem> {
    let mut found: Vec<(Problem, Vec<&str>)> = vec![];
    for environment in environments {
        let problems = match resolve(loaded.input(Some(environment))) {
            Ok((_, warnings)) => warnings,
            Err(problems) => problems,
        };
        for problem in problems {
            match found.iter_mut().find(|(known, _)| is_same(known, &problem)) {
                Some((_, known_in)) => known_in.push(environment),
                None => found.push((problem, vec![environment])),
            }
        }
    }
    let named = |(problem, found_in): (Problem, Vec<&str>)| {
        if found_in.len() == environments.len() {
            return problem;
        }
        let message = format!("{} (in {})", problem.message, found_in.join(", "));
        Problem { message, ..problem }
    };
    let mut problems: Vec<Problem> = found.into_iter().map(named).collect();
    problems.sort_by_key(place);
    problems
}

fn is_same(left: &Problem, right: &Problem) -> bool {
    let identity = |problem: &Problem| (problem.code, problem.message.clone(), place(problem));
    identity(left) == identity(right)
}

fn place(problem: &Problem) -> Option<(u32, usize)> {
    problem.labels.first().map(|label| (label.span.source.0, label.span.range.start))
}

/// Workflow commands, wherever the command runs.
fn commands(problems: &[Problem], sources: &Sources, terminal: &Terminal) -> String {
    let workflow = terminal.workflow().cloned().unwrap_or_default();
    github::annotations::annotations(&open::masked(problems, terminal), sources, &workflow)
}

fn write_text(checked: &Checked, exit: Exit, global: &Global) -> Result<(), Failure> {
    let terminal = global.terminal();
    terminal.narrate(&open::drawn(&checked.problems, &checked.sources, &terminal));
    terminal.annotate(&open::annotations(&checked.problems, &checked.sources, &terminal));
    if exit != Exit::Done {
        return Ok(());
    }
    let noun = if checked.environments.len() == 1 { "environment" } else { "environments" };
    let line = format!(
        "{} is valid: {} in the {noun} {}.\n",
        global.manifests,
        plural(checked.documents, "document"),
        checked.environments.join(", "),
    );
    Ok(terminal.result(&line)?)
}

fn write_events(checked: &Checked, exit: Exit, terminal: &Terminal) -> Result<(), Failure> {
    let environments = Some(checked.environments.clone());
    terminal.begin(Start { environments, ..Start::of("validate") })?;
    for problem in &checked.problems {
        terminal.event(&open::problem_event(problem, &checked.sources))?;
    }
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let errors = checked.problems.iter().filter(is_error).count();
    let warnings = checked.problems.len() - errors;
    let problems = Some(Problems { errors, warnings });
    let end = End { problems, exit_code: exit.code(), ..End::default() };
    Ok(terminal.event(&Event::End(end))?)
}
