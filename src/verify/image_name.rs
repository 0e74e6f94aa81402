//! What the name of an image says: where it is, and which one.

/// `444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageName {
    pub registry: Registry,
    /// `library/nginx` for `nginx`.
    pub repository: String,
    pub version: Version,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registry {
    /// A private registry of ECR.
    Ecr { account: String, region: String },
    /// Any other, by host and port.
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    Tag(String),
    /// `sha256:…`
    Digest(String),
}

/// Where images without a registry in their name are.
const DOCKER_HUB: &str = "registry-1.docker.io";

impl ImageName {
    pub fn parse(name: &str) -> Self {
        let (registry, path) = match name.split_once('/') {
            Some((host, path)) if is_host(host) => (Registry::of(host), path),
            _ => (Registry::Other(DOCKER_HUB.to_owned()), name),
        };
        let (path, digest) = match path.split_once('@') {
            Some((path, digest)) => (path, Some(digest)),
            None => (path, None),
        };
        let (path, tag) = path.split_once(':').unwrap_or((path, "latest"));
        let version = match digest {
            Some(digest) => Version::Digest(digest.to_owned()),
            None => Version::Tag(tag.to_owned()),
        };
        let is_official = registry == Registry::Other(DOCKER_HUB.to_owned()) && !path.contains('/');
        let repository = if is_official { format!("library/{path}") } else { path.to_owned() };
        Self { registry, repository, version }
    }
}

impl Version {
    /// As the distribution API wants it in a path.
    pub fn text(&self) -> &str {
        match self {
            Self::Tag(text) | Self::Digest(text) => text,
        }
    }
}

impl Registry {
    fn of(host: &str) -> Self {
        let labels: Vec<&str> = host.split('.').collect();
        match labels[..] {
            [account, "dkr", "ecr" | "ecr-fips", region, "amazonaws", ..]
            | [account, "dkr-ecr" | "dkr-ecr-fips", region, "on", ..] => {
                Self::Ecr { account: account.to_owned(), region: region.to_owned() }
            }
            _ if ["docker.io", "index.docker.io"].contains(&host) => {
                Self::Other(DOCKER_HUB.to_owned())
            }
            _ => Self::Other(host.to_owned()),
        }
    }
}

/// Docker's rule for telling a host from the first part of a path.
fn is_host(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_docker_reads_them() {
        let ecr = |account: &str, region: &str| Registry::Ecr {
            account: account.to_owned(),
            region: region.to_owned(),
        };
        let other = |host: &str| Registry::Other(host.to_owned());
        let tag = |tag: &str| Version::Tag(tag.to_owned());
        let digest = || Version::Digest("sha256:ab".to_owned());
        for (name, registry, repository, version) in [
            ("nginx", other(DOCKER_HUB), "library/nginx", tag("latest")),
            ("bitnami/redis:7", other(DOCKER_HUB), "bitnami/redis", tag("7")),
            ("docker.io/nginx:1", other(DOCKER_HUB), "library/nginx", tag("1")),
            (
                "public.ecr.aws/nginx/nginx:1.27",
                other("public.ecr.aws"),
                "nginx/nginx",
                tag("1.27"),
            ),
            ("localhost:5000/web", other("localhost:5000"), "web", tag("latest")),
            ("ghcr.io/a/b@sha256:ab", other("ghcr.io"), "a/b", digest()),
            ("ghcr.io/a/b:1@sha256:ab", other("ghcr.io"), "a/b", digest()),
            (
                "444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/web:1",
                ecr("444455556666", "eu-west-1"),
                "team/web",
                tag("1"),
            ),
            (
                "444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn/web",
                ecr("444455556666", "cn-north-1"),
                "web",
                tag("latest"),
            ),
            (
                "444455556666.dkr-ecr.eu-west-1.on.aws/web:1",
                ecr("444455556666", "eu-west-1"),
                "web",
                tag("1"),
            ),
        ] {
            let expected = ImageName { registry, repository: repository.to_owned(), version };
            assert_eq!(ImageName::parse(name), expected, "{name}");
        }
    }
}
