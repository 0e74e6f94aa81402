//! Names in AWS, derived from the application, the environment and the name of a document.

use sha2::{Digest, Sha256};

/// What AWS takes as a name.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    length: usize,
    /// Characters that are allowed besides letters, digits and `-`.
    also: &'static str,
    /// What AWS keeps for itself at the beginning.
    barred_prefixes: &'static [&'static str],
}

/// Clusters, services and task definition families.
pub const ECS: Limit = Limit { length: 255, also: "_", barred_prefixes: &[] };
pub const LOAD_BALANCER: Limit = Limit { length: 32, also: "", barred_prefixes: &["internal-"] };
pub const TARGET_GROUP: Limit = Limit { length: 32, also: "", barred_prefixes: &[] };
pub const CAPACITY_PROVIDER: Limit =
    Limit { length: 255, also: "_", barred_prefixes: &["aws", "ecs", "fargate"] };
/// Launch templates; Auto Scaling groups may have longer names.
pub const LAUNCH_TEMPLATE: Limit = Limit { length: 128, also: "_().", barred_prefixes: &[] };
pub const ROLE: Limit = Limit { length: 64, also: "_+=,.@", barred_prefixes: &[] };
pub const SECURITY_GROUP: Limit = Limit { length: 255, also: "_", barred_prefixes: &["sg-"] };
/// Creation tokens of file systems, client tokens of access points.
pub const FILE_SYSTEM_TOKEN: Limit = Limit { length: 64, also: "_", barred_prefixes: &[] };
/// Values of the `Name` tag.
pub const TAG: Limit = Limit { length: 255, also: "_", barred_prefixes: &[] };
/// Scaling policies, scheduled actions and their alarms.
pub const SCALING: Limit = Limit { length: 255, also: "_", barred_prefixes: &[] };

const HASH_LENGTH: usize = 8;

impl Limit {
    pub fn length(self) -> usize {
        self.length
    }

    /// Whether AWS takes the name.
    pub fn accepts(self, name: &str) -> bool {
        !name.is_empty()
            && name.chars().count() <= self.length
            && name.chars().all(|c| self.takes(c))
            && !self.is_barred(name)
            // Of those that forbid `_`, AWS forbids a hyphen at either end too.
            && (self.also.contains('_') || !(name.starts_with('-') || name.ends_with('-')))
    }

    /// Says what AWS takes, for messages.
    pub fn describe(self) -> String {
        let also = self.also.chars().fold(String::new(), |words, c| words + &format!(" `{c}`"));
        let barred: Vec<_> =
            self.barred_prefixes.iter().map(|prefix| format!("`{prefix}`")).collect();
        let prefix = match &barred[..] {
            [] => String::new(),
            barred => format!(", not beginning with {}", barred.join(", ")),
        };
        format!("at most {} letters, digits, `-`{also}{prefix}", self.length)
    }

    fn takes(self, c: char) -> bool {
        c.is_ascii_alphanumeric() || c == '-' || self.also.contains(c)
    }

    fn is_barred(self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.barred_prefixes.iter().any(|prefix| name.starts_with(prefix))
    }

    /// The name itself when AWS takes it, else as much of it as fits and a hash of all of it.
    fn fit(self, name: &str) -> String {
        if self.accepts(name) {
            return name.to_owned();
        }
        let mut fitted: String =
            name.chars().map(|c| if self.takes(c) { c } else { '-' }).collect();
        if self.is_barred(&fitted) {
            fitted.insert_str(0, "x-");
        }
        fitted.truncate(self.length - HASH_LENGTH - 1);
        format!("{}-{}", fitted.trim_matches('-'), hash(name))
    }
}

/// Makes the names of one application in one environment.
#[derive(Clone, Debug)]
pub struct Names {
    app: String,
    environment: String,
}

impl Names {
    pub fn new(app: impl Into<String>, environment: impl Into<String>) -> Self {
        Self { app: app.into(), environment: environment.into() }
    }

    /// `<app>-<environment>-<name>`, shortened with a stable hash where AWS takes less.
    pub fn physical(&self, limit: Limit, name: &str) -> String {
        limit.fit(&format!("{}-{}-{name}", self.app, self.environment))
    }

    /// The name of something that belongs to a document: `<app>-<environment>-<name>-<part>`.
    pub fn part(&self, limit: Limit, name: &str, part: &str) -> String {
        self.physical(limit, &format!("{name}-{part}"))
    }

    /// The name of a target group, one of possibly several of a service; `identity` tells them apart.
    pub fn target_group(&self, service: &str, identity: &str) -> String {
        self.part(TARGET_GROUP, service, &hash(identity)[..6])
    }

    /// The name of the capacity provider of a cluster's instances. A provider keeps its Auto Scaling
    /// group for good, so another `group` that is there already has another name.
    pub fn capacity_provider(&self, cluster: &str, instances: &str, group: Option<&str>) -> String {
        match group {
            None => self.part(CAPACITY_PROVIDER, cluster, instances),
            Some(group) => {
                let identity = format!("{instances}-{}", &hash(group)[..6]);
                self.part(CAPACITY_PROVIDER, cluster, &identity)
            }
        }
    }

    /// The name of a policy, a scheduled action or an alarm that scales a service.
    pub fn scaling(&self, service: &str, name: &str) -> String {
        self.part(SCALING, service, name)
    }

    /// `/ecsctl/<app>/<environment>/<name>`
    pub fn log_group(&self, name: &str) -> String {
        format!("/ecsctl/{}/{}/{name}", self.app, self.environment)
    }

    /// The IAM path that marks roles as ours: `/ecsctl/<app>/<environment>/`.
    pub fn role_path(&self) -> String {
        format!("/ecsctl/{}/{}/", self.app, self.environment)
    }
}

fn hash(text: &str) -> String {
    let mut hash = format!("{:x}", Sha256::digest(text));
    hash.truncate(HASH_LENGTH);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_fits_is_not_touched() {
        let names = Names::new("shop", "prod");
        assert_eq!(names.physical(LOAD_BALANCER, "public"), "shop-prod-public");
        assert_eq!(names.part(SECURITY_GROUP, "web", "tasks"), "shop-prod-web-tasks");
        assert_eq!(names.log_group("web"), "/ecsctl/shop/prod/web");
    }

    #[test]
    fn another_group_has_another_capacity_provider() {
        let names = Names::new("shop", "prod");
        let of = |group| names.capacity_provider("main", "general", group);
        assert_eq!(of(None), "shop-prod-main-general");
        assert_eq!(of(Some("legacy")), "shop-prod-main-general-c49fea");
        assert_ne!(of(Some("legacy")), of(Some("other")));
    }

    #[test]
    fn names_that_aws_refuses_become_others_that_stay_apart() {
        let names = Names::new("shop", "prod");
        let long = names.physical(LOAD_BALANCER, "public-for-all-the-countries-1");
        let other = names.physical(LOAD_BALANCER, "public-for-all-the-countries-2");
        assert_eq!(long, "shop-prod-public-for-al-81632260");
        assert_ne!(long, other);
        let underscore = names.physical(LOAD_BALANCER, "a_b");
        assert_ne!(underscore, names.physical(LOAD_BALANCER, "a-b"));
        let limits = [ECS, LOAD_BALANCER, TARGET_GROUP, ROLE, SECURITY_GROUP, FILE_SYSTEM_TOKEN];
        for limit in limits.into_iter().chain([CAPACITY_PROVIDER, LAUNCH_TEMPLATE]) {
            for (app, name) in [
                ("internal", "x"),
                ("sg", "x"),
                ("ecs", "x"),
                ("shop", "a_b"),
                ("shop", &"n".repeat(300)),
            ] {
                let fitted = Names::new(app, "prod").physical(limit, name);
                assert!(limit.accepts(&fitted), "{fitted} for {limit:?}");
            }
        }
    }
}
