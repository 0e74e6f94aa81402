//! From a service of the stack to the rollout that a forecast is about.

use super::movement::{Movement, Way};
use crate::forecast::{
    Expression, Instance, Needs, PlacementConstraint, PlacementStrategy, Port, Protocol, Resource,
    Rollout, Scheduling,
};
use crate::model::resolved::deployment::Strategy;
use crate::model::resolved::service::{
    self as model, NetworkMode, Service, Task, TransportProtocol,
};
use crate::model::stack;

/// The attribute of an instance that names its Availability Zone.
pub(super) const ZONE: &str = "ecs.availability-zone";

/// What one task takes of an instance. The memory of containers counts as far as it is reserved.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
pub(super) fn needs(task: &Task) -> Needs {
    let containers = &task.containers;
    let memory = containers.iter().filter_map(|it| it.memory_reservation.or(it.memory));
    Needs {
        cpu: task.cpu.unwrap_or_else(|| containers.iter().map(|container| container.cpu).sum()),
        memory: task.memory.unwrap_or_else(|| memory.sum()),
        gpus: containers.iter().filter_map(|container| container.gpu).sum(),
        interfaces: u32::from(task.network_mode == NetworkMode::Awsvpc),
        ports: match task.network_mode {
            NetworkMode::Bridge | NetworkMode::Host => ports(task).collect(),
            NetworkMode::Awsvpc | NetworkMode::None => [].into(),
        },
    }
}

fn ports(task: &Task) -> impl Iterator<Item = Port> {
    let mappings = task.containers.iter().flat_map(|container| &container.ports);
    mappings.filter(|mapping| mapping.host_port != 0).map(|mapping| Port {
        number: mapping.host_port,
        protocol: match mapping.protocol {
            TransportProtocol::Tcp => Protocol::Tcp,
            TransportProtocol::Udp => Protocol::Udp,
        },
    })
}

/// The rollout that a movement is, on instances that the service can use.
pub(super) fn rollout(
    service: &stack::Resource<Service>,
    instances: &[Instance],
    movement: Movement,
) -> Rollout {
    let value = &service.value;
    let group = format!("service:{}", service.physical_name);
    let is_running =
        |instance: &Instance| instance.tasks.iter().filter(|it| it.group == group).count();
    let running =
        u32::try_from(instances.iter().map(is_running).sum::<usize>()).unwrap_or(u32::MAX);
    let old = Needs::common(instances, &group);
    let desired = movement.count.unwrap_or(0);
    let percents = (value.minimum_healthy_percent, value.maximum_percent);
    let (desired, old, (minimum_healthy_percent, maximum_percent)) = match movement.way {
        Way::Add => (desired, None, percents),
        // All new tasks run beside all old ones before requests move.
        Way::Replace if value.deployment.strategy != Strategy::Rolling => {
            (desired + running, None, percents)
        }
        Way::Replace => (desired, old, percents),
        Way::Recreate => (desired, old, (0, 100)),
    };
    Rollout {
        scheduling: match value.scheduling {
            model::Scheduling::Replica => Scheduling::Replica { desired },
            model::Scheduling::Daemon => Scheduling::Daemon,
        },
        minimum_healthy_percent,
        maximum_percent,
        old,
        new: needs(&value.task),
        constraints: constraints(value).collect(),
        strategy: strategy(value),
        group,
    }
}

/// Those of the service and those of the task definition.
fn constraints(service: &Service) -> impl Iterator<Item = PlacementConstraint> {
    // Every expression was read by the rules of the manifests.
    let member_of = |text: &String| Expression::parse(text).ok().map(PlacementConstraint::MemberOf);
    let own = service.placement_constraints.iter().filter_map(move |it| match it.kind {
        model::PlacementConstraintType::DistinctInstance => {
            Some(PlacementConstraint::DistinctInstance)
        }
        model::PlacementConstraintType::MemberOf => it.expression.as_ref().and_then(member_of),
    });
    own.chain(service.task.placement_constraints.iter().filter_map(member_of))
}

/// Without a strategy, ECS spreads tasks over the zones and in each over the instances.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html>
fn strategy(service: &Service) -> Vec<PlacementStrategy> {
    if service.placement_strategy.is_empty() {
        let zones = PlacementStrategy::SpreadAttribute(ZONE.to_owned());
        return vec![zones, PlacementStrategy::SpreadInstances];
    }
    service.placement_strategy.iter().map(preference).collect()
}

fn preference(strategy: &model::PlacementStrategy) -> PlacementStrategy {
    let field = strategy.field.as_deref().unwrap_or_default();
    match strategy.kind {
        model::PlacementStrategyType::Random => PlacementStrategy::Random,
        model::PlacementStrategyType::Binpack if field.eq_ignore_ascii_case("cpu") => {
            PlacementStrategy::Binpack(Resource::Cpu)
        }
        model::PlacementStrategyType::Binpack => PlacementStrategy::Binpack(Resource::Memory),
        model::PlacementStrategyType::Spread => match field.strip_prefix("attribute:") {
            Some(attribute) => PlacementStrategy::SpreadAttribute(attribute.to_owned()),
            None => PlacementStrategy::SpreadInstances,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::RunningTask;
    use crate::model::testing::resolved;

    fn service(fields: &str) -> stack::Resource<Service> {
        let text = format!("{{ kind: Service, name: web, launchType: EC2, {fields} }}");
        let (mut stack, _) = resolved(&text).unwrap();
        stack.services.remove("web").unwrap()
    }

    fn needs_of(fields: &str) -> Needs {
        needs(&service(fields).value.task)
    }

    const CONTAINERS: &str = "containers: [
        { name: app, image: app, cpu: 256, memory: 1024, memoryReservation: 512,
          ports: [80, { container: 8125, host: 8125, protocol: udp }] },
        { name: proxy, image: proxy, cpu: 128, memory: 128, gpu: 1,
          ports: [{ container: 443, host: 8443 }] }]";

    #[test]
    fn tasks_need_their_size_or_what_their_containers_ask_for() {
        let of_containers = needs_of(CONTAINERS);
        assert_eq!((of_containers.cpu, of_containers.memory, of_containers.gpus), (384, 640, 1));
        let whole = needs_of(&format!("cpu: 1024, memory: 2048, {CONTAINERS}"));
        assert_eq!((whole.cpu, whole.memory, whole.gpus), (1024, 2048, 1));
    }

    #[test]
    fn ports_that_docker_picks_are_never_short() {
        let port = |number, protocol| Port { number, protocol };
        let fixed = [port(8125, Protocol::Udp), port(8443, Protocol::Tcp)];
        let needs = needs_of(CONTAINERS);
        assert_eq!((needs.ports, needs.interfaces), (fixed.into(), 0));
        let mode =
            |mode| needs_of(&format!("memory: 512, image: nginx, port: 80, networkMode: {mode}"));
        assert_eq!(mode("host").ports, [port(80, Protocol::Tcp)].into());
        assert_eq!(mode("bridge"), Needs { memory: 512, ..Needs::default() });
        assert_eq!(mode("awsvpc"), Needs { memory: 512, interfaces: 1, ..Needs::default() });
    }

    const PLACED: &str = "memory: 512, image: nginx, desiredCount: 4, deployment: { minimumHealthyPercent: 50, maximumPercent: 150 }";

    fn of(fields: &str, way: Way) -> Rollout {
        let needs = Needs { memory: 256, ..Needs::default() };
        let task = |group: &str| RunningTask { group: group.to_owned(), needs: needs.clone() };
        let mut instance = super::super::fleet::nothing();
        instance.tasks = vec![task("service:shop-default-web"), task("service:other")];
        rollout(&service(fields), &[instance], Movement { way, count: Some(4) })
    }

    #[test]
    fn a_deployment_replaces_what_runs_within_the_percentages() {
        let bounds = |rollout: &Rollout| {
            let Scheduling::Replica { desired } = rollout.scheduling else { panic!("{rollout:?}") };
            let old = rollout.old.as_ref().map(|old| old.memory);
            (desired, old, rollout.minimum_healthy_percent, rollout.maximum_percent)
        };
        assert_eq!(bounds(&of(PLACED, Way::Replace)), (4, Some(256), 50, 150));
        assert_eq!(bounds(&of(PLACED, Way::Add)), (4, None, 50, 150));
        assert_eq!(bounds(&of(PLACED, Way::Recreate)), (4, Some(256), 0, 100));
        let blue_green = "memory: 512, image: nginx, deployment: { strategy: BLUE_GREEN }";
        assert_eq!(bounds(&of(blue_green, Way::Replace)), (5, None, 100, 200));
    }

    #[test]
    fn placement_is_that_of_the_service_and_of_its_task() {
        let fields = format!(
            "{PLACED}, placementStrategy: [{{ type: binpack, field: CPU }}, {{ type: spread, field: 'attribute:rack' }}, {{ type: spread, field: host }}],
            placementConstraints: [{{ type: distinctInstance }}, {{ type: memberOf, expression: 'attribute:a exists' }}],
            taskPlacementConstraints: ['attribute:b exists']"
        );
        let rollout = of(&fields, Way::Add);
        let constraints: Vec<String> =
            rollout.constraints.iter().map(ToString::to_string).collect();
        assert_eq!(
            constraints,
            ["distinctInstance", "memberOf attribute:a exists", "memberOf attribute:b exists"]
        );
        let rack = PlacementStrategy::SpreadAttribute("rack".to_owned());
        let binpack = PlacementStrategy::Binpack(Resource::Cpu);
        assert_eq!(rollout.strategy, [binpack, rack, PlacementStrategy::SpreadInstances]);
        let zones = PlacementStrategy::SpreadAttribute(ZONE.to_owned());
        assert_eq!(of(PLACED, Way::Add).strategy, [zones, PlacementStrategy::SpreadInstances]);
    }
}
