//! Services changed between two applies, as far as moto has it: it knows no service deployments.

use crate::support::account::Account;
use crate::support::moto::Moto;
use crate::{done, ended, set};

use super::journey::Journey;

const FAMILY: &str = "hello-default-hello";

/// The example, deployed.
async fn hello(account: &str) -> Journey {
    let hello = Journey::new("hello", Account::of(Moto::patched(), account).await);
    hello.apply();
    hello
}

impl Journey {
    /// The revision that the service runs, its count, and the image of the revision.
    async fn runs(&self) -> (String, i32, String) {
        let ecs = self.account.ecs();
        let found = ecs.describe_services().cluster("hello-default-main").services(FAMILY);
        let service = found.send().await.unwrap().services.unwrap().remove(0);
        let arn = service.task_definition.clone().unwrap();
        let found = ecs.describe_task_definition().task_definition(&arn).send().await.unwrap();
        let image =
            found.task_definition().unwrap().container_definitions()[0].image().unwrap().to_owned();
        (arn.rsplit('/').next().unwrap().to_owned(), service.desired_count, image)
    }
}

#[tokio::test]
async fn an_image_is_deployed_and_taken_back() {
    let hello = hello("222222222271").await;
    let deploy = |image| ["deploy", "hello", "--auto-approve", "--image", image];
    done(hello.ecsctl.run(&deploy("nginx:1.28")));
    let (revision, count, image) = hello.runs().await;
    assert_eq!((revision.as_str(), image.as_str()), ("hello-default-hello:2", "nginx:1.28"));
    let changes = hello.plan().changes();
    let comes_back = [
        "revise task-definition/hello containers[hello].image",
        "update service/hello taskDefinition",
    ];
    assert_eq!(changes, set(&comes_back));
    let same = done(hello.ecsctl.run(&deploy("nginx:1.28")));
    assert!(same.stdout.contains("Nothing to do"), "{same:?}");

    let unknown = ended(hello.ecsctl.run(&["rollback", "hello", "--auto-approve"]), 1);
    assert!(unknown.stderr.contains("--to REVISION"), "{unknown:?}");
    done(hello.ecsctl.run(&["rollback", "hello", "--auto-approve", "--to", "1"]));
    assert_eq!(hello.runs().await.0, "hello-default-hello:1");
    assert_eq!(hello.plan().changes(), set(&[]), "the first revision is the manifest's");
    let ecs = hello.account.ecs();
    let second = ecs.deregister_task_definition().task_definition("hello-default-hello:2");
    second.send().await.unwrap();
    let inactive =
        ended(hello.ecsctl.run(&["rollback", "hello", "--auto-approve", "--to", "2"]), 64);
    assert!(inactive.stderr.contains("hello-default-hello:2 is inactive"), "{inactive:?}");

    done(hello.ecsctl.run(&["scale", "hello", "3"]));
    assert_eq!(hello.runs().await.1, 3);
    assert_ne!(count, 3);
    done(hello.ecsctl.run(&["restart", "hello"]));
    done(hello.ecsctl.run(&["wait", "hello"]));
}

#[tokio::test]
async fn an_image_that_ci_owns_is_no_difference() {
    let hello = hello("222222222272").await;
    let owned =
        "kind: Service\nname: hello\nlifecycle: { ignoreChanges: [\"containers[hello].image\"] }";
    hello.manifests.edit("hello.yaml", "kind: Service\nname: hello", owned);
    let deploy = |image| ["deploy", "hello", "--auto-approve", "--image", image];
    done(hello.ecsctl.run(&deploy("nginx:1.28")));
    assert_eq!(hello.plan().changes(), set(&[]), "after a deploy");
    hello.manifests.edit("hello.yaml", "port: 80", "port: 80\ncpu: 1 vCPU\nmemory: 2 GB");
    hello.apply();
    assert_eq!(hello.plan().changes(), set(&[]), "after a change of something else");
    assert_eq!(hello.runs().await.2, "nginx:1.28");
    done(hello.ecsctl.run(&deploy("nginx:1.29")));
    assert_eq!(hello.plan().changes(), set(&[]), "after the next deploy");
    done(hello.ecsctl.run(&["rollback", "hello", "--auto-approve", "--to", "2"]));
    let back = ["revise task-definition/hello cpu", "revise task-definition/hello memory"];
    let changes = hello.plan().changes();
    assert!(back.iter().all(|change| changes.contains(*change)), "{changes:?}");
    assert!(changes.iter().all(|change| !change.contains("image")), "{changes:?}");
}
