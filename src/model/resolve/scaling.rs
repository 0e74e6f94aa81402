//! The scaling of a Service document.

use super::Context;
use crate::model::documents::scaling as document;
use crate::model::documents::service::Service;
use crate::model::resolved::scaling::{Scaling, TargetTracking};

pub(super) fn resolve(
    context: &Context<'_>,
    service: &Service,
    scaling: &document::Scaling,
) -> Scaling {
    let tracking = scaling.target_tracking.iter().map(|tracking| TargetTracking {
        policy_name: context.names.scaling_policy(&service.name, tracking.metric),
        metric: tracking.metric,
        target: tracking.target,
        scale_in_cooldown: tracking.scale_in_cooldown.0,
        scale_out_cooldown: tracking.scale_out_cooldown.0,
        disable_scale_in: tracking.disable_scale_in,
    });
    Scaling { min: scaling.min, max: scaling.max, target_tracking: tracking.collect() }
}
