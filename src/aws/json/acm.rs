//! Certificates of Certificate Manager.

use aws_config::SdkConfig;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{JsonClient, Protocol};
use crate::aws::clients::Identity;
use crate::aws::count::CallCounter;
use crate::aws::ec2::Service;
use crate::aws::error::AwsError;

const ACM: Protocol = Protocol {
    service: Service { host: "acm", id: "ACM", iam: "acm", version: "2015-12-08" },
    target: "CertificateManager",
};

/// A client of Certificate Manager.
#[derive(Debug, Clone)]
pub struct Acm(JsonClient);

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    pub status: CertificateStatus,
    #[serde(default)]
    pub domain_name: String,
    /// With the domain name among them, as ACM writes it.
    #[serde(default)]
    pub subject_alternative_names: Vec<String>,
    /// Seconds since 1970; a certificate that was never issued has none.
    pub not_after: Option<f64>,
}

/// As AWS spells it: `ISSUED` is the only one that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CertificateStatus(pub String);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    certificate: Certificate,
}

impl Acm {
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
    ) -> Self {
        Self(JsonClient::new(&ACM, config, identity, calls))
    }

    pub async fn certificate(&self, region: &str, arn: &str) -> Result<Certificate, AwsError> {
        let input = json!({"CertificateArn": arn});
        let described: Described =
            self.0.in_region(region).send("acm:DescribeCertificate", input).await?;
        Ok(described.certificate)
    }
}

#[cfg(test)]
mod tests {
    use crate::aws::replay::{Replay, json};

    #[tokio::test]
    async fn a_certificate_says_its_names_and_its_end() {
        let replay = Replay::new([json(
            200,
            r#"{"Certificate": {"CertificateArn": "arn:x", "DomainName": "a.example", "Status": "ISSUED",
                "SubjectAlternativeNames": ["a.example", "*.a.example"], "NotAfter": 1795176000.0, "Type": "AMAZON_ISSUED"}}"#,
        )]);
        let certificate = replay.aws().acm.certificate("eu-west-1", "arn:x").await.unwrap();
        assert_eq!(certificate.status.0, "ISSUED");
        assert_eq!(certificate.subject_alternative_names, ["a.example", "*.a.example"]);
        assert_eq!(certificate.not_after, Some(1_795_176_000.0));
        assert_eq!(replay.header("x-amz-target"), ["CertificateManager.DescribeCertificate"]);
        assert_eq!(replay.bodies(), [r#"{"CertificateArn":"arn:x"}"#]);
    }
}
