//! References to values in SSM Parameter Store and Secrets Manager.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value that ECS reads when the task starts; the manifest never holds it.
///
/// `ssm:/path/of/parameter`, `secretsmanager:name`, `secretsmanager:name:jsonKey:versionStage:versionId`
/// (later parts may be left out or empty), or the ARN of a parameter or secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend(
    "type" = "string",
    "pattern" = r"^(ssm:[^ ]+|secretsmanager:[^ :]+(:[^ :]*){0,3}|arn:[a-z-]+:(ssm|secretsmanager):[^ ]+)$",
    "patternErrorMessage" = "expected `ssm:/name`, `secretsmanager:name[:jsonKey[:versionStage[:versionId]]]`, or the ARN of a parameter or secret",
    "examples" = ["ssm:/shop/prod/db-password", "secretsmanager:shop/api:key"]
))]
#[schemars(with = "String")]
pub enum SecretReference {
    /// A parameter of SSM Parameter Store.
    Ssm { id: SecretId },
    /// A secret of Secrets Manager, or one key of its JSON.
    SecretsManager {
        id: SecretId,
        json_key: Option<String>,
        version_stage: Option<String>,
        version_id: Option<String>,
    },
}

/// How a parameter or secret is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SecretId {
    /// In the account and Region of the environment.
    Name(String),
    Arn(String),
}

/// Text that is no reference to a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("`{0}` is not a reference to a parameter or secret")]
    Form(String),
    #[error("`{0}` names both a version stage and a version id; give one of them")]
    StageAndId(String),
}

impl TryFrom<String> for SecretReference {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        if let Some(name) = text.strip_prefix("ssm:") {
            let id = if name.starts_with("arn:") { SecretId::Arn } else { SecretId::Name };
            return Ok(Self::Ssm { id: id(name.to_owned()) });
        }
        if let Some(rest) = text.strip_prefix("secretsmanager:")
            && !rest.starts_with("arn:")
        {
            let (name, parts) = rest.split_once(':').unwrap_or((rest, ""));
            return secrets_manager(&text, SecretId::Name(name.to_owned()), parts);
        }
        let arn = text.strip_prefix("secretsmanager:").unwrap_or(&text);
        let fields: Vec<&str> = arn.splitn(8, ':').collect();
        match fields[..] {
            ["arn", _, "ssm", ..] => Ok(Self::Ssm { id: SecretId::Arn(arn.to_owned()) }),
            ["arn", _, "secretsmanager", _, _, "secret", _, ..] => {
                let id = SecretId::Arn(fields[..7].join(":"));
                secrets_manager(&text, id, fields.get(7).copied().unwrap_or_default())
            }
            _ => Err(SecretError::Form(text)),
        }
    }
}

fn secrets_manager(text: &str, id: SecretId, parts: &str) -> Result<SecretReference, SecretError> {
    let mut parts =
        parts.split(':').map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
    let mut next = || parts.next().flatten();
    let (json_key, version_stage, version_id) = (next(), next(), next());
    if parts.next().is_some() {
        return Err(SecretError::Form(text.to_owned()));
    }
    if version_stage.is_some() && version_id.is_some() {
        return Err(SecretError::StageAndId(text.to_owned()));
    }
    Ok(SecretReference::SecretsManager { id, json_key, version_stage, version_id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::report_task;

    fn read(text: &str) -> Result<SecretReference, String> {
        SecretReference::try_from(text.to_owned()).map_err(|error| error.to_string())
    }

    fn secret(id: SecretId, parts: [Option<&str>; 3]) -> SecretReference {
        let [json_key, version_stage, version_id] = parts.map(|part| part.map(str::to_owned));
        SecretReference::SecretsManager { id, json_key, version_stage, version_id }
    }

    #[test]
    fn every_form_of_a_reference_is_read() {
        let name = |name: &str| SecretId::Name(name.to_owned());
        let arn = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api-AbCdEf";
        assert_eq!(read("ssm:/shop/db"), Ok(SecretReference::Ssm { id: name("/shop/db") }));
        assert_eq!(read("secretsmanager:shop/api"), Ok(secret(name("shop/api"), [None; 3])));
        assert_eq!(
            read("secretsmanager:shop/api:key"),
            Ok(secret(name("shop/api"), [Some("key"), None, None]))
        );
        assert_eq!(
            read("secretsmanager:shop/api::AWSPREVIOUS"),
            Ok(secret(name("shop/api"), [None, Some("AWSPREVIOUS"), None]))
        );
        assert_eq!(
            read(&format!("{arn}:key::")),
            Ok(secret(SecretId::Arn(arn.to_owned()), [Some("key"), None, None]))
        );
        assert_eq!(read("secretsmanager:a:k:stage:id"), Err("`secretsmanager:a:k:stage:id` names both a version stage and a version id; give one of them".to_owned()));
        assert!(read("vault:secret").is_err());
    }

    #[test]
    fn a_version_that_is_named_twice_is_shown_where_it_is_written() {
        let service = |version: &str| {
            format!("image: x, secrets: {{ A: 'secretsmanager:shop/api:key:{version}' }}")
        };
        insta::assert_snapshot!(report_task(&[(&service("stage:id"), &service(":id"))]), @r#"
        invalid-value: `secretsmanager:shop/api:key:stage:id` names both a version stage and a version id; give one of them ['secretsmanager:shop/api:key:stage:id': here]
        "#);
    }
}
