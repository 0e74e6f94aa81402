//! Small things that all kinds of Elastic Load Balancing share.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::aws::AwsError;
use crate::kind::Survey;

/// Reads that run at the same time: ELB allows 10 a second before it throttles.
const SIDE_BY_SIDE: usize = 8;

/// Carries out reads side by side, as many as ELB likes; their results in order.
pub async fn side_by_side<T>(
    reads: Vec<impl Future<Output = Result<T, AwsError>>>,
) -> Result<Vec<T>, AwsError> {
    stream::iter(reads).buffered(SIDE_BY_SIDE).try_collect().await
}

/// The ARNs of all listeners whose rules matter: those of the scope's own load balancers, those that
/// its manifests name, and those that it has left rules at.
pub async fn listeners_with_rules(survey: &Survey<'_>) -> Result<Vec<String>, AwsError> {
    let rows = survey.rows("listener").await?;
    let own = rows.iter().map(|row| row.outputs["arn"].clone());
    let existing = survey.facts.load_balancers.values();
    let named = existing.flat_map(|balancer| balancer.listeners.values().cloned());
    let owned = survey.owned().await?;
    let left = owned.keys().filter_map(|arn| listener_of(arn));
    let with_rules = own.chain(named).chain(left).filter(|arn| arn.contains(":listener/app/"));
    Ok(with_rules.collect::<BTreeSet<_>>().into_iter().collect())
}

/// The ARN of the listener that a rule belongs to, from the rule's own.
fn listener_of(rule: &str) -> Option<String> {
    let (before, resource) = rule.split_once(":listener-rule/")?;
    let (listener, _) = resource.rsplit_once('/')?;
    Some(format!("{before}:listener/{listener}"))
}

/// A number as the API takes it.
pub fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A number as the API gives it; none is negative.
pub fn unsigned(number: Option<i32>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

/// A port as the API gives it.
pub fn port(number: Option<i32>) -> u16 {
    number.and_then(|number| u16::try_from(number).ok()).unwrap_or_default()
}

/// What follows the resource type in an ARN of the family: `app/public/50dc6c495c0c9188`.
pub fn suffix(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    resource.strip_prefix("loadbalancer/").unwrap_or(resource)
}
