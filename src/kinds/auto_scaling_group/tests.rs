//! Derivation, exact requests, observation, and what is said of older instances.

use super::*;
use crate::aws::replay::{Replay, json, xml};
use crate::diff::{FieldChange, Path};
use crate::kind::{Depth, Marks};
use crate::kinds::samples;
use crate::value::Address;

fn live(spec: AutoScalingGroupSpec) -> Live<AutoScalingGroupSpec> {
    let outputs = outputs(&spec.name, "arn:group".to_owned());
    Live { outputs, marks: Marks::default(), spec, depth: Depth::Full }
}

fn updated(
    spec: &AutoScalingGroupSpec,
    row: &Live<AutoScalingGroupSpec>,
    fields: &[&str],
) -> Vec<Call> {
    let address = Address::new("auto-scaling-group", "main-general");
    let change =
        |path: &&str| FieldChange { path: Path::default().field(path), before: None, after: None };
    let fields: Vec<_> = fields.iter().map(change).collect();
    let change = Change::Update { address: &address, spec, live: row, fields: &fields };
    AutoScalingGroup::lower(&change)
}

fn lines(calls: &[Call]) -> Vec<String> {
    calls.iter().map(ToString::to_string).collect()
}

fn groups(members: &str) -> String {
    format!(
        "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups>{members}</AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>"
    )
}

async fn sent(call: &Call, answers: &[&str]) -> Vec<String> {
    let replay = Replay::new(answers.iter().map(|answer| xml(200, answer)));
    AutoScalingGroup::perform(&replay.aws(), call).await.unwrap();
    let decoded = |body: String| {
        let body = body.replace('+', " ");
        percent_encoding::percent_decode_str(&body).decode_utf8().unwrap().into_owned()
    };
    replay.bodies().into_iter().map(decoded).collect()
}

#[test]
fn several_types_or_spot_make_a_mixed_group() {
    let stack = samples::stack(
        "{ kind: Cluster, name: main, instances: [
            { name: one, instanceTypes: [m7g.large], min: 1, max: 6, image: amazon-linux-2023-arm64 },
            { name: two, instanceTypes: [m7g.large, m6g.large], image: amazon-linux-2023-arm64 },
            { name: spot, spot: { onDemandBase: 1, maxPrice: 0.05 } },
            { name: batch, capacityProvider: DISABLED, cpuTarget: 60 },
            { name: old, autoScalingGroup: legacy }] }",
    );
    let rows = AutoScalingGroup::desired(&stack, &samples::facts());
    let [one, two, spot, batch] = &rows[..] else { panic!("four: {rows:?}") };
    assert_eq!(one.name, "main-one");
    assert_eq!(one.spec.launch_template.version.to_string(), "launch-template/main-one#version");
    assert_eq!(one.spec.cluster.to_string(), "cluster/main#id");
    assert_eq!((one.spec.min, one.spec.max), (1, 6));
    assert_eq!((&one.spec.instance_types, &one.spec.spot), (&vec![], &no_spot()));
    assert_eq!(two.spec.instance_types, ["m7g.large", "m6g.large"]);
    assert_eq!(two.spec.spot, no_spot());
    assert_eq!(spot.spec.instance_types, ["m6i.large"]);
    assert_eq!((spot.spec.spot.on_demand_base, spot.spec.spot.on_demand_percentage), (1, 0));
    assert_eq!(spot.spec.spot.max_price, "0.05");
    assert!(spot.spec.capacity_rebalance);
    assert!(one.spec.new_instances_protected_from_scale_in);
    assert!(!batch.spec.new_instances_protected_from_scale_in, "nothing would take it back");
    let is_managed = |row: &Desired<AutoScalingGroupSpec>| row.spec.tags.contains_key(MANAGED_TAG);
    assert_eq!((is_managed(one), is_managed(batch)), (true, false));
    assert_eq!(one.spec.outdated_instances, None, "replaced when asked for only");
    let asked = Stack { refresh_instances: true, ..stack };
    let rows = AutoScalingGroup::desired(&asked, &samples::facts());
    assert_eq!(rows[0].spec.outdated_instances, Some(0));
}

#[tokio::test]
async fn a_group_is_made_with_all_that_is_known_of_it() {
    let [plain, mixed] = &AutoScalingGroup::examples()[..] else { panic!("two examples") };
    let made = groups(
        "<member><AutoScalingGroupName>shop-prod-main-general</AutoScalingGroupName><AutoScalingGroupARN>arn:group</AutoScalingGroupARN></member>",
    );
    let bodies = sent(&Call::Create { spec: plain.clone() }, &["<r/>", &made]).await;
    assert_eq!(
        bodies[0].split('&').collect::<Vec<_>>(),
        [
            "Action=CreateAutoScalingGroup",
            "Version=2011-01-01",
            "AutoScalingGroupName=shop-prod-main-general",
            "LaunchTemplate.LaunchTemplateId=lt-1",
            "LaunchTemplate.Version=3",
            "MinSize=1",
            "MaxSize=6",
            "HealthCheckType=EC2",
            "HealthCheckGracePeriod=0",
            "VPCZoneIdentifier=subnet-a,subnet-b",
            "NewInstancesProtectedFromScaleIn=true",
            "CapacityRebalance=false",
            "Tags.member.1.ResourceId=shop-prod-main-general",
            "Tags.member.1.ResourceType=auto-scaling-group",
            "Tags.member.1.Key=team",
            "Tags.member.1.Value=web",
            "Tags.member.1.PropagateAtLaunch=false",
            "DefaultInstanceWarmup=300",
        ]
    );
    let bodies =
        sent(&Call::Update { spec: mixed.clone(), leaves_instances_behind: false }, &["<r/>"])
            .await;
    assert_eq!(
        bodies[0].split('&').collect::<Vec<_>>(),
        [
            "Action=UpdateAutoScalingGroup",
            "Version=2011-01-01",
            "AutoScalingGroupName=shop-prod-main-general",
            "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId=lt-1",
            "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.Version=3",
            "MixedInstancesPolicy.LaunchTemplate.Overrides.member.1.InstanceType=m7g.large",
            "MixedInstancesPolicy.LaunchTemplate.Overrides.member.2.InstanceType=m6g.large",
            "MixedInstancesPolicy.InstancesDistribution.OnDemandAllocationStrategy=prioritized",
            "MixedInstancesPolicy.InstancesDistribution.OnDemandBaseCapacity=1",
            "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity=50",
            "MixedInstancesPolicy.InstancesDistribution.SpotAllocationStrategy=capacity-optimized",
            "MixedInstancesPolicy.InstancesDistribution.SpotMaxPrice=0.05",
            "MinSize=1",
            "MaxSize=6",
            "HealthCheckType=EC2",
            "HealthCheckGracePeriod=0",
            "VPCZoneIdentifier=subnet-a,subnet-b",
            "NewInstancesProtectedFromScaleIn=false",
            "CapacityRebalance=true",
            "DefaultInstanceWarmup=300",
        ]
    );
}

#[tokio::test]
async fn a_delete_lets_go_of_protected_instances_and_ends_when_nothing_is_there() {
    let address = Address::new("auto-scaling-group", "main-general");
    let row = live(AutoScalingGroup::examples().remove(0));
    let calls = AutoScalingGroup::lower(&Change::Delete { address: &address, live: &row });
    let instance = |number: usize, is_protected| {
        format!(
            "<member><InstanceId>i-{number}</InstanceId><ProtectedFromScaleIn>{is_protected}</ProtectedFromScaleIn></member>"
        )
    };
    let instances: String = (0..52).map(|number| instance(number, number != 1)).collect();
    let found = groups(&format!("<member><Instances>{instances}</Instances></member>"));
    let bodies = sent(&calls[0], &[&found, "<r/>", "<r/>"]).await;
    let sizes: Vec<usize> =
        bodies.iter().map(|body| body.matches("InstanceIds.member").count()).collect();
    assert_eq!(sizes, [0, 50, 1]);
    assert!(bodies[1].ends_with("&ProtectedFromScaleIn=false") && !bodies[1].contains("=i-1&"));
    assert_eq!(
        sent(&calls[1], &["<r/>"]).await,
        [
            "Action=DeleteAutoScalingGroup&Version=2011-01-01&AutoScalingGroupName=shop-prod-main-general&ForceDelete=true"
        ]
    );
    sent(&calls[2], &[&groups("")]).await;
    let absent = "<ErrorResponse><Error><Code>ValidationError</Code><Message>AutoScalingGroup name not found - AutoScalingGroup 'x' not found</Message></Error></ErrorResponse>";
    let aws = Replay::new([xml(400, absent)]).aws();
    AutoScalingGroup::perform(&aws, &calls[1]).await.unwrap();
}

#[test]
fn instances_are_replaced_when_asked_for_and_when_there_are_some() {
    let spec = AutoScalingGroup::examples().remove(0);
    let asked = AutoScalingGroupSpec { outdated_instances: Some(0), ..spec.clone() };
    let of = |instances, outdated| {
        live(AutoScalingGroupSpec {
            instances: Some(instances),
            outdated_instances: Some(outdated),
            ..spec.clone()
        })
    };
    let update = "autoscaling:UpdateAutoScalingGroup shop-prod-main-general";
    let refresh = "autoscaling:StartInstanceRefresh shop-prod-main-general";
    let wait = "wait until the instances of shop-prod-main-general are replaced";
    let plan = |spec, row, fields: &[&str]| lines(&updated(spec, &row, fields));
    assert_eq!(plan(&spec, of(3, 0), &["launchTemplate"]), [update]);
    assert_eq!(plan(&asked, of(3, 0), &["launchTemplate"]), [update, refresh, wait]);
    assert_eq!(plan(&asked, of(3, 2), &["outdatedInstances"]), [refresh, wait]);
    assert_eq!(plan(&asked, of(3, 0), &["max"]), [update]);
    assert_eq!(plan(&asked, of(0, 0), &["launchTemplate"]), [update], "there is none");
}

#[test]
fn what_loses_its_protection_is_let_go_of() {
    let spec = AutoScalingGroup::examples().remove(0);
    let after =
        AutoScalingGroupSpec { new_instances_protected_from_scale_in: false, ..spec.clone() };
    assert_eq!(
        lines(&updated(&after, &live(spec), &["newInstancesProtectedFromScaleIn"])),
        [
            "autoscaling:UpdateAutoScalingGroup shop-prod-main-general",
            "autoscaling:SetInstanceProtection shop-prod-main-general",
        ]
    );
}

#[test]
fn replacing_instances_is_offered() {
    let desired = AutoScalingGroup::examples().remove(0);
    let of = |versions: &[&str], instances, outdated| {
        live(AutoScalingGroupSpec {
            instances,
            outdated_instances: Some(outdated),
            outdated_versions: Some(versions.iter().copied().map(str::to_owned).collect()),
            ..desired.clone()
        })
    };
    let offer = "`--refresh-instances` replaces them, at least 90% of them healthy at any time";
    let said = |desired: &AutoScalingGroupSpec, row| {
        AutoScalingGroup::advice(Some(desired), Some(&row)).join("\n")
    };
    assert_eq!(
        said(&desired, of(&["2"], Some(3), 2)),
        format!("2 of 3 instances still run version 2 of the launch template; {offer}")
    );
    assert_eq!(
        said(&desired, of(&[], None, 1)),
        format!("1 instance still runs an older version of the launch template; {offer}")
    );
    assert_eq!(said(&desired, of(&[], Some(3), 0)), "");
    let template = LaunchTemplate { id: "lt-1".into(), version: "4".into() };
    let moved = AutoScalingGroupSpec { launch_template: template, ..desired.clone() };
    assert_eq!(
        said(&moved, of(&[], Some(3), 0)),
        format!("3 instances that are there keep the launch template of before; {offer}")
    );
    assert_eq!(said(&moved, of(&[], Some(0), 0)), "");
    let asked = AutoScalingGroupSpec { outdated_instances: Some(0), ..desired.clone() };
    assert_eq!(said(&asked, of(&["2"], Some(3), 2)), "");
}

#[tokio::test]
async fn a_refresh_keeps_most_instances_and_fails_with_its_reason() {
    let spec = AutoScalingGroup::examples().remove(0);
    let started = "<StartInstanceRefreshResponse><StartInstanceRefreshResult><InstanceRefreshId>1</InstanceRefreshId></StartInstanceRefreshResult></StartInstanceRefreshResponse>";
    assert_eq!(
        sent(&Call::Refresh { spec: spec.clone() }, &[started]).await,
        [
            "Action=StartInstanceRefresh&Version=2011-01-01&AutoScalingGroupName=shop-prod-main-general&Preferences.MinHealthyPercentage=90&Preferences.SkipMatching=true&Preferences.ScaleInProtectedInstances=Refresh"
        ]
    );
    let ended = |status: &str| {
        format!(
            "<DescribeInstanceRefreshesResponse><DescribeInstanceRefreshesResult><InstanceRefreshes><member><Status>{status}</Status><PercentageComplete>40</PercentageComplete><StatusReason>i-1 is unhealthy</StatusReason></member></InstanceRefreshes></DescribeInstanceRefreshesResult></DescribeInstanceRefreshesResponse>"
        )
    };
    let wait = Call::AwaitRefreshed { name: spec.name.clone() };
    assert_eq!(
        sent(&wait, &[&ended("Successful")]).await,
        [
            "Action=DescribeInstanceRefreshes&Version=2011-01-01&AutoScalingGroupName=shop-prod-main-general&MaxRecords=1"
        ]
    );
    let aws = Replay::new([xml(200, &ended("Failed"))]).aws();
    let error = AutoScalingGroup::perform(&aws, &wait).await.unwrap_err();
    assert!(
        error.to_string().ends_with(
            "the instance refresh of shop-prod-main-general ended as Failed at 40%: i-1 is unhealthy"
        ),
        "{error}"
    );
    let busy = "<ErrorResponse><Error><Code>InstanceRefreshInProgress</Code><Message>in progress</Message></Error></ErrorResponse>";
    let aws = Replay::new([xml(400, busy)]).aws();
    AutoScalingGroup::perform(&aws, &Call::Refresh { spec }).await.expect("it is followed");
}

#[tokio::test]
async fn what_was_made_reads_back_the_same() {
    let [plain, mixed] = &AutoScalingGroup::examples()[..] else { panic!("two examples") };
    let instance = |state: &str, version: u32| {
        format!(
            "<member><InstanceId>i-1</InstanceId><LifecycleState>{state}</LifecycleState><LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><LaunchTemplateName>shop-prod-main-general</LaunchTemplateName><Version>{version}</Version></LaunchTemplate></member>"
        )
    };
    let instances =
        [instance("InService", 3), instance("InService", 2), instance("Terminating", 1)];
    let common = format!(
        "<AutoScalingGroupARN>arn:group</AutoScalingGroupARN><MinSize>1</MinSize><MaxSize>6</MaxSize><DesiredCapacity>2</DesiredCapacity><DefaultCooldown>300</DefaultCooldown><AvailabilityZones><member>eu-west-1a</member></AvailabilityZones><LoadBalancerNames/><TargetGroupARNs/><HealthCheckType>EC2</HealthCheckType><HealthCheckGracePeriod>0</HealthCheckGracePeriod><Instances>{}</Instances><SuspendedProcesses/><VPCZoneIdentifier>subnet-b,subnet-a</VPCZoneIdentifier><EnabledMetrics/><TerminationPolicies><member>Default</member></TerminationPolicies><ServiceLinkedRoleARN>arn:role</ServiceLinkedRoleARN><DefaultInstanceWarmup>300</DefaultInstanceWarmup>",
        instances.concat()
    );
    let tag = |key: &str, value: &str| {
        format!(
            "<member><ResourceId>x</ResourceId><ResourceType>auto-scaling-group</ResourceType><Key>{key}</Key><Value>{value}</Value><PropagateAtLaunch>true</PropagateAtLaunch></member>"
        )
    };
    let ours = [
        tag("ecsctl:manifest", "cluster/main"),
        tag("team", "web"),
        tag(MANAGED_TAG, "true"),
        tag("aws:x", "y"),
    ];
    let tagged = groups(&format!(
        "<member><AutoScalingGroupName>shop-prod-main-general</AutoScalingGroupName>{common}<NewInstancesProtectedFromScaleIn>true</NewInstancesProtectedFromScaleIn><CapacityRebalance>false</CapacityRebalance><LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><LaunchTemplateName>shop-prod-main-general</LaunchTemplateName><Version>3</Version></LaunchTemplate><Tags>{}</Tags></member><member><AutoScalingGroupName>going</AutoScalingGroupName><Status>Delete in progress</Status></member>",
        ours.concat()
    ));
    let named = groups(&format!(
        "<member><AutoScalingGroupName>shop-prod-main-mixed</AutoScalingGroupName>{common}<NewInstancesProtectedFromScaleIn>false</NewInstancesProtectedFromScaleIn><CapacityRebalance>true</CapacityRebalance><MixedInstancesPolicy><LaunchTemplate><LaunchTemplateSpecification><LaunchTemplateId>lt-1</LaunchTemplateId><LaunchTemplateName>x</LaunchTemplateName><Version>3</Version></LaunchTemplateSpecification><Overrides><member><InstanceType>m7g.large</InstanceType></member><member><InstanceType>m6g.large</InstanceType></member></Overrides></LaunchTemplate><InstancesDistribution><OnDemandAllocationStrategy>prioritized</OnDemandAllocationStrategy><OnDemandBaseCapacity>1</OnDemandBaseCapacity><OnDemandPercentageAboveBaseCapacity>50</OnDemandPercentageAboveBaseCapacity><SpotAllocationStrategy>capacity-optimized</SpotAllocationStrategy><SpotMaxPrice>0.05</SpotMaxPrice></InstancesDistribution></MixedInstancesPolicy></member>"
    ));
    let owned = r#"{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main", "Tags": []}]}"#;
    let cluster = r#"{"clusters": [{"clusterArn": "arn:main", "clusterName": "shop-prod-main", "status": "ACTIVE", "tags": [{"key": "ecsctl:resource", "value": "cluster/main"}]}]}"#;
    let replay =
        Replay::new([xml(200, &tagged), xml(200, &named), json(200, owned), json(200, cluster)]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    let mixed = AutoScalingGroupSpec {
        name: "shop-prod-main-mixed".to_owned(),
        cluster: Resolvable::reference("cluster", "main", "id"),
        ..mixed.clone()
    };
    let rows = AutoScalingGroup::observe(&survey, &[plain.clone(), mixed.clone()]).await.unwrap();
    let counted = |spec: &AutoScalingGroupSpec, tags: &[(&str, &str)]| AutoScalingGroupSpec {
        cluster: "cluster/shop-prod-main".into(),
        instances: Some(2),
        outdated_instances: Some(1),
        outdated_versions: Some(["2".to_owned()].into_iter().collect()),
        tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect(),
        ..spec.clone()
    };
    let specs: Vec<_> = rows.into_iter().map(|row| row.spec).collect();
    let tags = [("ecsctl:manifest", "cluster/main"), ("team", "web"), (MANAGED_TAG, "")];
    assert_eq!(specs, [counted(plain, &tags), counted(&mixed, &[])]);
    assert_eq!(
        replay.bodies()[..2],
        [
            "Action=DescribeAutoScalingGroups&Version=2011-01-01&MaxRecords=100&Filters.member.1.Name=tag%3Aecsctl%3Aapp&Filters.member.1.Values.member.1=shop&Filters.member.2.Name=tag%3Aecsctl%3Aenvironment&Filters.member.2.Values.member.1=prod",
            "Action=DescribeAutoScalingGroups&Version=2011-01-01&AutoScalingGroupNames.member.1=shop-prod-main-mixed&MaxRecords=100",
        ]
    );
}
