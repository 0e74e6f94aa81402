//! EC2 without aws-sdk-ec2, which takes 7 GB of memory to compile: the dozen operations we need, on
//! the SDK's own orchestrator.

mod client;
mod launch_templates;
mod model;
mod operations;
mod pages;
pub(super) mod wire;

pub use client::Ec2;
pub(super) use client::{QueryClient, Refused, Service, Shared};
pub use launch_templates::{
    BlockDeviceMapping, Ebs, InstanceProfile, LaunchTemplate, LaunchTemplateData,
    LaunchTemplateVersion, MetadataOptions, Monitoring, TagSpecification,
};
pub use model::{
    Association, GroupIdentifier, GroupPair, IpRange, Ipv6Range, NetworkInterface, Permission,
    PrefixList, Route, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint,
};
pub use operations::{Direction, NewSecurityGroup};
pub use pages::Filter;
