//! `ecsctl verify`, and the checks that `apply` makes by itself, on accounts that say what is there.

use crate::support::ecsctl::Run;
use crate::{Application, done, ended};

const MANIFESTS: &str = "\
kind: App
name: shop
environments: { prod: { region: eu-west-1, account: '444455556666' } }
---
kind: LoadBalancer
name: public
listeners:
  - name: https
    protocol: HTTPS
    certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a']
---
kind: Service
name: web
image: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1
port: 8080
secrets: { KEY: 'secretsmanager:shop/api:key', DB: 'ssm:/shop/db' }
executionRole: arn:aws:iam::444455556666:role/start
loadBalancers: [{ loadBalancer: public, hosts: [shop.example.com] }]
";

/// All that the manifests need.
const ALL: &str = r#"{
  "images": {"444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1": ["linux/amd64"]},
  "secrets": ["secretsmanager:shop/api", "ssm:/shop/db"],
  "roles": {"arn:aws:iam::444455556666:role/start": {"trusts": ["ecs-tasks.amazonaws.com"]}},
  "certificates": {"arn:aws:acm:eu-west-1:444455556666:certificate/a": {"names": ["*.example.com"]}},
  "quotas": {"fargateVcpus": 6, "listeners": 50, "rules": 100}
}"#;

/// The same account, where everything is wrong.
const WRONG: &str = r#"{
  "images": {"444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1": ["linux/arm64"]},
  "secrets": ["secretsmanager:shop/api"],
  "roles": {"arn:aws:iam::444455556666:role/start": {"trusts": ["ecs-tasks.amazonaws.com"], "denies": ["ssm:GetParameters"]}},
  "certificates": {"arn:aws:acm:eu-west-1:444455556666:certificate/a": {"names": ["example.com"]}},
  "denied": ["servicequotas:GetServiceQuota"]
}"#;

fn shop(surroundings: &str) -> Application {
    let shop =
        Application::written("shop", MANIFESTS).env("ECSCTL_ENV", "prod").env("TERM", "dumb");
    shop.write_account(&account(surroundings));
    shop
}

fn account(surroundings: &str) -> String {
    format!(r#"{{"format": 1, "clock": 0, "resources": {{}}, "surroundings": {surroundings}}}"#)
}

/// Without the directory that the manifests happen to be in.
fn told(shop: &Application, run: &Run) -> String {
    let directory = shop.manifests.path().display().to_string();
    format!("{}{}", run.stderr, run.stdout).replace(&directory, "shop")
}

#[test]
fn an_account_that_has_everything_is_ready() {
    for surroundings in ["{}", ALL] {
        let run = done(shop(surroundings).run(&["verify"]));
        assert_eq!(run.stderr, "", "{surroundings}");
    }
    let shop = shop(ALL);
    insta::assert_snapshot!(told(&shop, &done(shop.run(&["verify"]))), @"
    ecsctl verify · shop / prod · 444455556666 eu-west-1

      images        1 passed
      secrets       2 passed
      roles         2 passed
      routes        3 passed
      certificates  2 passed
      quotas        3 passed
      note          whether the JSON of a secret is what its key names stays unknown: values are never read

    Ready: 13 checks, 13 passed.
    ");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_where_it_is_written() {
    let shop = shop(WRONG);
    insta::assert_snapshot!(told(&shop, &ended(shop.run(&["verify"]), 1)), @"
    error[image-platform]

      x image `444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1` is built for linux/arm64, and its
      | tasks run on linux/amd64
        ,-[shop/app.yaml:14:8]
     13 | name: web
     14 | image: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1
        :        ^^^^^^^^^^^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^^^^^^^^^^
        :                                 `-- nothing for linux/amd64
     15 | port: 8080
        `----
      help: build it with `docker buildx build --platform linux/amd64`, or set
            `runtimePlatform.cpuArchitecture: ARM64`

    error[secret-missing]

      x parameter `/shop/db` is not there in eu-west-1
        ,-[shop/app.yaml:16:52]
     15 | port: 8080
     16 | secrets: { KEY: 'secretsmanager:shop/api:key', DB: 'ssm:/shop/db' }
        :                                                    ^^^^^^^|^^^^^^
        :                                                           `-- no task could start
     17 | executionRole: arn:aws:iam::444455556666:role/start
        `----
      help: create it first, or correct its name

    error[role-permission]

      x role `arn:aws:iam::444455556666:role/start` does not allow `ssm:GetParameters` on
      | arn:aws:ssm:eu-west-1:444455556666:parameter/shop/db
        ,-[shop/app.yaml:17:16]
     16 | secrets: { KEY: 'secretsmanager:shop/api:key', DB: 'ssm:/shop/db' }
     17 | executionRole: arn:aws:iam::444455556666:role/start
        :                ^^^^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^^^
        :                                  `-- what the tasks need
     18 | loadBalancers: [{ loadBalancer: public, hosts: [shop.example.com] }]
        `----
      help: allow it in a policy of the role

    error[certificate-hosts]

      x no certificate of listener `https` covers `shop.example.com`: they are for example.com
        ,-[shop/app.yaml:18:49]
     17 | executionRole: arn:aws:iam::444455556666:role/start
     18 | loadBalancers: [{ loadBalancer: public, hosts: [shop.example.com] }]
        :                                                 ^^^^^^^^|^^^^^^^
        :                                                         `-- browsers would refuse the connection
        `----
      help: add a certificate for it to the listener's `certificates`

    warning[quota-unchecked]

      ! the quota of vCPUs on Fargate was not checked: the identity lacks the permission
      | `servicequotas:GetServiceQuota`
      help: allow `servicequotas:GetServiceQuota` in a policy of the identity that runs this

    4 errors, 1 warning in 1 file
    ecsctl verify · shop / prod · 444455556666 eu-west-1

      images        1 failed
      secrets       1 passed, 1 failed
      roles         1 passed, 1 failed
      routes        3 passed
      certificates  1 passed, 1 failed
      quotas        2 passed, 1 not checked
      note          whether the JSON of a secret is what its key names stays unknown: values are never read

    Not ready: 13 checks, 8 passed, 4 failed, 1 not checked.
    ");
}

#[test]
fn what_could_not_be_checked_is_a_warning_and_not_passed() {
    let shop = shop(
        r#"{"denied": ["acm:DescribeCertificate", "ecr:BatchGetImage", "ssm:DescribeParameters", "iam:SimulatePrincipalPolicy"]}"#,
    );
    insta::assert_snapshot!(told(&shop, &done(shop.run(&["verify"]))), @"
    warning[image-unchecked]

      ! image `444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1` was not checked: the identity lacks
      | the permission `ecr:BatchGetImage`
        ,-[shop/app.yaml:14:8]
     13 | name: web
     14 | image: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1
        :        ^^^^^^^^^^^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^^^^^^^^^^
        :                                 `-- not checked
     15 | port: 8080
        `----
      help: allow `ecr:BatchGetImage` in a policy of the identity that runs this

    warning[secret-unchecked]

      ! parameter `/shop/db` was not checked: the identity lacks the permission
      | `ssm:DescribeParameters`
        ,-[shop/app.yaml:16:52]
     15 | port: 8080
     16 | secrets: { KEY: 'secretsmanager:shop/api:key', DB: 'ssm:/shop/db' }
        :                                                    ^^^^^^^|^^^^^^
        :                                                           `-- not checked
     17 | executionRole: arn:aws:iam::444455556666:role/start
        `----
      help: allow `ssm:DescribeParameters` in a policy of the identity that runs this

    warning[role-unchecked]

      ! what role `arn:aws:iam::444455556666:role/start` allows was not checked: the identity lacks
      | the permission `iam:SimulatePrincipalPolicy`
        ,-[shop/app.yaml:17:16]
     16 | secrets: { KEY: 'secretsmanager:shop/api:key', DB: 'ssm:/shop/db' }
     17 | executionRole: arn:aws:iam::444455556666:role/start
        :                ^^^^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^^^
        :                                  `-- not checked
     18 | loadBalancers: [{ loadBalancer: public, hosts: [shop.example.com] }]
        `----
      help: allow `iam:SimulatePrincipalPolicy` in a policy of the identity that runs this

    warning[certificate-unchecked]

      ! certificate `arn:aws:acm:eu-west-1:444455556666:certificate/a` was not checked: the identity
      | lacks the permission `acm:DescribeCertificate`
        ,-[shop/app.yaml:10:20]
      9 |     protocol: HTTPS
     10 |     certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a']
        :                    ^^^^^^^^^^^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^^^^^^^^^^
        :                                             `-- not checked
     11 | ---
        `----
      help: allow `acm:DescribeCertificate` in a policy of the identity that runs this

    4 warnings in 1 file
    ecsctl verify · shop / prod · 444455556666 eu-west-1

      images        1 not checked
      secrets       1 passed, 1 not checked
      roles         1 passed, 1 not checked
      routes        3 passed
      certificates  1 not checked
      quotas        3 passed
      note          whether the JSON of a secret is what its key names stays unknown: values are never read

    Ready, as far as that could be checked: 12 checks, 8 passed, 4 not checked.
    ");
}

#[test]
fn programs_get_an_event_per_finding() {
    let shop = shop(WRONG);
    let run = ended(shop.run(&["verify", "--output", "json"]), 1);
    assert_eq!(run.stderr, "");
    let events: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines: Vec<String> = events
        .iter()
        .map(|event| {
            let text = |event: &serde_json::Value, name: &str| {
                event[name].as_str().unwrap_or("-").to_owned()
            };
            let problem = &event["problem"];
            let line = problem["places"][0]["line"].to_string();
            let (kind, subject) = (text(event, "type"), text(event, "subject"));
            [kind, subject, text(problem, "severity"), text(problem, "code"), line].join(" ")
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    start - - - null
    check images error image-platform 14
    check secrets error secret-missing 16
    check roles error role-permission 17
    check certificates error certificate-hosts 18
    check quotas warning quota-unchecked null
    checked - - - null
    end - - - null
    ");
    insta::assert_snapshot!(events[events.len() - 2], @r#"
    {"type":"checked","total":{"passed":8,"failed":4,"doubtful":0,"notChecked":1},"subjects":{"certificates":{"passed":1,"failed":1,"doubtful":0,"notChecked":0},"images":{"passed":0,"failed":1,"doubtful":0,"notChecked":0},"quotas":{"passed":2,"failed":0,"doubtful":0,"notChecked":1},"roles":{"passed":1,"failed":1,"doubtful":0,"notChecked":0},"routes":{"passed":3,"failed":0,"doubtful":0,"notChecked":0},"secrets":{"passed":1,"failed":1,"doubtful":0,"notChecked":0}},"notes":["whether the JSON of a secret is what its key names stays unknown: values are never read"]}
    "#);
}

#[test]
fn apply_makes_the_cheap_checks_before_it_changes_anything() {
    let shop = shop(WRONG);
    let refused = ended(shop.run(&["apply", "--auto-approve"]), 1);
    let directory = shop.manifests.path().display().to_string();
    insta::assert_snapshot!(refused.stderr.replace(&directory, "shop"), @"
    error[image-platform]

      x image `444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1` is built for linux/arm64, and its
      | tasks run on linux/amd64
        ,-[shop/app.yaml:14:8]
     13 | name: web
     14 | image: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1
        :        ^^^^^^^^^^^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^^^^^^^^^^
        :                                 `-- nothing for linux/amd64
     15 | port: 8080
        `----
      help: build it with `docker buildx build --platform linux/amd64`, or set
            `runtimePlatform.cpuArchitecture: ARM64`

    error[secret-missing]

      x parameter `/shop/db` is not there in eu-west-1
        ,-[shop/app.yaml:16:52]
     15 | port: 8080
     16 | secrets: { KEY: 'secretsmanager:shop/api:key', DB: 'ssm:/shop/db' }
        :                                                    ^^^^^^^|^^^^^^
        :                                                           `-- no task could start
     17 | executionRole: arn:aws:iam::444455556666:role/start
        `----
      help: create it first, or correct its name

    error[certificate-hosts]

      x no certificate of listener `https` covers `shop.example.com`: they are for example.com
        ,-[shop/app.yaml:18:49]
     17 | executionRole: arn:aws:iam::444455556666:role/start
     18 | loadBalancers: [{ loadBalancer: public, hosts: [shop.example.com] }]
        :                                                 ^^^^^^^^|^^^^^^^
        :                                                         `-- browsers would refuse the connection
        `----
      help: add a certificate for it to the listener's `certificates`

    3 errors in 1 file
    Nothing was changed: correct it, or pass over these checks with --skip-verify.
    ");
    assert_eq!(shop.account(), account(WRONG), "nothing was changed");

    let run = ended(shop.run(&["apply", "--auto-approve", "--output", "json"]), 1);
    let last = run.stdout.lines().last().unwrap();
    insta::assert_snapshot!(last, @r#"
    {"type":"error","exitCode":1,"message":"what the plan needs is not there: 3 errors in 1 file","hint":"correct it, or pass over these checks with --skip-verify"}
    "#);
    done(shop.run(&["apply", "--auto-approve", "--skip-verify"]));
}

#[test]
fn apply_checks_what_it_changes_and_nothing_else() {
    let shop = shop(ALL);
    done(shop.run(&["apply", "--auto-approve"]));
    let emptied = shop.account().replace("\"ssm:/shop/db\"", "\"ssm:/gone\"");
    shop.write_account(&emptied);
    let run = done(shop.run(&["apply", "--auto-approve"]));
    assert_eq!(run.stderr, "", "there is nothing to do, and so nothing to check");
    shop.manifests.write("other.yaml", "kind: Service\nname: other\nimage: nginx\n");
    let without = ended(shop.run(&["apply", "--auto-approve"]), 1);
    assert!(without.stderr.contains("image-missing"), "{}", without.stderr);
    assert!(!without.stderr.contains("/shop/db"), "web stays as it is: {}", without.stderr);
    shop.manifests.edit("app.yaml", "web:1", "web:1\ndesiredCount: 2");
    shop.manifests.remove("other.yaml");
    let with = ended(shop.run(&["apply", "--auto-approve"]), 1);
    assert!(with.stderr.contains("parameter `/shop/db` is not there"), "{}", with.stderr);
}

#[test]
fn apply_goes_on_where_it_could_not_check() {
    let shop = shop(r#"{"denied": ["acm:DescribeCertificate"]}"#);
    let run = done(shop.run(&["apply", "--auto-approve"]));
    assert!(run.stderr.contains("certificate-unchecked"), "{}", run.stderr);
    assert!(run.stdout.contains("Done:"), "{}", run.stdout);
    assert!(shop.account().contains("\"denied\""), "the account keeps its surroundings");
}

#[test]
fn networks_and_files_of_others_are_checked_too() {
    let manifests = "\
kind: FileSystem
name: files
fileSystemId: fs-0123456789abcdef0
securityGroup: sg-0123456789abcdef0
---
kind: Service
name: web
network: { assignPublicIp: DISABLED, securityGroups: [sg-0123456789abcdef1] }
containers:
  - name: app
    image: nginx
    environmentFiles: ['arn:aws:s3:::settings/web.env']
    mounts: [{ volume: data, path: /data }]
volumes: { data: { efs: { fileSystem: files } } }
";
    let shop = Application::written("shop", manifests).env("TERM", "dumb");
    shop.write_account(&account(
        r#"{"environmentFiles": [], "unreachable": ["registry-1.docker.io"], "securityGroups": {
          "sg-0123456789abcdef0": {"ingress": [{"port": 2049, "peers": ["sg-0123456789abcdef2"]}]},
          "sg-0123456789abcdef1": {}}}"#,
    ));
    insta::assert_snapshot!(told(&shop, &ended(shop.run(&["verify"]), 1)), @"
    warning[image-unchecked]

      ! image `nginx` was not checked: registry-1.docker.io cannot be reached: connection refused
        ,-[shop/app.yaml:11:12]
     10 |   - name: app
     11 |     image: nginx
        :            ^^|^^
        :              `-- not checked
     12 |     environmentFiles: ['arn:aws:s3:::settings/web.env']
        `----

    error[environment-file-missing]

      x environment file `arn:aws:s3:::settings/web.env` is not there
        ,-[shop/app.yaml:12:24]
     11 |     image: nginx
     12 |     environmentFiles: ['arn:aws:s3:::settings/web.env']
        :                        ^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^
        :                                       `-- no task could start
     13 |     mounts: [{ volume: data, path: /data }]
        `----
      help: upload it first, or correct its ARN

    error[file-system-ingress]

      x security group sg-0123456789abcdef0 does not let the tasks of web in on port 2049
       ,-[shop/app.yaml:4:16]
     3 | fileSystemId: fs-0123456789abcdef0
     4 | securityGroup: sg-0123456789abcdef0
       :                ^^^^^^^^^^|^^^^^^^^^
       :                          `-- no task could mount it
     5 | ---
       `----
      help: add an ingress rule for TCP port 2049 to it, from a group in the service's
            `network.securityGroups` or from its subnets

    2 errors, 1 warning in 1 file
    ecsctl verify · shop / default · 000000000000 us-east-1

      images             1 not checked
      environment files  1 failed
      routes             3 passed
      security groups    1 passed, 1 failed
      quotas             1 passed

    Not ready: 8 checks, 5 passed, 2 failed, 1 not checked.
    ");
}
