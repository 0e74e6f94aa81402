//! A forecast in words.

use std::collections::BTreeSet;

use super::cluster::{Needs, Port, Protocol};
use super::rollout::Rollout;
use super::room::Obstacle;
use super::verdict::Fit;
use super::{DeadEnd, Forecast, Remedies, Shortage, Supply};

/// What a forecast says to people: the answer, and where it is bad what helps.
pub fn sentences(forecast: &Forecast, rollout: &Rollout, supply: &Supply) -> Vec<String> {
    let Some(dead_end) = &forecast.dead_end else {
        return vec![fits(forecast, &rollout.new)];
    };
    if let Some(missing) = forecast.added_by_scaling(supply) {
        let more = more_instances(missing, supply);
        let scaling = match supply.managed {
            Some(most) => format!("adds up to {most} when tasks find no place"),
            None => "adds what the Auto Scaling group allows when tasks find no place".to_owned(),
        };
        return vec![format!("needs {more} at its peak; managed scaling {scaling}")];
    }
    let answer = match forecast.fit {
        Fit::Fits | Fit::Stuck => "cannot make progress",
        Fit::MayStick => "may get stuck, depending on which tasks stop first",
    };
    let cause = cause(forecast, dead_end, rollout);
    let mut sentences = vec![format!("{answer}: {cause}")];
    let remedy = remedy(forecast.remedies, supply);
    sentences.push(remedy.unwrap_or_else(|| other_ways(forecast, dead_end)));
    sentences
}

fn fits(forecast: &Forecast, needs: &Needs) -> String {
    let course = &forecast.course;
    let (used, all) = (course.peak_instances, counted(forecast.instances, "instance"));
    let tasks = counted(forecast.tasks, "task");
    let Needs { cpu, memory, .. } = needs;
    let peak = course.peak_tasks;
    let run = if peak == 1 { "runs" } else { "run" };
    format!(
        "fits: {tasks} of {cpu} CPU and {memory} MiB; at its peak {peak} {run} on {used} of {all}"
    )
}

fn cause(forecast: &Forecast, dead_end: &DeadEnd, rollout: &Rollout) -> String {
    let no_new = if dead_end.is_at_maximum {
        let most = u64::from(rollout.maximum_percent) * u64::from(forecast.tasks) / 100;
        let tasks = counted(u32::try_from(most).unwrap_or(u32::MAX), "task");
        format!("maximumPercent {} allows {tasks}", rollout.maximum_percent)
    } else if forecast.instances == 0 {
        "the cluster has no instances".to_owned()
    } else {
        obstacles(forecast, dead_end, &rollout.new)
    };
    let minimum = rollout.minimum_healthy_percent;
    match dead_end.old {
        0 if dead_end.new == 0 => no_new,
        0 => {
            let fit = forecast.kept + dead_end.new;
            format!("only {fit} of {} fit: {no_new}", counted(forecast.tasks, "task"))
        }
        old => {
            let those =
                if old == 1 { "the old task".to_owned() } else { format!("the {old} old tasks") };
            format!(
                "{no_new}, and minimumHealthyPercent {minimum} keeps {those} from stopping first"
            )
        }
    }
}

fn obstacles(forecast: &Forecast, dead_end: &DeadEnd, needs: &Needs) -> String {
    let texts: Vec<String> = dead_end
        .obstacles
        .iter()
        .map(|(obstacle, shortage)| obstacle.sentence(*shortage, forecast.instances, needs))
        .collect();
    texts.join(", ")
}

impl Obstacle {
    fn way_out(&self) -> &'static str {
        match self {
            Self::Constraint(_) => "change the constraint",
            Self::Cpu | Self::Memory | Self::Gpus | Self::Interfaces => {
                "use larger instances or let the task ask for less"
            }
            Self::Port(_) => "let Docker pick the host port",
        }
    }

    fn sentence(&self, shortage: Shortage, all: u32, needs: &Needs) -> String {
        let Shortage { instances, most_left } = shortage;
        let some = format!("{instances} of {}", counted(all, "instance"));
        let is_all = instances == all;
        let place = if is_all { "every instance" } else { &some };
        let have = if instances == 1 { "has" } else { "have" };
        let lacks = |what: String| {
            let lacking = if is_all {
                format!("no instance has {what} left")
            } else {
                format!("{some} {have} less than {what} left")
            };
            if most_left == 0 { lacking } else { format!("{lacking} (at most {most_left})") }
        };
        match self {
            Self::Constraint(text) => format!("{text} excludes {place}"),
            Self::Cpu => lacks(format!("{} CPU", needs.cpu)),
            Self::Memory => lacks(format!("{} MiB", needs.memory)),
            Self::Gpus => lacks(counted(needs.gpus, "GPU")),
            Self::Interfaces => lacks(counted(needs.interfaces, "network interface")),
            Self::Port(Port { number, protocol }) => {
                let protocol = match protocol {
                    Protocol::Tcp => "",
                    Protocol::Udp => "UDP ",
                };
                format!("{protocol}port {number} is taken on {place}")
            }
        }
    }
}

/// The ways out, each of which is enough.
fn remedy(remedies: Remedies, supply: &Supply) -> Option<String> {
    let minimum = remedies.minimum_healthy_percent.map(|percent| match percent {
        0 => "set minimumHealthyPercent to 0".to_owned(),
        percent => format!("set minimumHealthyPercent to {percent} or less"),
    });
    let maximum = remedies.maximum_percent;
    let maximum = maximum.map(|percent| format!("set maximumPercent to {percent} or more"));
    let instances = remedies.instances.map(|missing| {
        let limit = match supply.managed {
            None | Some(0) => String::new(),
            Some(most) => format!(" (managed scaling adds at most {most})"),
        };
        format!("add {}{limit}", more_instances(missing, supply))
    });
    let ways: Vec<String> = [minimum, maximum, instances].into_iter().flatten().collect();
    (!ways.is_empty()).then(|| ways.join(", or "))
}

/// What helps where no percentage does, and no more instances of the same sort.
fn other_ways(forecast: &Forecast, dead_end: &DeadEnd) -> String {
    if forecast.instances == 0 {
        return "add instances that hold such a task".to_owned();
    }
    let ways: BTreeSet<&str> = dead_end.obstacles.keys().map(Obstacle::way_out).collect();
    ways.into_iter().collect::<Vec<_>>().join(", or ")
}

fn more_instances(count: u32, supply: &Supply) -> String {
    let like = supply.template.instance_type().map(|name| format!(" like {name}"));
    format!("{}{}", counted(count, "more instance"), like.unwrap_or_default())
}

fn counted(count: u32, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::forecast::testing::{instance, tcp};
    use crate::forecast::{Expression, Instance, PlacementConstraint, Scheduling, forecast};

    fn task(cpu: u32, memory: u32) -> Needs {
        Needs { cpu, memory, ..Needs::default() }
    }

    fn rollout(desired: u32, minimum: u32, maximum: u32, needs: &Needs) -> Rollout {
        Rollout {
            group: "service:web".to_owned(),
            scheduling: Scheduling::Replica { desired },
            minimum_healthy_percent: minimum,
            maximum_percent: maximum,
            old: Some(needs.clone()),
            new: needs.clone(),
            constraints: vec![],
            strategy: vec![],
        }
    }

    fn with_web(needs: &Needs, counts: &[u32]) -> Vec<Instance> {
        let place = |count: &u32| instance("i", 2048, 4096).host("service:web", needs, *count);
        counts.iter().map(place).collect()
    }

    fn said(instances: &[Instance], rollout: &Rollout, managed: u32) -> String {
        let supply = Supply { template: instance("i", 2048, 4096), managed: Some(managed) };
        sentences(&forecast(instances, rollout, &supply), rollout, &supply).join("\n")
    }

    #[test]
    fn a_rollout_that_fits() {
        let needs = task(512, 1024);
        let instances = with_web(&needs, &[2, 1, 1]);
        assert_snapshot!(said(&instances, &rollout(4, 50, 150, &needs), 0), @"
        fits: 4 tasks of 512 CPU and 1024 MiB; at its peak 6 run on 3 of 3 instances
        ");
    }

    #[test]
    fn a_fixed_port_without_a_task_that_may_stop() {
        let needs = Needs { ports: [tcp(8080)].into(), ..task(512, 1024) };
        let instances = with_web(&needs, &[1, 1]);
        assert_snapshot!(said(&instances, &rollout(2, 100, 200, &needs), 0), @"
        cannot make progress: port 8080 is taken on every instance, and minimumHealthyPercent 100 keeps the 2 old tasks from stopping first
        set minimumHealthyPercent to 50 or less, or add 1 more instance like m7g.large
        ");
    }

    #[test]
    fn percentages_that_allow_nothing() {
        let needs = task(512, 1024);
        let instances = with_web(&needs, &[1]);
        assert_snapshot!(said(&instances, &rollout(1, 100, 150, &needs), 0), @"
        cannot make progress: maximumPercent 150 allows 1 task, and minimumHealthyPercent 100 keeps the old task from stopping first
        set minimumHealthyPercent to 0, or set maximumPercent to 200 or more
        ");
    }

    #[test]
    fn memory_for_some() {
        let needs = task(256, 1500);
        let instances = with_web(&needs, &[2, 2]);
        assert_snapshot!(said(&instances, &rollout(5, 75, 200, &needs), 1), @"
        needs 1 more instance like m7g.large at its peak; managed scaling adds up to 1 when tasks find no place
        ");
        assert_snapshot!(said(&instances, &rollout(12, 75, 200, &needs), 6), @"
        needs 4 more instances like m7g.large at its peak; managed scaling adds up to 6 when tasks find no place
        ");
    }

    /// Only the task on the first instance leaves a place that a new one can take.
    #[test]
    fn a_way_that_depends_on_the_order() {
        let needs = task(256, 3072);
        let mut instances = with_web(&needs, &[1, 1]);
        instances[1].remaining.cpu = 0;
        let mut rollout = rollout(2, 50, 100, &needs);
        rollout.new = task(512, 2048);
        assert_snapshot!(said(&instances, &rollout, 0), @"
        may get stuck, depending on which tasks stop first: 1 of 2 instances has less than 512 CPU left (at most 256), 1 of 2 instances has less than 2048 MiB left (at most 1024), and minimumHealthyPercent 50 keeps the old task from stopping first
        set minimumHealthyPercent to 0, or add 1 more instance like m7g.large
        ");
    }

    #[test]
    fn more_of_the_tasks_that_stay() {
        let needs = task(512, 1024);
        let instances = with_web(&needs, &[2, 1]);
        let mut rollout = rollout(7, 100, 200, &needs);
        rollout.old = None;
        assert_snapshot!(said(&instances, &rollout, 0), @"
        fits: 7 tasks of 512 CPU and 1024 MiB; at its peak 7 run on 2 of 2 instances
        ");
        rollout.scheduling = Scheduling::Replica { desired: 9 };
        assert_snapshot!(said(&instances, &rollout, 0), @"
        cannot make progress: only 8 of 9 tasks fit: no instance has 512 CPU left, no instance has 1024 MiB left
        add 1 more instance like m7g.large
        ");
    }

    #[test]
    fn a_daemon_beside_full_instances() {
        let needs = Needs { ports: [tcp(9100)].into(), ..task(512, 1024) };
        let mut instances = with_web(&needs, &[1, 1, 1]);
        let mut rollout = rollout(0, 0, 100, &needs);
        rollout.scheduling = Scheduling::Daemon;
        assert_snapshot!(said(&instances, &rollout, 0), @"
        fits: 3 tasks of 512 CPU and 1024 MiB; at its peak 3 run on 3 of 3 instances
        ");
        instances[2].remaining.memory = 0;
        rollout.new.memory = 1025;
        assert_snapshot!(said(&instances, &rollout, 0), @"
        cannot make progress: only 2 of 3 tasks fit: 1 of 3 instances has less than 1025 MiB left (at most 1024)
        use larger instances or let the task ask for less
        ");
    }

    #[test]
    fn tasks_that_no_instance_ever_takes() {
        let needs = task(4096, 1024);
        assert_snapshot!(said(&with_web(&needs, &[0]), &rollout(1, 100, 200, &needs), 3), @"
        cannot make progress: no instance has 4096 CPU left (at most 2048)
        use larger instances or let the task ask for less
        ");
        assert_snapshot!(said(&[], &rollout(1, 100, 200, &needs), 0), @"
        cannot make progress: the cluster has no instances
        add instances that hold such a task
        ");
        let mut rollout = rollout(2, 100, 200, &task(256, 256));
        let text = "attribute:ecs.instance-type =~ g5.*";
        rollout.constraints = vec![PlacementConstraint::MemberOf(Expression::parse(text).unwrap())];
        assert_snapshot!(said(&with_web(&needs, &[0, 0]), &rollout, 0), @"
        cannot make progress: memberOf attribute:ecs.instance-type =~ g5.* excludes every instance
        change the constraint
        ");
    }
}
