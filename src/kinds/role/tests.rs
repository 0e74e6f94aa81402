//! Exact requests, observation, and least privilege.

use super::calls::Call;
use super::policy::{document, read};
use super::*;
use crate::aws::replay::{Replay, xml};
use crate::kind::{Depth, Marks};
use crate::kinds::samples;
use crate::value::Address;

async fn sent(calls: &[Call], answer: &str) -> Vec<String> {
    let replay = Replay::new(calls.iter().map(|_| xml(200, answer)));
    let aws = replay.aws();
    for call in calls {
        Role::perform(&aws, call).await.unwrap();
    }
    let read = |body: &String| {
        let pairs = form_urlencoded::parse(body.as_bytes());
        let pairs = pairs.filter(|(name, _)| name != "Version");
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    };
    replay.bodies().iter().map(read).collect()
}

fn live(spec: RoleSpec) -> Live<RoleSpec> {
    let marks = Marks::default();
    Live { outputs: outputs(&spec.name, "arn:web"), spec, marks, depth: Depth::Full }
}

#[tokio::test]
async fn a_new_role_gets_its_policies_one_by_one() {
    let spec = Role::examples().remove(0);
    let address = Address::new("role", "task-web");
    let calls = Role::lower(&Change::Create { address: &address, spec: &spec });
    let reply = "<CreateRoleResponse><CreateRoleResult><Role><Path>/</Path><RoleName>shop-prod-web</RoleName><RoleId>A</RoleId><Arn>arn:web</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></CreateRoleResult></CreateRoleResponse>";
    let (trust, statements) = (document(&spec.trust), document(&spec.statements));
    assert_eq!(
        sent(&calls, reply).await,
        [
            format!("Action=CreateRole&Path=/ecsctl/shop/prod/&RoleName=shop-prod-web&AssumeRolePolicyDocument={trust}&Description=Reads pictures&MaxSessionDuration=3600&PermissionsBoundary=arn:aws:iam::444455556666:policy/boundary&Tags.member.1.Key=team&Tags.member.1.Value=web"),
            format!("Action=PutRolePolicy&RoleName=shop-prod-web&PolicyName=ecsctl&PolicyDocument={statements}"),
            "Action=AttachRolePolicy&RoleName=shop-prod-web&PolicyArn=arn:aws:iam::aws:policy/AmazonSQSFullAccess".to_owned(),
        ]
    );
    assert_eq!(
        trust,
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"Tasks","Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":["sts:AssumeRole"],"Condition":{"StringEquals":{"aws:SourceAccount":["444455556666"]}}}]}"#
    );
}

#[tokio::test]
async fn an_update_allows_before_it_takes_away() {
    let before = RoleSpec {
        inline_policies: Set::from_iter(["debug".to_owned()]),
        ..Role::examples().remove(0)
    };
    let spec = RoleSpec {
        description: String::new(),
        trust: Policy::from([("Tasks".to_owned(), super::desired::assumed_by_tasks())]),
        statements: Policy::new(),
        inline_policies: Set::default(),
        managed_policies: Set::from_iter(["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()]),
        permissions_boundary: String::new(),
        max_session_duration: 7200,
        tags: Tags::from([("owner".to_owned(), "me".into())]),
        ..before.clone()
    };
    let fields = ["description", "trust", "permissionsBoundary"].map(|path| diff::FieldChange {
        path: diff::Path::default().field(path),
        before: None,
        after: None,
    });
    let (address, live) = (Address::new("role", "task-web"), live(before));
    let change = Change::Update { address: &address, spec: &spec, live: &live, fields: &fields };
    let trust = document(&spec.trust);
    let role = "&RoleName=shop-prod-web";
    assert_eq!(
        sent(&Role::lower(&change), "<UpdateRoleResponse><UpdateRoleResult/></UpdateRoleResponse>")
            .await,
        [
            format!("Action=UpdateRole{role}&Description=&MaxSessionDuration=7200"),
            format!("Action=UpdateAssumeRolePolicy{role}&PolicyDocument={trust}"),
            format!("Action=DeleteRolePermissionsBoundary{role}"),
            format!(
                "Action=AttachRolePolicy{role}&PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess"
            ),
            format!(
                "Action=DetachRolePolicy{role}&PolicyArn=arn:aws:iam::aws:policy/AmazonSQSFullAccess"
            ),
            format!("Action=DeleteRolePolicy{role}&PolicyName=ecsctl"),
            format!("Action=DeleteRolePolicy{role}&PolicyName=debug"),
            format!("Action=TagRole{role}&Tags.member.1.Key=owner&Tags.member.1.Value=me"),
            format!("Action=UntagRole{role}&TagKeys.member.1=team"),
        ]
    );
}

#[test]
fn a_role_is_emptied_before_it_is_deleted() {
    let spec = RoleSpec {
        inline_policies: Set::from_iter(["debug".to_owned()]),
        ..Role::examples().remove(0)
    };
    let (address, live) = (Address::new("role", "task-web"), live(spec));
    let calls = Role::lower(&Change::Delete { address: &address, live: &live });
    let lines: Vec<String> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "iam:DetachRolePolicy shop-prod-web AmazonSQSFullAccess",
            "iam:DeleteRolePolicy shop-prod-web ecsctl",
            "iam:DeleteRolePolicy shop-prod-web debug",
            "iam:DeleteRole shop-prod-web",
        ]
    );
}

const DETAILS: &str = "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><IsTruncated>false</IsTruncated><RoleDetailList>
<member><Path>/</Path><RoleName>someone-else</RoleName><Arn>arn:else</Arn></member>
<member><Path>/ecsctl/shop/prod/</Path><RoleName>shop-prod-web</RoleName><RoleId>AROA</RoleId><Arn>arn:web</Arn>
<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Sid%22%3A%22Tasks%22%2C%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ecs-tasks.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%2C%22Condition%22%3A%7B%22StringEquals%22%3A%7B%22aws%3ASourceAccount%22%3A%22444455556666%22%7D%7D%7D%5D%7D</AssumeRolePolicyDocument>
<InstanceProfileList/>
<RolePolicyList><member><PolicyName>ecsctl</PolicyName><PolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Sid%22%3A%22Read%22%2C%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ashop%2F%2A%22%2C%22Condition%22%3A%7B%22Bool%22%3A%7B%22aws%3ASecureTransport%22%3A%22true%22%7D%7D%7D%5D%7D</PolicyDocument></member></RolePolicyList>
<AttachedManagedPolicies><member><PolicyName>AmazonSQSFullAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/AmazonSQSFullAccess</PolicyArn></member></AttachedManagedPolicies>
<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>arn:aws:iam::444455556666:policy/boundary</PermissionsBoundaryArn></PermissionsBoundary>
<Tags><member><Key>team</Key><Value>web</Value></member></Tags></member>
</RoleDetailList></GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>";

const ROLE: &str = "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>shop-prod-web</RoleName><RoleId>A</RoleId><Arn>arn:web</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><Description>Reads pictures</Description><MaxSessionDuration>3600</MaxSessionDuration></Role></GetRoleResult></GetRoleResponse>";

#[tokio::test]
async fn what_was_made_reads_back_the_same() {
    let replay = Replay::new([xml(200, DETAILS), xml(200, ROLE)]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let wanted = Role::examples().remove(0);
    let survey = samples::survey(&aws, &scope, &facts);
    let rows = Role::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    assert_eq!(rows.len(), 1, "other people's roles are left out");
    assert_eq!(rows[0].depth, Depth::Shallow);
    let rows = Role::deepen(&survey, &[], rows).await.unwrap();
    assert_eq!(rows[0].spec, wanted);
    assert_eq!(rows[0].depth, Depth::Full);
    assert_eq!(
        replay.bodies()[0],
        "Action=GetAccountAuthorizationDetails&Version=2010-05-08&Filter.member.1=Role&MaxItems=1000"
    );
}

#[tokio::test]
async fn a_name_is_taken_whatever_its_case() {
    let replay = Replay::new([xml(200, DETAILS)]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let wanted = RoleSpec { name: "Someone-Else".to_owned(), ..Role::examples().remove(0) };
    let survey = samples::survey(&aws, &scope, &facts);
    let rows = Role::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row.spec.name.as_str()).collect();
    assert_eq!(names, ["someone-else"]);
    assert_eq!(Role::key(&rows[0].spec), Role::key(&wanted));
}

/// `Sid: actions on resources`, a line each.
fn shown(policy: &Policy) -> Vec<String> {
    let list = |items: Vec<String>| items.join(", ");
    let lines = policy.iter().map(|(sid, it)| {
        let actions = list(it.actions.0.iter().cloned().collect());
        let resources = list(it.resources.0.iter().map(ToString::to_string).collect());
        format!("{sid}: {actions} on {resources}")
    });
    lines.collect()
}

#[test]
fn an_execution_role_may_do_exactly_what_the_task_needs() {
    let row = |app: &str| {
        let stack = samples::stack(&format!(
            "{{ kind: Service, name: web, containers: [{{ name: app, {app} }}] }}"
        ));
        Role::desired(&stack, &samples::facts()).remove(0)
    };
    let plain = row("image: nginx");
    assert_eq!(plain.name, "execution-web");
    assert_eq!(plain.spec.name, "shop-prod-web-execution");
    let logs = "Logs: logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:eu-west-1:444455556666:log-group:/ecsctl/shop/prod/web:*";
    assert_eq!(shown(&plain.spec.statements), [logs]);

    let app = "
image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1.2@sha256:0000000000000000000000000000000000000000000000000000000000000000',
environmentFiles: ['arn:aws:s3:::settings/prod/web.env'],
repositoryCredentials: secretsmanager:registry,
secrets: {
  A: ssm:/shop/a, B: ssm:b, C: secretsmanager:shop/api:key,
  D: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/d-AbCdEf'
}";
    assert_eq!(
        shown(&row(app).spec.statements),
        [
            "EnvironmentFileBuckets: s3:GetBucketLocation on arn:aws:s3:::settings",
            "EnvironmentFiles: s3:GetObject on arn:aws:s3:::settings/prod/web.env",
            "Images: ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer on arn:aws:ecr:eu-central-1:111122223333:repository/shop/web",
            logs,
            "Parameters: ssm:GetParameters on arn:aws:ssm:eu-west-1:444455556666:parameter/b, arn:aws:ssm:eu-west-1:444455556666:parameter/shop/a",
            "RegistryToken: ecr:GetAuthorizationToken on *",
            "Secrets: secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:444455556666:secret:registry-??????, arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api-??????, arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/d-AbCdEf",
        ]
    );
}

#[test]
fn an_execution_role_may_find_a_file_server_and_its_password() {
    let volume = "{ fileSystemId: fs-0123456789abcdef0, rootDirectory: share, credentials: 'ssm:/shop/domain', domain: corp.example.com }";
    let stack = samples::stack(&format!(
        "{{ kind: Service, name: web, image: x, launchType: EC2, memory: 512, logging: {{ disabled: true }}, runtimePlatform: {{ operatingSystemFamily: WINDOWS_SERVER_2022_CORE }}, volumes: {{ files: {{ fsxWindows: {volume} }} }} }}"
    ));
    let row = Role::desired(&stack, &samples::facts()).remove(0);
    assert_eq!(
        shown(&row.spec.statements),
        [
            "FileServers: fsx:DescribeFileSystems on *",
            "Parameters: ssm:GetParameters on arn:aws:ssm:eu-west-1:444455556666:parameter/shop/domain",
        ]
    );
}

#[test]
fn a_task_role_may_also_mount_and_be_entered() {
    let stack = samples::stack(
        "
{ kind: FileSystem, name: files, accessPoints: { uploads: { path: /uploads }, assets: { path: /assets } } }
---
{ kind: TaskRole, name: web, statements: [{ actions: ['s3:GetObject'], resources: ['*'] }] }
---
kind: Service
name: web
taskRole: web
image: nginx
enableExecuteCommand: true
volumes:
  uploads: { efs: { fileSystem: files, accessPoint: uploads, iam: ENABLED } }
  assets: { efs: { fileSystem: files, accessPoint: assets, iam: ENABLED } }
mounts:
  - { volume: uploads, path: /uploads }
  - { volume: assets, path: /assets, readOnly: true }
",
    );
    let row = Role::desired(&stack, &samples::facts()).remove(0);
    assert_eq!(
        (row.name.as_str(), row.manifest.address.to_string()),
        ("task-web", "task-role/web".to_owned())
    );
    assert_eq!(
        shown(&row.spec.statements),
        [
            "ExecuteCommand: ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel on *",
            "MountFilesAssets: elasticfilesystem:ClientMount on file-system/files#arn",
            "MountFilesUploads: elasticfilesystem:ClientMount, elasticfilesystem:ClientWrite on file-system/files#arn",
            "Statement1: s3:GetObject on *",
        ]
    );
    let condition = &row.spec.statements["MountFilesAssets"].conditions["StringEquals"];
    let access_point = crate::value::Resolvable::reference("access-point", "files-assets", "arn");
    assert_eq!(condition["elasticfilesystem:AccessPointArn"], Set::from_iter([access_point]));
    assert_eq!(read(&document(&row.spec.trust)), row.spec.trust);
}

#[test]
fn instances_join_their_cluster_and_open_sessions() {
    let stack = samples::stack(
        "
kind: Cluster
name: main
instances:
  - { name: general, managedPolicies: [CloudWatchAgentServerPolicy, 'arn:aws:iam::444455556666:policy/disks'] }
  - { name: bare, instanceProfile: mine }
  - { name: old, autoScalingGroup: theirs }
",
    );
    let rows = Role::desired(&stack, &samples::facts());
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(row.name, "instances-main-general");
    assert_eq!(row.spec.name, "shop-prod-main-general");
    assert_eq!(
        document(&row.spec.trust),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"Instances","Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"]},"Action":["sts:AssumeRole"]}]}"#
    );
    let policies: Vec<_> = row.spec.managed_policies.0.iter().collect();
    assert_eq!(
        policies,
        [
            "arn:aws:iam::444455556666:policy/disks",
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
            "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
            "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
        ]
    );
}
