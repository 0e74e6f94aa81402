//! The rows of a mock account, and what calls do to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::super::Subject;
use super::super::script::Script;
use super::rows::{Owner, Row, Rows};
use super::running::setting::time;
use super::running::{Running, Setting};
use super::surroundings::Surroundings;
use crate::facts::Facts;
use crate::kind::{AnyKind, Assigned, CallError, Effect, Outputs, PlannedCall};
use crate::value::{Reference, digest};

/// The format that this version writes and reads.
pub(super) const FORMAT: u32 = 1;

/// The kind whose rows run tasks.
const SERVICE: &str = "service";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct State {
    format: u32,
    /// Virtual seconds since the account was made.
    pub(super) clock: u64,
    /// By kind, then by key.
    pub(super) resources: Rows,
    /// How many resources or revisions each deleted or revised key has had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    generations: BTreeMap<String, u64>,
    #[serde(default)]
    pub(super) script: Script,
    /// What became of the services among the resources.
    #[serde(default, skip_serializing_if = "Running::is_empty")]
    pub(super) running: Running,
    #[serde(default, skip_serializing_if = "Surroundings::is_empty")]
    pub(super) surroundings: Surroundings,
    /// Virtual seconds for which somebody has followed logs.
    #[serde(skip)]
    pub(super) followed: u64,
    /// Nothing takes effect any more.
    #[serde(skip)]
    pub(super) is_dead: bool,
    /// Calls since the file was written.
    #[serde(skip)]
    pub(super) unsaved: usize,
}

impl State {
    pub(super) fn empty() -> Self {
        Self { format: FORMAT, ..Self::default() }
    }

    pub(super) fn carry_out(
        &mut self,
        kind: &'static dyn AnyKind,
        subject: Subject<'_>,
        call: &PlannedCall,
    ) -> Result<Outputs, CallError> {
        self.take_effect(kind, subject, call, kind.effect(&call.json))
    }

    fn take_effect(
        &mut self,
        kind: &'static dyn AnyKind,
        subject: Subject<'_>,
        call: &PlannedCall,
        effect: Effect<Json>,
    ) -> Result<Outputs, CallError> {
        let refuse = |code: &str, message: &str| refusal(call, code, message);
        match effect {
            Effect::All(effects) => {
                let take = |effect| self.take_effect(kind, subject, call, effect);
                let outputs: Vec<Outputs> =
                    effects.into_iter().map(take).collect::<Result<_, _>>()?;
                Ok(outputs.into_iter().flatten().collect())
            }
            Effect::Create(spec) => {
                let key = kind.key(&spec);
                if self.resources.get(kind.name(), &key).is_some() {
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
                if self.resources.get(kind.name(), &key).is_none() {
                    return Err(refuse(
                        "NotFound",
                        &format!("{} `{key}` does not exist", kind.name()),
                    ));
                }
                self.resources.change(kind.name(), &key, |live| {
                    for field in fields {
                        live[field.as_str()] = spec[field.as_str()].clone();
                    }
                });
                self.scale(kind.name(), &key);
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
            Effect::Deploy(key) => Ok(self.deploy(kind, &key)),
        }
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
        let row = Row { spec, outputs: outputs.clone(), owner };
        self.resources.insert(kind.name(), key, row);
        outputs
    }

    fn delete(&mut self, kind: &dyn AnyKind, key: &str) -> Result<(), (&'static str, String)> {
        let Some(row) = self.resources.get(kind.name(), key) else {
            return Err(("NotFound", format!("{} `{key}` does not exist", kind.name())));
        };
        if !kind.deleted_in_use()
            && let Some((user, user_key)) = self.user_of(kind, key, &row.outputs)
        {
            let message = format!("{} `{key}` is in use by {user} `{user_key}`", kind.name());
            return Err(("ResourceInUse", message));
        }
        *self.generations.entry(generation_key(kind, key)).or_default() += 1;
        self.resources.remove(kind.name(), key);
        self.running.remove(key, time(self.clock));
        Ok(())
    }

    /// Another resource whose spec names this one's ARN or id.
    fn user_of(
        &self,
        kind: &dyn AnyKind,
        key: &str,
        outputs: &Outputs,
    ) -> Option<&(String, String)> {
        let identities: Vec<&String> =
            ["arn", "id"].iter().filter_map(|name| outputs.get(*name)).collect();
        let holds = |other: &str| kind.held_by().is_empty() || kind.held_by().contains(&other);
        self.resources.user_of(kind.name(), key, &identities, holds)
    }

    pub(super) fn check_references(
        &self,
        references: &[(Reference, String)],
    ) -> Result<(), String> {
        let missing =
            references.iter().find(|(reference, value)| !self.resources.has(reference, value));
        missing.map_or(Ok(()), |(reference, value)| {
            Err(format!("{} `{value}` does not exist", reference.address().kind))
        })
    }

    /// Begins a deployment of the service with this key; its id becomes an output of its row.
    fn deploy(&mut self, kind: &dyn AnyKind, key: &str) -> Outputs {
        let Some(setting) = Setting::of(&self.resources, kind.name(), key, self.clock) else {
            return Outputs::new();
        };
        let script = self.script.next_rollout(key.rsplit('/').next().unwrap_or(key));
        let id = self.running.deploy(&setting, script);
        let outputs = Outputs::from([("deployment".to_owned(), id)]);
        self.resources.assign(kind.name(), key, &outputs);
        outputs
    }

    /// A new count starts or stops tasks, without a deployment.
    fn scale(&mut self, kind: &str, key: &str) {
        if let Some(setting) = Setting::of(&self.resources, kind, key, self.clock) {
            self.running.scale(&setting);
        }
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        time(self.clock)
    }

    /// What a running service is configured to be.
    pub(super) fn setting(&self, key: &str) -> Option<Setting> {
        let kind = &self.running.services.get(key)?.kind;
        Setting::of(&self.resources, kind, key, self.clock)
    }

    /// Services that a file holds without saying what became of them run as they are configured.
    pub(super) fn stand(&mut self) {
        let keys: Vec<String> =
            self.resources.of_kind(SERVICE).map(|(key, _)| key.clone()).collect();
        for key in keys {
            if let Some(setting) = Setting::of(&self.resources, SERVICE, &key, self.clock) {
                self.running.stand(&setting);
            }
        }
    }
}

fn generation_key(kind: &dyn AnyKind, key: &str) -> String {
    format!("{} {key}", kind.name())
}

pub(super) fn refusal(call: &PlannedCall, code: &str, message: &str) -> CallError {
    CallError::Refused {
        operation: call.line.split(' ').next().unwrap_or_default().to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}
