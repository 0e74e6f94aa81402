//! The contract of a resource kind, and its erased form that the pipeline moves through.

mod contract;
mod erased;
mod marks;
mod survey;

pub use contract::{Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, Manifest, Outputs};
pub use erased::{AnyKind, DesiredRow, Erased, ErasedChange, LiveRow, PlannedCall};
pub use marks::{DIGEST_TAG, Marks, Scope, Tags, TagsChange};
pub use survey::Survey;
