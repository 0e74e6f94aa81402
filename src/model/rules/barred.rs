//! Fields that a launch type, operating system or network mode does not have.

use std::collections::BTreeSet;

use super::{Scope, WorkloadView, escape, fargate, network_mode, on_instances, windows};
use crate::manifest::node::{Data, Node, Plain, Span};
use crate::manifest::problem::Problem;

/// A kind of task, and the fields that it can't have: paths in its document such as
/// `linuxParameters.tmpfs`.
pub(super) struct Bar {
    pub(super) code: &'static str,
    /// In the plural, such as `Windows tasks`.
    pub(super) tasks: &'static str,
    /// Why a workload's tasks are of this kind; `None` when they are not.
    pub(super) cause: fn(&WorkloadView<'_>) -> Option<Cause>,
    /// What to do about it.
    pub(super) hint: &'static str,
    pub(super) of_task: &'static [&'static str],
    pub(super) of_container: &'static [&'static str],
    pub(super) of_volume: &'static [&'static str],
}

/// What makes the tasks of a workload be of some kind.
pub(super) struct Cause {
    /// Where it is written, or where it would be.
    pub(super) span: Span,
    /// Such as `the launch type`.
    pub(super) label: &'static str,
}

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let bars = [fargate::BARS, on_instances::BARS, windows::BARS, network_mode::BARS].concat();
    scope.each_workload(|workload| {
        let mut seen = BTreeSet::new();
        bars.iter().flat_map(|bar| bar.check(workload, &mut seen)).collect()
    })
}

impl Bar {
    /// A problem for each barred field that is used; one that is `seen` is reported already.
    fn check(&self, workload: &WorkloadView<'_>, seen: &mut BTreeSet<String>) -> Vec<Problem> {
        let Some(cause) = (self.cause)(workload) else { return vec![] };
        let used = |pointer: &String| is_used(workload.written.node, pointer);
        let fields = self.fields(workload).into_iter().filter(|(pointer, _)| used(pointer));
        let unseen = fields.filter(|(pointer, _)| seen.insert(pointer.clone()));
        let problem = |(pointer, what): (String, String)| {
            Problem::error(self.code, format!("{} can't have {what}", self.tasks))
                .at(&workload.written.key(&pointer), "not possible here")
                .at(&cause.span, cause.label)
                .hint(self.hint)
        };
        unseen.map(problem).collect()
    }

    /// Where the barred fields would be, and how they are called.
    fn fields(&self, workload: &WorkloadView<'_>) -> Vec<(String, String)> {
        let of_task = [(String::new(), self.of_task, "")];
        let containers = workload.containers().map(|view| (view.base, self.of_container, ""));
        let volumes = workload
            .value
            .task
            .volumes
            .keys()
            .map(|name| (format!("/volumes/{}", escape(name)), self.of_volume, " volumes"));
        let places = of_task.into_iter().chain(containers).chain(volumes);
        let fields = places.flat_map(|(base, fields, noun)| {
            let field = move |field: &&'static str| {
                (format!("{base}/{}", field.replace('.', "/")), format!("`{field}`{noun}"))
            };
            fields.iter().map(field)
        });
        fields.collect()
    }
}

/// Whether a field is written and says something: what is off or empty is not sent to AWS.
fn is_used(document: &Node, pointer: &str) -> bool {
    let Some(node) = document.route(&pointer.into()) else { return false };
    match &node.data {
        Data::Scalar(scalar) => !matches!(scalar.resolve(), Plain::Null | Plain::Bool(false)),
        Data::List(items) => !items.is_empty(),
        Data::Map(entries) => !entries.is_empty(),
    }
}

/// Where the launch type is decided: by itself, by capacity providers, or by the cluster.
pub(super) fn launch_type(workload: &WorkloadView<'_>) -> Cause {
    let document = workload.document();
    let (span, label) = if document.launch_type.is_some() {
        (workload.written.value("/launchType"), "the launch type")
    } else if document.capacity.is_empty() {
        (workload.written.name_span(), "runs on what is the default of its cluster")
    } else {
        (workload.written.key("/capacity"), "the capacity providers")
    };
    Cause { span, label }
}

/// Declares `BARS`, and a `TABLE` of them with further rules. The manifests of the table are those
/// of a service with two containers, of which the first has the field, before and after whose
/// fields comes what makes it wrong or right.
macro_rules! bars {
    (
        $({
            code: $code:literal,
            tasks: $tasks:literal,
            cause: $cause:expr,
            hint: $hint:literal,
            source: $source:expr,
            wrong: $wrong:literal,
            right: $right:literal,
            of_task: { $($task:literal => $task_yaml:literal),* $(,)? },
            of_container: { $($container:literal => $container_yaml:literal),* $(,)? },
            of_volume: { $($volume:literal => $volume_yaml:literal),* $(,)? },
        })*
        $(rule: $entry:expr,)*
    ) => {
        pub(super) const BARS: &[&$crate::model::rules::barred::Bar] = &[$(
            &$crate::model::rules::barred::Bar {
                code: $code,
                tasks: $tasks,
                cause: $cause,
                hint: $hint,
                of_task: &[$($task),*],
                of_container: &[$($container),*],
                of_volume: &[$($volume),*],
            },
        )*];

        pub(super) const TABLE: &[$crate::model::rules::table::Entry] = &[
            $(
                $($crate::model::rules::table::Entry {
                    code: $code,
                    rule: concat!($tasks, " can't have `", $task, "`"),
                    source: $source,
                    wrong: concat!("{ kind: Service, name: web, image: x, ", $wrong, ", ", $task_yaml, " }"),
                    right: concat!("{ kind: Service, name: web, image: x, ", $right, ", ", $task_yaml, " }"),
                },)*
                $($crate::model::rules::table::Entry {
                    code: $code,
                    rule: concat!($tasks, " can't have `", $container, "`"),
                    source: $source,
                    wrong: concat!("{ kind: Service, name: web, containers: [{ name: a, image: x, ", $container_yaml, " }, { name: b, image: x }], ", $wrong, " }"),
                    right: concat!("{ kind: Service, name: web, containers: [{ name: a, image: x, ", $container_yaml, " }, { name: b, image: x }], ", $right, " }"),
                },)*
                $($crate::model::rules::table::Entry {
                    code: $code,
                    rule: concat!($tasks, " can't have `", $volume, "` volumes"),
                    source: $source,
                    wrong: concat!("{ kind: FileSystem, name: files }\n---\n{ kind: Service, name: web, image: x, volumes: { a: { ", $volume_yaml, " } }, ", $wrong, " }"),
                    right: concat!("{ kind: FileSystem, name: files }\n---\n{ kind: Service, name: web, image: x, volumes: { a: { ", $volume_yaml, " } }, ", $right, " }"),
                },)*
            )*
            $($entry,)*
        ];
    };
}

pub(super) use bars;

#[cfg(test)]
mod tests {
    use crate::model::testing::report_task;

    #[test]
    fn what_is_barred_is_shown_once_with_its_reason() {
        insta::assert_snapshot!(report_task(&[
            ("image: x, launchType: FARGATE, ipcMode: host", "image: x, launchType: EC2, memory: 512, ipcMode: host"),
            ("image: x, capacity: [{ provider: FARGATE }], taskPlacementConstraints: ['attribute:a exists']", "image: x, capacity: [{ provider: FARGATE }], taskPlacementConstraints: []"),
            ("containers: [{ name: a, image: x, privileged: true, links: [b] }, { name: b, image: x }]", "containers: [{ name: a, image: x, privileged: false, links: [] }, { name: b, image: x }]"),
            ("image: x, volumes: { a/b: { host: { sourcePath: /a } } }", "image: x, volumes: { ab: {} }"),
            ("cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }, containers: [{ name: a, image: x, privileged: true }]", "cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }, containers: [{ name: a, image: x }]"),
        ]), @"
        fargate: Fargate tasks can't have `ipcMode` [ipcMode: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `taskPlacementConstraints` [taskPlacementConstraints: not possible here] [capacity: the capacity providers] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `privileged` [privileged: not possible here] [web: runs on what is the default of its cluster] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `links` [links: not possible here] [web: runs on what is the default of its cluster] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `host` volumes [host: not possible here] [web: runs on what is the default of its cluster] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `privileged` [privileged: not possible here] [web: runs on what is the default of its cluster] -> remove it, or run the task on EC2
        ");
    }
}
