//! The writer: results to stdout, narration to stderr, each with or without colour, neither with a
//! secret.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use anstream::{AutoStream, ColorChoice};
use serde_json::{Value as Json, json};

use super::events::SCHEMA;

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

    /// Writes a result. A reader that has gone away is not an error: `ecsctl plan | head`.
    pub fn result(&self, text: &str) -> io::Result<()> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.choice());
        let text = self.masked(text);
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

    /// Writes the first event of a command: the one with the schema version. Only one is ever written.
    pub fn begin(&self, about: &Json) -> io::Result<()> {
        if self.shared.has_begun.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let mut event = json!({"type": "start", "schema": SCHEMA});
        let about = about.as_object().into_iter().flatten();
        event
            .as_object_mut()
            .expect("written above")
            .extend(about.map(|(k, v)| (k.clone(), v.clone())));
        self.event(&event)
    }

    /// Writes one JSON event.
    pub fn event(&self, event: &Json) -> io::Result<()> {
        self.result(&format!("{event}\n"))
    }

    /// Writes what accompanies the result.
    pub fn narrate(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.choice());
        // Nobody is left to tell when stderr is closed.
        let _ = stream.write_all(self.masked(text).as_bytes());
    }

    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether narration is coloured.
    pub fn is_colored(&self) -> bool {
        let stream = AutoStream::new(io::stderr(), self.choice());
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
    let quoted = json!(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn forgiving(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
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
