//! Mount targets of EFS file systems: one for each Availability Zone that tasks run in.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use aws_sdk_efs::types::{LifeCycleState, MountTargetDescription};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::shared::efs::{Wait, is_going, not_found};
use crate::aws::{Aws, AwsError, gone};
use crate::diff::Policy;
use crate::facts::{Facts, Subnet};
use crate::kind::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, LiveRow, Origin, Outputs,
    Survey,
};
use crate::model::resolved::file_system::FileSystemSource;
use crate::model::stack::Stack;
use crate::value::{Address, Resolvable, Set};

#[derive(Debug)]
pub struct MountTarget;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MountTargetSpec {
    pub file_system_id: Resolvable,
    /// AWS allows one mount target in each, whatever its subnet.
    pub availability_zone: String,
    pub subnet_id: String,
    pub security_groups: Set<Resolvable>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: MountTargetSpec },
    AwaitAvailable { id: Resolvable, what: String },
    UpdateSecurityGroups { id: Resolvable, spec: MountTargetSpec },
    Delete { id: Resolvable, spec: MountTargetSpec },
    AwaitGone { id: Resolvable, what: String },
}

const DESCRIBE: &str = "elasticfilesystem:DescribeMountTargets";

/// A filter takes at most 200 values.
const INTERFACES_PER_CALL: usize = 200;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, subnet) = match self {
            Self::AwaitAvailable { what, .. } => {
                return write!(f, "wait until {what} is available");
            }
            Self::AwaitGone { what, .. } => return write!(f, "wait until {what} is gone"),
            Self::Create { spec } => ("CreateMountTarget", &spec.subnet_id),
            Self::UpdateSecurityGroups { spec, .. } => {
                ("ModifyMountTargetSecurityGroups", &spec.subnet_id)
            }
            Self::Delete { spec, .. } => ("DeleteMountTarget", &spec.subnet_id),
        };
        write!(f, "elasticfilesystem:{operation} {subnet}")
    }
}

impl Kind for MountTarget {
    const NAME: &'static str = "mount-target";
    const FIELDS: &'static [(&'static str, Policy)] = &[("subnetId", Policy::Replaces)];

    type Spec = MountTargetSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<MountTargetSpec>> {
        let mut rows = vec![];
        for file_system in stack.file_systems.values() {
            let FileSystemSource::Managed(managed) = &file_system.value.source else { continue };
            let Some(network) = facts.networks.get(&managed.network) else { continue };
            let origin = Origin::of(stack, "file-system", file_system);
            let name = &file_system.name;
            for subnet in one_per_zone(&network.subnets) {
                let group = format!("file-system-{name}");
                let spec = MountTargetSpec {
                    file_system_id: Resolvable::reference("file-system", name, "id"),
                    availability_zone: subnet.availability_zone.clone(),
                    subnet_id: subnet.id.clone(),
                    security_groups: [Resolvable::reference("security-group", &group, "id")]
                        .into_iter()
                        .collect(),
                };
                rows.push(origin.part(&format!("{name}-{}", subnet.availability_zone), spec));
            }
        }
        rows
    }

    fn key(spec: &MountTargetSpec) -> String {
        format!("{}/{}", spec.file_system_id, spec.availability_zone)
    }

    async fn observe(
        survey: &Survey<'_>,
        _wanted: &[MountTargetSpec],
    ) -> Result<Vec<Live<MountTargetSpec>>, AwsError> {
        read(survey.aws, &survey.rows("file-system").await?).await
    }

    fn lower(change: &Change<'_, MountTargetSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => {
                let (id, what) = (change.own("id"), what(spec));
                vec![Call::Create { spec: (*spec).clone() }, Call::AwaitAvailable { id, what }]
            }
            Change::Update { spec, live, .. } => {
                vec![Call::UpdateSecurityGroups { id: id_of(live), spec: (*spec).clone() }]
            }
            Change::Delete { live, .. } => {
                let (id, spec) = (id_of(live), live.spec.clone());
                let what = what(&spec);
                vec![Call::Delete { id: id.clone(), spec }, Call::AwaitGone { id, what }]
            }
        }
    }

    fn effect(call: &Call) -> Effect<MountTargetSpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::UpdateSecurityGroups { spec, .. } => Effect::update(spec, &["securityGroups"]),
            Call::Delete { spec, .. } => Effect::Delete(Self::key(spec)),
            Call::AwaitAvailable { .. } | Call::AwaitGone { .. } => Effect::Wait(90),
        }
    }

    fn outputs(_spec: &MountTargetSpec, assigned: &Assigned<'_>) -> Outputs {
        outputs(&format!("fsmt-{}", assigned.id))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } => {
                let request = aws
                    .efs
                    .create_mount_target()
                    .file_system_id(spec.file_system_id.text())
                    .subnet_id(&spec.subnet_id)
                    .set_security_groups(Some(group_ids(spec)));
                let operation = "elasticfilesystem:CreateMountTarget";
                let made = aws.write(operation, || request.clone().send()).await?;
                return Ok(outputs(&made.mount_target_id));
            }
            Call::AwaitAvailable { id, what } => {
                wait(aws, what).until_available(|| state(aws, id.text())).await?;
            }
            Call::UpdateSecurityGroups { id, spec } => {
                let request = aws
                    .efs
                    .modify_mount_target_security_groups()
                    .mount_target_id(id.text())
                    .set_security_groups(Some(group_ids(spec)));
                let operation = "elasticfilesystem:ModifyMountTargetSecurityGroups";
                aws.write(operation, || request.clone().send()).await?;
            }
            Call::Delete { id, .. } => {
                let request = aws.efs.delete_mount_target().mount_target_id(id.text());
                let operation = "elasticfilesystem:DeleteMountTarget";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
            Call::AwaitGone { id, what } => {
                wait(aws, what).until_gone(|| state(aws, id.text())).await?;
            }
        }
        Ok(Outputs::new())
    }

    fn examples() -> Vec<MountTargetSpec> {
        let base = MountTargetSpec {
            file_system_id: "fs-1".into(),
            availability_zone: "eu-west-1a".to_owned(),
            subnet_id: "subnet-1".to_owned(),
            security_groups: ["sg-1".into()].into_iter().collect(),
        };
        vec![
            base.clone(),
            MountTargetSpec {
                security_groups: ["sg-2".into(), "sg-3".into()].into_iter().collect(),
                ..base
            },
        ]
    }
}

/// The first subnet by id of each zone.
fn one_per_zone(subnets: &[Subnet]) -> impl Iterator<Item = &Subnet> {
    let mut by_zone: BTreeMap<&str, &Subnet> = BTreeMap::new();
    for subnet in subnets {
        let first = by_zone.entry(&subnet.availability_zone).or_insert(subnet);
        if subnet.id < first.id {
            *first = subnet;
        }
    }
    by_zone.into_values()
}

/// The mount targets of these file systems. Their security groups are those of their network
/// interfaces: one call for all, where EFS tells them for one mount target at a time.
async fn read(aws: &Aws, file_systems: &[LiveRow]) -> Result<Vec<Live<MountTargetSpec>>, AwsError> {
    let found = try_join_all(file_systems.iter().map(async |row| {
        let id = row.outputs.get("id").map_or("", String::as_str);
        let request = aws.efs.describe_mount_targets().file_system_id(id);
        let pages = request.into_paginator().items().send().collect();
        let found: Vec<MountTargetDescription> = aws.read(DESCRIBE, pages).await?;
        Ok::<_, AwsError>(found.into_iter().map(move |found| (row, found)))
    }))
    .await?;
    let found: Vec<_> = found
        .into_iter()
        .flatten()
        .filter(|(_, found)| !is_going(&found.life_cycle_state))
        .collect();
    let groups = groups(aws, found.iter().map(|(_, found)| found)).await?;
    Ok(found.into_iter().map(|(row, found)| live(row, found, &groups)).collect())
}

type Groups = BTreeMap<String, Set<Resolvable>>;

/// Security groups by network interface.
async fn groups(
    aws: &Aws,
    found: impl Iterator<Item = &MountTargetDescription>,
) -> Result<Groups, AwsError> {
    let ids: Vec<String> = found.filter_map(|found| found.network_interface_id.clone()).collect();
    let pages = try_join_all(ids.chunks(INTERFACES_PER_CALL).map(async |ids| {
        aws.ec2.describe_network_interfaces(&[("network-interface-id", ids.to_vec())]).await
    }))
    .await?;
    let groups = pages.into_iter().flatten().map(|interface| {
        let groups = interface.groups.into_iter().map(|group| group.group_id.into());
        (interface.network_interface_id, groups.collect())
    });
    Ok(groups.collect())
}

fn live(
    file_system: &LiveRow,
    found: MountTargetDescription,
    groups: &Groups,
) -> Live<MountTargetSpec> {
    let zone = found.availability_zone_name.unwrap_or_default();
    let owner = file_system.marks.resource.as_ref().map_or(&found.file_system_id, |own| &own.name);
    let address = Address::new(MountTarget::NAME, format!("{owner}-{zone}"));
    let interface = found.network_interface_id.unwrap_or_default();
    Live {
        outputs: outputs(&found.mount_target_id),
        marks: file_system.marks.inherited(address),
        spec: MountTargetSpec {
            file_system_id: found.file_system_id.into(),
            availability_zone: zone,
            subnet_id: found.subnet_id,
            security_groups: groups.get(&interface).cloned().unwrap_or_default(),
        },
        depth: Depth::Full,
    }
}

async fn state(aws: &Aws, id: &str) -> Result<LifeCycleState, AwsError> {
    let request = aws.efs.describe_mount_targets().mount_target_id(id);
    let reply = aws.read(DESCRIBE, request.send()).await?;
    let found = reply.mount_targets.unwrap_or_default().into_iter().next();
    found.map(|found| found.life_cycle_state).ok_or_else(|| not_found(DESCRIBE, id))
}

fn wait<'a>(aws: &'a Aws, what: &'a str) -> Wait<'a> {
    Wait { aws, operation: DESCRIBE, what, limit: Duration::from_mins(30) }
}

fn what(spec: &MountTargetSpec) -> String {
    format!("mount target in {}", spec.subnet_id)
}

fn id_of(live: &Live<MountTargetSpec>) -> Resolvable {
    live.outputs.get("id").cloned().unwrap_or_default().into()
}

fn group_ids(spec: &MountTargetSpec) -> Vec<String> {
    spec.security_groups.0.iter().map(|group| group.text().to_owned()).collect()
}

fn outputs(id: &str) -> Outputs {
    Outputs::from([("id".to_owned(), id.to_owned())])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::replay::{Replay, json as reply, xml};
    use crate::kinds::samples;

    fn spec() -> MountTargetSpec {
        MountTarget::examples().remove(1)
    }

    fn file_system() -> LiveRow {
        samples::parent("file-system", "uploads", &[("id", "fs-1")])
    }

    fn described(state: &str) -> String {
        let target = json!({
            "OwnerId": "444455556666", "MountTargetId": "fsmt-1", "FileSystemId": "fs-1",
            "SubnetId": "subnet-1", "LifeCycleState": state, "IpAddress": "10.0.0.5",
            "NetworkInterfaceId": "eni-1", "AvailabilityZoneId": "euw1-az1",
            "AvailabilityZoneName": "eu-west-1a", "VpcId": "vpc-1"
        });
        target.to_string()
    }

    #[test]
    fn each_zone_gets_one_in_its_first_subnet() {
        let stack = samples::stack(
            "{ kind: FileSystem, name: uploads }\n---\n{ kind: FileSystem, name: shared, fileSystemId: fs-0123abcd }",
        );
        let mut facts = samples::facts();
        let subnets = &mut facts.networks.get_mut("main").unwrap().subnets;
        let other = |id: &str| Subnet { id: id.to_owned(), ..subnets[1].clone() };
        let others = [other("subnet-0"), other("subnet-z")];
        subnets.extend(others);
        let rows = MountTarget::desired(&stack, &facts);
        let made: Vec<_> =
            rows.iter().map(|row| (row.name.as_str(), row.spec.subnet_id.as_str())).collect();
        assert_eq!(made, [("uploads-eu-west-1a", "subnet-a"), ("uploads-eu-west-1b", "subnet-0")]);
        let groups: Vec<_> =
            rows[0].spec.security_groups.0.iter().map(ToString::to_string).collect();
        assert_eq!(groups, ["security-group/file-system-uploads#id"]);
    }

    #[tokio::test(start_paused = true)]
    async fn each_call_sends_all_that_it_is_about() {
        let id = || Resolvable::from("fsmt-1");
        let what = "mount target in subnet-1".to_owned();
        let calls = [
            Call::Create { spec: spec() },
            Call::AwaitAvailable { id: id(), what: what.clone() },
            Call::UpdateSecurityGroups { id: id(), spec: spec() },
            Call::Delete { id: id(), spec: spec() },
            Call::AwaitGone { id: id(), what },
        ];
        let looked = |state: &str| format!(r#"{{"MountTargets": [{}]}}"#, described(state));
        let gone = r#"{"__type": "MountTargetNotFound", "ErrorCode": "MountTargetNotFound"}"#;
        let replay = Replay::new([
            reply(200, &described("creating")),
            reply(200, &looked("creating")),
            reply(200, &looked("available")),
            reply(204, ""),
            reply(204, ""),
            reply(200, &looked("deleting")),
            reply(404, gone),
        ]);
        let aws = replay.aws();
        for call in &calls {
            MountTarget::perform(&aws, call).await.unwrap();
        }
        assert_eq!(
            replay.bodies(),
            [
                r#"{"FileSystemId":"fs-1","SecurityGroups":["sg-2","sg-3"],"SubnetId":"subnet-1"}"#,
                "",
                "",
                r#"{"SecurityGroups":["sg-2","sg-3"]}"#,
                "",
                "",
                ""
            ]
        );
    }

    #[tokio::test]
    async fn security_groups_are_those_of_the_network_interface() {
        let interfaces = "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item>
            <networkInterfaceId>eni-1</networkInterfaceId><groupSet>
            <item><groupId>sg-3</groupId><groupName>b</groupName></item>
            <item><groupId>sg-2</groupId><groupName>a</groupName></item></groupSet>
            </item></networkInterfaceSet></DescribeNetworkInterfacesResponse>";
        let going = described("deleting").replace("fsmt-1", "fsmt-2");
        let replay = Replay::new([
            reply(200, &format!(r#"{{"MountTargets": [{}, {going}]}}"#, described("available"))),
            xml(200, interfaces),
        ]);
        let rows = read(&replay.aws(), &[file_system()]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].spec, spec());
        assert_eq!(rows[0].outputs["id"], "fsmt-1");
        let address = rows[0].marks.resource.as_ref().unwrap();
        assert_eq!(address.to_string(), "mount-target/uploads-eu-west-1a");
        assert!(rows[0].marks.scope.is_some());
        assert!(
            replay.bodies()[1]
                .ends_with("&Filter.1.Name=network-interface-id&Filter.1.Value.1=eni-1")
        );
    }

    #[tokio::test]
    async fn without_mount_targets_no_interface_is_asked_for() {
        let replay = Replay::new([reply(200, r#"{"MountTargets": []}"#)]);
        assert!(read(&replay.aws(), &[file_system()]).await.unwrap().is_empty());
        assert_eq!(replay.bodies().len(), 1);
    }
}
