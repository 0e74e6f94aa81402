//! `ecsctl destroy`

use std::time::Duration;

use super::exit::{Exit, Failure};
use super::open;
use super::plan::show;
use super::run;
use crate::backend::Access;
use crate::cli::Global;
use crate::plan::Options;

/// Delete all that the application owns in the environment
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Do not ask for the application's name
    #[arg(long)]
    pub auto_approve: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    run::needs_approval(args.auto_approve, "destroy")?;
    let opened = open::stack(global)?;
    let terminal = global.terminal();
    open::block_on(async {
        let ground = open::ground(global, &opened.stack, Access::Write, Duration::ZERO).await?;
        let desired = ground.desired(&opened.stack);
        let protected = desired.iter().filter(|row| row.protect).map(|row| row.address.clone());
        let options = Options { prune: true, protected: protected.collect(), ..Options::default() };
        let survey = ground.plan(vec![], &options, false).await?;
        show("destroy", terminal, global.verbose, &ground, &survey, &opened)?;
        if survey.plan.is_empty() {
            return Ok(Exit::Done);
        }
        if !args.auto_approve {
            let app = ground.scope.app.clone();
            run::ask_for(&app, &format!("This deletes all of the above. Type `{app}` to go on"))?;
        }
        run::run(ground, survey.plan, terminal).await
    })
}
