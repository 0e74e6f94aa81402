//! Generates jobs that fit a platform.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::capacity::places;
use super::services::{around, role};
use super::{Part, Platform, fixed, merged, object, one_of, tasks};

/// Some are names of services too: what was the one may become the other.
const NAMES: [&str; 3] = ["migrate", "seed_data", "worker"];

/// Up to two jobs.
pub(super) fn jobs(platform: &Platform) -> BoxedStrategy<Vec<Json>> {
    let platform = platform.clone();
    let names = prop::sample::subsequence(NAMES.to_vec(), 0..=2);
    let jobs = names.prop_flat_map(move |names| {
        names.into_iter().map(|name| job(&platform, name)).collect::<Vec<_>>()
    });
    jobs.boxed()
}

/// Those that no service has the name of.
pub(super) fn beside(services: &[Json], mut jobs: Vec<Json>) -> Vec<Json> {
    jobs.retain(|job| services.iter().all(|service| service["name"] != job["name"]));
    jobs
}

fn job(platform: &Platform, name: &'static str) -> Part {
    let platform = platform.clone();
    let places = places(&platform).prop_filter("a job is no daemon", |place| !place.is_daemon);
    let jobs = places.prop_flat_map(move |place| {
        merged(vec![
            fixed(place.fields.clone()),
            tasks::size(place.ground),
            tasks::settings(&place),
            around(place.ground),
            tasks::containers(&platform, place.ground),
            role(&platform),
            object(vec![("timeout", one_of([json!("30m"), json!(60)]))]),
            fixed(json!({ "kind": "Job", "name": name })),
        ])
    });
    jobs.boxed()
}
