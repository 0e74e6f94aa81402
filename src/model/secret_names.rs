//! What is never shown: values whose names promise a secret, and those that have one in them.

const SECRET_WORDS: &[&str] =
    &["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE"];

/// Whether a name promises a secret. `KEY` counts at the end of a word only: `KEYCLOAK_URL` is none.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    SECRET_WORDS.iter().any(|word| name.contains(word))
        || words.any(|word| word.ends_with("KEY") || word.ends_with("KEYS"))
}

/// Whether a value holds credentials: `scheme://user:password@host`.
pub fn has_credentials(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_a_credential() {
        assert!(has_credentials("jdbc:postgres://shop:hunter2@db:5432/shop"));
        for value in ["https://shop.example.com:443/a@b:c", "ssh://git@host/x", "a:b@c"] {
            assert!(!has_credentials(value), "{value}");
        }
    }

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
