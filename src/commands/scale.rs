//! `ecsctl scale`

use super::exit::{Exit, Failure};
use super::open;
use super::operating::{self, Following, Work};
use super::site::Site;
use crate::backend::Access;
use crate::cli::Global;
use crate::operate::{self, Scaling, Subject};

/// Change how many tasks of a service run
///
/// Until the next apply, if the manifest says a count. What Application Auto Scaling owns is only changed
/// with --force, and scaling may change it again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service, by its name in the manifests
    pub service: String,
    /// Tasks
    pub count: u32,
    /// Change a count that Application Auto Scaling owns
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub following: Following,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    open::block_on(async {
        let prepared = Box::pin(prepare(global, args));
        let terminal = global.terminal();
        match open::unless_cancelled(prepared).await? {
            Ok((site, work)) => operating::run(site, vec![work], args.following, terminal).await,
            Err(exit) => Ok(exit),
        }
    })
}

/// What to do; or the end, where there is nothing to do.
async fn prepare(global: &Global, args: &Args) -> Result<Result<(Site, Work), Exit>, Failure> {
    let site = Site::open(global, Access::Write, args.following.limit()).await?;
    let named = site.service(&args.service)?;
    let service = site.running(&named).await?;
    operating::begin("scale", global, &site, Some(&service))?;
    let bounds = site.backend.scaling_bounds(&named.id).await?;
    let scaling = Scaling { bounds, manifest: written_count(&site, &named.name) };
    let subject = Subject::from(named);
    let terminal = global.terminal();
    let change = operate::scale(subject.clone(), &service, args.count, scaling, args.force)?;
    let Some(change) = change else {
        let text = format!("is to run {} tasks already", args.count);
        return Ok(Err(operating::nothing(&subject, &text, &terminal)?));
    };
    operating::show(std::slice::from_ref(&change), &terminal)?;
    Ok(Ok((site, Work::Change(change))))
}

/// The count that an apply sets.
fn written_count(site: &Site, name: &str) -> Option<u32> {
    let service = site.stack.services.get(name)?;
    let is_left = service.lifecycle.ignore_changes.iter().any(|path| path == "desiredCount");
    let count = service.value.desired_count;
    count.filter(|_| !is_left && !service.value.keeps_count && service.value.scaling.is_none())
}
