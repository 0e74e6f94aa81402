//! A part of the screen that is drawn again and again in its place.

use std::io;

use super::terminal::Terminal;

/// What was drawn last is replaced by what is drawn next.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal,
    /// Lines of the screen that it takes.
    lines: usize,
}

impl Screen {
    /// None where results go to a pipe, a file or a terminal that only shows text.
    pub fn of(terminal: &Terminal) -> Option<Self> {
        let is_screen = console::Term::stdout().is_term() && !Terminal::is_plain();
        (is_screen && !terminal.is_json()).then(|| Self { terminal: terminal.clone(), lines: 0 })
    }

    pub fn draw(&mut self, text: &str) -> io::Result<()> {
        let screen = console::Term::stdout();
        let (rows, columns) = screen.size();
        // What has left the screen at its top could not be replaced.
        let (shown, lines) = fitting(text, usize::from(rows).max(2) - 1, usize::from(columns));
        screen.clear_last_lines(self.lines)?;
        self.lines = lines;
        self.terminal.result(shown)
    }
}

/// As many whole lines of the text as fit, and how many lines of the screen they take.
fn fitting(text: &str, rows: usize, columns: usize) -> (&str, usize) {
    let mut taken = 0;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let width = console::measure_text_width(line.trim_end());
        let wanted = width.div_ceil(columns.max(1)).max(1);
        if taken + wanted > rows {
            break;
        }
        taken += wanted;
        end += line.len();
    }
    (&text[..end], taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_out_line_by_line() {
        let text = "one\n\ntwelve chars\nlast\n";
        assert_eq!(fitting(text, 10, 80), (text, 4));
        assert_eq!(fitting(text, 3, 80), ("one\n\ntwelve chars\n", 3));
        assert_eq!(fitting(text, 3, 8), ("one\n\n", 2), "a long line takes two");
        assert_eq!(fitting(text, 4, 8), ("one\n\ntwelve chars\n", 4));
    }
}
