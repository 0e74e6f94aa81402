//! Moments as people write them: so long ago, or a time.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A moment in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    Ago(SignedDuration),
    At(Timestamp),
}

impl Since {
    /// `10m`, `2h 30m`, `1d`, or `2026-01-01T12:00:00Z`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Ok(time) = text.parse() {
            return Ok(Self::At(time));
        }
        let days = SpanRelativeTo::days_are_24_hours();
        let duration = text.parse::<Span>().and_then(|span| span.to_duration(days));
        match duration {
            Ok(duration) if duration.is_positive() => Ok(Self::Ago(duration)),
            Ok(_) | Err(_) => {
                let examples = "such as 30s, 10m, 2h or 1d, or a time such as 2026-01-01T12:00:00Z";
                Err(format!("expected how long ago, {examples}"))
            }
        }
    }

    pub(super) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            // What is before all times is the first of them.
            Self::Ago(duration) => now.checked_sub(duration).unwrap_or(Timestamp::MIN),
            Self::At(time) => time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_times_are_understood() {
        let table =
            [("30s", 30), ("10m", 600), ("2h 30m", 9_000), ("1d", 86_400), ("2w", 1_209_600)];
        for (text, seconds) in table {
            let ago = Since::Ago(SignedDuration::from_secs(seconds));
            assert_eq!(Since::parse(text), Ok(ago), "{text}");
        }
        let at = "2026-01-01T12:00:00Z".parse().unwrap();
        assert_eq!(Since::parse("2026-01-01T13:00:00+01:00"), Ok(Since::At(at)));
        for wrong in ["", "10", "soon", "-5m", "0s", "1mo", "1y", "12:00"] {
            assert!(Since::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_moment_before_all_times_is_the_first() {
        let now = "2026-01-01T12:00:00Z".parse().unwrap();
        assert_eq!(Since::parse("12h").unwrap().before(now).to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(Since::parse("175307616h").unwrap().before(now), Timestamp::MIN);
    }
}
