//! What is owned, what is protected, and what is left to others.

use crate::{Application, done, ended, set};

#[test]
fn a_removed_document_leaves_orphans_until_they_are_pruned() {
    let shop = Application::example("shop");
    shop.apply();
    shop.manifests.remove("worker.yaml");
    let plan = shop.plan();
    let orphans = [
        "log-group/worker",
        "role/execution-worker",
        "security-group/service-worker",
        "service/worker",
        "task-definition/worker",
    ];
    assert_eq!((plan.changes(), plan.orphans()), (set(&[]), set(&orphans)));
    let shown = done(shop.run(&["plan"])).stdout;
    assert!(shown.contains("? service/worker"), "{shown}");
    assert!(shown.contains("in no manifest: kept, unless you say --prune"), "{shown}");

    shop.apply();
    assert_eq!(shop.plan().orphans(), set(&orphans), "apply alone keeps them");
    done(shop.run(&["apply", "--prune", "--auto-approve"]));
    assert_eq!(shop.plan().orphans(), set(&[]));
}

#[test]
fn what_is_protected_is_not_deleted_even_without_its_manifest() {
    let shop = Application::example("shop").env("ECSCTL_ENV", "prod");
    shop.apply();
    let before = shop.account();
    let refused = ended(shop.run(&["destroy", "--auto-approve"]), 5);
    assert!(
        refused.stderr.contains("protected by `lifecycle.protect`: file-system/uploads"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("set `lifecycle.protect: false`"), "{refused:?}");
    assert_eq!(shop.account(), before);
}

#[test]
fn fields_left_to_others_are_not_touched() {
    let hello = Application::written(
        "hello",
        "kind: Service\nname: hello\nimage: nginx\nport: 80\ndesiredCount: 1\nlifecycle: { ignoreChanges: [desiredCount] }\n",
    );
    hello.apply();
    hello.manifests.edit("app.yaml", "desiredCount: 1", "desiredCount: 5");
    assert_eq!(hello.plan().changes(), set(&[]));
    hello.manifests.edit("app.yaml", "image: nginx", "image: nginx:2");
    let shown = done(hello.run(&["plan"])).stdout;
    assert!(shown.contains("desiredCount"), "says what it leaves alone: {shown}");
    hello.apply();
    assert!(hello.account().contains("\"desiredCount\": 1"), "{}", hello.account());
}

#[test]
fn what_another_application_has_stops_the_plan_until_it_is_adopted() {
    let document = "kind: Cluster\nname: main\nawsName: shared\n";
    let first = Application::written("first", document);
    first.apply();
    let second = Application::written("second", document);
    std::fs::write(second.ecsctl.file("account.json"), first.account()).unwrap();
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let refused = ended(second.run(command), 5);
        let reason = "error: not owned by this application: cluster/main (shared, of first / default)\n  hint: to take over what is there, pass --adopt cluster/main\n";
        assert_eq!(refused.stderr, reason);
    }
    done(second.run(&["apply", "--adopt", "cluster/main", "--auto-approve"]));
    assert_eq!(second.plan().changes(), set(&[]));
    done(second.run(&["destroy", "--auto-approve"]));
    assert_eq!(second.size(), 0, "what was adopted is owned");
}

#[test]
fn data_is_deleted_only_by_its_name() {
    let shop = Application::example("shop");
    shop.apply();
    shop.manifests.edit("web.yaml", "      - { volume: uploads, path: /var/uploads }\n", "");
    shop.manifests.edit(
        "web.yaml",
        "  uploads: { efs: { fileSystem: uploads, accessPoint: web, iam: ENABLED } }\n",
        "",
    );
    shop.manifests.edit(
        "platform.yaml",
        "kind: FileSystem\nname: uploads",
        "kind: FileSystem\nname: pictures",
    );
    shop.apply();
    let before = shop.account();
    let refused = ended(shop.run(&["apply", "--prune", "--auto-approve"]), 5);
    assert!(
        refused.stderr.contains("error: the plan deletes file-system/uploads and the data in it"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("hint: pass --delete-data file-system/uploads"), "{refused:?}");
    assert_eq!(shop.account(), before);

    let data = ["apply", "--prune", "--auto-approve", "--delete-data", "file-system/uploads"];
    done(shop.run(&data));
    assert_eq!((shop.plan().changes(), shop.plan().orphans()), (set(&[]), set(&[])));
}
