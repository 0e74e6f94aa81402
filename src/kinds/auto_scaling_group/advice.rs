//! What a plan says of instances that run an older version of the launch template.

use super::AutoScalingGroupSpec;
use crate::kind::Live;

/// Replacing instances is offered, never sprung.
pub(super) fn advice(
    desired: Option<&AutoScalingGroupSpec>,
    live: Option<&Live<AutoScalingGroupSpec>>,
) -> Vec<String> {
    let (Some(desired), Some(live)) = (desired, live) else { return vec![] };
    if desired.outdated_instances.is_some() {
        return vec![];
    }
    let offer = "`--refresh-instances` replaces them, at least 90% of them healthy at any time";
    let live = &live.spec;
    let outdated = live.outdated_instances.unwrap_or(0);
    if desired.launch_template != live.launch_template && live.instances != Some(0) {
        let who = live.instances.map_or_else(
            || "the instances that are there keep".to_owned(),
            |count| counted(count, "instance that is there keeps", "instances that are there keep"),
        );
        return vec![format!("{who} the launch template of before; {offer}")];
    }
    if outdated == 0 {
        return vec![];
    }
    let of = live
        .instances
        .map(|all| format!("{outdated} of {}", counted(all, "instance", "instances")));
    let of = of.unwrap_or_else(|| counted(outdated, "instance", "instances"));
    let verb = if outdated == 1 { "runs" } else { "run" };
    let versions = live.outdated_versions.iter().flat_map(|versions| &versions.0);
    let versions: Vec<&str> = versions.map(String::as_str).collect();
    let what = match versions[..] {
        [] => "an older version".to_owned(),
        [version] => format!("version {version}"),
        _ => format!("versions {}", versions.join(", ")),
    };
    vec![format!("{of} still {verb} {what} of the launch template; {offer}")]
}

fn counted(count: u32, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}
