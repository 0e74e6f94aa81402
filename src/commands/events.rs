//! `ecsctl events`

use std::collections::BTreeSet;
use std::time::Duration;

use super::exit::{Exit, Failure};
use super::looking::{Looking, NO_LIMIT, about, until_signal};
use super::open;
use super::site::{Named, Site};
use crate::backend::Access;
use crate::cli::Global;
use crate::logs::Moment;
use crate::report::events::Event;
use crate::report::look::{self, Told};
use crate::report::terminal::Terminal;

/// Between two looks.
const INTERVAL: Duration = Duration::from_secs(5);

/// Show what services told, oldest first
///
/// ECS keeps the last 100 events of each service. Ages are shown; with --follow, the time in UTC.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Services by their names in the manifests; all of them if none is named
    #[arg(value_name = "SERVICE")]
    pub services: Vec<String>,
    /// Go on with each new event, until interrupted
    #[arg(long)]
    pub follow: bool,
    /// Only those that are not older: 10m, 2h, 1d, or a time such as 2026-01-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    pub since: Option<Moment>,
    /// Only the newest so many
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub limit: usize,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    open::block_on(async {
        let opened = async {
            let site = Site::open(global, Access::Read, NO_LIMIT).await?;
            let named = site.chosen(&args.services)?;
            if terminal.is_json() {
                terminal.begin(about("events", &site))?;
            }
            Ok((site, named))
        };
        let (site, named) = open::unless_cancelled(Box::pin(opened)).await?;
        if args.follow {
            return until_signal(Box::pin(follow(&site, &named, args, &terminal))).await;
        }
        open::unless_cancelled(Box::pin(once(&site, &named, args, &terminal))).await
    })
}

async fn once(
    site: &Site,
    named: &[Named],
    args: &Args,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let events = newest(read(site, named).await?, args, site);
    if events.is_empty() && !terminal.is_json() {
        terminal.narrate("There are no events.\n");
    }
    show(&events, Some(site.backend.now()), terminal)?;
    Ok(Exit::Done)
}

async fn follow(
    site: &Site,
    named: &[Named],
    args: &Args,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let events = read(site, named).await?;
    let mut known: BTreeSet<String> = events.iter().map(|told| told.id.clone()).collect();
    show(&newest(events, args, site), None, terminal)?;
    while terminal.is_read() {
        tokio::time::sleep(INTERVAL).await;
        site.backend.refresh()?;
        let events = read(site, named).await?;
        let new: Vec<Told> =
            events.into_iter().filter(|told| known.insert(told.id.clone())).collect();
        show(&new, None, terminal)?;
    }
    Ok(Exit::Done)
}

async fn read(site: &Site, named: &[Named]) -> Result<Vec<Told>, Failure> {
    let services = Looking::new(&site.backend).services(named).await?;
    let there = named.iter().zip(&services);
    let there = there.filter_map(|(named, service)| Some((named.name.as_str(), service.as_ref()?)));
    Ok(look::merged(there))
}

fn newest(mut events: Vec<Told>, args: &Args, site: &Site) -> Vec<Told> {
    if let Some(since) = args.since {
        let since = since.seen_from(site.backend.now());
        events.retain(|told| told.at >= since);
    }
    events.split_off(events.len().saturating_sub(args.limit))
}

fn show(events: &[Told], now: Option<jiff::Timestamp>, terminal: &Terminal) -> Result<(), Failure> {
    if !terminal.is_json() {
        let text = look::told(events, now);
        return if text.is_empty() { Ok(()) } else { Ok(terminal.result(&text)?) };
    }
    for event in events {
        terminal.event(&Event::ServiceEvent(event.clone()))?;
    }
    Ok(())
}
