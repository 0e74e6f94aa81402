//! What services told, merged by time.

use jiff::Timestamp;
use owo_colors::OwoColorize as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::words::widest;
use super::table::wrapped;
use super::times;
use crate::runtime::Service;

/// What a service told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// Its name in the manifests.
    pub service: String,
    /// The event's id, which no other has.
    pub id: String,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// In ECS's words.
    pub message: String,
}

/// The events of services by their names in the manifests, oldest first.
pub fn merged<'a>(services: impl IntoIterator<Item = (&'a str, &'a Service)>) -> Vec<Told> {
    let mut all: Vec<Told> = services
        .into_iter()
        .flat_map(|(name, service)| {
            // ECS gives the newest first: of those of one moment, the last one told comes last.
            service.events.iter().rev().map(|event| Told {
                service: name.to_owned(),
                id: event.id.clone(),
                at: event.at,
                message: event.message.clone(),
            })
        })
        .collect();
    all.sort_by_key(|told| told.at);
    all
}

/// A line for each event, with the service that told it. `now` is for ages; lines that stay while time
/// goes on have the time of day.
pub fn told(events: &[Told], now: Option<Timestamp>) -> String {
    let when = |told: &Told| match now {
        Some(now) => times::ago(now, told.at),
        None => times::moment(told.at),
    };
    let whens: Vec<String> = events.iter().map(when).collect();
    let of_when = widest(whens.iter().map(String::as_str));
    let of_service = widest(events.iter().map(|told| told.service.as_str()));
    let line = |(told, when): (&Told, &String)| {
        let message = unprefixed(&told.message);
        // What goes on may be searched as it comes: there, an event is a line.
        let message = match now {
            Some(_) => wrapped(message, of_when + of_service + 4),
            None => message.to_owned(),
        };
        let service = format!("{:of_service$}", told.service);
        format!("{}  {}  {message}\n", format_args!("{when:>of_when$}").dimmed(), service.cyan())
    };
    events.iter().zip(&whens).map(line).collect()
}

/// Without `(service shop-prod-web) `, which is said already.
pub(super) fn unprefixed(message: &str) -> &str {
    let rest = message.strip_prefix("(service ").and_then(|rest| rest.split_once(") "));
    rest.map_or(message, |(_, rest)| rest)
}
