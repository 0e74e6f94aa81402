//! Exact requests, observation, and what instances are made of.

use super::*;
use crate::aws::replay::{Replay, xml};
use crate::diff::{FieldChange, Path};
use crate::kind::{Depth, Marks};
use crate::kinds::samples;
use crate::value::Address;

const MADE: &str = "<CreateLaunchTemplateResponse><launchTemplate><launchTemplateId>lt-9</launchTemplateId><launchTemplateName>shop-prod-main-general</launchTemplateName><defaultVersionNumber>1</defaultVersionNumber><latestVersionNumber>1</latestVersionNumber></launchTemplate></CreateLaunchTemplateResponse>";
const ADDED: &str = "<CreateLaunchTemplateVersionResponse><launchTemplateVersion><launchTemplateId>lt-9</launchTemplateId><versionNumber>8</versionNumber><defaultVersion>false</defaultVersion></launchTemplateVersion></CreateLaunchTemplateVersionResponse>";
const DONE: &str = "<Response><return>true</return></Response>";

fn decoded(body: &str) -> String {
    let pairs = form_urlencoded::parse(body.as_bytes());
    let pairs = pairs.filter(|(name, _)| name != "Version");
    pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
}

fn live(spec: LaunchTemplateSpec) -> Live<LaunchTemplateSpec> {
    let marks = Marks::of(&spec.tags);
    Live { outputs: outputs("lt-9", &spec.name, 7), spec, marks, depth: Depth::Full }
}

#[tokio::test]
async fn a_new_template_is_made_with_all_that_instances_need() {
    let spec = full_example();
    let address = Address::new("launch-template", "main-general");
    let calls = LaunchTemplate::lower(&Change::Create { address: &address, spec: &spec });
    let replay = Replay::new([xml(200, MADE)]);
    let [call] = &calls[..] else { panic!("{calls:?}") };
    let outputs = LaunchTemplate::perform(&replay.aws(), call).await.unwrap();
    assert_eq!((&*outputs["id"], &*outputs["version"]), ("lt-9", "1"));
    insta::assert_snapshot!(decoded(&replay.bodies()[0]), @"
    Action=CreateLaunchTemplate
    LaunchTemplateName=shop-prod-main-general
    LaunchTemplateData.ImageId=resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id
    LaunchTemplateData.InstanceType=m7i.large
    LaunchTemplateData.KeyName=admin
    LaunchTemplateData.UserData=IyEvYmluL2Jhc2gKZWNobyBFQ1NfQ0xVU1RFUj1zaG9wLXByb2QtbWFpbiA+PiAvZXRjL2Vjcy9lY3MuY29uZmlnCg==
    LaunchTemplateData.IamInstanceProfile.Arn=arn:aws:iam::444455556666:instance-profile/general
    LaunchTemplateData.Monitoring.Enabled=true
    LaunchTemplateData.MetadataOptions.HttpTokens=required
    LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit=2
    LaunchTemplateData.SecurityGroupId.1=sg-1
    LaunchTemplateData.SecurityGroupId.2=sg-2
    LaunchTemplateData.BlockDeviceMapping.1.DeviceName=/dev/xvda
    LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeSize=50
    LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeType=gp3
    LaunchTemplateData.BlockDeviceMapping.1.Ebs.Iops=4000
    LaunchTemplateData.BlockDeviceMapping.1.Ebs.Throughput=250
    LaunchTemplateData.BlockDeviceMapping.1.Ebs.Encrypted=true
    LaunchTemplateData.BlockDeviceMapping.1.Ebs.KmsKeyId=alias/disks
    LaunchTemplateData.BlockDeviceMapping.1.Ebs.DeleteOnTermination=true
    LaunchTemplateData.BlockDeviceMapping.2.DeviceName=/dev/xvdb
    LaunchTemplateData.BlockDeviceMapping.2.Ebs.VolumeSize=50
    LaunchTemplateData.BlockDeviceMapping.2.Ebs.VolumeType=gp3
    LaunchTemplateData.BlockDeviceMapping.2.Ebs.Encrypted=true
    LaunchTemplateData.BlockDeviceMapping.2.Ebs.DeleteOnTermination=true
    LaunchTemplateData.TagSpecification.1.ResourceType=instance
    LaunchTemplateData.TagSpecification.1.Tag.1.Key=team
    LaunchTemplateData.TagSpecification.1.Tag.1.Value=web
    LaunchTemplateData.TagSpecification.2.ResourceType=volume
    LaunchTemplateData.TagSpecification.2.Tag.1.Key=team
    LaunchTemplateData.TagSpecification.2.Tag.1.Value=web
    TagSpecification.1.ResourceType=launch-template
    TagSpecification.1.Tag.1.Key=team
    TagSpecification.1.Tag.1.Value=web
    ");
}

#[tokio::test]
async fn a_change_is_a_new_version_that_becomes_the_default() {
    let (address, live) = (Address::new("launch-template", "main-general"), live(full_example()));
    let spec = LaunchTemplate::examples().remove(1);
    let spec = LaunchTemplateSpec { instance_profile: "general".into(), ..spec };
    let fields = ["image", "tags"].map(|path| FieldChange {
        path: Path::default().field(path),
        before: None,
        after: None,
    });
    let change = Change::Update { address: &address, spec: &spec, live: &live, fields: &fields };
    let mut calls = LaunchTemplate::lower(&change);
    calls.extend(LaunchTemplate::lower(&Change::Delete { address: &address, live: &live }));
    let Call::SetDefault { version, .. } = &mut calls[1] else { panic!("{calls:?}") };
    assert_eq!(*version, Resolvable::reference("launch-template", "main-general", "version"));
    *version = "8".into();
    let replay = Replay::new([ADDED, DONE, DONE, DONE, DONE].map(|reply| xml(200, reply)));
    let aws = replay.aws();
    for call in &calls {
        let outputs = LaunchTemplate::perform(&aws, call).await.unwrap();
        assert!(outputs.get("version").is_none_or(|version| version == "8"));
    }
    let bodies: Vec<String> = replay.bodies().iter().map(|body| decoded(body)).collect();
    insta::assert_snapshot!(bodies.join("\n\n"), @"
    Action=CreateLaunchTemplateVersion
    LaunchTemplateId=lt-9
    LaunchTemplateData.ImageId=ami-0123456789abcdef0
    LaunchTemplateData.InstanceType=m7i.large
    LaunchTemplateData.IamInstanceProfile.Name=general
    LaunchTemplateData.Monitoring.Enabled=true
    LaunchTemplateData.MetadataOptions.HttpTokens=required
    LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit=2

    Action=ModifyLaunchTemplate
    LaunchTemplateId=lt-9
    SetDefaultVersion=8

    Action=CreateTags
    ResourceId.1=lt-9
    Tag.1.Key=owner
    Tag.1.Value=web

    Action=DeleteTags
    ResourceId.1=lt-9
    Tag.1.Key=team

    Action=DeleteLaunchTemplate
    LaunchTemplateId=lt-9
    ");
}

#[test]
fn tags_alone_make_no_version() {
    let live = live(full_example());
    let tags = LaunchTemplate::examples().remove(1).tags;
    let spec = LaunchTemplateSpec { tags, ..full_example() };
    let path = Path::default().field("tags");
    let fields = [FieldChange { path, before: None, after: None }];
    let address = Address::new("launch-template", "main-general");
    let change = Change::Update { address: &address, spec: &spec, live: &live, fields: &fields };
    let lines: Vec<_> = LaunchTemplate::lower(&change).iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["ec2:CreateTags shop-prod-main-general", "ec2:DeleteTags shop-prod-main-general"]
    );
}

const TEMPLATE: &str = "<DescribeLaunchTemplatesResponse><launchTemplates><item>
    <launchTemplateId>lt-9</launchTemplateId><launchTemplateName>shop-prod-main-general</launchTemplateName>
    <createTime>2026-01-01T00:00:00Z</createTime><createdBy>arn:aws:iam::444455556666:root</createdBy>
    <defaultVersionNumber>7</defaultVersionNumber><latestVersionNumber>8</latestVersionNumber>
    <tagSet><item><key>team</key><value>web</value></item><item><key>aws:x</key><value>y</value></item></tagSet>
</item></launchTemplates></DescribeLaunchTemplatesResponse>";

const VERSION: &str = "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item>
    <launchTemplateId>lt-9</launchTemplateId><launchTemplateName>shop-prod-main-general</launchTemplateName>
    <versionNumber>7</versionNumber><defaultVersion>true</defaultVersion>
    <launchTemplateData>
        <iamInstanceProfile><arn>arn:aws:iam::444455556666:instance-profile/general</arn></iamInstanceProfile>
        <blockDeviceMappingSet>
            <item><deviceName>/dev/xvda</deviceName><ebs><encrypted>true</encrypted><deleteOnTermination>true</deleteOnTermination><iops>4000</iops><kmsKeyId>alias/disks</kmsKeyId><volumeSize>50</volumeSize><volumeType>gp3</volumeType><throughput>250</throughput></ebs></item>
            <item><deviceName>/dev/xvdb</deviceName><ebs><encrypted>true</encrypted><deleteOnTermination>true</deleteOnTermination><volumeSize>50</volumeSize><volumeType>gp3</volumeType></ebs></item>
        </blockDeviceMappingSet>
        <imageId>resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id</imageId>
        <instanceType>m7i.large</instanceType><keyName>admin</keyName><monitoring><enabled>true</enabled></monitoring>
        <userData>IyEvYmluL2Jhc2gKZWNobyBFQ1NfQ0xVU1RFUj1zaG9wLXByb2QtbWFpbiA+PiAvZXRjL2Vjcy9lY3MuY29uZmlnCg==</userData>
        <tagSpecificationSet>
            <item><resourceType>instance</resourceType><tagSet><item><key>team</key><value>web</value></item></tagSet></item>
            <item><resourceType>volume</resourceType><tagSet><item><key>team</key><value>web</value></item></tagSet></item>
            <item><resourceType>launch-template</resourceType><tagSet><item><key>team</key><value>web</value></item></tagSet></item>
        </tagSpecificationSet>
        <securityGroupIdSet><item>sg-2</item><item>sg-1</item></securityGroupIdSet>
        <elasticGpuSpecificationSet/>
        <metadataOptions><httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit></metadataOptions>
    </launchTemplateData>
</item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>";

#[tokio::test]
async fn what_was_made_reads_back_the_same_and_only_the_default_counts() {
    let none =
        "<DescribeLaunchTemplatesResponse><launchTemplates/></DescribeLaunchTemplatesResponse>";
    let replay = Replay::new([none, TEMPLATE, VERSION].map(|reply| xml(200, reply)));
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    let wanted = full_example();
    let rows = LaunchTemplate::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].spec, wanted);
    assert_eq!(rows[0].outputs, outputs("lt-9", "shop-prod-main-general", 7));
    let bodies: Vec<String> = replay.bodies().iter().map(|body| decoded(body)).collect();
    insta::assert_snapshot!(bodies.join("\n\n"), @"
    Action=DescribeLaunchTemplates
    MaxResults=200
    Filter.1.Name=tag:ecsctl:app
    Filter.1.Value.1=shop
    Filter.2.Name=tag:ecsctl:environment
    Filter.2.Value.1=prod

    Action=DescribeLaunchTemplates
    MaxResults=200
    Filter.1.Name=launch-template-name
    Filter.1.Value.1=shop-prod-main-general

    Action=DescribeLaunchTemplateVersions
    LaunchTemplateId=lt-9
    LaunchTemplateVersion.1=$Default
    ");
}

fn desired(instances: &str) -> LaunchTemplateSpec {
    let stack = samples::stack(&format!(
        "{{ kind: Cluster, name: main, tags: {{ team: web }}, instances: [{{ name: general, {instances} }}] }}"
    ));
    let mut rows = LaunchTemplate::desired(&stack, &samples::facts());
    assert_eq!(rows[0].name, "main-general");
    rows.remove(0).spec
}

#[test]
fn instances_are_made_as_the_manifest_says() {
    let spec = desired(
        "instanceTypes: [m7i.large, m6i.large], securityGroups: [sg-01234567], volumes: { /dev/xvda: { size: 50, encrypted: false } }",
    );
    assert_eq!(spec.instance_type, "m7i.large");
    let profile = Resolvable::reference("instance-profile", "instances-main-general", "arn");
    assert_eq!(spec.instance_profile, profile);
    let own = Resolvable::reference("security-group", "instances-main-general", "id");
    assert_eq!(spec.security_groups, Set::from_iter([own, "sg-01234567".into()]));
    assert!(
        !spec.volumes["/dev/xvda"].encrypted && spec.volumes["/dev/xvda"].delete_on_termination
    );
    assert_eq!(spec.metadata, Metadata { http_tokens: "required".to_owned(), hop_limit: 2 });
    let tags = spec.tag_specifications["volume"].iter();
    let tags: Vec<_> = tags.map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(
        tags,
        ["Name=shop-prod-main-general", "ecsctl:app=shop", "ecsctl:environment=prod", "team=web"]
    );
    assert_eq!(spec.tag_specifications["volume"], spec.tag_specifications["instance"]);
    assert_eq!(desired("instanceProfile: mine").instance_profile, "mine".into());
}

#[test]
fn what_somebody_added_to_a_version_goes_with_the_next() {
    let data = |others: &str| crate::aws::ec2::LaunchTemplateData {
        others: BTreeMap::from([(others.to_owned(), serde_json::json!("true"))]),
        ..data::of(&full_example())
    };
    let spec = data::read("a".to_owned(), data("ebsOptimized"), Tags::new());
    assert_eq!(spec.others, Set::from_iter(["ebsOptimized".to_owned()]));
    assert!(data::of(&spec).others.is_empty());
}
