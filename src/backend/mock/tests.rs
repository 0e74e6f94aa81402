//! What the mock account refuses, what its script does, and what its file looks like.

use camino::Utf8PathBuf;
use serde_json::{Value as Json, json};

use super::*;
use crate::execute::Outcome;
use crate::fakes::{ALL, Lab, disk, net, pool, port, recipe, shop, unit};
use crate::kind::DesiredRow;
use crate::plan::Options;
use crate::value::Address;

struct Account {
    _folder: tempfile::TempDir,
    path: Utf8PathBuf,
}

impl Account {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("account.json")).unwrap();
        Self { _folder: folder, path }
    }

    fn with(script: &Json) -> Self {
        let account = Self::new();
        let text = json!({ "format": 1, "clock": 0, "resources": {}, "script": script });
        fs::write(&account.path, text.to_string()).unwrap();
        account
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.text()).unwrap()
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    /// The messages of what fails when `rows` are applied.
    async fn apply(&self, rows: &[DesiredRow]) -> Vec<String> {
        let lab = Lab::open(&self.path);
        messages(&lab.run(lab.plan(rows).await).await)
    }
}

fn messages(outcomes: &[Outcome]) -> Vec<String> {
    let message = |outcome: &Outcome| match outcome {
        Outcome::Failed { error, .. } => Some(error.to_string()),
        Outcome::Done | Outcome::Skipped { .. } | Outcome::Cancelled => None,
    };
    outcomes.iter().filter_map(message).collect()
}

fn error_of(text: &str) -> String {
    let account = Account::new();
    fs::write(&account.path, text).unwrap();
    let error = MockAccount::open(&account.path, Access::Read).unwrap_err();
    let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
    format!("{error}{}", source.unwrap_or_default()).replace(account.path.as_str(), "account.json")
}

#[test]
fn a_file_that_is_no_account_is_told_so_with_the_place() {
    insta::assert_snapshot!(error_of("{"), @"`account.json` is not a mock account: EOF while parsing an object at line 1 column 1");
    insta::assert_snapshot!(error_of("{}"), @"`account.json` is not a mock account: missing field `format` at line 1 column 2");
    insta::assert_snapshot!(error_of(r#"{"format": 2, "new": 1}"#), @"`account.json` has format 2; this ecsctl reads format 1");
    insta::assert_snapshot!(
        error_of("{\"format\": 1, \"clock\": 0,\n \"resources\": {}, \"rows\": 1}"),
        @"
    `account.json` is not a mock account: unknown field `rows`, expected one of `format`, `clock`, `resources`, `generations`, `revisions`, `script`, `running`, `surroundings` at line 2 column 24
    "
    );
}

#[test]
fn a_row_that_its_kind_cannot_read_is_an_error() {
    let account = Account::new();
    let rows = json!({ "net": { "a": { "spec": { "name": "a" }, "outputs": {} } } });
    let text = json!({ "format": 1, "clock": 0, "resources": rows }).to_string();
    fs::write(&account.path, text).unwrap();
    let error = MockAccount::open(&account.path, Access::Read).unwrap().rows(ALL).unwrap_err();
    insta::assert_snapshot!(error, @"mock:ReadAccount failed: net `a` of the account file: missing field `zone`");
}

#[test]
fn one_writes_and_others_may_read() {
    let account = Account::new();
    let writer = MockAccount::open(&account.path, Access::Write).unwrap();
    let second = MockAccount::open(&account.path, Access::Write).unwrap_err();
    assert!(matches!(second, MockError::Locked { .. }), "{second}");
    assert!(MockAccount::open(&account.path, Access::Read).is_ok());
    drop(writer);
    assert!(MockAccount::open(&account.path, Access::Write).is_ok());
}

#[test]
fn a_lock_that_was_left_behind_is_nobodys() {
    let account = Account::new();
    let lock = Utf8PathBuf::from(format!("{}.lock", account.path));
    fs::write(&lock, "").unwrap();
    let writer = MockAccount::open(&account.path, Access::Write).unwrap();
    assert!(lock.exists());
    drop(writer);
    assert!(!lock.exists());
}

#[tokio::test]
async fn the_file_has_the_permissions_that_files_have() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Utf8PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let account = Account::new();
    account.apply(&[net("a", "x")]).await;
    let other = account.path.with_extension("other");
    fs::write(&other, "").unwrap();
    assert_eq!(mode(&account.path), mode(&other));

    fs::set_permissions(&account.path, fs::Permissions::from_mode(0o600)).unwrap();
    account.apply(&[net("a", "x"), net("b", "x")]).await;
    assert_eq!(mode(&account.path), 0o600, "who closed it keeps it closed");
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    let (mine, theirs) = (Lab::new(), Lab::new());
    let plan = mine.plan(&[net("a", "x")]).await;
    theirs.run(plan.clone()).await;
    let failed = messages(&theirs.run(plan).await);
    assert_eq!(failed, ["fake:Create failed: AlreadyExists: net `a` already exists"]);
}

#[tokio::test]
async fn a_reference_to_nothing_is_refused() {
    let lab = Lab::new();
    let mut plan = lab.plan(&[net("a", "x"), port("p", "a", 1)]).await;
    plan.actions.remove(0);
    plan.actions[0].needs.clear();
    let arn = Reference::new(Address::new("net", "a"), "arn");
    plan.outputs.insert(arn, "arn:gone".to_owned());
    let failed = messages(&lab.run(plan).await);
    let wanted = "fake:Create failed: InvalidParameterException: net `arn:gone` does not exist";
    assert_eq!(failed, [wanted]);
}

#[tokio::test]
async fn what_the_planner_resolved_must_still_be_there() {
    let lab = Lab::new();
    lab.apply(&[net("a", "x")]).await;
    let plan = lab.plan(&[net("a", "x"), port("p", "a", 1)]).await;
    let prune = Options { prune: true, ..Options::default() };
    lab.run(lab.plan_with(&[], &prune).await.unwrap()).await;
    let failed = messages(&lab.run(plan).await);
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0].starts_with("fake:Create failed: InvalidParameterException: net `arn:"),
        "{failed:?}"
    );
}

#[tokio::test]
async fn what_is_in_use_is_not_deleted_unless_aws_would() {
    let lab = Lab::new();
    let rows = [pool("p", "http", "1"), recipe("r", "x"), unit("u", "r", Some("p"))];
    lab.apply(&rows).await;
    let prune = Options { prune: true, ..Options::default() };
    let mut plan = lab.plan_with(&[], &prune).await.unwrap();
    plan.actions.retain(|action| action.address.kind != "unit");
    plan.actions.iter_mut().for_each(|action| action.needs.clear());
    let failed = messages(&lab.run(plan).await);
    assert_eq!(
        failed,
        ["fake:Delete failed: ResourceInUse: pool `p-http` is in use by unit `main/u`"]
    );
    let left: Vec<_> = lab.live().await.iter().map(|row| row.kind).collect();
    assert_eq!(left, ["pool", "unit"]);
}

#[tokio::test]
async fn a_scripted_error_has_no_effect_and_is_used_up_in_the_file_too() {
    let fault = json!({ "call": "fake:Create net/b", "effect": "error", "code": "Throttled", "message": "slowly" });
    let account = Account::with(&json!({ "faults": [fault] }));
    let rows = [net("a", "x"), net("b", "x")];
    assert_eq!(account.apply(&rows).await, ["fake:Create failed: Throttled: slowly"]);
    assert_eq!(account.json()["script"], json!({}));
    assert_eq!(account.json()["resources"]["net"].as_object().unwrap().len(), 1);
    assert_eq!(account.apply(&rows).await, [""; 0]);
}

#[tokio::test]
async fn a_lost_reply_takes_effect() {
    let account = Account::with(&json!({ "faults": [{ "effect": "lostReply", "skip": 1 }] }));
    let rows = [net("a", "x"), net("b", "x")];
    assert_eq!(
        account.apply(&rows).await,
        ["fake:Create failed: RequestTimeout: the reply was lost"]
    );
    assert_eq!(account.json()["resources"]["net"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_takes_effect_after_the_process_was_killed() {
    let account = Account::with(&json!({ "faults": [{ "effect": "killed" }] }));
    assert_eq!(account.apply(&[net("a", "x"), net("b", "x")]).await.len(), 2);
    assert_eq!(account.json()["resources"]["net"].as_object().unwrap().len(), 1);
}

async fn rolled_out(outcome: &str) -> (Vec<String>, Json) {
    let account = Account::new();
    let rows = |step| [recipe("r", step), unit("web", "r", None)];
    assert_eq!(account.apply(&rows("one")).await, [""; 0]);
    let mut json = account.json();
    let rollout = json!({ "outcome": outcome, "reason": "exit code 1", "seconds": 7 });
    json["script"] = json!({ "rollouts": { "web": [rollout] } });
    fs::write(&account.path, json.to_string()).unwrap();
    let failed = account.apply(&rows("two")).await;
    let json = account.json();
    assert_eq!(json["script"], json!({}), "the rollout is used up");
    assert!(json["clock"].as_u64().unwrap() >= 97, "{}", json["clock"]);
    (failed, json["resources"]["unit"]["main/web"]["spec"]["taskDefinition"].clone())
}

#[tokio::test]
async fn rollouts_end_as_the_script_says() {
    let arn = |revision| json!(format!("arn:aws:fake:eu-west-1:444455556666:recipe/r:{revision}"));
    assert_eq!(rolled_out("succeeds").await, (vec![], arn(2)));
    let failed = "the deployment of r:2 to service web failed: exit code 1; r:1 runs now";
    assert_eq!(rolled_out("fails").await, (vec![failed.to_owned()], arn(2)));
    let back = "the deployment of r:2 to service web failed and was rolled back: exit code 1; r:1 runs now";
    assert_eq!(rolled_out("rollsBack").await, (vec![back.to_owned()], arn(1)));
    let stopped = "the deployment of r:2 to service web was stopped: exit code 1; r:1 runs now";
    assert_eq!(rolled_out("stopped").await, (vec![stopped.to_owned()], arn(2)));
    let never = "the deployment of r:2 to service web is still in progress; r:1 runs now";
    assert_eq!(rolled_out("neverEnds").await, (vec![never.to_owned()], arn(2)));
}

#[tokio::test]
async fn a_rollback_leads_back_over_all_calls_of_the_update() {
    let account = Account::new();
    let rows = |step| [recipe("r", step), unit("web", "r", None)];
    account.apply(&rows("one")).await;
    let mut json = account.json();
    json["script"] = json!({ "rollouts": { "web": [{ "outcome": "rollsBack" }] } });
    fs::write(&account.path, json.to_string()).unwrap();
    let mut second = rows("two");
    second[1].spec["tags"]["team"] = json!("web");
    assert_eq!(account.apply(&second).await.len(), 1);
    let spec = account.json()["resources"]["unit"]["main/web"]["spec"].clone();
    assert!(spec["taskDefinition"].as_str().unwrap().ends_with("recipe/r:1"), "{spec}");
    assert_eq!(spec["tags"]["team"], "web");
}

#[tokio::test]
async fn the_same_account_has_the_same_bytes_whatever_the_order() {
    let (one, other) = (Account::new(), Account::new());
    one.apply(&shop()).await;
    for row in [disk("uploads", 5), net("public", "a"), recipe("web", "build")] {
        let rows: Vec<_> = other_rows(&other).into_iter().chain([row]).collect();
        other.apply(&rows).await;
    }
    other.apply(&shop()).await;
    assert_eq!(one.text(), other.text());
    assert!(one.text().ends_with("}\n"));
    let files = fs::read_dir(one.path.parent().unwrap()).unwrap().count();
    assert_eq!(files, 1, "no lock is left behind");
}

/// What of the shop is there already.
fn other_rows(account: &Account) -> Vec<DesiredRow> {
    let Ok(text) = fs::read_to_string(&account.path) else { return vec![] };
    shop().into_iter().filter(|row| text.contains(&format!("\"{}\"", row.address))).collect()
}
