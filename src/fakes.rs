//! Small kinds, and an account of them, for tests of what knows no kind.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};
use tokio::sync::watch;

use crate::aws::{Aws, AwsError};
use crate::backend::{Access, Backend, MockAccount};
use crate::diff::Policy;
use crate::execute::{Event, Outcome, execute};
use crate::facts::Facts;
use crate::kind::{
    AnyKind, Assigned, CallError, Change, Desired, DesiredRow, Effect, Erased, Kind, Live, LiveRow,
    Manifest, Outputs, Scope, Survey, Tags,
};
use crate::model::stack::Stack;
use crate::plan::{Options, Plan, PlanError};
use crate::rollout::Rollout;
use crate::session::{Ground, ROLLOUT_LIMIT, SessionError};
use crate::value::{Address, Resolvable, Set};

/// What is particular about a fake kind; [`Fake`] is the rest.
pub(crate) trait Shape: Send + Sync + 'static {
    const NAME: &'static str;
    const FIELDS: &'static [(&'static str, Policy)] = &[];
    const DEEP_FIELDS: &'static [&'static str] = &[];
    const REVISES: bool = false;
    const HOLDS_DATA: bool = false;
    const DELETED_IN_USE: bool = false;
    const ROLLS_OUT: bool = false;
    /// A set that is changed in two calls: what is added early, what is removed late.
    const NARROWS: Option<&'static str> = None;
    type Spec: Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync;

    fn key(spec: &Self::Spec) -> String;
}

pub(crate) struct Fake<T>(PhantomData<fn() -> T>);

/// `fake:Create net/a`: what it does, and to which address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Call<S> {
    line: String,
    step: Step<S>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Step<S> {
    Create(S),
    Revise(S),
    Update { spec: S, fields: Vec<String>, deploys: bool },
    Narrow { spec: S, field: String },
    Delete(String),
    Rollout(Box<Rollout>),
}

impl<S> fmt::Display for Call<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl<S> Step<S> {
    fn line(&self, address: &Address) -> String {
        match self {
            Self::Create(_) => format!("fake:Create {address}"),
            Self::Revise(_) => format!("fake:Revise {address}"),
            Self::Update { fields, .. } => {
                format!("fake:Update {address} {}", fields.join(" "))
            }
            Self::Narrow { field, .. } => format!("fake:Narrow {address} {field}"),
            Self::Delete(_) => format!("fake:Delete {address}"),
            Self::Rollout(_) => format!("wait until {address} is out"),
        }
    }
}

/// One call for the fields, one for the tags, then the rollout.
fn updates<T: Shape>(change: &Change<'_, T::Spec>, spec: &T::Spec) -> Vec<Step<T::Spec>> {
    let Change::Update { fields, live, .. } = change else { return vec![] };
    let mut touched: Vec<String> = fields.iter().map(|field| field.field().to_owned()).collect();
    touched.dedup();
    let (narrowed, touched): (Vec<_>, Vec<_>) =
        touched.into_iter().partition(|field| T::NARROWS == Some(field));
    let (tags, others): (Vec<_>, Vec<_>) = touched.into_iter().partition(|field| field == "tags");
    let sets = narrowed.iter().map(|field| in_two_calls::<T>(&live.spec, spec, field));
    let mut steps: Vec<_> = sets.flatten().collect();
    let deploys = T::ROLLS_OUT && tags.is_empty();
    if !others.is_empty() {
        steps.push(if T::REVISES {
            Step::Revise(spec.clone())
        } else {
            Step::Update { spec: spec.clone(), fields: others, deploys }
        });
    }
    if !tags.is_empty() && (steps.is_empty() || !T::REVISES) {
        steps.push(Step::Update { spec: spec.clone(), fields: tags, deploys: T::ROLLS_OUT });
    }
    if T::ROLLS_OUT {
        steps.push(rollout::<T>(change, spec));
    }
    steps
}

/// The wait for the deployment that the last call began.
fn rollout<T: Shape>(change: &Change<'_, T::Spec>, spec: &T::Spec) -> Step<T::Spec> {
    let key = T::key(spec);
    let (cluster, service) = key.rsplit_once('/').expect("what rolls out is in a cluster");
    let task_definition = json!(spec)["taskDefinition"].clone();
    Step::Rollout(Box::new(Rollout {
        cluster: cluster.into(),
        service: service.to_owned(),
        deployment: change.own("deployment"),
        task_definition: Resolvable::deserialize(task_definition).expect("it has one"),
        baking: 0,
        previous: None,
    }))
}

/// One call for what a set gains, one for what it loses.
fn in_two_calls<T: Shape>(live: &T::Spec, spec: &T::Spec, field: &str) -> Vec<Step<T::Spec>> {
    let items = |spec: &T::Spec| json!(spec)[field].as_array().cloned().unwrap_or_default();
    let (before, after) = (items(live), items(spec));
    let mut both = json!(spec);
    let added = after.iter().filter(|item| !before.contains(item));
    both[field] = before.iter().chain(added).cloned().collect();
    let both = T::Spec::deserialize(both).expect("a set takes its items");
    let fields = vec![field.to_owned()];
    let gains = after.iter().any(|item| !before.contains(item));
    let loses = before.iter().any(|item| !after.contains(item));
    let wide = gains.then_some(Step::Update { spec: both, fields, deploys: false });
    let narrow = loses.then(|| Step::Narrow { spec: spec.clone(), field: field.to_owned() });
    wide.into_iter().chain(narrow).collect()
}

impl<T: Shape> Kind for Fake<T> {
    const NAME: &'static str = T::NAME;
    const FIELDS: &'static [(&'static str, Policy)] = T::FIELDS;
    const DEEP_FIELDS: &'static [&'static str] = T::DEEP_FIELDS;
    const REVISES: bool = T::REVISES;
    const HOLDS_DATA: bool = T::HOLDS_DATA;
    const DELETED_IN_USE: bool = T::DELETED_IN_USE;
    type Spec = T::Spec;
    type Call = Call<T::Spec>;

    fn desired(_: &Stack, _: &Facts) -> Vec<Desired<T::Spec>> {
        vec![]
    }

    fn key(spec: &T::Spec) -> String {
        T::key(spec)
    }

    async fn observe(_: &Survey<'_>, _: &[T::Spec]) -> Result<Vec<Live<T::Spec>>, AwsError> {
        Ok(vec![])
    }

    fn lower(change: &Change<'_, T::Spec>) -> Vec<Self::Call> {
        let (address, steps) = match change {
            Change::Create { address, spec } if T::ROLLS_OUT => {
                let rollout = rollout::<T>(change, spec);
                (address, vec![Step::Create((*spec).clone()), rollout])
            }
            Change::Create { address, spec } => (address, vec![Step::Create((*spec).clone())]),
            Change::Update { address, spec, .. } => (address, updates::<T>(change, spec)),
            Change::Delete { address, live } => (address, vec![Step::Delete(T::key(&live.spec))]),
        };
        steps.into_iter().map(|step| Call { line: step.line(address), step }).collect()
    }

    fn is_late(call: &Self::Call) -> bool {
        matches!(call.step, Step::Narrow { .. })
    }

    fn effect(call: &Self::Call) -> Effect<T::Spec> {
        assert!(!call.line.ends_with("/panics"), "a defect");
        match call.step.clone() {
            Step::Create(spec) if T::ROLLS_OUT => {
                let deploys = Effect::Deploy(T::key(&spec));
                Effect::All(vec![Effect::Create(spec), deploys])
            }
            Step::Create(spec) => Effect::Create(spec),
            Step::Revise(spec) => Effect::Revise(spec),
            Step::Update { spec, fields, deploys } => {
                let deploys = deploys.then(|| Effect::Deploy(T::key(&spec)));
                Effect::All([Effect::Update { spec, fields }].into_iter().chain(deploys).collect())
            }
            Step::Narrow { spec, field } => Effect::Update { spec, fields: vec![field] },
            Step::Delete(key) => Effect::Delete(key),
            Step::Rollout(_) => Effect::All(vec![]),
        }
    }

    fn rollout(call: &Self::Call) -> Option<Rollout> {
        match &call.step {
            Step::Rollout(rollout) => Some((**rollout).clone()),
            Step::Create(_)
            | Step::Revise(_)
            | Step::Update { .. }
            | Step::Narrow { .. }
            | Step::Delete(_) => None,
        }
    }

    fn outputs(spec: &T::Spec, assigned: &Assigned<'_>) -> Outputs {
        let Assigned { id, generation, .. } = assigned;
        let arn = assigned.arn("fake", &format!("{}/{}:{generation}", T::NAME, T::key(spec)));
        Outputs::from([("arn".to_owned(), arn), ("id".to_owned(), format!("{}-{id}", T::NAME))])
    }

    async fn perform(_: &Aws, _: &Self::Call) -> Result<Outputs, CallError> {
        Ok(Outputs::new())
    }

    fn examples() -> Vec<T::Spec> {
        vec![]
    }
}

/// Declares a spec and its shape.
macro_rules! shape {
    ($kind:ident $name:literal { $($field:ident: $type:ty),* } key $key:expr; $($const:ident: $of:ty = $value:expr;)*) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $kind { $(pub(crate) $field: $type),* }

        impl Shape for $kind {
            const NAME: &'static str = $name;
            $(const $const: $of = $value;)*
            type Spec = Self;

            fn key(spec: &Self) -> String {
                let key: fn(&Self) -> String = $key;
                key(spec)
            }
        }
    };
}

type Names = BTreeMap<String, String>;
type Policies = &'static [(&'static str, Policy)];

shape! {
    Net "net" { name: String, zone: String, size: Option<u32>, tags: Tags }
    key |spec| spec.name.clone();
    FIELDS: Policies = &[("zone", Policy::Replaces)];
}

// Known by what it belongs to, and without tags.
shape! {
    Port "port" { net: Resolvable, number: u32, labels: Names }
    key |spec| format!("{}:{}", spec.net.text(), spec.number);
}

// What cannot be changed is part of its name, and a part is known by digest.
shape! {
    Pool "pool" { name: String, protocol: String, attributes: Names, tags: Tags }
    key |spec| format!("{}-{}", spec.name, spec.protocol);
    FIELDS: Policies = &[("protocol", Policy::Replaces)];
    DEEP_FIELDS: &'static [&'static str] = &["attributes"];
}

shape! {
    Recipe "recipe" { family: String, steps: Vec<String>, net: Option<Resolvable>, tags: Tags }
    key |spec| spec.family.clone();
    DEEP_FIELDS: &'static [&'static str] = &["steps", "net"];
    REVISES: bool = true;
    DELETED_IN_USE: bool = true;
}

shape! {
    Unit "unit" {
        name: String,
        task_definition: Resolvable,
        pool: Option<Resolvable>,
        count: Option<u32>,
        seed: u32,
        variables: Names,
        tags: Tags
    }
    key |spec| format!("main/{}", spec.name);
    FIELDS: Policies = &[("seed", Policy::CreateOnly)];
    ROLLS_OUT: bool = true;
}

shape! {
    Disk "disk" { name: String, size: u32, tags: Tags }
    key |spec| spec.name.clone();
    FIELDS: Policies = &[("size", Policy::Replaces)];
    HOLDS_DATA: bool = true;
}

// Who may pass, by id.
shape! {
    Gate "gate" { name: String, guests: Set<Resolvable>, tags: Tags }
    key |spec| spec.name.clone();
    NARROWS: Option<&'static str> = Some("guests");
}

pub(crate) static ALL: &[&dyn AnyKind] = &[
    &Erased::<Fake<Net>>::new(),
    &Erased::<Fake<Port>>::new(),
    &Erased::<Fake<Pool>>::new(),
    &Erased::<Fake<Recipe>>::new(),
    &Erased::<Fake<Unit>>::new(),
    &Erased::<Fake<Disk>>::new(),
    &Erased::<Fake<Gate>>::new(),
];

pub(crate) fn scope() -> Scope {
    Scope { app: "shop".to_owned(), environment: "prod".to_owned() }
}

pub(crate) fn facts() -> Facts {
    Facts {
        account: "444455556666".to_owned(),
        region: "eu-west-1".to_owned(),
        partition: "aws".to_owned(),
        networks: BTreeMap::new(),
        auto_scaling_groups: BTreeMap::new(),
        load_balancers: BTreeMap::new(),
    }
}

/// The row as one of another document.
pub(crate) fn of_document(document: &str, mut row: DesiredRow) -> DesiredRow {
    row.manifest.address = Address::new("service", document);
    if let Some(tags) = row.spec.get_mut("tags") {
        tags["ecsctl:manifest"] = row.manifest.address.to_string().into();
    }
    row
}

pub(crate) fn row<T: Shape>(name: &str, spec: &T::Spec) -> DesiredRow {
    let address = Address::new(T::NAME, name);
    let manifest = Manifest { address: Address::new("service", "web"), origin: None };
    let mut spec = json!(spec);
    if let Some(Json::Object(tags)) = spec.get_mut("tags") {
        for (key, value) in scope().tags(&manifest, &address, false, &BTreeMap::new()) {
            tags.insert(key, json!(value));
        }
    }
    DesiredRow { address, spec, manifest, protect: false, ignore: vec![], after: vec![] }
}

pub(crate) fn net(name: &str, zone: &str) -> DesiredRow {
    let (spec_name, zone) = (name.to_owned(), zone.to_owned());
    row::<Net>(name, &Net { name: spec_name, zone, size: None, tags: Tags::new() })
}

pub(crate) fn port(name: &str, net: &str, number: u32) -> DesiredRow {
    let net = Resolvable::reference("net", net, "arn");
    row::<Port>(name, &Port { net, number, labels: Names::new() })
}

pub(crate) fn pool(name: &str, protocol: &str, attribute: &str) -> DesiredRow {
    let attributes = Names::from([("delay".to_owned(), attribute.to_owned())]);
    let (name, protocol) = (name.to_owned(), protocol.to_owned());
    row::<Pool>(&name.clone(), &Pool { name, protocol, attributes, tags: Tags::new() })
}

pub(crate) fn recipe(name: &str, step: &str) -> DesiredRow {
    let steps = vec![step.to_owned()];
    row::<Recipe>(name, &Recipe { family: name.to_owned(), steps, net: None, tags: Tags::new() })
}

/// A unit of the recipe and, if named, the pool.
pub(crate) fn unit(name: &str, recipe: &str, pool: Option<&str>) -> DesiredRow {
    let spec = Unit {
        name: name.to_owned(),
        task_definition: Resolvable::reference("recipe", recipe, "arn"),
        pool: pool.map(|pool| Resolvable::reference("pool", pool, "id")),
        count: None,
        seed: 1,
        variables: Names::new(),
        tags: Tags::new(),
    };
    row::<Unit>(name, &spec)
}

pub(crate) fn disk(name: &str, size: u32) -> DesiredRow {
    row::<Disk>(name, &Disk { name: name.to_owned(), size, tags: Tags::new() })
}

/// A gate for pools and gates, by address.
pub(crate) fn gate(name: &str, guests: &[&str]) -> DesiredRow {
    let guests = guests.iter().filter_map(|guest| guest.split_once('/'));
    let guests = guests.map(|(kind, guest)| Resolvable::reference(kind, guest, "id")).collect();
    row::<Gate>(name, &Gate { name: name.to_owned(), guests, tags: Tags::new() })
}

/// A bit of everything.
pub(crate) fn shop() -> Vec<DesiredRow> {
    vec![
        unit("web", "web", Some("web")),
        recipe("web", "build"),
        pool("web", "http", "5"),
        port("https", "public", 443),
        net("public", "a"),
        disk("uploads", 5),
    ]
}

/// An account of fake kinds.
pub(crate) struct Lab {
    ground: Arc<Ground>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self::of(MockAccount::in_memory(), ALL)
    }

    pub(crate) fn open(path: &Utf8PathBuf) -> Self {
        Self::of(MockAccount::open(path, Access::Write).expect("an account"), ALL)
    }

    pub(crate) fn of(account: MockAccount, kinds: &'static [&'static dyn AnyKind]) -> Self {
        let backend = Backend::Mock(account);
        Self {
            ground: Arc::new(Ground {
                kinds,
                backend,
                scope: scope(),
                facts: facts(),
                rollout_limit: ROLLOUT_LIMIT,
            }),
        }
    }

    /// What the account's file holds.
    pub(crate) fn text(&self) -> String {
        match &self.ground.backend {
            Backend::Mock(account) => account.text(),
            Backend::Live(_) => unreachable!("a lab has a mock account"),
        }
    }

    pub(crate) async fn plan(&self, rows: &[DesiredRow]) -> Plan {
        self.plan_with(rows, &Options::default()).await.expect("a plan")
    }

    pub(crate) async fn plan_with(
        &self,
        rows: &[DesiredRow],
        options: &Options,
    ) -> Result<Plan, PlanError> {
        match self.ground.plan(rows.to_vec(), options, false).await {
            Ok(survey) => Ok(survey.plan),
            Err(SessionError::Plan(error)) => Err(error),
            Err(SessionError::Aws(error)) => panic!("{error}"),
        }
    }

    pub(crate) async fn live(&self) -> Vec<LiveRow> {
        let survey = self.ground.plan(vec![], &Options::default(), false).await;
        survey.expect("a plan").observed.rows
    }

    pub(crate) async fn run(&self, plan: Plan) -> Vec<Outcome> {
        let (_cancel, cancelled) = watch::channel(false);
        self.run_with(plan, cancelled, |_| {}).await
    }

    pub(crate) async fn run_with(
        &self,
        plan: Plan,
        cancelled: watch::Receiver<bool>,
        listener: impl Fn(Event) + Send + Sync + 'static,
    ) -> Vec<Outcome> {
        let outcomes = execute(self.ground.clone(), Arc::new(plan), cancelled, listener).await;
        self.ground.backend.finish().expect("the account is saved");
        outcomes
    }

    /// Plans and applies; all must go well.
    pub(crate) async fn apply(&self, rows: &[DesiredRow]) {
        let outcomes = self.run(self.plan(rows).await).await;
        assert!(outcomes.iter().all(|end| matches!(end, Outcome::Done)), "{outcomes:?}");
    }
}
