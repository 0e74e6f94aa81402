//! Scheduled actions run at times that exist, and set bounds that make sense.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::scaling::ten;
use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::scaling::ScheduledAction;
use crate::model::schedules;

const GUIDE: &str = "Application Auto Scaling API Reference, PutScheduledAction";
const QUOTAS: &str = "Application Auto Scaling User Guide, quotas";
const MOST_ACTIONS: usize = 200;

macro_rules! action {
    ($fields:literal) => {
        concat!(
            "{ kind: Service, name: web, image: nginx, port: 80, scaling: { min: 1, max: 9, scheduled: [{ name: night, ",
            $fields,
            " }] } }"
        )
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "schedule",
        rule: "A cron expression has six fields, each in its range",
        source: GUIDE,
        wrong: action!("schedule: 'cron(0 25 * * ? *)', min: 1"),
        right: action!("schedule: 'cron(0 22 * * ? *)', min: 1"),
    },
    Entry {
        code: "schedule",
        rule: "Of day-of-month and day-of-week in a cron expression, one is `?`",
        source: GUIDE,
        wrong: action!("schedule: 'cron(0 22 * * MON *)', min: 1"),
        right: action!("schedule: 'cron(0 22 ? * MON *)', min: 1"),
    },
    Entry {
        code: "schedule",
        rule: "A rate is a number and its unit, singular for 1",
        source: GUIDE,
        wrong: action!("schedule: rate(1 hours), min: 1"),
        right: action!("schedule: rate(1 hour), min: 1"),
    },
    Entry {
        code: "schedule",
        rule: "`at` names a date and time that exist, to the second",
        source: GUIDE,
        wrong: action!("schedule: 'at(2026-02-30T18:00:00)', min: 1"),
        right: action!("schedule: 'at(2026-02-28T18:00:00)', min: 1"),
    },
    Entry {
        code: "time-zone",
        rule: "A time zone is one of the IANA database, and belongs to `cron` and `at`",
        source: GUIDE,
        wrong: action!("schedule: 'cron(0 22 * * ? *)', timeZone: Europe/Berlni, min: 1"),
        right: action!("schedule: 'cron(0 22 * * ? *)', timeZone: Europe/Berlin, min: 1"),
    },
    Entry {
        code: "scheduled-bounds",
        rule: "A scheduled action sets `min`, `max` or both, and `min` is not above `max`",
        source: GUIDE,
        wrong: action!("schedule: rate(1 hour)"),
        right: action!("schedule: rate(1 hour), max: 2"),
    },
    Entry {
        code: "scheduled-time",
        rule: "`start` and `end` are moments with their offset from UTC, `start` first",
        source: GUIDE,
        wrong: action!("schedule: rate(1 hour), max: 2, start: 2026-12-02"),
        right: action!("schedule: rate(1 hour), max: 2, start: '2026-12-02T00:00:00+01:00'"),
    },
    Entry {
        code: "scheduled-name",
        rule: "Each scheduled action of a service has its own name",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 9, scheduled: [{ name: a, schedule: rate(1 hour), min: 1 }, { name: a, schedule: rate(1 day), min: 1 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 9, scheduled: [{ name: a, schedule: rate(1 hour), min: 1 }, { name: b, schedule: rate(1 day), min: 1 }] }"
        ),
    },
    Entry {
        code: "scaling-quota",
        rule: "A service has at most 200 scheduled actions",
        source: QUOTAS,
        wrong: concat!(
            "{ kind: Service, name: web, image: nginx, port: 80, scaling: { min: 1, max: 2, scheduled: [",
            ten!(ten!("{ name: a, schedule: rate(1 day), min: 1 },")),
            ten!(ten!("{ name: a, schedule: rate(1 day), min: 1 },")),
            "{ name: a, schedule: rate(1 day), min: 1 }] } }"
        ),
        right: action!("schedule: rate(1 hour), max: 2"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(check_service)
}

fn check_service(service: &ServiceView<'_>) -> Vec<Problem> {
    let Some(scaling) = &service.document().scaling else { return vec![] };
    let mut problems = vec![];
    if scaling.scheduled.len() > MOST_ACTIONS {
        let message = format!("{} scheduled actions", scaling.scheduled.len());
        let at = service.written.key("/scaling/scheduled");
        problems.push(Problem::error("scaling-quota", message).at(&at, "expected at most 200"));
    }
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, action) in scaling.scheduled.iter().enumerate() {
        let at = |field: &str| service.written.value(&format!("/scaling/scheduled/{index}{field}"));
        if *first.entry(&action.name).or_insert(index) != index {
            let message = format!("two scheduled actions are named `{}`", action.name);
            problems.push(Problem::error("scheduled-name", message).at(&at("/name"), "again"));
        }
        problems.extend(schedule(action, at));
        problems.extend(time_zone(action, at));
        problems.extend(bounds(action, at));
        problems.extend(moments(action, at));
    }
    problems
}

fn schedule(action: &ScheduledAction, at: impl Fn(&str) -> Span) -> Option<Problem> {
    let fault = schedules::check(&action.schedule).err()?;
    let problem = Problem::error("schedule", fault.message).at(&at("/schedule"), "here");
    Some(problem.hint(fault.hint))
}

fn time_zone(action: &ScheduledAction, at: impl Fn(&str) -> Span) -> Option<Problem> {
    let zone = action.time_zone.as_ref()?;
    if action.schedule.starts_with("rate(") {
        let problem = Problem::error("time-zone", "a rate has no time zone");
        return Some(problem.at(&at("/timeZone"), "of no use"));
    }
    let zones = schedules::time_zones();
    if zones.contains(zone) {
        return None;
    }
    let problem = Problem::error("time-zone", format!("`{zone}` is no time zone"))
        .at(&at("/timeZone"), "expected a name of the IANA database such as `Europe/Berlin`");
    Some(problem.did_you_mean(zone, zones.iter().map(String::as_str)))
}

fn bounds(action: &ScheduledAction, at: impl Fn(&str) -> Span) -> Option<Problem> {
    let error = |message: String| Problem::error("scheduled-bounds", message);
    match (action.min, action.max) {
        (None, None) => Some(
            error(format!("`{}` changes nothing", action.name))
                .at(&at(""), "without `min` and `max`"),
        ),
        (Some(min), Some(max)) if min > max => Some(
            error(format!("`min` ({min}) is above `max` ({max})"))
                .at(&at("/min"), "above")
                .at(&at("/max"), "the most"),
        ),
        (Some(_), Some(_) | None) | (None, Some(_)) => None,
    }
}

fn moments(action: &ScheduledAction, at: impl Fn(&str) -> Span) -> Vec<Problem> {
    let read = |field: &str, text: &Option<String>| {
        let text = text.as_ref()?;
        Some(text.parse::<Timestamp>().map_err(|_| {
            Problem::error("scheduled-time", format!("`{text}` is no moment"))
                .at(&at(field), "expected a moment such as `2026-12-01T00:00:00Z`")
        }))
    };
    let (start, end) = (read("/start", &action.start), read("/end", &action.end));
    match (start, end) {
        (Some(Ok(start)), Some(Ok(end))) if start >= end => vec![
            Problem::error("scheduled-time", "the action ends before it starts")
                .at(&at("/end"), "not after `start`"),
        ],
        (start, end) => [start, end].into_iter().flatten().filter_map(Result::err).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_service;

    #[test]
    fn schedules_have_times_zones_and_bounds() {
        let action = |fields: &str| {
            format!("scaling: {{ min: 1, max: 9, scheduled: [{{ name: night, {fields} }}] }}")
        };
        let right = action("schedule: \"cron(0 22 * * ? *)\", min: 1");
        let cases = [
            action("schedule: 'cron(0 22 * * * *)', min: 1"),
            action("schedule: rate(1 hours), min: 1"),
            action("schedule: 'cron(0 22 * * ? *)', timeZone: Europe/Berlni, min: 1"),
            action("schedule: rate(1 hour), timeZone: Europe/Berlin, min: 1"),
            action("schedule: rate(1 hour)"),
            action("schedule: rate(1 hour), min: 2, max: 1"),
            action("schedule: rate(1 hour), min: 2, start: tomorrow"),
            action(
                "schedule: rate(1 hour), min: 2, start: '2026-12-02T00:00:00Z', end: '2026-12-02T01:00:00+01:00'",
            ),
        ];
        let cases: Vec<_> = cases.iter().map(|wrong| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report_service(&cases), @"
        schedule: both day-of-month and day-of-week say a day ['cron(0 22 * * * *)': here] -> write `?` for the one that does not matter
        schedule: `hours` does not go with 1 [rate(1 hours): here] -> 1 goes with `minute`, `hour` or `day`
        time-zone: `Europe/Berlni` is no time zone [Europe/Berlni: expected a name of the IANA database such as `Europe/Berlin`] -> did you mean `Europe/Berlin`?
        time-zone: a rate has no time zone [Europe/Berlin: of no use]
        scheduled-bounds: `night` changes nothing [name: without `min` and `max`]
        scheduled-bounds: `min` (2) is above `max` (1) [2: above] [1: the most]
        scheduled-time: `tomorrow` is no moment [tomorrow: expected a moment such as `2026-12-01T00:00:00Z`]
        scheduled-time: the action ends before it starts ['2026-12-02T01:00:00+01:00': not after `start`]
        ");
    }
}
