//! Reads launch templates, the scope's own by their tags and others by name, each with its default version.

use futures::future::try_join_all;

use super::{LaunchTemplateSpec, data, outputs};
use crate::aws::ec2::{Filter, LaunchTemplate as Described};
use crate::aws::{AwsError, found};
use crate::kind::{Depth, Live, Marks, Survey, read_tags};

/// A filter takes at most 200 values.
const NAMES_PER_CALL: usize = 200;

pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[LaunchTemplateSpec],
) -> Result<Vec<Live<LaunchTemplateSpec>>, AwsError> {
    // Instances have a security group from before they are there until after they are gone.
    if wanted.is_empty() && !survey.has("security-group", "instances-").await? {
        return Ok(vec![]);
    }
    let owned = owned(survey).await?;
    let is_missing = |name: &&String| owned.iter().all(|template| template.name != **name);
    let missing: Vec<String> =
        wanted.iter().map(|spec| &spec.name).filter(is_missing).cloned().collect();
    let foreign = named(survey, &missing).await?;
    let rows = owned.into_iter().chain(foreign).map(|template| live(survey, template));
    Ok(try_join_all(rows).await?.into_iter().flatten().collect())
}

async fn owned(survey: &Survey<'_>) -> Result<Vec<Described>, AwsError> {
    let tags =
        survey.scope.filters().map(|(key, value)| (format!("tag:{key}"), vec![value.to_owned()]));
    let filters: Vec<Filter<'_>> =
        tags.iter().map(|(name, values)| (name.as_str(), values.clone())).collect();
    survey.aws.ec2.describe_launch_templates(&filters).await
}

/// Templates of that name which are not the scope's.
async fn named(survey: &Survey<'_>, names: &[String]) -> Result<Vec<Described>, AwsError> {
    let pages = names.chunks(NAMES_PER_CALL).map(|names| async move {
        let filters = [("launch-template-name", names.to_vec())];
        survey.aws.ec2.describe_launch_templates(&filters).await
    });
    Ok(try_join_all(pages).await?.concat())
}

/// A template that is gone by now is left out.
async fn live(
    survey: &Survey<'_>,
    template: Described,
) -> Result<Option<Live<LaunchTemplateSpec>>, AwsError> {
    let version = found(survey.aws.ec2.describe_default_version(&template.id).await)?;
    let Some(version) = version.flatten() else { return Ok(None) };
    let tags = read_tags(template.tags);
    Ok(Some(Live {
        outputs: outputs(&template.id, &template.name, version.number),
        marks: Marks::of(&tags),
        spec: data::read(template.name, version.data, tags),
        depth: Depth::Full,
    }))
}
