//! Reading logs: what is there, then what comes, from several streams at once.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::aws::{AwsError, ErrorKind};
use crate::backend::{Backend, LogOrder, LogPage, LogQuery};
use crate::logs::{Entry, Merge};
use crate::runtime::LogLine;

/// How long a line waits for older ones of other streams. The awslogs driver sends what a container
/// wrote every 5 seconds, so that lines of two containers may come so far apart.
const HOLD: SignedDuration = SignedDuration::from_secs(5);

/// How late a line may come and still be shown.
pub const LATE: SignedDuration = SignedDuration::from_secs(30);

/// How far back a look goes at most. Our clock may be wrong, though not by more: AWS would refuse its
/// signatures.
const REACH: SignedDuration = SignedDuration::from_mins(6);

/// Between two looks.
const GAP: Duration = Duration::from_secs(2);

/// `FilterLogEvents` may be called 5 times a second in an account, and others call it too.
const GAP_OF_EACH: Duration = Duration::from_millis(500);

const LONGEST_GAP: Duration = Duration::from_secs(30);

/// Fewer lines do not make a page cheaper.
const SMALLEST_PAGE: usize = 100;

/// Streams of one service that are read together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// The service's name in the manifests.
    pub service: String,
    pub group: String,
    /// What the names of the streams begin with.
    pub prefix: String,
}

/// Which lines are read.
#[derive(Clone, Debug)]
pub struct Window {
    pub from: Timestamp,
    /// The last moment that counts.
    pub to: Option<Timestamp>,
    pub filter: Option<String>,
    /// So many of the newest; else all.
    pub limit: Option<usize>,
}

/// What a follower hears.
#[derive(Debug)]
pub enum News {
    Lines(Vec<Entry>),
    /// A look failed, and will be tried again.
    Trouble(AwsError),
}

/// Reads lines of several streams, each once.
pub struct Reader<'a> {
    backend: &'a Backend,
    window: Window,
    streams: Vec<(Reading, Position)>,
    merge: Merge,
    /// The newest line that was read.
    newest: Option<Timestamp>,
    missing: BTreeSet<String>,
}

/// How far the history of a reading is read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Position {
    /// Nothing earlier than this comes any more.
    At {
        frontier: Timestamp,
        next: Option<String>,
    },
    End,
}

impl<'a> Reader<'a> {
    pub fn new(backend: &'a Backend, readings: Vec<Reading>, window: Window) -> Self {
        let start = Position::At { frontier: window.from, next: None };
        let streams = readings.into_iter().map(|reading| (reading, start.clone())).collect();
        let merge = Merge::new(HOLD);
        Self { backend, window, streams, merge, newest: None, missing: BTreeSet::new() }
    }

    /// Reads on in what is there already, and gives what is certain to be next; nothing at its end.
    pub async fn history(&mut self) -> Result<Option<Vec<Entry>>, AwsError> {
        let Some(index) = self.furthest_behind() else { return Ok(None) };
        if let Some(limit) = self.window.limit {
            self.read_newest(limit).await?;
            return Ok(Some(vec![]));
        }
        self.read_on(index).await?;
        let frontier = self.furthest_behind().and_then(|index| self.frontier(index));
        Ok(Some(frontier.map_or_else(Vec::new, |time| self.merge.before(time))))
    }

    /// The lines that have been read and not given.
    pub fn rest(&mut self) -> Vec<Entry> {
        self.merge.rest()
    }

    /// Groups that do not exist.
    pub fn missing(&self) -> &BTreeSet<String> {
        &self.missing
    }

    /// Whether there is a group to read.
    pub fn has_groups(&self) -> bool {
        self.streams.iter().any(|(reading, _)| !self.missing.contains(&reading.group))
    }

    /// Reads what comes, until `tell` says false or nothing comes any more. Dropping the future loses
    /// no line: what was read is in [`Self::rest`].
    pub async fn follow(
        &mut self,
        tell: &mut (dyn FnMut(News) -> bool + Send),
    ) -> Result<(), AwsError> {
        let usual = GAP.max(GAP_OF_EACH * u32::try_from(self.streams.len()).unwrap_or(u32::MAX));
        let mut gap = usual;
        loop {
            let due = self.merge.due(self.backend.now());
            if !due.is_empty() && !tell(News::Lines(due)) {
                return Ok(());
            }
            if !self.backend.pass_for_logs(gap).await {
                return Ok(());
            }
            gap = match self.look().await {
                Ok(()) => usual,
                Err(error) if passes(error.kind) => {
                    if !tell(News::Trouble(error)) {
                        return Ok(());
                    }
                    (gap * 2).min(LONGEST_GAP)
                }
                Err(error) => return Err(error),
            };
        }
    }

    /// Reads what came since the last look, and a while before it for what came late.
    async fn look(&mut self) -> Result<(), AwsError> {
        let now = self.backend.now();
        // A container's clock may be ahead: its lines must not hide the others'.
        let newest = self.newest.map_or(Timestamp::MIN, |newest| newest.min(now));
        let back = |time: Timestamp, by| time.checked_sub(by).unwrap_or(Timestamp::MIN);
        self.window.from = self.window.from.max(back(newest, LATE)).max(back(now, REACH));
        self.merge.forget(self.window.from);
        for index in 0..self.streams.len() {
            let mut next = None;
            loop {
                let page = self.page(index, LogOrder::OldestFirst, next).await?;
                self.take(index, page.lines);
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The newest lines of each reading, then the newest of all.
    async fn read_newest(&mut self, limit: usize) -> Result<(), AwsError> {
        let mut count = 0;
        for index in 0..self.streams.len() {
            let mut lines: Vec<LogLine> = vec![];
            let mut next = None;
            loop {
                let page = self.page(index, LogOrder::NewestFirst, next).await?;
                lines.extend(page.lines);
                next = page.next;
                // A server that does not know this order gives the oldest lines first.
                if next.is_none() || (lines.len() >= limit && is_newest_first(&lines)) {
                    break;
                }
            }
            if is_newest_first(&lines) {
                lines.reverse();
            }
            count += lines.len();
            self.take(index, lines);
            self.streams[index].1 = Position::End;
        }
        self.merge.keep_last(limit);
        if count > limit {
            self.window.from = self.merge.oldest().unwrap_or(self.window.from);
        }
        Ok(())
    }

    async fn read_on(&mut self, index: usize) -> Result<(), AwsError> {
        let Position::At { frontier, next } = self.streams[index].1.clone() else { return Ok(()) };
        let page = self.page(index, LogOrder::OldestFirst, next).await?;
        let newest = page.lines.iter().map(|line| line.at).max();
        let frontier = newest.map_or(frontier, |newest| newest.max(frontier));
        self.take(index, page.lines);
        self.streams[index].1 = match page.next {
            next @ Some(_) => Position::At { frontier, next },
            None => Position::End,
        };
        Ok(())
    }

    /// A group that does not exist has no lines; it is told of as missing.
    async fn page(
        &mut self,
        index: usize,
        order: LogOrder,
        next: Option<String>,
    ) -> Result<LogPage, AwsError> {
        let (reading, _) = &self.streams[index];
        let limit = self.window.limit.filter(|_| order == LogOrder::NewestFirst);
        let query = LogQuery {
            group: reading.group.clone(),
            prefix: reading.prefix.clone(),
            from: self.window.from,
            to: self.window.to,
            filter: self.window.filter.clone(),
            order,
            limit: limit.and_then(|limit| u32::try_from(limit.max(SMALLEST_PAGE)).ok()),
            next,
        };
        match self.backend.log_lines(&query).await {
            Err(error) if error.kind == ErrorKind::NotFound => {
                self.missing.insert(query.group);
                Ok(LogPage::default())
            }
            other => other,
        }
    }

    fn take(&mut self, index: usize, lines: Vec<LogLine>) {
        let Reading { service, group, .. } = &self.streams[index].0;
        self.newest = self.newest.max(lines.iter().map(|line| line.at).max());
        let entry = |line| Entry { service: service.clone(), group: group.clone(), line };
        self.merge.take(lines.into_iter().map(entry), self.backend.now());
    }

    /// The reading whose history is least known.
    fn furthest_behind(&self) -> Option<usize> {
        let open = (0..self.streams.len()).filter_map(|index| Some((self.frontier(index)?, index)));
        open.min().map(|(_, index)| index)
    }

    fn frontier(&self, index: usize) -> Option<Timestamp> {
        match &self.streams[index].1 {
            Position::At { frontier, .. } => Some(*frontier),
            Position::End => None,
        }
    }
}

/// Lines of one time only may be in any order.
fn is_newest_first(lines: &[LogLine]) -> bool {
    let ends = lines.first().zip(lines.last());
    ends.is_some_and(|(first, last)| first.at > last.at)
        && lines.is_sorted_by_key(|line| std::cmp::Reverse(line.at))
}

/// Whether it may be otherwise at the next look.
fn passes(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Throttled | ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Service => {
            true
        }
        ErrorKind::Credentials
        | ErrorKind::Region
        | ErrorKind::Account
        | ErrorKind::Denied
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Quota
        | ErrorKind::Invalid => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::aws::replay::{self, Replay};
    use crate::backend::MockAccount;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + second).unwrap()
    }

    fn reading(service: &str) -> Reading {
        let text = |text: &str| text.to_owned();
        Reading { service: text(service), group: text(service), prefix: format!("{service}/") }
    }

    fn window(limit: Option<usize>) -> Window {
        Window { from: at(0), to: None, filter: None, limit }
    }

    fn account(logs: &Json) -> Backend {
        let account =
            json!({"format": 1, "clock": 100, "resources": {}, "running": {"logs": logs}});
        Backend::Mock(MockAccount::of_text(&account.to_string()))
    }

    fn line(service: &str, second: i64) -> Json {
        let at = at(second).to_string();
        json!({"at": at, "stream": format!("{service}/app/1"), "message": format!("{service} {second}")})
    }

    async fn history(reader: &mut Reader<'_>) -> Vec<String> {
        let mut all = vec![];
        while let Some(entries) = reader.history().await.unwrap() {
            all.extend(entries);
        }
        all.extend(reader.rest());
        all.into_iter().map(|entry| entry.line.message).collect()
    }

    #[tokio::test]
    async fn several_groups_are_one_history() {
        let backend = account(&json!({
            "web": [line("web", 1), line("web", 4)],
            "api": [line("api", 2), line("api", 3)],
        }));
        let readings = vec![reading("web"), reading("api"), reading("gone")];
        let mut reader = Reader::new(&backend, readings.clone(), window(None));
        assert_eq!(history(&mut reader).await, ["web 1", "api 2", "api 3", "web 4"]);
        assert_eq!((reader.missing().len(), reader.has_groups()), (1, true));

        let mut reader = Reader::new(&backend, readings, window(Some(3)));
        assert_eq!(history(&mut reader).await, ["api 2", "api 3", "web 4"]);
    }

    fn page(lines: &[(i64, i64)], next: Option<&str>) -> String {
        let event = |(id, second): &(i64, i64)| json!({"eventId": id.to_string(), "logStreamName": "web/app/1", "timestamp": at(*second).as_millisecond(), "message": id.to_string()});
        let events: Vec<Json> = lines.iter().map(event).collect();
        json!({"events": events, "nextToken": next}).to_string()
    }

    fn live(replies: &[String]) -> (Replay, Backend) {
        let replay = Replay::new(replies.iter().map(|reply| replay::json(200, reply)));
        let backend = Backend::Live(Box::new(replay.aws()));
        (replay, backend)
    }

    #[tokio::test]
    async fn pages_are_read_to_their_end_also_when_some_are_empty() {
        let (replay, backend) = live(&[
            page(&[], Some("a")),
            page(&[(1, 1), (2, 2)], Some("b")),
            page(&[(3, 2)], None),
        ]);
        let mut reader = Reader::new(&backend, vec![reading("web")], window(None));
        assert_eq!(history(&mut reader).await, ["1", "2", "3"]);
        let bodies = replay.bodies();
        assert!(
            bodies[1].contains(r#""nextToken":"a""#) && bodies[2].contains(r#""nextToken":"b""#)
        );
    }

    #[tokio::test]
    async fn the_newest_lines_are_read_from_the_end() {
        let (replay, backend) =
            live(&[page(&[(4, 9), (3, 8)], Some("a")), page(&[(2, 7), (1, 6)], Some("b"))]);
        let mut reader = Reader::new(&backend, vec![reading("web")], window(Some(3)));
        assert_eq!(history(&mut reader).await, ["2", "3", "4"]);
        assert!(replay.bodies()[0].contains(r#""startFromHead":false"#));
    }

    #[tokio::test]
    async fn a_server_that_knows_one_order_only_gives_the_newest_too() {
        let (_, backend) =
            live(&[page(&[(1, 6), (2, 7)], Some("a")), page(&[(3, 8), (4, 9)], None)]);
        let mut reader = Reader::new(&backend, vec![reading("web")], window(Some(3)));
        assert_eq!(history(&mut reader).await, ["2", "3", "4"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_goes_back_for_what_came_late_and_tells_each_line_once() {
        let now = Timestamp::now().as_second() - 1_767_225_600;
        let (replay, backend) = live(&[
            page(&[(1, now - 60), (2, now - 50)], None),
            page(&[(2, now - 50), (4, now - 40)], None),
            page(&[(2, now - 50), (3, now - 45), (4, now - 40)], None),
            r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned(),
        ]);
        let window = Window { from: at(now - 100), ..window(None) };
        let mut reader = Reader::new(&backend, vec![reading("web")], window);
        while reader.history().await.unwrap().is_some() {}
        let mut told = vec![];
        let mut tell = |news| {
            let News::Lines(lines) = news else { return true };
            told.extend(lines.into_iter().map(|entry| entry.line.message));
            told.len() < 4
        };
        reader.follow(&mut tell).await.unwrap();
        assert_eq!(told, ["1", "2", "4", "3"]);
        let starts: Vec<i64> = replay
            .bodies()
            .iter()
            .map(|body| serde_json::from_str::<Json>(body).unwrap()["startTime"].as_i64().unwrap())
            .collect();
        let millis = |second: i64| at(second).as_millisecond();
        assert_eq!(starts, [millis(now - 100), millis(now - 80), millis(now - 70)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_told_and_tried_again_and_what_does_not_ends_it() {
        let denied = r#"{"__type": "AccessDeniedException", "message": "no"}"#;
        let replay = Replay::new([
            replay::json(200, &page(&[], None)),
            replay::reply(500, "text/html", "<html>"),
            replay::json(400, denied),
        ]);
        let backend = Backend::Live(Box::new(replay.aws()));
        let mut reader = Reader::new(&backend, vec![reading("web")], window(None));
        while reader.history().await.unwrap().is_some() {}
        let mut troubles = 0;
        let mut tell = |news| {
            troubles += usize::from(matches!(news, News::Trouble(_)));
            true
        };
        let error = reader.follow(&mut tell).await.unwrap_err();
        assert_eq!((troubles, error.kind), (1, ErrorKind::Denied));
    }
}
