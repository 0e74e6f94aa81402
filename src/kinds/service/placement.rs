//! Which instances a service's tasks are put on.

use aws_sdk_ecs::types as sdk;
use serde::{Deserialize, Serialize};

use crate::model::resolved::service as model;
use crate::value::{Set, Value};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacementStrategy {
    /// `binpack`, `random` or `spread`.
    #[serde(rename = "type")]
    pub kind: String,
    /// None of `random`.
    pub field: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlacementConstraint {
    /// `distinctInstance` or `memberOf`.
    #[serde(rename = "type")]
    pub kind: String,
    pub expression: Option<String>,
}

impl PlacementStrategy {
    pub(super) fn of(written: &model::PlacementStrategy) -> Self {
        let kind = Value::of(&written.kind).to_string();
        Self { kind, field: written.field.as_deref().map(canonical) }
    }

    pub(super) fn read(read: sdk::PlacementStrategy) -> Option<Self> {
        let field = read.field.filter(|field| !field.is_empty());
        Some(Self {
            kind: read.r#type?.as_str().to_owned(),
            field: field.as_deref().map(canonical),
        })
    }

    pub(super) fn sdk(&self) -> sdk::PlacementStrategy {
        let strategy = sdk::PlacementStrategy::builder().r#type(self.kind.as_str().into());
        strategy.set_field(self.field.clone()).build()
    }
}

impl PlacementConstraint {
    pub(super) fn of(written: &model::PlacementConstraint) -> Self {
        let kind = Value::of(&written.kind).to_string();
        Self { kind, expression: written.expression.clone() }
    }

    pub(super) fn read(read: sdk::PlacementConstraint) -> Option<Self> {
        let expression = read.expression.filter(|expression| !expression.is_empty());
        Some(Self { kind: read.r#type?.as_str().to_owned(), expression })
    }

    pub(super) fn sdk(&self) -> sdk::PlacementConstraint {
        let constraint = sdk::PlacementConstraint::builder().r#type(self.kind.as_str().into());
        constraint.set_expression(self.expression.clone()).build()
    }
}

pub(super) fn strategies(read: Option<Vec<sdk::PlacementStrategy>>) -> Vec<PlacementStrategy> {
    read.unwrap_or_default().into_iter().filter_map(PlacementStrategy::read).collect()
}

pub(super) fn constraints(read: Option<Vec<sdk::PlacementConstraint>>) -> Set<PlacementConstraint> {
    read.unwrap_or_default().into_iter().filter_map(PlacementConstraint::read).collect()
}

/// AWS returns `memory` as `MEMORY`, and takes `host` for `instanceId`.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html>
fn canonical(field: &str) -> String {
    match field.to_ascii_lowercase().as_str() {
        "host" | "instanceid" => "instanceId".to_owned(),
        resource @ ("cpu" | "memory") => resource.to_owned(),
        _ => field.to_owned(),
    }
}
