//! What sends requests to a service, and the target groups that ECS shifts them between.

use std::collections::BTreeMap;

use aws_sdk_ecs::types as sdk;
use serde::{Deserialize, Serialize};

use crate::kind::LiveRow;
use crate::kinds::shared::routing::{Route, is_alternate};
use crate::model::resolved::classic_load_balancer::ClassicTarget;
use crate::value::{Resolvable, Set};

/// The fields of an advanced configuration, as AWS spells them.
const ALTERNATE_TARGET_GROUP: &str = "alternateTargetGroupArn";
const PRODUCTION_LISTENER_RULE: &str = "productionListenerRule";
const TEST_LISTENER_RULE: &str = "testListenerRule";
const ROLE: &str = "roleArn";

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancer {
    /// ARN; none with a Classic Load Balancer.
    pub target_group: Option<Resolvable>,
    /// Of a Classic Load Balancer.
    pub load_balancer_name: Option<Resolvable>,
    pub container: String,
    pub port: u16,
    /// ARNs by AWS's name for them; empty with the strategy `ROLLING`.
    pub advanced_configuration: BTreeMap<String, Resolvable>,
    /// ECS has put the tasks in the alternate target group, and calls that the target group. Whether
    /// it has is up to the last deployment.
    pub is_swapped: Option<bool>,
}

impl LoadBalancer {
    pub(super) fn of(route: &Route<'_>) -> Self {
        Self {
            target_group: Some(Resolvable::reference("target-group", &route.name, "arn")),
            load_balancer_name: None,
            container: route.target.container.clone(),
            port: route.target.container_port,
            advanced_configuration: advanced(route),
            is_swapped: None,
        }
    }

    pub(super) fn classic(target: &ClassicTarget) -> Self {
        let name = Resolvable::reference("classic-load-balancer", &target.load_balancer, "name");
        Self {
            target_group: None,
            load_balancer_name: Some(name),
            container: target.container.clone(),
            port: target.container_port,
            advanced_configuration: BTreeMap::new(),
            is_swapped: None,
        }
    }

    /// `live`: the target groups, whose tags tell the alternate one from the other.
    pub(super) fn read(read: sdk::LoadBalancer, live: &[LiveRow]) -> Option<Self> {
        let known = |arn: String| Resolvable::from(arn);
        let mut found = Self {
            target_group: read.target_group_arn.map(known),
            load_balancer_name: read.load_balancer_name.map(known),
            container: read.container_name?,
            port: u16::try_from(read.container_port?).ok()?,
            advanced_configuration: BTreeMap::new(),
            is_swapped: None,
        };
        if let Some(advanced) = read.advanced_configuration {
            let fields = [
                (ALTERNATE_TARGET_GROUP, advanced.alternate_target_group_arn),
                (PRODUCTION_LISTENER_RULE, advanced.production_listener_rule),
                (TEST_LISTENER_RULE, advanced.test_listener_rule),
                (ROLE, advanced.role_arn),
            ];
            let fields =
                fields.into_iter().filter_map(|(name, arn)| Some((name.to_owned(), arn?.into())));
            found.advanced_configuration = fields.collect();
            let is_swapped =
                found.target_group.as_ref().is_some_and(|arn| is_alternate(live, arn.text()));
            found = if is_swapped { found.swapped() } else { found };
            found.is_swapped = Some(is_swapped);
        }
        Some(found)
    }

    pub(super) fn sdk(&self) -> sdk::LoadBalancer {
        let entry = if self.is_swapped == Some(true) { self.swapped() } else { self.clone() };
        let field =
            |name: &str| entry.advanced_configuration.get(name).map(|arn| arn.text().to_owned());
        let advanced = (!entry.advanced_configuration.is_empty()).then(|| {
            sdk::AdvancedConfiguration::builder()
                .set_alternate_target_group_arn(field(ALTERNATE_TARGET_GROUP))
                .set_production_listener_rule(field(PRODUCTION_LISTENER_RULE))
                .set_test_listener_rule(field(TEST_LISTENER_RULE))
                .set_role_arn(field(ROLE))
                .build()
        });
        let text = |resolvable: &Resolvable| resolvable.text().to_owned();
        sdk::LoadBalancer::builder()
            .set_target_group_arn(entry.target_group.as_ref().map(text))
            .set_load_balancer_name(entry.load_balancer_name.as_ref().map(text))
            .container_name(&entry.container)
            .container_port(entry.port.into())
            .set_advanced_configuration(advanced)
            .build()
    }

    /// With the two target groups in each other's place.
    fn swapped(&self) -> Self {
        let mut swapped = self.clone();
        if let Some(alternate) = swapped.advanced_configuration.get_mut(ALTERNATE_TARGET_GROUP)
            && let Some(target_group) = &mut swapped.target_group
        {
            std::mem::swap(alternate, target_group);
        }
        swapped
    }

    fn target_groups(&self) -> (Option<&Resolvable>, Option<&Resolvable>) {
        (self.target_group.as_ref(), self.advanced_configuration.get(ALTERNATE_TARGET_GROUP))
    }
}

/// The wanted entries, with the tasks where they are.
pub(super) fn as_swapped_as(
    wanted: &Set<LoadBalancer>,
    live: &Set<LoadBalancer>,
) -> Set<LoadBalancer> {
    let entry = |wanted: &LoadBalancer| {
        let found = live.0.iter().find(|live| live.target_groups() == wanted.target_groups());
        LoadBalancer { is_swapped: found.and_then(|found| found.is_swapped), ..wanted.clone() }
    };
    wanted.0.iter().map(entry).collect()
}

fn advanced(route: &Route<'_>) -> BTreeMap<String, Resolvable> {
    let Some(alternate) = &route.alternate else { return BTreeMap::new() };
    let reference = Resolvable::reference;
    let role = format!("infrastructure-{}", route.service.name);
    let fields = [
        (ALTERNATE_TARGET_GROUP, Some(reference("target-group", alternate, "arn"))),
        // Of a listener that has no rules, such as a Network Load Balancer's, its own ARN.
        (PRODUCTION_LISTENER_RULE, Some(reference("listener-rule", &route.name, "arn"))),
        (TEST_LISTENER_RULE, route.test.as_ref().map(|it| reference("listener-rule", it, "arn"))),
        (ROLE, Some(reference("role", &role, "arn"))),
    ];
    fields.into_iter().filter_map(|(name, arn)| Some((name.to_owned(), arn?))).collect()
}
