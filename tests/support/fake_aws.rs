//! An AWS of our own for what moto lacks: one service `web` with one task whose commands can be run. It
//! answers in AWS's documented shapes and checks nothing, so a test on it says what ecsctl sends and does
//! with the reply, not what AWS accepts.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

use super::ecsctl::Ecsctl;

type Requests = Arc<Mutex<Vec<(String, Json)>>>;

/// A server that ends with the process.
pub struct FakeAws {
    pub url: String,
    requests: Requests,
}

impl FakeAws {
    pub fn started() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Requests::default();
        let seen = requests.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let seen = seen.clone();
                std::thread::spawn(move || serve(connection.unwrap(), &seen));
            }
        });
        Self { url, requests }
    }

    /// Gives the program this account.
    pub fn open_to(&self, ecsctl: Ecsctl) -> Ecsctl {
        ecsctl
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_REGION", "eu-west-1")
    }

    /// The bodies of the requests for an operation.
    pub fn requests(&self, operation: &str) -> Vec<Json> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .filter(|(name, _)| name == operation)
            .map(|(_, body)| body.clone())
            .collect()
    }
}

/// Answers the requests of one connection until it is closed.
fn serve(stream: TcpStream, seen: &Requests) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some((target, body)) = request(&mut reader) {
        let operation = operation(&target, &body);
        seen.lock()
            .unwrap()
            .push((operation.clone(), serde_json::from_str(&body).unwrap_or_default()));
        let (status, content_type, reply) = reply(&operation);
        let length = reply.len();
        let written = write!(
            writer,
            "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{reply}"
        );
        if written.is_err() {
            return;
        }
    }
}

/// The header `X-Amz-Target` and the body of the next request.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let (mut target, mut length, mut line) = (String::new(), 0, String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => value.clone_into(&mut target),
            "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((target, String::from_utf8(body).unwrap()))
}

/// In a header, or in a form.
fn operation(target: &str, body: &str) -> String {
    let in_form = || body.split('&').find_map(|field| field.strip_prefix("Action="));
    let in_header = target.rsplit_once('.').map(|(_, name)| name);
    in_header.or_else(in_form).unwrap_or_default().to_owned()
}

fn reply(operation: &str) -> (&'static str, &'static str, String) {
    let json = |body: Json| ("200 OK", "application/x-amz-json-1.1", body.to_string());
    let arn = |resource: &str| format!("arn:aws:ecs:eu-west-1:444455556666:{resource}");
    match operation {
        "GetCallerIdentity" => (
            "200 OK",
            "text/xml",
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::444455556666:user/ci</Arn><UserId>AIDA</UserId><Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>".to_owned(),
        ),
        "SimulatePrincipalPolicy" => (
            "200 OK",
            "text/xml",
            "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>ssmmessages:CreateControlChannel</EvalActionName><EvalDecision>allowed</EvalDecision></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>".to_owned(),
        ),
        "DescribeServices" => json(json!({"services": [{
            "serviceName": "shop-default-web", "status": "ACTIVE", "desiredCount": 1,
            "clusterArn": arn("cluster/shop-default-main"),
            "taskDefinition": arn("task-definition/shop-default-web:1"),
            "enableExecuteCommand": true,
        }]})),
        "ListTasks" => json(json!({"taskArns": [arn("task/shop-default-main/1f3c2ab4")]})),
        "DescribeTasks" => json(json!({"tasks": [{
            "taskArn": arn("task/shop-default-main/1f3c2ab4"),
            "clusterArn": arn("cluster/shop-default-main"),
            "taskDefinitionArn": arn("task-definition/shop-default-web:1"),
            "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "enableExecuteCommand": true,
            "containers": [{
                "name": "web", "lastStatus": "RUNNING", "runtimeId": "1f3c2ab4-2871",
                "managedAgents": [{"name": "ExecuteCommandAgent", "lastStatus": "RUNNING"}],
            }],
        }]})),
        "DescribeTaskDefinition" => json(json!({"taskDefinition": {
            "taskRoleArn": "arn:aws:iam::444455556666:role/shop-default-web-task",
        }})),
        "ExecuteCommand" => json(json!({"session": {
            "sessionId": "ecs-execute-command-1", "streamUrl": "wss://stream", "tokenValue": "tok-secret",
        }})),
        other => (
            "400 Bad Request",
            "application/x-amz-json-1.1",
            json!({"__type": "InvalidAction", "message": other}).to_string(),
        ),
    }
}
