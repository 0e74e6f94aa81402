//! Which instances tasks are put on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A preference for some instances over others; the strategies count in the order in which they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PlacementStrategy {
    /// What is preferred.
    #[serde(rename = "type")]
    pub kind: PlacementStrategyType,
    /// Of `binpack`, `cpu` or `memory`; of `spread`, `instanceId`, `host`, which is the same, or an attribute such as
    /// `attribute:ecs.availability-zone`. `random` has none.
    #[schemars(regex(
        pattern = r"^([cC][pP][uU]|[mM][eE][mM][oO][rR][yY]|instanceId|host|attribute:.+)$"
    ))]
    #[schemars(extend("patternErrorMessage" = "expected `cpu`, `memory`, `instanceId`, `host` or `attribute:<name>`"))]
    #[schemars(example = &"attribute:ecs.availability-zone", example = &"memory")]
    pub field: Option<String>,
}

/// How instances are preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlacementStrategyType {
    /// The instance with the least of `field` that is enough: fewest instances.
    Binpack,
    /// Any.
    Random,
    /// Evenly over the values of `field`.
    Spread,
}

/// A condition that an instance must meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PlacementConstraint {
    /// What is asked.
    #[serde(rename = "type")]
    pub kind: PlacementConstraintType,
    /// In the cluster query language; of `memberOf` only. At most 2000 characters.
    #[schemars(length(min = 1, max = 2000))]
    #[schemars(example = &"attribute:ecs.instance-type =~ m6i.*")]
    pub expression: Option<String>,
}

/// What a placement constraint asks of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PlacementConstraintType {
    /// That it runs no other task of the service.
    DistinctInstance,
    /// That it satisfies `expression`.
    MemberOf,
}

/// The attribute of an instance that names its Availability Zone.
const ZONE: &str = "ecs.availability-zone";

/// Whether tasks are spread over Availability Zones.
pub fn spreads_over_zones(strategy: &PlacementStrategy) -> bool {
    let field = strategy.field.as_deref().and_then(|field| field.strip_prefix("attribute:"));
    strategy.kind == PlacementStrategyType::Spread && field == Some(ZONE)
}

/// Whether a constraint decides on the Availability Zone.
pub fn names_zones(constraint: &PlacementConstraint) -> bool {
    constraint.expression.as_ref().is_some_and(|expression| expression.contains(ZONE))
}
