//! The registry. Adding a kind is one file beside this one and one line below.

use crate::kind::{AnyKind, Erased};

pub mod shared;

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
    log_group::LogGroup,
    file_system::FileSystem,
    target_group::TargetGroup,
    task_definition::TaskDefinition,
    load_balancer::LoadBalancer,
    listener::Listener,
    mount_target::MountTarget,
    access_point::AccessPoint,
    scalable_target::ScalableTarget,
    scaling_policy::ScalingPolicy,
}
