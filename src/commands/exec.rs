//! `ecsctl exec`

use std::time::Duration;

use super::exit::{Exit, Failure, Problems};
use super::site::{Named, Site};
use super::{open, plugin};
use crate::aws::{Aws, AwsError};
use crate::backend::{Access, Backend, ExecRequest, TaskQuery, TasksOf};
use crate::cli::Global;
use crate::exec::{self, Join, Situation, Target, Wish};
use crate::report::events::Event;
use crate::report::events::containers::Exec;
use crate::report::events::run::{End, Start};
use crate::report::exec as report;
use crate::runtime::{ExecPermission, ExecSession, Service, Task};

/// Run a command in a container of a service, or a shell
///
/// Through ECS Exec, as `aws ecs execute-command` does: the Session Manager plugin must be installed. Says
/// everything that is missing before it starts. The newest healthy task and the manifest's first container
/// are meant unless others are named. The exit code is that of the plugin, which does not tell how the
/// command ended.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Service by its name in the manifests
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// Task whose id begins so
    #[arg(long, value_name = "ID")]
    pub task: Option<String>,
    /// Container of the task
    #[arg(short, long, value_name = "NAME")]
    pub container: Option<String>,
    /// Command with its arguments; default: /bin/sh
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// A session that was started, or what would have been.
struct Started {
    site: Site,
    session: Option<ExecSession>,
    target: Target,
    plugin: String,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    open::block_on(async {
        let command = exec::command_line(&args.command);
        let started = Box::pin(open::unless_cancelled(start(global, args, &command))).await?;
        match (&started.site.backend, &started.session) {
            (Backend::Live(aws), Some(session)) => join(global, aws, session, &started).await,
            _ => say_what_would_run(global, args, &started.target, &command),
        }
    })
}

async fn join(
    global: &Global,
    aws: &Aws,
    session: &ExecSession,
    started: &Started,
) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    terminal.keep_secret([session.token.reveal().to_owned()]);
    let profile = global.profile.clone().or_else(|| started.site.stack.target.profile.clone());
    let profile = profile.or_else(plugin::usual_profile);
    let takes_environment = exec::takes_environment(&started.plugin);
    if !takes_environment {
        terminal.narrate(&report::old_plugin(&started.plugin));
    }
    let join = Join {
        session,
        region: &aws.region,
        profile: profile.as_deref(),
        target: &started.target.name(),
        endpoint: &plugin::endpoint(&aws.region, &aws.partition),
    };
    plugin::join(&join, takes_environment).await
}

fn say_what_would_run(
    global: &Global,
    args: &Args,
    target: &Target,
    command: &str,
) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    if terminal.is_json() {
        terminal.event(&Event::End(End { exit_code: Exit::Done.code(), ..End::default() }))?;
    } else {
        terminal.result(&report::would_run(&args.service, target, command))?;
    }
    Ok(Exit::Done)
}

/// Looks whether a command can run, and starts it where there is something to run it.
async fn start(global: &Global, args: &Args, command: &str) -> Result<Started, Failure> {
    let site = Box::pin(Site::open(global, Access::Read, Duration::ZERO)).await?;
    let named = site.service(&args.service)?;
    let service = site.running(&named).await?;
    // In a mock account there is no session that it could join.
    let is_mock = matches!(site.backend, Backend::Mock(_));
    let plugin = if is_mock { Some(String::new()) } else { plugin::version().await };
    let terminal = global.terminal();
    let (target, permission) = target(&site, &named, &service, args, plugin.is_some()).await?;
    if let ExecPermission::Unknown { role } = &permission {
        terminal.narrate(&report::unknown_role(role));
    }
    if terminal.is_json() {
        terminal.begin(Start::of("exec"))?;
        let begins = Exec::of(&named.name, &target, command, !is_mock);
        terminal.event(&Event::Exec(begins))?;
    } else if !is_mock {
        terminal.narrate(&format!("{}\n", report::place(&named.name, &target, command)));
    }
    let request = ExecRequest {
        cluster: target.cluster.clone(),
        task: target.task.clone(),
        container: target.container.clone(),
        command: command.to_owned(),
    };
    let session = site.backend.execute_command(&request).await.map_err(refused)?;
    Ok(Started { site, session, target, plugin: plugin.unwrap_or_default() })
}

/// Where the command runs. Fails with everything that is in its way.
async fn target(
    site: &Site,
    named: &Named,
    service: &Service,
    args: &Args,
    has_plugin: bool,
) -> Result<(Target, ExecPermission), Failure> {
    let query = TaskQuery {
        cluster: named.id.cluster.clone(),
        of: TasksOf::Service(named.id.service.clone()),
        is_stopped: false,
    };
    let tasks = site.backend.tasks(&query).await?;
    let usual = usual_containers(site, &named.name);
    let wish =
        Wish { task: args.task.as_deref(), container: args.container.as_deref(), usual: &usual };
    let permission = permission(site, service, exec::task(&wish, &tasks, 0).ok()).await?;
    let situation = Situation { service, tasks: &tasks, permission: &permission, has_plugin };
    let target = exec::examine(&wish, &situation).map_err(|obstacles| {
        let drawn = report::obstacles(&named.name, &obstacles);
        let events = report::obstacle_events(&named.name, &obstacles);
        let message = report::summary(&named.name, &obstacles);
        let annotations = String::new();
        let problems = Some(Box::new(Problems { drawn, events, annotations }));
        Failure { problems, ..Failure::new(Exit::Error, message) }
    })?;
    Ok((target, permission))
}

/// Whether the task's role suffices; the service's, where no task runs.
async fn permission(
    site: &Site,
    service: &Service,
    task: Option<&Task>,
) -> Result<ExecPermission, Failure> {
    let definition = task.map_or(&service.task_definition, |task| &task.task_definition);
    Ok(site.backend.exec_permission(definition).await?)
}

fn usual_containers(site: &Site, service: &str) -> Vec<String> {
    let service = site.stack.services.get(service);
    let containers = service.into_iter().flat_map(|service| &service.value.task.containers);
    containers.map(|container| container.name.clone()).collect()
}

/// ECS says that the agent is not connected, and not what usually keeps it from that.
fn refused(error: AwsError) -> Failure {
    let is_unconnected = error.is_code("TargetNotConnectedException");
    let failure = Failure::from(error);
    if is_unconnected {
        return failure.hint(
            "the agent in the container reaches the Session Manager through a NAT gateway, a public \
             address or an interface endpoint for `ssmmessages`, whose security group lets it in; a \
             container that just started needs some seconds more",
        );
    }
    failure
}
