//! What runs, as it runs: drawn on a terminal, told in lines elsewhere, as events for programs. Whoever
//! follows rollouts shows them here, under a label each.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use tokio::time::Instant;

use super::events;
use super::events::rollout::Rollout;
use super::rollouts::{self, Page, Seen};
use super::terminal::Terminal;
use super::words::duration;
use crate::rollout::{Progress, Tasks};
use crate::runtime::Event;

/// How often the screen is drawn.
const FRAME: Duration = Duration::from_millis(100);

/// How often it is said, where nothing is drawn, that all is under way.
const HEARTBEAT: Duration = Duration::from_secs(30);

const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// Shows things under way by their labels, such as `service/web`.
#[derive(Debug)]
pub struct View {
    terminal: Terminal,
    is_drawn: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// In the order in which they began.
    running: IndexMap<String, Running>,
    /// What is still to be written above the drawing.
    above: String,
    frames: usize,
    ended: usize,
    /// How many things there will have been.
    total: Option<usize>,
    is_closed: bool,
}

#[derive(Debug)]
struct Running {
    since: Instant,
    /// What is done, in a few words.
    line: String,
    look: Option<Look>,
}

#[derive(Debug)]
struct Look {
    progress: Progress,
    at: Instant,
}

impl View {
    /// `total`: how many things there will be, where that is known.
    pub fn new(terminal: Terminal, total: Option<usize>) -> Self {
        let is_drawn = Terminal::is_watched() && !terminal.is_json();
        let state = Mutex::new(State { total, ..State::default() });
        Self { terminal, is_drawn, state }
    }

    /// Something has begun.
    pub fn begin(&self, label: &str) {
        self.state().running.insert(label.to_owned(), Running::new());
    }

    /// It does this now.
    pub fn work(&self, label: &str, line: &str) {
        let mut state = self.state();
        state.of(label).line = self.terminal.masked(line).into_owned();
        if !self.is_drawn {
            self.tell(&format!("  · {label}  {line}\n"));
        }
    }

    /// It is a rollout, and was looked at.
    pub fn look(&self, label: &str, progress: &Progress) {
        let mut state = self.state();
        let running = state.of(label);
        let before = running.look.take().map(|look| look.progress);
        let progress = self.masked(progress);
        let is_news = before.as_ref().is_none_or(|before| !rollouts::is_same(before, &progress));
        if is_news && self.terminal.is_json() {
            // A reader that went away does not stop the run.
            let event = events::Event::Rollout(Box::new(Rollout::of(label, &progress)));
            let _ = self.terminal.event(&event);
        } else if is_news && !self.is_drawn {
            self.tell(&rollouts::change(label, before.as_ref(), &progress).unwrap_or_default());
        }
        running.look = Some(Look { progress, at: Instant::now() });
        if is_news {
            self.draw(&mut state);
        }
    }

    /// It did what it should.
    pub fn done(&self, label: &str) {
        let mut state = self.state();
        let ended = state.running.shift_remove(label);
        let rollout = ended.and_then(|running| running.look).map(|look| summary(&look.progress));
        self.end(&mut state, &format!("  ✓ {label}  done{}\n", rollout.unwrap_or_default()));
    }

    /// It did not, or was not tried: `how`.
    pub fn failed(&self, label: &str, how: &str) {
        let mut state = self.state();
        state.running.shift_remove(label);
        self.end(&mut state, &format!("  ✗ {label}  {how}\n"));
    }

    /// Draws until it is aborted; where nothing is drawn, says now and then that all goes on.
    pub async fn keep_alive(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(if self.is_drawn { FRAME } else { HEARTBEAT });
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let mut state = self.state();
            if self.is_drawn {
                state.frames += 1;
                self.draw(&mut state);
            } else {
                self.tell(&state.heartbeat());
            }
        }
    }

    /// Takes the drawing off the screen; what was written above it stays.
    pub fn close(&self) {
        let mut state = self.state();
        if !state.is_closed {
            state.running.clear();
            state.total = None;
            self.draw(&mut state);
            self.terminal.end_drawing();
            state.is_closed = true;
        }
    }

    fn end(&self, state: &mut State, line: &str) {
        state.ended += 1;
        if self.is_drawn {
            state.above.push_str(line);
        } else {
            self.tell(line);
        }
    }

    /// Events say all of it to programs.
    fn tell(&self, text: &str) {
        if !self.terminal.is_json() {
            self.terminal.narrate(text);
        }
    }

    fn draw(&self, state: &mut State) {
        if !self.is_drawn || state.is_closed {
            return;
        }
        let (rows, columns) = Terminal::size();
        // The last column is free, for terminals differ in where the cursor is after it; so is the
        // last row, where it stays.
        let (width, height) = (columns.saturating_sub(1), rows.saturating_sub(1));
        let lines = state.page().lines(width, height);
        self.terminal.draw(&std::mem::take(&mut state.above), &lines);
    }

    /// Others' words without secrets, before they are cut: half of a secret is one too.
    fn masked(&self, progress: &Progress) -> Progress {
        let mask = |text: &mut String| *text = self.terminal.masked(text).into_owned();
        let mut progress = progress.clone();
        if let Some(Event { message, .. }) = &mut progress.event {
            mask(message);
        }
        if let Some(trouble) = &mut progress.trouble {
            mask(&mut trouble.cause);
            trouble.remedies.iter_mut().for_each(mask);
        }
        progress
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that ends by a defect leaves no screen without a cursor.
impl Drop for View {
    fn drop(&mut self) {
        self.close();
    }
}

impl State {
    /// What is known under a label; from now on, if that is nothing yet.
    fn of(&mut self, label: &str) -> &mut Running {
        self.running.entry(label.to_owned()).or_insert_with(Running::new)
    }

    fn page(&self) -> Page<'_> {
        let spinner = SPINNER[self.frames % SPINNER.len()];
        let mut page = Page::default();
        for (label, running) in &self.running {
            match &running.look {
                Some(Look { progress, .. }) => {
                    let elapsed = running.elapsed();
                    page.rollouts.push(Seen { label, progress, elapsed, spinner });
                }
                None => page.others.push(running.told(label, spinner)),
            }
        }
        page.footer = self.total.map(|total| format!("{} of {total} done", self.ended));
        page
    }

    fn heartbeat(&self) -> String {
        let lines = self.running.iter().map(|(label, running)| match &running.look {
            Some(look) => rollouts::heartbeat(label, &look.progress, running.elapsed()),
            None => format!("  … {label}  {}: {}\n", duration(running.elapsed()), running.line),
        });
        lines.collect()
    }
}

impl Running {
    fn new() -> Self {
        Self { since: Instant::now(), line: String::new(), look: None }
    }

    /// Seconds since it began. A rollout says so itself; between two looks the clock goes on.
    fn elapsed(&self) -> u64 {
        let look = self.look.as_ref();
        look.map_or_else(
            || self.since.elapsed().as_secs(),
            |look| look.progress.elapsed + look.at.elapsed().as_secs(),
        )
    }

    fn told(&self, label: &str, spinner: char) -> String {
        let (elapsed, line) = (duration(self.elapsed()), rollouts::clean(&self.line));
        format!("  {spinner} {label}  {elapsed}  {line}")
    }
}

/// ` in 1 min 32 s: shop-prod-web:42, 3 of 3 tasks run`
fn summary(Progress { elapsed, new, .. }: &Progress) -> String {
    let Tasks { revision, running, desired, .. } = new;
    format!(" in {}: {revision}, {running} of {desired} tasks run", duration(*elapsed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rolling() -> Progress {
        let new =
            Tasks { revision: "web:2".to_owned(), desired: 3, running: 3, ..Tasks::default() };
        Progress { elapsed: 92, status: "IN_PROGRESS".to_owned(), new, ..Progress::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn between_two_looks_the_clock_goes_on() {
        let view = View::new(Terminal::default(), Some(3));
        view.work("rule/web", "elbv2:ModifyRule web");
        view.look("service/web", &rolling());
        tokio::time::advance(HEARTBEAT).await;
        insta::assert_snapshot!(view.state().heartbeat(), @"
        … rule/web  30 s: elbv2:ModifyRule web
        … service/web  2 min 2 s: web:2 · in progress · new 3/3 running, 0 pending, 0 failed
        ");
        view.done("service/web");
        insta::assert_snapshot!(view.state().heartbeat(), @"
          … rule/web  30 s: elbv2:ModifyRule web
        ");
        assert_eq!(summary(&rolling()), " in 1 min 32 s: web:2, 3 of 3 tasks run");
    }

    #[test]
    fn secrets_are_masked_before_anything_is_cut() {
        let terminal = Terminal::default();
        terminal.keep_secret(["hunter2".to_owned()]);
        let at = "2026-01-01T00:01:00Z".parse().unwrap();
        let message = "DB_PASSWORD=hunter2 is wrong".to_owned();
        let event = Some(Event { id: String::new(), at, message });
        let view = View::new(terminal, None);
        view.work("service/web", "hunter2");
        view.look("service/web", &Progress { event, ..rolling() });
        let state = view.state();
        let shown = state.page().lines(40, 9).join("\n") + &state.running[0].line;
        assert!(!shown.contains("hunter") && shown.contains("(sensitive)"), "{shown}");
    }
}
