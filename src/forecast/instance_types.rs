//! What instance types have: numbers of AWS that no API of ECS reports. A type that is not here is
//! unknown, which limits nothing.

/// The hardware of an instance type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub vcpus: u32,
    /// MiB.
    pub memory: u32,
}

/// Families in which sizes differ by number alone, with GiB of memory per vCPU.
/// <https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html>
const FAMILIES: &[(u32, &[&str])] = &[
    (
        2,
        &[
            "c5", "c5a", "c5ad", "c5d", "c6a", "c6g", "c6gd", "c6i", "c6id", "c7a", "c7g", "c7gd",
            "c7i",
        ],
    ),
    (
        4,
        &[
            "m5", "m5a", "m5ad", "m5d", "m6a", "m6g", "m6gd", "m6i", "m6id", "m7a", "m7g", "m7gd",
            "m7i",
        ],
    ),
    (
        8,
        &[
            "r5", "r5a", "r5ad", "r5d", "r6a", "r6g", "r6gd", "r6i", "r6id", "r7a", "r7g", "r7gd",
            "r7i",
        ],
    ),
];

/// Those with Graviton or Zen 4 begin at `medium`.
const WITH_MEDIUM: &[&str] = &[
    "c6g", "c6gd", "c7a", "c7g", "c7gd", "m6g", "m6gd", "m7a", "m7g", "m7gd", "r6g", "r6gd", "r7a",
    "r7g", "r7gd",
];

/// Families that AWS lists with the numbers of tasks with trunking, up to `4xlarge`, where they are
/// the same for all.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html>
const TRUNKING: &[&str] = &[
    "c5", "c5a", "c5ad", "c5d", "c6a", "c6g", "c6gd", "c6i", "c6id", "c7g", "m5", "m5a", "m5ad",
    "m5d", "m6a", "m6g", "m6gd", "m6i", "m6id", "m7g", "r5", "r5a", "r5ad", "r5d", "r6a", "r6g",
    "r6gd", "r6i", "r6id", "r7g",
];

/// Size, vCPUs, MiB.
const BURSTABLE: &[(&str, u32, u32)] = &[
    ("nano", 2, 512),
    ("micro", 2, 1024),
    ("small", 2, 2048),
    ("medium", 2, 4096),
    ("large", 2, 8192),
    ("xlarge", 4, 16384),
    ("2xlarge", 8, 32768),
];

/// Network interfaces of types whose number does not follow from their size alone.
const OTHER_INTERFACES: &[(&[&str], &[&str], u32)] = &[
    (&["t2", "t3", "t3a", "t4g"], &["nano", "micro"], 2),
    (&["t3a"], &["small"], 2),
    (&["t2", "t3", "t4g"], &["small"], 3),
    (&["t2", "t3", "t3a", "t4g"], &["medium", "large"], 3),
    (&["t2"], &["xlarge", "2xlarge"], 3),
    (&["t3", "t3a", "t4g"], &["xlarge", "2xlarge"], 4),
    (&["g4dn"], &["xlarge", "2xlarge", "4xlarge"], 3),
    (&["g4dn"], &["8xlarge", "16xlarge"], 4),
    (&["g4dn"], &["12xlarge"], 8),
    (&["g5"], &["xlarge", "2xlarge"], 4),
    (&["g5"], &["4xlarge", "8xlarge", "16xlarge"], 8),
    (&["g5"], &["12xlarge", "24xlarge"], 15),
    (&["g5"], &["48xlarge"], 7),
];

/// The hardware of common types. ECS registers a little less memory than this: the kernel and the
/// agent keep some.
pub fn size(instance_type: &str) -> Option<Size> {
    let (family, size) = instance_type.split_once('.')?;
    if matches!(family, "t3" | "t3a" | "t4g") {
        let (_, vcpus, memory) = BURSTABLE.iter().find(|(name, _, _)| *name == size)?;
        return Some(Size { vcpus: *vcpus, memory: *memory });
    }
    let (gib, _) = FAMILIES.iter().find(|(_, families)| families.contains(&family))?;
    let vcpus = match size {
        "medium" if WITH_MEDIUM.contains(&family) => 1,
        "medium" => return None,
        "large" => 2,
        _ => 4 * times_xlarge(size)?,
    };
    Some(Size { vcpus, memory: vcpus * gib * 1024 })
}

/// How many tasks in the network mode `awsvpc` an instance can have: its network interfaces but its
/// own one, or those of its trunk.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html>
pub fn task_interfaces(instance_type: &str, is_trunking: bool) -> Option<u32> {
    let (family, size) = instance_type.split_once('.')?;
    if is_trunking { trunk_tasks(family, size) } else { Some(interfaces(family, size)? - 1) }
}

/// The one that the instance has for itself included.
fn interfaces(family: &str, size: &str) -> Option<u32> {
    let listed = OTHER_INTERFACES
        .iter()
        .find(|(families, sizes, _)| families.contains(&family) && sizes.contains(&size));
    if let Some((_, _, interfaces)) = listed {
        return Some(*interfaces);
    }
    FAMILIES.iter().find(|(_, families)| families.contains(&family))?;
    match size {
        "medium" if WITH_MEDIUM.contains(&family) => Some(2),
        "medium" => None,
        "large" => Some(3),
        _ => match times_xlarge(size)? {
            1 | 2 => Some(4),
            4..=12 => Some(8),
            _ => Some(15),
        },
    }
}

fn trunk_tasks(family: &str, size: &str) -> Option<u32> {
    let (_, tasks) =
        [("medium", 4), ("large", 10), ("xlarge", 20), ("2xlarge", 40), ("4xlarge", 60)]
            .into_iter()
            .find(|(name, _)| *name == size)?;
    let has_size = size != "medium" || WITH_MEDIUM.contains(&family);
    (TRUNKING.contains(&family) && has_size).then_some(tasks)
}

fn times_xlarge(size: &str) -> Option<u32> {
    const SIZES: [u32; 10] = [2, 4, 8, 9, 12, 16, 18, 24, 32, 48];
    match size.strip_suffix("xlarge")? {
        "" => Some(1),
        times => times.parse().ok().filter(|times| SIZES.contains(times)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_types_have_their_published_numbers() {
        for (instance_type, vcpus, gib, interfaces, trunk) in [
            ("m5.large", 2, 8, Some(2), Some(10)),
            ("c5.18xlarge", 72, 144, Some(14), None),
            ("m7g.medium", 1, 4, Some(1), Some(4)),
            ("r6i.2xlarge", 8, 64, Some(3), Some(40)),
            ("c7a.12xlarge", 48, 96, Some(7), None),
            ("t3.medium", 2, 4, Some(2), None),
            ("t3a.xlarge", 4, 16, Some(3), None),
        ] {
            let memory = gib * 1024;
            assert_eq!(size(instance_type), Some(Size { vcpus, memory }), "{instance_type}");
            assert_eq!(task_interfaces(instance_type, false), interfaces, "{instance_type}");
            assert_eq!(task_interfaces(instance_type, true), trunk, "{instance_type}");
        }
        assert_eq!(task_interfaces("t3a.small", false), Some(1));
        assert_eq!(task_interfaces("g5.48xlarge", false), Some(6));
    }

    #[test]
    fn nothing_is_known_of_other_types() {
        for unknown in ["m5.medium", "m5.7xlarge", "u-6tb1.metal", "m5.metal", "large", "p9.large"]
        {
            assert_eq!(size(unknown), None, "{unknown}");
            assert_eq!(task_interfaces(unknown, false), None, "{unknown}");
            assert_eq!(task_interfaces(unknown, true), None, "{unknown}");
        }
    }
}
