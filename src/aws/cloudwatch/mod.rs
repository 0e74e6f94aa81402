//! Alarms of `CloudWatch` by the query protocol: its SDK speaks CBOR only, which moto and older
//! endpoints do not understand.

mod model;
mod request;
mod state;

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use futures::future::try_join_all;

use super::call::Gate;
use super::clients::Identity;
use super::count::CallCounter;
use super::ec2::wire::Query;
use super::ec2::{QueryClient, Service};
use super::error::AwsError;
use model::{DescribeAlarms, Done, ListTags};
pub use model::{Metric, MetricAlarm, MetricDataQuery, MetricStat};
pub use state::AlarmState;

const CLOUDWATCH: Service =
    Service { host: "monitoring", id: "CloudWatch", iam: "cloudwatch", version: "2010-08-01" };

/// `AlarmNames` takes at most 100, which is also the largest page.
const ALARMS_PER_CALL: usize = 100;

/// A client of `CloudWatch`. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct CloudWatch(QueryClient);

impl CloudWatch {
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
        gate: Gate,
    ) -> Self {
        Self(QueryClient::new(&CLOUDWATCH, config, identity, calls, gate))
    }

    pub(in crate::aws) fn with_gate(self, gate: Gate) -> Self {
        Self(self.0.with_gate(gate))
    }

    /// The metric alarms of these names; absent ones are left out.
    pub async fn describe_alarms(&self, names: &[String]) -> Result<Vec<MetricAlarm>, AwsError> {
        let chunks = names.chunks(ALARMS_PER_CALL).map(|names| {
            let query = describe().each("AlarmNames.member", names, Query::set_at);
            self.pages(query)
        });
        Ok(try_join_all(chunks).await?.into_iter().flatten().collect())
    }

    /// The metric alarms whose names begin so.
    pub async fn describe_alarms_by_prefix(
        &self,
        prefix: &str,
    ) -> Result<Vec<MetricAlarm>, AwsError> {
        self.pages(describe().set("AlarmNamePrefix", prefix)).await
    }

    async fn pages(&self, query: Query) -> Result<Vec<MetricAlarm>, AwsError> {
        let mut found = vec![];
        let mut token = None;
        loop {
            let page = query.clone().set_some("NextToken", token.take());
            let reply: DescribeAlarms = self.0.send(page).await?;
            found.extend(reply.result.metric_alarms);
            token = reply.result.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Writes an alarm whole. The tags are those of a new one: AWS ignores them for one that is there.
    pub async fn put_metric_alarm(
        &self,
        alarm: &MetricAlarm,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        let query = request::put_metric_alarm(alarm);
        self.done(request::tags(query, tags)).await
    }

    pub async fn delete_alarms(&self, names: &[String]) -> Result<(), AwsError> {
        let query = Query::new("cloudwatch:DeleteAlarms");
        self.done(query.each("AlarmNames.member", names, Query::set_at)).await
    }

    pub async fn list_tags_for_resource(
        &self,
        arn: &str,
    ) -> Result<BTreeMap<String, String>, AwsError> {
        let query = Query::new("cloudwatch:ListTagsForResource").set("ResourceARN", arn);
        let reply: ListTags = self.0.send(query).await?;
        Ok(reply.result.tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    pub async fn tag_resource(
        &self,
        arn: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        let query = Query::new("cloudwatch:TagResource").set("ResourceARN", arn);
        self.done(request::tags(query, tags)).await
    }

    pub async fn untag_resource(&self, arn: &str, keys: &[String]) -> Result<(), AwsError> {
        let query = Query::new("cloudwatch:UntagResource").set("ResourceARN", arn);
        self.done(query.each("TagKeys.member", keys, Query::set_at)).await
    }

    async fn done(&self, query: Query) -> Result<(), AwsError> {
        self.0.write::<Done>(query).await.map(|Done {}| ())
    }
}

fn describe() -> Query {
    Query::new("cloudwatch:DescribeAlarms")
        .set("AlarmTypes.member.1", "MetricAlarm")
        .set("MaxRecords", "100")
}
