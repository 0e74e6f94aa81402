//! What looking around finds, for people and for programs: how services stand, what they told, their
//! past and their tasks.

mod assemble;
mod details;
mod history;
mod overview;
mod status;
mod table;
mod tasks;
#[cfg(test)]
mod tests;
mod times;
mod told;

pub use assemble::{Deep, Gathered};
pub use history::{Past, Record, history};
pub use overview::{changes, overview};
pub use status::ServiceStatus;
pub use tasks::{StoppedTask, TaskView, tasks};
pub use told::{Told, merged, told};

/// Everything that was asked for of some services: each one in full, or a table of all.
pub fn status(services: &[ServiceStatus], now: jiff::Timestamp, is_full: bool) -> String {
    if is_full {
        let each: Vec<String> =
            services.iter().map(|service| details::details(service, now)).collect();
        return each.join("\n");
    }
    overview(services, now)
}
