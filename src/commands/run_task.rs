//! `ecsctl run`

use std::collections::BTreeMap;
use std::time::Duration;

use super::exit::{Exit, Failure, with_causes};
use super::{interrupts, open};
use crate::aws::AwsError;
use crate::backend::{Access, Backend};
use crate::cli::Global;
use crate::follow::run::{self, Watch};
use crate::manifest::problem::closest;
use crate::model::documents::units::{Cpu, Mebibytes, Seconds};
use crate::model::stack::Stack;
use crate::report::events::run::Start;
use crate::report::events::runs as events;
use crate::report::runs::{self, Sources};
use crate::report::terminal::Terminal;
use crate::rollout::{RunEvent, TaskOutcome};
use crate::runtime::{ContainerOverride, Launch, Launched, Overrides, Runnable, Task};
use crate::session::{Ground, ROLLOUT_LIMIT, Standing, StandingError, Target};

/// ECS takes so many characters of overrides.
const LONGEST_OVERRIDES: usize = 8192;

/// ECS takes so many characters of `startedBy`, once 36; ARNs of roles that filter by it may be older.
const LONGEST_STARTED_BY: usize = 36;

/// For which a cancelled run asks how its tasks are.
const LAST_LOOK: Duration = Duration::from_secs(4);

/// Run a task of a job, or one with a service's task definition, role, network and secrets
///
/// Runs what is live, shows what the task writes, and ends with the exit code of its container; of several
/// tasks, with the highest. A container's codes may be ecsctl's own too: `--output json` tells them apart.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The job, or the service
    #[arg(value_name = "JOB|SERVICE")]
    pub name: String,
    /// Command in place of the container's own
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
    /// The container that the command is for, and whose exit code counts; default: the first essential one
    #[arg(long, value_name = "NAME")]
    pub container: Option<String>,
    /// Set an environment variable of the container; everybody who may describe tasks can read its value
    #[arg(long, value_name = "NAME=VALUE")]
    pub container_env: Vec<String>,
    /// How many tasks to run, side by side
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub count: u32,
    /// Stop the tasks after this time, such as 90s, 30m or 2h, and end with 9; default: the job's `timeout`
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    pub timeout: Option<u32>,
    /// CPU of the task, such as 512 or "0.5 vCPU"
    #[arg(long, value_name = "CPU", value_parser = cpu)]
    pub cpu: Option<u32>,
    /// Memory of the task, such as 1024 or "1 GB"
    #[arg(long, value_name = "MEMORY", value_parser = memory)]
    pub memory: Option<u32>,
    /// Follow the tasks and their logs to the end; this is the default
    #[arg(long, conflicts_with = "detach")]
    pub follow: bool,
    /// Start the tasks, write their ids, and end
    #[arg(long, conflicts_with_all = ["timeout", "stop_on_interrupt"])]
    pub detach: bool,
    /// Stop the tasks when a signal ends the run; else they go on
    #[arg(long)]
    pub stop_on_interrupt: bool,
}

/// All that is known before a task is started.
struct Prepared {
    ground: Ground,
    launch: Launch,
    runnable: Runnable,
    container: String,
    limit: Option<Duration>,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let environment = pairs(&args.container_env)?;
    let (stack, is_whole) = open::whole_or_names(global)?;
    let target = target(&stack, &args.name)?;
    let terminal = global.terminal();
    open::block_on(async {
        let preparing = prepare(global, args, &stack, target, environment, is_whole);
        let prepared = open::unless_cancelled(Box::pin(preparing)).await?;
        let ended = carry_out(args, &prepared, &terminal).await;
        prepared.ground.backend.finish()?;
        ended
    })
}

fn target<'a>(stack: &'a Stack, name: &str) -> Result<Target<'a>, Failure> {
    let job = || stack.jobs.get(name).map(Target::Job);
    let service = || stack.services.get(name).map(Target::Service);
    job().or_else(service).ok_or_else(|| {
        let names = || stack.jobs.keys().chain(stack.services.keys()).map(String::as_str);
        let hint = match closest(name, names()) {
            Some(candidate) => format!("did you mean `{candidate}`?"),
            None => format!("jobs and services are {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("there is no job or service `{name}` in the manifests");
        Failure::new(Exit::Usage, message).hint(hint)
    })
}

async fn prepare(
    global: &Global,
    args: &Args,
    stack: &Stack,
    target: Target<'_>,
    environment: BTreeMap<String, String>,
    is_whole: bool,
) -> Result<Prepared, Failure> {
    let ground = open::ground(global, stack, Access::Write, ROLLOUT_LIMIT).await?;
    let standing = ground.standing(stack, target).await?;
    let runnable = ground.backend.runnable(&standing.placement.task_definition).await?;
    let container = container(args, target, &runnable)?;
    let overrides = overrides(args, &container, environment)?;
    let launch = launch(&ground, target, &standing, overrides);
    let limit = args.timeout.or(target.timeout()).map(u64::from).map(Duration::from_secs);
    announce(args, &ground, target, &standing, is_whole, &global.terminal())?;
    Ok(Prepared { ground, launch, runnable, container, limit })
}

/// The one that is asked for; else the first of the manifest that the task does not outlive.
fn container(args: &Args, target: Target<'_>, runnable: &Runnable) -> Result<String, Failure> {
    let names = || runnable.containers.iter().map(|container| container.name.as_str());
    if let Some(wanted) = &args.container {
        if names().any(|name| name == wanted) {
            return Ok(wanted.clone());
        }
        let hint = match closest(wanted, names()) {
            Some(candidate) => format!("did you mean `{candidate}`?"),
            None => format!("its containers are {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("the task of {} has no container `{wanted}`", target.address());
        return Err(Failure::new(Exit::Usage, message).hint(hint));
    }
    let is_essential = |name: &str| {
        let mut all = runnable.containers.iter();
        all.any(|container| container.name == name && container.is_essential)
    };
    let written = target.workload().task.containers.iter().map(|container| container.name.as_str());
    let found = written.chain(names()).find(|name| is_essential(name));
    Ok(found.or_else(|| names().next()).unwrap_or_default().to_owned())
}

fn overrides(
    args: &Args,
    container: &str,
    environment: BTreeMap<String, String>,
) -> Result<Overrides, Failure> {
    let of_container = (!args.command.is_empty() || !environment.is_empty()).then(|| {
        let (name, command) = (container.to_owned(), args.command.clone());
        ContainerOverride { name, command, environment }
    });
    let overrides = Overrides { cpu: args.cpu, memory: args.memory, container: of_container };
    let size = overrides.size();
    if size > LONGEST_OVERRIDES {
        let message = format!(
            "the command and the variables are {size} characters long; ECS takes {LONGEST_OVERRIDES}"
        );
        let hint = "put what is long into the manifest, or where the command reads it from";
        return Err(Failure::new(Exit::Usage, message).hint(hint));
    }
    Ok(overrides)
}

fn launch(
    ground: &Ground,
    target: Target<'_>,
    standing: &Standing,
    overrides: Overrides,
) -> Launch {
    let scope = &ground.scope;
    let tags = standing.propagates_tags.then(|| scope.task_tags(&target.address()));
    let started_by = format!("ecsctl/{}/{}", scope.app, scope.environment);
    let is_taken = |letter: char| letter.is_ascii_alphanumeric() || "-_/".contains(letter);
    let started_by = started_by.chars().map(|letter| if is_taken(letter) { letter } else { '-' });
    Launch {
        placement: standing.placement.clone(),
        overrides,
        propagates_tags: standing.propagates_tags,
        tags: tags.unwrap_or_default(),
        started_by: started_by.take(LONGEST_STARTED_BY).collect(),
    }
}

fn announce(
    args: &Args,
    ground: &Ground,
    target: Target<'_>,
    standing: &Standing,
    is_whole: bool,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let address = target.address();
    let differs = is_whole && standing.differs;
    if differs {
        terminal.narrate(&format!(
            "The manifests say otherwise of {address} than what is live, which is run: `ecsctl plan` shows how.\n"
        ));
    }
    if terminal.is_json() {
        return Ok(terminal.begin(Start::on("run", &ground.scope, &ground.facts))?);
    }
    terminal.narrate(&runs::heading(&address, &standing.placement, args.count));
    Ok(())
}

async fn carry_out(args: &Args, prepared: &Prepared, terminal: &Terminal) -> Result<Exit, Failure> {
    let Prepared { ground: Ground { backend, .. }, launch, .. } = prepared;
    let sources = Sources { tasks: args.count as usize, containers: prepared.runnable.logs.len() };
    let tell = |event: RunEvent| tell(&event, &args.name, sources, terminal);
    let (launched, error) = run::start(backend, launch, args.count, &tell).await;
    if let Some(error) = error {
        say_left(&launched.tasks, terminal)?;
        return Err(not_started(error));
    }
    if args.detach {
        return detached(&launched, terminal);
    }
    let (cluster, container) = (launch.placement.cluster.as_str(), prepared.container.as_str());
    let (tasks, logs) = (launched.tasks.as_slice(), prepared.runnable.logs.as_slice());
    let watch = Watch { cluster, container, tasks, logs, limit: prepared.limit };
    let watched = tokio::select! {
        biased;
        () = interrupts::first() => None,
        watched = run::watch(backend, watch, &tell) => Some(watched),
    };
    let Some(watched) = watched else {
        return cancelled(args, backend, cluster, tasks, terminal).await;
    };
    let watched = match watched {
        Ok(watched) => watched,
        Err(error) => {
            say_left(tasks, terminal)?;
            return Err(error.into());
        }
    };
    let exit = exit_of(&watched.outcomes, &launched, watched.timed_out);
    if terminal.is_json() {
        let refused = launched.refusals.len();
        let (code, timed_out) = (exit.code(), watched.timed_out);
        terminal.event(&events::end(code, timed_out, &watched.outcomes, refused))?;
    } else {
        terminal.narrate(&runs::ends(&watched.outcomes, container));
    }
    Ok(exit)
}

/// ECS says it as an error that a cluster has no instance at all, and as a refusal that none has room.
fn not_started(error: AwsError) -> Failure {
    let has_no_instances = error.message.contains("No Container Instances were found");
    let failure = Failure::from(error);
    if has_no_instances {
        return failure.hint("wait until an instance has registered with the cluster, or add some");
    }
    failure
}

/// A reader that went away does not stop a task.
fn tell(event: &RunEvent, name: &str, sources: Sources, terminal: &Terminal) {
    match event {
        _ if terminal.is_json() => {
            let _ = terminal.event(&events::event(event, name));
        }
        RunEvent::Line(line) => {
            let _ = terminal.result(&runs::line(line, sources));
        }
        RunEvent::Started(_)
        | RunEvent::Refused(_)
        | RunEvent::Status(_)
        | RunEvent::Unread(_)
        | RunEvent::TimedOut(_) => terminal.narrate(&runs::happened(event)),
    }
}

fn detached(launched: &Launched, terminal: &Terminal) -> Result<Exit, Failure> {
    let exit = exit_of(&[], launched, false);
    if terminal.is_json() {
        terminal.event(&events::end(exit.code(), false, &[], launched.refusals.len()))?;
        return Ok(exit);
    }
    for task in &launched.tasks {
        terminal.result(&format!("{}\n", task.id()))?;
    }
    terminal.narrate(&runs::left(&launched.tasks));
    Ok(exit)
}

/// The first signal ends the run, not the tasks, unless that is asked for; the second one ends it at once.
async fn cancelled(
    args: &Args,
    backend: &Backend,
    cluster: &str,
    tasks: &[Task],
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let started: Vec<String> = tasks.iter().map(|task| task.arn.clone()).collect();
    let look = async {
        tokio::select! {
            () = interrupts::second() => None,
            looked = tokio::time::timeout(LAST_LOOK, backend.tasks_by_arn(cluster, &started)) => {
                looked.ok().and_then(Result::ok)
            }
        }
    };
    let mut left = look.await.unwrap_or_else(|| tasks.to_vec());
    left.retain(|task| !task.is_stopped());
    if args.stop_on_interrupt {
        tokio::select! {
            () = interrupts::second() => {}
            stopped = run::stop(backend, &left, "ecsctl run was interrupted") => {
                stopped?;
                let ids: Vec<&str> = left.iter().map(Task::id).collect();
                let message = format!("cancelled: ECS stops {}", ids.join(", "));
                return Err(Failure::new(Exit::Cancelled, message));
            }
        }
    }
    say_left(&left, terminal)?;
    Err(Failure::new(Exit::Cancelled, "cancelled: nobody follows the run any more"))
}

fn say_left(tasks: &[Task], terminal: &Terminal) -> Result<(), Failure> {
    if terminal.is_json() {
        tasks.iter().try_for_each(|task| terminal.event(&events::left(task)))?;
    } else {
        terminal.narrate(&runs::left(tasks));
    }
    Ok(())
}

/// The highest code of all tasks; what did not run to its end is like a failed rollout.
fn exit_of(outcomes: &[TaskOutcome], launched: &Launched, timed_out: bool) -> Exit {
    if timed_out {
        return Exit::TimedOut;
    }
    let refused = launched.refusals.first().map(|_| Exit::Rollout.code());
    let codes = outcomes.iter().map(|outcome| outcome.ended.exit_code());
    match codes.chain(refused).max() {
        None | Some(0) => Exit::Done,
        Some(code) => Exit::Program(code),
    }
}

/// `NAME=VALUE`s. What is wrong is not repeated: it may be a secret.
fn pairs(written: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |pair: &String| {
        let (name, value) = pair.split_once('=').filter(|(name, _)| !name.is_empty())?;
        Some((name.to_owned(), value.to_owned()))
    };
    let pairs: Option<BTreeMap<String, String>> = written.iter().map(pair).collect();
    pairs.ok_or_else(|| {
        Failure::new(Exit::Usage, "`--container-env` has no name and `=` before its value")
            .hint("write --container-env NAME=VALUE")
    })
}

fn seconds(text: &str) -> Result<u32, String> {
    let time = Seconds::try_from(text.to_owned()).map_err(|error| error.to_string())?;
    if time.0 == 0 { Err("a task needs at least one second".to_owned()) } else { Ok(time.0) }
}

fn cpu(text: &str) -> Result<u32, String> {
    Cpu::try_from(text.to_owned()).map(|cpu| cpu.0).map_err(|error| error.to_string())
}

fn memory(text: &str) -> Result<u32, String> {
    Mebibytes::try_from(text.to_owned()).map(|size| size.0).map_err(|error| error.to_string())
}

impl From<StandingError> for Failure {
    fn from(error: StandingError) -> Self {
        let message = with_causes(&error);
        match error {
            StandingError::Session(error) => error.into(),
            StandingError::NotApplied { .. } => {
                Self::new(Exit::Error, message).hint("run `ecsctl apply` first")
            }
            StandingError::Unreadable { .. } => Self::new(Exit::Error, message),
        }
    }
}
