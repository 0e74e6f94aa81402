//! The registry. Adding a kind is one file beside this one and one line below.

pub mod shared;
use crate::kind::{AnyKind, Erased};

#[cfg(test)]
pub(crate) mod samples;

macro_rules! kinds {
    ($($module:ident :: $kind:ident),+ $(,)?) => {
        $(pub mod $module;)+

        /// Every kind, in the order of registration.
        pub static ALL: &[&'static dyn AnyKind] = &[$(&Erased::<$module::$kind>::new()),+];

        #[cfg(test)]
        mod laws {
            $(#[tokio::test]
            async fn $module() {
                crate::laws::check::<super::$module::$kind>().await;
            })+
        }
    };
}

kinds! {
    security_group::SecurityGroup,
    role::Role,
    instance_profile::InstanceProfile,
    launch_template::LaunchTemplate,
    log_group::LogGroup,
    cluster::Cluster,
    auto_scaling_group::AutoScalingGroup,
    auto_scaling_policy::AutoScalingPolicy,
    capacity_provider::CapacityProvider,
    cluster_capacity_providers::ClusterCapacityProviders,
    file_system::FileSystem,
    mount_target::MountTarget,
    access_point::AccessPoint,
    load_balancer::LoadBalancer,
    classic_load_balancer::ClassicLoadBalancer,
    target_group::TargetGroup,
    listener::Listener,
    listener_rule::ListenerRule,
    task_definition::TaskDefinition,
    service::Service,
    scalable_target::ScalableTarget,
    scaling_policy::ScalingPolicy,
    scheduled_action::ScheduledAction,
    alarm::Alarm,
}
