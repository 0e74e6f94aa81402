//! The law of storms: whatever goes wrong at whichever call, applying again leads to the same account.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value as Json, json};

use crate::backend::{Access, MockAccount};
use crate::fakes::Lab;
use crate::kind::{AnyKind, DesiredRow};
use crate::plan::Options;

/// Applies `after` to an account that `before` was applied to, once undisturbed, and once for each
/// call and each way in which it can go wrong; each time it is applied again until nothing is left.
/// The account must always be the same in the end.
pub(crate) async fn weather(
    kinds: &'static [&'static dyn AnyKind],
    before: &[DesiredRow],
    after: &[DesiredRow],
) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| Utf8PathBuf::from_path_buf(folder.path().join(name)).expect("UTF-8");
    let (start, undisturbed) = (path("start.json"), path("undisturbed.json"));
    apply(kinds, &start, before).await;
    copy(&start, &undisturbed);
    let calls = apply(kinds, &undisturbed, after).await;
    assert_settled(kinds, &undisturbed, after, "an undisturbed run").await;
    let wanted = resources(&undisturbed);
    for effect in ["error", "lostReply", "killed"] {
        for skip in 0..calls {
            let disturbed = path("disturbed.json");
            copy(&start, &disturbed);
            disturb(&disturbed, &json!({ "effect": effect, "skip": skip }));
            apply(kinds, &disturbed, after).await;
            apply(kinds, &disturbed, after).await;
            let case = format!("{effect} at call {skip}");
            assert_settled(kinds, &disturbed, after, &case).await;
            assert_eq!(resources(&disturbed), wanted, "{case}: another account");
        }
    }
}

/// Plans and runs, whatever comes of it. Returns the number of calls of the plan.
async fn apply(
    kinds: &'static [&'static dyn AnyKind],
    path: &Utf8Path,
    rows: &[DesiredRow],
) -> usize {
    let lab = open(kinds, path);
    let plan = lab.plan_with(rows, &pruning()).await.expect("a plan");
    let calls = plan.actions.iter().map(|action| action.calls.len()).sum();
    lab.run(plan).await;
    calls
}

async fn assert_settled(
    kinds: &'static [&'static dyn AnyKind],
    path: &Utf8Path,
    rows: &[DesiredRow],
    case: &str,
) {
    let plan = open(kinds, path).plan_with(rows, &pruning()).await.expect("a plan");
    let left: Vec<_> = plan.actions.iter().map(|action| action.address.to_string()).collect();
    assert!(left.is_empty(), "{case}: left to do: {}", left.join(", "));
}

fn pruning() -> Options {
    Options { prune: true, ..Options::default() }
}

fn open(kinds: &'static [&'static dyn AnyKind], path: &Utf8Path) -> Lab {
    Lab::of(MockAccount::open(path, Access::Write).expect("an account"), kinds)
}

fn copy(from: &Utf8Path, to: &Utf8Path) {
    std::fs::copy(from, to).expect("the account is copied");
}

fn disturb(path: &Utf8Path, fault: &Json) {
    let mut account = read(path);
    account["script"] = json!({ "faults": [fault] });
    std::fs::write(path, account.to_string()).expect("the account is written");
}

fn resources(path: &Utf8Path) -> (Json, Json) {
    let account = read(path);
    (account["resources"].clone(), account["generations"].clone())
}

fn read(path: &Utf8Path) -> Json {
    let text = std::fs::read_to_string(path).expect("the account is read");
    serde_json::from_str(&text).expect("an account is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{ALL, disk, gate, net, pool, port, recipe, shop, unit};
    use crate::value::Address;

    #[tokio::test]
    async fn a_first_deployment_weathers_all() {
        weather(ALL, &[disk("other", 1)], &shop()).await;
    }

    #[tokio::test]
    async fn replacements_and_revisions_weather_all() {
        let after = [
            unit("web", "web", Some("web")),
            recipe("web", "test"),
            pool("web", "tcp", "6"),
            port("https", "public", 443),
            net("public", "b"),
            disk("uploads", 6),
        ];
        weather(ALL, &shop(), &after).await;
    }

    #[tokio::test]
    async fn what_is_taken_away_late_weathers_all() {
        let rows = |protocol: &str, guests: &[&str]| {
            let mut unit = unit("web", "web", Some("web"));
            unit.after = vec![Address::new("gate", "front")];
            let gates = [gate("front", &["pool/web"]), gate("back", guests)];
            [pool("web", protocol, "5"), recipe("web", "build"), unit].into_iter().chain(gates)
        };
        let before: Vec<_> = rows("http", &["unit/web", "gate/front"]).collect();
        let after: Vec<_> = rows("tcp", &["unit/web"]).collect();
        weather(ALL, &before, &after).await;
        weather(ALL, &after, &before).await;
    }

    #[tokio::test]
    async fn a_removal_weathers_all() {
        weather(ALL, &shop(), &[net("public", "a")]).await;
    }
}
