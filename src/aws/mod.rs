//! Everything between a resource kind and AWS: clients, credentials, pacing, retries, errors.

mod call;
mod classify;
mod clients;
pub mod cloudwatch;
mod connect;
mod count;
pub mod ec2;
mod error;
mod eventual;
pub mod json;
mod pace;
mod s3;
mod tags;
pub mod web;

pub use call::{Attempt, Schedule};
pub use clients::Aws;
pub use connect::{ConnectOptions, connect};
pub use count::CallCounter;
pub use error::{AwsError, ErrorKind, Failure, found, gone};
pub use tags::{TagFilter, TaggedResource};

#[cfg(test)]
pub(crate) mod replay;
