//! Ages and durations as people say them.

use jiff::Timestamp;

/// `12 s ago`, `3 m ago`, `5 h ago`, `12 d ago`; `in 5 m` of what is still to come.
pub(super) fn ago(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    let coarse = coarse(seconds.unsigned_abs());
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("{coarse} ago"),
        ..0 => format!("in {coarse}"),
    }
}

/// The age of something, without saying when it was: `3 m`.
pub(super) fn age(now: Timestamp, then: Timestamp) -> String {
    coarse(seconds(then, now))
}

/// In two units: `45 s`, `3 m 20 s`, `1 h 5 m`, `2 d 3 h`.
pub(super) fn lasting(from: Timestamp, to: Timestamp) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let seconds = seconds(from, to);
    let first = UNITS.iter().position(|(size, _)| seconds >= *size).unwrap_or(3);
    let (size, unit) = UNITS[first];
    let rest = UNITS.get(first + 1).map(|(small, unit)| (seconds % size / small, unit));
    match rest.filter(|(rest, _)| *rest > 0) {
        Some((rest, small)) => format!("{} {unit} {rest} {small}", seconds / size),
        None => format!("{} {unit}", seconds / size),
    }
}

/// In UTC, without what is smaller than a second: `2026-01-01T00:01:30Z`.
pub(super) fn moment(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
}

/// In one unit, which changes when two of the next one are full.
fn coarse(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} m", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        172_800.. => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + second).unwrap()
    }

    #[test]
    fn ages_are_in_one_unit() {
        let table = [
            (0, "now"),
            (1, "1 s ago"),
            (119, "119 s ago"),
            (120, "2 m ago"),
            (7_199, "119 m ago"),
            (7_200, "2 h ago"),
            (172_799, "47 h ago"),
            (172_800, "2 d ago"),
            (-300, "in 5 m"),
        ];
        for (seconds, words) in table {
            assert_eq!(ago(at(seconds), at(0)), words);
        }
    }

    #[test]
    fn durations_are_in_two_units() {
        let table = [
            (0, "0 s"),
            (45, "45 s"),
            (60, "1 m"),
            (200, "3 m 20 s"),
            (3_900, "1 h 5 m"),
            (3_601, "1 h"),
            (183_600, "2 d 3 h"),
        ];
        for (seconds, words) in table {
            assert_eq!(lasting(at(0), at(seconds)), words);
        }
        assert_eq!(lasting(at(9), at(0)), "0 s");
        assert_eq!(moment(at(90)), "2026-01-01T00:01:30Z");
    }
}
