//! EC2 instances of clusters: their number, their types and images, their user data and policies.

use std::collections::BTreeMap;

use super::routing::too_many_groups;
use super::table::{Entry, instances};
use super::{Bounds, Scope, within};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::cluster::Cluster;
use crate::model::documents::instances::Instances;
use crate::model::instances::{Platform, has_gpu, is_arm};
use crate::model::manifests::Written;
use crate::model::resolved::instances::{Group, Managed};

const AUTO_SCALING: &str = "Amazon EC2 Auto Scaling API Reference";
const ECS: &str = "Amazon ECS API Reference";
const ECS_GUIDE: &str = "Amazon ECS Developer Guide";
const EC2_GUIDE: &str = "Amazon EC2 User Guide";
const IAM_GUIDE: &str = "IAM User Guide, \"IAM and AWS STS quotas\"";

/// Bytes, before they are encoded.
const MOST_USER_DATA: usize = 16 * 1024;
/// Of the 20 that a role has by default, two are those that the agent and Session Manager need.
const MOST_POLICIES: usize = 18;
const WARMUP: Bounds = Bounds { field: "warmup", least: 0, most: 10_000 };

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "instances-bounds",
        rule: "`min` is not above `max`",
        source: AUTO_SCALING,
        wrong: instances!("min: 3, max: 2"),
        right: instances!("min: 2, max: 2"),
    },
    Entry {
        code: "instance-architecture",
        rule: "all instance types have the processors that the image is for",
        source: EC2_GUIDE,
        wrong: instances!("instanceTypes: [m7g.large]"),
        right: instances!("instanceTypes: [m7g.large], image: amazon-linux-2023-arm64"),
    },
    Entry {
        code: "instance-gpu",
        rule: "an image with drivers for GPUs goes with instance types that have one of NVIDIA's",
        source: ECS_GUIDE,
        wrong: instances!("image: bottlerocket-gpu, instanceTypes: [m7i.large]"),
        right: instances!("image: bottlerocket-gpu, instanceTypes: [g6.xlarge]"),
    },
    Entry {
        code: "instances-duplicate",
        rule: "instances have names of their own, Auto Scaling groups of their own, and each type once",
        source: ECS,
        wrong: instances!("instanceTypes: [m7i.large, m7i.large]"),
        right: instances!("instanceTypes: [m7i.large, m6i.large]"),
    },
    Entry {
        code: "out-of-range",
        rule: "`warmup` is at most 10000 seconds",
        source: ECS,
        wrong: instances!("warmup: 3h"),
        right: instances!("warmup: 2h"),
    },
    Entry {
        code: "agent-settings",
        rule: "settings of the ECS agent have the name of a variable and one line, and leave `ECS_CLUSTER` to ecsctl",
        source: ECS_GUIDE,
        wrong: instances!("agent: { ECS_CLUSTER: other }"),
        right: instances!("agent: { ECS_LOGLEVEL: warn }"),
    },
    Entry {
        code: "agent-settings",
        rule: "Bottlerocket takes settings of the agent in `userData` only",
        source: "Bottlerocket, settings of ECS",
        wrong: instances!("image: bottlerocket, agent: { ECS_LOGLEVEL: warn }"),
        right: instances!("image: bottlerocket, userData: 'loglevel = \"warn\"'"),
    },
    Entry {
        code: "user-data",
        rule: "user data for Bottlerocket continues the table `[settings.ecs]`, which TOML has once",
        source: "Bottlerocket, settings of ECS",
        wrong: instances!("image: bottlerocket, userData: '[settings.ecs]'"),
        right: instances!("image: bottlerocket, userData: '[settings.kernel]'"),
    },
    Entry {
        code: "instance-profile",
        rule: "an instance profile that is there already has its policies in its own role",
        source: "",
        wrong: instances!("instanceProfile: theirs, managedPolicies: [AmazonS3ReadOnlyAccess]"),
        right: instances!("managedPolicies: [AmazonS3ReadOnlyAccess]"),
    },
    Entry {
        code: "too-many-policies",
        rule: "the role of instances takes at most 18 `managedPolicies`",
        source: IAM_GUIDE,
        wrong: instances!(
            "managedPolicies: [P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15, P16, P17, P18, P19]"
        ),
        right: instances!(
            "managedPolicies: [P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15, P16, P17, P18]"
        ),
    },
    Entry {
        code: "too-many-security-groups",
        rule: "instances take at most 4 `securityGroups` besides their own",
        source: "Amazon VPC User Guide, \"Amazon VPC quotas\"",
        wrong: instances!(
            "securityGroups: [sg-00000001, sg-00000002, sg-00000003, sg-00000004, sg-00000005]"
        ),
        right: instances!("securityGroups: [sg-00000001, sg-00000002, sg-00000003, sg-00000004]"),
    },
];

/// One entry of a cluster's `instances`, as written and as it is meant.
pub(super) struct View<'a> {
    pub(super) written: &'a Written<Cluster>,
    pub(super) document: &'a Instances,
    /// None for a group that is there already.
    pub(super) managed: Option<&'a Managed>,
    /// `/instances/0`
    pub(super) base: String,
}

impl View<'_> {
    pub(super) fn value(&self, pointer: &str) -> Span {
        self.written.value(&format!("{}{pointer}", self.base))
    }

    pub(super) fn key(&self, pointer: &str) -> Span {
        self.written.key(&format!("{}{pointer}", self.base))
    }
}

/// All entries of all clusters.
pub(super) fn each<'a>(scope: &Scope<'a>) -> impl Iterator<Item = View<'a>> + use<'a> {
    let stack = scope.stack;
    scope.manifests.clusters.iter().flat_map(move |(name, written)| {
        let resolved = stack.clusters.get(name).map_or(&[][..], |it| &it.value.instances);
        let both = written.document.instances.iter().zip(resolved).enumerate();
        both.map(move |(index, (document, instances))| View {
            written,
            document,
            managed: match &instances.group {
                Group::Managed(managed) => Some(managed),
                Group::Existing(_) => None,
            },
            base: format!("/instances/{index}"),
        })
    })
}

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = each(scope).flat_map(|view| check_entry(&view)).collect();
    problems.extend(scope.manifests.clusters.values().flat_map(duplicates));
    problems
}

fn check_entry(view: &View<'_>) -> Vec<Problem> {
    let Some(managed) = view.managed else { return vec![] };
    let mut problems: Vec<Problem> = bounds(view, managed).into_iter().collect();
    problems.extend(types(view, managed));
    problems.extend(user_data(view, managed));
    problems.extend(agent(view));
    problems.extend(policies(view));
    let warmup = view.document.warmup.map(|time| time.0);
    problems.extend(within(&WARMUP, warmup, || view.value("/warmup")));
    let groups = view.document.security_groups.len();
    problems.extend(too_many_groups(groups, || view.key("/securityGroups")));
    problems
}

fn bounds(view: &View<'_>, managed: &Managed) -> Option<Problem> {
    let Managed { min, max, .. } = managed;
    let problem = || {
        Problem::error("instances-bounds", format!("`min` ({min}) is above `max` ({max})"))
            .at(&view.value("/min"), "above")
            .at(&view.value("/max"), "the most")
    };
    (min > max).then(problem)
}

fn types(view: &View<'_>, managed: &Managed) -> Vec<Problem> {
    let image = &view.document.image;
    let wants_arm = image.is_arm().unwrap_or_else(|| is_arm(&managed.instance_types[0]));
    let processors = |is_arm: bool| if is_arm { "AWS Graviton" } else { "Intel or AMD" };
    let mut problems = vec![];
    for (index, name) in view.document.instance_types.iter().enumerate() {
        let place = view.value(&format!("/instanceTypes/{index}"));
        if is_arm(name) != wants_arm {
            let has = processors(is_arm(name));
            let problem =
                Problem::error("instance-architecture", format!("`{name}` has {has} processors"))
                    .at(&place, format!("expected {}", processors(wants_arm)));
            problems.push(match image.is_arm() {
                Some(_) => problem.hint("choose other instance types, or an image for these"),
                None => problem.at(&view.value("/instanceTypes/0"), "as the first one"),
            });
        } else if image.is_for_gpu() && !has_gpu(name) {
            problems.push(
                Problem::error("instance-gpu", format!("`{name}` has no GPU of NVIDIA"))
                    .at(&place, "expected one of the families G or P")
                    .at(&view.value("/image"), "for GPUs"),
            );
        }
    }
    problems
}

fn user_data(view: &View<'_>, managed: &Managed) -> Vec<Problem> {
    let place = || view.value("/userData");
    let mut problems = vec![];
    let size = managed.user_data.len();
    if size > MOST_USER_DATA {
        let message = format!("user data is at most {MOST_USER_DATA} bytes, but here are {size}");
        problems.push(
            Problem::error("user-data", message)
                .at(&place(), "with the lines that join the cluster")
                .hint("fetch the script from S3, or make an image of it"),
        );
    }
    let is_begun_again = |text: &String| {
        text.lines().any(|line| line.replace(' ', "").starts_with("[settings.ecs]"))
    };
    if view.document.image.platform() == Platform::Bottlerocket
        && view.document.user_data.as_ref().is_some_and(is_begun_again)
    {
        problems.push(
            Problem::error("user-data", "the table `[settings.ecs]` is begun by ecsctl")
                .at(&place(), "would be there twice")
                .hint("remove the header: the first lines belong to that table"),
        );
    }
    problems
}

fn agent(view: &View<'_>) -> Vec<Problem> {
    let settings = &view.document.agent;
    if view.document.image.platform() == Platform::Bottlerocket && !settings.is_empty() {
        let problem =
            Problem::error("agent-settings", "Bottlerocket has no variables of the agent")
                .at(&view.key("/agent"), "not with Bottlerocket")
                .hint("write settings of `[settings.ecs]` in `userData`");
        return vec![problem];
    }
    let is_variable = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let problem = |(name, value): (&String, &str)| {
        let (message, words) = if name == "ECS_CLUSTER" {
            ("instances join their own cluster".to_owned(), "ecsctl sets this")
        } else if !is_variable(name) {
            (format!("`{name}` is no name of a variable"), "expected letters, digits and `_`")
        } else if value.contains(['\n', '\r']) {
            (format!("`{name}` has several lines"), "expected one line")
        } else {
            return None;
        };
        let place = view.key(&format!("/agent/{}", super::escape(name)));
        Some(Problem::error("agent-settings", message).at(&place, words))
    };
    settings.iter().map(|(name, value)| (name, value.as_str())).filter_map(problem).collect()
}

fn policies(view: &View<'_>) -> Option<Problem> {
    let count = view.document.managed_policies.len();
    let place = || view.key("/managedPolicies");
    if view.document.instance_profile.is_some() && count > 0 {
        return Some(
            Problem::error(
                "instance-profile",
                "`managedPolicies` are for the role that ecsctl makes",
            )
            .at(&place(), "have no role to go to")
            .at(&view.key("/instanceProfile"), "has its own role"),
        );
    }
    let problem = || {
        let message = format!("a role takes {MOST_POLICIES} more policies, but here are {count}");
        Problem::error("too-many-policies", message)
            .at(&place(), "too many")
            .hint("AWS allows 20, two of which the instances need anyway")
    };
    (count > MOST_POLICIES).then(problem)
}

/// Names, Auto Scaling groups and types that are there again.
fn duplicates(written: &Written<Cluster>) -> Vec<Problem> {
    let mut first: BTreeMap<(String, &str), Span> = BTreeMap::new();
    let mut problems = vec![];
    let mut once = |what: &str, space: String, word, place: Span| {
        let Some(earlier) = first.get(&(space.clone(), word)) else {
            first.insert((space, word), place);
            return;
        };
        let message = format!("{what} `{word}` is there twice");
        problems.push(
            Problem::error("instances-duplicate", message)
                .at(&place, "again")
                .at(earlier, "first here"),
        );
    };
    for (index, instances) in written.document.instances.iter().enumerate() {
        let at = |field: &str| written.value(&format!("/instances/{index}/{field}"));
        once("the name", "name".to_owned(), instances.name.as_str(), at("name"));
        if let Some(group) = &instances.auto_scaling_group {
            once("the group", "group".to_owned(), group, at("autoScalingGroup"));
        }
        for (place, name) in instances.instance_types.iter().enumerate() {
            let pointer = format!("instanceTypes/{place}");
            once("the instance type", format!("type {index}"), name, at(&pointer));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    fn instances(fields: &str) -> String {
        format!("{{ kind: Cluster, name: main, instances: [{{ name: a, {fields} }}] }}")
    }

    fn reported(cases: &[(String, String)]) -> String {
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        report(&cases)
    }

    #[test]
    fn instances_are_as_aws_takes_them() {
        let groups = "securityGroups: [sg-00000001, sg-00000002, sg-00000003, sg-00000004";
        let cases = [
            ("min: 11, max: 10", "min: 11"),
            ("instanceTypes: [c6gn.large, m7i.large]", "instanceTypes: [c6a.large, m7i.large]"),
            ("image: bottlerocket-arm64, instanceTypes: [m7i.large]", "image: bottlerocket-arm64"),
            (
                "image: ami-01234567, instanceTypes: [m7g.large, m7i.large]",
                "image: ami-01234567, instanceTypes: [m7g.large, t4g.large]",
            ),
            (
                "image: amazon-linux-2023-gpu, instanceTypes: [g4ad.xlarge]",
                "image: amazon-linux-2023-gpu",
            ),
            ("image: amazon-linux-2032", "image: amazon-linux-2023"),
            ("agent: { 'ECS LOGLEVEL': a }", "agent: { ECS_LOGLEVEL: a }"),
            ("agent: { ECS_CLUSTER: a }", "agent: {}"),
            ("agent: { ECS_TAGS: \"a\\nb\" }", "agent: { ECS_TAGS: a }"),
            ("image: bottlerocket, agent: { A: a }", "image: windows-2022-core, agent: { A: a }"),
            ("image: bottlerocket, userData: '[ settings.ecs ]'", "userData: '[ settings.ecs ]'"),
            (&format!("{groups}, sg-00000005]"), &format!("{groups}]")),
            ("warmup: 10001s", "warmup: 10000s"),
            ("instanceProfile: p, managedPolicies: [A]", "instanceProfile: p"),
            ("instanceTypes: [m7i.large, m7i.large]", "instanceTypes: [m7i.large]"),
        ];
        let cases = cases.map(|(wrong, right)| (instances(wrong), instances(right)));
        insta::assert_snapshot!(reported(&cases), @"
        instances-bounds: `min` (11) is above `max` (10) [11: above] [10: the most]
        instance-architecture: `c6gn.large` has AWS Graviton processors [c6gn.large: expected Intel or AMD] -> choose other instance types, or an image for these
        instance-architecture: `m7i.large` has Intel or AMD processors [m7i.large: expected AWS Graviton] -> choose other instance types, or an image for these
        instance-architecture: `m7i.large` has Intel or AMD processors [m7i.large: expected AWS Graviton] [m7g.large: as the first one]
        instance-gpu: `g4ad.xlarge` has no GPU of NVIDIA [g4ad.xlarge: expected one of the families G or P] [amazon-linux-2023-gpu: for GPUs]
        bad-format: `instances[0].image` can't be `amazon-linux-2032` [amazon-linux-2032: expected the id of an image such as `ami-0123456789abcdef0`, or a kind of image such as `amazon-linux-2023`, `amazon-linux-2023-arm64`, `amazon-linux-2023-gpu`, `bottlerocket` or `windows-2022-full`]
        agent-settings: `ECS LOGLEVEL` is no name of a variable ['ECS LOGLEVEL': expected letters, digits and `_`]
        agent-settings: instances join their own cluster [ECS_CLUSTER: ecsctl sets this]
        agent-settings: `ECS_TAGS` has several lines [ECS_TAGS: expected one line]
        agent-settings: Bottlerocket has no variables of the agent [agent: not with Bottlerocket] -> write settings of `[settings.ecs]` in `userData`
        user-data: the table `[settings.ecs]` is begun by ecsctl ['[ settings.ecs ]': would be there twice] -> remove the header: the first lines belong to that table
        too-many-security-groups: at most 4 further security groups are possible, but there are 5 [securityGroups: too many] -> AWS allows five, one of which ecsctl makes
        out-of-range: `warmup` must be between 0 and 10000, but is 10001 [10001s: expected 0 to 10000]
        instance-profile: `managedPolicies` are for the role that ecsctl makes [managedPolicies: have no role to go to] [instanceProfile: has its own role]
        instances-duplicate: the instance type `m7i.large` is there twice [m7i.large: again] [m7i.large: first here]
        ");
    }

    #[test]
    fn user_data_and_policies_have_their_limits() {
        let lines = |bytes: usize| instances(&format!("userData: {}", "x".repeat(bytes)));
        let policies = |count: usize| {
            let all: Vec<String> = (0..count).map(|number| format!("P{number}")).collect();
            instances(&format!("managedPolicies: [{}]", all.join(", ")))
        };
        // What joins the cluster takes 82 bytes here.
        let cases = [(lines(16303), lines(16302)), (policies(19), policies(18))];
        insta::assert_snapshot!(reported(&cases).replace(&"x".repeat(16303), "x"), @"
        user-data: user data is at most 16384 bytes, but here are 16385 [x: with the lines that join the cluster] -> fetch the script from S3, or make an image of it
        too-many-policies: a role takes 18 more policies, but here are 19 [managedPolicies: too many] -> AWS allows 20, two of which the instances need anyway
        ");
    }

    #[test]
    fn entries_have_names_and_groups_of_their_own() {
        let two = |first: &str, second: &str| {
            format!("{{ kind: Cluster, name: main, instances: [{{ {first} }}, {{ {second} }}] }}")
        };
        let group = "autoScalingGroup: g";
        let cases = [
            (two("name: a", "name: a, autoScalingGroup: g"), two("name: a", "name: b")),
            (
                two(&format!("name: a, {group}"), &format!("name: b, {group}")),
                two("name: a", "name: b"),
            ),
        ];
        insta::assert_snapshot!(reported(&cases), @"
        instances-duplicate: the name `a` is there twice [a: again] [a: first here]
        instances-duplicate: the group `g` is there twice [g: again] [g: first here]
        ");
    }
}
