//! A plan as people read it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use owo_colors::{OwoColorize as _, Style};

use super::calls::calls;
use super::fields::fields;
use super::groups::{Group, GroupKind, counts, groups};
use super::resources::resources;
use super::terminal::Part;
use super::values::Pending;
use super::words::{WIDTH, counted, cut, plural, widest, width};
use crate::facts::Facts;
use crate::kind::Scope;
use crate::manifest::source::Sources;
use crate::plan::{Advice, Orphan, Plan};
use crate::value::{Address, Value};

/// Where the files are named, unless titles are long.
const PLACE: usize = 48;

/// The spec of each resource that a plan creates.
pub type Details = BTreeMap<Address, Value>;

/// What a plan is of, and how it was observed.
pub struct Heading<'a> {
    pub command: &'a str,
    pub scope: &'a Scope,
    pub facts: &'a Facts,
    /// Live resources that were read.
    pub observed: usize,
    /// API calls that this took, by operation; none on the mock account.
    pub calls: Option<&'a BTreeMap<String, u64>>,
    /// Resources known by digest.
    pub shallow: usize,
}

/// `ecsctl plan · shop / prod · 444455556666 eu-west-1 · 41 resources observed with 14 calls`
///
/// With `is_verbose` the calls follow, a line for each operation.
pub fn heading(heading: &Heading<'_>, is_verbose: bool) -> String {
    let Heading { command, scope, facts, .. } = heading;
    let with = match heading.calls {
        Some(calls) => format!("with {}", counted(calls.values().sum(), "call")),
        None => "in the mock account".to_owned(),
    };
    let mut line = format!(
        "ecsctl {command} · {} / {} · {} {} · {} observed {with}",
        scope.app,
        scope.environment,
        facts.account,
        facts.region,
        plural(heading.observed, "resource"),
    );
    if heading.shallow > 0 {
        let _ = write!(line, ", {} by digest (--deep reads all)", heading.shallow);
    }
    for (operation, count) in heading.calls.into_iter().flatten().filter(|_| is_verbose) {
        let _ = write!(line, "\n    {count:>3} {operation}");
    }
    line
}

/// The groups, the orphans and the summary line. Styled; the writer strips what it must.
///
/// With `details`, the specs of what is created, every field and value is shown whole.
pub fn body(plan: &Plan, sources: &Sources, details: Option<&Details>) -> String {
    parts(plan, sources, details).iter().map(Part::text).collect()
}

/// [`body`], a block for each document.
pub fn parts(plan: &Plan, sources: &Sources, details: Option<&Details>) -> Vec<Part> {
    let groups = groups(plan);
    let page = Page::of(plan, &groups, sources, details);
    let blocks = groups.iter().map(|group| Part::Block(page.drawn(group) + "\n"));
    let rest = orphans(&plan.orphans) + &advice(&plan.advice) + &summary(plan, &groups);
    blocks.chain([Part::Text(rest)]).collect()
}

fn orphans(orphans: &[Orphan]) -> String {
    let of = |orphan: &Orphan| {
        let manifest = orphan.manifest.as_ref();
        manifest.map(|manifest| format!("of {manifest}")).unwrap_or_default()
    };
    let addresses: Vec<String> = orphans.iter().map(|orphan| orphan.address.to_string()).collect();
    let owners: Vec<String> = orphans.iter().map(of).collect();
    let address_width = widest(addresses.iter().map(String::as_str));
    let owner_width = widest(owners.iter().map(String::as_str));
    let room = WIDTH.saturating_sub(address_width + owner_width + 6).max(20);
    let mut text = String::new();
    for ((orphan, address), owner) in orphans.iter().zip(&addresses).zip(&owners) {
        let key = cut(&orphan.key, room);
        let line = format!("{address:<address_width$}  {owner:<owner_width$}  {key}");
        let _ = writeln!(text, "{} {}", "?".yellow(), line.trim_end());
    }
    if !orphans.is_empty() {
        let _ = writeln!(text, "  in no manifest: kept, unless you say --prune\n");
    }
    text
}

/// One paragraph each, the address once for all that is said of it.
fn advice(advice: &[Advice]) -> String {
    let mut text = String::new();
    for (index, Advice { address, text: words }) in advice.iter().enumerate() {
        let is_same = index > 0 && advice[index - 1].address == *address;
        if !is_same {
            let _ = writeln!(text, "{} {}", "!".yellow().bold(), address.to_string().bold());
        }
        for line in words.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    if text.is_empty() { text } else { text + "\n" }
}

/// `Plan: 0 to create, 1 to update, 0 to replace, 0 to delete · 2 API calls, 1 wait.`
fn summary(plan: &Plan, groups: &[Group<'_>]) -> String {
    if plan.is_empty() {
        return format!(
            "Nothing to change: {} as the manifests say.\n",
            plural(plan.unchanged, "resource")
        );
    }
    let counts = counts(groups);
    let count = |kind| counts.get(&kind).copied().unwrap_or(0);
    let calls = plan.actions.iter().flat_map(|action| &action.calls);
    let (waits, calls): (Vec<_>, Vec<_>) = calls.partition(|call| call.is_wait());
    format!(
        "Plan: {} to create, {} to update, {} to replace, {} to delete · {}, {}.\n",
        count(GroupKind::Create),
        count(GroupKind::Update),
        count(GroupKind::Replace),
        count(GroupKind::Delete),
        plural(calls.len(), "API call"),
        plural(waits.len(), "wait"),
    )
}

/// What all groups of a plan are drawn with.
struct Page<'a> {
    plan: &'a Plan,
    sources: &'a Sources,
    pending: Pending<'a>,
    /// The number of each action's first call, counted over the whole plan.
    firsts: Vec<usize>,
    /// The width of the largest number.
    digits: usize,
    /// Where the files are named.
    place: usize,
    details: Option<&'a Details>,
}

impl<'a> Page<'a> {
    fn of(
        plan: &'a Plan,
        groups: &[Group<'_>],
        sources: &'a Sources,
        details: Option<&'a Details>,
    ) -> Self {
        let lengths = plan.actions.iter().map(|action| action.calls.len());
        let firsts = lengths.scan(1, |next, length| Some(std::mem::replace(next, *next + length)));
        let titles: Vec<String> = groups.iter().map(title).collect();
        let title = widest(titles.iter().map(String::as_str));
        let calls: usize = plan.actions.iter().map(|action| action.calls.len()).sum();
        Self {
            plan,
            sources,
            pending: Pending::of(plan),
            firsts: firsts.collect(),
            digits: calls.to_string().len(),
            place: PLACE.max(title + 2),
            details,
        }
    }

    fn drawn(&self, group: &Group<'_>) -> String {
        let (title, place) = (title(group), place(group, self.sources));
        let gap = if place.is_empty() { 0 } else { self.place - width(&title) };
        let symbol = group.kind.symbol();
        let mut text = format!(
            "{} {}{:gap$}{}\n",
            symbol.style(color(group.kind)).bold(),
            group.manifest.bold(),
            "",
            place.dimmed()
        );
        for resource in resources(group, self.plan, self.details.is_some()) {
            text.push_str(&resource.heading());
            if let Some(action) = resource.shown {
                text.push_str(&fields(action, &self.pending, self.details));
            }
        }
        text + &calls(group, &self.firsts, self.digits)
    }
}

fn title(group: &Group<'_>) -> String {
    format!("{} {}", group.kind.symbol(), group.manifest)
}

/// `manifests/shop/web.yaml:2`
fn place(group: &Group<'_>, sources: &Sources) -> String {
    let span = group.origin;
    let place = span.map(|at| format!("{}:{}", sources.path(at.source), sources.start(at).line));
    place.unwrap_or_default()
}

const fn color(kind: GroupKind) -> Style {
    match kind {
        GroupKind::Create => Style::new().green(),
        GroupKind::Update => Style::new().yellow(),
        GroupKind::Replace => Style::new().magenta(),
        GroupKind::Delete => Style::new().red(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::events::run::Start;

    #[test]
    fn a_heading_counts_the_calls_and_names_them_on_request() {
        let scope = Scope { app: "shop".to_owned(), environment: "prod".to_owned() };
        let facts = Facts {
            account: "444455556666".to_owned(),
            region: "eu-west-1".to_owned(),
            partition: "aws".to_owned(),
            networks: BTreeMap::new(),
            auto_scaling_groups: BTreeMap::new(),
            load_balancers: BTreeMap::new(),
        };
        let calls = [("ecs:DescribeServices", 2), ("sts:GetCallerIdentity", 1)];
        let calls: BTreeMap<_, _> =
            calls.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        let about = Heading {
            command: "plan",
            scope: &scope,
            facts: &facts,
            observed: 41,
            calls: Some(&calls),
            shallow: 3,
        };
        insta::assert_snapshot!(heading(&about, true), @"
        ecsctl plan · shop / prod · 444455556666 eu-west-1 · 41 resources observed with 3 calls, 3 by digest (--deep reads all)
              2 ecs:DescribeServices
              1 sts:GetCallerIdentity
        ");
        assert_eq!(heading(&about, true).lines().next().unwrap(), heading(&about, false));
        let start = serde_json::to_value(Start::observed(&about)).unwrap();
        assert_eq!(
            (&start["calls"], &start["callsByOperation"]["ecs:DescribeServices"]),
            (&3.into(), &2.into())
        );
    }
}
