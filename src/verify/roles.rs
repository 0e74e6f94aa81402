//! Roles that others made may be acted as by tasks, and allow what the tasks need. ecsctl's own are
//! right by construction.

use std::collections::BTreeSet;

use super::Questions;
use super::answers::{Answers, Denial, RoleFacts, Unread};
use super::findings::{Findings, at};
use super::scene::{Scene, WorkloadView};
use crate::kinds::role::{Statement, execution_needs, task_needs};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{ExecutionRole, TaskRoleReference};
use crate::model::resolved::task_role::TaskRole;
use crate::value::Resolvable;

const TASKS: &str = "ecs-tasks.amazonaws.com";

/// Services whose resources have policies of their own, which may allow what the role's do not.
const WITH_RESOURCE_POLICIES: &[&str] =
    &["ecr:", "elasticfilesystem:", "kms:", "s3:", "secretsmanager:"];

/// Actions on resources that a role must be allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub actions: BTreeSet<String>,
    /// ARNs, or `*`.
    pub resources: BTreeSet<String>,
}

/// A role of a service that is used as it is.
struct Use {
    arn: String,
    place: Option<Span>,
    grants: BTreeSet<Grant>,
}

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    for Use { arn, grants, .. } in uses(scene) {
        questions.roles.entry(arn).or_default().extend(grants);
    }
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    for used in uses(scene) {
        let thing = format!("role `{}`", used.arn);
        match answers.roles.get(&used.arn) {
            Some(Ok(facts)) => one(&used, facts, findings),
            Some(Err(why)) => findings.unread(why, thing, used.place),
            None => findings.unread(&Unread::because("nothing was asked"), thing, used.place),
        }
    }
}

fn one(used: &Use, facts: &RoleFacts, findings: &mut Findings) {
    let arn = &used.arn;
    let (trusts, denials) = match facts {
        RoleFacts::Missing => {
            let problem = Problem::error("role-missing", format!("role `{arn}` is not there"))
                .hint("create it first, or correct its ARN");
            return findings.add(at(problem, used.place.as_ref(), "no task could start"));
        }
        RoleFacts::Found { trusts, denials } => (trusts, denials),
    };
    if trusts.contains(TASKS) {
        findings.pass();
    } else {
        let message = format!("role `{arn}` does not let `{TASKS}` act as it");
        let hint = format!("allow `sts:AssumeRole` to the service `{TASKS}` in its trust policy");
        let problem = Problem::error("role-trust", message).hint(hint);
        findings.add(at(problem, used.place.as_ref(), "no task could start"));
    }
    if used.grants.is_empty() {
        return;
    }
    match denials {
        Ok(denials) => allowed(used, denials, findings),
        Err(why) => {
            findings.unread(why, format!("what role `{arn}` allows"), used.place.clone());
        }
    }
}

/// The denials of a role that are about this use of it, an action once.
fn allowed(used: &Use, denials: &[Denial], findings: &mut Findings) {
    let is_needed = |denial: &&Denial| {
        used.grants.iter().any(|grant| {
            grant.actions.contains(&denial.action) && grant.resources.contains(&denial.resource)
        })
    };
    let mine: Vec<&Denial> = denials.iter().filter(is_needed).collect();
    let (certain, doubtful): (Vec<_>, Vec<_>) =
        mine.into_iter().partition(|denial| is_certain(denial));
    if certain.is_empty() && doubtful.is_empty() {
        return findings.pass();
    }
    if !certain.is_empty() {
        let message = format!("role `{}` does not allow {}", used.arn, words(&certain));
        let problem =
            Problem::error("role-permission", message).hint("allow it in a policy of the role");
        findings.add(at(problem, used.place.as_ref(), "what the tasks need"));
    }
    if !doubtful.is_empty() {
        let message = format!("role `{}` does not itself allow {}", used.arn, words(&doubtful));
        let problem = Problem::warning("role-permission", message).hint(
            "allow it in a policy of the role, unless a policy of the resource does, which is not known here",
        );
        findings.add(at(problem, used.place.as_ref(), "what the tasks need"));
    }
}

fn is_certain(denial: &Denial) -> bool {
    let may_be_allowed_elsewhere =
        WITH_RESOURCE_POLICIES.iter().any(|service| denial.action.starts_with(service));
    // A token of ECR is of no resource.
    denial.is_explicit || !may_be_allowed_elsewhere || denial.resource == "*"
}

fn words(denials: &[&Denial]) -> String {
    let mut words = BTreeSet::new();
    words.extend(denials.iter().map(|denial| match denial.resource.as_str() {
        "*" => format!("`{}`", denial.action),
        resource => format!("`{}` on {resource}", denial.action),
    }));
    words.into_iter().collect::<Vec<_>>().join(", ")
}

fn uses(scene: &Scene<'_>) -> Vec<Use> {
    let scene = *scene;
    scene
        .workloads()
        .flat_map(|service| [execution(scene, service), task(scene, service)])
        .flatten()
        .collect()
}

fn execution(scene: Scene<'_>, service: WorkloadView<'_>) -> Option<Use> {
    let ExecutionRole::Arn(arn) = &service.value.task.execution_role else { return None };
    let needs = execution_needs(service.value.task, scene.facts);
    let grants = needs.values().filter_map(grant).collect();
    Some(Use { arn: arn.clone(), place: service.place("/executionRole"), grants })
}

fn task(scene: Scene<'_>, service: WorkloadView<'_>) -> Option<Use> {
    let arn = match service.value.task.task_role.as_ref()? {
        TaskRoleReference::Arn(arn) => arn,
        TaskRoleReference::Name(name) => match &scene.stack.task_roles.get(name)?.value {
            TaskRole::Existing { arn } => arn,
            TaskRole::Managed(_) => return None,
        },
    };
    let needs = task_needs(scene.stack, scene.facts, &[service.value]);
    let grants = needs.iter().filter_map(|(_, statement)| grant(statement)).collect();
    Some(Use { arn: arn.clone(), place: service.place("/taskRole"), grants })
}

/// What of a statement can be asked about: its conditions cannot, nor resources that do not exist yet.
fn grant(statement: &Statement) -> Option<Grant> {
    let resources: BTreeSet<String> = statement
        .resources
        .0
        .iter()
        .filter_map(|resource| match resource {
            Resolvable::Known(arn) => Some(arn.clone()),
            Resolvable::Reference(_) | Resolvable::Digest(_) => None,
        })
        .collect();
    (!resources.is_empty() && statement.conditions.is_empty())
        .then(|| Grant { actions: statement.actions.0.iter().cloned().collect(), resources })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, service};

    const ARN: &str = "arn:aws:iam::444455556666:role/x";

    fn judged(fields: &str, facts: Result<RoleFacts, Unread>) -> Judged {
        let text = service(&format!("{fields}, secrets: {{ A: 'ssm:/a' }}"));
        Judged::of(&text, Subject::Roles, |answers| {
            answers.roles.insert(ARN.to_owned(), facts);
        })
    }

    fn found(trusts: &str, denials: Result<Vec<Denial>, Unread>) -> RoleFacts {
        RoleFacts::Found { trusts: BTreeSet::from([trusts.to_owned()]), denials }
    }

    fn denial(action: &str, resource: &str, is_explicit: bool) -> Denial {
        Denial { action: action.to_owned(), resource: resource.to_owned(), is_explicit }
    }

    const EXECUTION: &str = "image: '444455556666.dkr.ecr.eu-west-1.amazonaws.com/web:1', \
                             executionRole: 'arn:aws:iam::444455556666:role/x'";

    #[test]
    fn an_execution_role_is_asked_about_all_that_tasks_start_with() {
        let judged = judged(EXECUTION, Ok(found(TASKS, Ok(vec![]))));
        assert_eq!(judged.passed(), 2, "trust and permissions");
        let grants = judged.questions.roles[ARN].iter();
        let lines: Vec<_> =
            grants.map(|grant| format!("{:?} on {:?}", grant.actions, grant.resources)).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} on {"arn:aws:ecr:eu-west-1:444455556666:repository/web"}
        {"ecr:GetAuthorizationToken"} on {"*"}
        {"logs:CreateLogStream", "logs:PutLogEvents"} on {"arn:aws:logs:eu-west-1:444455556666:log-group:/ecsctl/shop/default/web:*"}
        {"ssm:GetParameters"} on {"arn:aws:ssm:eu-west-1:444455556666:parameter/a"}
        "#);
    }

    #[test]
    fn a_role_lets_tasks_act_as_it_and_allows_what_they_need() {
        let parameter = "arn:aws:ssm:eu-west-1:444455556666:parameter/a";
        let repository = "arn:aws:ecr:eu-west-1:444455556666:repository/web";
        let denials = vec![
            denial("ssm:GetParameters", parameter, false),
            denial("ecr:GetAuthorizationToken", "*", false),
            denial("ecr:BatchGetImage", repository, false),
            denial("ecr:GetDownloadUrlForLayer", repository, true),
            denial("s3:GetObject", "arn:aws:s3:::of-another-service/x", true),
        ];
        insta::assert_snapshot!(judged(EXECUTION, Ok(found(TASKS, Ok(denials)))), @"
        role-permission: role `arn:aws:iam::444455556666:role/x` does not allow `ecr:GetAuthorizationToken`, `ecr:GetDownloadUrlForLayer` on arn:aws:ecr:eu-west-1:444455556666:repository/web, `ssm:GetParameters` on arn:aws:ssm:eu-west-1:444455556666:parameter/a ['arn:aws:iam::444455556666:role/x': what the tasks need] -> allow it in a policy of the role
        warning role-permission: role `arn:aws:iam::444455556666:role/x` does not itself allow `ecr:BatchGetImage` on arn:aws:ecr:eu-west-1:444455556666:repository/web ['arn:aws:iam::444455556666:role/x': what the tasks need] -> allow it in a policy of the role, unless a policy of the resource does, which is not known here
        ");
        insta::assert_snapshot!(judged(EXECUTION, Ok(found("ec2.amazonaws.com", Ok(vec![])))), @"
        role-trust: role `arn:aws:iam::444455556666:role/x` does not let `ecs-tasks.amazonaws.com` act as it ['arn:aws:iam::444455556666:role/x': no task could start] -> allow `sts:AssumeRole` to the service `ecs-tasks.amazonaws.com` in its trust policy
        ");
        insta::assert_snapshot!(judged(EXECUTION, Ok(RoleFacts::Missing)), @"
        role-missing: role `arn:aws:iam::444455556666:role/x` is not there ['arn:aws:iam::444455556666:role/x': no task could start] -> create it first, or correct its ARN
        ");
    }

    #[test]
    fn what_cannot_be_simulated_is_said_and_is_no_failure() {
        let unread = Err(Unread::denied("iam:SimulatePrincipalPolicy"));
        insta::assert_snapshot!(judged(EXECUTION, Ok(found(TASKS, unread))), @"
        warning role-unchecked: what role `arn:aws:iam::444455556666:role/x` allows was not checked: the identity lacks the permission `iam:SimulatePrincipalPolicy` ['arn:aws:iam::444455556666:role/x': not checked] -> allow `iam:SimulatePrincipalPolicy` in a policy of the identity that runs this
        ");
    }

    #[test]
    fn a_task_role_that_needs_nothing_is_only_trusted() {
        let task = "image: x, taskRole: 'arn:aws:iam::444455556666:role/x'";
        assert_eq!(judged(task, Ok(found(TASKS, Ok(vec![])))).passed(), 1);
        let judged =
            judged(&format!("{task}, enableExecuteCommand: true"), Ok(found(TASKS, Ok(vec![]))));
        assert_eq!(judged.passed(), 2);
    }
}
