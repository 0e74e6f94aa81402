//! What operating does to a mock account: new revisions, updates of services, deployments ended or told
//! to go on.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::ServiceUpdate;
use super::super::script::{Fault, FaultEffect};
use super::MockAccount;
use super::rows::Row;
use super::running::setting::containers;
use super::state::{SERVICE, State, TASK_DEFINITION};
use crate::aws::{AwsError, ErrorKind};
use crate::kind::DIGEST_TAG;
use crate::runtime::{HookAction, ScalingBounds, ServiceId, StopType, TaskDefinition, revision_of};

/// What ECS says of a deployment that somebody stopped.
const STOPPED: &str = "The service deployment was stopped by a StopServiceDeployment request.";

impl MockAccount {
    pub(in crate::backend) fn task_definition(&self, arn: &str) -> Option<TaskDefinition> {
        let state = self.state();
        let spec = state.task_definition(arn)?;
        let images = containers(Some(spec)).into_iter().map(|it| (it.name, it.image)).collect();
        Some(TaskDefinition { arn: arn.to_owned(), is_active: true, images })
    }

    pub(in crate::backend) fn active_revisions(&self, family: &str) -> Vec<String> {
        let state = self.state();
        let newest =
            state.resources.of_kind(TASK_DEFINITION).filter_map(|(_, row)| row.outputs.get("arn"));
        let all = newest.chain(state.revisions.keys());
        let mut found: Vec<(u32, &String)> = all
            .filter_map(|arn| Some((revision_of(arn).filter(|it| it.0 == family)?.1, arn)))
            .collect();
        found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        found.into_iter().map(|(_, arn)| arn.clone()).collect()
    }

    pub(in crate::backend) fn scaling_bounds(&self, id: &ServiceId) -> Option<ScalingBounds> {
        let state = self.state();
        let row =
            state.resources.get("scalable-target", &super::super::runtime::resource_id(id))?;
        let bound = |name: &str| u32::try_from(row.spec[name].as_u64()?).ok();
        Some(ScalingBounds { min: bound("min")?, max: bound("max")? })
    }

    pub(in crate::backend) fn revise(
        &self,
        base: &str,
        images: &BTreeMap<String, String>,
    ) -> Result<String, AwsError> {
        let family = revision_of(base).map_or(base, |(family, _)| family);
        self.operate("ecs:RegisterTaskDefinition", family, |state| state.revise(base, images))
    }

    pub(in crate::backend) fn update_service(
        &self,
        id: &ServiceId,
        update: &ServiceUpdate,
    ) -> Result<String, AwsError> {
        self.operate("ecs:UpdateService", &id.service, |state| state.update_service(id, update))
    }

    pub(in crate::backend) fn stop_deployment(
        &self,
        deployment: &str,
        how: StopType,
    ) -> Result<(), AwsError> {
        let operation = "ecs:StopServiceDeployment";
        self.operate(operation, deployment, |state| {
            let service = state.rolling(deployment, operation)?;
            if let Some(newest) = service.history.last_mut() {
                let status = match how {
                    StopType::Abort => "STOP_REQUESTED",
                    StopType::Rollback => "ROLLBACK_REQUESTED",
                };
                status.clone_into(&mut newest.status);
                newest.pause = None;
            }
            if let Some(course) = &mut service.course {
                course.stop(STOPPED, how == StopType::Rollback);
            }
            Ok(())
        })
    }

    pub(in crate::backend) fn continue_deployment(
        &self,
        deployment: &str,
        hook: &str,
        action: HookAction,
    ) -> Result<(), AwsError> {
        let operation = "ecs:ContinueServiceDeployment";
        self.operate(operation, deployment, |state| {
            let service = state.rolling(deployment, operation)?;
            let newest = service.history.last_mut();
            let pause = newest.and_then(|newest| newest.pause.take_if(|pause| pause.hook == hook));
            if pause.is_none() {
                let message = format!("no hook {hook} awaits an action");
                return Err(AwsError::new(operation, ErrorKind::Conflict, message));
            }
            if let Some(course) = &mut service.course {
                course.decide(action.word());
            }
            Ok(())
        })
    }

    /// Makes a change as AWS would, under the account's script.
    fn operate<T>(
        &self,
        operation: &'static str,
        object: &str,
        change: impl FnOnce(&mut State) -> Result<T, AwsError>,
    ) -> Result<T, AwsError> {
        let mut state = self.state();
        let failed = |message: &str| AwsError::new(operation, ErrorKind::Service, message);
        if state.is_dead {
            return Err(failed("the process was killed by the account's script"));
        }
        let fault = state.script.strike(&format!("{operation} {object}"));
        // Whatever comes of it: entries of the script are used up.
        state.unsaved += 1;
        let ended = match &fault {
            Some(Fault { effect: FaultEffect::Error, code, message, .. }) => {
                Err(failed(&format!("{code}: {message}")))
            }
            Some(_) | None => change(&mut state),
        };
        state.is_dead = fault.as_ref().is_some_and(|fault| fault.effect == FaultEffect::Killed);
        self.save_when_due(&mut state).map_err(|error| failed(&error.to_string()))?;
        let ended = ended?;
        if fault.is_some() { Err(failed("the reply was lost")) } else { Ok(ended) }
    }
}

impl State {
    /// Registers a revision like `base` but for these images. Its row takes the place of that of the
    /// revision before.
    fn revise(
        &mut self,
        base: &str,
        images: &BTreeMap<String, String>,
    ) -> Result<String, AwsError> {
        let operation = "ecs:RegisterTaskDefinition";
        let missing = || {
            let message = format!("task definition {base} does not exist");
            AwsError::new(operation, ErrorKind::NotFound, message)
        };
        let (family, _) = revision_of(base).ok_or_else(missing)?;
        let key = family.to_owned();
        let mut row = self.revision(base).cloned().ok_or_else(missing)?;
        for (container, image) in images {
            row.spec["containers"][container.as_str()]["image"] = json!(image);
        }
        if let Some(tags) = row.spec["tags"].as_object_mut() {
            tags.shift_remove(DIGEST_TAG);
        }
        let number = self.next_generation(TASK_DEFINITION, &key);
        let prefix = base.rsplit_once(':').map_or(base, |(prefix, _)| prefix);
        let arn = format!("{prefix}:{number}");
        row.outputs.insert("arn".to_owned(), arn.clone());
        row.outputs.insert("revision".to_owned(), number.to_string());
        self.keep_revision(&key);
        self.resources.insert(TASK_DEFINITION, &key, row);
        Ok(arn)
    }

    fn update_service(
        &mut self,
        id: &ServiceId,
        update: &ServiceUpdate,
    ) -> Result<String, AwsError> {
        let refused = |kind, message| AwsError::new("ecs:UpdateService", kind, message);
        let Some(key) = self.running.key_of(&id.cluster, &id.service).cloned() else {
            return Err(refused(ErrorKind::NotFound, format!("there is no {}", id.service)));
        };
        if let Some(arn) = &update.task_definition
            && self.revision(arn).is_none()
        {
            return Err(refused(ErrorKind::Invalid, format!("task definition {arn} is inactive")));
        }
        let deploys = update.forces_deployment || update.task_definition.is_some();
        self.resources.change(SERVICE, &key, |spec| {
            if let Some(arn) = &update.task_definition {
                spec["taskDefinition"] = json!(arn);
            }
            if let Some(count) = update.count {
                spec["desiredCount"] = json!(count);
            }
            if deploys {
                spec["rollout"] = json!("IN_PROGRESS");
            }
        });
        if deploys {
            let mut outputs = self.deploy(SERVICE, &key);
            return Ok(outputs.remove("deployment").unwrap_or_default());
        }
        self.scale(SERVICE, &key);
        let primary = self.running.services[&key].deployments.first();
        Ok(primary.map(|primary| primary.id.clone()).unwrap_or_default())
    }

    /// The service whose deployment this is, while it is under way.
    fn rolling(
        &mut self,
        deployment: &str,
        operation: &'static str,
    ) -> Result<&mut super::running::RunningService, AwsError> {
        let services = self.running.services.values_mut();
        let mut rolling = services.filter(|service| service.course.is_some());
        let found = rolling
            .find(|service| service.history.last().is_some_and(|newest| newest.arn == deployment));
        found.ok_or_else(|| {
            let message = format!("{deployment} is not under way");
            AwsError::new(operation, ErrorKind::Conflict, message)
        })
    }

    /// The row that shows how a resource is. A task definition's newest revision without a digest tells
    /// nobody what it holds: then it is the revision that a service runs.
    pub(super) fn standing_for<'a>(&'a self, kind: &str, newest: &'a Row) -> &'a Row {
        if kind != TASK_DEFINITION || newest.spec["tags"].get(DIGEST_TAG).is_some() {
            return newest;
        }
        let family = |arn| revision_of(arn).map(|(family, _)| family);
        let own = newest.outputs.get("arn").and_then(|arn| family(arn));
        let services = self.resources.of_kind(SERVICE);
        let running = services.filter_map(|(_, row)| row.spec["taskDefinition"].as_str());
        let mut running = running.filter(|arn| family(arn) == own);
        running.find_map(|arn| self.revision(arn)).unwrap_or(newest)
    }

    /// The spec of a revision, whether newer ones took its place or not.
    pub(super) fn task_definition(&self, arn: &str) -> Option<&Json> {
        self.revision(arn).map(|row| &row.spec)
    }
}
