//! Mounts of containers: absolute paths, each taken once.

use std::collections::BTreeMap;

use super::table::{Entry, task};
use super::{ContainerView, Scope, WorkloadView, escape};
use crate::manifest::problem::Problem;
use crate::model::documents::volume::{DockerScope, Volume as Document};
use crate::model::resolved::service::Volume;

const VOLUME: &str = "Amazon ECS API Reference, Volume";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "mount-clash",
        rule: "a path in a container has one volume",
        source: "Amazon ECS API Reference, MountPoint",
        wrong: task!(
            "image: x, volumes: { a: {}, b: {} }, mounts: [{ volume: a, path: /a }, { volume: b, path: /a }]"
        ),
        right: task!(
            "image: x, volumes: { a: {}, b: {} }, mounts: [{ volume: a, path: /a }, { volume: b, path: /b }]"
        ),
    },
    Entry {
        code: "mount-path",
        rule: "paths on the instance are absolute",
        source: "Amazon ECS API Reference, HostVolumeProperties",
        wrong: task!(
            "image: x, launchType: EC2, memory: 64, volumes: { a: { host: { sourcePath: data } } }"
        ),
        right: task!(
            "image: x, launchType: EC2, memory: 64, volumes: { a: { host: { sourcePath: /data } } }"
        ),
    },
    Entry {
        code: "volume-form",
        rule: "a volume is of one form: `efs`, `host`, `docker` or `fsxWindows`",
        source: VOLUME,
        wrong: task!(
            "image: x, launchType: EC2, memory: 64, volumes: { a: { host: { sourcePath: /data }, docker: {} } }"
        ),
        right: task!("image: x, launchType: EC2, memory: 64, volumes: { a: { docker: {} } }"),
    },
    Entry {
        code: "autoprovision",
        rule: "`autoprovision` needs the scope `shared`",
        source: "Amazon ECS API Reference, DockerVolumeConfiguration",
        wrong: task!(
            "image: x, launchType: EC2, memory: 64, volumes: { a: { docker: { autoprovision: true } } }"
        ),
        right: task!(
            "image: x, launchType: EC2, memory: 64, volumes: { a: { docker: { scope: shared, autoprovision: true } } }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let mut problems: Vec<_> = workload.containers().flat_map(|view| clashes(&view)).collect();
        if !workload.value.task.operating_system_family.is_windows() {
            problems.extend(workload.containers().flat_map(|view| relative(&view)));
        }
        problems.extend(roots(workload));
        for (name, volume) in workload.document().volumes {
            problems.extend(forms(workload, name, volume));
            problems.extend(autoprovision(workload, name, volume));
        }
        problems
    })
}

fn forms(workload: &WorkloadView<'_>, name: &str, volume: &Document) -> Option<Problem> {
    let forms = [
        ("efs", volume.efs.is_some()),
        ("host", volume.host.is_some()),
        ("docker", volume.docker.is_some()),
        ("fsxWindows", volume.fsx_windows.is_some()),
    ];
    let mut forms = forms.iter().filter(|(_, is_there)| *is_there).map(|(form, _)| form);
    let (first, second) = forms.next().zip(forms.next())?;
    let at = |form: &str| workload.written.key(&format!("/volumes/{}/{form}", escape(name)));
    Some(
        Problem::error("volume-form", format!("volume `{name}` is of two forms"))
            .at(&at(second), "the other")
            .at(&at(first), "one")
            .hint("keep one of them, or make two volumes"),
    )
}

/// A volume of a task is always made with it.
fn autoprovision(workload: &WorkloadView<'_>, name: &str, volume: &Document) -> Option<Problem> {
    let docker = volume.docker.as_ref()?;
    let place = workload.written.key(&format!("/volumes/{}/docker/autoprovision", escape(name)));
    (docker.autoprovision == Some(true) && docker.scope == DockerScope::Task).then(|| {
        Problem::error("autoprovision", "`autoprovision` needs `scope: shared`")
            .at(&place, "a volume of the task is always made")
            .hint("remove `autoprovision`, or write `scope: shared`")
    })
}

fn clashes(view: &ContainerView<'_>) -> Vec<Problem> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut problems = vec![];
    for (index, mount) in view.container.mounts.iter().enumerate() {
        let Some(earlier) = first.get(mount.path.as_str()) else {
            first.insert(&mount.path, index);
            continue;
        };
        let at = |index: usize| view.value(&format!("/mounts/{index}/path"));
        problems.push(
            Problem::error("mount-clash", format!("two volumes are mounted at `{}`", mount.path))
                .at(&at(index), "this one")
                .at(&at(*earlier), "the first one")
                .hint("mount one of them elsewhere"),
        );
    }
    problems
}

fn relative(view: &ContainerView<'_>) -> Vec<Problem> {
    let mounts = view.container.mounts.iter().enumerate();
    let wrong = mounts.filter(|(_, mount)| !mount.path.starts_with('/')).map(|(index, mount)| {
        Problem::error("mount-path", format!("`{}` is not an absolute path", mount.path)).at(
            &view.value(&format!("/mounts/{index}/path")),
            "expected a path that begins with `/`",
        )
    });
    wrong.collect()
}

fn roots(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let volumes = workload.value.task.volumes.iter();
    let wrong = volumes.filter_map(|(name, volume)| {
        let (path, field) = match volume {
            Volume::Efs(efs) => (&efs.root_directory, "efs/rootDirectory"),
            Volume::Host { source_path } => (source_path, "host/sourcePath"),
            Volume::Shared | Volume::Docker(_) | Volume::FsxWindows(_) => return None,
        };
        if is_absolute(workload, path) {
            return None;
        }
        let place = format!("/volumes/{}/{field}", escape(name));
        let problem = Problem::error("mount-path", format!("`{path}` is not an absolute path"));
        Some(problem.at(&workload.written.value(&place), "expected a path that begins with `/`"))
    });
    wrong.collect()
}

/// Paths of Windows begin with a drive.
fn is_absolute(workload: &WorkloadView<'_>, path: &str) -> bool {
    path.starts_with('/') || workload.value.task.operating_system_family.is_windows()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn every_mount_has_a_path_of_its_own() {
        let stack = |mounts: &str, root: &str| {
            format!(
                "{{ kind: FileSystem, name: f }}\n---\n{{ kind: Service, name: web, image: x, volumes: {{ a: {{}}, b: {{ efs: {{ fileSystem: f, rootDirectory: {root} }} }} }}, mounts: [{{ volume: a, path: /a }}, {{ volume: b, path: {mounts} }}] }}"
            )
        };
        let right = stack("/b", "/");
        let wrong = [stack("/a", "/"), stack("b", "/"), stack("/b", "data")];
        let cases: Vec<_> = wrong.iter().map(|wrong| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r"
        mount-clash: two volumes are mounted at `/a` [/a: this one] [/a: the first one] -> mount one of them elsewhere
        mount-path: `b` is not an absolute path [b: expected a path that begins with `/`]
        mount-path: `data` is not an absolute path [data: expected a path that begins with `/`]
        ");
    }
}
