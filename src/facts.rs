//! What must be known of the account before any row can be worked out.

use std::collections::BTreeMap;

/// The account that a stack goes to, and what of it the stack uses as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Twelve digits.
    pub account: String,
    pub region: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// By the name of the `Network` document.
    pub networks: BTreeMap<String, NetworkFacts>,
    /// ARNs of the Auto Scaling groups that the manifests name and somebody else made, by name.
    pub auto_scaling_groups: BTreeMap<String, String>,
    /// Those that are there already, by the name of the `LoadBalancer` document.
    pub load_balancers: BTreeMap<String, LoadBalancerFacts>,
}

impl Facts {
    /// `arn:<partition>:<service>:<region>:<account>:<resource>`
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    /// The ARN of an SSM parameter, whose name may begin with `/`.
    pub fn parameter_arn(&self, name: &str) -> String {
        self.arn("ssm", &format!("parameter/{}", name.strip_prefix('/').unwrap_or(name)))
    }
}

/// One VPC as a `Network` document sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkFacts {
    pub vpc: String,
    /// Where tasks and mount targets go.
    pub subnets: Vec<Subnet>,
    /// Where load balancers go.
    pub load_balancer_subnets: Vec<Subnet>,
}

/// A load balancer that others made.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancerFacts {
    pub arn: String,
    /// Ids.
    pub security_groups: Vec<String>,
    /// ARNs by the name in the manifest.
    pub listeners: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subnet {
    pub id: String,
    pub availability_zone: String,
    /// Its route table leads to an internet gateway, or it is a default subnet.
    pub is_public: bool,
}
