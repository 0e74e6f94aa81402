//! Each edit of a manifest is planned and made, it and nothing else.

use crate::{Application, set};

/// An edit of a file, and all that the plan must then show.
struct Edit(&'static str, &'static str, &'static str, &'static [&'static str]);

const SHOP: &[Edit] = &[
    Edit(
        "web.yaml",
        "shop-web:${TAG:-1.8.2}",
        "shop-web:1.9.0",
        &["revise task-definition/web containers[app].image", "update service/web taskDefinition"],
    ),
    Edit("api.yaml", "desiredCount: 1", "desiredCount: 2", &["update service/api desiredCount"]),
    Edit(
        "web.yaml",
        "LOG_LEVEL: debug",
        "LOG_LEVEL: info",
        &[
            "revise task-definition/web containers[app].environment[LOG_LEVEL]",
            "update service/web taskDefinition",
        ],
    ),
    Edit(
        "web.yaml",
        "localhost:8080/healthz, interval: 10s",
        "localhost:8080/healthz, interval: 20s",
        &[
            "revise task-definition/web containers[app].healthCheck.interval",
            "update service/web taskDefinition",
        ],
    ),
    Edit(
        "web.yaml",
        "metric: cpu, target: 60",
        "metric: cpu, target: 50",
        &["update scaling-policy/web-cpu targetValue"],
    ),
    Edit("web.yaml", "  max: 4", "  max: 5", &["update scalable-target/web max"]),
    Edit(
        "web.yaml",
        "[dynamodb:GetItem, dynamodb:Query]",
        "[dynamodb:GetItem, dynamodb:Query, dynamodb:Scan]",
        &["update role/task-web statements[ReadCatalogue].actions"],
    ),
    Edit(
        "api.yaml",
        "    listener: http\n    port: 9000\n    paths: [/api/*]",
        "    listener: http\n    port: 9000\n    paths: [/api/*, /svc/*]",
        &["update listener-rule/api-public-http paths"],
    ),
    Edit("worker.yaml", "retention: 14", "retention: 30", &["update log-group/worker retention"]),
    Edit(
        "platform.yaml",
        "kind: FileSystem\nname: uploads",
        "kind: FileSystem\nname: uploads\ntags: { tier: gold }",
        &[
            "update access-point/uploads-web tags[tier]",
            "update file-system/uploads tags[tier]",
            "update security-group/file-system-uploads tags[tier]",
        ],
    ),
    Edit(
        "platform.yaml",
        "weight: 1, base: 1",
        "weight: 2, base: 1",
        &[
            "update cluster-capacity-providers/main defaultCapacityProviderStrategy[FARGATE].weight",
            "update service/api capacityProviderStrategy",
            "update service/web capacityProviderStrategy",
        ],
    ),
    Edit(
        "worker.yaml",
        "command: [worker, --queue, mails]",
        "command: [worker, --queue, pictures]",
        &[
            "revise task-definition/worker containers[worker].command",
            "update service/worker taskDefinition",
        ],
    ),
    Edit(
        "migrate.yaml",
        "command: [migrate, --to, latest]",
        "command: [migrate, --to, next]",
        &["revise task-definition/migrate containers[migrate].command"],
    ),
];

const HELLO: &[Edit] = &[
    Edit(
        "hello.yaml",
        "nginx:1.27",
        "nginx:1.28",
        &[
            "revise task-definition/hello containers[hello].image",
            "update service/hello taskDefinition",
        ],
    ),
    Edit(
        "hello.yaml",
        "port: 80\n",
        "port: 80\ndesiredCount: 3\n",
        &["update service/hello desiredCount"],
    ),
];

const EC2: &[Edit] = &[
    Edit("platform.yaml", "max: 6", "max: 8", &["update auto-scaling-group/main-general max"]),
    Edit(
        "platform.yaml",
        "onDemandPercentage: 20",
        "onDemandPercentage: 30",
        &["update auto-scaling-group/main-spot spot.onDemandPercentage"],
    ),
    Edit(
        "platform.yaml",
        "warmup: 2m",
        "warmup: 3m",
        &[
            "update auto-scaling-group/main-general defaultInstanceWarmup",
            "update capacity-provider/main-general managedScaling.instanceWarmupPeriod",
        ],
    ),
    Edit(
        "cruncher.yaml",
        "type: binpack, field: memory",
        "type: binpack, field: cpu",
        &["update service/cruncher placementStrategy"],
    ),
    Edit(
        "ingest.yaml",
        "host: 0 }",
        "host: 8080 }",
        &[
            "revise task-definition/ingest containers[api].ports[8080/tcp].hostPort",
            "update security-group/instances-main-general ingress",
            "update service/ingest taskDefinition",
        ],
    ),
    Edit(
        "agent.yaml",
        "tracker-agent:${AGENT_TAG:-1.4.0}",
        "tracker-agent:1.5.0",
        &[
            "revise task-definition/agent containers[agent].image",
            "update service/agent taskDefinition",
        ],
    ),
];

#[test]
fn each_edit_of_the_examples_is_planned_made_and_no_difference_any_more() {
    for (name, edits) in [("shop", SHOP), ("hello", HELLO), ("ec2", EC2)] {
        let application = Application::example(name);
        assert_ne!(application.plan().changes(), set(&[]), "there is something to create");
        application.apply();
        assert_eq!(application.plan().changes(), set(&[]), "{name} converged");
        for Edit(file, from, to, changes) in edits {
            application.manifests.edit(file, from, to);
            assert_eq!(application.plan().changes(), set(changes), "{from} → {to}");
            application.apply();
            assert_eq!(application.plan().changes(), set(&[]), "after {from} → {to}");
        }
        crate::done(application.run(&["destroy", "--auto-approve"]));
        assert_eq!(application.size(), 0, "{name} is gone");
    }
}

#[test]
fn a_plan_does_not_depend_on_files_and_their_order() {
    let shop = Application::example("shop");
    let before = plan_without_places(&shop);
    let read = |file: &str| std::fs::read_to_string(shop.manifests.path().join(file)).unwrap();
    let platform = read("platform.yaml");
    let mut documents: Vec<&str> = platform.split("---\n").collect();
    documents.reverse();
    for (position, document) in documents.iter().enumerate() {
        shop.manifests.write(&format!("{position}.yml"), document);
    }
    shop.manifests.remove("platform.yaml");
    shop.manifests
        .write("00-worker.yaml", &format!("{}---\n{}", read("worker.yaml"), read("api.yaml")));
    shop.manifests.remove("worker.yaml");
    shop.manifests.remove("api.yaml");
    assert_eq!(plan_without_places(&shop), before);
}

/// The plan's text, with each file and line as `…`.
fn plan_without_places(application: &Application) -> String {
    let text = crate::done(application.run(&["plan", "-v"])).stdout;
    let without = |line: &str| match line.split_once(application.manifests.path().to_str().unwrap())
    {
        Some((before, _)) => format!("{before}…"),
        None => line.to_owned(),
    };
    text.lines().map(without).collect::<Vec<_>>().join("\n")
}

#[test]
fn environments_differ_and_live_side_by_side() {
    let shop = Application::example("shop");
    shop.apply();
    let dev = shop.size();
    crate::done(shop.run(&["apply", "-e", "prod", "--auto-approve"]));
    assert!(shop.size() > dev);
    assert_eq!(shop.plan().changes(), set(&[]), "dev is as it was");
    let plan = crate::done(shop.run(&["plan", "-e", "prod"])).stdout;
    assert!(plan.contains("Nothing to change"), "{plan}");
    assert!(plan.starts_with("ecsctl plan · shop / prod · 444455556666 eu-west-1"), "{plan}");
    assert!(shop.account().contains("444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.9.0"));
    crate::done(shop.run(&["destroy", "--auto-approve"]));
    assert_eq!(shop.plan().orphans(), set(&[]));
    let plan = crate::done(shop.run(&["plan", "-e", "prod"])).stdout;
    assert!(plan.contains("Nothing to change"), "prod is as it was: {plan}");
}
