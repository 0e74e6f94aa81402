//! `ecsctl abort`

use super::exit::{Exit, Failure};
use super::open;
use super::operating::{self, Following, Work};
use super::site::Site;
use crate::backend::Access;
use crate::cli::Global;
use crate::follow::under_way;
use crate::operate::{self, Subject};

/// Stop the deployment of a service that is under way, and leave things as they are
///
/// Tasks of both revisions may go on running; `ecsctl rollback` goes back instead.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service, by its name in the manifests
    pub service: String,
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
    operating::begin("abort", global, &site, Some(&service))?;
    let subject = Subject::from(named);
    let under_way = under_way(&site.backend, &subject.id, &service).await?;
    let change = operate::abort(subject, under_way.as_ref())?;
    operating::show(std::slice::from_ref(&change), &global.terminal())?;
    Ok((site, Work::Change(change)))
}
