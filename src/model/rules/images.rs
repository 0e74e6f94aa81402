//! Images are named as registries and ECS take it.

use super::table::{Entry, task};
use super::{ContainerView, Scope};
use crate::manifest::problem::Problem;

/// Source: Amazon ECS API Reference, `ContainerDefinition.image`.
const MOST: usize = 255;
const MOST_IN_TAG: usize = 128;

pub(super) const TABLE: &[Entry] = &[Entry {
    code: "image",
    rule: "An image has a repository in lower case, then a tag or a digest, in at most 255 characters",
    source: "Amazon ECS API Reference, ContainerDefinition",
    wrong: task!("containers: [{ name: a, image: Shop/Web:1 }]"),
    right: task!("containers: [{ name: a, image: 'localhost:5000/shop_web:V1.2-rc' }]"),
}];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| workload.containers().filter_map(|view| image(&view)).collect())
}

fn image(view: &ContainerView<'_>) -> Option<Problem> {
    let image = view.container.image.as_str();
    let fault = fault(image)?;
    let problem = Problem::error("image", format!("`{image}` is not the name of an image"))
        .at(&view.value("/image"), fault);
    Some(match image.to_lowercase() {
        lower if self::fault(&lower).is_none() => problem.hint(format!("did you mean `{lower}`?")),
        _ => problem,
    })
}

/// What is wrong with `[registry/]repository[:tag][@digest]`.
/// Source: the reference grammar of the Distribution project.
fn fault(image: &str) -> Option<String> {
    if image.chars().count() > MOST {
        return Some(format!("longer than {MOST} characters"));
    }
    let (name, digest) = match image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image, None),
    };
    // A colon before the last slash is a registry's port.
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    let (repository, tag) = match name[last..].split_once(':') {
        Some((_, tag)) => (&name[..name.len() - tag.len() - 1], Some(tag)),
        None => (name, None),
    };
    if !is_repository(repository) {
        return Some(
            "expected a repository of lowercase letters, digits, `.`, `_`, `-` and `/`".to_owned(),
        );
    }
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Some(format!(
            "expected a tag of at most {MOST_IN_TAG} letters, digits, `.`, `_` and `-`"
        ));
    }
    let is_wrong = digest.is_some_and(|digest| !is_digest(digest));
    is_wrong.then(|| "expected a digest such as `sha256:` and 64 hex digits".to_owned())
}

fn is_repository(text: &str) -> bool {
    let is_host = |part: &str| {
        (part.contains(['.', ':']) || part == "localhost")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || ".:-".contains(c))
    };
    let path = match text.split_once('/') {
        Some((host, path)) if is_host(host) => path,
        _ => text,
    };
    path.split('/').all(is_component)
}

fn is_component(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(is_word)
        && text.ends_with(is_word)
        && text.chars().all(|c| is_word(c) || "._-".contains(c))
}

fn is_tag(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(is_word)
        && text.len() <= MOST_IN_TAG
        && text.chars().all(|c| is_word(c) || ".-".contains(c))
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty() && hex.len() >= 32 && hex.chars().all(|c| c.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_task;

    #[test]
    fn images_are_names_that_a_registry_has() {
        let digest = format!("'shop/web:1@sha256:{}'", "a1".repeat(32));
        let cases = [
            ("'shop web'", "shop/web"),
            ("Shop/Web:1", "localhost:5000/shop_web:V1.2-rc"),
            ("'web:'", "web:latest"),
            ("'web:-1'", "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1"),
            ("'shop//web'", "public.ecr.aws/docker/library/nginx:1.27-alpine"),
            ("'web@sha256:12'", digest.as_str()),
        ];
        let cases: Vec<_> = cases
            .into_iter()
            .map(|(wrong, right)| {
                [wrong, right].map(|image| format!("containers: [{{ name: a, image: {image} }}]"))
            })
            .collect();
        let cases: Vec<_> =
            cases.iter().map(|[wrong, right]| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report_task(&cases), @r#"
        image: `shop web` is not the name of an image ['shop web': expected a repository of lowercase letters, digits, `.`, `_`, `-` and `/`]
        image: `Shop/Web:1` is not the name of an image [Shop/Web:1: expected a repository of lowercase letters, digits, `.`, `_`, `-` and `/`] -> did you mean `shop/web:1`?
        image: `web:` is not the name of an image ['web:': expected a tag of at most 128 letters, digits, `.`, `_` and `-`]
        image: `web:-1` is not the name of an image ['web:-1': expected a tag of at most 128 letters, digits, `.`, `_` and `-`]
        image: `shop//web` is not the name of an image ['shop//web': expected a repository of lowercase letters, digits, `.`, `_`, `-` and `/`]
        image: `web@sha256:12` is not the name of an image ['web@sha256:12': expected a digest such as `sha256:` and 64 hex digits]
        "#);
        let long = "a".repeat(256);
        assert_eq!(super::fault(&long).as_deref(), Some("longer than 255 characters"));
        assert_eq!(super::fault(&long[1..]), None);
    }
}
