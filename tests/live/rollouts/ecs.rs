//! ECS's side of a deployment, in the shapes that AWS documents.

use std::time::SystemTime;

use serde_json::{Value as Json, json};

use super::scenarios::{Frame, Scenario};
use crate::support::proxy::{Answer, Call, Script};

pub(super) const CLUSTER: &str = "shop-default-main";
/// The id of the task that stopped.
pub(super) const TASK: &str = "0123456789abcdef0123456789abcdef";

const DEPLOYMENT: &str = "ecs-svc/2000000000000000002";
const BACK: &str = "ecs-svc/3000000000000000003";
const SERVICE_DEPLOYMENT: &str =
    "arn:aws:ecs:eu-west-1:333333333300:service-deployment/shop-default-main/shop-default-web/2";
const REVISION: &str =
    "arn:aws:ecs:eu-west-1:333333333300:service-revision/shop-default-main/shop-default-web/2";

/// Answers for ECS from the write that starts the deployment on.
pub(super) struct Ecs {
    scenario: Scenario,
    /// The task definitions: the one before, and the one that is deployed.
    old: String,
    new: Option<String>,
    began: f64,
    looks: usize,
}

impl Ecs {
    pub(super) fn new(scenario: Scenario) -> Self {
        Self { scenario, old: String::new(), new: None, began: 0.0, looks: 0 }
    }

    fn frame(&self) -> &Frame {
        let last = self.scenario.frames.len() - 1;
        &self.scenario.frames[self.looks.saturating_sub(1).min(last)]
    }

    fn begin(&mut self, call: &Call) {
        let sent = call.body["taskDefinition"].as_str().map(str::to_owned);
        self.new = sent.or_else(|| Some(self.old.clone()));
        self.began = now();
    }

    /// A service as it is in this frame.
    fn show(&self, service: &mut Json) {
        let frame = self.frame();
        let new = self.new.clone().unwrap_or_default();
        let own = json!({
            "id": DEPLOYMENT, "status": if frame.is_primary { "PRIMARY" } else { "ACTIVE" },
            "taskDefinition": new, "desiredCount": 2, "runningCount": frame.running,
            "pendingCount": 2 - frame.running, "failedTasks": frame.failed,
            "createdAt": self.began, "updatedAt": self.began,
            "rolloutState": frame.state, "rolloutStateReason": frame.reason
        });
        let old = json!({
            "id": "ecs-svc/1000000000000000001", "status": "ACTIVE", "taskDefinition": self.old,
            "desiredCount": 2, "runningCount": 2 - frame.running, "pendingCount": 0,
            "failedTasks": 0, "createdAt": self.began - 1000.0, "rolloutState": "COMPLETED"
        });
        let next = |task_definition: &str| {
            json!({
                "id": BACK, "status": "PRIMARY", "taskDefinition": task_definition,
                "desiredCount": 2, "runningCount": 2, "pendingCount": 0, "failedTasks": 0,
                "createdAt": self.began + 1.0, "rolloutState": "COMPLETED"
            })
        };
        service["deployments"] = match frame.successor {
            Some("old") => json!([next(&self.old), own]),
            Some(other) => json!([next(other), own]),
            None if self.scenario.is_first || frame.running == 2 => json!([own]),
            None => json!([own, old]),
        };
        service["taskDefinition"] = service["deployments"][0]["taskDefinition"].clone();
        service["currentServiceDeployment"] =
            if frame.is_over() { Json::Null } else { SERVICE_DEPLOYMENT.into() };
        let event = |(index, message): (usize, &&str)| json!({"id": format!("event-{index}"), "createdAt": self.began + 1.0, "message": message});
        let events = frame.events.iter().enumerate().map(event);
        service["events"] = events.rev().collect();
    }

    fn service_deployment(&self) -> Json {
        let frame = self.frame();
        let alarms: &[&str] = if frame.is_over() { self.scenario.alarms } else { &[] };
        let mut deployment = json!({
            "serviceDeploymentArn": SERVICE_DEPLOYMENT, "status": frame.status,
            "statusReason": frame.reason, "createdAt": self.began, "startedAt": self.began,
            "targetServiceRevision": {
                "arn": REVISION, "requestedTaskCount": 2, "runningTaskCount": frame.running,
                "pendingTaskCount": 2 - frame.running
            },
            "deploymentCircuitBreaker": {
                "status": "MONITORING", "failureCount": frame.failed, "threshold": 3
            },
            "alarms": {"status": "MONITORING", "alarmNames": self.scenario.alarms, "triggeredAlarmNames": alarms}
        });
        if frame.status.starts_with("ROLLBACK") {
            deployment["rollback"] = json!({"reason": frame.reason, "startedAt": self.began});
        }
        if let Some(hook) = frame.hook {
            deployment["lifecycleStage"] = "POST_TEST_TRAFFIC_SHIFT".into();
            deployment["lifecycleHookDetails"] = json!([{
                "hookId": hook, "targetType": "PAUSE", "status": "AWAITING_ACTION",
                "expiresAt": 1_900_000_000.0, "timeoutAction": "ROLLBACK"
            }]);
        }
        deployment
    }

    fn answer_service_deployments(&self, call: &Call) -> Answer {
        if !self.scenario.has_service_deployments {
            return Answer::Pass;
        }
        let brief = json!({
            "serviceDeploymentArn": SERVICE_DEPLOYMENT, "createdAt": self.began + 0.2,
            "targetServiceRevisionArn": REVISION, "status": self.frame().status
        });
        let revision = json!({"serviceRevisionArn": REVISION, "taskDefinition": self.new});
        Answer::Json(match call.operation.as_str() {
            "ListServiceDeployments" => json!({"serviceDeployments": [brief]}),
            "DescribeServiceRevisions" => json!({"serviceRevisions": [revision]}),
            _ => json!({"serviceDeployments": [self.service_deployment()]}),
        })
    }

    fn task(&self) -> Json {
        let mut task = self.scenario.task.clone().unwrap_or_default();
        task["taskArn"] =
            format!("arn:aws:ecs:eu-west-1:333333333300:task/{CLUSTER}/{TASK}").into();
        task["taskDefinitionArn"] = self.new.clone().into();
        task["startedBy"] = DEPLOYMENT.into();
        task["group"] = "service:shop-default-web".into();
        task["lastStatus"] = "STOPPED".into();
        task["desiredStatus"] = "STOPPED".into();
        task["launchType"] = "FARGATE".into();
        task["createdAt"] = (self.began + 1.0).into();
        task["stoppedAt"] = (self.began + 2.0).into();
        task["containers"][0]["name"] = "web".into();
        task["containers"][0]["image"] = "public.ecr.aws/shop/web:2".into();
        task
    }
}

impl Script for Ecs {
    fn answer(&mut self, call: &Call) -> Answer {
        let has_begun = self.new.is_some();
        let has_task = self.scenario.task.is_some();
        match call.operation.as_str() {
            "ListServiceDeployments"
            | "DescribeServiceRevisions"
            | "DescribeServiceDeployments" => self.answer_service_deployments(call),
            "ListTasks" if has_begun && has_task => {
                Answer::Json(json!({"taskArns": [self.task()["taskArn"]]}))
            }
            "DescribeTasks" if has_begun && has_task => {
                Answer::Json(json!({"tasks": [self.task()], "failures": []}))
            }
            "DescribeTargetHealth" if has_begun => match self.scenario.targets {
                Some(targets) => Answer::Xml(targets.to_owned()),
                None => Answer::Pass,
            },
            _ => Answer::Pass,
        }
    }

    fn change(&mut self, call: &Call, reply: &mut Json) {
        match call.operation.as_str() {
            "UpdateService" | "CreateService" => {
                self.begin(call);
                self.show(&mut reply["service"]);
            }
            "DescribeServices" if self.new.is_some() => {
                self.looks += 1;
                self.show(&mut reply["services"][0]);
            }
            "DescribeServices" => {
                let found = reply["services"][0]["taskDefinition"].as_str();
                found.unwrap_or_default().clone_into(&mut self.old);
            }
            _ => {}
        }
    }
}

fn now() -> f64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64()
}
