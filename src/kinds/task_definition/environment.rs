//! Variables by name, of which the secret-looking ones never show their value.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::model::secret_names::{has_credentials, is_secret};
use crate::value::Sensitive;

/// Environment variables, or options of a driver.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Environment(pub BTreeMap<String, String>);

/// A value as plans may show it.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    Plain(&'a str),
    Secret(Sensitive),
}

impl Environment {
    fn shown(&self) -> impl Iterator<Item = (&String, Shown<'_>)> {
        self.0.iter().map(|(name, value)| {
            let secret = || Shown::Secret(Sensitive(value.clone()));
            (name, if is_hidden(name, value) { secret() } else { Shown::Plain(value) })
        })
    }
}

fn is_hidden(name: &str, value: &str) -> bool {
    is_secret(name) || has_credentials(value)
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.shown())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.shown().map(|(name, value)| match value {
            Shown::Plain(text) => (name, text.to_owned()),
            Shown::Secret(secret) => (name, format!("{secret:?}")),
        });
        f.debug_map().entries(values).finish()
    }
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for Environment {
    fn from(variables: [(K, V); N]) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn values_of_secret_names_are_not_shown() {
        let environment = Environment::from([
            ("API_KEY", "abc"),
            ("DB_PASSWORD", "hunter2"),
            ("splunk-token", "xyz"),
            ("KEYCLOAK_URL", "https://login"),
            ("DATABASE_URL", "db://shop:hunter2@db"),
        ]);
        let shown = Value::of(&environment).to_string();
        insta::assert_snapshot!(shown, @"{API_KEY: (sensitive), DATABASE_URL: (sensitive), DB_PASSWORD: (sensitive), KEYCLOAK_URL: https://login, splunk-token: (sensitive)}");
        assert!(!format!("{environment:?}").contains("hunter2"));
    }

    #[test]
    fn a_changed_secret_differs_and_reads_back() {
        let [before, after] = ["a", "b"].map(|value| Environment::from([("TOKEN", value)]));
        assert_ne!(Value::of(&before), Value::of(&after));
        let json = serde_json::to_value(&before).unwrap();
        assert_eq!(serde_json::from_value::<Environment>(json).unwrap(), before);
    }
}
