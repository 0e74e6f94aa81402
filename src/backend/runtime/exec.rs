//! Commands in containers: what they need, and their start.

use crate::aws::{Aws, AwsError, ErrorKind};
use crate::runtime::{ExecPermission, ExecSession, Secret, short};

/// What the agent in a container does as the task role:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions>
pub(in crate::backend) const ACTIONS: &[&str] = &[
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// A command, and where it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecRequest {
    /// ARN or name.
    pub cluster: String,
    /// ARN.
    pub task: String,
    pub container: String,
    /// As a command line.
    pub command: String,
}

pub(super) async fn execute(aws: &Aws, request: &ExecRequest) -> Result<ExecSession, AwsError> {
    const OPERATION: &str = "ecs:ExecuteCommand";
    // Only once: a session that nobody joins stays open for some time.
    let request = aws
        .ecs
        .execute_command()
        .cluster(&request.cluster)
        .task(&request.task)
        .container(&request.container)
        .command(&request.command)
        // ECS knows interactive sessions only.
        .interactive(true);
    let reply = aws.read(OPERATION, request.send()).await?;
    let session = reply.session.and_then(|session| {
        Some(ExecSession {
            id: session.session_id?,
            stream_url: session.stream_url?,
            token: Secret::new(session.token_value?),
        })
    });
    session
        .ok_or_else(|| AwsError::new(OPERATION, ErrorKind::Service, "the reply holds no session"))
}

pub(super) async fn permission(
    aws: &Aws,
    task_definition: &str,
) -> Result<ExecPermission, AwsError> {
    let request = aws.ecs.describe_task_definition().task_definition(task_definition);
    let reply = aws.read("ecs:DescribeTaskDefinition", request.send()).await?;
    let role = reply.task_definition.and_then(|definition| definition.task_role_arn);
    match role.filter(|role| !role.is_empty()) {
        None => Ok(ExecPermission::NoRole),
        Some(role) => Ok(simulated(aws, &role).await),
    }
}

/// Whoever may not simulate policies, or asks a server that cannot, learns nothing.
async fn simulated(aws: &Aws, arn: &str) -> ExecPermission {
    let role = short(arn).to_owned();
    let request = aws
        .iam
        .simulate_principal_policy()
        .policy_source_arn(arn)
        .set_action_names(Some(ACTIONS.iter().map(ToString::to_string).collect()));
    let Ok(reply) = aws.read("iam:SimulatePrincipalPolicy", request.send()).await else {
        return ExecPermission::Unknown { role };
    };
    let results = reply.evaluation_results.unwrap_or_default();
    // A condition on what the simulation does not know proves nothing.
    if results.iter().any(|result| !result.missing_context_values().is_empty()) {
        return ExecPermission::Unknown { role };
    }
    let denied = results.iter().filter(|result| result.eval_decision.as_str() != "allowed");
    let actions: Vec<String> = denied.map(|result| result.eval_action_name.clone()).collect();
    if actions.is_empty() {
        ExecPermission::Granted
    } else {
        ExecPermission::Denied { role, actions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json, xml};

    fn request() -> ExecRequest {
        ExecRequest {
            cluster: "main".to_owned(),
            task: "arn:aws:ecs:eu-west-1:444455556666:task/main/1f3c".to_owned(),
            container: "app".to_owned(),
            command: "/bin/sh".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_command_is_started_once_and_its_token_stays_hidden() {
        let replay = Replay::new([json(
            200,
            r#"{"session": {"sessionId": "ecs-execute-command-1", "streamUrl": "wss://stream", "tokenValue": "tok-secret"}}"#,
        )]);
        let session = execute(&replay.aws(), &request()).await.unwrap();
        assert_eq!(session.token.reveal(), "tok-secret");
        assert!(!format!("{session:?}").contains("tok-secret"));
        let body: serde_json::Value = serde_json::from_str(&replay.bodies()[0]).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "cluster": "main",
                "task": "arn:aws:ecs:eu-west-1:444455556666:task/main/1f3c",
                "container": "app", "command": "/bin/sh", "interactive": true,
            })
        );
        let target = replay.header("x-amz-target");
        assert_eq!(target, ["AmazonEC2ContainerServiceV20141113.ExecuteCommand"]);
    }

    const DEFINITION: &str =
        r#"{"taskDefinition": {"taskRoleArn": "arn:aws:iam::444455556666:role/app/web"}}"#;

    fn evaluation(decision: &str) -> String {
        let result = |action: &&str| {
            format!(
                "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>{decision}</EvalDecision></member>"
            )
        };
        let results: String = ACTIONS.iter().map(result).collect();
        format!(
            "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        )
    }

    #[tokio::test]
    async fn the_role_is_simulated_where_that_is_allowed() {
        let role = || "web".to_owned();
        let all = ACTIONS.iter().map(ToString::to_string).collect();
        let denial = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        for (reply, expected) in [
            (xml(200, &evaluation("allowed")), ExecPermission::Granted),
            (
                xml(200, &evaluation("implicitDeny")),
                ExecPermission::Denied { role: role(), actions: all },
            ),
            (xml(403, denial), ExecPermission::Unknown { role: role() }),
        ] {
            let replay = Replay::new([json(200, DEFINITION), reply]);
            assert_eq!(permission(&replay.aws(), "web:1").await.unwrap(), expected);
        }
        let none = Replay::new([json(200, r#"{"taskDefinition": {}}"#)]);
        assert_eq!(permission(&none.aws(), "web:1").await.unwrap(), ExecPermission::NoRole);
    }
}
