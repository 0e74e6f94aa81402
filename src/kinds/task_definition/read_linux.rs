//! A container's settings of the Linux kernel, from AWS's description and to a request.

use aws_sdk_ecs::types as sdk;

use super::read::{count, named, set, word};
use super::spec::{Capabilities, Device, LinuxParameters, Tmpfs};

pub(super) fn linux_parameters(read: sdk::LinuxParameters) -> LinuxParameters {
    let capabilities =
        read.capabilities.map(|read| Capabilities { add: set(read.add), drop: set(read.drop) });
    LinuxParameters {
        init_process_enabled: read.init_process_enabled.unwrap_or(false),
        capabilities: capabilities.unwrap_or_default(),
        devices: named(read.devices, device),
        max_swap: read.max_swap.map(count),
        swappiness: read.swappiness.map(count),
        shared_memory_size: read.shared_memory_size.map(count),
        tmpfs: named(read.tmpfs, tmpfs),
    }
}

/// Docker gives all permissions when none are written.
fn device(read: sdk::Device) -> (Option<String>, Device) {
    let written = read.permissions.filter(|permissions| !permissions.is_empty());
    let permissions = written.unwrap_or_else(|| {
        let permissions = [
            sdk::DeviceCgroupPermission::Read,
            sdk::DeviceCgroupPermission::Write,
            sdk::DeviceCgroupPermission::Mknod,
        ];
        permissions.to_vec()
    });
    let container_path = read.container_path.unwrap_or_else(|| read.host_path.clone());
    let permissions = permissions.into_iter().map(word).collect();
    (Some(read.host_path), Device { container_path, permissions })
}

fn tmpfs(read: sdk::Tmpfs) -> (Option<String>, Tmpfs) {
    let tmpfs = Tmpfs { size: count(read.size), mount_options: set(read.mount_options) };
    (Some(read.container_path), tmpfs)
}
