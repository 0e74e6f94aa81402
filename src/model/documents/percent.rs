//! Percentages with one digit after the point, as ECS shifts requests by them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A percentage with at most one digit after the point: `10`, `2.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(extend(
    "type" = ["number", "string"],
    "minimum" = 0,
    "maximum" = 100,
    "pattern" = r"^[0-9]{1,3}(\.[0-9])?$",
    "patternErrorMessage" = "expected a percentage such as `10` or `2.5`",
    "examples" = [10, 2.5]
))]
pub struct Percent(
    /// In tenths.
    u32,
);

impl Percent {
    pub const fn whole(percent: u32) -> Self {
        Self(percent * 10)
    }

    pub const fn tenths(self) -> u32 {
        self.0
    }

    /// The nearest one to a number of AWS.
    pub fn of(number: f64) -> Option<Self> {
        Self::parse(&format!("{number:.1}"))
    }

    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let whole: u32 = whole.parse().ok()?;
        let fraction: u32 = Some(fraction).filter(|digits| digits.len() == 1)?.parse().ok()?;
        whole.checked_mul(10)?.checked_add(fraction).map(Self)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 10, self.0 % 10) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, tenth) => write!(f, "{whole}.{tenth}"),
        }
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 % 10 {
            0 => serializer.serialize_u32(self.0 / 10),
            _ => serializer.serialize_f64(self.as_f64()),
        }
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

struct Number;

impl de::Visitor<'_> for Number {
    type Value = Percent;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a percentage")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Percent, E> {
        let error = || E::custom(format!("`{text}` is not a percentage such as `10` or `2.5`"));
        Percent::parse(text).ok_or_else(error)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Percent, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Percent, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Percent, E> {
        self.visit_str(&number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact_and_print_as_they_are_written() {
        for text in ["0", "5", "2.5", "99.9", "100"] {
            let percent = Percent::parse(text).unwrap();
            assert_eq!(percent.to_string(), text);
            assert_eq!(Percent::of(percent.as_f64()), Some(percent), "{text}");
            assert_eq!(serde_json::to_string(&percent).unwrap(), text);
            assert_eq!(serde_json::from_str::<Percent>(text).unwrap(), percent);
        }
        for text in ["", ".5", "1.25", "-1", "5%"] {
            assert_eq!(Percent::parse(text), None, "{text}");
        }
    }
}
