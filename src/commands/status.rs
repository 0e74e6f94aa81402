//! `ecsctl status`

use std::time::Duration;

use super::exit::{Exit, Failure};
use super::looking::{Looking, NO_LIMIT, about, until_signal};
use super::open;
use super::site::{Named, Site};
use crate::backend::Access;
use crate::cli::Global;
use crate::report::events::Event;
use crate::report::look::{self, ServiceStatus};
use crate::report::screen::Screen;
use crate::report::terminal::Terminal;

/// Show how services stand: tasks, deployment, images, scaling, alarms
///
/// Of services that are named, or with --verbose of all, it shows everything: target health, sizes,
/// tasks that were lost and why, the last events. It ends with 0 whatever it finds, unless --exit-code
/// is given.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Services by their names in the manifests; all of them if none is named
    #[arg(value_name = "SERVICE")]
    pub services: Vec<String>,
    /// Look again and again: in place on a terminal, elsewhere only what changes, until interrupted
    #[arg(short, long)]
    pub watch: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 5, requires = "watch", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub interval: u64,
    /// End with 1 unless every service is well: its tasks run and are healthy, its newest deployment
    /// succeeded, none of its deployment alarms is on
    #[arg(long, conflicts_with = "watch")]
    pub exit_code: bool,
}

/// A command that looks at services.
struct Status<'a> {
    args: &'a Args,
    site: Site,
    named: Vec<Named>,
    terminal: Terminal,
    /// Everything is shown.
    is_full: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    open::block_on(async {
        let opened = open::unless_cancelled(Status::open(global, args));
        let status = Box::pin(opened).await?;
        if args.watch {
            return until_signal(Box::pin(status.watch())).await;
        }
        open::unless_cancelled(Box::pin(status.once())).await
    })
}

impl<'a> Status<'a> {
    async fn open(global: &Global, args: &'a Args) -> Result<Self, Failure> {
        let site = Site::open(global, Access::Read, NO_LIMIT).await?;
        let named = site.chosen(&args.services)?;
        let terminal = global.terminal();
        if terminal.is_json() {
            terminal.begin(about("status", &site))?;
        }
        let is_full = !args.services.is_empty() || global.verbose;
        Ok(Self { args, site, named, terminal, is_full })
    }

    async fn once(&self) -> Result<Exit, Failure> {
        let services = self.look().await?;
        self.show(&services)?;
        let is_well = services.iter().all(|service| service.is_well);
        Ok(if self.args.exit_code && !is_well { Exit::Error } else { Exit::Done })
    }

    async fn watch(&self) -> Result<Exit, Failure> {
        let mut screen = Screen::of(&self.terminal);
        let mut before: Option<Vec<ServiceStatus>> = None;
        while self.terminal.is_read() {
            let services = self.look().await?;
            match (&mut screen, &before) {
                (Some(screen), _) => screen.draw(&self.text(&services))?,
                (None, None) => self.show(&services)?,
                (None, Some(before)) => self.show_changes(before, &services)?,
            }
            before = Some(services);
            tokio::time::sleep(Duration::from_secs(self.args.interval)).await;
            self.site.backend.refresh()?;
        }
        Ok(Exit::Done)
    }

    async fn look(&self) -> Result<Vec<ServiceStatus>, Failure> {
        let looking = Looking::new(&self.site.backend);
        // Whether a service is well depends on its targets too.
        let is_detailed = self.is_full || self.args.exit_code;
        let services = looking.statuses(&self.named, is_detailed).await?;
        if !self.args.watch {
            looking.tell_unread(&self.terminal)?;
        }
        Ok(services)
    }

    fn show(&self, services: &[ServiceStatus]) -> Result<(), Failure> {
        if !self.terminal.is_json() {
            return Ok(self.terminal.result(&self.text(services))?);
        }
        for service in services {
            self.terminal.event(&Event::ServiceStatus(Box::new(service.clone())))?;
        }
        Ok(())
    }

    fn show_changes(&self, before: &[ServiceStatus], now: &[ServiceStatus]) -> Result<(), Failure> {
        let pairs = now.iter().zip(before);
        for (service, _) in pairs.filter(|(service, before)| service != before) {
            if self.terminal.is_json() {
                self.terminal.event(&Event::ServiceStatus(Box::new(service.clone())))?;
            } else {
                let text = look::changes(service, self.site.backend.now());
                self.terminal.result(&text)?;
            }
        }
        Ok(())
    }

    fn text(&self, services: &[ServiceStatus]) -> String {
        look::status(services, self.site.backend.now(), self.is_full)
    }
}
