//! Images are there, and run on the tasks' processors.

use super::Questions;
use super::answers::{Answers, ImageFacts, Platform, Unread};
use super::findings::{Findings, at};
use super::scene::{ContainerView, Scene};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{CpuArchitecture, LaunchType, Task};

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    questions.images.extend(scene.containers().map(|it| it.container.image.clone()));
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    for container in scene.containers() {
        let image = &container.container.image;
        match answers.images.get(image) {
            Some(Ok(facts)) => one(&container, facts, findings),
            Some(Err(why)) => unread(&container, why, findings),
            None => unread(&container, &Unread::because("nothing was asked"), findings),
        }
    }
}

fn one(container: &ContainerView<'_>, facts: &ImageFacts, findings: &mut Findings) {
    let image = &container.container.image;
    match facts {
        ImageFacts::Missing(what) => {
            let message = format!("image `{image}` is not there: {what}");
            let problem = Problem::error("image-missing", message)
                .hint("push the image first, or correct its name");
            findings.add(at(problem, container.place("/image").as_ref(), "no task could start"));
        }
        ImageFacts::Refused => refused(container, findings),
        ImageFacts::Found(Ok(platforms)) if platforms.is_empty() => {
            let why = Unread::because("the image does not say what it was built for");
            unread(container, &why, findings);
        }
        ImageFacts::Found(Ok(platforms)) => suits(container, platforms, findings),
        ImageFacts::Found(Err(why)) => {
            let thing = format!("the platform of image `{image}`");
            findings.unread(why, thing, container.place("/image"));
        }
    }
}

/// ECS has no other credentials than those of the manifest; an instance's agent may have some.
fn refused(container: &ContainerView<'_>, findings: &mut Findings) {
    let image = &container.container.image;
    if container.container.repository_credentials.is_some() {
        let reason = "the registry wants credentials, and ecsctl does not read those of `repositoryCredentials`";
        return unread(container, &Unread::because(reason), findings);
    }
    match container.service.value.task.launch_type {
        LaunchType::Fargate => {
            let message = format!(
                "image `{image}` is private or not there: its registry shows it to nobody without credentials"
            );
            let problem = Problem::error("image-refused", message).hint(
                "correct its name, or name a secret with credentials in `repositoryCredentials`",
            );
            findings.add(at(problem, container.place("/image").as_ref(), "no task could start"));
        }
        LaunchType::Ec2 | LaunchType::External => {
            let reason = "the registry wants credentials, which the agent of an instance may have";
            unread(container, &Unread::because(reason), findings);
        }
    }
}

fn suits(container: &ContainerView<'_>, platforms: &[Platform], findings: &mut Findings) {
    let task = &container.service.value.task;
    let wanted = platform(task);
    if platforms.contains(&wanted) {
        return findings.pass();
    }
    let image = &container.container.image;
    let there: Vec<String> = platforms.iter().map(ToString::to_string).collect();
    let message =
        format!("image `{image}` is built for {}, and its tasks run on {wanted}", there.join(", "));
    let build = format!("build it with `docker buildx build --platform {wanted}`");
    let other = match task.cpu_architecture {
        CpuArchitecture::X86 => Platform::new(wanted.os.clone(), "arm64"),
        CpuArchitecture::Arm => Platform::new(wanted.os.clone(), "amd64"),
    };
    let hint = match task.cpu_architecture {
        CpuArchitecture::X86 if platforms.contains(&other) => {
            format!("{build}, or set `runtimePlatform.cpuArchitecture: ARM64`")
        }
        CpuArchitecture::Arm if platforms.contains(&other) => {
            format!("{build}, or set `runtimePlatform.cpuArchitecture: X86_64`")
        }
        CpuArchitecture::X86 | CpuArchitecture::Arm => build,
    };
    let problem = Problem::error("image-platform", message).hint(hint);
    findings.add(at(problem, container.place("/image").as_ref(), format!("nothing for {wanted}")));
}

fn platform(task: &Task) -> Platform {
    let os = if task.operating_system_family.is_windows() { "windows" } else { "linux" };
    let architecture = match task.cpu_architecture {
        CpuArchitecture::X86 => "amd64",
        CpuArchitecture::Arm => "arm64",
    };
    Platform::new(os, architecture)
}

fn unread(container: &ContainerView<'_>, why: &Unread, findings: &mut Findings) {
    let thing = format!("image `{}`", container.container.image);
    findings.unread(why, thing, container.place("/image"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, service};

    fn judged(fields: &str, facts: Result<ImageFacts, Unread>) -> Judged {
        in_task(&format!("image: web:1, {fields}"), facts)
    }

    fn in_task(fields: &str, facts: Result<ImageFacts, Unread>) -> Judged {
        Judged::of(&service(fields), Subject::Images, |answers| {
            answers.images.insert("web:1".to_owned(), facts);
        })
    }

    fn built_for(platforms: &[&str]) -> ImageFacts {
        let platforms = platforms.iter().map(|text| Platform::parse(text).unwrap());
        ImageFacts::Found(Ok(platforms.collect()))
    }

    #[test]
    fn a_job_needs_its_image_too() {
        let job = "{ kind: Job, name: migrate, image: web:1 }";
        let judged = Judged::of(job, Subject::Images, |answers| {
            answers.images.insert(
                "web:1".to_owned(),
                Ok(ImageFacts::Missing("there is no tag `1`".to_owned())),
            );
        });
        insta::assert_snapshot!(judged, @"
        image-missing: image `web:1` is not there: there is no tag `1` [web:1: no task could start] -> push the image first, or correct its name
        ");
    }

    #[test]
    fn an_image_runs_where_it_was_built_for() {
        let arm = "runtimePlatform: { cpuArchitecture: ARM64 }";
        for (fields, platforms) in [
            ("", &["linux/amd64"][..]),
            ("", &["linux/arm64/v8", "linux/amd64"]),
            (arm, &["linux/arm64/v8"]),
        ] {
            assert_eq!(
                judged(fields, Ok(built_for(platforms))).passed(),
                1,
                "{fields} {platforms:?}"
            );
        }
        insta::assert_snapshot!(judged("", Ok(built_for(&["linux/arm64"]))), @"
        image-platform: image `web:1` is built for linux/arm64, and its tasks run on linux/amd64 [web:1: nothing for linux/amd64] -> build it with `docker buildx build --platform linux/amd64`, or set `runtimePlatform.cpuArchitecture: ARM64`
        ");
        insta::assert_snapshot!(judged(arm, Ok(built_for(&["linux/386"]))), @"
        image-platform: image `web:1` is built for linux/386, and its tasks run on linux/arm64 [web:1: nothing for linux/arm64] -> build it with `docker buildx build --platform linux/arm64`
        ");
    }

    #[test]
    fn what_is_not_there_fails_and_what_is_not_known_warns() {
        let missing = Ok(ImageFacts::Missing("the repository `web` does not exist".to_owned()));
        insta::assert_snapshot!(judged("", missing), @"
        image-missing: image `web:1` is not there: the repository `web` does not exist [web:1: no task could start] -> push the image first, or correct its name
        ");
        insta::assert_snapshot!(judged("", Ok(ImageFacts::Refused)), @"
        image-refused: image `web:1` is private or not there: its registry shows it to nobody without credentials [web:1: no task could start] -> correct its name, or name a secret with credentials in `repositoryCredentials`
        ");
        let with_credentials = "containers: [{ name: app, image: web:1, repositoryCredentials: 'secretsmanager:hub' }]";
        insta::assert_snapshot!(in_task(with_credentials, Ok(ImageFacts::Refused)), @"
        warning image-unchecked: image `web:1` was not checked: the registry wants credentials, and ecsctl does not read those of `repositoryCredentials` [web:1: not checked]
        ");
        insta::assert_snapshot!(judged("launchType: EC2, memory: 64", Ok(ImageFacts::Refused)), @"
        warning image-unchecked: image `web:1` was not checked: the registry wants credentials, which the agent of an instance may have [web:1: not checked]
        ");
        let unread = Err(Unread::denied("ecr:BatchGetImage"));
        insta::assert_snapshot!(judged("", unread), @"
        warning image-unchecked: image `web:1` was not checked: the identity lacks the permission `ecr:BatchGetImage` [web:1: not checked] -> allow `ecr:BatchGetImage` in a policy of the identity that runs this
        ");
        insta::assert_snapshot!(judged("", Ok(ImageFacts::Found(Err(Unread::because("it rains"))))), @"
        warning image-unchecked: the platform of image `web:1` was not checked: it rains [web:1: not checked]
        ");
    }
}
