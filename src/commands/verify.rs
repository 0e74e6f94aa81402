//! `ecsctl verify`

use std::collections::BTreeSet;
use std::time::Duration;

use super::exit::{Exit, Failure, Problems};
use super::open::{self, Opened};
use crate::backend::Access;
use crate::cli::Global;
use crate::manifest::problem::Problem;
use crate::plan::{Plan, Verb};
use crate::report::diagnostics;
use crate::report::events::run::{End, Start};
use crate::report::events::verify::{Check, Checked};
use crate::report::events::{Event, manifests};
use crate::report::terminal::Terminal;
use crate::report::verify::summary;
use crate::session::Ground;
use crate::verify::{Extent, Finding, Questions, Report, Scene, judge, questions};

/// Check against the account that what the manifests refer to is there and fits, before anything changes
///
/// Images and their platforms, secrets, environment files, roles of others, ways to the registry, security groups of
/// others, certificates and quotas. What could not be checked is a warning. Values of secrets are never read.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(global: &Global, _args: &Args) -> Result<Exit, Failure> {
    let opened = open::stack(global)?;
    open::block_on(open::unless_cancelled(async {
        let ground = open::ground(global, &opened.stack, Access::Read, Duration::ZERO).await?;
        let report = check(&ground, &opened, &Extent::all()).await;
        let exit = if report.has_failed() { Exit::Error } else { Exit::Done };
        write(&ground, &opened, &report, exit, &global.terminal())?;
        Ok(exit)
    }))
}

/// Makes the cheap checks of what a plan changes. Fails when one of them does, and tells what it warns of.
pub(super) async fn before(
    ground: &Ground,
    opened: &Opened,
    plan: &Plan,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let changing = plan.actions.iter().filter(|action| action.verb != Verb::Delete);
    let documents: BTreeSet<_> = changing.map(|action| action.manifest.address.clone()).collect();
    let extent = Extent::cheap(documents, &opened.stack);
    let report = check(ground, opened, &extent).await;
    if report.has_failed() {
        return Err(refused(&report, opened, terminal));
    }
    if terminal.is_json() {
        for event in events(&report, opened) {
            terminal.event(&event)?;
        }
    } else {
        terminal.narrate(&open::drawn(&report.problems(), &opened.sources, terminal));
    }
    Ok(())
}

async fn check(ground: &Ground, opened: &Opened, extent: &Extent) -> Report {
    let Opened { stack, manifests, .. } = opened;
    let scene = Scene { stack, manifests, facts: &ground.facts, extent };
    let questions: Questions = questions(&scene);
    if questions.is_empty() {
        return Report::default();
    }
    let answers = ground.backend.answers(&ground.facts, &questions).await;
    judge(&scene, &answers)
}

fn refused(report: &Report, opened: &Opened, terminal: &Terminal) -> Failure {
    const HINT: &str = "correct it, or pass over these checks with --skip-verify";
    let problems: Vec<Problem> = report.problems();
    let drawn = open::drawn(&problems, &opened.sources, terminal);
    let annotations = open::annotations(&problems, &opened.sources, terminal);
    let drawn = format!("{drawn}Nothing was changed: {HINT}.\n");
    let summary = diagnostics::summary(&problems);
    let message = format!("what the plan needs is not there: {summary}");
    Failure {
        problems: Some(Box::new(Problems { drawn, events: events(report, opened), annotations })),
        ..Failure::new(Exit::Error, message).hint(HINT)
    }
}

fn write(
    ground: &Ground,
    opened: &Opened,
    report: &Report,
    exit: Exit,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let (scope, facts) = (&ground.scope, &ground.facts);
    if !terminal.is_json() {
        terminal.narrate(&open::drawn(&report.problems(), &opened.sources, terminal));
        return Ok(terminal.result(&summary(scope, facts, report))?);
    }
    terminal.begin(Start::on("verify", scope, facts))?;
    for problem in &opened.warnings {
        terminal.event(&open::problem_event(problem, &opened.sources))?;
    }
    for event in events(report, opened) {
        terminal.event(&event)?;
    }
    terminal.event(&Event::Checked(Checked::of(report)))?;
    Ok(terminal.event(&Event::End(End { exit_code: exit.code(), ..End::default() }))?)
}

fn events(report: &Report, opened: &Opened) -> Vec<Event> {
    let event = |finding: &Finding| {
        let subject = finding.subject.name().to_owned();
        let problem = manifests::Problem::of(&finding.problem, &opened.sources);
        Event::Check(Check { subject, problem })
    };
    report.findings.iter().map(event).collect()
}
