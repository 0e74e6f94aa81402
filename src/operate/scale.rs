//! Another count of tasks.

use super::{Awaited, Call, Change, Difference, Refusal, Subject};
use crate::runtime::{ScalingBounds, Service};

/// Who else has a say in the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scaling {
    /// Application Auto Scaling's.
    pub bounds: Option<ScalingBounds>,
    /// In the manifest; none when it leaves the count alone.
    pub manifest: Option<u32>,
}

/// None when it is the count already.
pub fn scale(
    subject: Subject,
    service: &Service,
    count: u32,
    scaling: Scaling,
    is_forced: bool,
) -> Result<Option<Change>, Refusal> {
    if service.scheduling == "DAEMON" {
        let message = format!("{} is a daemon: it runs one task on each instance", subject.name);
        return Err(Refusal::situation(message));
    }
    let mut notes = vec![];
    if let Some(ScalingBounds { min, max }) = scaling.bounds {
        let owned = format!("Application Auto Scaling owns the count, between {min} and {max}");
        if !is_forced {
            let hint = "change `scaling` in the manifest, or pass --force to set a count that scaling may change again";
            return Err(Refusal::situation(owned).hint(hint));
        }
        notes.push(format!("{owned}, and may change it again"));
    }
    if let Some(manifest) = scaling.manifest.filter(|manifest| *manifest != count) {
        notes.push(format!("the next `ecsctl apply` sets it back: the manifest says {manifest}"));
    }
    if service.desired == count {
        return Ok(None);
    }
    Ok(Some(Change {
        differences: vec![Difference {
            field: "desiredCount".to_owned(),
            before: service.desired.to_string(),
            after: count.to_string(),
        }],
        notes,
        calls: vec![Call::Update {
            id: subject.id.clone(),
            task_definition: None,
            count: Some(count),
            forces_deployment: false,
        }],
        awaited: Awaited::Count(count),
        subject,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{service, shown, subject};
    use super::*;

    fn planned(count: u32, scaling: Scaling, is_forced: bool) -> String {
        match scale(subject(), &service(42), count, scaling, is_forced) {
            Ok(Some(change)) => shown(&change),
            Ok(None) => "nothing to do".to_owned(),
            Err(refusal) => refusal.message,
        }
    }

    #[test]
    fn the_count_is_sent_alone() {
        let by_hand = Scaling::default();
        insta::assert_snapshot!(planned(5, by_hand, false), @r#"
        desiredCount 2 -> 5
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: None, count: Some(5), forces_deployment: false }
        wait until shop-prod-web runs 5 tasks
        "#);
        assert_eq!(planned(2, by_hand, false), "nothing to do");
        let manifest = Scaling { manifest: Some(3), ..by_hand };
        insta::assert_snapshot!(planned(5, manifest, false), @r#"
        desiredCount 2 -> 5
        note: the next `ecsctl apply` sets it back: the manifest says 3
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: None, count: Some(5), forces_deployment: false }
        wait until shop-prod-web runs 5 tasks
        "#);
        assert!(!planned(3, manifest, false).contains("sets it back"));
    }

    #[test]
    fn a_count_of_scaling_is_only_changed_by_force() {
        let bounds = Some(ScalingBounds { min: 2, max: 10 });
        let scaling = Scaling { bounds, manifest: None };
        insta::assert_snapshot!(planned(5, scaling, false), @"
        Application Auto Scaling owns the count, between 2 and 10
        ");
        insta::assert_snapshot!(planned(12, scaling, true), @r#"
        desiredCount 2 -> 12
        note: Application Auto Scaling owns the count, between 2 and 10, and may change it again
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: None, count: Some(12), forces_deployment: false }
        wait until shop-prod-web runs 12 tasks
        "#);
    }

    #[test]
    fn a_daemon_has_no_count() {
        let daemon = Service { scheduling: "DAEMON".to_owned(), ..service(42) };
        let refused = scale(subject(), &daemon, 5, Scaling::default(), true).unwrap_err();
        assert_eq!(refused.message, "web is a daemon: it runs one task on each instance");
    }
}
