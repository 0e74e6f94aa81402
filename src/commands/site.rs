//! What the commands about running services begin with: the account, and its services by the names that
//! they have in the manifests.

use std::time::Duration;

use super::exit::{Exit, Failure};
use super::open;
use crate::backend::{Access, Backend};
use crate::cli::Global;
use crate::manifest::problem::closest;
use crate::model::resolved::job::Job;
use crate::model::resolved::service;
use crate::model::stack::{Resource, Stack};
use crate::runtime::{Service, ServiceId, TaskDefinition, short};

/// An environment of the application, and its account.
pub(super) struct Site {
    pub(super) stack: Stack,
    pub(super) backend: Backend,
}

/// A service of the manifests, and where it is.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// As in the manifests.
    pub(super) name: String,
    pub(super) id: ServiceId,
}

impl Site {
    /// Opens the account that the manifests name. `limit` is how long a deployment may take.
    pub(super) async fn open(
        global: &Global,
        access: Access,
        limit: Duration,
    ) -> Result<Self, Failure> {
        let stack = open::names(global)?;
        let backend = open::backend(global, &stack, access, limit).await?;
        Ok(Self { stack, backend })
    }

    /// Every service, in the order of their names.
    pub(super) fn services(&self) -> Vec<Named> {
        self.stack.services.values().map(|service| self.named(service)).collect()
    }

    /// Every job, with the family of its task definition in the place of a service's name.
    pub(super) fn jobs(&self) -> Vec<Named> {
        let jobs = self.stack.jobs.values();
        let named = |job: &Resource<Job>| {
            let id = self.id(&job.value.cluster, &job.value.task.family);
            Named { name: job.name.clone(), id }
        };
        jobs.map(named).collect()
    }

    /// These services, or all of them if none is named.
    pub(super) fn chosen(&self, names: &[String]) -> Result<Vec<Named>, Failure> {
        if names.is_empty() {
            return Ok(self.services());
        }
        names.iter().map(|name| self.service(name)).collect()
    }

    /// One service by its name in the manifests.
    pub(super) fn service(&self, name: &str) -> Result<Named, Failure> {
        if let Some(service) = self.stack.services.get(name) {
            return Ok(self.named(service));
        }
        let names = || self.stack.services.keys().map(String::as_str);
        let hint = match closest(name, names()) {
            Some(candidate) => format!("did you mean `{candidate}`?"),
            None => format!("the services are {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("there is no service `{name}` in the manifests");
        Err(Failure::new(Exit::Usage, message).hint(hint))
    }

    /// A service as it runs. Fails if it was never deployed.
    pub(super) async fn running(&self, named: &Named) -> Result<Service, Failure> {
        let found = self.backend.services(std::slice::from_ref(&named.id)).await?;
        let active = found.into_iter().find(|service| service.status == "ACTIVE");
        active.ok_or_else(|| {
            let message = format!(
                "service {} does not run: there is no {} in cluster {}",
                named.name, named.id.service, named.id.cluster
            );
            Failure::new(Exit::Error, message).hint("deploy it with `ecsctl apply`")
        })
    }

    /// These services as they run, or all of them if none is named.
    pub(super) async fn all_running(
        &self,
        names: &[String],
    ) -> Result<Vec<(Named, Service)>, Failure> {
        let mut names = names.to_vec();
        names.sort();
        names.dedup();
        let mut found = vec![];
        for named in self.chosen(&names)? {
            let service = self.running(&named).await?;
            found.push((named, service));
        }
        Ok(found)
    }

    /// A revision that is known to be there, by its ARN.
    pub(super) async fn definition(&self, arn: &str) -> Result<TaskDefinition, Failure> {
        let found = self.backend.task_definition(arn).await?;
        found.ok_or_else(|| {
            let message = format!("task definition {} was deleted", short(arn));
            Failure::new(Exit::Error, message).hint("deploy a new one with `ecsctl apply`")
        })
    }

    fn named(&self, service: &Resource<service::Service>) -> Named {
        let id = self.id(&service.value.cluster, &service.physical_name);
        Named { name: service.name.clone(), id }
    }

    fn id(&self, cluster: &str, service: &str) -> ServiceId {
        let found = self.stack.clusters.get(cluster);
        let cluster = found.map_or(cluster, |cluster| cluster.physical_name.as_str());
        ServiceId { cluster: cluster.to_owned(), service: service.to_owned() }
    }
}
