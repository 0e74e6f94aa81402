//! What the account answered.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::quotas::Quota;
use super::secrets::SecretName;

/// What was read, or why nothing was.
pub type Answer<T> = Result<T, Unread>;

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What the identity lacks, such as `acm:DescribeCertificate`, if that is the reason.
    pub permission: Option<String>,
    /// A lowercase fragment.
    pub reason: String,
}

impl Unread {
    pub fn because(reason: impl Into<String>) -> Self {
        Self { permission: None, reason: reason.into() }
    }

    /// The identity may not do this.
    pub fn denied(permission: impl Into<String>) -> Self {
        let permission = permission.into();
        let reason = format!("the identity lacks the permission `{permission}`");
        Self { permission: Some(permission), reason }
    }
}

/// By what was asked about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// Seconds since 1970.
    pub now: i64,
    pub images: BTreeMap<String, Answer<ImageFacts>>,
    pub secrets: BTreeMap<SecretName, Answer<SecretFacts>>,
    /// Whether the object is there.
    pub environment_files: BTreeMap<String, Answer<bool>>,
    pub roles: BTreeMap<String, Answer<RoleFacts>>,
    /// By the id of the subnet.
    pub routes: BTreeMap<String, Answer<SubnetRoutes>>,
    pub groups: Option<Answer<Groups>>,
    pub certificates: BTreeMap<String, Answer<CertificateFacts>>,
    pub quotas: BTreeMap<Quota, Answer<f64>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ImageFacts {
    /// A lowercase fragment says what is missing: the image, or its repository.
    Missing(String),
    /// The registry does not show it to the nameless.
    Refused,
    /// What it was built for; empty when the image does not say.
    Found(Answer<Vec<Platform>>),
}

/// What an image was built for, in the words of OCI: `linux` and `amd64`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    pub os: String,
    pub architecture: String,
}

impl Platform {
    pub fn new(os: impl Into<String>, architecture: impl Into<String>) -> Self {
        Self { os: os.into(), architecture: architecture.into() }
    }

    /// Reads `linux/amd64`; a variant such as the `v8` of `linux/arm64/v8` does not matter to ECS.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        Some(Self::new(parts.next()?, parts.next()?))
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretFacts {
    Missing,
    Parameter,
    /// Stages by the id of the version that has them.
    Secret {
        is_deleted: bool,
        versions: BTreeMap<String, Vec<String>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleFacts {
    Missing,
    Found {
        /// Services that may act as the role, such as `ecs-tasks.amazonaws.com`.
        trusts: BTreeSet<String>,
        /// What the role is not allowed of what it was asked about.
        denials: Answer<Vec<Denial>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Denial {
    pub action: String,
    pub resource: String,
    /// A statement says so, rather than none that allows it.
    pub is_explicit: bool,
}

/// The ways out of a subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetRoutes {
    /// Where 0.0.0.0/0 leads.
    pub default: Way,
    /// VPC endpoints that requests from the subnet go to, by the last part of their service's name,
    /// such as `ecr.api`.
    pub endpoints: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    Nowhere,
    /// Only for who has a public address.
    InternetGateway,
    /// A NAT gateway, or somebody else's way out.
    Other,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Those of the ids that are there.
    pub by_id: BTreeMap<String, GroupFacts>,
    /// The ids of the stack's own groups that are there.
    pub own: BTreeMap<OwnGroup, String>,
    /// CIDR blocks of subnets, by id.
    pub blocks: BTreeMap<String, String>,
}

/// A group that ecsctl makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnGroup {
    pub vpc: String,
    /// Physical name.
    pub name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupFacts {
    pub vpc: String,
    pub ingress: Vec<Permission>,
    pub egress: Vec<Permission>,
}

/// Whom a security group lets through, and on which ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    /// `tcp`, `-1` for all, or another.
    pub protocol: String,
    /// None: all.
    pub ports: Option<(i32, i32)>,
    /// IPv4.
    pub blocks: Vec<String>,
    /// Ids.
    pub groups: Vec<String>,
    /// Whoever is in a prefix list, which was not read.
    pub has_prefix_lists: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateFacts {
    Missing,
    Found {
        /// `ISSUED`, or what keeps it from being used.
        status: String,
        /// Hosts; none when the source does not tell them.
        names: Option<Vec<String>>,
        /// Seconds since 1970.
        not_after: Option<i64>,
    },
}
