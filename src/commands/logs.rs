//! `ecsctl logs`

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::pin::{Pin, pin};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::exit::{Exit, Failure};
use super::site::{Named, Site};
use super::{interrupts, open, run};
use crate::backend::Access;
use crate::cli::Global;
use crate::follow::logs::{News, Reader, Reading, Window};
use crate::logs::{Entry, Moment};
use crate::model::resolved::task::{LogGroup, Logging};
use crate::report::events::Event;
use crate::report::events::run::{End, Start};
use crate::report::logs::{self as report, Layout, Times};
use crate::report::terminal::Terminal;
use crate::runtime::{ContainerLog, LogSource, short};

/// Lines that are shown unless somebody says otherwise.
const LINES: u32 = 100;

/// Show what the containers of services wrote, merged by time
///
/// Without options: the newest 100 lines of the last hour, of all services, tasks that have stopped
/// included. With --follow, lines of different containers are put in order for up to 5 seconds; one that
/// comes later, for up to 30 seconds, is shown when it comes. Ctrl-C ends it with exit code 0.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Services by their names in the manifests; all if none is named
    #[arg(value_name = "SERVICE")]
    pub services: Vec<String>,
    /// Go on with the lines that come
    #[arg(short = 'F', long, conflicts_with = "until")]
    pub follow: bool,
    /// Begin here: a time ago such as 10m, 2h, 1d, or a time such as 2026-01-01T12:00:00Z; default: 1h
    #[arg(long, value_name = "MOMENT", value_parser = Moment::parse)]
    pub since: Option<Moment>,
    /// End here; default: now
    #[arg(long, value_name = "MOMENT", value_parser = Moment::parse)]
    pub until: Option<Moment>,
    /// Only so many of the newest lines; default: 100, and all with --since
    #[arg(short = 'n', long, visible_alias = "tail", value_name = "LINES", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Only lines that match a pattern of CloudWatch Logs: 'ERROR', '?WARN ?ERROR', '{ $.status = 500 }'
    #[arg(long, value_name = "PATTERN")]
    pub filter: Option<String>,
    /// Only these containers
    #[arg(short, long = "container", value_name = "NAME")]
    pub containers: Vec<String>,
    /// Only the tasks whose id begins so
    #[arg(long, value_name = "ID")]
    pub task: Option<String>,
    /// How the time of a line is written
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub timestamps: Times,
    /// Leave escape sequences and control characters in lines: they can drive the terminal
    #[arg(long)]
    pub raw: bool,
}

type Signal<'a> = Pin<&'a mut (dyn Future<Output = ()> + Send)>;

/// A container whose lines can be read.
struct Found {
    service: String,
    source: LogSource,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    open::block_on(async {
        let mut signal = pin!(interrupts::first());
        show(global, args, signal.as_mut()).await.map(|()| Exit::Done)
    })
}

async fn show(global: &Global, args: &Args, mut signal: Signal<'_>) -> Result<(), Failure> {
    let opening = Box::pin(Site::open(global, Access::Read, Duration::ZERO));
    let Some(site) = unless_ended(args, signal.as_mut(), opening).await? else { return Ok(()) };
    let terminal = global.terminal();
    let finding = found(&site, args, &terminal);
    let Some(found) = unless_ended(args, signal.as_mut(), finding).await? else { return Ok(()) };
    let window = window(&site, args);
    let mut reader = Reader::new(&site.backend, readings(&found, args), window.clone());
    let mut writer = Writer::new(&site, &found, args, terminal);
    writer.begin()?;
    let history = history(&mut reader, &mut writer, args);
    let Some(goes_on) = unless_ended(args, signal.as_mut(), history).await? else { return Ok(()) };
    if goes_on && args.follow {
        follow(&mut reader, &mut writer, signal).await?;
    }
    writer.end(args, &window)
}

/// None: a signal came, which is how following ends.
async fn unless_ended<T>(
    args: &Args,
    signal: Signal<'_>,
    future: impl Future<Output = Result<T, Failure>>,
) -> Result<Option<T>, Failure> {
    tokio::select! {
        biased;
        () = signal => if args.follow { Ok(None) } else { Err(run::cancelled()) },
        result = future => result.map(Some),
    }
}

fn window(site: &Site, args: &Args) -> Window {
    let now = site.backend.now();
    let to = args.until.map(|moment| moment.seen_from(now));
    let hour_before = Moment::Ago(jiff::SignedDuration::from_hours(1));
    let from = args
        .since
        .map_or_else(|| hour_before.seen_from(to.unwrap_or(now)), |moment| moment.seen_from(now));
    let limit = args.limit.or(args.since.is_none().then_some(LINES));
    Window { from, to, filter: args.filter.clone(), limit: limit.map(|limit| limit as usize) }
}

/// Where the chosen containers write to. Fails if there is nothing to read.
async fn found(site: &Site, args: &Args, terminal: &Terminal) -> Result<Vec<Found>, Failure> {
    let (mut found, mut unreadable, mut names) = (vec![], vec![], BTreeSet::new());
    for named in site.chosen(&args.services)? {
        for log in containers(site, &named).await? {
            names.insert(log.container.clone());
            if !args.containers.is_empty() && !args.containers.contains(&log.container) {
                continue;
            }
            match log.source {
                Some(source) => found.push(Found { service: named.name.clone(), source }),
                None => unreadable.push(report::unreadable(&named.name, &log)),
            }
        }
    }
    if let Some(unknown) = args.containers.iter().find(|name| !names.contains(*name)) {
        let names: Vec<String> = names.into_iter().collect();
        let message = format!("there is no container `{unknown}` in the services");
        let hint = format!("the containers are {}", names.join(", "));
        return Err(Failure::new(Exit::Usage, message).hint(hint));
    }
    if found.is_empty() {
        return Err(nothing_to_read(&unreadable));
    }
    for sentence in unreadable {
        terminal.narrate(&format!("{sentence}\n"));
    }
    Ok(found)
}

fn nothing_to_read(unreadable: &[String]) -> Failure {
    if unreadable.is_empty() {
        return Failure::new(Exit::Usage, "there is no service in the manifests");
    }
    let hint = "lines are read where containers log with the driver awslogs, which ecsctl gives to \
                those whose manifest says nothing of `logging`";
    Failure::new(Exit::Error, unreadable.join("; ")).hint(hint)
}

/// As the running task definitions have it; as the manifests have it when nothing runs.
async fn containers(site: &Site, named: &Named) -> Result<Vec<ContainerLog>, Failure> {
    let services = site.backend.services(std::slice::from_ref(&named.id)).await?;
    let mut definitions: BTreeSet<String> = BTreeSet::new();
    for service in services.into_iter().filter(|service| service.status != "INACTIVE") {
        definitions.insert(service.task_definition);
        definitions.extend(service.deployments.into_iter().map(|it| it.task_definition));
    }
    let mut containers: Vec<ContainerLog> = vec![];
    for definition in definitions.iter().filter(|definition| !definition.is_empty()) {
        for log in site.backend.container_logs(definition).await? {
            if !containers.contains(&log) {
                containers.push(log);
            }
        }
    }
    if containers.is_empty() {
        containers = of_manifest(site, &named.name);
    }
    Ok(containers)
}

fn of_manifest(site: &Site, name: &str) -> Vec<ContainerLog> {
    let Some(service) = site.stack.services.get(name) else { return vec![] };
    let task = &service.value.task;
    let log = |container: String| match &task.logging {
        Logging::Disabled => ContainerLog { container, driver: None, source: None },
        Logging::Driver { driver, .. } => {
            let driver = serde_json::to_value(driver).ok();
            let driver = driver.and_then(|driver| driver.as_str().map(str::to_owned));
            ContainerLog { container, driver, source: None }
        }
        Logging::CloudWatch { group, stream_prefix, .. } => {
            let (LogGroup::Existing { name } | LogGroup::Managed { name, .. }) = group;
            let (group, prefix) = (name.clone(), stream_prefix.clone());
            let source = Some(LogSource { container: container.clone(), group, prefix });
            ContainerLog { container, driver: Some("awslogs".to_owned()), source }
        }
    };
    task.containers.iter().map(|container| log(container.name.clone())).collect()
}

/// All containers of a service are read at once, unless only some of its streams are asked for.
fn readings(found: &[Found], args: &Args) -> Vec<Reading> {
    let is_whole = args.containers.is_empty() && args.task.is_none();
    let task = args.task.as_deref().map(short).unwrap_or_default();
    let reading = |Found { service, source }: &Found| Reading {
        service: service.clone(),
        group: source.group.clone(),
        prefix: if is_whole { format!("{}/", source.prefix) } else { source.stream(task) },
    };
    let readings: BTreeSet<Reading> = found.iter().map(reading).collect();
    readings.into_iter().collect()
}

/// Shows what is there already. False if nobody reads any more.
async fn history(
    reader: &mut Reader<'_>,
    writer: &mut Writer,
    args: &Args,
) -> Result<bool, Failure> {
    while let Some(entries) = reader.history().await? {
        if !writer.write(entries)? {
            return Ok(false);
        }
    }
    if !reader.missing().is_empty() {
        let groups: Vec<String> = reader.missing().iter().cloned().collect();
        let message = report::missing(&groups);
        if !reader.has_groups() {
            let hint = "`ecsctl apply` makes the groups of the manifests' services";
            return Err(Failure::new(Exit::Error, message).hint(hint));
        }
        writer.terminal.narrate(&format!("{message}\n"));
    }
    // Following begins with what is still waiting for older lines.
    if args.follow { Ok(true) } else { Ok(writer.write(reader.rest())?) }
}

async fn follow(
    reader: &mut Reader<'_>,
    writer: &mut Writer,
    signal: Signal<'_>,
) -> Result<(), Failure> {
    let mut written = Ok(true);
    let mut tell = |news| {
        match news {
            News::Lines(entries) => written = writer.write(entries),
            News::Trouble(error) => writer.terminal.narrate(&format!("{error}; trying again\n")),
        }
        matches!(written, Ok(true))
    };
    let ended = tokio::select! {
        biased;
        () = signal => Ok(()),
        ended = reader.follow(&mut tell) => ended,
    };
    if written? {
        writer.write(reader.rest())?;
    }
    Ok(ended?)
}

/// Writes lines in the form that was asked for.
struct Writer {
    terminal: Terminal,
    layout: Layout,
    lines: usize,
    is_read: bool,
}

impl Writer {
    fn new(site: &Site, found: &[Found], args: &Args, terminal: Terminal) -> Self {
        let sources = sources(site);
        let shown = found.iter().map(|it| report::source(&it.service, &it.source.container));
        let layout = Layout {
            times: args.timestamps,
            zone: TimeZone::system(),
            sources,
            width: shown.map(|source| source.chars().count()).max().unwrap_or(0),
            is_colored: !args.raw || terminal.colors_results(),
            is_raw: args.raw,
        };
        Self { terminal, layout, lines: 0, is_read: true }
    }

    fn begin(&self) -> io::Result<()> {
        if !self.terminal.is_json() {
            return Ok(());
        }
        self.terminal.begin(Start::of("logs"))
    }

    /// False if nobody reads any more.
    fn write(&mut self, entries: Vec<Entry>) -> io::Result<bool> {
        self.lines += entries.len();
        let text: String = entries.into_iter().map(|entry| self.text(entry)).collect();
        if !text.is_empty() && self.is_read {
            self.is_read = self.terminal.stream(&text, self.layout.is_raw)?;
        }
        Ok(self.is_read)
    }

    fn text(&self, mut entry: Entry) -> String {
        // A secret of several lines would not be known any more once these are indented.
        entry.line.message = self.terminal.masked(&entry.line.message).into_owned();
        if self.terminal.is_json() {
            report::event(&entry)
        } else {
            report::line(&entry, &self.layout)
        }
    }

    fn end(&self, args: &Args, window: &Window) -> Result<(), Failure> {
        if self.terminal.is_json() {
            let end = End { exit_code: Exit::Done.code(), ..End::default() };
            self.terminal.event(&Event::End(end))?;
        } else if self.lines == 0 && !args.follow {
            self.terminal.narrate(&report::nothing(window.from, args.filter.is_some()));
        }
        Ok(())
    }
}

/// Every source of the application with its number: its colour depends on nothing else.
fn sources(site: &Site) -> BTreeMap<String, usize> {
    let services = site.stack.services.values();
    let containers = services.flat_map(|service| {
        let containers = service.value.task.containers.iter();
        containers.map(|container| report::source(&service.name, &container.name))
    });
    containers.enumerate().map(|(number, source)| (source, number)).collect()
}
