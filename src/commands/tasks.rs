//! `ecsctl tasks`

use futures::future::{try_join, try_join_all};

use super::exit::{Exit, Failure};
use super::looking::{NO_LIMIT, about, tasks_of};
use super::open;
use super::run;
use super::site::{Named, Site};
use crate::aws::AwsError;
use crate::backend::{Access, TaskQuery, TasksOf};
use crate::cli::Global;
use crate::report::events::Event;
use crate::report::look::{self, StoppedTask, TaskView};
use crate::report::terminal::Terminal;
use crate::report::words::plural;
use crate::runtime::{Task, short};

/// List tasks, or stop some
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub action: Option<Action>,
    /// Services and jobs by their names in the manifests; all of them if none is named
    #[arg(value_name = "SERVICE|JOB")]
    pub names: Vec<String>,
    /// Those that stopped, with the reason: ECS keeps them for an hour
    #[arg(long)]
    pub stopped: bool,
}

#[derive(Debug, clap::Subcommand)]
pub enum Action {
    Stop(StopArgs),
}

/// Stop tasks; their services start others in their place
#[derive(Debug, clap::Args)]
pub struct StopArgs {
    /// Ids of tasks, or as much of their beginnings as no other task has
    #[arg(value_name = "TASK", required = true)]
    pub tasks: Vec<String>,
    /// Why; ECS keeps it with the stopped task
    #[arg(long, value_name = "TEXT", default_value = "Stopped with ecsctl")]
    pub reason: String,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    match &args.action {
        None => {
            let list = list(global, args, &terminal);
            open::block_on(open::unless_cancelled(Box::pin(list)))
        }
        Some(Action::Stop(args)) => {
            run::needs_approval(args.auto_approve, "tasks stop")?;
            open::block_on(Box::pin(stop(global, args, &terminal)))
        }
    }
}

async fn list(global: &Global, args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let site = Site::open(global, Access::Read, NO_LIMIT).await?;
    let owners = owners(&site, &args.names)?;
    let found = read(&site, &owners, args.stopped).await?;
    let tasks: Vec<TaskView> =
        found.iter().map(|(named, task)| TaskView::of(Some(&named.name), task)).collect();
    if !terminal.is_json() {
        terminal.result(&look::tasks(&tasks, site.backend.now(), args.stopped))?;
        return Ok(Exit::Done);
    }
    terminal.begin(about("tasks", &site))?;
    for task in tasks {
        terminal.event(&Event::Task(task))?;
    }
    Ok(Exit::Done)
}

async fn stop(global: &Global, args: &StopArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let prepared = async {
        let site = Site::open(global, Access::Write, NO_LIMIT).await?;
        let running = read(&site, &owners(&site, &[])?, false).await?;
        let meant = meant(&args.tasks, running)?;
        if !args.auto_approve {
            terminal.narrate(&meant.iter().map(line).collect::<String>());
            run::ask("Stop them?").await?;
        }
        Ok((site, meant))
    };
    let (site, meant) = open::unless_cancelled(Box::pin(prepared)).await?;
    if terminal.is_json() {
        terminal.begin(about("tasks", &site))?;
    }
    let stopped = stop_each(&site, &meant, &args.reason, terminal).await;
    // What was stopped before another one could not be is stopped.
    site.backend.finish()?;
    stopped.map(|()| Exit::Done)
}

async fn stop_each(
    site: &Site,
    meant: &[(Named, Task)],
    reason: &str,
    terminal: &Terminal,
) -> Result<(), Failure> {
    for (named, task) in meant {
        site.backend.stop_task(task, reason).await?;
        let (id, service, reason) = (task.id().to_owned(), named.name.clone(), reason.to_owned());
        if terminal.is_json() {
            let stopped = StoppedTask { id, service, reason };
            terminal.event(&Event::TaskStopped(stopped))?;
        } else {
            let is_replaced = task.group.starts_with("service:");
            let then = if is_replaced { ": the service starts another one" } else { "" };
            terminal.result(&format!("Stopping {id} of {service}{then}.\n"))?;
        }
    }
    Ok(())
}

/// Whose tasks there are: services, then jobs, by their names.
fn owners(site: &Site, names: &[String]) -> Result<Vec<Owner>, Failure> {
    let service = |named| Owner { named, is_service: true };
    let job = |named| Owner { named, is_service: false };
    if names.is_empty() {
        let services = site.services().into_iter().map(service);
        return Ok(services.chain(site.jobs().into_iter().map(job)).collect());
    }
    let jobs = site.jobs();
    let owner = |name: &String| match jobs.iter().find(|job| job.name == *name) {
        Some(found) => Ok(job(found.clone())),
        None => site.service(name).map(service),
    };
    names.iter().map(owner).collect()
}

/// A service, or a job, which is where it would be if it was one.
struct Owner {
    named: Named,
    is_service: bool,
}

/// Tasks with those that they belong to, in that order.
async fn read(
    site: &Site,
    owners: &[Owner],
    is_stopped: bool,
) -> Result<Vec<(Named, Task)>, Failure> {
    let reads = owners.iter().map(|owner| tasks(site, owner, is_stopped));
    let all = try_join_all(reads).await?;
    let with_owner = owners
        .iter()
        .zip(all)
        .flat_map(|(owner, tasks)| tasks.into_iter().map(|task| (owner.named.clone(), task)));
    Ok(with_owner.collect())
}

/// The tasks that a service keeps running, and those that somebody ran with its task definition.
async fn tasks(site: &Site, owner: &Owner, is_stopped: bool) -> Result<Vec<Task>, AwsError> {
    let Owner { named, is_service } = owner;
    let of_service = async {
        if *is_service { tasks_of(&site.backend, named, is_stopped).await } else { Ok(vec![]) }
    };
    let of = TasksOf::Family(named.id.service.clone());
    let query = TaskQuery { cluster: named.id.cluster.clone(), of, is_stopped };
    let (mut found, of_family) = try_join(of_service, site.backend.tasks(&query)).await?;
    let further: Vec<Task> = of_family
        .into_iter()
        .filter(|task| found.iter().all(|known| known.arn != task.arn))
        .collect();
    found.extend(further);
    Ok(found)
}

/// The tasks that prefixes or ARNs stand for, each once.
fn meant(given: &[String], running: Vec<(Named, Task)>) -> Result<Vec<(Named, Task)>, Failure> {
    let mut wanted = vec![];
    for prefix in given {
        let is_it = |task: &Task| !prefix.is_empty() && task.id().starts_with(short(prefix));
        let found: Vec<&str> =
            running.iter().filter(|(_, task)| is_it(task)).map(|(_, task)| task.id()).collect();
        match found[..] {
            [id] => wanted.push(id.to_owned()),
            [] => {
                let message = format!("no task of the application begins with `{prefix}`");
                return Err(Failure::new(Exit::Error, message).hint("`ecsctl tasks` lists them"));
            }
            [..] => {
                let message = format!(
                    "`{prefix}` is the beginning of {}: {}",
                    plural(found.len(), "task"),
                    found.join(", ")
                );
                return Err(Failure::new(Exit::Usage, message).hint("give more of its id"));
            }
        }
    }
    Ok(running.into_iter().filter(|(_, task)| wanted.iter().any(|id| id == task.id())).collect())
}

fn line((named, task): &(Named, Task)) -> String {
    format!("  {} of {}: {}\n", task.id(), named.name, short(&task.task_definition))
}
