//! `ecsctl apply`

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value as Json;

use super::exit::{Exit, Failure};
use super::open::{self, Opened};
use super::plan::{Scope, show, surveyed};
use super::{run, verify};
use crate::backend::Access;
use crate::cli::Global;
use crate::plan::Plan;
use crate::plan::file::{FORMAT, PlanFile, fingerprints, moved};
use crate::session::Ground;

/// Make the account what the manifests say, and follow each rollout to its end
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Do what this saved plan says, or nothing
    #[arg(value_name = "PLANFILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["prune", "adopt", "refresh_instances"])]
    pub plan_file: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub scope: Scope,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Delete the data of this resource if the plan says so, such as file-system/uploads
    #[arg(long, value_name = "ADDRESS")]
    pub delete_data: Vec<String>,
    /// Do not look first whether images, secrets and certificates are there
    #[arg(long, env = "ECSCTL_SKIP_VERIFY")]
    pub skip_verify: bool,
    /// Give up on a rollout after so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub timeout: u64,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let is_approved = args.auto_approve || args.plan_file.is_some();
    run::needs_approval(is_approved, "apply")?;
    let saved = args.plan_file.as_deref().map(read).transpose()?;
    let global = &of_plan(global, saved.as_ref());
    let opened = open::stack(global)?;
    open::block_on(async {
        let prepared = Box::pin(prepare(global, args, saved.as_ref(), &opened));
        let (ground, plan) = open::unless_cancelled(prepared).await?;
        run::run(ground, plan, &opened.sources, global.terminal()).await
    })
}

/// A saved plan knows its environment.
fn of_plan(global: &Global, saved: Option<&PlanFile>) -> Global {
    let of_plan = || saved.map(|saved| saved.environment.clone());
    let mut global = global.clone();
    global.env = global.env.or_else(of_plan);
    global
}

/// All that comes before the first change: what to do, and that it may be done.
async fn prepare(
    global: &Global,
    args: &Args,
    saved: Option<&PlanFile>,
    opened: &Opened,
) -> Result<(Ground, Plan), Failure> {
    let limit = Duration::from_secs(args.timeout * 60);
    let ground = open::ground(global, &opened.stack, Access::Write, limit).await?;
    let scope = saved.map_or_else(|| args.scope.clone(), scope_of);
    let survey = surveyed(&ground, opened, &scope, &global.terminal()).await?;
    if let Some(saved) = saved {
        still_holds(saved, &ground, &survey.plan)?;
    }
    show("apply", global, &ground, &survey, opened)?;
    if !args.skip_verify {
        verify::before(&ground, opened, &survey.plan, &global.terminal()).await?;
    }
    approve_data_loss(&survey.plan, args).await?;
    if !survey.plan.is_empty() && !args.auto_approve && saved.is_none() {
        run::ask("Do this?").await?;
    }
    Ok((ground, survey.plan))
}

fn read(path: &Utf8Path) -> Result<PlanFile, Failure> {
    let failed = |cause: String| {
        Failure::new(Exit::Error, format!("cannot read the plan `{path}`: {cause}"))
            .hint("save one with `ecsctl plan --out FILE`")
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let json: Json = serde_json::from_str(&text).map_err(|_| failed("it is no plan".to_owned()))?;
    // Another format may have other fields: its number is looked at before they are.
    match json.get("format").and_then(Json::as_u64) {
        Some(format) if format != u64::from(FORMAT) => {
            Err(failed(format!("it has format {format}, this ecsctl reads {FORMAT}")))
        }
        Some(_) => serde_json::from_value(json).map_err(|error| failed(error.to_string())),
        None => Err(failed("it is no plan".to_owned())),
    }
}

fn scope_of(saved: &PlanFile) -> Scope {
    Scope {
        prune: saved.prune,
        adopt: saved.adopt.iter().cloned().collect(),
        refresh_instances: saved.refresh_instances,
        deep: false,
    }
}

/// Refuses a saved plan that is no longer what would be done.
fn still_holds(saved: &PlanFile, ground: &Ground, plan: &Plan) -> Result<(), Failure> {
    let target = [&saved.app, &saved.environment, &saved.account, &saved.region];
    let now =
        [&ground.scope.app, &ground.scope.environment, &ground.facts.account, &ground.facts.region];
    let hint = "make a new one with `ecsctl plan --out FILE`";
    if target != now {
        let words = |parts: [&String; 4]| parts.map(String::as_str).join(" / ");
        let message =
            format!("the saved plan is for {}, and this is {}", words(target), words(now));
        return Err(Failure::new(Exit::Stale, message).hint(hint));
    }
    let moved = moved(&saved.actions, &fingerprints(plan));
    if moved.is_empty() {
        return Ok(());
    }
    let list = moved.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!(
        "the saved plan is stale: the account or the manifests moved since; different now: {list}"
    );
    Err(Failure::new(Exit::Stale, message).hint(hint))
}

async fn approve_data_loss(plan: &Plan, args: &Args) -> Result<(), Failure> {
    for address in run::data_that_would_be_lost(plan) {
        if args.delete_data.contains(&address) {
            continue;
        }
        if args.auto_approve || args.plan_file.is_some() {
            let message = format!("the plan deletes {address} and the data in it");
            let hint = format!("pass --delete-data {address} if that is meant");
            return Err(Failure::new(Exit::Forbidden, message).hint(hint));
        }
        let question = format!("This deletes the data of {address}. Type its address to go on");
        run::ask_for(&address, question).await?;
    }
    Ok(())
}
