//! A mock account that stacks are planned for and applied to, one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tokio::sync::watch;

use crate::backend::{Backend, MockAccount};
use crate::execute::{Outcome, execute};
use crate::kind::{DIGEST_TAG, DesiredRow, LiveRow, Scope};
use crate::model::stack::Stack;
use crate::plan::{Options, Plan};
use crate::session::{Ground, Survey};

pub(super) struct Account {
    /// Taken while something works on it.
    backend: Option<Backend>,
}

impl Account {
    pub(super) fn empty() -> Self {
        Self { backend: Some(Backend::Mock(MockAccount::in_memory())) }
    }

    /// The account after a first `apply` of the stack.
    pub(super) async fn of(stack: &Stack) -> Self {
        let mut account = Self::empty();
        account.apply(stack).await;
        account
    }

    /// What `plan --prune` finds.
    pub(super) async fn survey(&mut self, stack: &Stack) -> Survey {
        let ground = self.ground(stack).await;
        let survey = plan(&ground, ground.desired(stack)).await;
        self.backend = Some(ground.backend);
        survey
    }

    pub(super) async fn plan(&mut self, stack: &Stack) -> Plan {
        self.survey(stack).await.plan
    }

    /// What `plan` says of the tasks that it would start on instances.
    pub(super) async fn forecast(&mut self, stack: &Stack) -> String {
        let ground = self.ground(stack).await;
        let mut survey = plan(&ground, ground.desired(stack)).await;
        let before = survey.plan.advice.len();
        ground.foresee(stack, &mut survey).await;
        self.backend = Some(ground.backend);
        let lines =
            survey.plan.advice[before..].iter().map(|it| format!("{}: {}", it.address, it.text));
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(super) async fn desired(&mut self, stack: &Stack) -> Vec<DesiredRow> {
        let ground = self.ground(stack).await;
        let desired = ground.desired(stack);
        self.backend = Some(ground.backend);
        desired
    }

    /// Does what `apply --prune` does; every call must go well. Returns the plan.
    pub(super) async fn apply(&mut self, stack: &Stack) -> Arc<Plan> {
        let ground = self.ground(stack).await;
        let desired = ground.desired(stack);
        self.run(ground, desired).await
    }

    /// Does what `destroy` does. Returns the plan.
    pub(super) async fn destroy(&mut self, stack: &Stack) -> Arc<Plan> {
        let ground = self.ground(stack).await;
        self.run(ground, vec![]).await
    }

    async fn ground(&mut self, stack: &Stack) -> Ground {
        let backend = self.backend.take().expect("nothing else works on the account");
        Ground::of(stack, backend).await.expect("a mock account knows its facts")
    }

    async fn run(&mut self, ground: Ground, desired: Vec<DesiredRow>) -> Arc<Plan> {
        let plan = Arc::new(plan(&ground, desired).await.plan);
        let ground = Arc::new(ground);
        let (_cancel, cancelled) = watch::channel(false);
        let outcomes = execute(ground.clone(), plan.clone(), cancelled, |_| {}).await;
        for (action, outcome) in plan.actions.iter().zip(outcomes) {
            assert!(matches!(outcome, Outcome::Done), "{}: {outcome:?}", action.address);
        }
        self.backend = Some(Arc::into_inner(ground).expect("the run is over").backend);
        plan
    }
}

async fn plan(ground: &Ground, desired: Vec<DesiredRow>) -> Survey {
    let options = Options { prune: true, ..Options::default() };
    ground.plan(desired, &options, false).await.unwrap_or_else(|error| panic!("{error}"))
}

/// What is left to do, action by action, with the fields that differ.
pub(super) fn described(plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = plan
        .actions
        .iter()
        .flat_map(|action| {
            let address = &action.address;
            let symbol = if action.is_replacement { "-/+" } else { action.verb.symbol() };
            let fields = action
                .changes
                .iter()
                .map(move |change| format!("{symbol} {address} {}", change.path));
            let whole = action.changes.is_empty().then(|| format!("{symbol} {address}"));
            fields.chain(whole)
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// The fields of every row of the stack by address, without what depends on the past: ids are told
/// as the output that they are, references as the one that is wanted once they are settled, and what
/// others own after a row's creation, what the manifests leave open, and which of the free priorities
/// a rule has are left out.
pub(super) fn contents(survey: &Survey, scope: &Scope) -> Json {
    let desired: BTreeMap<_, _> = survey.desired.iter().map(|row| (&row.address, row)).collect();
    let rows: Vec<_> = survey
        .observed
        .rows
        .iter()
        .filter(|row| scope.owns(&row.marks))
        .filter_map(|row| Some((desired.get(row.marks.resource.as_ref()?)?, row)))
        .collect();
    let outputs = rows.iter().flat_map(|(desired, row)| {
        // Numbers tell no resource; of those, only versions are referred to.
        let is_name = |name: &str, value: &str| name == "version" || value.parse::<u64>().is_err();
        let named = |(name, value): (&String, _)| match name.as_str() {
            "version" => (value, "(version)".to_owned()),
            name => (value, format!("({}#{name})", desired.address)),
        };
        let outputs = row.outputs.iter().map(|(name, value)| (name, value.as_str()));
        outputs.filter(move |(name, value)| is_name(name, value)).map(named)
    });
    let names: BTreeMap<&str, String> = outputs.filter(|(value, _)| !is_count(value)).collect();
    let content = |(desired, row): &(&&DesiredRow, &LiveRow)| {
        let mut spec = managed(desired, row);
        rename_counts(&mut spec, &desired.spec);
        rename(&mut spec, &names);
        (desired.address.to_string(), spec)
    };
    Json::Object(rows.iter().map(content).collect())
}

/// The live fields that the manifests decide.
fn managed(desired: &DesiredRow, row: &LiveRow) -> Json {
    let mut spec = row.spec.clone();
    let fields = spec.as_object_mut().expect("a spec has fields");
    fields.retain(|field, _| {
        let is_ignored = desired.ignore.iter().any(|(path, _)| path == field);
        !is_ignored && !desired.spec[field].is_null() && field != "priority"
    });
    // Fargate's own capacity provider alone is the launch type by another name.
    if let Some(launch_type @ Json::String(_)) = desired.spec.get("returnsTo") {
        fields.insert("launchType".to_owned(), launch_type.clone());
        fields.insert("capacityProviderStrategy".to_owned(), json!([]));
    }
    if let Some(tags) = fields.get_mut("tags").and_then(Json::as_object_mut) {
        tags.remove(DIGEST_TAG);
    }
    spec
}

/// A version or revision, which says nothing where it does not stand for its output.
fn is_count(output: &str) -> bool {
    output.parse::<u64>().is_ok()
}

/// Tells counts by what the desired spec refers to in their place.
fn rename_counts(live: &mut Json, desired: &Json) {
    match (live, desired) {
        (Json::String(text), Json::Object(_)) if is_count(text) => {
            *text = desired["$ref"].to_string();
        }
        (Json::Object(live), Json::Object(desired)) => {
            for (field, value) in live {
                rename_counts(value, desired.get(field).unwrap_or(&Json::Null));
            }
        }
        (_, _) => {}
    }
}

fn rename(json: &mut Json, names: &BTreeMap<&str, String>) {
    match json {
        Json::String(text) => {
            if let Some(name) = names.get(text.as_str()) {
                *json = json!(name);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Json::Object(fields) => fields.values_mut().for_each(|field| rename(field, names)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
