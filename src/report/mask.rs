//! Secrets that stand in a manifest, struck out before a line of it is shown.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use crate::model::secret_names::{has_credentials, is_secret};

/// `NAME: value` in block and flow style. References and variables are no secrets themselves.
static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)([A-Za-z0-9_.-]+)(["']?[ \t]*:[ \t]+)([^\s\[{#|>&*][^\n,}]*)"#)
        .expect("the pattern is right")
});

/// The text with the values of secret-looking names struck out, byte for byte, so that places in it
/// stay what they are.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    ENTRY.replace_all(text, |entry: &Captures<'_>| {
        let (name, colon, value) = (&entry[1], &entry[2], &entry[3]);
        if is_reference(value) || !(is_secret(name) || has_credentials(value)) {
            return entry[0].to_owned();
        }
        format!("{name}{colon}{}", "*".repeat(value.len()))
    })
}

fn is_reference(value: &str) -> bool {
    let value = value.trim_start_matches(['"', '\'']);
    ["ssm:", "secretsmanager:", "arn:", "$"].iter().any(|prefix| value.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_struck_out_and_references_stay() {
        let text = "environment: { DB_PASSWORD: hunter2, LOG_LEVEL: info }\nsecrets:\n  API_TOKEN: ssm:/shop/token\n  \"db_password\": 'pä55'\n";
        let masked = masked(text);
        assert_eq!(
            masked,
            "environment: { DB_PASSWORD: *******, LOG_LEVEL: info }\nsecrets:\n  API_TOKEN: ssm:/shop/token\n  \"db_password\": *******\n"
        );
        assert_eq!(masked.len(), text.len());
    }
}
