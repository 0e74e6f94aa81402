//! Answers of a live account to what must be known before a plan can work. All are read side by side,
//! and one that cannot be read keeps no other from being.

mod certificates;
mod environment_files;
mod groups;
mod images;
mod quotas;
mod registry;
mod roles;
mod routes;
mod secrets;

use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::join;

use crate::aws::{Aws, AwsError, ErrorKind};
use crate::facts::Facts;
use crate::verify::{Answers, Questions, Unread};

pub(super) async fn answers(aws: &Aws, facts: &Facts, questions: &Questions) -> Answers {
    let of_tasks = join(
        join(images::read(aws, &questions.images), secrets::read(aws, &questions.secrets)),
        join(
            environment_files::read(aws, &questions.environment_files),
            roles::read(aws, facts, &questions.roles),
        ),
    );
    let of_networks = join(
        join(
            routes::read(aws, facts, &questions.subnets),
            groups::read(aws, questions.groups.as_ref()),
        ),
        join(
            certificates::read(aws, &questions.certificates),
            quotas::read(aws, &questions.quotas),
        ),
    );
    let (
        ((images, secrets), (environment_files, roles)),
        ((routes, groups), (certificates, quotas)),
    ) = Box::pin(join(of_tasks, of_networks)).await;
    Answers {
        now: now(),
        images,
        secrets,
        environment_files,
        roles,
        routes,
        groups,
        certificates,
        quotas,
    }
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "certificates expire by the real clock")]
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn unread(error: &AwsError) -> Unread {
    match error.kind {
        ErrorKind::Denied => Unread::denied(error.operation),
        ErrorKind::Credentials
        | ErrorKind::Region
        | ErrorKind::Account
        | ErrorKind::Unreachable
        | ErrorKind::Timeout
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Quota
        | ErrorKind::Throttled
        | ErrorKind::Invalid
        | ErrorKind::Service => Unread::because(error.to_string()),
    }
}
