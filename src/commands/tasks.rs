//! `ecsctl tasks`

use futures::future::try_join_all;

use super::exit::{Exit, Failure};
use super::looking::{NO_LIMIT, about, tasks_of};
use super::open;
use super::run;
use super::site::{Named, Site};
use crate::backend::Access;
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
    /// Services by their names in the manifests; all of them if none is named
    #[arg(value_name = "SERVICE")]
    pub services: Vec<String>,
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
    let named = site.chosen(&args.services)?;
    let found = read(&site, &named, args.stopped).await?;
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
        let running = read(&site, &site.services(), false).await?;
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
            let text = format!("Stopping {id} of {service}: the service starts another one.\n");
            terminal.result(&text)?;
        }
    }
    Ok(())
}

/// Tasks with their services, which are in the order of their names.
async fn read(
    site: &Site,
    named: &[Named],
    is_stopped: bool,
) -> Result<Vec<(Named, Task)>, Failure> {
    let reads = named.iter().map(|named| tasks_of(&site.backend, named, is_stopped));
    let tasks = try_join_all(reads).await?;
    let with_service = named
        .iter()
        .zip(tasks)
        .flat_map(|(named, tasks)| tasks.into_iter().map(move |task| (named.clone(), task)));
    Ok(with_service.collect())
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
                let message =
                    format!("no task of the application's services begins with `{prefix}`");
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
