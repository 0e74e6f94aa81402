//! The documents as the kinds read them: defaults filled in, units as integers, references that exist.

pub mod cluster;
pub mod file_system;
pub mod load_balancer;
pub mod network;
pub mod service;
pub mod task_role;
