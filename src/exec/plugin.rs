//! How the Session Manager plugin is called, as the AWS CLI does.

use serde_json::json;

use crate::runtime::ExecSession;

/// The environment variable in which newer plugins take the session, so that its token is in no list
/// of processes. Its name then stands for the session among the arguments.
pub const RESPONSE: &str = "AWS_SSM_START_SESSION_RESPONSE";

/// The last version that takes the session as an argument only.
const LAST_WITHOUT_ENVIRONMENT: [u64; 4] = [1, 2, 497, 0];

/// Whether a plugin of this version reads [`RESPONSE`]. What is no version is taken for an old one.
pub fn takes_environment(version: &str) -> bool {
    let parts: Option<Vec<u64>> = version.trim().split('.').map(|part| part.parse().ok()).collect();
    parts.is_some_and(|mut parts| {
        parts.resize(parts.len().max(LAST_WITHOUT_ENVIRONMENT.len()), 0);
        parts.as_slice() > &LAST_WITHOUT_ENVIRONMENT[..]
    })
}

/// A session, and all that the plugin must know to join it.
#[derive(Clone, Debug)]
pub struct Join<'a> {
    pub session: &'a ExecSession,
    pub region: &'a str,
    /// Of the AWS configuration; the plugin resumes sessions with it.
    pub profile: Option<&'a str>,
    /// As `ecs:main_1f3c_1f3c-2871`.
    pub target: &'a str,
    pub endpoint: &'a str,
}

impl Join<'_> {
    /// The session with its token, as the plugin reads it.
    pub fn response(&self) -> String {
        let session = self.session;
        json!({
            "SessionId": session.id,
            "StreamUrl": session.stream_url,
            "TokenValue": session.token.reveal(),
        })
        .to_string()
    }

    /// The plugin's arguments; the first is the session or the variable that holds it.
    pub fn arguments(&self, session: String) -> [String; 6] {
        [
            session,
            self.region.to_owned(),
            "StartSession".to_owned(),
            self.profile.unwrap_or_default().to_owned(),
            json!({"Target": self.target}).to_string(),
            self.endpoint.to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Secret;

    #[test]
    fn newer_plugins_take_the_session_from_the_environment() {
        for version in ["1.2.497.1", "1.2.536.0\n", "1.3", "2", "1.10.0.0"] {
            assert!(takes_environment(version), "{version}");
        }
        for version in ["1.2.497.0", "1.2.497", "1.2.54.0", "1", "", "unknown", "1.3-beta"] {
            assert!(!takes_environment(version), "{version}");
        }
    }

    #[test]
    fn the_token_is_in_the_response_and_nowhere_else() {
        let session = ExecSession {
            id: "ecs-1".to_owned(),
            stream_url: "wss://stream".to_owned(),
            token: Secret::new("tok-secret".to_owned()),
        };
        let join = Join {
            session: &session,
            region: "eu-west-1",
            profile: None,
            target: "ecs:main_1f3c_1f3c-2871",
            endpoint: "https://ecs.eu-west-1.amazonaws.com",
        };
        let response =
            r#"{"SessionId":"ecs-1","StreamUrl":"wss://stream","TokenValue":"tok-secret"}"#;
        assert_eq!(join.response(), response);
        assert_eq!(
            join.arguments(RESPONSE.to_owned()),
            [
                "AWS_SSM_START_SESSION_RESPONSE",
                "eu-west-1",
                "StartSession",
                "",
                r#"{"Target":"ecs:main_1f3c_1f3c-2871"}"#,
                "https://ecs.eu-west-1.amazonaws.com",
            ]
        );
        assert!(!format!("{join:?}").contains("tok-secret"));
    }
}
