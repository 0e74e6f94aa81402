//! Certificates: of Certificate Manager, and of IAM.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use super::unread;
use crate::aws::{Aws, AwsError, found};
use crate::verify::{Answer, CertificateFacts};

pub(super) async fn read(
    aws: &Aws,
    arns: &BTreeSet<String>,
) -> BTreeMap<String, Answer<CertificateFacts>> {
    let reads = arns.iter().map(|arn| async move {
        let read = if arn.contains(":server-certificate/") {
            of_iam(aws, arn).await
        } else {
            of_acm(aws, arn).await
        };
        let facts = found(read).map(|facts| facts.unwrap_or(CertificateFacts::Missing));
        (arn.clone(), facts.map_err(|error| unread(&error)))
    });
    join_all(reads).await.into_iter().collect()
}

async fn of_acm(aws: &Aws, arn: &str) -> Result<CertificateFacts, AwsError> {
    let region = arn.split(':').nth(3).filter(|region| !region.is_empty());
    let certificate = aws.acm.certificate(region.unwrap_or(&aws.region), arn).await?;
    let names: BTreeSet<String> = certificate
        .subject_alternative_names
        .into_iter()
        .chain([certificate.domain_name])
        .collect();
    Ok(CertificateFacts::Found {
        status: certificate.status.0,
        names: Some(names.into_iter().filter(|name| !name.is_empty()).collect()),
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
        not_after: certificate.not_after.map(|seconds| seconds as i64),
    })
}

/// IAM does not tell the names in a certificate.
async fn of_iam(aws: &Aws, arn: &str) -> Result<CertificateFacts, AwsError> {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let request = aws.iam.get_server_certificate().server_certificate_name(name);
    let reply = aws.read("iam:GetServerCertificate", request.send()).await?;
    let metadata = reply.server_certificate.and_then(|found| found.server_certificate_metadata);
    Ok(CertificateFacts::Found {
        status: "ISSUED".to_owned(),
        names: None,
        not_after: metadata.and_then(|found| found.expiration).map(|end| end.secs()),
    })
}
