//! `ecsctl wait`

use super::exit::{Exit, Failure};
use super::open;
use super::operating::{self, Following, Work};
use super::site::{Named, Site};
use crate::backend::Access;
use crate::cli::Global;
use crate::follow::{Standing, standing};
use crate::operate::Subject;
use crate::runtime::{Service, short};

/// Follow the deployments of services that are under way to their true end
///
/// Whoever began them. Where none is, it ends at once, with 4 if the newest one failed: a service that is
/// stable may have been rolled back.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Services, by their names in the manifests; default: all of them
    #[arg(value_name = "SERVICE")]
    pub services: Vec<String>,
    /// Give up on a rollout after so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub timeout: u64,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let following = Following { timeout: args.timeout, no_wait: false };
    open::block_on(async {
        let prepared = Box::pin(prepare(global, args, following));
        let (site, work) = open::unless_cancelled(prepared).await?;
        operating::run(site, work, following, global.terminal()).await
    })
}

async fn prepare(
    global: &Global,
    args: &Args,
    following: Following,
) -> Result<(Site, Vec<Work>), Failure> {
    // Time passes in a mock account while somebody looks, and is written down.
    let site = Site::open(global, Access::Write, following.limit()).await?;
    let services = site.all_running(&args.services).await?;
    operating::begin("wait", global, &site, services.first().map(|(_, service)| service))?;
    let mut work = vec![];
    for (named, service) in services {
        work.push(left(&site, named, &service).await?);
    }
    Ok((site, work))
}

async fn left(site: &Site, named: Named, service: &Service) -> Result<Work, Failure> {
    let subject = Subject::from(named);
    Ok(match standing(&site.backend, &subject.id, service).await? {
        Standing::UnderWay(found) => Work::Follow(subject, Box::new(found.rollout)),
        Standing::Succeeded => {
            Work::Ended(subject, Ok(format!("runs {}", short(&service.task_definition))))
        }
        Standing::Failed(failure) => Work::Ended(subject, Err(failure)),
    })
}
