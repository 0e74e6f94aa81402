//! From nothing to a running application: init, validate, render, plan, apply.

use crate::support::ecsctl::Ecsctl;
use crate::support::manifests::Manifests;
use crate::{Application, done, ended, set};

#[test]
fn what_init_writes_is_valid_and_runs() {
    let parent = Manifests::empty("parent");
    let ecsctl = Ecsctl::new(&parent.path().join("manifests")).env("ECSCTL_MOCK", "account.json");
    let written = done(ecsctl.run(&["init", "bakery", "--image", "bread:1", "--port", "8080"]));
    assert!(written.stdout.starts_with("Wrote the application bakery:\n"), "{written:?}");
    let read = |file: &str| std::fs::read_to_string(parent.path().join("manifests").join(file));
    for file in ["app.yaml", "public.yaml", "web.yaml"] {
        let text = read(file).unwrap();
        let first = "# yaml-language-server: $schema=.ecsctl.schema.json\n";
        assert!(text.starts_with(first), "{text}");
    }
    assert_eq!(read(".ecsctl.schema.json").unwrap(), done(ecsctl.run(&["schema"])).stdout);

    let valid = done(ecsctl.run(&["validate"])).stdout;
    assert!(valid.ends_with(" is valid: 3 documents in the environments dev, prod.\n"), "{valid}");
    for environment in ["dev", "prod"] {
        done(ecsctl.run(&["apply", "-e", environment, "--auto-approve"]));
        let plan = done(ecsctl.run(&["plan", "-e", environment])).stdout;
        assert!(plan.contains("Nothing to change"), "{plan}");
    }

    let service = read("web.yaml").unwrap();
    let again = ended(ecsctl.run(&["init", "other"]), 1);
    assert!(again.stderr.contains("app.yaml` exists already\n  hint: choose another directory"));
    assert_eq!(read("web.yaml").unwrap(), service);
}

#[test]
fn init_takes_the_directory_s_name_and_quotes_what_it_must() {
    let parent = Manifests::empty("parent");
    let ecsctl = Ecsctl::new(&parent.path().join("manifests"));
    let refused = ended(ecsctl.run(&["init", "My Shop"]), 64);
    insta::assert_snapshot!(refused.stderr, @"
    error: `My Shop` is no name for an application
      hint: take up to 40 lowercase letters, digits and hyphens that begin with a letter
    ");
    done(ecsctl.run(&["init", "shop", "--image", "nginx # not: a comment"]));
    let web = std::fs::read_to_string(parent.path().join("manifests/web.yaml")).unwrap();
    assert!(web.contains("image: \"nginx # not: a comment\"\n"), "{web}");
}

#[test]
fn render_shows_final_values_with_their_origin() {
    let shop = Application::example("shop");
    let run = done(shop.run(&["render", "-e", "prod", "--set", "TAG=2.0"]));
    let place = format!("{}/", shop.manifests.path().display());
    let text = run.stdout.replace(&place, "");
    let service = text.split("---\n").find(|document| document.contains("name: api")).unwrap();
    insta::assert_snapshot!(service, @"
    # api.yaml:3
    kind: Service
    name: api
    image: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-api:2.0 # api.yaml:5
    port: 9000
    environment:
      CATALOGUE_TABLE: catalogue
    environmentFiles:
      - arn:aws:s3:::shop-configuration/api.env
    loadBalancers:
      - loadBalancer: public # api.yaml:22
        listener: https # api.yaml:23
        port: 9000 # api.yaml:24
        hosts:
          - shop.example.com # api.yaml:25
        paths:
          - /api/* # api.yaml:26
        healthCheck:
          path: /api/health # api.yaml:27
    desiredCount: 3 # api.yaml:20
    ");
    let verbose = done(shop.run(&["render", "-v"])).stdout;
    assert!(verbose.contains("name: api # "), "{verbose}");
}

#[test]
fn validate_finds_the_mistakes_of_every_environment_at_once() {
    let shop = Application::example("shop");
    shop.manifests.write(
        "broken.yaml",
        "kind: Service\nname: broken\nimage: nginx\ncluster: mian\ntaskRole: nobody\n\
         environments: { prod: { cluster: elsewhere } }\n---\n\
         kind: Service\nname: worse\nimages: nginx\n",
    );
    let all = ended(shop.run(&["validate"]), 1);
    let place = format!("{}/", shop.manifests.path().display());
    insta::assert_snapshot!(all.stderr.replace(&place, ""), @"
    error[dangling-reference]

      × no cluster `mian` (in dev)
       ╭─[broken.yaml:4:10]
     3 │ image: nginx
     4 │ cluster: mian
       ·          ──┬─
       ·            ╰── no cluster has this name
     5 │ taskRole: nobody
       ╰────
       ╭─[platform.yaml:4:7]
     3 │ kind: Cluster
     4 │ name: main
       ·       ──┬─
       ·         ╰── a similar name is here
     5 │ containerInsights: enabled
       ╰────
      help: did you mean `main`?

    error[dangling-reference]

      × no task role `nobody`
       ╭─[broken.yaml:5:11]
     4 │ cluster: mian
     5 │ taskRole: nobody
       ·           ───┬──
       ·              ╰── no task role has this name
     6 │ environments: { prod: { cluster: elsewhere } }
       ╰────
      help: there is `migrate`, `web`

    error[dangling-reference]

      × no cluster `elsewhere` (in prod)
       ╭─[broken.yaml:6:34]
     5 │ taskRole: nobody
     6 │ environments: { prod: { cluster: elsewhere } }
       ·                                  ────┬────
       ·                                      ╰── no cluster has this name
     7 │ ---
       ╰────
      help: there is `main`

    error[unknown-field]

      × this document has no field `images`
        ╭─[broken.yaml:10:1]
      9 │ name: worse
     10 │ images: nginx
        · ───┬──
        ·    ╰── not a field here
        ╰────
      help: did you mean `image`?

    4 errors in 1 file
    ");
    assert_eq!(all.stdout, "");
    let one = ended(shop.run(&["validate", "-e", "dev", "--format", "github"]), 1);
    insta::assert_snapshot!(one.stdout.replace(&place, ""), @"
    ::error file=broken.yaml,line=4,col=10,endLine=4,endColumn=14,title=dangling-reference::no cluster `mian`%0Adid you mean `main`?
    ::error file=broken.yaml,line=5,col=11,endLine=5,endColumn=17,title=dangling-reference::no task role `nobody`%0Athere is `migrate`, `web`
    ::error file=broken.yaml,line=10,col=1,endLine=10,endColumn=7,title=unknown-field::this document has no field `images`%0Adid you mean `image`?
    ");
    let sarif = ended(shop.run(&["validate", "--format", "sarif"]), 1).stdout;
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 4);
}

#[test]
fn a_four_line_service_is_an_application() {
    let hello = Application::example("hello");
    hello.apply();
    assert_eq!(hello.plan().changes(), set(&[]));
    assert!(hello.account().contains("hello-default-hello"));
}
