//! One service in full: a block of lines for each thing that there is to say.

use jiff::Timestamp;
use owo_colors::OwoColorize as _;

use super::super::words::{counted, widest};
use super::TaskView;
use super::overview::standing;
use super::status::{
    AlarmRole, AlarmStatus, DeploymentStatus, ScalingStatus, ServiceMessage, ServiceStatus, Size,
    TargetGroupStatus,
};
use super::table::{Tone, toned, wrapped};
use super::times;
use super::told::unprefixed;

/// Where what is said begins.
const INDENT: usize = 14;

/// `sha256:` and twelve digits.
const DIGEST: usize = 19;

pub(super) fn details(service: &ServiceStatus, now: Timestamp) -> String {
    let ServiceStatus { service: name, aws_name, cluster, .. } = service;
    let head = format!("{}  {aws_name} in cluster {cluster}\n", name.bold());
    if !service.is_deployed {
        return head + &block("status", &[toned("not deployed", Tone::Warning)]);
    }
    let mut text = head;
    text += &block("tasks", &[tasks(service)]);
    text += &block("revision", service.revision.as_slice());
    text += &block("images", &images(service));
    text += &block("deployment", &deployment(service, now));
    text +=
        &block("size", &service.size.iter().map(|size| taken(size, service)).collect::<Vec<_>>());
    text += &block("capacity", std::slice::from_ref(&service.capacity));
    text += &block("scaling", &scaling(service, now));
    text += &block("alarms", &service.alarms.iter().map(|it| alarm(it, now)).collect::<Vec<_>>());
    text += &block("targets", &service.targets.iter().flat_map(targets).collect::<Vec<_>>());
    text += &block("tasks lost", &stopped(service, now));
    text + &block("events", &events(&service.events, now))
}

/// A name, and lines beside it; nothing if there is nothing to say.
fn block(name: &str, lines: &[String]) -> String {
    let lines = lines.iter().filter(|line| !line.is_empty()).enumerate();
    let line = |(number, line): (usize, &String)| {
        let name = if number == 0 { name } else { "" };
        format!("  {}{}\n", format_args!("{name:<12}").dimmed(), wrapped_keeping(line))
    };
    lines.map(line).collect()
}

/// Lines of columns are laid out already.
fn wrapped_keeping(line: &str) -> String {
    if line.contains("  ") { line.to_owned() } else { wrapped(line, INDENT + 2) }
}

fn tasks(service: &ServiceStatus) -> String {
    let ServiceStatus { running, desired, pending, .. } = service;
    let pending = if *pending > 0 { format!(", {pending} pending") } else { String::new() };
    let text = format!("{running} of {desired} running{pending}");
    if running < desired { toned(&text, Tone::Warning) } else { text }
}

fn images(service: &ServiceStatus) -> Vec<String> {
    let widest = widest(service.images.iter().map(|image| image.container.as_str()));
    let lines = service.images.iter().flat_map(|image| {
        let first = format!("{:widest$}  {}", image.container, image.image);
        let digest = image.digest.as_ref().filter(|digest| !image.image.contains(*digest));
        let second = digest.map(|digest| format!("{:widest$}  {}…", "", cut_digest(digest)));
        [first].into_iter().chain(second)
    });
    lines.collect()
}

/// Enough to tell it from others; programs read all of it.
fn cut_digest(digest: &str) -> &str {
    digest.get(..DIGEST).unwrap_or(digest)
}

fn deployment(service: &ServiceStatus, now: Timestamp) -> Vec<String> {
    let Some(deployment) = &service.deployment else { return vec![] };
    let DeploymentStatus { revision, desired, running, failed, since, .. } = deployment;
    let (words, tone) = standing(deployment.standing);
    let since = match since {
        Some(since) if deployment.standing.is_over() => format!(" {}", times::ago(now, *since)),
        Some(since) => format!(" for {}", times::age(now, *since)),
        None => String::new(),
    };
    let other = service.revision.as_ref().filter(|runs| *runs != revision);
    let of = other.map(|_| format!(": {revision}")).unwrap_or_default();
    let mut lines = vec![format!("{}{of}", toned(&format!("{words}{since}"), tone))];
    lines.extend(deployment.reason.clone());
    if !deployment.standing.is_over() {
        let failed = if *failed > 0 { format!(", {failed} failed") } else { String::new() };
        lines.push(format!(
            "{running} of {} of {revision} running{failed}",
            counted(u64::from(*desired), "task")
        ));
    }
    lines.extend(shift(deployment));
    if let (Some(failures), Some(threshold)) =
        (deployment.breaker_failures, deployment.breaker_threshold)
        && !deployment.standing.is_over()
    {
        lines.push(format!(
            "circuit breaker: {failures} of {} that end it",
            counted(u64::from(threshold), "failure")
        ));
    }
    lines.extend(pause(deployment, now));
    lines
}

fn shift(deployment: &DeploymentStatus) -> Option<String> {
    let stage = deployment.stage.as_ref()?;
    let percent = |weight: Option<f64>, of: &str| weight.map(|it| format!(", {it} % of {of}"));
    let production = percent(deployment.production_weight, "requests").unwrap_or_default();
    let test = percent(deployment.test_weight, "test requests").unwrap_or_default();
    Some(format!("stage {stage}{production}{test}"))
}

fn pause(deployment: &DeploymentStatus, now: Timestamp) -> Option<String> {
    let pause = deployment.pause.as_ref()?;
    let until = pause.expires_at.map(|end| {
        let then = pause.on_timeout.as_deref().unwrap_or("nothing is known of what comes then");
        format!("; {}: {then}", times::ago(now, end))
    });
    Some(format!("hook {} waits for a decision{}", pause.hook, until.unwrap_or_default()))
}

/// `0.5 vCPU and 1 GiB a task, ARM64; 1.5 vCPU and 3 GiB for 3 tasks`
fn taken(size: &Size, service: &ServiceStatus) -> String {
    let Size { cpu, memory, architecture } = size;
    let architecture = architecture.as_ref().map(|it| format!(", {it}")).unwrap_or_default();
    let one = format!("{} and {} a task{architecture}", vcpus(*cpu), mebibytes(*memory));
    match service.running {
        0 | 1 => one,
        running => {
            let all = format!("{} and {}", vcpus(cpu * running), mebibytes(memory * running));
            format!("{one}; {all} for {running} tasks")
        }
    }
}

fn vcpus(units: u32) -> String {
    format!("{} vCPU", f64::from(units) / 1024.0)
}

fn mebibytes(size: u32) -> String {
    if size >= 1024 && size.is_multiple_of(512) {
        return format!("{} GiB", f64::from(size) / 1024.0);
    }
    format!("{size} MiB")
}

fn scaling(service: &ServiceStatus, now: Timestamp) -> Vec<String> {
    let Some(ScalingStatus { min, max, suspended, last }) = &service.scaling else {
        return vec![];
    };
    let mut lines = vec![format!("from {min} to {}", counted(u64::from(*max), "task"))];
    if !suspended.is_empty() {
        let text = format!("suspended: {}", suspended.join(", "));
        lines.push(toned(&text, Tone::Warning));
    }
    lines.extend(last.iter().map(|last| {
        let when = last.at.map(|at| format!("{}: ", times::ago(now, at))).unwrap_or_default();
        format!("{when}{} {}", last.description, last.status)
    }));
    lines
}

fn alarm(alarm: &AlarmStatus, now: Timestamp) -> String {
    let AlarmStatus { name, role, state, reason, changed_at } = alarm;
    let is_on = state.as_deref() == Some("ALARM");
    let (state, tone) = match (state.as_deref(), role) {
        (Some("OK"), _) => ("ok", Tone::Good),
        (Some("ALARM"), AlarmRole::Deployment) => ("on", Tone::Bad),
        (Some("ALARM"), AlarmRole::Scaling) => ("on", Tone::Plain),
        (Some("INSUFFICIENT_DATA"), _) => ("no data", Tone::Plain),
        (Some(other), _) => (other, Tone::Plain),
        (None, _) => ("does not exist", Tone::Bad),
    };
    let since = changed_at.map(|at| format!(" for {}", times::age(now, at))).unwrap_or_default();
    let role = match role {
        AlarmRole::Deployment => "ends deployments",
        AlarmRole::Scaling => "scales",
    };
    let reason = reason.as_ref().filter(|_| is_on).map(|reason| format!(": {reason}"));
    let state = toned(&format!("{state}{since}"), tone);
    format!("{name} {state}, {role}{}", reason.unwrap_or_default())
}

fn targets(group: &TargetGroupStatus) -> Vec<String> {
    let TargetGroupStatus { target_group, healthy, total, others } = group;
    let tone = if healthy < total { Tone::Bad } else { Tone::Plain };
    let first = toned(&format!("{target_group}: {healthy} of {total} healthy"), tone);
    let others = others.iter().map(|target| {
        let why = [&target.reason, &target.description].into_iter().flatten();
        let why: Vec<&str> = why.map(String::as_str).collect();
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.join(": ")) };
        format!("{} {}{why}", target.target, target.state)
    });
    [first].into_iter().chain(others).collect()
}

/// Tasks that are unhealthy or have stopped, with the reason, and what their containers said.
fn stopped(service: &ServiceStatus, now: Timestamp) -> Vec<String> {
    service.tasks.iter().flat_map(|task| lost(task, now)).collect()
}

fn lost(task: &TaskView, now: Timestamp) -> Vec<String> {
    let Some(stopped) = task.stopped_at else {
        return vec![toned(&format!("{} is unhealthy", task.short_id()), Tone::Bad)];
    };
    let why: Vec<&str> =
        [&task.stop_code, &task.stopped_reason].into_iter().flatten().map(String::as_str).collect();
    let first =
        format!("{} stopped {}: {}", task.short_id(), times::ago(now, stopped), why.join(": "));
    let containers = task.containers.iter().filter_map(|container| {
        let code = container.exit_code.map(|code| format!(" exited with {code}"));
        let reason = container.reason.as_ref().map(|reason| format!(": {reason}"));
        let is_said = code.is_some() || reason.is_some();
        is_said.then(|| {
            format!(
                "container {}{}{}",
                container.name,
                code.unwrap_or_default(),
                reason.unwrap_or_default()
            )
        })
    });
    [first].into_iter().chain(containers).collect()
}

fn events(events: &[ServiceMessage], now: Timestamp) -> Vec<String> {
    let event = |event: &ServiceMessage| {
        format!("{}: {}", times::ago(now, event.at), unprefixed(&event.message))
    };
    events.iter().map(event).collect()
}
