//! The contract of a resource kind, and its erased form that the pipeline moves through.

mod contract;
mod erased;
mod marks;
mod origin;
mod survey;

pub use contract::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, Manifest, Outputs,
};
pub use erased::{AnyKind, DesiredRow, Erased, ErasedChange, LiveRow, PlannedCall};
pub use marks::{DIGEST_TAG, Marks, Scope, Tags, TagsChange, read_tags};
pub use origin::Origin;
pub use survey::Survey;
