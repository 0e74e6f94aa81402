//! Moments as people write them: `10m`, `2h`, `1d12h`, `2026-01-01T12:00:00Z`.

use jiff::{SignedDuration, Timestamp};

/// A moment, or how long ago it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Ago(SignedDuration),
    At(Timestamp),
}

impl Moment {
    /// Reads a moment; the error says what can be written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let ago = || seconds(text).map(|seconds| Self::Ago(SignedDuration::from_secs(seconds)));
        let at = || text.parse().ok().map(Self::At);
        ago().or_else(at).ok_or_else(|| {
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

/// `1d12h` as seconds.
fn seconds(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let unit = match rest.as_bytes()[digits] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        let number: i64 = rest[..digits].parse().ok()?;
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[digits + 1..];
    }
    (!text.is_empty()).then_some(total)
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
        assert_eq!(seen("9999999999999999s"), Timestamp::MIN.to_string());
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["", "10", "m", "10x", "-5m", "yesterday", "10m ", "99999999999999999999s", "5é"]
        {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }
}
