//! What a plan does to the tasks of a service, read from its calls.

use crate::kind::{Kind as _, LiveRow};
use crate::kinds::service::{Call, Service};
use crate::plan::Action;
use crate::session::Survey;
use crate::value::Address;

/// Tasks that start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Movement {
    pub(super) way: Way,
    /// Tasks in the end; none for a daemon.
    pub(super) count: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// There are none before, or those that run stay.
    Add,
    /// By a deployment.
    Replace,
    /// With the service, which is deleted first.
    Recreate,
}

impl Movement {
    /// None when the plan starts no tasks.
    pub(super) fn of(service: &str, survey: &Survey) -> Option<Self> {
        let address = Address::new(Service::NAME, service);
        let own = survey.plan.actions.iter().filter(|action| action.address == address);
        let count = live_count(&address, survey);
        own.filter_map(|action| Self::of_action(action, count)).next_back()
    }

    /// The tasks of a service that is live.
    pub(super) fn of_live(service: &str, survey: &Survey) -> Option<Self> {
        let address = Address::new(Service::NAME, service);
        let row = live_row(&address, survey)?;
        Some(Self { way: Way::Add, count: count_of(row) })
    }

    fn of_action(action: &Action, live_count: Option<u32>) -> Option<Self> {
        let calls = action.calls.iter().map(|call| {
            serde_json::from_value(call.json.clone()).expect("a call is read as it was written")
        });
        let mut count = live_count;
        let mut movement = None;
        for call in calls {
            match call {
                Call::Create { spec } => {
                    let way = if action.is_replacement { Way::Recreate } else { Way::Add };
                    return Some(Self { way, count: spec.desired_count });
                }
                Call::Update { spec, fields, .. } => {
                    if fields.iter().any(|field| field == "desiredCount") {
                        count = spec.desired_count;
                    }
                    movement = Some(Way::Replace);
                }
                Call::AwaitRollout(_) => return movement.map(|way| Self { way, count }),
                Call::AwaitRunning { count, .. } => {
                    let grows = live_count.is_none_or(|live| live < count);
                    return grows.then_some(Self { way: Way::Add, count: Some(count) });
                }
                Call::Tag { .. }
                | Call::Untag { .. }
                | Call::Delete { .. }
                | Call::AwaitGone { .. } => {}
            }
        }
        None
    }
}

fn live_row<'a>(address: &Address, survey: &'a Survey) -> Option<&'a LiveRow> {
    let is_it = |row: &&LiveRow| row.marks.resource.as_ref() == Some(address);
    survey.observed.rows.iter().find(is_it)
}

fn live_count(address: &Address, survey: &Survey) -> Option<u32> {
    live_row(address, survey).and_then(count_of)
}

fn count_of(row: &LiveRow) -> Option<u32> {
    u32::try_from(row.spec.get("desiredCount")?.as_u64()?).ok()
}
