//! Jobs: what they are called beside services, and how long a run may take.

use super::Scope;
use super::table::Entry;
use crate::manifest::problem::Problem;
use crate::model::documents::job::Job;
use crate::model::manifests::Written;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "job-and-service",
        rule: "A job and a service have different names: their task definitions, log groups and roles are named after them",
        source: "",
        wrong: "{ kind: Service, name: web, image: nginx }\n---\n{ kind: Job, name: web, image: nginx }",
        right: "{ kind: Service, name: web, image: nginx }\n---\n{ kind: Job, name: migrate, image: nginx }",
    },
    Entry {
        code: "out-of-range",
        rule: "the `timeout` of a job is at least 1s",
        source: "",
        wrong: "{ kind: Job, name: migrate, image: nginx, timeout: 0 }",
        right: "{ kind: Job, name: migrate, image: nginx, timeout: 1 }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let jobs = scope.manifests.jobs.values();
    jobs.flat_map(|job| same_name(scope, job).into_iter().chain(timeout(job))).collect()
}

fn same_name(scope: &Scope<'_>, job: &Written<Job>) -> Option<Problem> {
    let name = &job.document.name;
    let service = scope.manifests.services.get(name)?;
    let message = format!("a job and a service are both named `{name}`");
    Some(
        Problem::error("job-and-service", message)
            .at(&job.name_span(), "the job")
            .at(&service.name_span(), "the service")
            .hint("rename one of them: what they are made of is named after them"),
    )
}

fn timeout(job: &Written<Job>) -> Option<Problem> {
    let is_none = job.document.timeout.is_some_and(|timeout| timeout.0 == 0);
    is_none.then(|| {
        Problem::error("out-of-range", "`timeout` must be at least 1s, but is 0")
            .at(&job.value("/timeout"), "a run would be stopped at once")
            .hint("remove `timeout`: a run may then take as long as it likes")
    })
}

#[cfg(test)]
mod tests {
    use crate::model::rules::entries;
    use crate::model::testing::{report, resolved};

    #[test]
    fn jobs_have_names_and_times_of_their_own() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        job-and-service: a job and a service are both named `web` [web: the job] [web: the service] -> rename one of them: what they are made of is named after them
        out-of-range: `timeout` must be at least 1s, but is 0 [0: a run would be stopped at once] -> remove `timeout`: a run may then take as long as it likes
        ");
    }

    #[test]
    fn what_only_services_have_is_unknown_to_jobs() {
        let job = |fields: &str| format!("{{ kind: Job, name: migrate, image: nginx, {fields} }}");
        let fields = [
            "desiredCount: 2",
            "scaling: { min: 1, max: 2 }",
            "deployment: {}",
            "loadBalancers: []",
            "timeuot: 5m",
        ];
        let wrong = fields.map(job);
        let right = job("timeout: 5m");
        let cases: Vec<_> = wrong.iter().map(|wrong| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @"
        unknown-field: this document has no field `desiredCount` [desiredCount: not a field here] -> the editor's completion and `ecsctl schema` have all fields
        unknown-field: this document has no field `scaling` [scaling: not a field here] -> the editor's completion and `ecsctl schema` have all fields
        unknown-field: this document has no field `deployment` [deployment: not a field here] -> the editor's completion and `ecsctl schema` have all fields
        unknown-field: this document has no field `loadBalancers` [loadBalancers: not a field here] -> the editor's completion and `ecsctl schema` have all fields
        unknown-field: this document has no field `timeuot` [timeuot: not a field here] -> did you mean `timeout`?
        ");
    }

    /// Every rule whose manifests make sense for a job holds for jobs too.
    #[test]
    fn the_rules_of_tasks_are_those_of_jobs() {
        let codes = |text: &str| -> Vec<&'static str> {
            let text = text.replace("kind: Service", "kind: Job");
            let problems = match resolved(&text) {
                Ok((_, warnings)) => warnings,
                Err(problems) => problems,
            };
            problems.into_iter().map(|problem| problem.code).collect()
        };
        let about_services = entries()
            .filter(|it| it.wrong.contains("kind: Service") && !it.wrong.contains("kind: Job"));
        let about_tasks = about_services.filter(|entry| codes(entry.right).is_empty());
        let (held, silent): (Vec<_>, Vec<_>) =
            about_tasks.map(|entry| (entry, codes(entry.wrong))).partition(|(entry, found)| {
                found.contains(&entry.code) || found.contains(&"unknown-field")
            });
        assert_eq!(silent.iter().map(|(entry, _)| entry.rule).collect::<Vec<_>>(), [""; 0]);
        assert!(held.len() > 100, "only {} rules were tried", held.len());
    }
}
