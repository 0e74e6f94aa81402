//! What the commands that change running services share: the plan, the calls, and following what they
//! start to its end.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;

use super::exit::{Exit, Failure};
use super::run;
use super::site::{Named, Site};
use crate::backend::ServiceUpdate;
use crate::cli::Global;
use crate::follow::{follow, until_running};
use crate::kind::CallError;
use crate::operate::{Awaited, Call, Change, Refusal, RefusalKind, Revision, Subject, Wanted};
use crate::report::events::failure::RolloutFailed;
use crate::report::events::operations::{Counted, LeftRolling, Planned};
use crate::report::events::run::Outcomes;
use crate::report::events::{self, Event, apply};
use crate::report::operations::{self, Heading};
use crate::report::terminal::Terminal;
use crate::report::view::View;
use crate::rollout::{self, End, Rollout};
use crate::runtime::{Service, short};

/// How long a call under way may take to finish when the program is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// Until when a change is followed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Following {
    /// Give up on a rollout after so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub timeout: u64,
    /// Do not follow what this starts: `ecsctl wait` does
    #[arg(long)]
    pub no_wait: bool,
}

impl Following {
    pub(super) fn limit(self) -> Duration {
        Duration::from_secs(self.timeout * 60)
    }
}

/// What is left to do for a service.
#[derive(Clone, Debug)]
pub(super) enum Work {
    Change(Change),
    /// Somebody else began it.
    Follow(Subject, Box<Rollout>),
    /// It has ended before anybody looked.
    Ended(Subject, Result<String, Box<rollout::Failure>>),
}

/// How the work on a service ended.
enum Outcome {
    /// In words: `runs shop-prod-web:43`.
    Done(String),
    /// In words: what goes on without being followed, as was asked for.
    Begun(String),
    /// Likewise, because somebody ended the program.
    Left(String),
    Failed(CallError),
    /// It ended well, but not in the way that was asked for.
    Missed(String),
    /// Before a call that was still to be made.
    Cancelled,
}

impl From<Named> for Subject {
    fn from(Named { name, id }: Named) -> Self {
        Self { name, id }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let exit = match refusal.kind {
            RefusalKind::Arguments => Exit::Usage,
            RefusalKind::Situation => Exit::Error,
        };
        Self { hint: refusal.hint, ..Self::new(exit, refusal.message) }
    }
}

/// Writes where a command works.
pub(super) fn begin(
    command: &str,
    global: &Global,
    site: &Site,
    service: Option<&Service>,
) -> Result<(), Failure> {
    let terminal = global.terminal();
    let heading = Heading {
        command,
        app: &site.stack.app,
        environment: &site.stack.environment,
        cluster: service.map(|service| service.cluster.as_str()),
    };
    if terminal.is_json() {
        terminal.begin(heading.event())?;
    } else {
        terminal.result(&heading.text())?;
    }
    Ok(())
}

/// Writes what will be done.
pub(super) fn show(changes: &[Change], terminal: &Terminal) -> Result<(), Failure> {
    if terminal.is_json() {
        for change in changes {
            terminal.event(&Event::Planned(Planned::of(change)))?;
        }
        return Ok(());
    }
    terminal.result(&format!("\n{}\n", operations::plan(changes)))?;
    Ok(())
}

/// Says that there is nothing to do, and ends.
pub(super) fn nothing(subject: &Subject, text: &str, terminal: &Terminal) -> Result<Exit, Failure> {
    if terminal.is_json() {
        terminal.event(&done(subject, text))?;
        terminal.event(&ended(1, 0, 0, Exit::Done))?;
    } else {
        terminal.result(&format!("Nothing to do: {subject} {text}.\n"))?;
    }
    Ok(Exit::Done)
}

/// Does all of it side by side, and follows it.
pub(super) async fn run(
    site: Site,
    work: Vec<Work>,
    following: Following,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    let cancelled = run::cancelled_by_signal(terminal.clone());
    let view = Arc::new(View::new(terminal.clone(), None));
    let keeper = tokio::spawn(view.clone().keep_alive());
    let operation =
        Operation { site: &site, following, terminal: &terminal, cancelled, view: view.clone() };
    let outcomes = join_all(work.iter().map(|work| operation.outcome(work))).await;
    keeper.abort();
    view.close();
    site.backend.finish()?;
    let outcomes: Vec<_> = work.iter().map(Work::subject).zip(outcomes).collect();
    end(&outcomes, &terminal)
}

impl Work {
    fn subject(&self) -> &Subject {
        match self {
            Self::Change(change) => &change.subject,
            Self::Follow(subject, _) | Self::Ended(subject, _) => subject,
        }
    }
}

/// What became of the calls of a change.
#[derive(Default)]
struct Started {
    /// ARN of the revision that was registered.
    registered: Option<String>,
    /// Id of the deployment that was started.
    deployment: String,
}

struct Operation<'a> {
    site: &'a Site,
    following: Following,
    terminal: &'a Terminal,
    cancelled: watch::Receiver<bool>,
    view: Arc<View>,
}

impl Operation<'_> {
    async fn outcome(&self, work: &Work) -> Outcome {
        let outcome = match work {
            Work::Change(change) => self.change(change).await,
            Work::Follow(subject, rollout) => self.follow(subject, rollout, Wanted::Success).await,
            Work::Ended(_, Ok(text)) => Outcome::Done(text.clone()),
            Work::Ended(_, Err(failure)) => Outcome::Failed(CallError::Rollout(failure.clone())),
        };
        if self.terminal.is_json() {
            for event in told(work.subject(), &outcome) {
                self.event(&event);
            }
        }
        outcome
    }

    async fn change(&self, change: &Change) -> Outcome {
        let started = tokio::select! {
            ended = self.calls(change) => ended,
            () = self.out_of_patience() => Err(CallError::Abandoned),
        };
        let started = match started {
            Ok(started) => started,
            Err(CallError::Cancelled) => return Outcome::Cancelled,
            Err(error) => return Outcome::Failed(error),
        };
        match &change.awaited {
            Awaited::Started { task_definition, previous, baking } => {
                let id = &change.subject.id;
                let rollout = Rollout {
                    cluster: id.cluster.as_str().into(),
                    service: id.service.clone(),
                    deployment: started.deployment.as_str().into(),
                    task_definition: started.revision(task_definition).as_str().into(),
                    baking: *baking,
                    previous: Some(previous.as_str().into()),
                };
                self.follow(&change.subject, &rollout, Wanted::Success).await
            }
            Awaited::UnderWay { rollout, wanted } => {
                self.follow(&change.subject, rollout, *wanted).await
            }
            Awaited::Count(count) => self.count(&change.subject, *count).await,
        }
    }

    /// Makes the calls one after another; none is begun after a signal.
    async fn calls(&self, change: &Change) -> Result<Started, CallError> {
        let mut started = Started::default();
        for call in &change.calls {
            if *self.cancelled.borrow() {
                return Err(CallError::Cancelled);
            }
            self.tell_call(&change.subject, call);
            self.call(call, &mut started).await?;
        }
        Ok(started)
    }

    async fn call(&self, call: &Call, started: &mut Started) -> Result<(), CallError> {
        let backend = &self.site.backend;
        match call {
            Call::Register { base, images } => {
                started.registered = Some(backend.revise(base, images).await?);
            }
            Call::Update { id, task_definition, count, forces_deployment } => {
                let update = ServiceUpdate {
                    task_definition: task_definition.as_ref().map(|it| started.revision(it)),
                    count: *count,
                    forces_deployment: *forces_deployment,
                };
                started.deployment = backend.update_service(id, &update).await?;
            }
            Call::Stop { deployment, how, .. } => backend.stop_deployment(deployment, *how).await?,
            Call::Continue { deployment, hook, action, .. } => {
                backend.continue_deployment(deployment, hook, *action).await?;
            }
        }
        Ok(())
    }

    async fn follow(&self, subject: &Subject, rollout: &Rollout, wanted: Wanted) -> Outcome {
        let revision = short(rollout.task_definition.text()).to_owned();
        if self.following.no_wait {
            return Outcome::Begun(left(subject, &revision, wanted));
        }
        let address = subject.to_string();
        self.view.begin(&address);
        let tell = |progress| self.view.look(&address, &progress);
        let mut cancelled = self.cancelled.clone();
        let ended = tokio::select! {
            ended = follow(&self.site.backend, rollout, self.following.limit(), &tell) => ended,
            _ = cancelled.wait_for(|cancelled| *cancelled) => {
                return Outcome::Left(left(subject, &revision, wanted));
            }
        };
        judged(&revision, wanted, ended)
    }

    async fn count(&self, subject: &Subject, count: u32) -> Outcome {
        let name = &subject.name;
        let left = format!("is to run {count} tasks; see how many do with `ecsctl status {name}`");
        if self.following.no_wait {
            return Outcome::Begun(left);
        }
        let address = subject.to_string();
        let tell = |service: &Service| {
            if self.terminal.is_json() {
                self.event(&Event::Tasks(Counted::of(subject, service)));
            } else {
                self.view.work(&address, &operations::count(service));
            }
        };
        let backend = &self.site.backend;
        let reached = until_running(backend, &subject.id, count, self.following.limit(), &tell);
        let mut cancelled = self.cancelled.clone();
        tokio::select! {
            ended = reached => match ended {
                Ok(()) => Outcome::Done(format!("runs {count} tasks")),
                Err(error) => Outcome::Failed(error),
            },
            _ = cancelled.wait_for(|cancelled| *cancelled) => Outcome::Left(left),
        }
    }

    /// Ends some time after a signal.
    async fn out_of_patience(&self) {
        let mut cancelled = self.cancelled.clone();
        // The sender lives as long as the program.
        let _ = cancelled.wait_for(|cancelled| *cancelled).await;
        tokio::time::sleep(GRACE).await;
    }

    fn tell_call(&self, subject: &Subject, call: &Call) {
        let (address, call) = (subject.to_string(), call.to_string());
        if self.terminal.is_json() {
            self.event(&Event::Call(apply::Call { address, call }));
        } else {
            self.view.work(&address, &call);
        }
    }

    fn event(&self, event: &Event) {
        // A reader that went away does not stop the run.
        let _ = self.terminal.event(event);
    }
}

impl Started {
    fn revision(&self, revision: &Revision) -> String {
        match revision {
            Revision::Registered => self.registered.clone().unwrap_or_default(),
            Revision::Existing(arn) => arn.clone(),
        }
    }
}

/// Whether an end is the one that was asked for.
fn judged(revision: &str, wanted: Wanted, ended: Result<(), CallError>) -> Outcome {
    let running = |failure: &rollout::Failure| match &failure.running {
        Some(running) => format!("runs {running}"),
        None => "runs nothing".to_owned(),
    };
    match (wanted, ended) {
        (Wanted::Success, Ok(())) => Outcome::Done(format!("runs {revision}")),
        (Wanted::Back | Wanted::Stopped, Ok(())) => {
            Outcome::Missed(format!("the deployment of {revision} succeeded before it was stopped"))
        }
        (Wanted::Back, Err(CallError::Rollout(failure))) if failure.end == End::RolledBack => {
            Outcome::Done(format!("is back, and {}", running(&failure)))
        }
        (Wanted::Stopped, Err(CallError::Rollout(failure))) if failure.end == End::Stopped => {
            Outcome::Done(format!("is stopped; it {}", running(&failure)))
        }
        (Wanted::Success | Wanted::Back | Wanted::Stopped, Err(error)) => Outcome::Failed(error),
    }
}

fn left(subject: &Subject, revision: &str, wanted: Wanted) -> String {
    let how = match wanted {
        Wanted::Success => format!("is rolling out {revision}"),
        Wanted::Back => format!("is going back from {revision}"),
        Wanted::Stopped => format!("stops the deployment of {revision}"),
    };
    format!("{how}; follow on with `ecsctl wait {}`", subject.name)
}

/// What programs are told of an end.
fn told(subject: &Subject, outcome: &Outcome) -> Vec<Event> {
    let address = subject.to_string();
    let failed = |message: &str| {
        let message = message.to_owned();
        Event::Failed(apply::Failed { address: subject.to_string(), message })
    };
    match outcome {
        Outcome::Done(text) => vec![done(subject, text)],
        Outcome::Begun(text) | Outcome::Left(text) => {
            vec![Event::LeftRolling(LeftRolling { address, text: text.clone() })]
        }
        Outcome::Failed(CallError::Rollout(failure)) => {
            let why = Event::RolloutFailed(Box::new(RolloutFailed::of(&address, failure)));
            vec![why, failed(&failure.to_string())]
        }
        Outcome::Failed(error) => vec![failed(&error.to_string())],
        Outcome::Missed(text) => vec![failed(text)],
        Outcome::Cancelled => vec![failed("cancelled")],
    }
}

fn done(subject: &Subject, text: &str) -> Event {
    Event::Done(apply::Done { address: subject.to_string(), text: Some(text.to_owned()) })
}

fn ended(done: usize, failed: usize, not_tried: usize, exit: Exit) -> Event {
    let outcomes = Some(Outcomes { done, failed, not_tried });
    Event::End(events::run::End { outcomes, exit_code: exit.code(), ..Default::default() })
}

fn exit_of(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Done(_) | Outcome::Begun(_) => Exit::Done,
        Outcome::Left(_) | Outcome::Cancelled => Exit::Cancelled,
        Outcome::Failed(error) => run::exit_of_error(error),
        Outcome::Missed(_) => Exit::Error,
    }
}

fn text(subject: &Subject, outcome: &Outcome, terminal: &Terminal) -> String {
    match outcome {
        Outcome::Done(text) => operations::done(subject, text),
        Outcome::Begun(text) => operations::begun(subject, text),
        Outcome::Left(text) => operations::left(subject, text),
        Outcome::Failed(error) => {
            operations::failed(subject, error, &|text| terminal.masked(text).into_owned())
        }
        Outcome::Missed(text) => operations::missed(subject, text),
        Outcome::Cancelled => operations::left(subject, "was not changed: cancelled"),
    }
}

fn end(outcomes: &[(&Subject, Outcome)], terminal: &Terminal) -> Result<Exit, Failure> {
    let exits = || outcomes.iter().map(|(_, outcome)| exit_of(outcome));
    let count = |is: fn(&Exit) -> bool| exits().filter(is).count();
    let done = count(|exit| *exit == Exit::Done);
    let not_tried = count(|exit| *exit == Exit::Cancelled);
    let failed = outcomes.len() - done - not_tried;
    let exit = run::worst(exits());
    if terminal.is_json() {
        terminal.event(&ended(done, failed, not_tried, exit))?;
        return Ok(exit);
    }
    let lines: String =
        outcomes.iter().map(|(subject, outcome)| text(subject, outcome, terminal)).collect();
    let is_summed_up = exit != Exit::Done && outcomes.len() > 1;
    let summary = is_summed_up.then(|| operations::summary(done, failed, not_tried));
    terminal.result(&format!("\n{lines}{}", summary.unwrap_or_default()))?;
    Ok(exit)
}
