//! Numbers with a fraction that compare, subtract and print exactly.

use std::fmt;
use std::ops::Sub;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number with at most six digits after the point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    /// In millionths: AWS's floating point numbers, rounded, so that they read back as written.
    millionths: i64,
}

const DIGITS: usize = 6;
const ONE: i64 = 1_000_000;

impl Decimal {
    /// Reads `60`, `-2` or `0.25`.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, number) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || fraction.len() > DIGITS
        {
            return None;
        }
        let fraction: i64 = format!("{fraction:0<DIGITS$}").parse().ok()?;
        let millionths = whole.parse::<i64>().ok()?.checked_mul(ONE)?.checked_add(fraction)?;
        Some(Self { millionths: sign * millionths })
    }

    /// The nearest one to a number of AWS; none where that is beyond all that manifests can say.
    pub fn of(number: f64) -> Option<Self> {
        Self::parse(&format!("{number:.DIGITS$}"))
    }

    /// As AWS takes it.
    pub fn as_f64(self) -> f64 {
        self.to_string().parse().expect("a decimal prints as a number")
    }

    pub fn is_positive(self) -> bool {
        self.millionths > 0
    }

    fn whole(self) -> Option<i64> {
        (self.millionths % ONE == 0).then_some(self.millionths / ONE)
    }
}

impl From<i32> for Decimal {
    fn from(number: i32) -> Self {
        Self { millionths: i64::from(number) * ONE }
    }
}

impl Sub for Decimal {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { millionths: self.millionths.saturating_sub(other.millionths) }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.millionths < 0 { "-" } else { "" };
        let number = self.millionths.unsigned_abs();
        let (whole, fraction) = (number / ONE.unsigned_abs(), number % ONE.unsigned_abs());
        let text = format!("{sign}{whole}.{fraction:0DIGITS$}");
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.whole() {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.as_f64()),
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

struct Number;

impl Number {
    fn read<E: de::Error>(text: &str) -> Result<Decimal, E> {
        let error =
            || E::custom(format!("`{text}` is not a number with at most 6 digits after the point"));
        Decimal::parse(text).ok_or_else(error)
    }
}

impl de::Visitor<'_> for Number {
    type Value = Decimal;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        Self::read(text)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Decimal, E> {
        Self::read(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Decimal, E> {
        Self::read(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Decimal, E> {
        Self::read(&number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_print_as_they_are_written() {
        for text in ["0", "60", "-2", "0.25", "-0.5", "100.000001", "9000000000000"] {
            let decimal = Decimal::parse(text).unwrap();
            assert_eq!(decimal.to_string(), text);
            assert_eq!(Decimal::of(decimal.as_f64()), Some(decimal), "{text}");
            let json = serde_json::to_string(&decimal).unwrap();
            assert_eq!(json, text);
            assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), decimal);
        }
        for text in ["", ".5", "1e3", "0.1234567", "9999999999999999999", "--1", "1.-2", "NaN"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        let [a, b] = ["0.3", "0.1"].map(|text| Decimal::parse(text).unwrap());
        assert_eq!((a - b).to_string(), "0.2");
        assert_eq!(Decimal::of(0.1 + 0.2), Some(a));
        assert_eq!(Decimal::of(f64::NAN), None);
    }
}
