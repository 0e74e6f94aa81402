//! What EC2 offers: images that are made for ECS, and what the names of instance types say.

use super::documents::instances::Image;

/// What an instance runs, which decides the form of its user data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Amazon Linux.
    Linux,
    Bottlerocket,
    Windows,
}

impl Image {
    /// What an instance is launched from: a fixed image, or the public parameter that names the newest one.
    ///
    /// EC2 reads the parameter at each launch, so a newer image is no difference and no call of ours.
    /// Source: Amazon EC2 User Guide, "Use a Systems Manager parameter instead of an AMI ID"; the parameters are in the
    /// Amazon ECS Developer Guide, "Retrieving Amazon ECS-optimized AMI metadata", and in Bottlerocket's README.
    pub fn id(&self) -> String {
        let linux = |variant: &str| {
            format!("ecs/optimized-ami/amazon-linux-2023/{variant}recommended/image_id")
        };
        let bottlerocket = |variant: &str, processor| {
            format!("bottlerocket/{variant}/{processor}/latest/image_id")
        };
        let windows = |release: &str| {
            format!("ami-windows-latest/Windows_Server-{release}-ECS_Optimized/image_id")
        };
        let parameter = match self {
            Self::AmazonLinux2023 => linux(""),
            Self::AmazonLinux2023Arm64 => linux("arm64/"),
            Self::AmazonLinux2023Gpu => linux("gpu/"),
            Self::Bottlerocket => bottlerocket("aws-ecs-2", "x86_64"),
            Self::BottlerocketArm64 => bottlerocket("aws-ecs-2", "arm64"),
            Self::BottlerocketGpu => bottlerocket("aws-ecs-2-nvidia", "x86_64"),
            Self::Windows2019Full => windows("2019-English-Full"),
            Self::Windows2019Core => windows("2019-English-Core"),
            Self::Windows2022Full => windows("2022-English-Full"),
            Self::Windows2022Core => windows("2022-English-Core"),
            Self::Fixed(id) => return id.clone(),
        };
        format!("resolve:ssm:/aws/service/{parameter}")
    }

    /// A fixed image is taken for an Amazon Linux.
    pub fn platform(&self) -> Platform {
        match self {
            Self::AmazonLinux2023
            | Self::AmazonLinux2023Arm64
            | Self::AmazonLinux2023Gpu
            | Self::Fixed(_) => Platform::Linux,
            Self::Bottlerocket | Self::BottlerocketArm64 | Self::BottlerocketGpu => {
                Platform::Bottlerocket
            }
            Self::Windows2019Full
            | Self::Windows2019Core
            | Self::Windows2022Full
            | Self::Windows2022Core => Platform::Windows,
        }
    }

    /// Whether it has the drivers of NVIDIA's GPUs.
    pub fn is_for_gpu(&self) -> bool {
        matches!(self, Self::AmazonLinux2023Gpu | Self::BottlerocketGpu)
    }

    /// Whether it is for AWS Graviton; none where only the account knows.
    pub fn is_arm(&self) -> Option<bool> {
        match self {
            Self::Fixed(_) => None,
            image => Some(matches!(image, Self::AmazonLinux2023Arm64 | Self::BottlerocketArm64)),
        }
    }
}

/// Whether instances of this type have AWS Graviton processors: `a1`, and a `g` after the generation.
///
/// Source: Amazon EC2 Instance Types Guide, "Instance type naming conventions".
pub fn is_arm(instance_type: &str) -> bool {
    let (class, attributes) = family(instance_type);
    class == "a" || attributes.starts_with('g')
}

/// Whether instances of this type have GPUs of NVIDIA, which ECS's images have drivers for.
///
/// Source: Amazon ECS Developer Guide, "Amazon ECS task definitions for GPU workloads": G and P, but not G4ad.
pub fn has_gpu(instance_type: &str) -> bool {
    let (class, attributes) = family(instance_type);
    matches!(class, "g" | "gr" | "p") && !attributes.starts_with('a')
}

/// The letters before the generation, and those after it: `im` and `gn` of `im4gn.large`.
fn family(instance_type: &str) -> (&str, &str) {
    let family = instance_type.split('.').next().unwrap_or(instance_type);
    let generation = family.find(|c: char| c.is_ascii_digit()).unwrap_or(family.len());
    let (class, rest) = family.split_at(generation);
    (class, rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graviton_has_a_g_after_the_generation() {
        let arm = [
            "m7g.large",
            "c6gn.xlarge",
            "t4g.micro",
            "a1.medium",
            "im4gn.large",
            "is4gen.large",
            "g5g.xlarge",
            "r8gd.large",
        ];
        let other = [
            "m7i.large",
            "g4dn.xlarge",
            "g6.xlarge",
            "gr6.4xlarge",
            "t3.micro",
            "u7i-12tb.224xlarge",
            "c6a.large",
        ];
        assert_eq!(arm.map(is_arm), [true; 8]);
        assert_eq!(other.map(is_arm), [false; 7]);
    }

    #[test]
    fn families_g_and_p_have_gpus_of_nvidia() {
        assert_eq!(
            ["g4dn.xlarge", "g6e.xlarge", "gr6.4xlarge", "p5.48xlarge", "g5g.xlarge"].map(has_gpu),
            [true; 5]
        );
        assert_eq!(["g4ad.xlarge", "m7g.large", "trn1.2xlarge"].map(has_gpu), [false; 3]);
    }

    #[test]
    fn the_newest_image_is_named_by_its_public_parameter() {
        let images = [
            Image::AmazonLinux2023,
            Image::AmazonLinux2023Gpu,
            Image::BottlerocketArm64,
            Image::Windows2022Full,
            Image::Fixed("ami-0123456789abcdef0".to_owned()),
        ];
        insta::assert_snapshot!(images.map(|image| image.id()).join("\n"), @r"
        resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id
        resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id
        resolve:ssm:/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id
        resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id
        ami-0123456789abcdef0
        ");
    }
}
