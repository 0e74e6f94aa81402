//! The registry. Adding a kind is one file beside this one and one line below.

pub mod shared;
#[cfg(test)]
mod stack_for_tests;

use crate::kind::{AnyKind, Erased};

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
    log_group::LogGroup,
    file_system::FileSystem,
    mount_target::MountTarget,
    access_point::AccessPoint,
    scalable_target::ScalableTarget,
    scaling_policy::ScalingPolicy,
}
