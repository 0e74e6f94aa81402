//! Tags are within AWS's limits and leave alone what is reserved.

use std::collections::BTreeMap;

use super::table::{Entry, service};
use super::{Scope, escape};
use crate::manifest::problem::Problem;
use crate::model::documents::common::Tags;
use crate::model::manifests::{Headed, Written};
use crate::model::stack::Resource;

/// AWS allows 50; ecsctl writes up to five of its own.
const MOST: usize = 45;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "reserved-tag",
        rule: "Tags beginning with `aws:` are AWS's, those with `ecsctl:` are ecsctl's",
        source: "AWS Tagging Guide",
        wrong: service!("tags: { 'aws:team': a }"),
        right: service!("tags: { team: a }"),
    },
    Entry {
        code: "bad-tag",
        rule: "A tag's key has 1 to 128 and its value up to 256 letters, digits, spaces and `_.:/=+-@`",
        source: "AWS Tagging Guide",
        wrong: service!("tags: { 'a;b': a }"),
        right: service!("tags: { 'a b': 'é@x' }"),
    },
    Entry {
        code: "too-many-tags",
        rule: "A resource has at most 50 tags, of which ecsctl needs five",
        source: "AWS Tagging Guide",
        wrong: service!(
            "tags: { t0: x, t1: x, t2: x, t3: x, t4: x, t5: x, t6: x, t7: x, t8: x, t9: x, t10: x, t11: x, t12: x, t13: x, t14: x, t15: x, t16: x, t17: x, t18: x, t19: x, t20: x, t21: x, t22: x, t23: x, t24: x, t25: x, t26: x, t27: x, t28: x, t29: x, t30: x, t31: x, t32: x, t33: x, t34: x, t35: x, t36: x, t37: x, t38: x, t39: x, t40: x, t41: x, t42: x, t43: x, t44: x, t45: x }"
        ),
        right: service!(
            "tags: { t0: x, t1: x, t2: x, t3: x, t4: x, t5: x, t6: x, t7: x, t8: x, t9: x, t10: x, t11: x, t12: x, t13: x, t14: x, t15: x, t16: x, t17: x, t18: x, t19: x, t20: x, t21: x, t22: x, t23: x, t24: x, t25: x, t26: x, t27: x, t28: x, t29: x, t30: x, t31: x, t32: x, t33: x, t34: x, t35: x, t36: x, t37: x, t38: x, t39: x, t40: x, t41: x, t42: x, t43: x, t44: x }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let (manifests, stack) = (scope.manifests, scope.stack);
    let mut problems = vec![];
    if let Some(app) = &manifests.app {
        problems.extend(tags(app, "/tags", &app.document.tags));
        for (name, environment) in &app.document.environments {
            problems.extend(tags(
                app,
                &format!("/environments/{}/tags", escape(name)),
                &environment.tags,
            ));
        }
    }
    problems.extend(documents(&manifests.networks, &stack.networks));
    problems.extend(documents(&manifests.clusters, &stack.clusters));
    problems.extend(documents(&manifests.load_balancers, &stack.load_balancers));
    problems.extend(documents(&manifests.file_systems, &stack.file_systems));
    problems.extend(documents(&manifests.task_roles, &stack.task_roles));
    problems.extend(documents(&manifests.services, &stack.services));
    problems.extend(documents(&manifests.jobs, &stack.jobs));
    problems
}

fn documents<D: Headed, T>(
    documents: &BTreeMap<String, Written<D>>,
    resources: &BTreeMap<String, Resource<T>>,
) -> Vec<Problem> {
    let mut problems = vec![];
    for (name, written) in documents {
        problems.extend(tags(written, "/tags", written.document.header().tags));
        let count = resources.get(name).map_or(0, |resource| resource.tags.len());
        if count > MOST {
            let message = format!("`{name}` has {count} tags with those of the application");
            let label = format!("expected at most {MOST}");
            problems.push(
                Problem::error("too-many-tags", message)
                    .at(&written.key("/tags"), label)
                    .hint("AWS allows 50 tags, of which ecsctl needs five"),
            );
        }
    }
    problems
}

fn tags<D>(written: &Written<D>, base: &str, tags: &Tags) -> Vec<Problem> {
    let check = |(key, value): (&String, &crate::model::documents::common::Text)| {
        let (code, label) = mistake(key, value.as_str())?;
        let place = written.key(&format!("{base}/{}", escape(key)));
        Some(Problem::error(code, format!("the tag `{key}` is not possible")).at(&place, label))
    };
    tags.iter().filter_map(check).collect()
}

fn mistake(key: &str, value: &str) -> Option<(&'static str, &'static str)> {
    let is_allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let lower = key.to_lowercase();
    if lower.starts_with("aws:") {
        return Some(("reserved-tag", "`aws:` is reserved for AWS"));
    }
    if lower.starts_with("ecsctl:") {
        return Some(("reserved-tag", "`ecsctl:` is how ecsctl marks what it owns"));
    }
    if key.is_empty() || key.chars().count() > LONGEST_KEY {
        return Some(("bad-tag", "a key has 1 to 128 characters"));
    }
    if value.chars().count() > LONGEST_VALUE {
        return Some(("bad-tag", "a value has at most 256 characters"));
    }
    let is_possible = key.chars().chain(value.chars()).all(is_allowed);
    (!is_possible).then_some(("bad-tag", "only letters, digits, spaces and `_.:/=+-@` are allowed"))
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_service;

    #[test]
    fn tags_are_as_aws_takes_them() {
        let long = "v".repeat(257);
        let many = |count: usize| {
            format!(
                "tags: {{ {} }}",
                (0..count).map(|index| format!("t{index}: x")).collect::<Vec<_>>().join(", ")
            )
        };
        insta::assert_snapshot!(report_service(&[
            ("tags: { 'aws:team': a }", "tags: { team: a }"),
            ("tags: { 'ecsctl:app': a }", "tags: { 'my:app': 5 }"),
            ("tags: { 'a;b': a }", "tags: { 'a b': 'é@x' }"),
            (&format!("tags: {{ a: {long} }}"), &format!("tags: {{ a: {} }}", &long[1..])),
            (&many(46), &many(45)),
        ]), @r#"
        reserved-tag: the tag `aws:team` is not possible ['aws:team': `aws:` is reserved for AWS]
        reserved-tag: the tag `ecsctl:app` is not possible ['ecsctl:app': `ecsctl:` is how ecsctl marks what it owns]
        bad-tag: the tag `a;b` is not possible ['a;b': only letters, digits, spaces and `_.:/=+-@` are allowed]
        bad-tag: the tag `a` is not possible [a: a value has at most 256 characters]
        too-many-tags: `web` has 46 tags with those of the application [tags: expected at most 45] -> AWS allows 50 tags, of which ecsctl needs five
        "#);
    }
}
