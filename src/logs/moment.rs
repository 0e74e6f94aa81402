//! Moments as people write them: `10m`, `2h`, `1d12h`, `2026-01-01T12:00:00Z`.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A moment, or how long ago it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Ago(SignedDuration),
    At(Timestamp),
}

impl Moment {
    /// Reads a moment; the error says what can be written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let at = || text.parse().ok().map(Self::At);
        ago(text).map(Self::Ago).or_else(at).ok_or_else(|| {
            "a moment is a time ago such as 30s, 10m, 2h, 1d12h, or a time such as \
             2026-01-01T12:00:00Z"
                .to_owned()
        })
    }

    /// The moment itself, if it is `now`.
    pub fn seen_from(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(time) => now.checked_sub(time).unwrap_or(Timestamp::MIN),
            Self::At(time) => time,
        }
    }
}

/// A time that has a length of its own: months and years have none.
fn ago(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    duration.is_positive().then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ago_and_times_are_moments() {
        let now: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let seen = |text: &str| Moment::parse(text).unwrap().seen_from(now).to_string();
        assert_eq!(seen("90s"), "2026-01-02T11:58:30Z");
        assert_eq!(seen("1d12h"), "2026-01-01T00:00:00Z");
        assert_eq!(seen("1w"), "2025-12-26T12:00:00Z");
        assert_eq!(seen("2026-01-01T13:00:00+01:00"), "2026-01-01T12:00:00Z");
        assert_eq!(seen("2h 30m"), "2026-01-02T09:30:00Z");
        assert_eq!(seen("20000w"), "1642-09-12T12:00:00Z");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "10",
            "m",
            "10x",
            "-5m",
            "0s",
            "1mo",
            "1y",
            "12:00",
            "soon",
            "5é",
            "99999999999999999999s",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }
}
