//! Lines of many streams, each once and in the order of their times, as far as time allows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::runtime::LogLine;

/// A line, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The service's name in the manifests.
    pub service: String,
    /// The log group in which the line has its id.
    pub group: String,
    pub line: LogLine,
}

/// Takes lines as they come and gives them in order. A line that comes later than others of its time
/// were given is given at once: late is better than never.
#[derive(Debug)]
pub struct Merge {
    /// How long a line waits for older ones.
    hold: SignedDuration,
    /// By time, then as they came.
    waiting: BTreeMap<(Timestamp, u64), Held>,
    /// Time, group and id of the lines that may come again.
    seen: BTreeSet<(Timestamp, String, String)>,
    taken: u64,
}

#[derive(Debug)]
struct Held {
    entry: Entry,
    since: Timestamp,
}

impl Merge {
    pub fn new(hold: SignedDuration) -> Self {
        Self { hold, waiting: BTreeMap::new(), seen: BTreeSet::new(), taken: 0 }
    }

    /// Takes lines that were read at `now`; those that it has had already are left out.
    pub fn take(&mut self, entries: impl IntoIterator<Item = Entry>, now: Timestamp) {
        for entry in entries {
            let (at, id) = (entry.line.at, entry.line.id.clone());
            if self.seen.insert((at, entry.group.clone(), id)) {
                self.taken += 1;
                self.waiting.insert((at, self.taken), Held { entry, since: now });
            }
        }
    }

    /// The lines that have waited long enough by `now`, with all that are older.
    ///
    /// Age counts by the line's own time or by when it came, whichever ends the wait first: a clock that
    /// is wrong then delays nothing.
    pub fn due(&mut self, now: Timestamp) -> Vec<Entry> {
        let is_old = |time: Timestamp| now.duration_since(time) >= self.hold;
        let mut newest = self.waiting.iter().rev();
        let last = newest.find(|((at, _), held)| is_old(*at) || is_old(held.since));
        let last = last.map(|(key, _)| *key);
        last.map_or_else(Vec::new, |(at, number)| self.up_to((at, number + 1)))
    }

    /// The lines before `time`: whoever reads in order knows that no more of them come.
    pub fn before(&mut self, time: Timestamp) -> Vec<Entry> {
        self.up_to((time, 0))
    }

    /// All that waits.
    pub fn rest(&mut self) -> Vec<Entry> {
        given(std::mem::take(&mut self.waiting))
    }

    /// All but the last `count` that wait are left out.
    pub fn keep_last(&mut self, count: usize) {
        while self.waiting.len() > count {
            self.waiting.pop_first();
        }
    }

    /// The time of the oldest line that waits.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lines before `time` do not come again.
    pub fn forget(&mut self, time: Timestamp) {
        self.seen = self.seen.split_off(&(time, String::new(), String::new()));
    }

    fn up_to(&mut self, end: (Timestamp, u64)) -> Vec<Entry> {
        let later = self.waiting.split_off(&end);
        given(std::mem::replace(&mut self.waiting, later))
    }
}

fn given(held: BTreeMap<(Timestamp, u64), Held>) -> Vec<Entry> {
    held.into_values().map(|held| held.entry).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const HOLD: i64 = 5;
    /// Every look reads so far back.
    const BACK: i64 = 30;

    fn second(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + seconds).unwrap()
    }

    fn entry(number: usize, stream: u8, at: i64) -> Entry {
        let line = LogLine {
            id: number.to_string(),
            at: second(at),
            stream: format!("web/app/{stream}"),
            message: format!("line {number}"),
        };
        Entry { service: "web".to_owned(), group: "group".to_owned(), line }
    }

    fn merge() -> Merge {
        Merge::new(SignedDuration::from_secs(HOLD))
    }

    fn ids(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.line.id.as_str()).collect()
    }

    #[test]
    fn a_line_waits_for_older_ones_but_not_for_long() {
        let mut merge = merge();
        merge.take([entry(1, 0, 10), entry(2, 0, 11)], second(12));
        assert!(merge.due(second(14)).is_empty());
        merge.take([entry(3, 1, 9)], second(14));
        assert_eq!(ids(&merge.due(second(15))), ["3", "1"]);
        assert_eq!(ids(&merge.due(second(16))), ["2"]);
        merge.take([entry(4, 1, 8)], second(17));
        assert_eq!(ids(&merge.due(second(17))), ["4"], "late is better than never");
    }

    #[test]
    fn a_clock_that_is_behind_delays_lines_no_longer() {
        let mut merge = merge();
        merge.take([entry(1, 0, 1000)], second(0));
        assert!(merge.due(second(4)).is_empty());
        assert_eq!(ids(&merge.due(second(5))), ["1"]);
    }

    #[test]
    fn lines_of_one_millisecond_stay_as_they_came() {
        let mut merge = merge();
        merge.take([entry(9, 0, 1), entry(8, 0, 1)], second(1));
        merge.take([entry(9, 0, 1), entry(7, 0, 1)], second(2));
        assert_eq!(ids(&merge.rest()), ["9", "8", "7"]);
        merge.take([entry(8, 0, 1)], second(2));
        assert!(merge.rest().is_empty(), "each comes once");
    }

    #[test]
    fn the_last_lines_are_kept() {
        let mut merge = merge();
        merge.take((0..5).zip((1..=5).rev()).map(|(number, at)| entry(number, 0, at)), second(9));
        merge.keep_last(2);
        assert_eq!(merge.oldest(), Some(second(4)));
        assert_eq!(ids(&merge.rest()), ["1", "0"]);
    }

    /// A line: its stream, the second at which it was written, and how long it took to arrive.
    fn lines(latest: i64) -> impl Strategy<Value = Vec<(u8, i64, i64)>> {
        vec((0..4u8, 0..120i64, 0..=latest), 0..80)
    }

    /// What a reader gives that looks each `step` seconds, in pages of `page` lines, each page twice.
    fn read(lines: &[(u8, i64, i64)], step: i64, page: usize) -> Vec<(usize, Entry)> {
        let mut merge = merge();
        let mut given = vec![];
        let mut look = 0;
        for now in (0..=240).step_by(usize::try_from(step).unwrap()) {
            look += 1;
            let window = now - BACK - 1..=now;
            merge.forget(second(now - BACK - 1));
            let there: Vec<Entry> = lines
                .iter()
                .enumerate()
                .filter(|(_, (_, at, late))| window.contains(at) && at + late <= now)
                .map(|(number, (stream, at, _))| entry(number, *stream, *at))
                .collect();
            for page in there.chunks(page) {
                merge.take(page.to_vec(), second(now));
                merge.take(page.to_vec(), second(now));
            }
            given.extend(merge.due(second(now)).into_iter().map(|entry| (look, entry)));
        }
        given.extend(merge.rest().into_iter().map(|entry| (look + 1, entry)));
        given
    }

    proptest! {
        #[test]
        fn every_line_comes_exactly_once_however_late(
            lines in lines(BACK - 5), step in 1..5i64, page in 1..9usize
        ) {
            let given = read(&lines, step, page);
            let mut numbers: Vec<usize> =
                given.iter().map(|(_, entry)| entry.line.id.parse().unwrap()).collect();
            numbers.sort_unstable();
            prop_assert_eq!(numbers, (0..lines.len()).collect::<Vec<_>>());
        }

        #[test]
        fn lines_that_are_not_too_late_come_in_order(
            lines in lines(HOLD - 2), page in 1..9usize
        ) {
            let given = read(&lines, 2, page);
            prop_assert!(given.is_sorted_by_key(|(_, entry)| entry.line.at), "{given:#?}");
        }

        #[test]
        fn what_comes_together_is_in_order(lines in lines(BACK - 5), step in 1..5i64) {
            let given = read(&lines, step, 3);
            prop_assert!(
                given.chunk_by(|left, right| left.0 == right.0)
                    .all(|look| look.is_sorted_by_key(|(_, entry)| entry.line.at))
            );
        }
    }
}
