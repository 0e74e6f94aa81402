//! `ecsctl history`

use std::collections::BTreeSet;

use super::exit::{Exit, Failure};
use super::looking::{Looking, NO_LIMIT, about};
use super::open;
use super::site::{Named, Site};
use crate::aws::{AwsError, ErrorKind};
use crate::backend::Access;
use crate::cli::Global;
use crate::report::events::Event;
use crate::report::events::look::Unread;
use crate::report::look::{self, Past, Record};
use crate::report::terminal::Terminal;
use crate::rollout::outcomes;
use crate::runtime::{Service, ServiceDeployment, short};

/// Show the deployments of a service, newest first: what, when, who, and what became of them
///
/// ECS keeps them for 90 days. Who is whoever registered the task definition.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service by its name in the manifests
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// Only the newest so many
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    let shown = async {
        let site = Site::open(global, Access::Read, NO_LIMIT).await?;
        let named = site.service(&args.service)?;
        let service = site.running(&named).await?;
        if terminal.is_json() {
            terminal.begin(about("history", &site))?;
        }
        let past = past(&site, &named, &service, args.limit as usize, &terminal).await?;
        show(&past, &site, &terminal)?;
        Ok(Exit::Done)
    };
    open::block_on(open::unless_cancelled(Box::pin(shown)))
}

async fn past(
    site: &Site,
    named: &Named,
    service: &Service,
    limit: usize,
    terminal: &Terminal,
) -> Result<Vec<Past>, Failure> {
    let looking = Looking::new(&site.backend);
    let past = match deployments(site, named, limit).await {
        Ok(deployments) if !deployments.is_empty() => {
            recorded(site, &looking, named, service, &deployments).await
        }
        // Services that did not change since October 2024 have none.
        Ok(_) => revisions(site, named, service, limit, None, terminal).await?,
        Err(error) if error.kind == ErrorKind::Credentials => return Err(error.into()),
        Err(error) => revisions(site, named, service, limit, Some(&error), terminal).await?,
    };
    looking.tell_unread(terminal)?;
    Ok(past)
}

/// The newest ones, newest first.
async fn deployments(
    site: &Site,
    named: &Named,
    limit: usize,
) -> Result<Vec<ServiceDeployment>, AwsError> {
    let listed = site.backend.deployments_since(&named.id, None).await?;
    let arns: Vec<String> = listed.into_iter().take(limit).map(|it| it.arn).collect();
    let mut found = site.backend.service_deployments(&arns).await?;
    found.sort_by_key(|it| arns.iter().position(|arn| *arn == it.arn));
    Ok(found)
}

async fn recorded(
    site: &Site,
    looking: &Looking<'_>,
    named: &Named,
    service: &Service,
    deployments: &[ServiceDeployment],
) -> Vec<Past> {
    let targets = deployments.iter().filter_map(|it| Some(&it.target.as_ref()?.revision));
    let rollbacks = deployments.iter().filter_map(|it| it.rollback.as_ref()?.revision.as_ref());
    let arns: BTreeSet<String> = targets.chain(rollbacks).cloned().collect();
    let arns: Vec<String> = arns.into_iter().collect();
    let revisions = looking.noted(site.backend.revisions(&arns).await);
    let definitions: BTreeSet<String> =
        revisions.iter().map(|revision| revision.task_definition.clone()).collect();
    let definitions: Vec<String> = definitions.into_iter().collect();
    let definitions = looking.noted(site.backend.definitions(&definitions).await);
    let outcomes = outcomes(deployments, service);
    let past = deployments.iter().zip(outcomes).map(|(deployment, outcome)| {
        Past::of(Record {
            service: &named.name,
            deployment,
            outcome,
            revisions: &revisions,
            definitions: &definitions,
        })
    });
    past.collect()
}

/// All that is known without service deployments: what was registered, not what became of it.
async fn revisions(
    site: &Site,
    named: &Named,
    service: &Service,
    limit: usize,
    because: Option<&AwsError>,
    terminal: &Terminal,
) -> Result<Vec<Past>, Failure> {
    let because = because.map_or("there are none".to_owned(), ToString::to_string);
    let message = format!(
        "the deployments of {}: {because}. These are the revisions of its task definition; what became of each is not known",
        named.name
    );
    if terminal.is_json() {
        terminal.event(&Event::Unread(Unread { message }))?;
    } else {
        terminal.narrate(&format!("not read: {message}.\n"));
    }
    let name = short(&service.task_definition);
    let family = name.rsplit_once(':').map_or(name, |(family, _)| family);
    let arns = site.backend.family(family, limit).await?;
    let definitions = site.backend.definitions(&arns).await?;
    Ok(definitions.iter().map(|it| Past::of_definition(&named.name, it)).collect())
}

fn show(past: &[Past], site: &Site, terminal: &Terminal) -> Result<(), Failure> {
    if !terminal.is_json() {
        return Ok(terminal.result(&look::history(past, site.backend.now()))?);
    }
    for past in past {
        terminal.event(&Event::Deployment(past.clone()))?;
    }
    Ok(())
}
