//! The mock account's answers to who asks what runs, and how its time passes.

use std::time::Duration;

use jiff::Timestamp;

use super::super::{TaskQuery, TasksOf};
use super::MockAccount;
use super::running::Ended;
use super::running::setting::{capacity, time};
use super::state::State;
use crate::runtime::{
    Attachment, BreakerSettings, LogLine, Revision, Service, ServiceDeployment, ServiceId,
    TargetHealth, Task, TaskNetwork, short,
};

/// The field that says how the newest deployment stands.
const ROLLOUT: &str = "rollout";

/// The field that ECS sets back when it gives up on a deployment.
const ROLLED_BACK: &str = "taskDefinition";

impl MockAccount {
    pub(in crate::backend) fn now(&self) -> Timestamp {
        self.state().now()
    }

    /// Lets virtual time pass for a service, and some of the world's if the script says so. Returns how
    /// much passed.
    pub(in crate::backend) async fn pass(&self, service: &ServiceId, by: Duration) -> Duration {
        let (passed, pace) = self.state().pass(service, by);
        if let Some(milliseconds) = pace {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
        passed
    }

    pub(in crate::backend) fn services(&self, ids: &[ServiceId]) -> Vec<Service> {
        let state = self.state();
        ids.iter().filter_map(|id| service(&state, id)).collect()
    }

    pub(in crate::backend) fn service_deployments(
        &self,
        arns: &[String],
    ) -> Vec<ServiceDeployment> {
        let state = self.state();
        let all = state.running.services.values().flat_map(|service| &service.history);
        all.filter(|deployment| arns.contains(&deployment.arn)).cloned().collect()
    }

    pub(in crate::backend) fn deployments_since(
        &self,
        id: &ServiceId,
        since: Option<Timestamp>,
    ) -> Vec<ServiceDeployment> {
        let state = self.state();
        let Some(key) = state.running.key_of(&id.cluster, &id.service) else { return vec![] };
        let all = state.running.services[key].history.iter().rev();
        all.filter(|deployment| deployment.created_at >= since).cloned().collect()
    }

    pub(in crate::backend) fn revisions(&self, arns: &[String]) -> Vec<Revision> {
        let state = self.state();
        let all = state.running.services.values().flat_map(|service| &service.revisions);
        all.filter(|revision| arns.contains(&revision.arn)).cloned().collect()
    }

    pub(in crate::backend) fn tasks(&self, query: &TaskQuery) -> Vec<Task> {
        let state = self.state();
        let group = match &query.of {
            TasksOf::Service(name) => format!("service:{name}"),
            TasksOf::Family(name) => format!("family:{name}"),
        };
        let is_asked = |task: &&Task| {
            task.group == group
                && task.is_stopped() == query.is_stopped
                && short(&task.cluster) == short(&query.cluster)
        };
        let mut tasks: Vec<Task> = state.running.tasks.iter().filter(is_asked).cloned().collect();
        tasks.reverse();
        tasks
    }

    pub(in crate::backend) fn target_health(&self, groups: &[String]) -> Vec<TargetHealth> {
        let state = self.state();
        let all = state.running.services.values().flat_map(|service| &service.targets);
        all.filter(|target| groups.contains(&target.target_group)).cloned().collect()
    }

    pub(in crate::backend) fn log_tail(
        &self,
        group: &str,
        stream: &str,
        lines: u32,
    ) -> Vec<LogLine> {
        let state = self.state();
        let all = state.running.logs.get(group).into_iter().flatten();
        let mut last: Vec<LogLine> =
            all.rev().filter(|line| line.stream == stream).take(lines as usize).cloned().collect();
        last.reverse();
        last
    }
}

impl State {
    /// Returns how much time passed, and how many milliseconds of the world's the one who looks waits.
    fn pass(&mut self, service: &ServiceId, by: Duration) -> (Duration, Option<u64>) {
        let key = self.running.key_of(&service.cluster, &service.service).cloned();
        let under_way = key.filter(|_| !self.is_dead).and_then(|key| {
            let course = self.running.services[&key].course.as_ref()?;
            let (by, pace) = (course.uneventful().unwrap_or(by).max(by), course.pace());
            Some((self.setting(&key)?, key, by, pace))
        });
        let Some((setting, key, by, pace)) = under_way else { return (by, None) };
        let ended = self.running.pass(&setting, by);
        let course = self.running.services[&key].course.as_ref();
        let reached = course.map_or_else(|| self.clock_of(&key), |it| it.started + it.age());
        self.clock = self.clock.max(reached);
        self.unsaved += 1;
        if let Some(ended) = ended {
            self.write_end(&setting.kind, &key, ended);
        }
        (by, pace)
    }

    /// The virtual second at which the newest deployment of a service ended.
    fn clock_of(&self, key: &str) -> u64 {
        let newest = self.running.services[key].history.last();
        let ended = newest.and_then(|newest| newest.finished_at);
        let seconds = ended.map_or(0, |ended| ended.as_second() - time(0).as_second());
        u64::try_from(seconds).unwrap_or(0)
    }

    fn write_end(&mut self, kind: &str, key: &str, ended: Ended) {
        self.resources.change(kind, key, |spec| {
            let state = if ended == Ended::Failed { "FAILED" } else { "COMPLETED" };
            if let Some(standing) = spec.get_mut(ROLLOUT) {
                *standing = state.into();
            }
            if let Ended::Back(task_definition) = ended {
                spec[ROLLED_BACK] = task_definition.into();
            }
        });
    }
}

fn service(state: &State, id: &ServiceId) -> Option<Service> {
    let key = state.running.key_of(&id.cluster, &id.service)?;
    let running = &state.running.services[key];
    let row = state.resources.get(&running.kind, key)?;
    let spec = &row.spec;
    let text = |field: &str| spec[field].as_str().map(str::to_owned);
    let primary = running.deployments.first();
    let all = || running.deployments.iter();
    let breaker = &spec["deployment"]["circuitBreaker"];
    let is_on = |field: &str| breaker[field].as_bool().unwrap_or(false);
    let texts = |json: &serde_json::Value| -> Vec<String> {
        let items = json.as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let network = spec["network"].as_object().map(|_| TaskNetwork {
        subnets: texts(&spec["network"]["subnets"]),
        security_groups: texts(&spec["network"]["securityGroups"]),
        assign_public_ip: spec["network"]["assignPublicIp"] == "ENABLED",
    });
    let attachments = spec["loadBalancers"].as_array().into_iter().flatten();
    let strategy = spec["capacityProviderStrategy"].as_array().into_iter().flatten();
    Some(Service {
        arn: row.outputs.get("arn").cloned().unwrap_or_default(),
        name: short(key).to_owned(),
        cluster: text("cluster").unwrap_or_default(),
        status: "ACTIVE".to_owned(),
        task_definition: primary.map(|it| it.task_definition.clone()).unwrap_or_default(),
        desired: super::running::setting::desired(spec),
        running: all().map(|deployment| deployment.running).sum(),
        pending: all().map(|deployment| deployment.pending).sum(),
        capacity: capacity(spec),
        launch_type: text("launchType"),
        capacity_providers: strategy
            .filter_map(|item| {
                let weight = u32::try_from(item["weight"].as_u64()?).ok()?;
                Some((item["provider"].as_str()?.to_owned(), weight))
            })
            .collect(),
        platform_version: text("platformVersion"),
        scheduling: text("schedulingStrategy").unwrap_or_else(|| "REPLICA".to_owned()),
        enable_execute_command: spec["enableExecuteCommand"].as_bool().unwrap_or(false),
        network,
        breaker: BreakerSettings {
            is_enabled: is_on("enable"),
            rolls_back: is_on("enable") && is_on("rollback"),
        },
        alarms: texts(&spec["deployment"]["alarms"]["names"]),
        deployments: running.deployments.clone(),
        current_deployment: running
            .course
            .as_ref()
            .and_then(|_| running.history.last().map(|newest| newest.arn.clone())),
        revisions: running.current_revisions(),
        attachments: attachments
            .filter_map(|entry| {
                Some(Attachment {
                    target_group: entry["targetGroup"].as_str()?.to_owned(),
                    container: entry["container"].as_str()?.to_owned(),
                    port: u32::try_from(entry["port"].as_u64()?).ok()?,
                })
            })
            .collect(),
        events: running.events.clone(),
        created_at: running.revisions.first().and_then(|revision| revision.created_at),
    })
}
