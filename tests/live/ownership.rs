//! Whose a resource is decides what may happen to it.

use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::events::Events;
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
use crate::{done, set};

#[tokio::test]
async fn four_lines_come_and_go() {
    let account = Account::of(Moto::bare(), "222222222211").await;
    let before = account.inventory().await;
    let manifests = Manifests::example("hello");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    done(ecsctl.run(&["apply", "--auto-approve"]));
    let found = account.ecs().describe_services().cluster("hello-default-main");
    let found = found.services("hello-default-hello").send().await.unwrap();
    assert_eq!(found.services()[0].desired_count(), 1);
    done(ecsctl.run(&["destroy", "--auto-approve"]));
    assert_eq!(account.inventory().await, before);
}

#[tokio::test]
async fn destroying_one_application_leaves_the_other_alone() {
    let account = Account::of(Moto::bare(), "222222222212").await;
    let hello = Manifests::example("hello");
    let other = Manifests::empty("other");
    other.write("other.yaml", "kind: Service\nname: hello\nimage: nginx\nport: 80\n");
    let hello = account.open_to(Ecsctl::new(hello.path()));
    let other = account.open_to(Ecsctl::new(other.path()));
    done(other.run(&["apply", "--auto-approve"]));
    let before = account.inventory().await;
    done(hello.run(&["apply", "--auto-approve"]));
    assert!(account.inventory().await.is_superset(&before));
    done(hello.run(&["destroy", "--auto-approve"]));
    assert_eq!(account.inventory().await, before);
}

#[tokio::test]
async fn what_others_made_is_taken_over_only_when_told_to() {
    let account = Account::of(Moto::bare(), "222222222213").await;
    let manifests = Manifests::example("hello");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    account.ecs().create_cluster().cluster_name("hello-default-main").send().await.unwrap();
    let before = account.inventory().await;

    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let run = ecsctl.run(command);
        assert_eq!(run.code, 5, "{run:?}");
        assert!(run.stderr.contains("pass --adopt cluster/main"), "{run:?}");
    }
    assert_eq!(account.inventory().await, before, "nothing was made beside it");

    done(ecsctl.run(&["apply", "--auto-approve", "--adopt", "cluster/main"]));
    let tags = aws_sdk_ecs::types::ClusterField::Tags;
    let found = account.ecs().describe_clusters().clusters("hello-default-main").include(tags);
    let found = found.send().await.unwrap();
    let tags = found.clusters()[0].tags();
    assert!(tags.iter().any(|tag| (tag.key(), tag.value()) == (Some("ecsctl:app"), Some("hello"))));
    done(ecsctl.run(&["plan"]));
    done(ecsctl.run(&["destroy", "--auto-approve"]));
    assert!(account.inventory().await.is_disjoint(&before), "what was taken over is owned");
}

#[tokio::test]
async fn what_no_manifest_asks_for_is_kept_until_pruned() {
    let account = Account::of(Moto::bare(), "222222222214").await;
    let manifests = Manifests::example("hello");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    done(ecsctl.run(&["apply", "--auto-approve"]));
    let without = account.inventory().await;
    manifests.write("extra.yaml", "kind: Service\nname: extra\nimage: nginx\nport: 81\n");
    done(ecsctl.run(&["apply", "--auto-approve"]));
    let with = account.inventory().await;
    manifests.remove("extra.yaml");

    let plan = Events::of(&done(ecsctl.run(&["plan", "--output", "json"])));
    let extra = [
        "log-group/extra",
        "role/execution-extra",
        "security-group/service-extra",
        "service/extra",
        "task-definition/extra",
    ];
    assert_eq!(plan.orphans(), set(&extra));
    let shown = done(ecsctl.run(&["plan"])).stdout;
    assert!(shown.contains("? service/extra"), "{shown}");
    done(ecsctl.run(&["apply", "--auto-approve"]));
    assert_eq!(account.inventory().await, with);

    done(ecsctl.run(&["apply", "--auto-approve", "--prune"]));
    assert_eq!(account.inventory().await, without);
}

#[tokio::test]
async fn a_protected_file_system_keeps_the_whole_application() {
    let account = Account::of(Moto::bare(), "222222222215").await;
    let manifests = Manifests::example("shop");
    // The environment that protects it has a certificate, which moto does not know.
    manifests.edit("platform.yaml", "  prod:\n    lifecycle:", "  dev:\n    lifecycle:");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    done(ecsctl.run(&["apply", "--auto-approve"]));
    let before = account.inventory().await;

    for protects in ["the manifest", "the tag"] {
        let run = ecsctl.run(&["destroy", "--auto-approve"]);
        assert_eq!(run.code, 5, "{protects}: {run:?}");
        assert!(run.stderr.contains("file-system/uploads"), "{protects}: {run:?}");
        assert_eq!(account.inventory().await, before, "{protects}: nothing is deleted");
        manifests.write("platform.yaml", "kind: Cluster\nname: main\n");
        for file in ["api.yaml", "migrate.yaml", "web.yaml", "worker.yaml"] {
            manifests.write(file, "");
        }
    }
}
