//! The lookup of Auto Scaling groups that the manifests name and somebody else made.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;

use crate::aws::{Aws, AwsError, ErrorKind};

const OPERATION: &str = "autoscaling:DescribeAutoScalingGroups";
/// The largest page, which is also the most names.
const GROUPS_PER_CALL: usize = 100;

/// The groups' ARNs by name. Errors when there is no such group.
pub(super) async fn look_up(
    aws: &Aws,
    names: &BTreeSet<&str>,
) -> Result<BTreeMap<String, String>, AwsError> {
    let wanted: Vec<&str> = names.iter().copied().collect();
    let pages = wanted.chunks(GROUPS_PER_CALL).map(|names| page(aws, names));
    let found: BTreeMap<String, String> =
        try_join_all(pages).await?.into_iter().flatten().collect();
    match names.iter().find(|name| !found.contains_key(**name)) {
        None => Ok(found),
        Some(name) => {
            let place = format!("{} {}", aws.account, aws.region);
            let message = format!("there is no Auto Scaling group `{name}` in {place}");
            Err(AwsError::new(OPERATION, ErrorKind::NotFound, message))
        }
    }
}

async fn page(aws: &Aws, names: &[&str]) -> Result<Vec<(String, String)>, AwsError> {
    let request = aws
        .autoscaling
        .describe_auto_scaling_groups()
        .set_auto_scaling_group_names(Some(names.iter().map(|name| (*name).to_owned()).collect()))
        .max_records(i32::try_from(GROUPS_PER_CALL).expect("a page is small"));
    let reply = aws.read(OPERATION, request.send()).await?;
    let found = reply.auto_scaling_groups.unwrap_or_default().into_iter();
    let arns = found
        .filter_map(|group| Some((group.auto_scaling_group_name?, group.auto_scaling_group_arn?)));
    Ok(arns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, xml};

    const FOUND: &str = r"<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>
        <AutoScalingGroupName>legacy</AutoScalingGroupName><AutoScalingGroupARN>arn:legacy</AutoScalingGroupARN>
        <MinSize>0</MinSize><MaxSize>1</MaxSize></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>";

    #[tokio::test]
    async fn a_group_is_found_by_its_name() {
        let replay = Replay::new([xml(200, FOUND)]);
        let found = look_up(&replay.aws(), &BTreeSet::from(["legacy"])).await.unwrap();
        assert_eq!(found["legacy"], "arn:legacy");
        assert_eq!(
            replay.bodies(),
            [
                "Action=DescribeAutoScalingGroups&Version=2011-01-01&AutoScalingGroupNames.member.1=legacy&MaxRecords=100"
            ]
        );
    }

    #[tokio::test]
    async fn a_name_that_nothing_has_is_an_error_and_no_name_is_no_call() {
        let aws = Replay::new([xml(200, FOUND)]).aws();
        let error = look_up(&aws, &BTreeSet::from(["legacy", "other"])).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "autoscaling:DescribeAutoScalingGroups failed: there is no Auto Scaling group `other` in 444455556666 eu-west-1"
        );
        let replay = Replay::new([]);
        assert_eq!(look_up(&replay.aws(), &BTreeSet::new()).await, Ok(BTreeMap::new()));
    }
}
