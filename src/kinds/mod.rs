//! The registry. Adding a kind is one file beside this one and one line below.

use crate::kind::{AnyKind, Erased};

#[cfg(test)]
mod samples;

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
    cluster::Cluster,
    log_group::LogGroup,
}
