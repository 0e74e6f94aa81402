//! The calls that make a launch template, add versions to it and delete it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{LaunchTemplateSpec, data, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Change, Effect, Live, Outputs, Tags, TagsChange};
use crate::value::Resolvable;

/// Each `spec` is the template as it is after the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: Box<LaunchTemplateSpec> },
    CreateVersion { id: String, spec: Box<LaunchTemplateSpec> },
    SetDefault { id: String, name: String, version: Resolvable },
    Tag { id: String, spec: Box<LaunchTemplateSpec>, tags: Tags },
    Untag { id: String, spec: Box<LaunchTemplateSpec>, keys: Vec<String> },
    Delete { id: String, name: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec } => write!(f, "ec2:CreateLaunchTemplate {}", spec.name),
            Self::CreateVersion { spec, .. } => {
                write!(f, "ec2:CreateLaunchTemplateVersion {}", spec.name)
            }
            Self::SetDefault { name, .. } => write!(f, "ec2:ModifyLaunchTemplate {name}"),
            Self::Tag { spec, .. } => write!(f, "ec2:CreateTags {}", spec.name),
            Self::Untag { spec, .. } => write!(f, "ec2:DeleteTags {}", spec.name),
            Self::Delete { name, .. } => write!(f, "ec2:DeleteLaunchTemplate {name}"),
        }
    }
}

pub(super) fn lower(change: &Change<'_, LaunchTemplateSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => vec![Call::Create { spec: Box::new((*spec).clone()) }],
        Change::Update { spec, live, fields, .. } => {
            let is_new_version = fields.iter().any(|field| field.field() != "tags");
            let version = is_new_version.then(|| new_version(change, spec, live));
            version.into_iter().flatten().chain(tag_calls(spec, live)).collect()
        }
        Change::Delete { live, .. } => {
            vec![Call::Delete { id: id(live), name: live.spec.name.clone() }]
        }
    }
}

/// A version that an interrupted run left behind is never the default: the next run adds another.
fn new_version(
    change: &Change<'_, LaunchTemplateSpec>,
    spec: &LaunchTemplateSpec,
    live: &Live<LaunchTemplateSpec>,
) -> [Call; 2] {
    let spec = LaunchTemplateSpec { tags: live.spec.tags.clone(), ..spec.clone() };
    let (name, version) = (spec.name.clone(), change.own("version"));
    [
        Call::CreateVersion { id: id(live), spec: Box::new(spec) },
        Call::SetDefault { id: id(live), name, version },
    ]
}

fn tag_calls<'a>(
    spec: &'a LaunchTemplateSpec,
    live: &'a Live<LaunchTemplateSpec>,
) -> impl Iterator<Item = Call> + 'a {
    let boxed = move || Box::new(spec.clone());
    TagsChange::between(&live.spec.tags, &spec.tags).calls(
        move |tags| Call::Tag { id: id(live), spec: boxed(), tags },
        move |keys| Call::Untag { id: id(live), spec: boxed(), keys },
    )
}

fn id(live: &Live<LaunchTemplateSpec>) -> String {
    live.outputs.get("id").cloned().unwrap_or_default()
}

pub(super) fn effect(call: &Call) -> Effect<LaunchTemplateSpec> {
    match call {
        Call::Create { spec } => Effect::Create((**spec).clone()),
        Call::CreateVersion { spec, .. } => Effect::Revise((**spec).clone()),
        Call::SetDefault { .. } => Effect::Wait(0),
        Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
        Call::Delete { name, .. } => Effect::Delete(name.clone()),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    let ec2 = &aws.ec2;
    match call {
        Call::Create { spec } => {
            let id =
                ec2.create_launch_template(&spec.name, &data::of(spec), &texts(&spec.tags)).await?;
            return Ok(outputs(&id, &spec.name, 1));
        }
        Call::CreateVersion { id, spec } => {
            let version = ec2.create_launch_template_version(id, &data::of(spec)).await?;
            return Ok(outputs(id, &spec.name, version));
        }
        Call::SetDefault { id, version, .. } => {
            ec2.modify_launch_template(id, version.text()).await?;
        }
        Call::Tag { id, tags, .. } => {
            ec2.create_tags(std::slice::from_ref(id), &texts(tags)).await?;
        }
        Call::Untag { id, keys, .. } => ec2.delete_tags(std::slice::from_ref(id), keys).await?,
        Call::Delete { id, .. } => gone(ec2.delete_launch_template(id).await)?,
    }
    Ok(Outputs::new())
}

fn texts(tags: &Tags) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| (key.clone(), value.text().to_owned())).collect()
}
