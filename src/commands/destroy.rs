//! `ecsctl destroy`

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::exit::{Exit, Failure};
use super::open::{self, Opened};
use super::plan::show;
use super::run;
use crate::aws::ErrorKind;
use crate::backend::Access;
use crate::cli::Global;
use crate::model::stack::Stack;
use crate::plan::{Options, Plan};
use crate::session::Ground;
use crate::value::Address;

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
        run::run(ground, plan, &opened.sources, global.terminal()).await
    })
}

/// All that comes before the first change.
async fn prepare(global: &Global, args: &Args, opened: &Opened) -> Result<(Ground, Plan), Failure> {
    let (ground, protected) = ground(global, opened).await?;
    let options = Options { prune: true, protected, ..Options::default() };
    let survey = ground.plan(vec![], &options, false).await?;
    show("destroy", global, &ground, &survey, opened)?;
    if !survey.plan.is_empty() && !args.auto_approve {
        let app = &ground.scope.app;
        let question = format!("This deletes all of the above. Type `{app}` to go on");
        run::ask_for(app, question).await?;
    }
    Ok((ground, survey.plan))
}

/// The account, and what the manifests protect. A network that is gone keeps nothing from being
/// deleted: then the tags alone tell what is protected.
async fn ground(global: &Global, opened: &Opened) -> Result<(Ground, BTreeSet<Address>), Failure> {
    let stack = &opened.stack;
    let backend = open::backend(global, stack, Access::Write, Duration::ZERO).await?;
    let has_networks = match backend.facts(stack).await {
        Ok(_) => true,
        Err(error) if error.kind == ErrorKind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    if has_networks {
        let ground = Ground::of(stack, backend).await?;
        let rows = ground.desired(stack).into_iter().filter(|row| row.protect);
        let protected = rows.map(|row| row.address).collect();
        return Ok((ground, protected));
    }
    let stack = Stack { networks: BTreeMap::new(), ..stack.clone() };
    Ok((Ground::of(&stack, backend).await?, BTreeSet::new()))
}
