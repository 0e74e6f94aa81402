//! `ecsctl rollback`

use jiff::Timestamp;

use super::exit::{Exit, Failure};
use super::operating::{self, Following, Work};
use super::site::Site;
use super::{open, run};
use crate::aws::AwsError;
use crate::backend::Access;
use crate::cli::Global;
use crate::follow::under_way;
use crate::manifest::problem::closest;
use crate::operate::{self, Candidate, Change, Subject};
use crate::runtime::{Service, TaskDefinition, revision_of, short};

/// Go back to the last revision of a service that was deployed with success
///
/// Not merely to the number before: revisions that failed are passed over. While a deployment is under
/// way, it is stopped, and ECS goes back by itself.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service, by its name in the manifests
    pub service: String,
    /// Go to this revision: 41, family:41 or an ARN
    #[arg(long, value_name = "REVISION")]
    pub to: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    #[command(flatten)]
    pub following: Following,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    run::needs_approval(args.auto_approve, "rollback")?;
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
    operating::begin("rollback", global, &site, Some(&service))?;
    let subject = Subject::from(named);
    let terminal = global.terminal();
    let change = match &args.to {
        Some(to) => back_to(&site, subject.clone(), &service, to).await?,
        None => Some(back(&site, subject.clone(), &service).await?),
    };
    let Some(change) = change else {
        let text = format!("runs {} already", short(&service.task_definition));
        return Ok(Err(operating::nothing(&subject, &text, &terminal)?));
    };
    operating::show(std::slice::from_ref(&change), &terminal)?;
    if !args.auto_approve {
        run::ask("Do this?").await?;
    }
    Ok(Ok((site, Work::Change(change))))
}

/// To the revision that was asked for; none if it runs.
async fn back_to(
    site: &Site,
    subject: Subject,
    service: &Service,
    to: &str,
) -> Result<Option<Change>, Failure> {
    let running = &service.task_definition;
    let arn = operate::target(to, running)?;
    if arn == *running {
        return Ok(None);
    }
    let found = site.backend.task_definition(&arn).await?;
    let Some(target) = found.as_ref().filter(|found| found.is_active) else {
        return Err(unusable(site, &arn, found.as_ref()).await?);
    };
    let from = site.definition(running).await?;
    Ok(Some(operate::roll_back(subject, service, &from, target, None)))
}

/// Why a revision cannot be gone back to, and which ones can.
async fn unusable(
    site: &Site,
    arn: &str,
    found: Option<&TaskDefinition>,
) -> Result<Failure, AwsError> {
    let family = revision_of(arn).map_or(arn, |(family, _)| family);
    let active = site.backend.active_revisions(family).await?;
    let names: Vec<&str> =
        active.iter().map(|arn| short(arn)).filter(|it| is_of(it, family)).collect();
    let message = match found {
        Some(_) => format!("{} is inactive: nothing can be made to run it", short(arn)),
        None => format!("there is no revision {}", short(arn)),
    };
    let hint = match closest(short(arn), names.iter().copied()) {
        Some(_) if names.len() <= 5 => format!("the active revisions are {}", names.join(", ")),
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => "no revision of its family is active".to_owned(),
    };
    Ok(Failure::new(Exit::Usage, message).hint(hint))
}

/// A list by family may hold families that begin likewise.
fn is_of(name: &str, family: &str) -> bool {
    revision_of(name).is_some_and(|(found, _)| found == family)
}

/// To what ran well before.
async fn back(site: &Site, subject: Subject, service: &Service) -> Result<Change, Failure> {
    if let Some(under_way) = under_way(&site.backend, &subject.id, service).await? {
        return Ok(operate::stop_and_go_back(subject, &under_way)?);
    }
    let candidates = candidates(site, &subject, service).await?;
    let (to, succeeded_at) = usable(site, &subject, &candidates).await?;
    let from = site.definition(&service.task_definition).await?;
    Ok(operate::roll_back(subject, service, &from, &to, succeeded_at))
}

/// The revisions that ran well, by ECS's history.
async fn candidates(
    site: &Site,
    subject: &Subject,
    service: &Service,
) -> Result<Vec<Candidate>, Failure> {
    let unread = |cause: &str| {
        let message = format!("which revision of {} ran well is not known: {cause}", subject.name);
        Failure::new(Exit::Error, message).hint("say where to with --to REVISION")
    };
    let history = match site.backend.deployments_since(&subject.id, None).await {
        Ok(history) => history,
        Err(error) => return Err(unread(&error.to_string())),
    };
    if history.is_empty() {
        return Err(unread("ECS has no deployment of it in its history, which keeps 90 days"));
    }
    let targets = history.iter().filter_map(|deployment| deployment.target.as_ref());
    let mut arns: Vec<String> = targets.map(|target| target.revision.clone()).collect();
    arns.sort();
    arns.dedup();
    let revisions =
        site.backend.revisions(&arns).await.map_err(|error| unread(&error.to_string()))?;
    Ok(operate::candidates(&service.task_definition, &history, &revisions))
}

/// The first of them that is still active.
async fn usable(
    site: &Site,
    subject: &Subject,
    candidates: &[Candidate],
) -> Result<(TaskDefinition, Option<Timestamp>), Failure> {
    for candidate in candidates {
        let found = site.backend.task_definition(&candidate.task_definition).await?;
        if let Some(active) = found.filter(|found| found.is_active) {
            return Ok((active, candidate.succeeded_at));
        }
    }
    let why = if candidates.is_empty() {
        "no other revision of it was deployed with success"
    } else {
        "the revisions that were deployed with success are inactive now"
    };
    let message = format!("there is nothing to go back to for {}: {why}", subject.name);
    Err(Failure::new(Exit::Error, message)
        .hint("deploy what shall run with `ecsctl deploy` or `ecsctl apply`"))
}
