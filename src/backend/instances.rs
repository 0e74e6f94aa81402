//! The container instances of a live cluster, as a forecast sees them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{
    Container, ContainerInstance, ContainerInstanceStatus, DesiredStatus, NetworkBinding, Resource,
    Task, TransportProtocol,
};
use futures::future::try_join_all;

use crate::aws::{Aws, AwsError};
use crate::forecast::{Capacity, Instance, Needs, Port, Protocol, RunningTask, task_interfaces};

/// For instances and for tasks.
const PER_CALL: usize = 100;

/// The attribute of instances with a trunk interface.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html>
const TRUNK: &str = "ecs.awsvpc-trunk-id";

/// The instances that take tasks, with the tasks on them.
pub(super) async fn read(aws: &Aws, cluster: &str) -> Result<Vec<Instance>, AwsError> {
    let found = container_instances(aws, cluster).await?;
    if found.is_empty() {
        return Ok(vec![]);
    }
    let mut tasks: BTreeMap<String, Vec<Task>> = BTreeMap::new();
    for mut task in running_tasks(aws, cluster).await? {
        if let Some(arn) = task.container_instance_arn.take() {
            tasks.entry(arn).or_default().push(task);
        }
    }
    let with_tasks = found.into_iter().map(|instance| {
        let tasks = tasks.remove(instance.container_instance_arn().unwrap_or_default());
        seen(instance, &tasks.unwrap_or_default())
    });
    Ok(with_tasks.collect())
}

async fn container_instances(aws: &Aws, cluster: &str) -> Result<Vec<ContainerInstance>, AwsError> {
    let request = aws.ecs.list_container_instances().cluster(cluster);
    let request = request.status(ContainerInstanceStatus::Active);
    let pages = request.into_paginator().items().send().collect();
    let arns: Vec<String> = aws.read("ecs:ListContainerInstances", pages).await?;
    let described = arns.chunks(PER_CALL).map(async |arns| {
        let request = aws.ecs.describe_container_instances().cluster(cluster);
        let request = request.set_container_instances(Some(arns.to_vec()));
        aws.read("ecs:DescribeContainerInstances", request.send()).await
    });
    let replies = try_join_all(described).await?.into_iter();
    let found = replies.flat_map(|reply| reply.container_instances.unwrap_or_default());
    Ok(found.filter(|instance| instance.agent_connected).collect())
}

/// Those that are to run, wherever they are on the way there.
async fn running_tasks(aws: &Aws, cluster: &str) -> Result<Vec<Task>, AwsError> {
    let request = aws.ecs.list_tasks().cluster(cluster).desired_status(DesiredStatus::Running);
    let pages = request.into_paginator().items().send().collect();
    let arns: Vec<String> = aws.read("ecs:ListTasks", pages).await?;
    let described = arns.chunks(PER_CALL).map(async |arns| {
        let request = aws.ecs.describe_tasks().cluster(cluster).set_tasks(Some(arns.to_vec()));
        aws.read("ecs:DescribeTasks", request.send()).await
    });
    let replies = try_join_all(described).await?.into_iter();
    Ok(replies.flat_map(|reply| reply.tasks.unwrap_or_default()).collect())
}

fn seen(found: ContainerInstance, tasks: &[Task]) -> Instance {
    let attributes = found.attributes.unwrap_or_default().into_iter();
    let attributes: BTreeMap<String, String> =
        attributes.map(|it| (it.name, it.value.unwrap_or_default())).collect();
    let tasks: Vec<RunningTask> = tasks.iter().map(running).collect();
    let instance_type = attributes.get("ecs.instance-type");
    let is_trunking = attributes.contains_key(TRUNK);
    let interfaces = instance_type.and_then(|name| task_interfaces(name, is_trunking));
    let used = tasks.iter().map(|task| task.needs.interfaces).sum();
    let registered = found.registered_resources.unwrap_or_default();
    let remaining = found.remaining_resources.unwrap_or_default();
    let left = interfaces.map(|all| all.saturating_sub(used));
    Instance {
        capacity_provider: found.capacity_provider_name,
        id: found.ec2_instance_id.or(found.container_instance_arn).unwrap_or_default(),
        agent_version: found.version_info.and_then(|version| version.agent_version),
        total: capacity(&registered, interfaces),
        remaining: capacity(&remaining, left),
        used_ports: ports(&remaining),
        attributes,
        tasks,
    }
}

fn capacity(resources: &[Resource], interfaces: Option<u32>) -> Capacity {
    let found = |name: &str| resources.iter().find(|it| it.name() == Some(name));
    let number = |name| {
        let number = found(name).map_or(0, |resource| resource.integer_value);
        u32::try_from(number).unwrap_or(0)
    };
    let gpus = found("GPU").map_or(0, |gpus| gpus.string_set_value().len());
    Capacity {
        cpu: number("CPU"),
        memory: number("MEMORY"),
        gpus: u32::try_from(gpus).unwrap_or(u32::MAX),
        interfaces,
    }
}

/// What remains of ports is the list of those that are taken.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>
fn ports(remaining: &[Resource]) -> BTreeSet<Port> {
    let of = |name: &'static str, protocol| {
        let resources = remaining.iter().filter(move |it| it.name() == Some(name));
        let numbers = resources.flat_map(Resource::string_set_value);
        numbers.filter_map(move |it| Some(Port { number: it.parse().ok()?, protocol }))
    };
    of("PORTS", Protocol::Tcp).chain(of("PORTS_UDP", Protocol::Udp)).collect()
}

fn running(task: &Task) -> RunningTask {
    let containers = task.containers();
    let sum = |of: fn(&Container) -> Option<u32>| containers.iter().filter_map(of).sum();
    let whole = |text: Option<&str>| number(text).filter(|number| *number > 0);
    let has_interface = containers.iter().any(|it| !it.network_interfaces().is_empty());
    let bindings = containers.iter().flat_map(Container::network_bindings);
    RunningTask {
        group: task.group().unwrap_or_default().to_owned(),
        needs: Needs {
            cpu: whole(task.cpu()).unwrap_or_else(|| sum(|it| number(it.cpu()))),
            memory: whole(task.memory()).unwrap_or_else(|| {
                sum(|it| number(it.memory_reservation()).or_else(|| number(it.memory())))
            }),
            gpus: sum(|it| u32::try_from(it.gpu_ids().len()).ok()),
            interfaces: u32::from(has_interface),
            ports: bindings.filter_map(port).collect(),
        },
    }
}

fn number(text: Option<&str>) -> Option<u32> {
    text?.parse().ok()
}

fn port(binding: &NetworkBinding) -> Option<Port> {
    let number = u16::try_from(binding.host_port?).ok()?;
    let is_udp = binding.protocol() == Some(&TransportProtocol::Udp);
    Some(Port { number, protocol: if is_udp { Protocol::Udp } else { Protocol::Tcp } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};

    const INSTANCES: &str = r#"{"containerInstances": [
        {"containerInstanceArn": "arn:one", "ec2InstanceId": "i-1", "agentConnected": true,
         "status": "ACTIVE", "capacityProviderName": "shop-main", "versionInfo": {"agentVersion": "1.98.0"},
         "attributes": [{"name": "ecs.instance-type", "value": "m7g.large"}, {"name": "ecs.os-type"}],
         "registeredResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 7680},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22"]}],
         "remainingResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": 1536},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 6656},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "8080"]},
            {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]}]},
        {"containerInstanceArn": "arn:two", "ec2InstanceId": "i-2", "agentConnected": false,
         "status": "ACTIVE"}]}"#;

    const TASKS: &str = r#"{"tasks": [
        {"containerInstanceArn": "arn:one", "group": "service:web", "cpu": "0", "memory": "1024",
         "containers": [
            {"cpu": "384", "networkBindings": [{"hostPort": 8080, "protocol": "tcp"}]},
            {"cpu": "128", "networkBindings": [{"hostPort": 53, "protocol": "udp"}]}]},
        {"containerInstanceArn": "arn:one", "group": "family:job",
         "containers": [{"memory": "512", "memoryReservation": "256",
            "networkInterfaces": [{"attachmentId": "eni"}]}]},
        {"group": "service:fargate"}]}"#;

    #[tokio::test]
    async fn instances_have_their_tasks_and_what_is_left() {
        let replay = Replay::new([
            json(200, r#"{"containerInstanceArns": ["arn:one", "arn:two"]}"#),
            json(200, INSTANCES),
            json(200, r#"{"taskArns": ["arn:a", "arn:b", "arn:c"]}"#),
            json(200, TASKS),
        ]);
        let found = read(&replay.aws(), "shop").await.unwrap();
        let [instance] = found.as_slice() else { panic!("one is disconnected: {found:?}") };
        let gpus = 0;
        let total = Capacity { cpu: 2048, memory: 7680, gpus, interfaces: Some(2) };
        let remaining = Capacity { cpu: 1536, memory: 6656, gpus, interfaces: Some(1) };
        assert_eq!((instance.id.as_str(), instance.total), ("i-1", total));
        assert_eq!(instance.remaining, remaining);
        assert_eq!(instance.capacity_provider.as_deref(), Some("shop-main"));
        let port = |number, protocol| Port { number, protocol };
        let (http, dns) = (port(8080, Protocol::Tcp), port(53, Protocol::Udp));
        assert_eq!(instance.used_ports, [port(22, Protocol::Tcp), http, dns].into());
        let task = |group: &str, needs| RunningTask { group: group.to_owned(), needs };
        let web = Needs { cpu: 512, memory: 1024, ports: [http, dns].into(), ..Needs::default() };
        let job = Needs { memory: 256, interfaces: 1, ..Needs::default() };
        assert_eq!(instance.tasks, [task("service:web", web), task("family:job", job)]);
        assert_eq!(
            replay.bodies(),
            [
                r#"{"cluster":"shop","status":"ACTIVE"}"#,
                r#"{"cluster":"shop","containerInstances":["arn:one","arn:two"]}"#,
                r#"{"cluster":"shop","desiredStatus":"RUNNING"}"#,
                r#"{"cluster":"shop","tasks":["arn:a","arn:b","arn:c"]}"#,
            ]
        );
    }

    #[tokio::test]
    async fn tasks_of_a_cluster_without_instances_are_not_read() {
        let replay = Replay::new([json(200, r#"{"containerInstanceArns": []}"#)]);
        assert_eq!(read(&replay.aws(), "shop").await.unwrap(), []);
    }
}
