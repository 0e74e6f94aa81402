//! Words and numbers in lines of a terminal's usual width.

/// What text is laid out for, in characters.
pub(super) const WIDTH: usize = 80;

/// `1 resource`, `2 resources`
pub fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// [`plural`] for counters.
pub fn counted(count: u64, noun: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), noun)
}

/// `45 s`, `1 min 32 s`, `2 h 5 min`
pub(super) fn duration(seconds: u64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {} min", minutes % 60),
    }
}

pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The widest of some texts.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(width).max().unwrap_or(0)
}

/// Text of at most `most` characters: what is in the middle of a longer one is left out, for names
/// and paths differ at their ends.
pub(super) fn cut(text: &str, most: usize) -> String {
    let length = width(text);
    if length <= most {
        return text.to_owned();
    }
    let tail = (most - 1) / 2;
    let head: String = text.chars().take(most - 1 - tail).collect();
    let tail: String = text.chars().skip(length - tail).collect();
    format!("{head}…{tail}")
}

/// `items` with commas between them, in lines that end before [`WIDTH`]; each after the first begins
/// below the first item, which is at column `indent`.
pub(super) fn listed(items: &[String], indent: usize) -> String {
    let mut text = String::new();
    let mut column = indent;
    for (position, item) in items.iter().enumerate() {
        let comma = if position + 1 < items.len() { "," } else { "" };
        let wanted = width(item) + comma.len();
        if position > 0 && column + 1 + wanted > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else if position > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(item);
        text.push_str(comma);
        column += wanted;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular() {
        assert_eq!(plural(0, "wait"), "0 waits");
        assert_eq!(plural(1, "wait"), "1 wait");
        assert_eq!(counted(2, "wait"), "2 waits");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let all: Vec<String> = [0, 59, 60, 92, 3600, 7530].map(duration).into();
        assert_eq!(all, ["0 s", "59 s", "1 min 0 s", "1 min 32 s", "1 h 0 min", "2 h 5 min"]);
    }

    #[test]
    fn long_text_keeps_both_ends() {
        assert_eq!(cut("äbcdef", 6), "äbcdef");
        assert_eq!(cut("äbcdefg", 6), "äbc…fg");
        assert_eq!(cut("äbcdefg", 5), "äb…fg");
    }

    #[test]
    fn lists_go_on_below_their_first_item() {
        let items: Vec<String> = ["a", "b", "c"].iter().map(|name| name.repeat(34)).collect();
        let text = listed(&items, 6);
        let lines: Vec<&str> = text.lines().collect();
        let [a, b, c] = items.try_into().unwrap();
        assert_eq!(lines, [format!("{a}, {b},"), format!("      {c}")]);
        assert!(width(lines[0]) + 6 <= WIDTH);
    }
}
