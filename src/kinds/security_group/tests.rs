//! Exact requests, observation, and who may reach whom.

use super::*;
use crate::aws::replay::{Replay, xml};
use crate::kind::{Live, Marks};
use crate::kinds::samples;
use crate::value::Address;

const DONE: &str = "<Response><return>true</return></Response>";

fn decoded(body: &str) -> String {
    let pairs = form_urlencoded::parse(body.as_bytes());
    let pairs = pairs.filter(|(name, _)| name != "Version");
    pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

async fn sent(calls: Vec<Call>, replies: &[&str]) -> Vec<String> {
    let replay = Replay::new(replies.iter().map(|reply| xml(200, reply)));
    let aws = replay.aws();
    for call in calls {
        SecurityGroup::perform(&aws, &call).await.unwrap();
    }
    replay.bodies().iter().map(|body| decoded(body)).collect()
}

fn live(spec: SecurityGroupSpec) -> Live<SecurityGroupSpec> {
    let marks = Marks::of(&spec.tags);
    Live { spec, outputs: outputs("sg-9".to_owned()), marks, depth: crate::kind::Depth::Full }
}

#[tokio::test]
async fn a_new_group_gets_its_tags_at_once_and_its_rules_next() {
    let spec = SecurityGroup::examples().remove(0);
    let address = Address::new("security-group", "service-web");
    let mut calls = SecurityGroup::lower(&Change::Create { address: &address, spec: &spec });
    let lines: Vec<String> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "ec2:CreateSecurityGroup shop-prod-web",
            "ec2:AuthorizeSecurityGroupIngress shop-prod-web"
        ]
    );
    let Call::Authorize(call) = &mut calls[1] else { panic!("{calls:?}") };
    assert_eq!(call.id, Resolvable::reference("security-group", "service-web", "id"));
    call.id = "sg-9".into();
    let made = "<Response><groupId>sg-9</groupId></Response>";
    assert_eq!(
        sent(calls, &[made, DONE]).await,
        [
            "Action=CreateSecurityGroup&GroupName=shop-prod-web&GroupDescription=Tasks of service web&VpcId=vpc-1&TagSpecification.1.ResourceType=security-group&TagSpecification.1.Tag.1.Key=team&TagSpecification.1.Tag.1.Value=web",
            "Action=AuthorizeSecurityGroupIngress&GroupId=sg-9&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=8080&IpPermissions.1.ToPort=8080&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8&IpPermissions.1.IpRanges.1.Description=from 10.0.0.0/8&IpPermissions.2.IpProtocol=tcp&IpPermissions.2.FromPort=8080&IpPermissions.2.ToPort=8080&IpPermissions.2.Groups.1.GroupId=sg-1&IpPermissions.2.Groups.1.Description=from sg-1",
        ]
    );
}

#[tokio::test]
async fn rules_are_added_described_and_removed_in_this_order() {
    let rule = |port, peer: &str, why: &str| Rule::tcp(port, peer.into(), why.to_owned());
    let base = SecurityGroup::examples().remove(0);
    let before = SecurityGroupSpec {
        ingress: Set::from_iter([rule(80, "sg-1", "old words"), rule(81, "sg-1", "gone")]),
        ..base.clone()
    };
    let spec = SecurityGroupSpec {
        ingress: Set::from_iter([rule(80, "sg-1", "new words"), rule(82, "::/0", "new")]),
        egress: Set::default(),
        tags: Tags::from([("owner".to_owned(), "me".into())]),
        ..base
    };
    let address = Address::new("security-group", "service-web");
    let live = live(before);
    let change = Change::Update { address: &address, spec: &spec, live: &live, fields: &[] };
    let calls = SecurityGroup::lower(&change);
    let late: Vec<bool> = calls.iter().map(SecurityGroup::is_late).collect();
    assert_eq!(late, [false, false, true, true, false, false]);
    assert_eq!(
        sent(calls, &[DONE; 6]).await,
        [
            "Action=AuthorizeSecurityGroupIngress&GroupId=sg-9&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=82&IpPermissions.1.ToPort=82&IpPermissions.1.Ipv6Ranges.1.CidrIpv6=::/0&IpPermissions.1.Ipv6Ranges.1.Description=new",
            "Action=UpdateSecurityGroupRuleDescriptionsIngress&GroupId=sg-9&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80&IpPermissions.1.Groups.1.GroupId=sg-1&IpPermissions.1.Groups.1.Description=new words",
            "Action=RevokeSecurityGroupIngress&GroupId=sg-9&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=81&IpPermissions.1.ToPort=81&IpPermissions.1.Groups.1.GroupId=sg-1&IpPermissions.1.Groups.1.Description=gone",
            "Action=RevokeSecurityGroupEgress&GroupId=sg-9&IpPermissions.1.IpProtocol=-1&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0",
            "Action=CreateTags&ResourceId.1=sg-9&Tag.1.Key=owner&Tag.1.Value=me",
            "Action=DeleteTags&ResourceId.1=sg-9&Tag.1.Key=team",
        ]
    );
}

#[tokio::test]
async fn a_group_that_is_gone_is_deleted() {
    let gone = "<Response><Errors><Error><Code>InvalidGroup.NotFound</Code><Message>no</Message></Error></Errors><RequestID>1</RequestID></Response>";
    let replay = Replay::new([xml(400, gone)]);
    let spec = SecurityGroup::examples().remove(0);
    let call = Call::Delete { id: "sg-9".to_owned(), spec };
    SecurityGroup::perform(&replay.aws(), &call).await.unwrap();
    assert_eq!(decoded(&replay.bodies()[0]), "Action=DeleteSecurityGroup&GroupId=sg-9");
}

const OWNED: &str = "<DescribeSecurityGroupsResponse><securityGroupInfo><item>
    <ownerId>444455556666</ownerId><groupId>sg-9</groupId><groupName>shop-prod-web</groupName>
    <groupDescription>Tasks of service web</groupDescription><vpcId>vpc-1</vpcId>
    <ipPermissions>
        <item><ipProtocol>6</ipProtocol><fromPort>8080</fromPort><toPort>8080</toPort>
            <groups><item><userId>444455556666</userId><groupId>sg-1</groupId><description>from sg-1</description></item></groups>
            <ipRanges><item><cidrIp>10.0.0.0/8</cidrIp><description>from 10.0.0.0/8</description></item></ipRanges>
            <ipv6Ranges/><prefixListIds/></item>
    </ipPermissions>
    <ipPermissionsEgress>
        <item><ipProtocol>-1</ipProtocol><groups/><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>
            <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges><prefixListIds/></item>
    </ipPermissionsEgress>
    <tagSet><item><key>team</key><value>web</value></item><item><key>aws:createdBy</key><value>me</value></item></tagSet>
</item></securityGroupInfo></DescribeSecurityGroupsResponse>";

#[tokio::test]
async fn what_was_made_reads_back_the_same_and_strangers_are_found_by_name() {
    let none =
        "<DescribeSecurityGroupsResponse><securityGroupInfo/></DescribeSecurityGroupsResponse>";
    let replay = Replay::new([xml(200, none), xml(200, OWNED)]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let wanted = SecurityGroup::examples().remove(0);
    let survey = samples::survey(&aws, &scope, &facts);
    let rows = SecurityGroup::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].spec, wanted);
    assert_eq!(rows[0].outputs["id"], "sg-9");
    let bodies: Vec<String> = replay.bodies().iter().map(|body| decoded(body)).collect();
    assert_eq!(
        bodies,
        [
            "Action=DescribeSecurityGroups&Filter.1.Name=tag:ecsctl:app&Filter.1.Value.1=shop&Filter.2.Name=tag:ecsctl:environment&Filter.2.Value.1=prod",
            "Action=DescribeSecurityGroups&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1&Filter.2.Name=group-name&Filter.2.Value.1=shop-prod-web",
        ]
    );
}

#[test]
fn traffic_goes_from_the_world_to_load_balancer_to_tasks_to_files_and_no_other_way() {
    let stack = samples::stack(
        "
{ kind: LoadBalancer, name: public }
---
{ kind: FileSystem, name: uploads }
---
kind: Service
name: web
image: nginx
port: 8080
loadBalancers: [{ loadBalancer: public }]
volumes: { uploads: { efs: { fileSystem: uploads } } }
---
{ kind: Service, name: worker, image: nginx }
",
    );
    let ingress: Vec<String> = SecurityGroup::desired(&stack, &samples::facts())
        .into_iter()
        .map(|row| {
            assert_eq!(row.spec.egress, Set::from_iter([Rule::all_traffic()]));
            let rules = row.spec.ingress.0.iter();
            let rules = rules.map(|it| format!("{} on {}", it.peer, it.from_port.unwrap()));
            format!("{} < {}", row.name, rules.collect::<Vec<_>>().join(", "))
        })
        .collect();
    assert_eq!(
        ingress,
        [
            "load-balancer-public < 0.0.0.0/0 on 80",
            "service-web < security-group/load-balancer-public#id on 8080",
            "service-worker < ",
            "file-system-uploads < security-group/service-web#id on 2049",
        ]
    );
}

/// The ingress of a group, each rule as its peer and ports.
fn ingress(stack: &Stack, group: &str) -> Vec<String> {
    let rows = SecurityGroup::desired(stack, &samples::facts());
    let row = rows.iter().find(|row| row.name == group);
    let rules = row.unwrap_or_else(|| panic!("no {group}")).spec.ingress.0.iter();
    let ports = |rule: &Rule| (rule.from_port.unwrap(), rule.to_port.unwrap());
    rules.map(|rule| format!("{} on {:?}", rule.peer, ports(rule))).collect()
}

const INSTANCES: &str = "
kind: Cluster
name: main
instances: [{ name: general }, { name: gpu, image: amazon-linux-2023-gpu }]
---
kind: LoadBalancer
name: public
listeners: [{ name: http, protocol: HTTP }, { name: other, protocol: HTTP, port: 81 }]
---
{ kind: FileSystem, name: uploads }
---
";

#[test]
fn load_balancers_reach_tasks_on_instances_where_docker_puts_them() {
    let service = |name: &str, fields: &str| {
        format!(
            "---\n{{ kind: Service, name: {name}, image: nginx, memory: 512, {fields}, loadBalancers: [{{ loadBalancer: public, listener: http, hosts: [{name}] }}] }}\n"
        )
    };
    let stack = [
        INSTANCES,
        &service("dynamic", "launchType: EC2, port: 80"),
        &service("another", "launchType: EC2, port: 81"),
        &service("fixed", "capacity: [{ provider: general }], port: 80"),
        &service("host", "capacity: [{ provider: gpu }], networkMode: host, port: 9090"),
        &service("own", "launchType: EC2, networkMode: awsvpc, port: 70"),
        &service("fargate", "port: 60"),
    ]
    .concat();
    let mut stack = samples::stack(&stack);
    let fixed = &mut stack.services.get_mut("fixed").unwrap().value.task;
    fixed.containers[0].ports[0].host_port = 8080;
    let from = "security-group/load-balancer-public#id on";
    assert_eq!(
        ingress(&stack, "instances-main-general"),
        [format!("{from} (8080, 8080)"), format!("{from} (32768, 65535)")]
    );
    assert_eq!(
        ingress(&stack, "instances-main-gpu"),
        [format!("{from} (9090, 9090)"), format!("{from} (32768, 65535)")]
    );
    assert_eq!(ingress(&stack, "service-own"), [format!("{from} (70, 70)")]);
}

#[test]
fn file_systems_are_mounted_from_where_tasks_are() {
    let service = |name: &str, fields: &str| {
        format!(
            "---\n{{ kind: Service, name: {name}, image: nginx, memory: 512, volumes: {{ uploads: {{ efs: {{ fileSystem: uploads }} }} }}, {fields} }}\n"
        )
    };
    let stack = [
        INSTANCES,
        &service("bridge", "capacity: [{ provider: general }]"),
        &service("host", "capacity: [{ provider: general }], networkMode: host"),
        &service("own", "capacity: [{ provider: gpu }], networkMode: awsvpc"),
    ]
    .concat();
    assert_eq!(
        ingress(&samples::stack(&stack), "file-system-uploads"),
        [
            "security-group/instances-main-general#id on (2049, 2049)",
            "security-group/service-own#id on (2049, 2049)",
        ]
    );
}

#[test]
fn jobs_reach_file_systems_and_are_reached_by_nothing() {
    let job = |name: &str, fields: &str| {
        format!(
            "---\n{{ kind: Job, name: {name}, image: nginx, memory: 512, volumes: {{ uploads: {{ efs: {{ fileSystem: uploads }} }} }}, {fields} }}\n"
        )
    };
    let stack = [
        INSTANCES,
        &job("bridge", "capacity: [{ provider: general }]"),
        &job("own", "launchType: FARGATE, port: 80"),
    ]
    .concat();
    let stack = samples::stack(&stack);
    let rows = SecurityGroup::desired(&stack, &samples::facts());
    let own = rows.iter().find(|row| row.name == "job-own").unwrap();
    assert_eq!(
        (own.spec.name.as_str(), own.spec.description.as_str()),
        ("shop-prod-own-job", "Tasks of job own")
    );
    assert_eq!(own.manifest.address.to_string(), "job/own");
    assert_eq!(own.spec.ingress, Set::default());
    assert!(rows.iter().all(|row| row.name != "job-bridge"), "it has no interface of its own");
    assert_eq!(
        ingress(&stack, "file-system-uploads"),
        [
            "security-group/instances-main-general#id on (2049, 2049)",
            "security-group/job-own#id on (2049, 2049)",
        ]
    );
}

/// The ingress rules of a group: transport, port and peer.
fn admitted(rows: &[Desired<SecurityGroupSpec>], name: &str) -> Vec<String> {
    let row = rows.iter().find(|row| row.name == name).unwrap();
    let rule = |rule: &Rule| {
        format!("{} {} {}", rule.protocol, rule.from_port.unwrap_or_default(), rule.peer)
    };
    row.spec.ingress.0.iter().map(rule).collect()
}

#[test]
fn datagrams_come_over_udp_and_health_checks_over_tcp() {
    let stack = samples::stack(
        "
kind: LoadBalancer
name: edge
type: network
listeners: [{ name: dns, protocol: TCP_UDP, port: 53 }, { name: log, protocol: UDP, port: 514 }]
---
kind: Service
name: dns
containers:
  - name: dns
    image: dns
    ports: [53, { container: 53, protocol: udp }, { container: 514, protocol: udp }]
loadBalancers:
  - { loadBalancer: edge, listener: dns }
  - { loadBalancer: edge, listener: log, port: 514, healthCheck: { port: 8080 } }
",
    );
    let rows = SecurityGroup::desired(&stack, &samples::facts());
    assert_eq!(
        admitted(&rows, "load-balancer-edge"),
        ["tcp 53 0.0.0.0/0", "udp 53 0.0.0.0/0", "udp 514 0.0.0.0/0"]
    );
    let group = Resolvable::reference("security-group", "load-balancer-edge", "id");
    let expected = ["tcp 53", "tcp 8080", "udp 53", "udp 514"];
    assert_eq!(
        admitted(&rows, "service-dns"),
        expected.map(|expected| format!("{expected} {group}"))
    );
}

#[test]
fn tasks_admit_the_groups_of_an_existing_load_balancer() {
    let stack = samples::stack(samples::EXISTING);
    let rows = SecurityGroup::desired(&stack, &samples::existing_facts());
    assert_eq!(rows.len(), 1, "nothing is made for the load balancer: {rows:?}");
    assert_eq!(admitted(&rows, "service-web"), ["tcp 80 sg-1", "tcp 80 sg-2"]);
}
