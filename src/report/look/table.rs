//! Columns that line up, in lines of a terminal's usual width: for eyes, for `grep` and for `awk`.

use owo_colors::OwoColorize as _;

use super::super::words::{WIDTH, cut, width};

/// Between two columns.
const GAP: usize = 2;

/// No column is made narrower, even if lines become too long.
const NARROWEST: usize = 6;

/// The last column, which says most and matters least, is the first one to be made narrower: so far.
const LAST: usize = 14;

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Warning,
    Bad,
    Faint,
}

#[derive(Clone, Debug)]
pub(super) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}

/// A table that grows by rows. Columns in which nothing is written are left out.
pub(super) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: vec![] }
    }

    /// Adds a row, which has a cell for each column.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(super) fn text(&self) -> String {
        let widths = self.widths();
        let head = self.head.iter().map(|name| Cell::new(*name, Tone::Faint)).collect();
        let rows = std::iter::once(&head).chain(&self.rows);
        rows.map(|row| line(row, &widths)).collect()
    }

    /// 0 for a column that is left out.
    fn widths(&self) -> Vec<usize> {
        let natural = |column: usize| {
            let cells = self.rows.iter().map(|row| width(&row[column].text));
            match cells.max().unwrap_or(0) {
                0 => 0,
                widest => widest.max(width(self.head[column])),
            }
        };
        let mut widths: Vec<usize> = (0..self.head.len()).map(natural).collect();
        let shown = widths.iter().filter(|width| **width > 0).count();
        let room = WIDTH.saturating_sub(shown.saturating_sub(1) * GAP);
        while widths.iter().sum::<usize>() > room {
            let last = widths.last_mut().filter(|last| **last > LAST);
            if let Some(last) = last {
                *last -= 1;
                continue;
            }
            match widths.iter_mut().max().filter(|widest| **widest > NARROWEST) {
                Some(widest) => *widest -= 1,
                None => break,
            }
        }
        widths
    }
}

fn line(cells: &[Cell], widths: &[usize]) -> String {
    let mut line = String::new();
    let mut missing = 0;
    for (cell, wanted) in cells.iter().zip(widths).filter(|(_, wanted)| **wanted > 0) {
        if cell.text.is_empty() {
            missing += wanted + GAP;
            continue;
        }
        line.push_str(&" ".repeat(missing));
        let text = cut(&cell.text, *wanted);
        missing = wanted - width(&text) + GAP;
        line.push_str(&toned(&text, cell.tone));
    }
    line.push('\n');
    line
}

pub(super) fn toned(text: &str, tone: Tone) -> String {
    match tone {
        Tone::Plain => text.to_owned(),
        Tone::Good => text.green().to_string(),
        Tone::Warning => text.yellow().to_string(),
        Tone::Bad => text.red().to_string(),
        Tone::Faint => text.dimmed().to_string(),
    }
}

/// Words in lines that end before [`WIDTH`]; each after the first begins at column `indent`, where the
/// first one is. A word that is longer than a line is left whole: it may be copied.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let mut wrapped = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        // Colours take no room.
        let width = console::measure_text_width(word);
        if column > indent && column + 1 + width > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += width;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_empty_ones_are_left_out() {
        let mut table = Table::new(&["SERVICE", "ALARMS", "IMAGE"]);
        table.row(["web".into(), "".into(), "shop-web:1".into()]);
        table.row(["a-longer-name".into(), "".into(), "x".into()]);
        let lines: Vec<String> =
            table.text().lines().map(|line| console::strip_ansi_codes(line).into_owned()).collect();
        assert_eq!(
            lines,
            ["SERVICE        IMAGE", "web            shop-web:1", "a-longer-name  x"]
        );
    }

    #[test]
    fn the_last_column_gives_way_then_the_widest() {
        let row = |sizes: [usize; 3]| {
            let mut table = Table::new(&["A", "B", "C"]);
            table.row(sizes.iter().zip(["a", "b", "c"]).map(|(size, it)| it.repeat(*size).into()));
            let row = table.text().lines().nth(1).unwrap().to_owned();
            let sizes: Vec<usize> = row.split("  ").map(width).collect();
            (width(&row), sizes)
        };
        assert_eq!(row([10, 20, 30]), (64, vec![10, 20, 30]));
        assert_eq!(row([10, 20, 90]), (WIDTH, vec![10, 20, 46]));
        assert_eq!(row([10, 90, 90]), (WIDTH, vec![10, 52, 14]));
        assert_eq!(row([50, 50, 5]), (WIDTH, vec![36, 35, 5]));
    }

    #[test]
    fn nothing_stands_at_the_end_of_a_line() {
        let mut table = Table::new(&["A", "B", "C"]);
        table.row(["a".into(), "b".into(), "c".into()]);
        table.row(["a".into(), "".into(), "".into()]);
        table.row(["a".into(), "".into(), "c".into()]);
        let text = table.text();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(lines, ["a  b  c", "a", "a     c"]);
    }

    #[test]
    fn text_goes_on_below_where_it_began() {
        let text = wrapped(&"word ".repeat(20), 10);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(width(lines[0]) + 10 <= WIDTH && lines[1].starts_with("          word"));
    }
}
