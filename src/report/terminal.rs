//! The writer: results to stdout, narration to stderr, each with or without colour.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use serde_json::Value as Json;

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

/// Where a command writes.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    pub format: Format,
    pub color: Color,
}

impl Terminal {
    /// Whether someone can answer a question.
    pub fn is_interactive() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether narration goes to a person's screen.
    pub fn is_watched() -> bool {
        io::stderr().is_terminal()
    }

    /// Columns of the screen; 100 where there is none.
    pub fn width() -> usize {
        let columns =
            console::Term::stderr().size_checked().map(|(_, columns)| usize::from(columns));
        columns.unwrap_or(100)
    }

    /// Writes a result. A reader that has gone away is not an error: `ecsctl plan | head`.
    pub fn result(&self, text: &str) -> io::Result<()> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.choice());
        forgiving(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()))
    }

    /// Writes one JSON event.
    pub fn event(&self, event: &Json) -> io::Result<()> {
        self.result(&format!("{event}\n"))
    }

    /// Writes what accompanies the result.
    pub fn narrate(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.choice());
        // Nobody is left to tell when stderr is closed.
        let _ = stream.write_all(text.as_bytes());
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

fn forgiving(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
