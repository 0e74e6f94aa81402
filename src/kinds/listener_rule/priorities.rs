//! Priorities: those that manifests leave open, and the order in which rules can take over others'.
//!
//! A rule without a priority gets one in the band of its specificity, by the hash of its name, and
//! keeps it as long as it lies there: another service's coming or going moves no rule.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::ListenerRule;
use super::spec::{ListenerRuleSpec, Place, Swap};
use crate::kind::{Desired, Kind as _, Live, Marks};
use crate::value::{Address, digest};

/// Manifests may put rules before and after all automatic ones.
const FIRST: u32 = 500;
const LAST: u32 = 50_000;
/// More than the 100 rules that AWS lets a listener have.
const BAND: u32 = 128;
/// Characters of a path that count one by one.
const FINE: usize = 20;
/// Paths of more than 64 characters count as this long.
const LONGEST: usize = 31;
/// Two for each length of path: one that is exact, one that is a pattern.
const WIDTHS: u32 = 64;

type Row = Desired<ListenerRuleSpec>;
type LiveRow = Live<ListenerRuleSpec>;

/// The rules of one listener: desired ones with what is live of each, and the priorities that live
/// rules have, whosever they are.
struct Listener<'a> {
    rules: Vec<(&'a mut Row, Option<&'a LiveRow>)>,
    taken: BTreeSet<u32>,
}

pub(super) fn settle(desired: &mut [Row], live: &[LiveRow]) {
    for mut listener in listeners(desired, live) {
        listener.choose();
        listener.arrange();
    }
}

fn listeners<'a>(desired: &'a mut [Row], live: &'a [LiveRow]) -> Vec<Listener<'a>> {
    let by_owner: BTreeMap<_, &LiveRow> =
        live.iter().filter_map(|row| Some((owner(&row.marks)?, row))).collect();
    let mut groups: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let mut claimed: BTreeMap<&str, String> = BTreeMap::new();
    for row in desired {
        let counterpart =
            owner(&Marks::of(&row.spec.tags)).and_then(|owner| by_owner.get(&owner).copied());
        let listener = row.spec.listener.to_string();
        if let Some(counterpart) = counterpart {
            claimed.insert(counterpart.spec.listener.text(), listener.clone());
        }
        groups.entry(listener).or_default().push((row, counterpart));
    }
    // A live listener that no counterpart tells apart may be any of them.
    let may_be = |row: &LiveRow, listener: &String| {
        claimed.get(row.spec.listener.text()).is_none_or(|claimed| claimed == listener)
    };
    groups
        .into_iter()
        .map(|(listener, rules)| {
            let taken = live.iter().filter(|row| may_be(row, &listener));
            Listener { rules, taken: taken.filter_map(|row| row.spec.priority).collect() }
        })
        .collect()
}

fn owner(marks: &Marks) -> Option<(String, String, Address)> {
    let scope = marks.scope.clone()?;
    Some((scope.app, scope.environment, marks.resource.clone()?))
}

impl Listener<'_> {
    /// Gives a priority to each rule that has none.
    fn choose(&mut self) {
        let mut chosen: BTreeSet<u32> =
            self.rules.iter().filter_map(|(row, _)| row.spec.priority).collect();
        let open = |(row, _): &&mut (&mut Row, Option<&LiveRow>)| row.spec.priority.is_none();
        for (row, live) in self.rules.iter_mut().filter(open) {
            let current = live.and_then(|live| live.spec.priority);
            row.spec.priority = current.filter(|priority| {
                is_in_place(*priority, &band(&row.spec), &self.taken) && chosen.insert(*priority)
            });
        }
        self.taken.extend(chosen);
        for (row, _) in self.rules.iter_mut().filter(open) {
            row.spec.priority = free(&row.spec, &self.taken);
            self.taken.extend(row.spec.priority);
        }
    }

    /// Lets each rule wait for the one whose priority it takes over. Rules that wait in a circle
    /// change places in one call, which belongs to the first of them.
    fn arrange(&mut self) {
        let waits = self.waits();
        for (index, holder) in &waits {
            let circle = circle(&waits, *index);
            let first = circle.iter().flatten().min().copied();
            if first == Some(*index) {
                let others = circle.iter().flatten().filter(|other| *other != index);
                let swap = others.filter_map(|other| self.place(*other)).collect();
                self.rules[*index].0.spec.swap = Some(Swap::Leads(swap));
            } else {
                self.rules[*index].0.spec.swap = first.map(|_| Swap::Follows);
                let awaited = &self.rules[first.unwrap_or(*holder)].0.name;
                let awaited = Address::new(ListenerRule::NAME, awaited);
                self.rules[*index].0.after.push(awaited);
            }
        }
    }

    /// The rule that still has the priority which a rule shall get, for each that must wait.
    fn waits(&self) -> BTreeMap<usize, usize> {
        let leavers: BTreeMap<u32, usize> = self
            .rules
            .iter()
            .enumerate()
            .filter_map(|(index, (row, live))| {
                let current = live.as_ref()?.spec.priority?;
                (row.spec.priority != Some(current)).then_some((current, index))
            })
            .collect();
        let wanted = self.rules.iter().map(|(row, _)| row.spec.priority).enumerate();
        wanted.filter_map(|(index, priority)| Some((index, *leavers.get(&priority?)?))).collect()
    }

    fn place(&self, index: usize) -> Option<Place> {
        let (row, live) = &self.rules[index];
        let (arn, name) = (live.as_ref()?.outputs.get("arn")?.clone(), row.spec.name.clone());
        Some(Place { arn, name, priority: row.spec.priority? })
    }
}

/// Those who wait for each other from `start` back to `start`.
fn circle(waits: &BTreeMap<usize, usize>, start: usize) -> Option<Vec<usize>> {
    let mut circle = vec![start];
    loop {
        let next = *waits.get(circle.last()?)?;
        if next == start {
            return Some(circle);
        }
        if circle.contains(&next) {
            return None;
        }
        circle.push(next);
    }
}

/// Whether a rule may stay where it is: in its band, or behind it when that is full.
fn is_in_place(priority: u32, band: &Range<u32>, taken: &BTreeSet<u32>) -> bool {
    let is_behind = priority >= band.end;
    band.contains(&priority) || (is_behind && band.clone().all(|place| taken.contains(&place)))
}

/// One in the rule's band, or should that be full, the next after it.
fn free(spec: &ListenerRuleSpec, taken: &BTreeSet<u32>) -> Option<u32> {
    let band = band(spec);
    let hash = u32::from_str_radix(&digest(spec.name.as_bytes())[..8], 16);
    let places = band.end - band.start;
    let offset = hash.expect("a digest is hexadecimal") % places;
    let within = (0..places).map(|step| band.start + (offset + step) % places);
    within.chain(band.end..=LAST).find(|priority| !taken.contains(priority))
}

/// Exact hosts come before patterns before any host; within these, longer paths before shorter ones
/// and an exact path before a pattern that begins like it; within these, more further conditions
/// before fewer. A rule is as unspecific as its widest path.
fn band(spec: &ListenerRuleSpec) -> Range<u32> {
    let host = match &spec.hosts[..] {
        [] => 2,
        hosts if hosts.iter().any(|host| is_pattern(host)) => 1,
        _ => 0,
    };
    let path = spec.paths.0.iter().map(|path| width(path)).max().unwrap_or(width("*"));
    let start = FIRST + (host * WIDTHS + path) * 2 * BAND;
    match further_conditions(spec) {
        0 => start + BAND..start + 2 * BAND,
        1 => start + BAND / 2..start + BAND,
        _ => start..start + BAND / 2,
    }
}

/// How many beside hosts and paths.
fn further_conditions(spec: &ListenerRuleSpec) -> usize {
    let lists = [&spec.methods, &spec.source_ips];
    let filled = lists.iter().filter(|list| !list.0.is_empty()).count();
    spec.headers.len() + usize::from(!spec.query.0.is_empty()) + filled
}

/// 0 for the longest exact path, up to 63 for the pattern that takes all.
fn width(path: &str) -> u32 {
    let literal = path.split(['*', '?']).next().unwrap_or_default().chars().count();
    // Every character of short paths counts, and every fourth of those behind.
    let level = (literal.min(FINE) + literal.saturating_sub(FINE) / 4).min(LONGEST);
    u32::try_from(LONGEST - level).expect("at most the longest path") * 2
        + u32::from(is_pattern(path))
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}
