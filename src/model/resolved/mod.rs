//! The documents as the kinds read them: defaults filled in, units as integers, references that exist.

pub mod classic_load_balancer;
pub mod cluster;
pub mod deployment;
pub mod file_system;
pub mod instances;
pub mod job;
pub mod load_balancer;
pub mod network;
pub mod rule;
pub mod scaling;
pub mod service;
pub mod target;
pub mod task;
pub mod task_role;
pub mod workload;
