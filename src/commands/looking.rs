//! What the commands that look around share: reading many services side by side, going on when
//! something cannot be read, and looking again and again.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::{join, join_all, try_join};
use jiff::SignedDuration;

use super::exit::{Exit, Failure};
use super::interrupts;
use super::site::{Named, Site};
use crate::aws::{AwsError, ErrorKind};
use crate::backend::{Backend, TaskQuery, TasksOf};
use crate::report::events::Event;
use crate::report::events::look::Unread;
use crate::report::events::run::Start;
use crate::report::look::{Deep, Gathered, ServiceStatus};
use crate::report::terminal::Terminal;
use crate::rollout::verdict::primary;
use crate::runtime::{Alarm, Scaling, Service, ServiceDeployment, Task, short};

/// A rollback belongs to a service deployment that began at most so long before it.
const LONGEST_ROLLOUT: SignedDuration = SignedDuration::from_hours(48);

/// How long a deployment may take makes no difference to who looks.
pub(super) const NO_LIMIT: Duration = Duration::ZERO;

/// What the first event of these commands says.
pub(super) fn about(command: &str, site: &Site) -> Start {
    Start {
        app: Some(site.stack.app.clone()),
        environment: Some(site.stack.environment.clone()),
        ..Start::of(command)
    }
}

/// Runs what has no end of its own until a signal comes: that is how it ends well.
pub(super) async fn until_signal(
    endless: impl Future<Output = Result<Exit, Failure>>,
) -> Result<Exit, Failure> {
    tokio::select! {
        biased;
        () = interrupts::first() => Ok(Exit::Done),
        ended = endless => ended,
    }
}

/// Reads what runs; what cannot be read is noted, and the rest goes on.
pub(super) struct Looking<'a> {
    backend: &'a Backend,
    unread: Mutex<BTreeSet<String>>,
}

impl<'a> Looking<'a> {
    pub(super) fn new(backend: &'a Backend) -> Self {
        Self { backend, unread: Mutex::default() }
    }

    /// Says what could not be read, once.
    pub(super) fn tell_unread(&self, terminal: &Terminal) -> Result<(), Failure> {
        let unread =
            std::mem::take(&mut *self.unread.lock().unwrap_or_else(PoisonError::into_inner));
        for message in unread {
            if terminal.is_json() {
                terminal.event(&Event::Unread(Unread { message }))?;
            } else {
                terminal.narrate(&format!("not read: {message}\n"));
            }
        }
        Ok(())
    }

    pub(super) fn noted<T: Default>(&self, read: Result<T, AwsError>) -> T {
        self.noted_as(read).unwrap_or_default()
    }

    fn noted_as<T>(&self, read: Result<T, AwsError>) -> Option<T> {
        let note = |error: AwsError| {
            let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
            unread.insert(error.to_string());
        };
        read.map_err(note).ok()
    }

    /// Of what does not exist everywhere: old services and other endpoints have no service
    /// deployments, and there is something else to go by.
    fn if_there<T: Default>(&self, read: Result<T, AwsError>) -> T {
        match read {
            Err(error) if error.kind != ErrorKind::Denied => T::default(),
            other => self.noted(other),
        }
    }

    /// Each service with what ECS says of it, if it is there.
    pub(super) async fn services(&self, named: &[Named]) -> Result<Vec<Option<Service>>, Failure> {
        let ids: Vec<_> = named.iter().map(|named| named.id.clone()).collect();
        let mut found = self.backend.services(&ids).await?;
        let mut take = |named: &Named| {
            let is_it = |service: &Service| {
                service.name == named.id.service
                    && short(&service.cluster) == short(&named.id.cluster)
            };
            found.iter().position(is_it).map(|index| found.swap_remove(index))
        };
        Ok(named.iter().map(&mut take).collect())
    }

    /// How services stand; in detail with what takes calls for each.
    pub(super) async fn statuses(
        &self,
        named: &[Named],
        is_detailed: bool,
    ) -> Result<Vec<ServiceStatus>, Failure> {
        let services = self.services(named).await?;
        let deployed: Vec<&Service> = services.iter().flatten().collect();
        let ids: Vec<_> = named
            .iter()
            .zip(&services)
            .filter(|it| it.1.is_some())
            .map(|it| it.0.id.clone())
            .collect();
        let (alarms, scaling) =
            join(self.alarms_of(&deployed), async { self.noted(self.backend.scaling(&ids).await) })
                .await;
        let pairs = || named.iter().zip(&services);
        let newest = if is_detailed {
            join_all(pairs().map(|(named, service)| self.newest(named, service.as_ref()))).await
        } else {
            self.under_way(&services).await
        };
        let revisions = self.revisions(&services, &newest).await;
        let deep = pairs().map(|(named, service)| async {
            match service.as_ref().filter(|_| is_detailed) {
                Some(service) => {
                    let deep = self.deep(named, service, scaling_of(&scaling, named));
                    Some(Box::pin(deep).await)
                }
                None => None,
            }
        });
        let deep = join_all(deep).await;
        let all = pairs().zip(&newest).zip(deep).map(|(((named, service), newest), deep)| {
            ServiceStatus::of(Gathered {
                name: &named.name,
                id: &named.id,
                service: service.as_ref(),
                newest: newest.as_ref(),
                revisions: &revisions,
                alarms: alarms.as_deref(),
                scaling: scaling_of(&scaling, named),
                deep,
            })
        });
        Ok(all.collect())
    }

    async fn alarms_of(&self, services: &[&Service]) -> Option<Vec<Alarm>> {
        let names: BTreeSet<String> =
            services.iter().flat_map(|service| service.alarms.iter().cloned()).collect();
        let names: Vec<String> = names.into_iter().collect();
        self.noted_as(self.backend.alarms(&names).await)
    }

    /// The service deployments that are under way, which services name themselves.
    async fn under_way(&self, services: &[Option<Service>]) -> Vec<Option<ServiceDeployment>> {
        let current = |service: &Option<Service>| service.as_ref()?.current_deployment.clone();
        let arns: Vec<String> = services.iter().filter_map(current).collect();
        let found = self.if_there(self.backend.service_deployments(&arns).await);
        let find = |arn: String| found.iter().find(|deployment| deployment.arn == arn).cloned();
        services.iter().map(|service| current(service).and_then(find)).collect()
    }

    /// The newest service deployment, whether it is under way or not.
    async fn newest(&self, named: &Named, service: Option<&Service>) -> Option<ServiceDeployment> {
        let began = primary(service?)?.created_at.map(|began| began - LONGEST_ROLLOUT);
        let listed = self.if_there(self.backend.deployments_since(&named.id, began).await);
        let arn = listed.into_iter().next()?.arn;
        let described = self.backend.service_deployments(&[arn]).await;
        self.if_there(described).into_iter().next()
    }

    async fn revisions(
        &self,
        services: &[Option<Service>],
        newest: &[Option<ServiceDeployment>],
    ) -> Vec<crate::runtime::Revision> {
        let current = services.iter().flatten().flat_map(|service| service.revisions.iter());
        let targets = newest.iter().flatten().filter_map(|newest| newest.target.as_ref());
        let arns: BTreeSet<String> =
            current.chain(targets.map(|target| &target.revision)).cloned().collect();
        let arns: Vec<String> = arns.into_iter().collect();
        self.if_there(self.backend.revisions(&arns).await)
    }

    async fn deep(&self, named: &Named, service: &Service, scaling: Option<&Scaling>) -> Deep {
        let groups: BTreeSet<String> =
            service.attachments.iter().map(|attachment| attachment.target_group.clone()).collect();
        let groups: Vec<String> = groups.into_iter().collect();
        let definition = std::slice::from_ref(&service.task_definition);
        let (definition, targets, tasks, scales) = tokio::join!(
            self.backend.definitions(definition),
            self.backend.target_health(&groups),
            self.tasks(named),
            self.scales(named, scaling),
        );
        Deep {
            definition: self.noted(definition).into_iter().next(),
            targets: self.noted(targets),
            tasks: self.noted(tasks),
            scaling_alarms: scales.0,
            activity: scales.1,
        }
    }

    /// Those that run, then those that stopped.
    async fn tasks(&self, named: &Named) -> Result<Vec<Task>, AwsError> {
        let (running, stopped) =
            try_join(tasks_of(self.backend, named, false), tasks_of(self.backend, named, true))
                .await?;
        Ok([running, stopped].concat())
    }

    async fn scales(
        &self,
        named: &Named,
        scaling: Option<&Scaling>,
    ) -> (Vec<Alarm>, Option<crate::runtime::ScalingActivity>) {
        if scaling.is_none() {
            return (vec![], None);
        }
        let alarms = async {
            let found = self.backend.scaling_alarms(&named.id).await?;
            self.backend.alarms(&found).await
        };
        let (alarms, activity) = join(alarms, self.backend.scaling_activity(&named.id)).await;
        (self.noted(alarms), self.noted(activity))
    }
}

pub(super) async fn tasks_of(
    backend: &Backend,
    named: &Named,
    is_stopped: bool,
) -> Result<Vec<Task>, AwsError> {
    let of = TasksOf::Service(named.id.service.clone());
    backend.tasks(&TaskQuery { cluster: named.id.cluster.clone(), of, is_stopped }).await
}

fn scaling_of<'a>(all: &'a [Scaling], named: &Named) -> Option<&'a Scaling> {
    let resource = format!("service/{}/{}", short(&named.id.cluster), named.id.service);
    all.iter().find(|scaling| scaling.resource == resource)
}
