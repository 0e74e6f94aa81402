//! Metrics of `CloudWatch` as scaling policies and alarms have them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::resolved::scaling as model;

/// A metric and how its datapoints become one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomMetric {
    pub namespace: String,
    pub name: String,
    pub dimensions: BTreeMap<String, String>,
    /// Such as `Average` or `p99`.
    pub statistic: String,
    /// Empty for any.
    pub unit: String,
}

/// A part of metric math.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricQuery {
    pub id: String,
    /// None for a calculation.
    pub metric: Option<CustomMetric>,
    /// Empty for a metric.
    pub expression: String,
    /// Empty when people read the id.
    pub label: String,
    pub return_data: bool,
}

impl From<&model::CustomMetric> for CustomMetric {
    fn from(metric: &model::CustomMetric) -> Self {
        Self {
            namespace: metric.namespace.clone(),
            name: metric.name.clone(),
            dimensions: metric.dimensions.clone(),
            statistic: metric.statistic.clone(),
            unit: metric.unit.clone().unwrap_or_default(),
        }
    }
}

impl From<&model::MetricQuery> for MetricQuery {
    fn from(query: &model::MetricQuery) -> Self {
        Self {
            id: query.id.clone(),
            metric: query.metric.as_ref().map(CustomMetric::from),
            expression: query.expression.clone().unwrap_or_default(),
            label: query.label.clone().unwrap_or_default(),
            return_data: query.return_data,
        }
    }
}

/// Text that AWS is told only where there is some.
pub fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// For the examples of kinds.
pub(crate) mod examples {
    use super::{CustomMetric, MetricQuery};

    pub(crate) fn metric() -> CustomMetric {
        CustomMetric {
            namespace: "AWS/SQS".to_owned(),
            name: "ApproximateNumberOfMessagesVisible".to_owned(),
            dimensions: [("QueueName".to_owned(), "orders".to_owned())].into(),
            statistic: "Sum".to_owned(),
            unit: "Count".to_owned(),
        }
    }

    pub(crate) fn queries() -> Vec<MetricQuery> {
        let visible = MetricQuery {
            id: "visible".to_owned(),
            metric: Some(metric()),
            expression: String::new(),
            label: String::new(),
            return_data: false,
        };
        let half = MetricQuery {
            id: "half".to_owned(),
            metric: None,
            expression: "visible / 2".to_owned(),
            label: "half of the backlog".to_owned(),
            return_data: true,
        };
        vec![visible, half]
    }
}
