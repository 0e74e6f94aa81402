//! The rows of a mock account, and what calls do to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::super::Subject;
use super::super::script::{RolloutOutcome, Script, ScriptedRollout};
use crate::facts::Facts;
use crate::kind::{
    AnyKind, Assigned, CallError, Depth, Effect, LiveRow, Marks, Outputs, PlannedCall, Scope, Tags,
};
use crate::value::{Address, Reference, digest};

/// The format that this version writes and reads.
pub(super) const FORMAT: u32 = 1;

/// The field that ECS sets back when it gives up on a deployment.
const ROLLED_BACK: &str = "taskDefinition";

/// The field that says how the newest deployment stands.
const ROLLOUT: &str = "rollout";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct State {
    format: u32,
    /// Virtual seconds since the account was made.
    clock: u64,
    /// By kind, then by key.
    pub(super) resources: BTreeMap<String, BTreeMap<String, Row>>,
    /// How many resources or revisions each deleted or revised key has had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    generations: BTreeMap<String, u64>,
    #[serde(default)]
    pub(super) script: Script,
    /// The specs from before updates that no rollout followed yet: where a rollback leads.
    #[serde(skip)]
    before: BTreeMap<(&'static str, String), Json>,
    /// Nothing takes effect any more.
    #[serde(skip)]
    pub(super) is_dead: bool,
    /// Calls since the file was written.
    #[serde(skip)]
    pub(super) unsaved: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Row {
    pub(super) spec: Json,
    outputs: Outputs,
    /// Of a resource that AWS cannot tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    app: String,
    environment: String,
    manifest: String,
    resource: String,
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
                let before = row.spec.clone();
                for field in fields {
                    row.spec[field.as_str()] = spec[field.as_str()].clone();
                }
                self.before.entry((kind.name(), key)).or_insert(before);
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
        let row = Row { spec, outputs: outputs.clone(), owner };
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

    pub(super) fn check_references(
        &self,
        references: &[(Reference, String)],
    ) -> Result<(), String> {
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
        let name = key.rsplit('/').next().unwrap_or(key);
        let ScriptedRollout { outcome, reason, seconds } = self.script.next_rollout(name);
        self.clock += seconds;
        let before = self.before.remove(&(kind.name(), key.to_owned()));
        let failed =
            |how: &str| CallError::Rollout(format!("the deployment of {name} {how}: {reason}"));
        let mut stands = |state: &str| {
            if let Some(standing) = self.row(kind, key).and_then(|row| row.spec.get_mut(ROLLOUT)) {
                *standing = state.into();
            }
        };
        match outcome {
            RolloutOutcome::Succeeds => {
                stands("COMPLETED");
                Ok(())
            }
            RolloutOutcome::Fails => {
                stands("FAILED");
                Err(failed("failed"))
            }
            RolloutOutcome::RollsBack => {
                stands("COMPLETED");
                if let Some((row, before)) = self.row(kind, key).zip(before) {
                    row.spec[ROLLED_BACK] = before[ROLLED_BACK].clone();
                }
                Err(failed("failed and was rolled back"))
            }
            RolloutOutcome::NeverEnds => Err(CallError::TimedOut(format!(
                "the deployment of {name} was still in progress at the deadline"
            ))),
        }
    }
}

impl Row {
    pub(super) fn live(&self, kind: &dyn AnyKind, key: &str) -> LiveRow {
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

pub(super) fn refusal(call: &PlannedCall, code: &str, message: &str) -> CallError {
    CallError::Refused {
        operation: call.line.split(' ').next().unwrap_or_default().to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}
