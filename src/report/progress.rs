//! A run while it runs: bars on a terminal, lines elsewhere.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::terminal::Terminal;
use crate::execute::Event;
use crate::plan::Plan;
use crate::rollout::{Progress as Rollout, Tasks};

/// How often a run without a terminal says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Shows the events of a run.
pub struct Progress {
    plan: Arc<Plan>,
    terminal: Terminal,
    running: Mutex<BTreeMap<usize, Running>>,
    bars: Option<Bars>,
}

struct Running {
    since: tokio::time::Instant,
    call: usize,
    bar: Option<ProgressBar>,
}

struct Bars {
    all: MultiProgress,
    total: ProgressBar,
}

impl Progress {
    pub fn new(plan: Arc<Plan>, terminal: Terminal) -> Self {
        let is_drawn = Terminal::is_watched() && !terminal.is_json();
        let bars = is_drawn.then(|| Bars::new(plan.actions.len()));
        Self { plan, terminal, running: Mutex::default(), bars }
    }

    /// Takes one event.
    pub fn show(&self, event: &Event) {
        match event {
            Event::Started { action } => self.begin(*action),
            Event::Call { action, call } => self.call(*action, *call),
            Event::Rollout { action, progress } => self.rollout(*action, progress),
            Event::Done { action } => self.end(*action, "done"),
            Event::Failed { action, message } => {
                self.end(*action, &format!("failed: {message}"));
            }
            Event::Skipped { action, because } => {
                let because = &self.plan.actions[*because].address;
                self.end(*action, &format!("not tried, for {because} was not done"));
            }
        }
    }

    /// Says each half minute what is still running. For where no bars are.
    pub async fn heartbeat(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(HEARTBEAT);
        ticks.tick().await;
        while self.bars.is_none() {
            ticks.tick().await;
            let lines: Vec<String> = self
                .running()
                .iter()
                .map(|(action, running)| {
                    let seconds = running.since.elapsed().as_secs();
                    format!(
                        "  … {} {} s: {}\n",
                        self.address(*action),
                        seconds,
                        self.line(*action, running.call)
                    )
                })
                .collect();
            self.terminal.narrate(&lines.concat());
        }
    }

    fn begin(&self, action: usize) {
        let bar = self.bars.as_ref().map(|bars| bars.begin(&self.address(action)));
        let running = Running { since: tokio::time::Instant::now(), call: 0, bar };
        self.running().insert(action, running);
    }

    fn call(&self, action: usize, call: usize) {
        let mut all = self.running();
        let Some(running) = all.get_mut(&action) else { return };
        running.call = call;
        let line = self.line(action, call);
        match &running.bar {
            Some(bar) => bar.set_message(line),
            None => self.terminal.narrate(&format!("  · {}  {line}\n", self.address(action))),
        }
    }

    fn rollout(&self, action: usize, progress: &Rollout) {
        if let Some(bar) = self.running().get(&action).and_then(|running| running.bar.as_ref()) {
            let Tasks { desired, running, .. } = progress.new;
            bar.set_message(format!("{running} of {desired} tasks running"));
        }
    }

    fn end(&self, action: usize, how: &str) {
        let running = self.running().remove(&action);
        let mark = if how == "done" { "✓" } else { "✗" };
        let line = format!("  {mark} {}  {how}", self.address(action));
        let line = self.terminal.masked(&line);
        match &self.bars {
            Some(bars) => bars.end(running.and_then(|running| running.bar), &line),
            None => self.terminal.narrate(&format!("{line}\n")),
        }
    }

    fn address(&self, action: usize) -> String {
        self.plan.actions[action].address.to_string()
    }

    fn line(&self, action: usize, call: usize) -> String {
        self.plan.actions[action].calls.get(call).map(|call| call.line.clone()).unwrap_or_default()
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<usize, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bars {
    fn new(actions: usize) -> Self {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed}");
        let total = all.add(
            ProgressBar::new(actions as u64).with_style(style.expect("the template is right")),
        );
        Self { all, total }
    }

    fn begin(&self, address: &str) -> ProgressBar {
        let style = ProgressStyle::with_template("  {spinner} {prefix}  {elapsed} {wide_msg}");
        let bar = ProgressBar::new_spinner()
            .with_style(style.expect("the template is right"))
            .with_prefix(address.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        self.all.add(bar)
    }

    fn end(&self, bar: Option<ProgressBar>, line: &str) {
        if let Some(bar) = bar {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
        self.total.inc(1);
        // The bars' own stream: a line that went round them would be drawn over.
        let _ = self.all.println(line);
        if self.total.position() == self.total.length().unwrap_or_default() {
            self.total.finish_and_clear();
        }
    }
}
