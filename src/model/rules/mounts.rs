//! Mounts of containers: absolute paths, each taken once.

use std::collections::BTreeMap;

use super::{ContainerView, Scope, ServiceView, escape};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{OperatingSystemFamily, Volume};

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let mut problems: Vec<_> = service.containers().flat_map(|view| clashes(&view)).collect();
        if service.value.task.operating_system_family == OperatingSystemFamily::Linux {
            problems.extend(service.containers().flat_map(|view| relative(&view)));
        }
        problems.extend(roots(service));
        problems
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

fn roots(service: &ServiceView<'_>) -> Vec<Problem> {
    let volumes = service.value.task.volumes.iter();
    let wrong = volumes.filter_map(|(name, volume)| {
        let (path, field) = match volume {
            Volume::Efs(efs) => (&efs.root_directory, "efs/rootDirectory"),
            Volume::Host { source_path } => (source_path, "host/sourcePath"),
            Volume::Shared | Volume::Docker(_) | Volume::FsxWindows(_) => return None,
        };
        if is_absolute(service, path) {
            return None;
        }
        let place = format!("/volumes/{}/{field}", escape(name));
        let problem = Problem::error("mount-path", format!("`{path}` is not an absolute path"));
        Some(problem.at(&service.written.value(&place), "expected a path that begins with `/`"))
    });
    wrong.collect()
}

/// Paths of Windows begin with a drive.
fn is_absolute(service: &ServiceView<'_>, path: &str) -> bool {
    path.starts_with('/') || service.value.task.operating_system_family.is_windows()
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
