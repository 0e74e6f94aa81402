//! What must be so in the account before a plan can work: what to ask of it, and the judgement of its
//! answers. Pure; `backend` reads.

mod answers;
mod certificates;
mod environment_files;
mod findings;
mod image_name;
mod images;
mod network;
mod quotas;
mod roles;
mod routes;
mod scene;
mod secrets;
mod security_groups;
#[cfg(test)]
mod testing;

pub use answers::{
    Answer, Answers, CertificateFacts, Denial, GroupFacts, Groups, ImageFacts, OwnGroup,
    Permission, Platform, RoleFacts, SecretFacts, SubnetRoutes, Unread, Way,
};
pub use findings::{Finding, Report, Tally};
pub use image_name::{ImageName, Registry, Version};
pub use quotas::Quota;
pub use roles::Grant;
pub use scene::{Extent, Scene};
pub use secrets::{SecretName, Store};

use std::collections::{BTreeMap, BTreeSet};

use findings::Findings;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Images,
    Secrets,
    EnvironmentFiles,
    Roles,
    Routes,
    SecurityGroups,
    Certificates,
    Quotas,
}

impl Subject {
    pub const ALL: &[Self] = &[
        Self::Images,
        Self::Secrets,
        Self::EnvironmentFiles,
        Self::Roles,
        Self::Routes,
        Self::SecurityGroups,
        Self::Certificates,
        Self::Quotas,
    ];

    /// Those that take a call or two each, and tell of the mistakes that most rollouts fail by.
    pub const CHEAP: &[Self] = &[Self::Images, Self::Secrets, Self::Certificates];

    /// In the plural, as people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Secrets => "secrets",
            Self::EnvironmentFiles => "environment files",
            Self::Roles => "roles",
            Self::Routes => "routes",
            Self::SecurityGroups => "security groups",
            Self::Certificates => "certificates",
            Self::Quotas => "quotas",
        }
    }

    /// The code of the warning that something of the subject could not be checked.
    const fn unchecked(self) -> &'static str {
        match self {
            Self::Images => "image-unchecked",
            Self::Secrets => "secret-unchecked",
            Self::EnvironmentFiles => "environment-file-unchecked",
            Self::Roles => "role-unchecked",
            Self::Routes => "route-unchecked",
            Self::SecurityGroups => "security-group-unchecked",
            Self::Certificates => "certificate-unchecked",
            Self::Quotas => "quota-unchecked",
        }
    }
}

/// What the account is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// As task definitions name them.
    pub images: BTreeSet<String>,
    pub secrets: BTreeSet<SecretName>,
    /// ARNs of objects.
    pub environment_files: BTreeSet<String>,
    /// ARNs, with what each role must be allowed.
    pub roles: BTreeMap<String, BTreeSet<Grant>>,
    /// Ids of subnets by VPC, for their routes.
    pub subnets: BTreeMap<String, BTreeSet<String>>,
    pub groups: Option<GroupQuestions>,
    /// ARNs.
    pub certificates: BTreeSet<String>,
    pub quotas: BTreeSet<Quota>,
}

/// What is asked of security groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupQuestions {
    /// Ids.
    pub ids: BTreeSet<String>,
    /// Groups of the stack itself, which may not be there yet.
    pub own: BTreeSet<OwnGroup>,
    /// Ids, for their CIDR blocks.
    pub subnets: BTreeSet<String>,
}

impl Questions {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// All that must be asked to check the scene.
pub fn questions(scene: &Scene<'_>) -> Questions {
    let mut questions = Questions::default();
    for subject in scene.subjects() {
        match subject {
            Subject::Images => images::ask(scene, &mut questions),
            Subject::Secrets => secrets::ask(scene, &mut questions),
            Subject::EnvironmentFiles => environment_files::ask(scene, &mut questions),
            Subject::Roles => roles::ask(scene, &mut questions),
            Subject::Routes => routes::ask(scene, &mut questions),
            Subject::SecurityGroups => security_groups::ask(scene, &mut questions),
            Subject::Certificates => certificates::ask(scene, &mut questions),
            Subject::Quotas => quotas::ask(scene, &mut questions),
        }
    }
    questions
}

/// Judges the answers.
pub fn judge(scene: &Scene<'_>, answers: &Answers) -> Report {
    let mut report = Report::default();
    for subject in scene.subjects() {
        let mut findings = Findings::of(*subject);
        match subject {
            Subject::Images => images::judge(scene, answers, &mut findings),
            Subject::Secrets => secrets::judge(scene, answers, &mut findings),
            Subject::EnvironmentFiles => environment_files::judge(scene, answers, &mut findings),
            Subject::Roles => roles::judge(scene, answers, &mut findings),
            Subject::Routes => routes::judge(scene, answers, &mut findings),
            Subject::SecurityGroups => security_groups::judge(scene, answers, &mut findings),
            Subject::Certificates => certificates::judge(scene, answers, &mut findings),
            Subject::Quotas => quotas::judge(scene, answers, &mut findings),
        }
        report.add(findings);
    }
    report
}
