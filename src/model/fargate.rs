//! What AWS Fargate offers: the sizes of a task.

/// CPU units and the memory in MiB that goes with them: first, last, step.
///
/// Source: Amazon ECS Developer Guide, "Task CPU and memory" for Fargate.
const SIZES: [(u32, u32, u32, u32); 6] = [
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024),
    (8192, 16384, 61440, 4096),
    (16384, 32768, 122_880, 8192),
];

/// The CPU sizes, smallest first.
pub const CPU_SIZES: [u32; 8] = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/// The memory sizes in MiB that go with a CPU size, smallest first; none for a size that does not exist.
pub fn memory_sizes(cpu: u32) -> Option<Vec<u32>> {
    match cpu {
        256 => Some(vec![512, 1024, 2048]),
        32768 => Some(vec![61440, 122_880, 249_856]),
        _ => {
            let (_, first, last, step) = SIZES.iter().find(|(size, ..)| *size == cpu)?;
            Some((*first..=*last).step_by(*step as usize).collect())
        }
    }
}

/// The smallest CPU size that goes with a memory size.
pub fn least_cpu(memory: u32) -> Option<u32> {
    CPU_SIZES
        .into_iter()
        .find(|cpu| memory_sizes(*cpu).is_some_and(|sizes| sizes.contains(&memory)))
}

/// Sizes from which platform version 1.4.0 on Linux is needed.
pub const LARGE_CPU: u32 = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_goes_with_cpu() {
        assert_eq!(memory_sizes(256), Some(vec![512, 1024, 2048]));
        assert_eq!(memory_sizes(512), Some(vec![1024, 2048, 3072, 4096]));
        assert_eq!(memory_sizes(4096).unwrap().last(), Some(&30720));
        assert_eq!(memory_sizes(8192).unwrap()[..2], [16384, 20480]);
        assert_eq!(memory_sizes(300), None);
        assert_eq!(
            [least_cpu(512), least_cpu(3072), least_cpu(249_856), least_cpu(700)],
            [Some(256), Some(512), Some(32768), None]
        );
    }
}
