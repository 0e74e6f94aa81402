//! Laws that every kind obeys, checked over its `examples` for each line of the registry.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize as _, de::DeserializeOwned};
use serde_json::{Value as Json, json};
use tokio::sync::watch;

use crate::backend::{Backend, MockAccount};
use crate::diff::{FieldChange, Path, Policy, diff};
use crate::execute::{Outcome, execute};
use crate::facts::Facts;
use crate::kind::{AnyKind, DesiredRow, Kind, Manifest, Scope};
use crate::kinds::ALL;
use crate::plan::{Options, Plan, Verb};
use crate::session::Ground;
use crate::value::{Address, Value};

/// A mock account, and one resource in it.
struct World {
    ground: Arc<Ground>,
    kind: &'static dyn AnyKind,
}

impl World {
    fn of(kind: &'static dyn AnyKind) -> Self {
        let ground = Ground {
            kinds: ALL,
            backend: Backend::Mock(MockAccount::in_memory()),
            scope: Scope { app: "shop".to_owned(), environment: "prod".to_owned() },
            facts: facts(),
            rollout_limit: crate::session::ROLLOUT_LIMIT,
        };
        Self { ground: Arc::new(ground), kind }
    }

    fn row(&self, spec: &Json) -> DesiredRow {
        let address = Address::new(self.kind.name(), "x");
        let manifest = Manifest { address: Address::new("service", "x"), origin: None };
        let mut spec = spec.clone();
        if spec.get("tags").is_some() {
            let owner = self.ground.scope.tags(
                &manifest,
                &address,
                false,
                &std::collections::BTreeMap::new(),
            );
            for (key, value) in owner {
                spec["tags"][key] = json!(value);
            }
        }
        DesiredRow { address, spec, manifest, protect: false, ignore: vec![], after: vec![] }
    }

    async fn plan(&self, spec: Option<&Json>) -> Plan {
        let desired = spec.into_iter().map(|spec| self.row(spec)).collect();
        let options = Options { prune: spec.is_none(), ..Options::default() };
        self.ground.plan(desired, &options, false).await.expect("the mock account plans").plan
    }

    async fn apply(&self, spec: Option<&Json>) {
        let plan = Arc::new(self.plan(spec).await);
        let (_cancel, cancelled) = watch::channel(false);
        let outcomes = execute(self.ground.clone(), plan.clone(), cancelled, |_| {}).await;
        for (action, outcome) in plan.actions.iter().zip(outcomes) {
            assert!(matches!(outcome, Outcome::Done), "{}: {outcome:?}", action.address);
        }
    }
}

pub(crate) fn facts() -> Facts {
    Facts {
        account: "444455556666".to_owned(),
        region: "eu-west-1".to_owned(),
        partition: "aws".to_owned(),
        networks: std::collections::BTreeMap::new(),
        auto_scaling_groups: std::collections::BTreeMap::new(),
        load_balancers: std::collections::BTreeMap::new(),
    }
}

/// Checks all laws for one kind.
pub(crate) async fn check<K: Kind>() {
    let kind = *ALL.iter().find(|kind| kind.name() == K::NAME).expect("the kind is registered");
    let examples: Vec<Json> = K::examples().iter().map(|spec| json!(spec)).collect();
    assert!(!examples.is_empty(), "{} has no examples", K::NAME);
    for from in &examples {
        reads_back::<K>(from);
        for to in &examples {
            any_example_leads_to_any_other(kind, from, to).await;
        }
        every_single_change_shows_itself_and_converges::<K>(kind, from).await;
    }
    every_listed_field_exists::<K>(kind, &examples);
}

fn reads_back<K: Kind>(spec: &Json) {
    let typed: K::Spec = read(spec);
    assert_eq!(json!(typed), *spec, "{} does not read back what it wrote", K::NAME);
    assert_eq!(diff(&Value::of(&typed), &Value::of(&typed)), vec![], "a spec differs from itself");
}

fn every_listed_field_exists<K: Kind>(kind: &dyn AnyKind, examples: &[Json]) {
    let fields: BTreeSet<&String> =
        examples.iter().filter_map(Json::as_object).flat_map(serde_json::Map::keys).collect();
    let listed = K::FIELDS.iter().map(|(path, _)| path.split(['.', '[']).next().unwrap_or(path));
    for field in listed.chain(kind.deep_fields().iter().copied()) {
        assert!(fields.contains(&field.to_owned()), "{} has no field `{field}`", kind.name());
    }
}

async fn any_example_leads_to_any_other(kind: &'static dyn AnyKind, from: &Json, to: &Json) {
    let world = World::of(kind);
    world.apply(Some(from)).await;
    world.apply(Some(to)).await;
    let left = world.plan(Some(to)).await;
    assert!(left.is_empty(), "{} did not converge from {from} to {to}: {left:?}", kind.name());
    world.apply(None).await;
    let rows = world.ground.plan(vec![], &Options::default(), false).await.expect("the mock plans");
    assert_eq!(rows.observed.rows, vec![], "{} leaves something behind", kind.name());
}

/// Changes each leaf by itself: the plan shows that field and no other, and applying it leaves nothing.
async fn every_single_change_shows_itself_and_converges<K: Kind>(
    kind: &'static dyn AnyKind,
    from: &Json,
) {
    for (field, to) in mutations(from) {
        let Ok(typed) = K::Spec::deserialize(&to) else { continue };
        let to = json!(typed);
        if to == *from || kind.key(&to) != kind.key(from) {
            continue;
        }
        let world = World::of(kind);
        world.apply(Some(from)).await;
        let plan = world.plan(Some(&to)).await;
        let paths: BTreeSet<&str> = plan
            .actions
            .iter()
            .flat_map(|action| &action.changes)
            .map(FieldChange::field)
            .collect();
        let policy = kind.policy(&Path::default().field(&field));
        if policy == Some(Policy::CreateOnly) {
            assert!(plan.is_empty(), "{}: `{field}` is create-only and changed", kind.name());
            continue;
        }
        assert_eq!(paths, BTreeSet::from([field.as_str()]), "{}: from {from} to {to}", kind.name());
        let changes = plan.actions.iter().map(|action| action.changes.len()).max();
        assert_eq!(changes, Some(1), "{}: one change shows as several: {plan:?}", kind.name());
        let replaced = plan.actions.iter().any(|action| action.verb == Verb::Delete);
        assert_eq!(replaced, policy == Some(Policy::Replaces), "{}: `{field}`", kind.name());
        world.apply(Some(&to)).await;
        let left = world.plan(Some(&to)).await;
        assert!(left.is_empty(), "{}: `{field}` does not converge: {left:?}", kind.name());
    }
}

/// The spec with one leaf changed, for every leaf; each with the spec's field that it is below.
fn mutations(spec: &Json) -> Vec<(String, Json)> {
    let fields = spec.as_object().expect("specs are objects");
    fields
        .iter()
        .flat_map(|(field, value)| {
            changed(value).into_iter().map(move |value| {
                let mut spec = spec.clone();
                spec[field] = value;
                (field.clone(), spec)
            })
        })
        .collect()
}

fn changed(value: &Json) -> Vec<Json> {
    match value {
        Json::Null => vec![],
        Json::Bool(flag) => vec![json!(!flag)],
        Json::Number(number) => vec![match number.as_i64() {
            Some(number) => json!(number + 1),
            None => json!(number.as_f64().expect("a finite number") + 1.0),
        }],
        Json::String(text) => vec![json!(format!("{text}2"))],
        Json::Array(items) => inner(items.iter().enumerate(), |index, item| {
            let mut items = items.clone();
            items[index] = item;
            json!(items)
        }),
        Json::Object(fields) => inner(fields.iter(), |key: &String, item| {
            let mut fields = fields.clone();
            fields[key] = item;
            json!(fields)
        }),
    }
}

fn inner<'a, Key: Copy>(
    items: impl Iterator<Item = (Key, &'a Json)>,
    with: impl Fn(Key, Json) -> Json,
) -> Vec<Json> {
    items
        .flat_map(|(key, item)| changed(item).into_iter().map(move |item| (key, item)))
        .map(|(key, item)| with(key, item))
        .collect()
}

fn read<T: DeserializeOwned>(json: &Json) -> T {
    T::deserialize(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}
