//! Deployments under way: ended where they stand, or told to go on.

use super::{Awaited, Call, Change, Refusal, Subject, Wanted};
use crate::rollout::UnderWay;
use crate::runtime::{HookAction, ServiceDeployment, StopType, short};

/// Stops the deployment that is under way, without going back.
pub fn abort(subject: Subject, under_way: Option<&UnderWay>) -> Result<Change, Refusal> {
    let (under_way, deployment) = stoppable(&subject, under_way)?;
    let call = Call::Stop {
        service: subject.id.service.clone(),
        deployment: deployment.arn.clone(),
        how: StopType::Abort,
    };
    let calls = if under_way.is_ending() { vec![] } else { vec![call] };
    let note = "tasks of both revisions may go on running; `ecsctl rollback` goes back instead";
    Ok(held(subject, under_way, vec![note.to_owned()], calls, Wanted::Stopped))
}

/// Tells the hook for which a deployment waits to go on, or to go back.
pub fn resume(
    subject: Subject,
    under_way: Option<&UnderWay>,
    action: HookAction,
) -> Result<Change, Refusal> {
    let (under_way, deployment) = stoppable(&subject, under_way)?;
    let Some(pause) = &deployment.pause else {
        let message = format!("no hook makes the deployment of {} wait", subject.name);
        let hint = format!("follow it with `ecsctl wait {}`", subject.name);
        return Err(Refusal::situation(message).hint(hint));
    };
    let call = Call::Continue {
        service: subject.id.service.clone(),
        deployment: deployment.arn.clone(),
        hook: pause.hook.clone(),
        action,
    };
    let note = format!("it waits for hook {}", pause.hook);
    let wanted = match action {
        HookAction::Continue => Wanted::Success,
        HookAction::Rollback => Wanted::Back,
    };
    Ok(held(subject, under_way, vec![note], vec![call], wanted))
}

/// The deployment under way, with what its calls need.
pub(super) fn stoppable<'a>(
    subject: &Subject,
    under_way: Option<&'a UnderWay>,
) -> Result<(&'a UnderWay, &'a ServiceDeployment), Refusal> {
    let Some(under_way) = under_way else {
        return Err(Refusal::situation(format!("no deployment of {} is under way", subject.name)));
    };
    match &under_way.deployment {
        Some(deployment) => Ok((under_way, deployment)),
        None => Err(Refusal::situation(format!(
            "the deployment of {} cannot be stopped or resumed: ECS does not name its service deployment",
            subject.name
        ))),
    }
}

pub(super) fn held(
    subject: Subject,
    under_way: &UnderWay,
    notes: Vec<String>,
    calls: Vec<Call>,
    wanted: Wanted,
) -> Change {
    let revision = short(under_way.rollout.task_definition.text());
    let what = format!("the deployment of {revision} is under way");
    Change {
        subject,
        differences: vec![],
        notes: [what].into_iter().chain(notes).collect(),
        calls,
        awaited: Awaited::UnderWay { rollout: Box::new(under_way.rollout.clone()), wanted },
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{shown, subject, under_way};
    use super::*;
    use crate::runtime::Pause;

    fn paused() -> UnderWay {
        let mut paused = under_way("IN_PROGRESS");
        let pause = Pause { hook: "approve".to_owned(), ..Pause::default() };
        paused.deployment.as_mut().unwrap().pause = Some(pause);
        paused
    }

    #[test]
    fn a_deployment_is_stopped_or_goes_on() {
        let abort = abort(subject(), Some(&under_way("IN_PROGRESS"))).unwrap();
        insta::assert_snapshot!(shown(&abort), @r#"
        note: the deployment of shop-prod-web:42 is under way
        note: tasks of both revisions may go on running; `ecsctl rollback` goes back instead
        ecs:StopServiceDeployment shop-prod-web ABORT
          Stop { service: "shop-prod-web", deployment: "arn:deployment/2", how: Abort }
        wait until the deployment of shop-prod-web is stopped
        "#);
        let resume = |action| shown(&resume(subject(), Some(&paused()), action).unwrap());
        insta::assert_snapshot!(resume(HookAction::Continue), @r#"
        note: the deployment of shop-prod-web:42 is under way
        note: it waits for hook approve
        ecs:ContinueServiceDeployment shop-prod-web CONTINUE
          Continue { service: "shop-prod-web", deployment: "arn:deployment/2", hook: "approve", action: Continue }
        wait until the deployment of shop-prod-web succeeds
        "#);
        insta::assert_snapshot!(resume(HookAction::Rollback), @r#"
        note: the deployment of shop-prod-web:42 is under way
        note: it waits for hook approve
        ecs:ContinueServiceDeployment shop-prod-web ROLLBACK
          Continue { service: "shop-prod-web", deployment: "arn:deployment/2", hook: "approve", action: Rollback }
        wait until shop-prod-web is back at the revision before
        "#);
    }

    #[test]
    fn one_that_is_being_stopped_is_only_waited_for() {
        let change = abort(subject(), Some(&under_way("STOP_REQUESTED"))).unwrap();
        assert_eq!(change.calls, []);
    }

    #[test]
    fn there_must_be_something_to_stop_or_resume() {
        let unnamed = UnderWay { deployment: None, ..paused() };
        let going = under_way("IN_PROGRESS");
        let refused = |found| resume(subject(), found, HookAction::Continue).unwrap_err().message;
        assert_eq!(refused(None), "no deployment of web is under way");
        assert_eq!(refused(Some(&going)), "no hook makes the deployment of web wait");
        assert!(refused(Some(&unnamed)).contains("does not name its service deployment"));
    }
}
