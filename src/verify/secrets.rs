//! Secrets and parameters are there. Nothing asks for their values, so their JSON keys stay unknown.

use super::Questions;
use super::answers::{Answers, SecretFacts, Unread};
use super::findings::{Findings, at};
use super::scene::{Scene, WorkloadView, escape};
use crate::facts::Facts;
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{Logging, SecretId, SecretReference, Volume};

/// A secret or a parameter, without what is meant of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretName {
    pub store: Store,
    /// A name, or an ARN.
    pub id: String,
    pub region: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// SSM Parameter Store.
    Parameters,
    SecretsManager,
}

impl SecretName {
    fn of(reference: &SecretReference, facts: &Facts) -> Self {
        let (store, id) = match reference {
            SecretReference::Ssm { id } => (Store::Parameters, id),
            SecretReference::SecretsManager { id, .. } => (Store::SecretsManager, id),
        };
        let (id, region) = match id {
            SecretId::Name(name) => (name, None),
            SecretId::Arn(arn) => (arn, arn.split(':').nth(3)),
        };
        let region = region.unwrap_or(&facts.region).to_owned();
        Self { store, id: id.clone(), region }
    }

    /// `parameter /shop/db`
    fn words(&self) -> String {
        match self.store {
            Store::Parameters => format!("parameter `{}`", self.id),
            Store::SecretsManager => format!("secret `{}`", self.id),
        }
    }
}

/// A reference to a secret, and where it is written.
struct Use<'a> {
    reference: &'a SecretReference,
    place: Option<Span>,
}

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    let names = uses(scene).map(|it| SecretName::of(it.reference, scene.facts));
    questions.secrets.extend(names);
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    let mut keys = 0;
    for used in uses(scene) {
        let name = SecretName::of(used.reference, scene.facts);
        keys += usize::from(has_key(used.reference));
        match answers.secrets.get(&name) {
            Some(Ok(facts)) => one(&used, &name, facts, findings),
            Some(Err(why)) => findings.unread(why, name.words(), used.place),
            None => {
                findings.unread(&Unread::because("nothing was asked"), name.words(), used.place);
            }
        }
    }
    if keys > 0 {
        let of = if keys == 1 { "a secret is" } else { "secrets are" };
        findings.note(format!(
            "whether the JSON of {of} what its key names stays unknown: values are never read"
        ));
    }
}

fn has_key(reference: &SecretReference) -> bool {
    matches!(reference, SecretReference::SecretsManager { json_key: Some(_), .. })
}

fn one(used: &Use<'_>, name: &SecretName, facts: &SecretFacts, findings: &mut Findings) {
    let problem = match facts {
        SecretFacts::Missing => {
            let message = format!("{} is not there in {}", name.words(), name.region);
            Problem::error("secret-missing", message).hint("create it first, or correct its name")
        }
        SecretFacts::Secret { is_deleted: true, .. } => {
            let message = format!("{} is about to be deleted, and cannot be read", name.words());
            Problem::error("secret-deleted", message)
                .hint("restore it, such as with `aws secretsmanager restore-secret`")
        }
        SecretFacts::Secret { versions, .. } => {
            let Some(version) = missing_version(used.reference, versions) else {
                return findings.pass();
            };
            let message = format!("{} has no {version}", name.words());
            Problem::error("secret-version", message)
                .hint("give it a value, or correct the version")
        }
        SecretFacts::Parameter => return findings.pass(),
    };
    findings.add(at(problem, used.place.as_ref(), "no task could start"));
}

/// What ECS would read and is not there. A secret without a value has no version at all.
fn missing_version(
    reference: &SecretReference,
    versions: &std::collections::BTreeMap<String, Vec<String>>,
) -> Option<String> {
    let SecretReference::SecretsManager { version_stage, version_id, .. } = reference else {
        return None;
    };
    if let Some(id) = version_id {
        return (!versions.contains_key(id)).then(|| format!("version `{id}`"));
    }
    let stage = version_stage.as_deref().unwrap_or("AWSCURRENT");
    let is_there = versions.values().flatten().any(|known| known == stage);
    (!is_there).then(|| format!("version with the stage `{stage}`"))
}

fn uses<'a>(scene: &Scene<'a>) -> impl Iterator<Item = Use<'a>> {
    let containers = scene.containers().flat_map(|container| {
        let login = container.container.repository_credentials.iter();
        let login = login.map(|it| (it, "/repositoryCredentials".to_owned()));
        let secrets = container.container.secrets.iter();
        let secrets = secrets.map(|(name, it)| (it, format!("/secrets/{}", escape(name))));
        let all = login
            .chain(secrets)
            .map(|(reference, pointer)| Use { reference, place: container.place(&pointer) });
        all.collect::<Vec<_>>()
    });
    containers.chain(scene.workloads().flat_map(of_task))
}

/// Those that belong to no container: of logging, and of volumes.
fn of_task(service: WorkloadView<'_>) -> Vec<Use<'_>> {
    let task = &service.value.task;
    let options = match &task.logging {
        Logging::CloudWatch { secret_options, .. } | Logging::Driver { secret_options, .. } => {
            Some(secret_options)
        }
        Logging::Disabled => None,
    };
    let options = options.into_iter().flatten();
    let options =
        options.map(|(name, it)| (it, format!("/logging/secretOptions/{}", escape(name))));
    let volumes = task.volumes.iter().filter_map(|(name, volume)| match volume {
        Volume::FsxWindows(volume) => {
            Some((&volume.credentials, format!("/volumes/{}/fsxWindows/credentials", escape(name))))
        }
        Volume::Shared | Volume::Efs(_) | Volume::Host { .. } | Volume::Docker(_) => None,
    });
    let all = options.chain(volumes);
    all.map(|(reference, pointer)| Use { reference, place: service.place(&pointer) }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, service};

    fn name(store: Store, id: &str) -> SecretName {
        SecretName { store, id: id.to_owned(), region: "eu-west-1".to_owned() }
    }

    fn secret(stages: &[(&str, &str)]) -> SecretFacts {
        let versions =
            stages.iter().map(|(id, stage)| ((*id).to_owned(), vec![(*stage).to_owned()]));
        SecretFacts::Secret { is_deleted: false, versions: versions.collect() }
    }

    fn judged(reference: &str, answer: Result<SecretFacts, Unread>) -> Judged {
        let text = service(&format!("image: x, secrets: {{ A: '{reference}' }}"));
        let store =
            if reference.contains("ssm") { Store::Parameters } else { Store::SecretsManager };
        let id = if store == Store::Parameters { "/a" } else { "api" };
        Judged::of(&text, Subject::Secrets, |answers| {
            answers.secrets.insert(name(store, id), answer);
        })
    }

    #[test]
    fn what_is_there_passes() {
        let current = || Ok(secret(&[("v1", "AWSCURRENT")]));
        assert_eq!(judged("ssm:/a", Ok(SecretFacts::Parameter)).passed(), 1);
        assert_eq!(judged("secretsmanager:api", current()).passed(), 1);
        assert_eq!(judged("secretsmanager:api:::v1", current()).passed(), 1);
        let with_key = judged("secretsmanager:api:key", current());
        assert_eq!(with_key.passed(), 1);
        assert_eq!(with_key.report.notes.len(), 1, "a key is not known to be there");
    }

    #[test]
    fn what_no_task_could_read_fails() {
        let deleted = SecretFacts::Secret { is_deleted: true, versions: BTreeMap::new() };
        let current = || Ok(secret(&[("v1", "AWSCURRENT")]));
        insta::assert_snapshot!(judged("ssm:/a", Ok(SecretFacts::Missing)), @"
        secret-missing: parameter `/a` is not there in eu-west-1 ['ssm:/a': no task could start] -> create it first, or correct its name
        ");
        insta::assert_snapshot!(judged("secretsmanager:api", Ok(deleted)), @"
        secret-deleted: secret `api` is about to be deleted, and cannot be read ['secretsmanager:api': no task could start] -> restore it, such as with `aws secretsmanager restore-secret`
        ");
        insta::assert_snapshot!(judged("secretsmanager:api", Ok(secret(&[]))), @"
        secret-version: secret `api` has no version with the stage `AWSCURRENT` ['secretsmanager:api': no task could start] -> give it a value, or correct the version
        ");
        insta::assert_snapshot!(judged("secretsmanager:api::OLD", current()), @"
        secret-version: secret `api` has no version with the stage `OLD` ['secretsmanager:api::OLD': no task could start] -> give it a value, or correct the version
        ");
        insta::assert_snapshot!(judged("secretsmanager:api:::v2", current()), @"
        secret-version: secret `api` has no version `v2` ['secretsmanager:api:::v2': no task could start] -> give it a value, or correct the version
        ");
    }

    #[test]
    fn what_may_not_be_asked_is_no_failure() {
        let denied = Err(Unread::denied("ssm:DescribeParameters"));
        insta::assert_snapshot!(judged("ssm:/a", denied), @"
        warning secret-unchecked: parameter `/a` was not checked: the identity lacks the permission `ssm:DescribeParameters` ['ssm:/a': not checked] -> allow `ssm:DescribeParameters` in a policy of the identity that runs this
        ");
    }

    #[test]
    fn every_reference_of_a_task_is_asked_about_in_its_region() {
        let arn = "arn:aws:secretsmanager:us-east-1:444455556666:secret:hub-AbCdEf";
        let text = service(&format!(
            "containers: [{{ name: a, image: x, memory: 64, repositoryCredentials: '{arn}', secrets: {{ A: 'ssm:/a', B: 'ssm:/a' }} }}], \
             logging: {{ driver: splunk, options: {{ splunk-url: 'https://x' }}, secretOptions: {{ splunk-token: 'secretsmanager:splunk' }} }}, \
             launchType: EC2"
        ));
        let judged = Judged::of(&text, Subject::Secrets, |_| ());
        let asked: Vec<_> = judged.questions.secrets.into_iter().collect();
        let hub = SecretName { region: "us-east-1".to_owned(), ..name(Store::SecretsManager, arn) };
        assert_eq!(
            asked,
            [name(Store::Parameters, "/a"), hub, name(Store::SecretsManager, "splunk")]
        );
    }
}
