//! The mock account's answers to who looks around: task definitions, alarms, scaling; and how a person
//! stops a task.

use super::running::setting::containers;
use super::running::stop;
use super::state::State;
use super::{MockAccount, MockError, parse, read};
use crate::aws::{AwsError, ErrorKind};
use crate::runtime::{Alarm, Definition, Image, Scaling, ScalingActivity, ServiceId, Task, short};
use crate::value::digest;

impl MockAccount {
    /// Reads the file again, which another ecsctl may have written since. Who holds its lock has
    /// nothing to read.
    pub(in crate::backend) fn read_again(&self) -> Result<(), MockError> {
        let Some(path) = self.path.as_ref().filter(|_| self.lock.is_none()) else { return Ok(()) };
        if let Some(text) = read(path)? {
            *self.state() = parse(path, &text)?;
        }
        Ok(())
    }

    pub(in crate::backend) fn definitions(&self, arns: &[String]) -> Vec<Definition> {
        let state = self.state();
        arns.iter().filter_map(|arn| definition(&state, arn)).collect()
    }

    pub(in crate::backend) fn family(&self, family: &str, limit: usize) -> Vec<String> {
        let state = self.state();
        let revisions = state.running.services.values().flat_map(|service| &service.revisions);
        let mut arns: Vec<String> = revisions
            .map(|revision| revision.task_definition.clone())
            .filter(|arn| short(arn).rsplit_once(':').is_some_and(|it| it.0 == family))
            .collect();
        arns.dedup();
        arns.into_iter().rev().take(limit).collect()
    }

    pub(in crate::backend) fn alarms(&self, names: &[String]) -> Vec<Alarm> {
        let state = self.state();
        names.iter().map(|name| alarm(&state, name)).collect()
    }

    pub(in crate::backend) fn scaling(&self, ids: &[ServiceId]) -> Vec<Scaling> {
        let state = self.state();
        let scaling = |id| {
            let resource = resource(id);
            let spec = &state.resources.get("scalable-target", &resource)?.spec;
            let count = |field: &str| u32::try_from(spec[field].as_u64()?).ok();
            let all = [
                ("dynamicScalingIn", "scaling in"),
                ("dynamicScalingOut", "scaling out"),
                ("scheduledScaling", "scheduled scaling"),
            ];
            let is_suspended = |field: &str| spec["suspended"][field] == true;
            let suspended = all.into_iter().filter(|(field, _)| is_suspended(field));
            Some(Scaling {
                min: count("min")?,
                max: count("max")?,
                suspended: suspended.map(|(_, words)| words).collect(),
                resource,
            })
        };
        ids.iter().filter_map(scaling).collect()
    }

    pub(in crate::backend) fn scaling_alarms(&self, id: &ServiceId) -> Vec<String> {
        let state = self.state();
        let target = resource(id);
        let policies = state.resources.of_kind("scaling-policy").map(|(_, row)| &row.spec);
        let own = policies.filter(|spec| spec["target"] == target.as_str());
        own.flat_map(|spec| {
            let name = spec["name"].as_str().unwrap_or_default();
            // AWS makes the alarms of target tracking; those of steps have their policy's name.
            match spec["policyType"].as_str() {
                Some("TargetTrackingScaling") => ["AlarmHigh", "AlarmLow"]
                    .map(|side| {
                        format!("TargetTracking-{target}-{side}-{}", &digest(name.as_bytes())[..8])
                    })
                    .to_vec(),
                _ => vec![name.to_owned()],
            }
        })
        .collect()
    }

    pub(in crate::backend) fn scaling_activity(&self, id: &ServiceId) -> Option<ScalingActivity> {
        self.state().running.scaling.get(&resource(id)).cloned()
    }

    /// The service of the task, if it has one, starts another.
    pub(in crate::backend) fn stop_task(&self, task: &Task, reason: &str) -> Result<(), AwsError> {
        let mut state = self.state();
        let now = state.now();
        let is_run = state.running.runs.remove(&task.arn).is_some();
        let found = state.running.tasks.iter_mut().find(|found| found.arn == task.arn);
        let Some(found) = found.filter(|found| !found.is_stopped()) else {
            let message = format!("task {} does not run", task.id());
            return Err(AwsError::new("ecs:StopTask", ErrorKind::NotFound, message));
        };
        // As after a SIGTERM that nobody heeds.
        let has_started = is_run && found.started_at.is_some();
        for container in found.containers.iter_mut().filter(|_| has_started) {
            container.exit_code = Some(137);
        }
        stop(found, "UserInitiated", reason, now);
        let service = task.group.strip_prefix("service:").unwrap_or_default();
        let key = state.running.key_of(&task.cluster, service).cloned();
        if let Some(setting) = key.and_then(|key| state.setting(&key)) {
            state.running.scale(&setting);
        }
        state.unsaved += 1;
        Ok(())
    }
}

/// As Application Auto Scaling names a service.
fn resource(id: &ServiceId) -> String {
    format!("service/{}/{}", short(&id.cluster), id.service)
}

/// Of a revision that is no longer the newest, only what ran is known.
fn definition(state: &State, arn: &str) -> Option<Definition> {
    let revisions = state.running.services.values().flat_map(|service| &service.revisions);
    let revision = revisions.into_iter().find(|revision| revision.task_definition == arn);
    let spec = state.task_definition(arn);
    if revision.is_none() && spec.is_none() {
        return None;
    }
    let number = |field: &str| spec.and_then(|spec| u32::try_from(spec[field].as_u64()?).ok());
    let image = |name: String, image: String| Image { container: name, image, digest: None };
    let architecture = spec.and_then(|spec| spec["runtimePlatform"]["cpuArchitecture"].as_str());
    Some(Definition {
        arn: arn.to_owned(),
        cpu: number("cpu").unwrap_or(0),
        memory: number("memory").unwrap_or(0),
        architecture: architecture.map(str::to_owned),
        images: match revision {
            Some(revision) => revision.images.clone(),
            None => containers(spec).into_iter().map(|it| image(it.name, it.image)).collect(),
        },
        registered_at: revision.and_then(|revision| revision.created_at),
        registered_by: None,
    })
}

/// As the account's file says; else it went off if it ended the newest deployment of a service.
fn alarm(state: &State, name: &str) -> Alarm {
    if let Some(alarm) = state.running.alarms.iter().find(|alarm| alarm.name == name) {
        return alarm.clone();
    }
    let newest = state.running.services.values().filter_map(|service| service.history.last());
    let went_off = newest.into_iter().find(|deployment| {
        let triggered = deployment.alarms.iter().flat_map(|alarms| &alarms.triggered);
        triggered.into_iter().any(|triggered| triggered == name)
    });
    Alarm {
        name: name.to_owned(),
        state: if went_off.is_some() { "ALARM" } else { "OK" }.to_owned(),
        reason: None,
        changed_at: went_off
            .and_then(|deployment| deployment.finished_at.or(deployment.created_at)),
    }
}
