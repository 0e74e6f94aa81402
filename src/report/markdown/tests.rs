//! What a comment shows, and what it can never do.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::diff::{FieldChange, Path};
use crate::fakes::{self, Lab, disk, net, of_document, recipe, unit};
use crate::kind::{Manifest, PlannedCall};
use crate::plan::{Advice, Options, Orphan};
use crate::value::{Address, Value};

/// The comment on a plan, from which the text `hunter2` is struck out.
fn comment_on(plan: &Plan) -> String {
    let (scope, facts) = (fakes::scope(), fakes::facts());
    let calls = BTreeMap::new();
    let heading = Heading {
        command: "plan",
        scope: &scope,
        facts: &facts,
        observed: 3,
        calls: Some(&calls),
        shallow: 0,
    };
    let mask = |text: &str| text.replace("hunter2", "(sensitive)");
    comment(&Subject { heading: &heading, plan, sources: &Sources::default(), mask: &mask })
}

/// With `{0}` for the spaces without width.
fn visible(comment: &str) -> String {
    comment.replace('\u{200b}', "{0}")
}

#[tokio::test]
async fn the_worst_comes_first() {
    let lab = Lab::new();
    let old = of_document("gone", disk("old", 5));
    lab.apply(&[recipe("web", "one"), unit("web", "web", None), net("public", "a"), old]).await;
    let after = [recipe("web", "two"), unit("web", "web", None), net("public", "b")];
    let prune = Options { prune: true, ..Options::default() };
    insta::assert_snapshot!(comment_on(&lab.plan_with(&after, &prune).await.unwrap()), @"
    <!-- ecsctl plan shop/prod -->
    ### ecsctl plan: shop / prod

    `444455556666 eu-west-1` · 3 resources observed

    **0 to create, 2 to update, 1 to replace, 1 to delete** · 5 API calls, 1 wait

    > [!CAUTION]
    > 1 resource will be deleted with all the data in it.

    #### Deleted, replaced (3)

    <details><summary><code>- disk/old</code> deleted, <b>its data is lost</b></summary>

    ```diff
      6 fake:Delete disk/old
    ```

    </details>
    <details><summary><code>- net/public</code> replaced: the old one is deleted</summary>

    ```diff
      1 fake:Delete net/public
    ```

    </details>
    <details><summary><code>+ net/public</code> replaced: the new one is created</summary>

    ```diff
      zone
    -     a
    +     b

      2 fake:Create net/public
    ```

    </details>

    #### Created, updated (2)

    <details><summary><code>^ recipe/web</code> gets a new revision</summary>

    ```diff
      steps
    -     one
    +     two

      3 fake:Revise recipe/web
    ```

    </details>
    <details><summary><code>~ unit/web</code> updated</summary>

    ```diff
      taskDefinition
    -     recipe/web:1
    +     (new revision of recipe/web)

      4 fake:Update unit/web taskDefinition
      5 wait until unit/web is out
    ```

    </details>
    ");
}

#[tokio::test]
async fn nothing_to_change_is_said_beside_advice_and_orphans() {
    let lab = Lab::new();
    lab.apply(&[of_document("gone", net("old", "a")), net("public", "a")]).await;
    let mut plan = lab.plan(&[net("public", "a")]).await;
    let text = "`web` *is* behind; ask @ops in #12\nor wait".to_owned();
    plan.advice.push(Advice { address: Address::new("net", "public"), text });
    insta::assert_snapshot!(visible(&comment_on(&plan)), @r"
    <!-- ecsctl plan shop/prod -->
    ### ecsctl plan: shop / prod

    `444455556666 eu-west-1` · 3 resources observed

    **Nothing to change:** 1 resource as the manifests say.

    #### Advice (1)

    - <code>net/public</code>: \`web\` \*is\* behind\; ask \@{0}ops in \#{0}12<br>or wait

    #### In no manifest: kept, unless you say `--prune` (1)

    - <code>? net/old</code> <code>old</code>
    ");
}

#[test]
fn values_of_others_do_nothing() {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let mut action = action(Verb::Update, 1, "x");
    action.changes = vec![
        change("image", text("```\n</details> @all"), text("<script> | ````")),
        change("url", text("db://hunter2@db"), text("a\u{202e}b ##[error]")),
    ];
    action.address = Address::new("service", "<img src=x>@all");
    let plan = Plan { actions: vec![action], ..Plan::default() };
    insta::assert_snapshot!(visible(&comment_on(&plan)), @r#"
    <!-- ecsctl plan shop/prod -->
    ### ecsctl plan: shop / prod

    `444455556666 eu-west-1` · 3 resources observed

    **0 to create, 1 to update, 0 to replace, 0 to delete** · 1 API call, 0 waits

    #### Created, updated (1)

    <details><summary><code>~ service/&lt;img src=x&gt;@all</code> updated</summary>

    `````diff
      image
    -     "```\n</details> @all"
    +     <script> | ````
      url
    -     db://(sensitive)@db
    +     a\u{202e}b #{0}#[error]

      1 ecs:Call x
    `````

    </details>
    "#);
}

#[test]
fn what_does_not_fit_is_counted() {
    let many = (0..900).map(|number| {
        let verb = if number % 3 == 0 { Verb::Delete } else { Verb::Create };
        action(verb, 1, &format!("name-{number:04}"))
    });
    let plan = Plan { actions: many.collect(), ..Plan::default() };
    let comment = comment_on(&plan);
    let shown = comment.matches("<details>").count();
    let left_out: Vec<_> = comment.lines().filter(|line| line.contains("left out")).collect();
    assert!(comment.len() > LIMIT - 2_000, "{} bytes", comment.len());
    assert!(comment.contains("#### Deleted, replaced (300)"));
    assert_eq!(
        left_out,
        ["**410 of 600 are left out here**, for want of room: `ecsctl plan` shows all."]
    );
    assert_eq!(shown, 900 - 410);
}

fn change(path: &str, before: Option<Value>, after: Option<Value>) -> FieldChange {
    FieldChange { path: Path::default().field(path), before, after }
}

fn action(verb: Verb, calls: usize, name: &str) -> Action {
    let line = format!("ecs:Call {name}");
    let address = Address::new("service", name);
    Action {
        manifest: Manifest { address: address.clone(), origin: None },
        address,
        verb,
        is_replacement: false,
        is_second_part: false,
        loses_data: false,
        changes: vec![],
        unmanaged: vec![],
        calls: vec![PlannedCall { kind: "service", json: json!({}), line, is_late: false }; calls],
        needs: [].into(),
        refers_to: [].into(),
    }
}

/// Texts with all that Markdown, HTML and GitHub would act on, short and long.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("```"),
        Just("</details>"),
        Just("<details>"),
        Just("\n\n"),
        Just("-->"),
        Just("@all"),
        Just("\n#### x"),
        Just("|"),
        Just("\u{202e}"),
        Just("é😀"),
        Just("&lt;"),
        Just("</code>"),
    ];
    (vec(pieces, 0..6), 1..60_usize).prop_map(|(pieces, times)| pieces.concat().repeat(times))
}

fn actions_of_all_sorts() -> impl Strategy<Value = Action> {
    let verbs =
        prop_oneof![Just(Verb::Create), Just(Verb::Update), Just(Verb::Revise), Just(Verb::Delete)];
    (verbs, hostile(), vec((hostile(), hostile()), 0..12), 0..5_usize, any::<(bool, bool)>())
        .prop_map(|(verb, name, changes, calls, (is_replacement, loses_data))| {
            let value = |text| Some(Value::Text(text));
            let changes = changes.into_iter();
            let changes =
                changes.map(|(before, after)| change(&before, value(before.clone()), value(after)));
            Action {
                changes: changes.collect(),
                is_replacement: is_replacement && matches!(verb, Verb::Create | Verb::Delete),
                loses_data: loses_data && verb == Verb::Delete,
                ..action(verb, calls, &name)
            }
        })
}

/// The titles of the blocks of a comment. Fails where blocks are not balanced, or where a text of
/// others is neither in a fence nor in a line of code.
fn blocks(comment: &str) -> Vec<String> {
    let (mut titles, mut fence, mut is_open) = (vec![], None::<String>, false);
    for line in comment.lines() {
        match &fence {
            Some(end) if line == end => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => {
                fence = Some(line.trim_end_matches("diff").to_owned());
            }
            None if line.starts_with("<details>") => {
                assert!(!std::mem::replace(&mut is_open, true), "a block in a block: {line}");
                titles.push(line.to_owned());
            }
            None if line == "</details>" => {
                assert!(std::mem::take(&mut is_open), "no block to end");
            }
            None => assert!(!line.contains("details>"), "{line}"),
        }
    }
    assert!(fence.is_none() && !is_open, "something stays open");
    titles
}

/// A title without its code.
fn bare(title: &str) -> String {
    let parts = title.split("<code>").map(|part| part.rsplit("</code>").next().unwrap());
    parts.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_makes_a_comment_that_fits(
        actions in vec(actions_of_all_sorts(), 0..60),
        orphans in vec(hostile(), 0..40),
        advice in vec(hostile(), 0..40),
    ) {
        let of = |name: &String| Address::new("service", name);
        let plan = Plan {
            orphans: orphans.iter().map(|key| Orphan { address: of(key), manifest: None, key: key.clone() }).collect(),
            advice: advice.iter().map(|text| Advice { address: of(text), text: text.clone() }).collect(),
            actions,
            ..Plan::default()
        };
        let comment = comment_on(&plan);
        prop_assert!(comment.len() <= LIMIT, "{} bytes", comment.len());
        prop_assert!(comment.starts_with("<!-- ecsctl plan "));
        let blocks = blocks(&comment);
        let sorts: Vec<bool> =
            blocks.iter().map(|title| bare(title).contains("deleted") || bare(title).contains("replaced")).collect();
        let shown = sorts.iter().filter(|is_grave| **is_grave).count();
        prop_assert!(sorts.is_sorted_by(|one, next| one >= next), "{:?}", sorts);
        let grave = plan.actions.iter().filter(|action| is_grave(action)).count();
        prop_assert!(shown == grave || blocks.len() == shown, "{} of {} with others", shown, grave);
        prop_assert!(!blocks.iter().any(|title| bare(title).contains('@')));
        let counted: usize = left_out_in(&comment);
        prop_assert_eq!(blocks.len() + counted, plan.actions.len());
    }
}

/// How many actions a comment says that it leaves out.
fn left_out_in(comment: &str) -> usize {
    let said = comment.lines().filter(|line| line.ends_with("`ecsctl plan` shows all."));
    let counts = said.filter(|line| line.contains("left out here"));
    let count =
        |line: &str| line.trim_start_matches("**").split(' ').next().unwrap().parse::<usize>().ok();
    counts.filter_map(count).sum::<usize>()
}
