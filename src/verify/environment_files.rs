//! Environment files are in their buckets.

use super::Questions;
use super::answers::{Answers, Unread};
use super::findings::{Findings, at};
use super::scene::Scene;
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    questions.environment_files.extend(files(scene).map(|(arn, _)| arn.to_owned()));
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    for (arn, place) in files(scene) {
        let thing = format!("environment file `{arn}`");
        match answers.environment_files.get(arn) {
            Some(Ok(true)) => findings.pass(),
            Some(Ok(false)) => {
                let problem =
                    Problem::error("environment-file-missing", format!("{thing} is not there"))
                        .hint("upload it first, or correct its ARN");
                findings.add(at(problem, place.as_ref(), "no task could start"));
            }
            Some(Err(why)) => findings.unread(why, thing, place),
            None => findings.unread(&Unread::because("nothing was asked"), thing, place),
        }
    }
}

fn files<'a>(scene: &Scene<'a>) -> impl Iterator<Item = (&'a str, Option<Span>)> {
    scene.containers().flat_map(|container| {
        let files = container.container.environment_files.iter().enumerate();
        let placed = files.map(|(index, arn)| {
            (arn.as_str(), container.place(&format!("/environmentFiles/{index}")))
        });
        placed.collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, service};

    #[test]
    fn a_file_is_there_or_not_or_nobody_knows() {
        let judged = |answer: Result<bool, Unread>| {
            let text = service("image: x, environmentFiles: ['arn:aws:s3:::b/a.env']");
            Judged::of(&text, Subject::EnvironmentFiles, |answers| {
                answers.environment_files.insert("arn:aws:s3:::b/a.env".to_owned(), answer);
            })
        };
        assert_eq!(judged(Ok(true)).passed(), 1);
        insta::assert_snapshot!(judged(Ok(false)), @"
        environment-file-missing: environment file `arn:aws:s3:::b/a.env` is not there ['arn:aws:s3:::b/a.env': no task could start] -> upload it first, or correct its ARN
        ");
        insta::assert_snapshot!(judged(Err(Unread::denied("s3:GetObject"))), @"
        warning environment-file-unchecked: environment file `arn:aws:s3:::b/a.env` was not checked: the identity lacks the permission `s3:GetObject` ['arn:aws:s3:::b/a.env': not checked] -> allow `s3:GetObject` in a policy of the identity that runs this
        ");
    }
}
