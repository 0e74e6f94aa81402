//! The writer: results to stdout, narration to stderr, each with or without colour, neither with a
//! secret.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};

use super::events::Event;
use super::events::run::Start;
use super::github::{Workflow, commands};
use super::region::Region;

/// What stands for a secret.
const MASK: &str = "(sensitive)";
/// Shorter values are no secrets, and masking them would garble everything else.
const SHORTEST_SECRET: usize = 4;

/// In which form results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for people
    #[default]
    Human,
    /// One JSON object a line; the first names the schema version
    Json,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`
    #[default]
    Auto,
    Always,
    Never,
}

/// Where a command writes. Clones write to the same place.
#[derive(Clone, Debug, Default)]
pub struct Terminal {
    pub format: Format,
    pub color: Color,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Whether the first event was written.
    has_begun: AtomicBool,
    /// Whether the one who reads results has gone away.
    is_left: AtomicBool,
    secrets: RwLock<Vec<String>>,
    workflow: OnceLock<Workflow>,
    /// What is drawn below all that is narrated.
    region: Mutex<Option<Region>>,
}

/// A part of a result.
#[derive(Clone, Debug)]
pub enum Part {
    Text(String),
    /// A part that a job's log folds: its first line stays.
    Block(String),
}

impl Part {
    pub fn text(&self) -> &str {
        let (Self::Text(text) | Self::Block(text)) = self;
        text
    }
}

impl Terminal {
    /// This one with another form and colour.
    #[must_use]
    pub fn with(&self, format: Format, color: Color) -> Self {
        Self { format, color, shared: self.shared.clone() }
    }

    /// Whether someone can answer a question.
    pub fn is_interactive() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether narration goes to a person's screen that can redraw a line.
    pub fn is_watched() -> bool {
        io::stderr().is_terminal() && !Self::is_plain()
    }

    /// Whether `TERM` says that the screen shows text and nothing else.
    #[expect(clippy::disallowed_methods, reason = "what it says is about the terminal only")]
    pub fn is_plain() -> bool {
        std::env::var_os("TERM").is_some_and(|term| term == "dumb")
    }

    /// Shows the cursor again, which a question hides.
    pub fn show_cursor() {
        if Self::is_watched() {
            // Nobody is left to see it when stderr is closed.
            let _ = console::Term::stderr().show_cursor();
        }
    }

    /// Rows and columns of the screen.
    pub(super) fn size() -> (usize, usize) {
        let (rows, columns) = console::Term::stderr().size();
        (rows.into(), columns.into())
    }

    /// Columns of the screen; 100 where there is none.
    pub fn width() -> usize {
        let columns =
            console::Term::stderr().size_checked().map(|(_, columns)| usize::from(columns));
        columns.unwrap_or(100)
    }

    /// Masks these values in all that is written from now on.
    pub fn keep_secret(&self, values: impl IntoIterator<Item = String>) {
        let long = values.into_iter().filter(|value| value.len() >= SHORTEST_SECRET);
        let mut secrets = self.shared.secrets.write().unwrap_or_else(PoisonError::into_inner);
        secrets.extend(long.flat_map(|value| [escaped(&value), value]));
        // What holds another secret goes first, or its rest would be shown.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
    }

    /// The text without secrets.
    pub fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let secrets = self.shared.secrets.read().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().fold(Cow::Borrowed(text), |text, secret| {
            if text.contains(secret) { Cow::Owned(text.replace(secret, MASK)) } else { text }
        })
    }

    /// From now on it writes into the log of a job of GitHub Actions, which acts on some lines of it.
    pub fn write_in(&self, workflow: Workflow) {
        // There is one job, which the program is told of once.
        let _ = self.shared.workflow.set(workflow);
    }

    /// The job of GitHub Actions whose log this is.
    pub fn workflow(&self) -> Option<&Workflow> {
        self.shared.workflow.get()
    }

    /// Writes a result. A reader that has gone away is not an error: `ecsctl plan | head`.
    pub fn result(&self, text: &str) -> io::Result<()> {
        self.print(&self.inert(&self.masked(text)))
    }

    /// Writes a result of parts.
    pub fn parts(&self, parts: &[Part]) -> io::Result<()> {
        let drawn = |part: &Part| match (part, self.workflow()) {
            (part, None) => self.masked(part.text()).into_owned(),
            (Part::Text(text), Some(_)) => self.inert(&self.masked(text)).into_owned(),
            (Part::Block(text), Some(_)) => {
                let text = self.masked(text);
                let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
                commands::group(title, rest)
            }
        };
        self.print(&parts.iter().map(drawn).collect::<String>())
    }

    /// Writes a result as it is: whoever made it struck out the secrets, and it may hold workflow
    /// commands.
    pub fn verbatim(&self, text: &str) -> io::Result<()> {
        self.print(text)
    }

    fn print(&self, text: &str) -> io::Result<()> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.choice());
        let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
        if matches!(&written, Err(error) if error.kind() == ErrorKind::BrokenPipe) {
            self.shared.is_left.store(true, Ordering::Relaxed);
        }
        forgiving(written)
    }

    /// Whether somebody still reads the results, as far as the last one showed.
    pub fn is_read(&self) -> bool {
        !self.shared.is_left.load(Ordering::Relaxed)
    }

    /// Text in which nothing is a workflow command, where that matters.
    fn inert<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.workflow().is_some() { commands::neutral(text) } else { Cow::Borrowed(text) }
    }

    /// Writes the first event of a command: the one with the schema version. Only one is ever written.
    pub fn begin(&self, start: Start) -> io::Result<()> {
        if self.shared.has_begun.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        self.event(&Event::Start(start))
    }

    /// Writes one JSON event.
    pub fn event(&self, event: &Event) -> io::Result<()> {
        let line = event.to_string();
        let line = self.masked(&line);
        let is_read_along = self.workflow().is_some();
        let line = if is_read_along { commands::neutral_json(&line) } else { line };
        self.print(&format!("{line}\n"))
    }

    /// Writes some lines of a result that may have no end. False if nobody reads them any more. Raw
    /// text keeps its escape sequences wherever it goes.
    pub fn stream(&self, text: &str, is_raw: bool) -> io::Result<bool> {
        let choice = if is_raw { ColorChoice::AlwaysAnsi } else { self.choice() };
        let mut stream = AutoStream::new(io::stdout().lock(), choice);
        let text = self.masked(text);
        match stream.write_all(self.inert(&text).as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            written => written.map(|()| true),
        }
    }

    /// Draws `lines` at the bottom of the screen, in the place of those drawn before; `above` them goes
    /// what is to stay. Each line must be narrower than the screen.
    pub(super) fn draw(&self, above: &str, lines: &[String]) {
        let mut region = self.shared.region.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = lines.iter().map(|line| self.painted(&self.masked(line))).collect();
        let above = self.painted(&self.masked(above));
        let (_, columns) = Self::size();
        write_drawing(&region.get_or_insert_default().draw(&above, lines, columns));
    }

    /// Takes what was drawn off the screen.
    pub(super) fn end_drawing(&self) {
        let mut region = self.shared.region.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(region) = region.take() {
            write_drawing(&region.close(Self::size().1));
        }
    }

    /// Writes what accompanies the result, above what is drawn.
    pub fn narrate(&self, text: &str) {
        let mut region = self.shared.region.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(region) = region.as_mut() {
            let above = self.painted(&self.masked(text));
            write_drawing(&region.insert(&above, Self::size().1));
            return;
        }
        drop(region);
        let mut stream = AutoStream::new(io::stderr().lock(), self.choice());
        // Nobody is left to tell when stderr is closed.
        let _ = stream.write_all(self.inert(&self.masked(text)).as_bytes());
    }

    /// Writes workflow commands beside the result, in a job of GitHub Actions.
    pub fn annotate(&self, commands: &str) {
        if self.workflow().is_some() {
            // Nobody is left to tell when stderr is closed.
            let _ = io::stderr().write_all(self.masked(commands).as_bytes());
        }
    }

    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether narration is coloured.
    pub fn is_colored(&self) -> bool {
        let stream = AutoStream::new(io::stderr(), self.choice());
        stream.current_choice() != ColorChoice::Never
    }

    /// Coloured, if narration is.
    fn painted(&self, text: &str) -> String {
        if self.is_colored() { text.to_owned() } else { strip_str(text).to_string() }
    }

    /// Whether results are coloured.
    pub fn colors_results(&self) -> bool {
        let stream = AutoStream::new(io::stdout(), self.choice());
        stream.current_choice() != ColorChoice::Never
    }

    fn choice(&self) -> ColorChoice {
        match self.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}

/// As JSON spells it inside a string.
fn escaped(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// In one piece, so that no half of it is ever seen.
fn write_drawing(bytes: &str) {
    // Nobody is left to see it when stderr is closed.
    let _ = io::stderr().lock().write_all(bytes.as_bytes());
}

fn forgiving(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_in_text_and_in_json() {
        let terminal = Terminal::default();
        let written = terminal.clone();
        terminal.keep_secret([
            "hunter2".to_owned(),
            "hunter2-\"old\"".to_owned(),
            "web".to_owned(),
        ]);
        assert_eq!(written.masked("web: db://hunter2@web"), "web: db://(sensitive)@web");
        assert_eq!(written.masked("hunter2-\"old\""), MASK);
        assert_eq!(written.masked(&json!("hunter2-\"old\"").to_string()), "\"(sensitive)\"");
    }
}
