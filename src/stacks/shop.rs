//! The example application in all weathers: whatever goes wrong, applying again completes it.

use super::account::Account;
use super::application::resolve_text;
use super::convergence::for_all;
use super::generate::applications;
use super::mutate::mutations;
use crate::kind::DesiredRow;
use crate::kinds::ALL;
use crate::storms::weather;

const SHOP: [&str; 6] = [
    include_str!("../../manifests/shop/app.yaml"),
    include_str!("../../manifests/shop/platform.yaml"),
    include_str!("../../manifests/shop/web.yaml"),
    include_str!("../../manifests/shop/api.yaml"),
    include_str!("../../manifests/shop/worker.yaml"),
    include_str!("../../manifests/shop/migrate.yaml"),
];

/// The rows of the example after some edits of its text.
async fn rows(edits: &[(&str, &str)]) -> Vec<DesiredRow> {
    let text = edits.iter().fold(SHOP.join("\n---\n"), |text, (old, new)| {
        assert!(text.contains(old), "the example does not say `{old}`");
        text.replace(old, new)
    });
    let stack = resolve_text(&text, Some("prod")).unwrap_or_else(|problems| panic!("{problems}"));
    Account::empty().desired(&stack).await
}

#[tokio::test]
async fn a_first_deployment_of_the_shop_weathers_all() {
    weather(ALL, &[], &rows(&[]).await).await;
}

#[tokio::test]
async fn an_update_of_the_shop_weathers_all() {
    let edits = [
        ("TAG: 1.9.0", "TAG: 1.9.1"),
        ("LOG_LEVEL: warn", "LOG_LEVEL: error"),
        ("desiredCount: 3", "desiredCount: 5"),
        ("max: 20", "max: 30"),
        ("{ metric: memory, target: 75 }", "{ metric: memory, target: 70 }"),
        ("paths: [/api/*]", "paths: [/api/*, /partners/*]"),
        ("dynamodb:Query", "dynamodb:Scan"),
        ("--to, latest", "--to, next"),
        ("retention: 14", "retention: 60"),
        ("toInfrequentAccess: 30d", "toInfrequentAccess: 60d"),
        ("team: checkout", "team: payments"),
        // The target group and the access point are replaced.
        ("8080", "8081"),
        ("path: /web,", "path: /site,"),
    ];
    weather(ALL, &rows(&[]).await, &rows(&edits).await).await;
}

#[test]
fn a_change_of_any_application_weathers_all() {
    let changes = (applications(), applications(), mutations());
    for_all(1, changes, async |(before, other, mutations)| {
        let after = before.mutated(&mutations, &other);
        let before = Account::empty().desired(&before.valid()).await;
        let after = Account::empty().desired(&after.valid()).await;
        weather(ALL, &before, &after).await;
    });
}
