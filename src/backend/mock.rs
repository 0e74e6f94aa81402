//! The mock account: rows in a JSON file, refusing what AWS refuses. Generic over kinds; its time is
//! virtual.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Subject;
use super::script::{Fault, FaultEffect, RolloutOutcome, Script};
use crate::facts::{Facts, NetworkFacts, Subnet};
use crate::kind::{
    AnyKind, Assigned, CallError, Depth, Effect, LiveRow, Marks, Outputs, PlannedCall, Scope, Tags,
};
use crate::model::resolved::network::{Network, Subnets, Vpc};
use crate::model::stack::Stack;
use crate::value::{Address, Reference, digest};

const FORMAT: u32 = 1;

/// What is wrong with an account file.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    #[error("cannot {doing} the mock account `{path}`")]
    Io { doing: &'static str, path: Utf8PathBuf, source: std::io::Error },
    #[error("`{path}` is not a mock account")]
    Malformed { path: Utf8PathBuf, source: serde_json::Error },
    #[error("`{path}` has format {found}; this ecsctl reads format {FORMAT}")]
    Format { path: Utf8PathBuf, found: u32 },
    #[error("another ecsctl is at work on `{path}`")]
    Locked { path: Utf8PathBuf },
}

/// What a command does with the account, and so whom it shares the file with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

/// An account in a file. The file's lock is held as long as this lives.
#[derive(Debug)]
pub struct MockAccount {
    /// None: the account is gone when the program ends.
    path: Option<Utf8PathBuf>,
    _lock: Option<File>,
    state: Mutex<State>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct State {
    format: u32,
    /// Virtual seconds since the account was made.
    clock: u64,
    /// By kind, then by key.
    resources: BTreeMap<String, BTreeMap<String, Row>>,
    /// How many resources or revisions each deleted or revised key has had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    generations: BTreeMap<String, u64>,
    #[serde(default)]
    script: Script,
    /// Nothing takes effect any more.
    #[serde(skip)]
    is_dead: bool,
    /// Calls since the file was written.
    #[serde(skip)]
    unsaved: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    spec: Json,
    outputs: Outputs,
    /// Of a resource that AWS cannot tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
    /// The spec before the last update: where a rollback leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Json>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    app: String,
    environment: String,
    manifest: String,
    resource: String,
}

impl MockAccount {
    /// Opens the account in `path`; a file that is not there is an empty account.
    pub fn open(path: &Utf8Path, access: Access) -> Result<Self, MockError> {
        let lock = lock(path, access)?;
        let state = match fs_read(path)? {
            Some(text) => parse(path, &text)?,
            None => State { format: FORMAT, ..State::default() },
        };
        Ok(Self { path: Some(path.to_owned()), _lock: lock, state: Mutex::new(state) })
    }

    /// An empty account without a file.
    pub fn in_memory() -> Self {
        let state = State { format: FORMAT, ..State::default() };
        Self { path: None, _lock: None, state: Mutex::new(state) }
    }

    /// Every row, whosever it is.
    pub(super) fn rows(&self, kinds: &[&'static dyn AnyKind]) -> Vec<LiveRow> {
        let state = self.state();
        kinds
            .iter()
            .flat_map(|kind| {
                let rows = state.resources.get(kind.name()).into_iter().flatten();
                rows.map(|(key, row)| row.live(*kind, key))
            })
            .collect()
    }

    /// Carries out a call as AWS would: refusing, then changing rows, then assigning outputs.
    pub(super) fn run(
        &self,
        kind: &'static dyn AnyKind,
        subject: Subject<'_>,
        call: &PlannedCall,
        references: &[(Reference, String)],
    ) -> Result<Outputs, CallError> {
        let mut state = self.state();
        let refuse = |code: &str, message: &str| refusal(call, code, message);
        if state.is_dead {
            return Err(refuse("Killed", "the process was killed by the account's script"));
        }
        let fault = state.script.strike(&call.line);
        if let Some(Fault { effect: FaultEffect::Error, code, message, .. }) = &fault {
            return Err(refuse(code, message));
        }
        state
            .check_references(references)
            .map_err(|message| refuse("InvalidParameterException", &message))?;
        let outputs = state.carry_out(kind, subject, call)?;
        state.unsaved += 1;
        state.is_dead = fault.as_ref().is_some_and(|fault| fault.effect == FaultEffect::Killed);
        self.save_when_due(&mut state)
            .map_err(|error| refuse("AccountFile", &error.to_string()))?;
        match fault {
            Some(_) => Err(refuse("RequestTimeout", "the reply was lost")),
            None => Ok(outputs),
        }
    }

    /// Writes the file, if anything changed.
    pub(super) fn save(&self) -> Result<(), MockError> {
        let mut state = self.state();
        if state.unsaved == 0 { Ok(()) } else { self.write(&mut state) }
    }

    /// A small account is saved after every call; a large one every so many, for the file is written
    /// whole each time.
    fn save_when_due(&self, state: &mut State) -> Result<(), MockError> {
        let rows: usize = state.resources.values().map(BTreeMap::len).sum();
        if state.is_dead || state.unsaved > rows / 64 { self.write(state) } else { Ok(()) }
    }

    fn write(&self, state: &mut State) -> Result<(), MockError> {
        state.unsaved = 0;
        let Some(path) = &self.path else { return Ok(()) };
        let failed = |source| MockError::Io { doing: "write", path: path.clone(), source };
        let text = serde_json::to_string_pretty(state).expect("an account has string keys only");
        let folder = path.parent().filter(|folder| !folder.as_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Utf8Path::new(".")))
            .map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn carry_out(
        &mut self,
        kind: &'static dyn AnyKind,
        subject: Subject<'_>,
        call: &PlannedCall,
    ) -> Result<Outputs, CallError> {
        let refuse = |code: &str, message: &str| refusal(call, code, message);
        match kind.effect(&call.json) {
            Effect::Create(spec) => {
                let key = kind.key(&spec);
                if self.row(kind, &key).is_some() {
                    return Err(refuse(
                        "AlreadyExists",
                        &format!("{} `{key}` already exists", kind.name()),
                    ));
                }
                Ok(self.insert(kind, subject, &key, spec))
            }
            Effect::Revise(spec) => {
                let key = kind.key(&spec);
                Ok(self.insert(kind, subject, &key, spec))
            }
            Effect::Update { spec, fields } => {
                let key = kind.key(&spec);
                let Some(row) = self.row(kind, &key) else {
                    return Err(refuse(
                        "NotFound",
                        &format!("{} `{key}` does not exist", kind.name()),
                    ));
                };
                row.previous = Some(row.spec.clone());
                for field in fields {
                    row.spec[field.as_str()] = spec[field.as_str()].clone();
                }
                Ok(Outputs::new())
            }
            Effect::Delete(key) => {
                self.delete(kind, &key).map_err(|(code, message)| refuse(code, &message))?;
                Ok(Outputs::new())
            }
            Effect::Wait(seconds) => {
                self.clock += seconds;
                Ok(Outputs::new())
            }
            Effect::Rollout(key) => self.roll_out(kind, &key).map(|()| Outputs::new()),
        }
    }

    fn row(&mut self, kind: &dyn AnyKind, key: &str) -> Option<&mut Row> {
        self.resources.get_mut(kind.name())?.get_mut(key)
    }

    fn insert(
        &mut self,
        kind: &dyn AnyKind,
        subject: Subject<'_>,
        key: &str,
        spec: Json,
    ) -> Outputs {
        let generation = self.generations.get(&generation_key(kind, key)).copied().unwrap_or(0) + 1;
        if kind.revises() {
            self.generations.insert(generation_key(kind, key), generation);
        }
        let id = &digest(format!("{} {key} {generation}", kind.name()).as_bytes())[..17];
        let Facts { account, region, .. } = subject.facts;
        let assigned = Assigned { account, region, id, generation };
        let outputs = kind.outputs(&spec, &assigned);
        let owner = spec.get("tags").is_none().then(|| Owner::of(subject));
        let row = Row { spec, outputs: outputs.clone(), owner, previous: None };
        self.resources.entry(kind.name().to_owned()).or_default().insert(key.to_owned(), row);
        outputs
    }

    fn delete(&mut self, kind: &dyn AnyKind, key: &str) -> Result<(), (&'static str, String)> {
        let Some(row) = self.row(kind, key) else {
            return Err(("NotFound", format!("{} `{key}` does not exist", kind.name())));
        };
        let outputs = row.outputs.clone();
        if !kind.deleted_in_use()
            && let Some(user) = self.user_of(kind, key, &outputs)
        {
            return Err(("ResourceInUse", format!("{} `{key}` is in use by {user}", kind.name())));
        }
        *self.generations.entry(generation_key(kind, key)).or_default() += 1;
        self.resources.entry(kind.name().to_owned()).or_default().remove(key);
        Ok(())
    }

    /// Another resource whose spec names this one's ARN or id.
    fn user_of(&self, kind: &dyn AnyKind, key: &str, outputs: &Outputs) -> Option<String> {
        let identities: Vec<&String> =
            ["arn", "id"].iter().filter_map(|name| outputs.get(*name)).collect();
        let mut others = self
            .resources
            .iter()
            .flat_map(|(other, rows)| rows.iter().map(move |row| (other, row)));
        others
            .find(|(other, (other_key, row))| {
                (other.as_str(), other_key.as_str()) != (kind.name(), key)
                    && identities.iter().any(|identity| mentions(&row.spec, identity))
            })
            .map(|(other, (other_key, _))| format!("{other} `{other_key}`"))
    }

    fn check_references(&self, references: &[(Reference, String)]) -> Result<(), String> {
        let missing = references.iter().find(|(reference, value)| {
            let rows = self.resources.get(&reference.address().kind);
            !rows
                .into_iter()
                .flatten()
                .any(|(_, row)| row.outputs.get(reference.attribute()) == Some(value))
        });
        missing.map_or(Ok(()), |(reference, value)| {
            Err(format!("{} `{value}` does not exist", reference.address().kind))
        })
    }

    fn roll_out(&mut self, kind: &dyn AnyKind, key: &str) -> Result<(), CallError> {
        let name = key.rsplit('/').next().unwrap_or(key).to_owned();
        let scripted = self.script.next_rollout(&name);
        self.clock += scripted.seconds;
        let reason = &scripted.reason;
        match scripted.outcome {
            RolloutOutcome::Succeeds => Ok(()),
            RolloutOutcome::Fails => {
                Err(CallError::Rollout(format!("the deployment of {name} failed: {reason}")))
            }
            RolloutOutcome::RollsBack => {
                if let Some(row) = self.row(kind, key)
                    && let Some(previous) = row.previous.take()
                {
                    row.spec["taskDefinition"] = previous["taskDefinition"].clone();
                }
                let message =
                    format!("the deployment of {name} failed and was rolled back: {reason}");
                Err(CallError::Rollout(message))
            }
            RolloutOutcome::NeverEnds => Err(CallError::TimedOut(format!(
                "the deployment of {name} was still in progress at the deadline"
            ))),
        }
    }
}

impl Row {
    fn live(&self, kind: &dyn AnyKind, key: &str) -> LiveRow {
        LiveRow {
            kind: kind.name(),
            key: key.to_owned(),
            spec: self.spec.clone(),
            outputs: self.outputs.clone(),
            marks: self.marks(),
            depth: Depth::Full,
        }
    }

    fn marks(&self) -> Marks {
        match &self.owner {
            Some(owner) => Marks {
                scope: Some(Scope {
                    app: owner.app.clone(),
                    environment: owner.environment.clone(),
                }),
                manifest: Address::parse(&owner.manifest),
                resource: Address::parse(&owner.resource),
                ..Marks::default()
            },
            None => Tags::deserialize(&self.spec["tags"])
                .map(|tags| Marks::of(&tags))
                .unwrap_or_default(),
        }
    }
}

impl Owner {
    fn of(subject: Subject<'_>) -> Self {
        Self {
            app: subject.scope.app.clone(),
            environment: subject.scope.environment.clone(),
            manifest: subject.manifest.address.to_string(),
            resource: subject.address.to_string(),
        }
    }
}

fn mentions(spec: &Json, text: &str) -> bool {
    match spec {
        Json::String(found) => found == text,
        Json::Array(items) => items.iter().any(|item| mentions(item, text)),
        Json::Object(fields) => fields.values().any(|field| mentions(field, text)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn generation_key(kind: &dyn AnyKind, key: &str) -> String {
    format!("{} {key}", kind.name())
}

fn refusal(call: &PlannedCall, code: &str, message: &str) -> CallError {
    CallError::Refused {
        operation: call.line.split(' ').next().unwrap_or_default().to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn fs_read(path: &Utf8Path) -> Result<Option<String>, MockError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(MockError::Io { doing: "read", path: path.to_owned(), source }),
    }
}

fn parse(path: &Utf8Path, text: &str) -> Result<State, MockError> {
    let malformed = |source| MockError::Malformed { path: path.to_owned(), source };
    let json: Json = serde_json::from_str(text).map_err(malformed)?;
    match json.get("format").and_then(Json::as_u64) {
        Some(found) if found != u64::from(FORMAT) => {
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            Err(MockError::Format { path: path.to_owned(), found })
        }
        _ => serde_json::from_value(json).map_err(malformed),
    }
}

/// Readers need no lock: the file is always replaced whole.
fn lock(path: &Utf8Path, access: Access) -> Result<Option<File>, MockError> {
    if access == Access::Read {
        return Ok(None);
    }
    let failed = |source| MockError::Io { doing: "lock", path: path.to_owned(), source };
    let file = File::create(format!("{path}.lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(MockError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The mock account has whatever network a stack names: ids are made up from what is asked for.
pub(super) fn facts(stack: &Stack) -> Facts {
    let region = stack.target.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
    let networks = stack
        .networks
        .iter()
        .map(|(name, network)| (name.clone(), network_facts(&region, &network.value)))
        .collect();
    Facts {
        account: stack.target.account.clone().unwrap_or_else(|| "000000000000".to_owned()),
        region,
        partition: "aws".to_owned(),
        networks,
    }
}

fn network_facts(region: &str, network: &Network) -> NetworkFacts {
    let vpc = match &network.vpc {
        Vpc::Id(id) => id.clone(),
        other => format!("vpc-{}", made_up(&format!("{other:?}"))),
    };
    NetworkFacts {
        subnets: subnets(region, &vpc, &network.task_subnets),
        load_balancer_subnets: subnets(region, &vpc, &network.load_balancer_subnets),
        vpc,
    }
}

fn subnets(region: &str, vpc: &str, choice: &Subnets) -> Vec<Subnet> {
    let ids: Vec<String> = match choice {
        Subnets::Ids(ids) => ids.clone(),
        other => (0..3)
            .map(|index| format!("subnet-{}", made_up(&format!("{vpc} {other:?} {index}"))))
            .collect(),
    };
    let zones = ["a", "b", "c", "d", "e", "f"].into_iter().cycle();
    ids.into_iter()
        .zip(zones)
        .map(|(id, zone)| Subnet {
            id,
            availability_zone: format!("{region}{zone}"),
            is_public: *choice != Subnets::Private,
        })
        .collect()
}

/// 17 hex digits, as AWS's ids have.
fn made_up(seed: &str) -> String {
    digest(seed.as_bytes())[..17].to_owned()
}
