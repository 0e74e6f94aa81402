//! Forecasts from the readings of a live cluster.

use crate::aws::replay::{Replay, json};
use crate::backend::{Backend, MockAccount};
use crate::model::stack::Stack;
use crate::model::testing::resolved;
use crate::plan::Options;
use crate::session::{Ground, Survey};

const FARGATE: &str = "{ kind: Service, name: web, image: nginx, port: 80 }";
const EC2: &str =
    "{ kind: Service, name: web, launchType: EC2, cpu: 512, memory: 1024, image: nginx, port: 80 }";

fn stack(text: &str) -> Stack {
    resolved(text).unwrap().0
}

/// The plan of a first deployment into a cluster that is there already.
async fn survey(stack: &Stack) -> (Ground, Survey) {
    let backend = Backend::Mock(MockAccount::in_memory());
    let ground = Ground::of(stack, backend).await.unwrap();
    let mut survey = ground.plan(ground.desired(stack), &Options::default(), false).await.unwrap();
    survey.plan.actions.retain(|action| action.address.kind != "cluster");
    (ground, survey)
}

/// What is said of the tasks with these replies of AWS, and how many calls that takes.
async fn said(text: &str, replies: &[(u16, &str)]) -> (String, usize) {
    let stack = stack(text);
    let (ground, mut survey) = survey(&stack).await;
    let replay = Replay::new(replies.iter().map(|(status, body)| json(*status, body)));
    let ground = Ground { backend: Backend::Live(Box::new(replay.aws())), ..ground };
    survey.plan.advice.clear();
    ground.foresee(&stack, &mut survey).await;
    let advice = survey.plan.advice.iter().map(|it| format!("{}: {}", it.address, it.text));
    let calls = survey.observed.calls.unwrap().values().sum::<u64>();
    assert_eq!(calls, replay.bodies().len() as u64, "the heading counts them");
    (advice.collect::<Vec<_>>().join("\n"), replay.bodies().len())
}

/// Most of the memory is taken.
const INSTANCES: &str = r#"{"containerInstances": [{
    "containerInstanceArn": "arn:one", "ec2InstanceId": "i-1", "agentConnected": true,
    "attributes": [{"name": "ecs.instance-type", "value": "m7g.large"}],
    "registeredResources": [
        {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 7680}],
    "remainingResources": [
        {"name": "CPU", "type": "INTEGER", "integerValue": 1024},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 600}]}]}"#;

#[tokio::test]
async fn plans_for_fargate_read_no_instances() {
    assert_eq!(said(FARGATE, &[]).await, (String::new(), 0));
}

#[tokio::test]
async fn the_instances_of_the_cluster_decide() {
    let replies = [
        (200, r#"{"containerInstanceArns": ["arn:one"]}"#),
        (200, INSTANCES),
        (200, r#"{"taskArns": []}"#),
    ];
    let (text, calls) = said(EC2, &replies).await;
    assert_eq!(calls, 3);
    insta::assert_snapshot!(text, @"
    service/web: warning: the deployment cannot make progress: no instance has 1024 MiB left (at most 600)
    service/web: add 1 more instance like m7g.large
    ");
}

#[tokio::test]
async fn a_reading_that_is_denied_is_advice() {
    let denied = r#"{"__type": "AccessDeniedException", "message": "not authorized"}"#;
    let (text, _) = said(EC2, &[(400, denied)]).await;
    insta::assert_snapshot!(text, @"
    service/web: whether the tasks find a place is not known: ecs:ListContainerInstances failed: AccessDeniedException: not authorized
    allow `ecs:ListContainerInstances` in a policy of this identity; a boundary or an organization's policy may also deny it
    ");
}
