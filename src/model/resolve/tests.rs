//! Documents in, a stack out: environments, variables, defaults, and how mistakes come together.

use std::collections::BTreeMap;

use super::{Input, resolve};
use crate::manifest::problem::Problem;
use crate::model::resolved::cluster::CapacityProvider;
use crate::model::resolved::job::{Job, PropagateTags};
use crate::model::resolved::network::{Subnets, Vpc};
use crate::model::resolved::service::{
    Capacity, ExecutionRole, LaunchType, LogGroup, Logging, TaskRoleReference,
};
use crate::model::resolved::task_role::TaskRole;
use crate::model::stack::Stack;
use crate::model::testing::{parse, render, resolved};
use crate::model::variables::Variables;

const SHOP: &str = "
kind: App
name: shop
environments:
  dev: { account: 012345678901, region: eu-west-1, variables: { COUNT: 1 } }
  prod: { account: '${PROD_ACCOUNT}', tags: { tier: gold }, variables: { COUNT: 3 } }
tags: { team: checkout, tier: none }
variables: { COUNT: 2, TAG: latest }
---
{ kind: Service, name: web, image: 'web:${TAG}', desiredCount: '${COUNT}', tags: { team: web } }
";

fn resolve_in(
    text: &str,
    environment: Option<&str>,
    set: &[(&str, &str)],
) -> Result<Stack, Vec<Problem>> {
    let set: BTreeMap<_, _> =
        set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let variables = Variables { set, ..Variables::default() };
    resolve(Input { documents: parse(text), directory_name: "shop", environment, variables })
        .map(|(stack, _)| stack)
}

fn problems(text: &str, environment: Option<&str>) -> String {
    render(text, &resolve_in(text, environment, &[]).expect_err("a problem"))
}

fn stack(text: &str) -> Stack {
    resolved(text).unwrap_or_else(|problems| panic!("{}", render(text, &problems))).0
}

#[test]
fn four_lines_are_an_application() {
    let stack = stack("kind: Service\nname: web\nimage: nginx\nport: 80\n");
    assert_eq!((stack.app.as_str(), stack.environment.as_str()), ("shop", "default"));
    let network = &stack.networks["default"];
    assert_eq!((&network.value.vpc, &network.value.task_subnets), (&Vpc::Default, &Subnets::All));
    assert_eq!(stack.clusters["main"].physical_name, "shop-default-main");
    assert!(stack.clusters["main"].origin.is_none());

    let web = &stack.services["web"];
    assert_eq!(web.physical_name, "shop-default-web");
    let service = &web.value;
    assert_eq!((service.cluster.as_str(), service.desired_count), ("main", Some(1)));
    assert_eq!((service.task.cpu, service.task.memory), (Some(256), Some(512)));
    assert_eq!(service.capacity, Capacity::LaunchType(LaunchType::Fargate));
    assert!(
        service.network.interface.as_ref().unwrap().assign_public_ip,
        "the default VPC has no NAT gateway"
    );
    let container = &service.task.containers[0];
    assert_eq!(
        (container.name.as_str(), container.essential, container.ports[0].container_port),
        ("web", true, 80)
    );
    let Logging::CloudWatch { group, .. } = &service.task.logging else {
        panic!("logs by default")
    };
    assert_eq!(
        group,
        &LogGroup::Managed { name: "/ecsctl/shop/default/web".to_owned(), retention: 30 }
    );
    let role = ExecutionRole::Managed {
        name: "shop-default-web-execution".to_owned(),
        path: "/ecsctl/shop/default/".to_owned(),
    };
    assert_eq!(service.task.execution_role, role);
}

#[test]
fn the_environment_decides_account_tags_and_variables() {
    let prod = resolve_in(SHOP, Some("prod"), &[("PROD_ACCOUNT", "444455556666")]).unwrap();
    assert_eq!(prod.target.account.as_deref(), Some("444455556666"));
    assert_eq!(prod.services["web"].value.desired_count, Some(3));
    let tags: Vec<_> =
        prod.services["web"].tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(tags, ["team=web", "tier=gold"]);

    let dev = resolve_in(SHOP, Some("dev"), &[("COUNT", "5")])
        .expect("what only prod needs is not asked for");
    assert_eq!(dev.target.account.as_deref(), Some("012345678901"), "an account id keeps its zero");
    assert_eq!(
        (dev.services["web"].value.desired_count, dev.tags["tier"].as_str()),
        (Some(5), "none")
    );
    assert_eq!(dev.services["web"].value.task.containers[0].image, "web:latest");
}

#[test]
fn an_environment_is_chosen_or_asked_for() {
    let app = |fields: &str| format!("{{ kind: App, name: shop, {fields} }}");
    let chosen = |text: &str, asked| resolve_in(text, asked, &[]).map(|stack| stack.environment);
    assert_eq!(chosen(&app("environments: { only: {} }"), None).unwrap(), "only");
    assert_eq!(
        chosen(&app("environments: { a: {}, b: {} }, defaultEnvironment: b"), None).unwrap(),
        "b"
    );
    assert_eq!(
        chosen(&app("environments: { a: {}, b: {} }, defaultEnvironment: b"), Some("a")).unwrap(),
        "a"
    );
    let cases = [
        (app("environments: { dev: {}, prod: {} }"), None),
        (app("environments: { dev: {}, prod: {} }"), Some("prd")),
        (app("environments: { dev: {} }, defaultEnvironment: def"), None),
        (app(""), Some("prod")),
        (
            "{ kind: App, name: a, environments: { dev: {} } }\n---\n{ kind: Cluster, name: c, environments: { devv: {} } }"
                .to_owned(),
            None,
        ),
    ];
    let found: Vec<_> = cases.iter().map(|(text, asked)| problems(text, *asked)).collect();
    insta::assert_snapshot!(found.join("\n"), @r#"
    environment-required: the application has several environments and no default -> choose one with `-e`: dev, prod
    unknown-environment: unknown environment `prd` -> did you mean `prod`?
    unknown-environment: unknown environment `def` [def: no such environment] -> did you mean `dev`?
    unknown-environment: unknown environment `prod` -> list it below `environments:` of an App document
    unknown-environment: unknown environment `devv` [devv: the App lists no such environment] -> did you mean `dev`?
    "#);
}

#[test]
fn mistakes_of_all_documents_come_at_once_and_once() {
    let text = "
{ kind: App, name: shop, environments: { dev: { regoin: x } } }
---
{ kind: Service, name: web, image: nginx, cpu: 300, environments: { dev: { desiredCountt: 2 } } }
---
{ kind: Service, name: api, image: nginx, cpu: 300, cluster: mian }
---
{ kind: Service, name: api, image: '${NOPE}' }
---
{ kind: Service, name: api, image: nginx }
---
{ kind: Cluster, name: main }
";
    insta::assert_snapshot!(problems(text, None), @r#"
    unknown-field: `environments.dev` has no field `regoin` [regoin: not a field here] -> did you mean `region`?
    unknown-field: `environments.dev` has no field `desiredCountt` [desiredCountt: not a field here] -> did you mean `desiredCount`?
    task-size: Fargate has no tasks with 300 CPU units [300: expected one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
    dangling-reference: no cluster `mian` [mian: no cluster has this name] [main: a similar name is here] -> did you mean `main`?
    undefined-variable: undefined variable `NOPE` [${NOPE}: has no value] -> give it with `--set NOPE=…`, or a default with `${NOPE:-…}`
    duplicate-name: a second service named `api` [api: this one] [api: the first one] -> rename one of them
    "#);
}

#[test]
fn a_document_with_a_mistake_is_not_missing_too() {
    let text = "{ kind: Service, name: web, image: x, cluster: blue }\n---\n{ kind: Cluster, name: blue, zebra: 1 }";
    let found = resolve_in(text, None, &[]).unwrap_err();
    assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["unknown-field"]);
}

#[test]
fn an_application_is_named_after_its_directory() {
    let name = |directory| {
        let documents = parse("{ kind: Cluster, name: main }");
        resolve(Input {
            documents,
            directory_name: directory,
            environment: None,
            variables: Variables::default(),
        })
        .map(|(stack, _)| stack.app)
        .map_err(|problems| problems[0].code)
    };
    assert_eq!(
        [name("shop"), name("My_Shop 2")],
        [Ok("shop".to_owned()), Ok("my-shop-2".to_owned())]
    );
    assert_eq!([name("42"), name("..")], [Err("app-name"), Err("app-name")]);
}

#[test]
fn what_is_left_out_follows_from_what_is_written() {
    let stack = stack(
        "
{ kind: Cluster, name: blue, defaultCapacityProviderStrategy: [{ provider: FARGATE_SPOT }, { provider: FARGATE, base: 1 }] }
---
{ kind: Network, name: apart, subnets: private, loadBalancerSubnets: public }
---
{ kind: LoadBalancer, name: public, listeners: [{ name: http, protocol: HTTP, redirect: { to: https } }, { name: https, protocol: HTTPS, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }] }
---
{ kind: TaskRole, name: web, managedPolicies: [AmazonSQSFullAccess] }
---
{ kind: Service, name: web, image: nginx, port: 80, memory: 3 GB, taskRole: web, enableExecuteCommand: true, scaling: { min: 2, max: 4 }, loadBalancers: [{ loadBalancer: public }] }
",
    );
    let service = &stack.services["web"].value;
    assert_eq!(service.cluster, "blue");
    let Capacity::Strategy(items) = &service.capacity else { panic!("the cluster's strategy") };
    let items: Vec<_> =
        items.iter().map(|item| (item.provider.clone(), item.weight, item.base)).collect();
    assert_eq!(items, [(CapacityProvider::FargateSpot, 1, 0), (CapacityProvider::Fargate, 0, 1)]);
    assert!(
        !service.network.interface.as_ref().unwrap().assign_public_ip,
        "the subnets are private"
    );
    assert_eq!((service.task.cpu, service.desired_count), (Some(512), Some(2)));
    assert_eq!(service.health_check_grace_period, Some(60));
    assert_eq!(service.task.task_role, Some(TaskRoleReference::Name("web".to_owned())));
    let target = &service.load_balancers[0];
    assert_eq!(
        (target.listener.as_str(), target.container.as_str(), target.container_port),
        ("https", "web", 80)
    );
    assert_eq!(target.rule.as_ref().unwrap().conditions.paths, ["/*"]);
    let TaskRole::Managed(role) = &stack.task_roles["web"].value else { panic!("a role of ours") };
    assert_eq!(role.managed_policies, ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"]);
    assert_eq!(role.statements, [], "what ECS Exec needs is the role's own to add");
}

#[test]
fn a_job_is_a_task_by_default_on_fargate() {
    let stack = stack("{ kind: Job, name: migrate, image: migrate, timeout: 30m }");
    let Job { task, capacity, network, cluster, timeout, propagate_tags, .. } =
        &stack.jobs["migrate"].value;
    assert_eq!(cluster, "main");
    assert_eq!(*capacity, Capacity::LaunchType(LaunchType::Fargate));
    assert_eq!((task.cpu, task.memory, *timeout), (Some(256), Some(512), Some(1800)));
    assert_eq!(*propagate_tags, PropagateTags::TaskDefinition);
    assert_eq!(task.family, "shop-default-migrate");
    assert_eq!(task.containers[0].name, "migrate");
    let interface = network.interface.as_ref().unwrap();
    assert_eq!(interface.security_group_name, "shop-default-migrate-job");
    let named = self::stack("{ kind: Job, name: migrate, image: migrate, awsName: other }");
    assert_eq!(named.jobs["migrate"].value.task.family, "other");
    assert_eq!(named.workloads().map(|it| it.name).collect::<Vec<_>>(), ["migrate"]);
}

#[test]
fn target_groups_keep_their_names_when_their_rules_change() {
    let name = |target: &str| {
        let text = format!(
            "{{ kind: LoadBalancer, name: public }}\n---\n{{ kind: Service, name: web, image: x, ports: [80, 81], loadBalancers: [{{ loadBalancer: public, {target} }}] }}"
        );
        stack(&text).services["web"].value.load_balancers[0].target_group_name.clone()
    };
    assert_eq!(name("paths: [/a]"), name("paths: [/b], priority: 7"));
    assert_ne!(name("port: 80"), name("port: 81"));
    assert!(name("port: 80").starts_with("shop-default-web-"));
}

#[test]
fn the_field_decides_the_type_of_a_variable() {
    let text = "{ kind: Service, name: web, image: '${IMAGE}', ports: ['${PORT}'], desiredCount: '${COUNT}', awsName: '${NAME}' }\n";
    let block =
        "kind: Service\nname: web\nimage: nginx\nawsName: ${NAME}\ndesiredCount: ${COUNT}\n";
    let set = [("IMAGE", "1"), ("PORT", "8080"), ("COUNT", "3"), ("NAME", "007")];
    for text in [text, block] {
        let stack = resolve_in(text, None, &set)
            .unwrap_or_else(|problems| panic!("{}", render(text, &problems)));
        let web = &stack.services["web"];
        assert_eq!((web.value.desired_count, web.physical_name.as_str()), (Some(3), "007"));
    }
    let wrong = resolve_in(block, None, &[("NAME", "a"), ("COUNT", "many")]).unwrap_err();
    assert_eq!(wrong[0].code, "wrong-type");
}
