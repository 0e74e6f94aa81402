//! A listener rule as it is wanted and as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::authenticate::Authenticate;
use crate::kind::Tags;
use crate::kinds::shared::answers::{FixedResponse, Redirect};
use crate::value::{Resolvable, Set};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerRuleSpec {
    /// The name in the rule's address: AWS has none for it. A foreign rule's is its ARN.
    pub name: String,
    /// ARN.
    pub listener: Resolvable,
    /// `None` until `Kind::settle` has chosen one.
    pub priority: Option<u32>,
    /// In the order of the manifest.
    pub hosts: Vec<String>,
    pub paths: Set<String>,
    /// By name.
    pub headers: BTreeMap<String, Set<String>>,
    pub methods: Set<String>,
    pub query: Set<QueryPattern>,
    /// CIDR blocks.
    pub source_ips: Set<String>,
    pub authenticate: Authenticate,
    pub action: Action,
    /// Conditions and actions that no manifest asks for, by type.
    pub other: Set<String>,
    pub swap: Option<Swap>,
    pub tags: Tags,
}

impl ListenerRuleSpec {
    /// As AWS shows it.
    pub(super) fn without_secret(&self) -> Self {
        Self { authenticate: self.authenticate.without_secret(), ..self.clone() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueryPattern {
    pub key: Option<String>,
    pub value: String,
}

/// What a rule does with the requests that it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    Forward(Forward),
    Redirect(Redirect),
    FixedResponse(FixedResponse),
    /// What no manifest asks for; [`ListenerRuleSpec::other`] has its type.
    Other,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forward {
    pub target_groups: Set<Weighted>,
    /// Seconds that a client stays with a target group; 0 is off.
    pub stickiness: u32,
    /// ARN of the target group that most requests go to, where ECS decides on that.
    pub busiest: Option<Resolvable>,
}

/// A target group and its share of the requests. The weight of a single one is 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Weighted {
    /// ARN.
    pub target_group: Resolvable,
    pub weight: u32,
}

/// How a rule gets its priority among those that take each other's: AWS exchanges them in one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Swap {
    /// Its call has these places too.
    Leads(Vec<Place>),
    /// In the call of another one.
    Follows,
}

/// A priority, and the rule that it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub arn: String,
    pub name: String,
    pub priority: u32,
}

impl Forward {
    /// A weight means nothing where there is one target group.
    pub(super) fn new(target_groups: Set<Weighted>, stickiness: u32) -> Self {
        let only = target_groups.0.len() == 1;
        let weigh = |group: Weighted| match group {
            Weighted { target_group, weight: 1.. } if only => Weighted { target_group, weight: 1 },
            group => group,
        };
        Self {
            target_groups: target_groups.0.into_iter().map(weigh).collect(),
            stickiness,
            busiest: None,
        }
    }

    pub(super) fn weight(&self, target_group: &Resolvable) -> Option<u32> {
        let mut groups = self.target_groups.0.iter();
        groups.find(|group| group.target_group == *target_group).map(|group| group.weight)
    }
}
