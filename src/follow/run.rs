//! Following tasks that were started by themselves: their states, what they write, how they end.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;

use crate::aws::{AwsError, ErrorKind};
use crate::backend::{Backend, Position, TASKS_PER_RUN};
use crate::rollout::diagnosis::diagnose;
use crate::rollout::{Evidence, RunEvent, TaskOutcome};
use crate::runtime::{Ended, Launch, Launched, LogLine, LogSource, Task};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(2);

/// Looks in a row that may fail.
const PATIENCE: u32 = 5;

/// A task that ECS has not shown for so long is gone.
const MISSING: Duration = Duration::from_mins(2);

/// A container has at most two minutes to stop.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
const STOPPING: Duration = Duration::from_secs(150);

/// Reads without a line after which a stopped task has no more to say: logs arrive late.
const QUIET: u32 = 2;

/// Reads at the end.
const LAST_READS: u32 = 5;

/// What is kept of what a task wrote.
const LAST_WORDS: usize = 10;

/// What is followed.
#[derive(Clone, Debug)]
pub struct Watch<'a> {
    pub cluster: &'a str,
    /// Whose exit code counts.
    pub container: &'a str,
    pub tasks: &'a [Task],
    pub logs: &'a [LogSource],
    pub limit: Option<Duration>,
}

/// How tasks ended.
#[derive(Clone, Debug)]
pub struct Watched {
    pub outcomes: Vec<TaskOutcome>,
    pub timed_out: bool,
}

type Tell<'a> = &'a (dyn Fn(RunEvent) + Sync);

/// Starts tasks. When a call fails, what was started before is returned with its error.
pub async fn start(
    backend: &Backend,
    launch: &Launch,
    count: u32,
    tell: Tell<'_>,
) -> (Launched, Option<AwsError>) {
    let mut all = Launched::default();
    let token = backend.run_token(launch);
    let mut left = count;
    while left > 0 {
        let now = left.min(TASKS_PER_RUN);
        left -= now;
        let launched = match backend.run_tasks(launch, now, &format!("{token}-{left}")).await {
            Ok(launched) => launched,
            Err(error) => return (all, Some(error)),
        };
        for task in &launched.tasks {
            tell(RunEvent::Started(task.clone()));
        }
        for refusal in &launched.refusals {
            tell(RunEvent::Refused(refusal.clone()));
        }
        all.tasks.extend(launched.tasks);
        all.refusals.extend(launched.refusals);
    }
    (all, None)
}

/// Follows tasks until all have stopped. Those that have not when the limit passes are stopped.
pub async fn watch(
    backend: &Backend,
    watch: Watch<'_>,
    tell: Tell<'_>,
) -> Result<Watched, AwsError> {
    let mut watcher = Watcher::new(backend, watch, tell);
    let began = backend.now();
    let mut stopped_at: Option<Timestamp> = None;
    while !watcher.has_ended() {
        backend.let_pass(LOOK).await;
        watcher.look().await?;
        watcher.read_logs().await;
        let now = backend.now();
        match (stopped_at, watcher.watch.limit) {
            (Some(at), _) if elapsed(at, now) >= STOPPING => break,
            (None, Some(limit)) if elapsed(began, now) >= limit && !watcher.has_ended() => {
                tell(RunEvent::TimedOut(limit.as_secs()));
                stopped_at = Some(now);
                watcher.stop("ecsctl run: the time is up").await?;
            }
            (Some(_) | None, _) => {}
        }
    }
    watcher.read_last_words().await;
    Ok(Watched { outcomes: watcher.outcomes(), timed_out: stopped_at.is_some() })
}

/// Tells ECS to stop tasks.
pub async fn stop(backend: &Backend, tasks: &[Task], reason: &str) -> Result<(), AwsError> {
    for task in tasks {
        match backend.stop_task(task, reason).await {
            // It has stopped by itself, and ECS has forgotten it.
            Err(error) if error.kind == ErrorKind::NotFound => {}
            ended => ended?,
        }
    }
    Ok(())
}

fn elapsed(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

struct Watcher<'a> {
    backend: &'a Backend,
    watch: Watch<'a>,
    tell: Tell<'a>,
    /// By ARN, as ECS showed them last, and when.
    tasks: BTreeMap<String, (Task, Timestamp)>,
    streams: Vec<Stream>,
    failures: u32,
    /// Log lines are read.
    reads_logs: bool,
}

/// What a container of a task writes to.
struct Stream {
    task: String,
    container: String,
    group: String,
    name: String,
    position: Position,
    last: VecDeque<LogLine>,
}

impl<'a> Watcher<'a> {
    fn new(backend: &'a Backend, watch: Watch<'a>, tell: Tell<'a>) -> Self {
        let now = backend.now();
        let tasks = watch.tasks.iter().map(|task| (task.arn.clone(), (task.clone(), now)));
        let streams = watch.tasks.iter().flat_map(|task| {
            watch.logs.iter().map(|source| Stream {
                task: task.arn.clone(),
                container: source.container.clone(),
                group: source.group.clone(),
                name: source.stream(task.id()),
                position: Position::default(),
                last: VecDeque::new(),
            })
        });
        let (tasks, streams) = (tasks.collect(), streams.collect());
        Self { backend, watch, tell, tasks, streams, failures: 0, reads_logs: true }
    }

    fn has_ended(&self) -> bool {
        self.tasks.values().all(|(task, _)| task.is_stopped())
    }

    fn running(&self) -> Vec<Task> {
        let tasks = self.tasks.values().map(|(task, _)| task);
        tasks.filter(|task| !task.is_stopped()).cloned().collect()
    }

    async fn look(&mut self) -> Result<(), AwsError> {
        let arns: Vec<String> = self.running().into_iter().map(|task| task.arn).collect();
        let found = match self.backend.tasks_by_arn(self.watch.cluster, &arns).await {
            Ok(found) => found,
            Err(error) if self.failures < PATIENCE && passes(error.kind) => {
                self.failures += 1;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.failures = 0;
        let now = self.backend.now();
        for task in found {
            let Some((known, at)) = self.tasks.get_mut(&task.arn) else { continue };
            let has_moved = known.last_status != task.last_status;
            (*known, *at) = (task, now);
            if has_moved {
                (self.tell)(RunEvent::Status(known.clone()));
            }
        }
        self.give_up_missing(now);
        Ok(())
    }

    /// A new task may be unknown for a moment; a stopped one is, an hour after it stopped.
    fn give_up_missing(&mut self, now: Timestamp) {
        for (task, at) in self.tasks.values_mut() {
            if !task.is_stopped() && elapsed(*at, now) >= MISSING {
                "STOPPED".clone_into(&mut task.last_status);
                task.stopped_reason = Some("ECS does not know the task any more".to_owned());
                (self.tell)(RunEvent::Status(task.clone()));
            }
        }
    }

    async fn stop(&self, reason: &str) -> Result<(), AwsError> {
        stop(self.backend, &self.running(), reason).await
    }

    /// Tells new lines in the order of their times; returns how many there were.
    async fn read_logs(&mut self) -> usize {
        if !self.reads_logs {
            return 0;
        }
        let backend = self.backend;
        let reads = self.streams.iter_mut().map(|stream| stream.read(backend));
        let mut lines = vec![];
        for read in join_all(reads).await {
            match read {
                Ok(fresh) => lines.extend(fresh),
                Err(error) if passes(error.kind) => {}
                Err(error) => {
                    self.reads_logs = false;
                    (self.tell)(RunEvent::Unread(error.to_string()));
                    break;
                }
            }
        }
        lines.sort_by_key(|line| line.at);
        let count = lines.len();
        for line in lines {
            (self.tell)(RunEvent::Line(line));
        }
        count
    }

    async fn read_last_words(&mut self) {
        let mut quiet = 0;
        for _ in 0..LAST_READS {
            if self.streams.is_empty() || !self.reads_logs || quiet >= QUIET {
                return;
            }
            self.backend.let_pass(LOOK).await;
            quiet = if self.read_logs().await == 0 { quiet + 1 } else { 0 };
        }
    }

    fn outcomes(&self) -> Vec<TaskOutcome> {
        self.tasks.values().map(|(task, _)| self.outcome(task)).collect()
    }

    fn outcome(&self, task: &Task) -> TaskOutcome {
        let ended = Ended::of(task, self.watch.container);
        let mut streams = self.streams.iter().filter(|stream| stream.task == task.arn);
        let own = streams.find(|stream| stream.container == self.watch.container);
        let evidence = Evidence {
            tasks: vec![task.clone()],
            logs: own.map(|own| own.last.iter().cloned().collect()).unwrap_or_default(),
            capacity: task.capacity.clone(),
            reason: task.stopped_reason.clone(),
            ..Evidence::default()
        };
        let diagnosis = if ended.is_success() { None } else { diagnose(&evidence) };
        TaskOutcome { task: task.clone(), ended, diagnosis }
    }
}

impl Stream {
    async fn read(&mut self, backend: &Backend) -> Result<Vec<LogLine>, AwsError> {
        let lines = backend.log_lines_after(&self.group, &self.name, &mut self.position).await?;
        self.last.extend(lines.iter().cloned());
        let surplus = self.last.len().saturating_sub(LAST_WORDS);
        self.last.drain(..surplus);
        Ok(lines)
    }
}

/// Whether the next look may succeed.
fn passes(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Throttled | ErrorKind::Timeout | ErrorKind::Service | ErrorKind::Unreachable => {
            true
        }
        ErrorKind::Credentials
        | ErrorKind::Region
        | ErrorKind::Account
        | ErrorKind::Denied
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Quota
        | ErrorKind::Invalid => false,
    }
}
