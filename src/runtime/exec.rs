//! What it takes to run a command in a container.

use std::fmt;

/// Whether the task role lets the agent in a container reach the Session Manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecPermission {
    Granted,
    /// The task definition has no task role.
    NoRole,
    Denied {
        /// The role's name.
        role: String,
        actions: Vec<String>,
    },
    /// Nobody could tell.
    Unknown {
        /// The role's name.
        role: String,
    },
}

/// A session that waits for somebody to join it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecSession {
    pub id: String,
    pub stream_url: String,
    pub token: Secret,
}

/// A text that is shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for whom it is meant.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
