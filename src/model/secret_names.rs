//! Names that promise a secret: their values are never shown.

const SECRET_WORDS: &[&str] =
    &["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE"];

/// Whether a name promises a secret. `KEY` counts at the end of a word only: `KEYCLOAK_URL` is none.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    SECRET_WORDS.iter().any(|word| name.contains(word))
        || words.any(|word| word.ends_with("KEY") || word.ends_with("KEYS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_promise_secrets() {
        for name in ["DB_PASSWORD", "splunk-token", "API_KEY", "apiKeys", "PRIVATE_PEM"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["KEYCLOAK_URL", "LOG_LEVEL"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
