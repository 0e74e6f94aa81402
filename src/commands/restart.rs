//! `ecsctl restart`

use super::exit::{Exit, Failure};
use super::open;
use super::operating::{self, Following, Work};
use super::site::Site;
use crate::backend::Access;
use crate::cli::Global;
use crate::operate::{self, Subject};

/// Replace the tasks of running services by new ones of the same revision
///
/// They read secrets anew, and pull what an image's tag stands for now.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Services, by their names in the manifests; several side by side
    #[arg(required = true, value_name = "SERVICE")]
    pub services: Vec<String>,
    #[command(flatten)]
    pub following: Following,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    open::block_on(async {
        let prepared = Box::pin(prepare(global, args));
        let (site, work) = open::unless_cancelled(prepared).await?;
        operating::run(site, work, args.following, global.terminal()).await
    })
}

async fn prepare(global: &Global, args: &Args) -> Result<(Site, Vec<Work>), Failure> {
    let site = Site::open(global, Access::Write, args.following.limit()).await?;
    let services = site.all_running(&args.services).await?;
    operating::begin("restart", global, &site, services.first().map(|(_, service)| service))?;
    let restart = |(named, service)| operate::restart(Subject::from(named), &service);
    let changes: Vec<_> = services.into_iter().map(restart).collect();
    operating::show(&changes, &global.terminal())?;
    Ok((site, changes.into_iter().map(Work::Change).collect()))
}
