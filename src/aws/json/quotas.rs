//! Quotas of the account.

use aws_config::SdkConfig;
use serde::Deserialize;
use serde_json::json;

use super::{JsonClient, Protocol};
use crate::aws::clients::Identity;
use crate::aws::count::CallCounter;
use crate::aws::ec2::Service;
use crate::aws::error::AwsError;

const QUOTAS: Protocol = Protocol {
    service: Service {
        host: "servicequotas",
        id: "Service Quotas",
        iam: "servicequotas",
        version: "2019-06-24",
    },
    target: "ServiceQuotasV20190624",
};

/// A client of Service Quotas.
#[derive(Debug, Clone)]
pub struct ServiceQuotas(JsonClient);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    quota: Quota,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Quota {
    value: f64,
}

impl ServiceQuotas {
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
    ) -> Self {
        Self(JsonClient::new(&QUOTAS, config, identity, calls))
    }

    /// The value of a quota for this account, such as `fargate` and `L-3032A538`.
    pub async fn value(&self, service: &str, quota: &str) -> Result<f64, AwsError> {
        let input = json!({"ServiceCode": service, "QuotaCode": quota});
        let described: Described = self.0.send("servicequotas:GetServiceQuota", input).await?;
        Ok(described.quota.value)
    }
}

#[cfg(test)]
mod tests {
    use crate::aws::replay::{Replay, json};

    #[tokio::test]
    async fn a_quota_has_a_value() {
        let replay = Replay::new([json(
            200,
            r#"{"Quota": {"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "Value": 6.0, "Unit": "None"}}"#,
        )]);
        let value = replay.aws().quotas.value("fargate", "L-3032A538").await.unwrap();
        assert!((value - 6.0).abs() < f64::EPSILON);
        assert_eq!(replay.header("x-amz-target"), ["ServiceQuotasV20190624.GetServiceQuota"]);
        assert_eq!(replay.bodies(), [r#"{"ServiceCode":"fargate","QuotaCode":"L-3032A538"}"#]);
    }
}
