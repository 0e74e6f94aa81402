//! The evidence by which a row is tested and shown: in AWS's words.

use jiff::Timestamp;

use crate::rollout::failure::Evidence;
use crate::runtime::{Container, Event, LogLine, TargetHealth, Task};

const ARN: &str =
    "arn:aws:ecs:eu-west-1:444455556666:task/shop-prod-main/0f3a6c1d2b4e4f5a8c9d0e1f2a3b4c5d";
const GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web/6d0ecf831eec9f09";

/// What is empty is not there.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    pub capacity: &'static str,
    pub stop_code: &'static str,
    pub stopped_reason: &'static str,
    pub image: &'static str,
    pub exit_code: Option<i32>,
    pub container_reason: &'static str,
    /// The last line of the log.
    pub wrote: &'static str,
    pub event: &'static str,
    /// Reason and description of an unhealthy target.
    pub target: Option<(&'static str, &'static str)>,
    pub alarm: &'static str,
}

impl Example {
    pub(super) const NOTHING: Self = Self {
        capacity: "FARGATE",
        stop_code: "",
        stopped_reason: "",
        image: "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2",
        exit_code: None,
        container_reason: "",
        wrote: "",
        event: "",
        target: None,
        alarm: "",
    };

    /// A task that did not start.
    pub(super) const fn unstarted(stopped_reason: &'static str) -> Self {
        Self { stop_code: "TaskFailedToStart", stopped_reason, ..Self::NOTHING }
    }

    /// A container that ended.
    pub(super) const fn ended(exit_code: i32) -> Self {
        Self {
            stop_code: "EssentialContainerExited",
            stopped_reason: "Essential container in task exited",
            exit_code: Some(exit_code),
            ..Self::NOTHING
        }
    }

    /// A task that ECS stopped.
    pub(super) const fn stopped(stop_code: &'static str, stopped_reason: &'static str) -> Self {
        Self { stop_code, stopped_reason, exit_code: Some(137), ..Self::NOTHING }
    }

    pub(super) const fn told(event: &'static str) -> Self {
        Self { event, ..Self::NOTHING }
    }

    #[must_use]
    pub(super) const fn on_instances(self) -> Self {
        Self { capacity: "EC2", ..self }
    }

    /// AWS's words, for people.
    pub fn words(&self) -> String {
        let target = self.target.map(|(reason, description)| format!("{reason}: {description}"));
        let exit = self.exit_code.map(|code| format!("exit code {code}"));
        let texts =
            [self.stopped_reason, self.container_reason, self.wrote, self.event, self.alarm];
        let texts = texts.iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned());
        texts.chain(target).chain(exit).collect::<Vec<_>>().join("; ")
    }

    /// As it is read from an account.
    pub fn evidence(&self) -> Evidence {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let container = Container {
            name: "app".to_owned(),
            image: self.image.to_owned(),
            exit_code: self.exit_code,
            reason: text(self.container_reason),
            ..Container::default()
        };
        let task = Task {
            arn: ARN.to_owned(),
            last_status: "STOPPED".to_owned(),
            capacity: self.capacity.to_owned(),
            availability_zone: Some("eu-west-1a".to_owned()),
            stop_code: text(self.stop_code),
            stopped_reason: text(self.stopped_reason),
            containers: vec![container],
            ..Task::default()
        };
        let at = Timestamp::UNIX_EPOCH;
        let event = |message| Event { id: String::new(), at, message };
        let stream = "app/app/0f3a6c1d2b4e4f5a8c9d0e1f2a3b4c5d".to_owned();
        let line = |message| LogLine { id: String::new(), at, stream, message };
        let target = |(reason, description): (&str, &str)| TargetHealth {
            target_group: GROUP.to_owned(),
            target: "10.0.1.17:8080".to_owned(),
            state: "unhealthy".to_owned(),
            reason: text(reason),
            description: text(description),
        };
        Evidence {
            events: text(self.event).map(event).into_iter().collect(),
            tasks: if self.stop_code.is_empty() { vec![] } else { vec![task] },
            logs: text(self.wrote).map(line).into_iter().collect(),
            targets: self.target.map(target).into_iter().collect(),
            alarms: text(self.alarm).into_iter().collect(),
            capacity: self.capacity.to_owned(),
            ..Evidence::default()
        }
    }
}
