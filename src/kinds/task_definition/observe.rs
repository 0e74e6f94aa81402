//! Which revision of each family is live, known by its digest, and its content where that decides.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types as sdk;
use futures::future::{try_join, try_join_all};

use super::spec::{RuntimePlatform, TaskDefinitionSpec};
use super::{outputs, read};
use crate::aws::{Aws, AwsError};
use crate::kind::{DIGEST_TAG, Depth, Live, LiveRow, Marks, Outputs, Survey, Tags, read_tags};
use crate::kinds::shared::ecs::tags;
use crate::value::{Address, Set};

type Row = Live<TaskDefinitionSpec>;

/// The revision that a live service runs.
struct InUse {
    arn: String,
    /// Of the service, for revisions that somebody registered without tags.
    marks: Marks,
}

pub(super) async fn rows(
    survey: &Survey<'_>,
    wanted: &[TaskDefinitionSpec],
    services: &[LiveRow],
) -> Result<Vec<Row>, AwsError> {
    let wanted: BTreeMap<&str, &TaskDefinitionSpec> =
        wanted.iter().map(|spec| (spec.family.as_str(), spec)).collect();
    let in_use = in_use(survey, &wanted, services);
    let used = rows_in_use(survey, &wanted, &in_use);
    let unused = rows_not_in_use(survey, &wanted, &in_use);
    let (mut rows, unused) = try_join(used, unused).await?;
    rows.extend(unused);
    Ok(rows)
}

/// By family: what the scope's services run, and what others run of a wanted family.
fn in_use(
    survey: &Survey<'_>,
    wanted: &BTreeMap<&str, &TaskDefinitionSpec>,
    services: &[LiveRow],
) -> BTreeMap<String, InUse> {
    let mut in_use = BTreeMap::new();
    for service in services {
        let Some(arn) = service.spec["taskDefinition"].as_str() else { continue };
        let Some((family, _)) = revision_of(arn) else { continue };
        if survey.scope.owns(&service.marks) || wanted.contains_key(family) {
            let name = service.marks.resource.as_ref().map_or(family, |address| &address.name);
            let marks = service.marks.inherited(Address::new("task-definition", name));
            let found = InUse { arn: arn.to_owned(), marks };
            in_use.entry(family.to_owned()).or_insert(found);
        }
    }
    in_use
}

async fn rows_in_use(
    survey: &Survey<'_>,
    wanted: &BTreeMap<&str, &TaskDefinitionSpec>,
    in_use: &BTreeMap<String, InUse>,
) -> Result<Vec<Row>, AwsError> {
    if survey.is_deep {
        let rows = in_use.values().map(|used| async move {
            let revision = describe(survey.aws, &used.arn).await?;
            Ok(revision.map(|revision| revision.live(&used.marks)))
        });
        return Ok(try_join_all(rows).await?.into_iter().flatten().collect());
    }
    let arns: Vec<String> = in_use.values().map(|used| used.arn.clone()).collect();
    let mut listed = survey.aws.tags_of(&arns).await?;
    let rows = in_use.iter().map(|(family, used)| {
        let listed = listed.remove(&used.arn).unwrap_or_default();
        let listed: Tags = read_tags(listed);
        let wanted = wanted.get(family.as_str()).map(|spec| &spec.tags);
        async move {
            // The tagging API lags behind writes: what it shows otherwise than wanted is read again.
            let is_as_wanted = wanted.is_none_or(|wanted| is_same_without_digest(&listed, wanted));
            let tags = if is_as_wanted && !listed.is_empty() {
                listed
            } else {
                tags_of(survey.aws, &used.arn).await?
            };
            Ok(shallow(family, used, tags))
        }
    });
    try_join_all(rows).await
}

/// Families that no live service runs: a job's, registered before their service, or left behind by it.
async fn rows_not_in_use(
    survey: &Survey<'_>,
    wanted: &BTreeMap<&str, &TaskDefinitionSpec>,
    in_use: &BTreeMap<String, InUse>,
) -> Result<Vec<Row>, AwsError> {
    let home = format!("{}-{}-", survey.scope.app, survey.scope.environment);
    let elsewhere =
        wanted.keys().filter(|family| !family.starts_with(&home) && !in_use.contains_key(**family));
    let prefixes = elsewhere.copied().chain([home.as_str()]);
    let families = try_join_all(prefixes.map(|prefix| families(survey.aws, prefix))).await?;
    let families: BTreeSet<String> = families
        .into_iter()
        .flatten()
        .filter(|family| family.starts_with(&home) || wanted.contains_key(family.as_str()))
        .filter(|family| !in_use.contains_key(family))
        .collect();
    let revisions = families.iter().map(|family| describe(survey.aws, family));
    let revisions = try_join_all(revisions).await?.into_iter().flatten();
    let nobody = Marks::default();
    let rows = revisions.filter(Revision::is_active).map(|revision| revision.live(&nobody));
    Ok(rows
        .filter(|row| {
            wanted.contains_key(row.spec.family.as_str()) || survey.scope.owns(&row.marks)
        })
        .collect())
}

/// Reads rows in full. Where the newest revision is what is wanted and not what is in use, it was
/// registered without taking effect (its reply was lost, or its deployment rolled back): then it is
/// the live row, and is not registered again.
pub(super) async fn deepen(
    aws: &Aws,
    wanted: &[TaskDefinitionSpec],
    rows: Vec<Row>,
) -> Result<Vec<Row>, AwsError> {
    let rows = rows.into_iter().map(|row| async move {
        let wanted = wanted.iter().find(|spec| spec.family == row.spec.family);
        let revision = match wanted {
            Some(wanted) => effective(aws, wanted, &row).await?,
            None => describe(aws, in_use_arn(&row)).await?,
        };
        Ok(revision.map(|revision| revision.live(&row.marks)))
    });
    Ok(try_join_all(rows).await?.into_iter().flatten().collect())
}

async fn effective(
    aws: &Aws,
    wanted: &TaskDefinitionSpec,
    row: &Row,
) -> Result<Option<Revision>, AwsError> {
    let arn = in_use_arn(row);
    match newest(aws, &wanted.family).await? {
        Some(newest) if newest.arn == arn || newest.is_of(wanted) => Ok(Some(newest)),
        Some(_) | None => describe(aws, arn).await,
    }
}

fn in_use_arn(row: &Row) -> &str {
    row.outputs.get("arn").map_or(row.spec.family.as_str(), String::as_str)
}

/// One revision with its tags.
pub(super) struct Revision {
    pub(super) arn: String,
    pub(super) read: sdk::TaskDefinition,
    pub(super) tags: Tags,
}

impl Revision {
    /// Whether the digest says that it holds what is wanted.
    pub(super) fn is_of(&self, wanted: &TaskDefinitionSpec) -> bool {
        let digest = wanted.tags.get(DIGEST_TAG).map(crate::value::Resolvable::text);
        digest.is_some_and(|digest| {
            !digest.is_empty() && Marks::of(&self.tags).digest.as_deref() == Some(digest)
        })
    }

    pub(super) fn outputs(&self) -> Outputs {
        outputs(self.arn.clone(), u64::try_from(self.read.revision).unwrap_or_default())
    }

    fn is_active(&self) -> bool {
        self.read.status == Some(sdk::TaskDefinitionStatus::Active)
    }

    fn live(self, marks_without_tags: &Marks) -> Row {
        Live {
            outputs: self.outputs(),
            marks: marks_of(&self.tags, marks_without_tags),
            spec: read::spec(self.read, self.tags),
            depth: Depth::Full,
        }
    }
}

/// The newest active revision of a family.
pub(super) async fn newest(aws: &Aws, family: &str) -> Result<Option<Revision>, AwsError> {
    // moto answers with an inactive revision where AWS has none.
    Ok(describe(aws, family).await?.filter(Revision::is_active))
}

/// The ARN of a family's newest active revision.
pub(in crate::kinds) async fn newest_arn(
    aws: &Aws,
    family: &str,
) -> Result<Option<String>, AwsError> {
    Ok(newest(aws, family).await?.map(|revision| revision.arn))
}

/// A revision by ARN, or the newest active one of a family.
pub(super) async fn describe(aws: &Aws, revision: &str) -> Result<Option<Revision>, AwsError> {
    let request = aws
        .ecs
        .describe_task_definition()
        .task_definition(revision)
        .include(sdk::TaskDefinitionField::Tags);
    let reply = match aws.read("ecs:DescribeTaskDefinition", request.send()).await {
        Ok(reply) => reply,
        Err(error) if error.is_code("ClientException") => return Ok(None),
        Err(error) => return Err(error),
    };
    let tags = tags(reply.tags);
    Ok(reply
        .task_definition
        .and_then(|read| Some(Revision { arn: read.task_definition_arn.clone()?, read, tags })))
}

async fn families(aws: &Aws, prefix: &str) -> Result<Vec<String>, AwsError> {
    let request = aws
        .ecs
        .list_task_definition_families()
        .family_prefix(prefix)
        .status(sdk::TaskDefinitionFamilyStatus::Active);
    let pages = request.into_paginator().items().send().collect::<Result<_, _>>();
    aws.read("ecs:ListTaskDefinitionFamilies", pages).await
}

async fn tags_of(aws: &Aws, arn: &str) -> Result<Tags, AwsError> {
    let request = aws.ecs.list_tags_for_resource().resource_arn(arn);
    let reply = aws.read("ecs:ListTagsForResource", request.send()).await?;
    Ok(tags(reply.tags))
}

fn is_same_without_digest(listed: &Tags, wanted: &Tags) -> bool {
    let plain = |tags: &Tags| -> Tags {
        let tags = tags.iter().filter(|(key, _)| *key != DIGEST_TAG);
        tags.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    plain(listed) == plain(wanted)
}

fn shallow(family: &str, used: &InUse, tags: Tags) -> Row {
    let revision = revision_of(&used.arn).map_or(0, |(_, revision)| revision);
    Live {
        outputs: outputs(used.arn.clone(), revision),
        marks: marks_of(&tags, &used.marks),
        spec: unread(family, tags),
        depth: Depth::Shallow,
    }
}

/// A revision without tags belongs to whom its service does.
fn marks_of(tags: &Tags, without_tags: &Marks) -> Marks {
    let marks = Marks::of(tags);
    if marks.scope.is_some() {
        marks
    } else {
        Marks { digest: marks.digest, ..without_tags.clone() }
    }
}

/// A spec of which only the family and the tags are known.
fn unread(family: &str, tags: Tags) -> TaskDefinitionSpec {
    TaskDefinitionSpec {
        family: family.to_owned(),
        cpu: None,
        memory: None,
        network_mode: String::new(),
        requires_compatibilities: Set::default(),
        runtime_platform: RuntimePlatform {
            cpu_architecture: String::new(),
            operating_system_family: String::new(),
        },
        pid_mode: None,
        ipc_mode: None,
        placement_constraints: Set::default(),
        enable_fault_injection: false,
        ephemeral_storage: None,
        task_role: None,
        execution_role: None,
        containers: BTreeMap::new(),
        volumes: BTreeMap::new(),
        tags,
    }
}

/// Family and revision of `arn:…:task-definition/family:41`.
fn revision_of(arn: &str) -> Option<(&str, u64)> {
    let (family, revision) = arn.rsplit_once('/')?.1.rsplit_once(':')?;
    Some((family, revision.parse().ok()?))
}
