//! The law of storms: whatever goes wrong at whichever call, applying again leads to the same account.

use serde_json::{Value as Json, json};

use crate::backend::MockAccount;
use crate::fakes::Lab;
use crate::kind::{AnyKind, DesiredRow};
use crate::plan::Options;

/// An account, and what it is to hold.
#[derive(Clone, Copy)]
struct Weather<'a> {
    kinds: &'static [&'static dyn AnyKind],
    rows: &'a [DesiredRow],
}

/// Applies `after` to an account that `before` was applied to, once undisturbed, and once for each
/// call and each way in which it can go wrong; each time it is applied once more afterwards.
/// The account must always be the same in the end.
pub(crate) async fn weather(
    kinds: &'static [&'static dyn AnyKind],
    before: &[DesiredRow],
    after: &[DesiredRow],
) {
    let empty = MockAccount::in_memory().text();
    let (start, _) = Weather { kinds, rows: before }.apply(&empty).await;
    let weather = Weather { kinds, rows: after };
    let (undisturbed, calls) = weather.apply(&start).await;
    weather.assert_settled(&undisturbed).await;
    let wanted = resources(&undisturbed);
    for effect in ["error", "lostReply", "killed"] {
        for skip in 0..calls {
            let disturbed = disturbed(&start, &json!({ "effect": effect, "skip": skip }));
            let (interrupted, _) = weather.apply(&disturbed).await;
            let (repaired, _) = weather.apply(&interrupted).await;
            // The undisturbed account is settled, and so is whatever equals it.
            let case = format!("{effect} at call {skip}");
            assert_eq!(resources(&repaired), wanted, "{case}: another account");
        }
    }
}

impl Weather<'_> {
    /// Plans and runs, whatever comes of it. Returns the account and the number of calls of the plan.
    async fn apply(self, account: &str) -> (String, usize) {
        let lab = Lab::of(MockAccount::of_text(account), self.kinds);
        let plan = lab.plan_with(self.rows, &pruning()).await.expect("a plan");
        let calls = plan.actions.iter().map(|action| action.calls.len()).sum();
        lab.run(plan).await;
        (lab.text(), calls)
    }

    async fn assert_settled(self, account: &str) {
        let lab = Lab::of(MockAccount::of_text(account), self.kinds);
        let plan = lab.plan_with(self.rows, &pruning()).await.expect("a plan");
        let left: Vec<_> = plan.actions.iter().map(|action| action.address.to_string()).collect();
        assert!(left.is_empty(), "left to do: {}", left.join(", "));
    }
}

fn pruning() -> Options {
    Options { prune: true, ..Options::default() }
}

fn disturbed(account: &str, fault: &Json) -> String {
    let mut account = read(account);
    account["script"] = json!({ "faults": [fault] });
    account.to_string()
}

fn resources(account: &str) -> (Json, Json) {
    let account = read(account);
    (account["resources"].clone(), account["generations"].clone())
}

fn read(account: &str) -> Json {
    serde_json::from_str(account).expect("an account is JSON")
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
