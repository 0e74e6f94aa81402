//! Reads security groups: the scope's own by their tags, others by name.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;

use super::{SecurityGroup, SecurityGroupSpec, outputs, rules};
use crate::aws::AwsError;
use crate::aws::ec2::{Filter, SecurityGroup as Described};
use crate::kind::{Depth, Kind as _, Live, Marks, Survey, read_tags};

/// A filter takes at most 200 values.
const NAMES_PER_CALL: usize = 200;

pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[SecurityGroupSpec],
) -> Result<Vec<Live<SecurityGroupSpec>>, AwsError> {
    let mut rows: BTreeMap<String, Live<SecurityGroupSpec>> = keyed(owned(survey).await?).collect();
    let missing: Vec<&SecurityGroupSpec> =
        wanted.iter().filter(|spec| !rows.contains_key(&SecurityGroup::key(spec))).collect();
    let keys: BTreeSet<String> = missing.iter().map(|spec| SecurityGroup::key(spec)).collect();
    let foreign = keyed(named(survey, &missing).await?).filter(|(key, _)| keys.contains(key));
    rows.extend(foreign.collect::<Vec<_>>());
    Ok(rows.into_values().collect())
}

async fn owned(survey: &Survey<'_>) -> Result<Vec<Described>, AwsError> {
    let tags =
        survey.scope.filters().map(|(key, value)| (format!("tag:{key}"), vec![value.to_owned()]));
    let filters: Vec<Filter<'_>> =
        tags.iter().map(|(name, values)| (name.as_str(), values.clone())).collect();
    survey.aws.ec2.describe_security_groups(&filters).await
}

/// Groups of that name which are not the scope's, or not yet found by their tags.
async fn named(
    survey: &Survey<'_>,
    specs: &[&SecurityGroupSpec],
) -> Result<Vec<Described>, AwsError> {
    let pages = specs.chunks(NAMES_PER_CALL).map(|specs| async move {
        let vpcs: BTreeSet<String> = specs.iter().map(|spec| spec.vpc.clone()).collect();
        let names = specs.iter().map(|spec| spec.name.clone()).collect();
        let filters = [("vpc-id", vpcs.into_iter().collect()), ("group-name", names)];
        survey.aws.ec2.describe_security_groups(&filters).await
    });
    Ok(try_join_all(pages).await?.concat())
}

fn keyed(groups: Vec<Described>) -> impl Iterator<Item = (String, Live<SecurityGroupSpec>)> {
    groups.into_iter().map(live).map(|row| (SecurityGroup::key(&row.spec), row))
}

fn live(group: Described) -> Live<SecurityGroupSpec> {
    let (ingress, egress) = (rules::ingress(&group), rules::egress(&group));
    let tags = read_tags(group.tags);
    Live {
        outputs: outputs(group.group_id),
        marks: Marks::of(&tags),
        spec: SecurityGroupSpec {
            name: group.group_name,
            description: group.description,
            vpc: group.vpc_id,
            ingress,
            egress,
            tags,
        },
        depth: Depth::Full,
    }
}
