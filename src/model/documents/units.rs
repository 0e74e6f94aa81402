//! Sizes and times as people write them, kept as the integers that AWS takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// CPU of a task or container: AWS's units, 1024 to a vCPU, or vCPUs in words.
///
/// Examples: `256`, `0.5 vCPU`, `2 vCPU`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(extend(
    "type" = ["integer", "string"],
    "minimum" = 0,
    "pattern" = r"^([0-9]+|[0-9]*\.?[0-9]+ *[vV][cC][pP][uU]s?)$",
    "patternErrorMessage" = "expected CPU units such as `512`, or vCPUs such as `0.5 vCPU`",
    "examples" = [256, 512, 1024, "0.5 vCPU"]
))]
pub struct Cpu(pub u32);

/// Memory in MiB, or in words; as in ECS, 1 GB is 1024 MiB.
///
/// Examples: `512`, `512 MB`, `2 GB`, `0.5 GB`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(extend(
    "type" = ["integer", "string"],
    "minimum" = 0,
    "pattern" = r"^([0-9]+|[0-9]*\.?[0-9]+ *([mM]|[gG])[iI]?[bB])$",
    "patternErrorMessage" = "expected MiB such as `1024`, or a size such as `1 GB`",
    "examples" = [512, 1024, "1 GB"]
))]
pub struct Mebibytes(pub u32);

/// Disk space in GiB, or in words.
///
/// Examples: `50`, `50 GB`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(extend(
    "type" = ["integer", "string"],
    "minimum" = 0,
    "pattern" = r"^[0-9]+( *[gG][iI]?[bB])?$",
    "patternErrorMessage" = "expected GiB such as `50`, or a size such as `50 GB`",
    "examples" = [50, "50 GB"]
))]
pub struct Gibibytes(pub u32);

/// A time in seconds, or with its unit: `s`, `m`, `h` or `d`.
///
/// Examples: `30`, `30s`, `5m`, `1h`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(extend(
    "type" = ["integer", "string"],
    "minimum" = 0,
    "pattern" = r"^[0-9]+ *[smhd]?$",
    "patternErrorMessage" = "expected seconds such as `30`, or a time such as `30s`, `5m` or `1h`",
    "examples" = ["10s", "5m", "1h"]
))]
pub struct Seconds(pub u32);

/// A number of days, or with its unit.
///
/// Examples: `30`, `30d`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(extend(
    "type" = ["integer", "string"],
    "minimum" = 0,
    "pattern" = r"^[0-9]+ *d?$",
    "patternErrorMessage" = "expected days such as `30` or `30d`",
    "examples" = [30, "90d"]
))]
pub struct Days(pub u32);

/// A size or time that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct UnitError {
    text: String,
    expected: &'static str,
}

impl TryFrom<String> for Cpu {
    type Error = UnitError;
    fn try_from(text: String) -> Result<Self, UnitError> {
        scaled(&text, &[("", 1), ("vcpu", 1024), ("vcpus", 1024)], "a number of CPU units or vCPUs")
            .map(Self)
    }
}

impl TryFrom<String> for Mebibytes {
    type Error = UnitError;
    fn try_from(text: String) -> Result<Self, UnitError> {
        let units = [("", 1), ("mb", 1), ("mib", 1), ("gb", 1024), ("gib", 1024)];
        scaled(&text, &units, "a size in MiB, MB or GB").map(Self)
    }
}

impl TryFrom<String> for Gibibytes {
    type Error = UnitError;
    fn try_from(text: String) -> Result<Self, UnitError> {
        scaled(&text, &[("", 1), ("gb", 1), ("gib", 1)], "a size in GiB or GB").map(Self)
    }
}

impl TryFrom<String> for Seconds {
    type Error = UnitError;
    fn try_from(text: String) -> Result<Self, UnitError> {
        let units = [("", 1), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
        scaled(&text, &units, "a time in seconds, or with the unit s, m, h or d").map(Self)
    }
}

impl TryFrom<String> for Days {
    type Error = UnitError;
    fn try_from(text: String) -> Result<Self, UnitError> {
        scaled(&text, &[("", 1), ("d", 1)], "a number of days").map(Self)
    }
}

/// Reads `<number> <unit>`; the amount has to come out whole, since AWS takes integers.
fn scaled(text: &str, units: &[(&str, u32)], expected: &'static str) -> Result<u32, UnitError> {
    let error = || UnitError { text: text.to_owned(), expected };
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let (_, factor) = units.iter().find(|(name, _)| *name == unit).ok_or_else(error)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 6 || (whole.is_empty() && fraction.is_empty()) {
        return Err(error());
    }
    let scale = 10_u64.pow(u32::try_from(fraction.len()).map_err(|_| error())?);
    let parse = |part: &str| if part.is_empty() { Some(0) } else { part.parse::<u64>().ok() };
    let amount = parse(whole)
        .and_then(|whole| whole.checked_mul(scale))
        .and_then(|whole| whole.checked_add(parse(fraction)?))
        .and_then(|amount| amount.checked_mul(u64::from(*factor)))
        .ok_or_else(error)?;
    if amount % scale != 0 {
        return Err(error());
    }
    u32::try_from(amount / scale).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_become_the_integers_of_aws() {
        let cpu = |text: &str| Cpu::try_from(text.to_owned()).map(|cpu| cpu.0).ok();
        let memory = |text: &str| Mebibytes::try_from(text.to_owned()).map(|memory| memory.0).ok();
        let seconds = |text: &str| Seconds::try_from(text.to_owned()).map(|time| time.0).ok();
        assert_eq!(
            [cpu("512"), cpu(".5 vCPU"), cpu("0.25vcpu"), cpu("2 vCPU")],
            [Some(512), Some(512), Some(256), Some(2048)]
        );
        assert_eq!(
            [cpu("0.5"), cpu("vCPU"), cpu("1 GB"), cpu("-1"), cpu("99999999 vCPU")],
            [None; 5]
        );
        assert_eq!(
            [memory("1 GB"), memory("512MiB"), memory("0.5gb"), memory("2048")],
            [Some(1024), Some(512), Some(512), Some(2048)]
        );
        assert_eq!(
            [seconds("90"), seconds("90s"), seconds("5 m"), seconds("1h"), seconds("1w")],
            [Some(90), Some(90), Some(300), Some(3600), None]
        );
    }
}
