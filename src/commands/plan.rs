//! `ecsctl plan`

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::exit::{Exit, Failure};
use super::open::{self, Opened};
use super::workflow;
use crate::backend::Access;
use crate::cli::Global;
use crate::kind::LiveRow;
use crate::model::stack::Stack;
use crate::plan::file::{FORMAT, PlanFile, fingerprints};
use crate::plan::{Options, Plan, Verb};
use crate::report::events::{self, run::Start};
use crate::report::markdown::{self, Subject};
use crate::report::plan::{Details, Heading, heading, parts};
use crate::report::terminal::{Part, Terminal};
use crate::session::{Ground, Survey};
use crate::value::{Address, Value};

/// Show what apply would do: every change by field, every API call in order
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub scope: Scope,
    /// Save the plan, for `apply FILE`
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub out: Option<Utf8PathBuf>,
    /// Print it as Markdown of at most 60,000 bytes, for a comment on a pull request
    #[arg(long)]
    pub markdown: bool,
    /// Exit with 2 when there is something to do
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// What a plan takes in.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Scope {
    /// Delete what is owned and in no manifest
    #[arg(long)]
    pub prune: bool,
    /// Take over a resource that bears a derived name and is not owned, such as cluster/main
    #[arg(long, value_name = "ADDRESS")]
    pub adopt: Vec<String>,
    /// Replace instances that run an older version of their launch template
    #[arg(long)]
    pub refresh_instances: bool,
    /// Read what the fast plan takes from digests too
    #[arg(long)]
    pub deep: bool,
}

impl Scope {
    /// The planner's options; what the manifests protect is added by whoever has them.
    pub(super) fn options(&self) -> Result<Options, Failure> {
        let parse = |text: &String| {
            Address::parse(text).ok_or_else(|| {
                Failure::new(Exit::Usage, format!("`--adopt {text}` is not an address"))
                    .hint("addresses are kind/name, such as cluster/main")
            })
        };
        let adopt = self.adopt.iter().map(parse).collect::<Result<BTreeSet<_>, _>>()?;
        Ok(Options { prune: self.prune, adopt, protected: BTreeSet::new() })
    }
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    if args.markdown && global.terminal().is_json() {
        let message = "`--markdown` and `--output json` are two forms of one result";
        return Err(Failure::new(Exit::Usage, message).hint("leave one of them out"));
    }
    let opened = open::stack(global)?;
    open::block_on(open::unless_cancelled(async {
        let ground = open::ground(global, &opened.stack, Access::Read, Duration::ZERO).await?;
        let survey = surveyed(&ground, &opened, &args.scope, &global.terminal()).await?;
        if args.markdown {
            comment(global, &ground, &survey, &opened)?;
        } else {
            show("plan", global, &ground, &survey, &opened)?;
        }
        if let Some(path) = &args.out {
            save(path, &ground, &survey, &args.scope)?;
            let line = format!("Saved to {path}: `ecsctl apply {path}` does exactly this.\n");
            global.terminal().narrate(&line);
        }
        let has_changes = !survey.plan.is_empty();
        Ok(if args.detailed_exitcode && has_changes { Exit::Changes } else { Exit::Done })
    }))
}

/// Plans the way to what the manifests say.
pub(super) async fn surveyed(
    ground: &Ground,
    opened: &Opened,
    scope: &Scope,
    terminal: &Terminal,
) -> Result<Survey, Failure> {
    let refresh_instances = scope.refresh_instances;
    let desired = ground.desired(&Stack { refresh_instances, ..opened.stack.clone() });
    let protected = desired.iter().filter(|row| row.protect).map(|row| row.address.clone());
    let options = Options { protected: protected.collect(), ..scope.options()? };
    let mut survey = ground.plan(desired, &options, scope.deep).await?;
    ground.foresee(&opened.stack, &mut survey).await;
    conceal(&mut survey.plan, terminal);
    Ok(survey)
}

/// What holds a secret now may have held another one before, which nobody told us.
fn conceal(plan: &mut Plan, terminal: &Terminal) {
    for change in plan.actions.iter_mut().flat_map(|action| &mut action.changes) {
        let after = change.after.as_ref().map(ToString::to_string).unwrap_or_default();
        if terminal.masked(&after) != after {
            change.before = change.before.as_ref().map(Value::concealed);
        }
    }
}

/// Writes a plan as a result.
pub(super) fn show(
    command: &str,
    global: &Global,
    ground: &Ground,
    survey: &Survey,
    opened: &Opened,
) -> Result<(), Failure> {
    let about = about(command, ground, survey);
    let terminal = global.terminal();
    if terminal.is_json() {
        terminal.begin(Start::observed(&about))?;
        for problem in &opened.warnings {
            terminal.event(&open::problem_event(problem, &opened.sources))?;
        }
        for event in events::plan::events(&survey.plan, &opened.sources) {
            terminal.event(&event)?;
        }
        return Ok(());
    }
    let heading = Part::Text(format!("{}\n\n", heading(&about, global.verbose)));
    let details = global.verbose.then(|| created(ground, survey));
    let body = parts(&survey.plan, &opened.sources, details.as_ref());
    terminal.parts(&[vec![heading], body].concat())?;
    Ok(())
}

/// Writes a plan as the comment on a pull request, and as the summary of a job.
fn comment(
    global: &Global,
    ground: &Ground,
    survey: &Survey,
    opened: &Opened,
) -> Result<(), Failure> {
    let terminal = global.terminal();
    let mask = |text: &str| terminal.masked(text).into_owned();
    let heading = &about("plan", ground, survey);
    let (plan, sources) = (&survey.plan, &opened.sources);
    let text = markdown::comment(&Subject { heading, plan, sources, mask: &mask });
    terminal.verbatim(&text)?;
    workflow::summarize(&text, &terminal);
    Ok(())
}

fn about<'a>(command: &'a str, ground: &'a Ground, survey: &'a Survey) -> Heading<'a> {
    let is_owned = |row: &&LiveRow| ground.scope.owns(&row.marks);
    Heading {
        command,
        scope: &ground.scope,
        facts: &ground.facts,
        observed: survey.observed.rows.iter().filter(is_owned).count(),
        calls: survey.observed.calls.as_ref(),
        shallow: survey.shallow,
    }
}

/// The fields of what the plan creates.
fn created(ground: &Ground, survey: &Survey) -> Details {
    let creates = survey.plan.actions.iter().filter(|action| action.verb == Verb::Create);
    let addresses: BTreeSet<_> = creates.map(|action| &action.address).collect();
    let rows = survey.desired.iter().filter(|row| addresses.contains(&row.address));
    rows.filter_map(|row| {
        let kind = ground.kinds.iter().find(|kind| kind.name() == row.address.kind)?;
        Some((row.address.clone(), kind.tree(&row.spec)))
    })
    .collect()
}

fn save(path: &Utf8Path, ground: &Ground, survey: &Survey, scope: &Scope) -> Result<(), Failure> {
    let file = PlanFile {
        format: FORMAT,
        app: ground.scope.app.clone(),
        environment: ground.scope.environment.clone(),
        account: ground.facts.account.clone(),
        region: ground.facts.region.clone(),
        prune: scope.prune,
        adopt: scope.adopt.iter().cloned().collect(),
        refresh_instances: scope.refresh_instances,
        actions: fingerprints(&survey.plan),
    };
    let text = serde_json::to_string_pretty(&file).expect("a plan file has string keys only");
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Error, format!("cannot write `{path}`: {error}"))
            .hint("choose a file in a directory that is there and writable")
    };
    let mut out = std::fs::File::create(path).map_err(failed)?;
    writeln!(out, "{text}").map_err(failed)
}
