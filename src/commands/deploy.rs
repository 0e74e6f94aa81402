//! `ecsctl deploy`

use super::exit::{Exit, Failure};
use super::operating::{self, Following, Work};
use super::site::Site;
use super::{open, run};
use crate::backend::Access;
use crate::cli::Global;
use crate::operate::{self, Images, Subject};
use crate::runtime::short;

/// Deploy other images to a running service, with everything else as it is live
///
/// Registers a revision of the task definition that the service runs, with only the images changed, and
/// rolls it out. The manifests may say another image: then the next apply deploys that one, unless
/// `lifecycle.ignoreChanges` leaves it to others, such as `containers[app].image`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service, by its name in the manifests
    pub service: String,
    /// Image of a container, or of the only one
    #[arg(long, required = true, value_name = "[CONTAINER=]REF")]
    pub image: Vec<String>,
    /// Deploy even if the service runs these images already
    #[arg(long)]
    pub force: bool,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    #[command(flatten)]
    pub following: Following,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    run::needs_approval(args.auto_approve, "deploy")?;
    let images = Images::parse(&args.image)?;
    open::block_on(async {
        let prepared = Box::pin(prepare(global, args, &images));
        let terminal = global.terminal();
        match open::unless_cancelled(prepared).await? {
            Ok((site, work)) => operating::run(site, vec![work], args.following, terminal).await,
            Err(exit) => Ok(exit),
        }
    })
}

/// What to do; or the end, where there is nothing to do.
async fn prepare(
    global: &Global,
    args: &Args,
    images: &Images,
) -> Result<Result<(Site, Work), Exit>, Failure> {
    let site = Site::open(global, Access::Write, args.following.limit()).await?;
    let named = site.service(&args.service)?;
    let service = site.running(&named).await?;
    operating::begin("deploy", global, &site, Some(&service))?;
    let subject = Subject::from(named);
    let live = site.definition(&service.task_definition).await?;
    let terminal = global.terminal();
    let change = operate::deploy(subject.clone(), &service, &live, images, args.force)?;
    let Some(change) = change else {
        let text = format!("runs that already, as {}; --force deploys it again", short(&live.arn));
        return Ok(Err(operating::nothing(&subject, &text, &terminal)?));
    };
    operating::show(std::slice::from_ref(&change), &terminal)?;
    if !args.auto_approve {
        run::ask("Do this?").await?;
    }
    Ok(Ok((site, Work::Change(change))))
}
