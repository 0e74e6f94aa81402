//! What there is of parameters and secrets besides their values, which nothing here asks for.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{JsonClient, Protocol};
use crate::aws::clients::Identity;
use crate::aws::count::CallCounter;
use crate::aws::ec2::Service;
use crate::aws::error::AwsError;

const SECRETS_MANAGER: Protocol = Protocol {
    service: Service {
        host: "secretsmanager",
        id: "Secrets Manager",
        iam: "secretsmanager",
        version: "2017-10-17",
    },
    target: "secretsmanager",
};

const SSM: Protocol = Protocol {
    service: Service { host: "ssm", id: "SSM", iam: "ssm", version: "2014-11-06" },
    target: "AmazonSSM",
};

/// Values of one filter, and items of one page.
///
/// Source: AWS Systems Manager API Reference, `DescribeParameters` and `ParameterStringFilter`.
const MOST_AT_ONCE: usize = 50;

/// A client of Secrets Manager.
#[derive(Debug, Clone)]
pub struct SecretsManager(JsonClient);

/// A client of Systems Manager, for its Parameter Store.
#[derive(Debug, Clone)]
pub struct Ssm(JsonClient);

/// A secret without its value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    /// Seconds since 1970; there when the secret is about to be deleted, and cannot be read.
    pub deleted_date: Option<f64>,
    /// Stages such as `AWSCURRENT`, by the id of the version that has them.
    #[serde(default)]
    pub version_ids_to_stages: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    #[serde(default)]
    parameters: Vec<Parameter>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    name: String,
}

impl SecretsManager {
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
    ) -> Self {
        Self(JsonClient::new(&SECRETS_MANAGER, config, identity, calls))
    }

    /// The secret with this name or ARN.
    pub async fn secret(&self, region: &str, id: &str) -> Result<Secret, AwsError> {
        let input = json!({"SecretId": id});
        self.0.in_region(region).send("secretsmanager:DescribeSecret", input).await
    }
}

impl Ssm {
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
    ) -> Self {
        Self(JsonClient::new(&SSM, config, identity, calls))
    }

    /// Those of the names that parameters have.
    pub async fn parameters(
        &self,
        region: &str,
        names: &[String],
    ) -> Result<BTreeSet<String>, AwsError> {
        let client = self.0.in_region(region);
        let mut found = BTreeSet::new();
        for names in names.chunks(MOST_AT_ONCE) {
            let mut input = json!({
                "ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": names}],
                "MaxResults": MOST_AT_ONCE,
            });
            loop {
                let page: Parameters = client.send("ssm:DescribeParameters", input.clone()).await?;
                found.extend(page.parameters.into_iter().map(|parameter| parameter.name));
                match page.next_token.filter(|token| !token.is_empty()) {
                    Some(token) => input["NextToken"] = Json::String(token),
                    None => break,
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};

    #[tokio::test]
    async fn parameters_are_listed_by_name_and_never_read() {
        let replay = Replay::new([
            json(
                200,
                r#"{"Parameters": [{"Name": "/a", "Type": "SecureString", "Version": 3, "LastModifiedDate": 1.7e9}], "NextToken": "more"}"#,
            ),
            json(200, r#"{"Parameters": [{"Name": "/c"}]}"#),
        ]);
        let names = ["/a", "/b", "/c"].map(str::to_owned);
        let found = replay.aws().ssm.parameters("eu-west-1", &names).await.unwrap();
        assert_eq!(found, BTreeSet::from(["/a".to_owned(), "/c".to_owned()]));
        assert_eq!(replay.header("x-amz-target"), ["AmazonSSM.DescribeParameters"; 2]);
        insta::assert_snapshot!(replay.bodies().join("\n"), @r#"
        {"ParameterFilters":[{"Key":"Name","Option":"Equals","Values":["/a","/b","/c"]}],"MaxResults":50}
        {"ParameterFilters":[{"Key":"Name","Option":"Equals","Values":["/a","/b","/c"]}],"MaxResults":50,"NextToken":"more"}
        "#);
    }

    #[tokio::test]
    async fn a_secret_is_described_and_never_read() {
        let replay = Replay::new([json(
            200,
            r#"{"ARN": "arn:aws:secretsmanager:eu-west-1:444455556666:secret:api-AbCdEf", "Name": "api", "DeletedDate": 1763640000.123,
                "VersionIdsToStages": {"11111111-2222": ["AWSCURRENT"]}}"#,
        )]);
        let secret = replay.aws().secrets_manager.secret("eu-west-1", "api").await.unwrap();
        assert!(secret.deleted_date.is_some());
        assert_eq!(secret.version_ids_to_stages["11111111-2222"], ["AWSCURRENT"]);
        assert_eq!(replay.header("x-amz-target"), ["secretsmanager.DescribeSecret"]);
        assert_eq!(replay.bodies(), [r#"{"SecretId":"api"}"#]);
    }
}
