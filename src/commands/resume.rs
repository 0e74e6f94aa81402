//! `ecsctl resume`

use super::exit::{Exit, Failure};
use super::open;
use super::operating::{self, Following, Work};
use super::site::Site;
use crate::backend::Access;
use crate::cli::Global;
use crate::follow::under_way;
use crate::operate::{self, Subject};
use crate::runtime::HookAction;

/// Let a deployment that waits for a person at a hook go on
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service, by its name in the manifests
    pub service: String,
    /// Go back to the revision before instead
    #[arg(long)]
    pub rollback: bool,
    #[command(flatten)]
    pub following: Following,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    open::block_on(async {
        let prepared = Box::pin(prepare(global, args));
        let (site, work) = open::unless_cancelled(prepared).await?;
        operating::run(site, vec![work], args.following, global.terminal()).await
    })
}

async fn prepare(global: &Global, args: &Args) -> Result<(Site, Work), Failure> {
    let site = Site::open(global, Access::Write, args.following.limit()).await?;
    let named = site.service(&args.service)?;
    let service = site.running(&named).await?;
    operating::begin("resume", global, &site, Some(&service))?;
    let subject = Subject::from(named);
    let under_way = under_way(&site.backend, &subject.id, &service).await?;
    let action = if args.rollback { HookAction::Rollback } else { HookAction::Continue };
    let change = operate::resume(subject, under_way.as_ref(), action)?;
    operating::show(std::slice::from_ref(&change), &global.terminal())?;
    Ok((site, Work::Change(change)))
}
