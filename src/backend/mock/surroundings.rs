//! What others have in a mock account, as far as a check asks for it: the `surroundings` of its file.
//! Of what a list there is not written for, all is there that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::verify::{
    Answer, Answers, CertificateFacts, Denial, GroupFacts, GroupQuestions, Groups, ImageFacts,
    ImageName, Permission, Platform, Questions, Quota, Registry, RoleFacts, SecretFacts,
    SecretName, Store, SubnetRoutes, Unread, Way,
};

const DAY: i64 = 24 * 60 * 60;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Surroundings {
    /// Names of images, with what each was built for, such as `linux/arm64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<BTreeMap<String, Vec<String>>>,
    /// As manifests refer to them: `ssm:/shop/db`, `secretsmanager:shop/api`, or ARNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets: Option<BTreeSet<String>>,
    /// ARNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_files: Option<BTreeSet<String>>,
    /// By ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<BTreeMap<String, Role>>,
    /// By id.
    #[serde(skip_serializing_if = "Option::is_none")]
    subnets: Option<BTreeMap<String, Subnet>>,
    /// By id.
    #[serde(skip_serializing_if = "Option::is_none")]
    security_groups: Option<BTreeMap<String, Group>>,
    /// By ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<BTreeMap<String, Certificate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quotas: Option<Quotas>,
    /// Permissions that the identity lacks, such as `acm:DescribeCertificate`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    denied: BTreeSet<String>,
    /// Hosts of registries.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    unreachable: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Role {
    /// Services that may act as it.
    trusts: BTreeSet<String>,
    /// Actions that it does not allow.
    denies: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Subnet {
    way: MockWay,
    #[serde(default)]
    endpoints: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum MockWay {
    Nowhere,
    InternetGateway,
    Nat,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Group {
    ingress: Vec<Rule>,
    egress: Vec<Rule>,
}

/// TCP at one port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    port: u16,
    /// CIDR blocks and ids of security groups.
    peers: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Certificate {
    #[serde(default = "issued")]
    status: String,
    names: Vec<String>,
    #[serde(default = "a_year")]
    days_left: i64,
}

fn issued() -> String {
    "ISSUED".to_owned()
}

const fn a_year() -> i64 {
    365
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Quotas {
    #[serde(skip_serializing_if = "Option::is_none")]
    fargate_vcpus: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    listeners: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<f64>,
}

impl Surroundings {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn answers(&self, questions: &Questions) -> Answers {
        Answers {
            // Certificates say how long they last, not until when.
            now: 0,
            images: answered(&questions.images, |image| self.image(image)),
            secrets: answered(&questions.secrets, |name| self.secret(name)),
            environment_files: answered(&questions.environment_files, |arn| self.file(arn)),
            roles: questions
                .roles
                .keys()
                .map(|arn| (arn.clone(), self.role(arn, questions)))
                .collect(),
            routes: answered(questions.subnets.values().flatten(), |id| self.routes(id)),
            groups: questions.groups.as_ref().map(|asked| self.groups(asked)),
            certificates: answered(&questions.certificates, |arn| self.certificate(arn)),
            quotas: answered(&questions.quotas, |quota| self.quota(*quota)),
        }
    }

    fn may(&self, permission: &str) -> Result<(), Unread> {
        if self.denied.contains(permission) { Err(Unread::denied(permission)) } else { Ok(()) }
    }

    fn image(&self, image: &str) -> Answer<ImageFacts> {
        match ImageName::parse(image).registry {
            Registry::Ecr { .. } => self.may("ecr:BatchGetImage")?,
            Registry::Other(host) if self.unreachable.contains(&host) => {
                return Err(Unread::because(format!(
                    "{host} cannot be reached: connection refused"
                )));
            }
            Registry::Other(_) => {}
        }
        let Some(images) = &self.images else {
            let all = ["linux/amd64", "linux/arm64", "windows/amd64"];
            return Ok(ImageFacts::Found(Ok(all
                .iter()
                .filter_map(|it| Platform::parse(it))
                .collect())));
        };
        Ok(match images.get(image) {
            Some(all) => {
                ImageFacts::Found(Ok(all.iter().filter_map(|it| Platform::parse(it)).collect()))
            }
            None => ImageFacts::Missing("its registry has no such image".to_owned()),
        })
    }

    fn secret(&self, name: &SecretName) -> Answer<SecretFacts> {
        let (prefix, permission) = match name.store {
            Store::Parameters => ("ssm", "ssm:DescribeParameters"),
            Store::SecretsManager => ("secretsmanager", "secretsmanager:DescribeSecret"),
        };
        self.may(permission)?;
        let written = format!("{prefix}:{}", name.id);
        let is_there =
            |secrets: &BTreeSet<String>| secrets.contains(&name.id) || secrets.contains(&written);
        if !self.secrets.as_ref().is_none_or(is_there) {
            return Ok(SecretFacts::Missing);
        }
        Ok(match name.store {
            Store::Parameters => SecretFacts::Parameter,
            Store::SecretsManager => {
                let stages = vec!["AWSCURRENT".to_owned(), "AWSPREVIOUS".to_owned()];
                let versions = BTreeMap::from([("v1".to_owned(), stages)]);
                SecretFacts::Secret { is_deleted: false, versions }
            }
        })
    }

    fn file(&self, arn: &String) -> Answer<bool> {
        self.may("s3:GetObject")?;
        Ok(self.environment_files.as_ref().is_none_or(|files| files.contains(arn)))
    }

    fn role(&self, arn: &str, questions: &Questions) -> Answer<RoleFacts> {
        self.may("iam:GetRole")?;
        let tasks = || Role {
            trusts: BTreeSet::from(["ecs-tasks.amazonaws.com".to_owned()]),
            denies: BTreeSet::new(),
        };
        let role = self.roles.as_ref().map_or_else(|| Some(tasks()), |all| all.get(arn).cloned());
        let Some(Role { trusts, denies }) = role else { return Ok(RoleFacts::Missing) };
        let grants = questions.roles.get(arn).into_iter().flatten();
        let denials = grants.flat_map(|grant| {
            let denied = grant.actions.iter().filter(|action| denies.contains(*action));
            denied.flat_map(|action| {
                grant.resources.iter().map(|resource| Denial {
                    action: action.clone(),
                    resource: resource.clone(),
                    is_explicit: false,
                })
            })
        });
        let simulated = self.may("iam:SimulatePrincipalPolicy");
        Ok(RoleFacts::Found { trusts, denials: simulated.map(|()| denials.collect()) })
    }

    fn routes(&self, id: &str) -> Answer<SubnetRoutes> {
        self.may("ec2:DescribeRouteTables")?;
        let Some(subnets) = &self.subnets else {
            return Ok(SubnetRoutes { default: Way::Other, endpoints: BTreeSet::new() });
        };
        let Some(Subnet { way, endpoints }) = subnets.get(id) else {
            return Err(Unread::because("the account file has no such subnet"));
        };
        let default = match way {
            MockWay::Nowhere => Way::Nowhere,
            MockWay::InternetGateway => Way::InternetGateway,
            MockWay::Nat => Way::Other,
        };
        Ok(SubnetRoutes { default, endpoints: endpoints.clone() })
    }

    fn groups(&self, asked: &GroupQuestions) -> Answer<Groups> {
        self.may("ec2:DescribeSecurityGroups")?;
        let facts = |id: &String| match &self.security_groups {
            None => Some(open()),
            Some(groups) => groups.get(id).map(group_facts),
        };
        let by_id = asked.ids.iter().filter_map(|id| Some((id.clone(), facts(id)?))).collect();
        let block = |id: &String| (id.clone(), "10.0.0.0/16".to_owned());
        Ok(Groups {
            by_id,
            own: BTreeMap::new(),
            blocks: asked.subnets.iter().map(block).collect(),
        })
    }

    fn certificate(&self, arn: &String) -> Answer<CertificateFacts> {
        self.may("acm:DescribeCertificate")?;
        let found = |status: &str, names, days| CertificateFacts::Found {
            status: status.to_owned(),
            names,
            not_after: Some(days * DAY),
        };
        let Some(certificates) = &self.certificates else {
            return Ok(found("ISSUED", None, a_year()));
        };
        Ok(certificates.get(arn).map_or(CertificateFacts::Missing, |it| {
            found(&it.status, Some(it.names.clone()), it.days_left)
        }))
    }

    fn quota(&self, quota: Quota) -> Answer<f64> {
        let of = |value: fn(&Quotas) -> Option<f64>| {
            self.quotas.as_ref().and_then(value).unwrap_or(f64::INFINITY)
        };
        match quota {
            Quota::FargateVcpus => {
                self.may("servicequotas:GetServiceQuota")?;
                Ok(of(|quotas| quotas.fargate_vcpus))
            }
            Quota::Listeners => {
                self.may("elasticloadbalancing:DescribeAccountLimits")?;
                Ok(of(|quotas| quotas.listeners))
            }
            Quota::Rules => {
                self.may("elasticloadbalancing:DescribeAccountLimits")?;
                Ok(of(|quotas| quotas.rules))
            }
        }
    }
}

fn answered<'a, K: Ord + Clone + 'a, T>(
    asked: impl IntoIterator<Item = &'a K>,
    answer: impl Fn(&K) -> Answer<T>,
) -> BTreeMap<K, Answer<T>> {
    asked.into_iter().map(|key| (key.clone(), answer(key))).collect()
}

/// A group that lets everything through.
fn open() -> GroupFacts {
    let all = Permission {
        protocol: "-1".to_owned(),
        blocks: vec!["0.0.0.0/0".to_owned()],
        ..Permission::default()
    };
    GroupFacts { vpc: String::new(), ingress: vec![all.clone()], egress: vec![all] }
}

fn group_facts(group: &Group) -> GroupFacts {
    let permission = |rule: &Rule| {
        let is_group = |peer: &&String| peer.starts_with("sg-");
        let (groups, blocks) = rule.peers.iter().partition::<Vec<&String>, _>(is_group);
        Permission {
            protocol: "tcp".to_owned(),
            ports: Some((rule.port.into(), rule.port.into())),
            blocks: blocks.into_iter().cloned().collect(),
            groups: groups.into_iter().cloned().collect(),
            has_prefix_lists: false,
        }
    };
    GroupFacts {
        vpc: String::new(),
        ingress: group.ingress.iter().map(permission).collect(),
        egress: group.egress.iter().map(permission).collect(),
    }
}
