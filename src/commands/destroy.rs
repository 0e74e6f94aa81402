//! `ecsctl destroy`

use std::time::Duration;

use super::exit::{Exit, Failure};
use super::open::{self, Opened};
use super::plan::show;
use super::run;
use crate::backend::Access;
use crate::cli::Global;
use crate::plan::{Options, Plan};
use crate::session::Ground;

/// Delete all that the application owns in the environment, and its data
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Do not ask for the application's name
    #[arg(long)]
    pub auto_approve: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    run::needs_approval(args.auto_approve, "destroy")?;
    let opened = open::stack(global)?;
    open::block_on(async {
        let prepared = Box::pin(prepare(global, args, &opened));
        let (ground, plan) = open::unless_cancelled(prepared).await?;
        run::run(ground, plan, global.terminal()).await
    })
}

/// All that comes before the first change.
async fn prepare(global: &Global, args: &Args, opened: &Opened) -> Result<(Ground, Plan), Failure> {
    let ground = open::ground(global, &opened.stack, Access::Write, Duration::ZERO).await?;
    let desired = ground.desired(&opened.stack);
    let protected = desired.iter().filter(|row| row.protect).map(|row| row.address.clone());
    let options = Options { prune: true, protected: protected.collect(), ..Options::default() };
    let survey = ground.plan(vec![], &options, false).await?;
    show("destroy", global, &ground, &survey, opened)?;
    if !survey.plan.is_empty() && !args.auto_approve {
        let app = &ground.scope.app;
        run::ask_for(app, &format!("This deletes all of the above. Type `{app}` to go on"))?;
    }
    Ok((ground, survey.plan))
}
