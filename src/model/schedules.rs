//! When scheduled actions run: the expressions of Application Auto Scaling, and time zones.

use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::tz::TimeZoneDatabase;

/// What is wrong with an expression, and what would be right.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::model) struct Fault {
    pub(in crate::model) message: String,
    pub(in crate::model) hint: String,
}

impl Fault {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// A field of a cron expression.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    /// What stands for `least`, the number after it and so on.
    words: &'static [&'static str],
    /// What may stand alone or, with a number, for certain days.
    days: Days,
}

#[derive(PartialEq)]
enum Days {
    No,
    OfMonth,
    OfWeek,
}

const MONTHS: &[&str] =
    &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 6] = [
    Field { name: "minutes", least: 0, most: 59, words: &[], days: Days::No },
    Field { name: "hours", least: 0, most: 23, words: &[], days: Days::No },
    Field { name: "day-of-month", least: 1, most: 31, words: &[], days: Days::OfMonth },
    Field { name: "month", least: 1, most: 12, words: MONTHS, days: Days::No },
    Field { name: "day-of-week", least: 1, most: 7, words: WEEKDAYS, days: Days::OfWeek },
    Field { name: "year", least: 1970, most: 2199, words: &[], days: Days::No },
];

const ORDER: &str = "minutes hours day-of-month month day-of-week year";

/// Finds what Application Auto Scaling would refuse.
pub(in crate::model) fn check(expression: &str) -> Result<(), Fault> {
    let Some((form, rest)) = expression.split_once('(') else {
        return Err(form_fault(expression));
    };
    let Some(inner) = rest.strip_suffix(')') else {
        let hint = "put the expression in quotes: in braces, a comma ends the value";
        return Err(Fault::new(format!("`{expression}` has no closing parenthesis"), hint));
    };
    match form {
        "cron" => cron(inner),
        "rate" => rate(inner),
        "at" => at(inner),
        _ => Err(form_fault(expression)),
    }
}

fn form_fault(expression: &str) -> Fault {
    Fault::new(
        format!("`{expression}` is no schedule"),
        "write `cron(0 22 * * ? *)`, `rate(12 hours)` or `at(2026-12-24T18:00:00)`",
    )
}

fn at(text: &str) -> Result<(), Fault> {
    let is_long = text.len() == "yyyy-mm-ddThh:mm:ss".len() && text.as_bytes()[10] == b'T';
    if is_long && text.parse::<DateTime>().is_ok() {
        return Ok(());
    }
    let hint = "write it as `at(2026-12-24T18:00:00)`, in the action's time zone";
    Err(Fault::new(format!("`{text}` is no date and time"), hint))
}

fn rate(text: &str) -> Result<(), Fault> {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let Some(count) = number.parse::<u32>().ok().filter(|count| *count > 0) else {
        return Err(Fault::new(format!("`{number}` is no rate"), "begin with a number from 1"));
    };
    let is_one_of = |units: [&str; 3]| units.contains(&unit);
    let (singular, plural) = (["minute", "hour", "day"], ["minutes", "hours", "days"]);
    let message = || format!("`{unit}` does not go with {count}");
    match count {
        1 if is_one_of(singular) => Ok(()),
        1 => Err(Fault::new(message(), "1 goes with `minute`, `hour` or `day`")),
        _ if is_one_of(plural) => Ok(()),
        _ => {
            let hint = "numbers from 2 go with `minutes`, `hours` or `days`";
            Err(Fault::new(message(), hint))
        }
    }
}

fn cron(text: &str) -> Result<(), Fault> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        let message = format!("`{text}` has {} fields, not 6", parts.len());
        return Err(Fault::new(message, format!("the fields are {ORDER}")));
    }
    for (field, part) in FIELDS.iter().zip(&parts) {
        for item in part.split(',') {
            field.check(item).map_err(|what| field.fault(item, &what))?;
        }
    }
    match (parts[2], parts[4]) {
        ("?", "?") => Err(Fault::new(
            "both day-of-month and day-of-week are `?`",
            "write `*` for one of them",
        )),
        ("?", _) | (_, "?") => Ok(()),
        _ => Err(Fault::new(
            "both day-of-month and day-of-week say a day",
            "write `?` for the one that does not matter",
        )),
    }
}

impl Field {
    fn fault(&self, item: &str, what: &str) -> Fault {
        let Self { name, least, most, .. } = self;
        let message = format!("`{item}` is no {name}: {what}");
        let words = match self.words {
            [] => String::new(),
            [first, .., last] => format!(" or {first} to {last}"),
            [only] => format!(" or {only}"),
        };
        Fault::new(message, format!("{name} is {least} to {most}{words}; the fields are {ORDER}"))
    }

    /// One item of a field's list: `*`, `5`, `MON-FRI`, `0/15`, `L`, `15W`, `6#3`.
    fn check(&self, item: &str) -> Result<(), String> {
        match item {
            "*" => return Ok(()),
            "?" | "L" if self.days != Days::No => return Ok(()),
            "?" => return Err("`?` is for days only".to_owned()),
            "LW" if self.days == Days::OfMonth => return Ok(()),
            _ => {}
        }
        if let Some((start, step)) = item.split_once('/') {
            let is_step = step.parse::<u32>().is_ok_and(|step| step > 0 && step <= self.most);
            return match is_step {
                true if start == "*" => Ok(()),
                true => self.range(start),
                false => Err(format!("`{step}` is no step")),
            };
        }
        match self.days {
            Days::OfMonth if item.ends_with('W') => self.number(&item[..item.len() - 1]).map(drop),
            Days::OfWeek if item.ends_with('L') => self.number(&item[..item.len() - 1]).map(drop),
            Days::OfWeek if item.contains('#') => self.nth(item),
            Days::No | Days::OfMonth | Days::OfWeek => self.range(item),
        }
    }

    /// `6#3`: the third Friday.
    fn nth(&self, item: &str) -> Result<(), String> {
        let (day, week) = item.split_once('#').unwrap_or((item, ""));
        self.number(day)?;
        match week.parse::<u32>() {
            Ok(1..=5) => Ok(()),
            Ok(_) | Err(_) => Err("a month has a first to a fifth of a weekday".to_owned()),
        }
    }

    fn range(&self, item: &str) -> Result<(), String> {
        let Some((from, to)) = item.split_once('-') else { return self.number(item).map(drop) };
        match (self.number(from)?, self.number(to)?) {
            (from, to) if from <= to => Ok(()),
            _ => Err("it ends before it begins".to_owned()),
        }
    }

    fn number(&self, text: &str) -> Result<u32, String> {
        let upper = text.to_ascii_uppercase();
        let word = (self.least..).zip(self.words).find(|(_, word)| **word == upper);
        if let Some((number, _)) = word {
            return Ok(number);
        }
        let number = text.parse::<u32>().map_err(|_| format!("`{text}` is no number"))?;
        let is_in = (self.least..=self.most).contains(&number);
        is_in.then_some(number).ok_or_else(|| "it is out of range".to_owned())
    }
}

/// The names of all time zones of the IANA database.
pub(in crate::model) fn time_zones() -> &'static [String] {
    static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
        TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect()
    });
    &ZONES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_takes_is_right() {
        for expression in [
            "cron(0 22 * * ? *)",
            "cron(0/15 8-18 ? * MON-FRI *)",
            "cron(0 10 ? jan-mar 2 2026-2030)",
            "cron(5,35 14 1,15 * ? *)",
            "cron(0 8 L * ? *)",
            "cron(0 8 LW * ? *)",
            "cron(0 8 3W * ? *)",
            "cron(0 10 ? * 6L 2026)",
            "cron(0 10 ? * FRI#2 *)",
            "cron(*/10 * * * ? *)",
            "rate(1 minute)",
            "rate(12 hours)",
            "at(2028-02-29T18:00:00)",
        ] {
            assert_eq!(check(expression), Ok(()), "{expression}");
        }
        for zone in ["UTC", "Europe/Berlin", "Etc/GMT+9", "US/Eastern"] {
            assert!(time_zones().iter().any(|known| known == zone), "{zone}");
        }
    }

    #[test]
    fn a_fault_names_its_field() {
        let faults = [
            "cron(60 22 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 22 0 * ? *)",
            "cron(0 22 * 13 ? *)",
            "cron(0 22 ? * 0 *)",
            "cron(0 22 * * ? 1969)",
            "cron(0 22 * * ?)",
            "cron(0 22 * * * *)",
            "cron(0 22 ? * ? *)",
            "cron(? 22 * * ? *)",
            "cron(0 22-8 * * ? *)",
            "cron(0/0 22 * * ? *)",
            "cron(0 22 ? * MON#6 *)",
            "cron(0 22 ? * MONDAY *)",
            "cron(0 8",
            "rate(1 hours)",
            "rate(2 hour)",
            "rate(0 hours)",
            "rate(1.5 hours)",
            "at(2026-02-29T18:00:00)",
            "at(2026-12-24 18:00:00)",
            "at(2026-12-24T18:00)",
            "every day",
        ]
        .map(|expression| match check(expression) {
            Ok(()) => panic!("{expression} is wrong"),
            Err(fault) => format!("{} -> {}", fault.message, fault.hint),
        });
        insta::assert_snapshot!(faults.join("\n"), @"
        `60` is no minutes: it is out of range -> minutes is 0 to 59; the fields are minutes hours day-of-month month day-of-week year
        `24` is no hours: it is out of range -> hours is 0 to 23; the fields are minutes hours day-of-month month day-of-week year
        `0` is no day-of-month: it is out of range -> day-of-month is 1 to 31; the fields are minutes hours day-of-month month day-of-week year
        `13` is no month: it is out of range -> month is 1 to 12 or JAN to DEC; the fields are minutes hours day-of-month month day-of-week year
        `0` is no day-of-week: it is out of range -> day-of-week is 1 to 7 or SUN to SAT; the fields are minutes hours day-of-month month day-of-week year
        `1969` is no year: it is out of range -> year is 1970 to 2199; the fields are minutes hours day-of-month month day-of-week year
        `0 22 * * ?` has 5 fields, not 6 -> the fields are minutes hours day-of-month month day-of-week year
        both day-of-month and day-of-week say a day -> write `?` for the one that does not matter
        both day-of-month and day-of-week are `?` -> write `*` for one of them
        `?` is no minutes: `?` is for days only -> minutes is 0 to 59; the fields are minutes hours day-of-month month day-of-week year
        `22-8` is no hours: it ends before it begins -> hours is 0 to 23; the fields are minutes hours day-of-month month day-of-week year
        `0/0` is no minutes: `0` is no step -> minutes is 0 to 59; the fields are minutes hours day-of-month month day-of-week year
        `MON#6` is no day-of-week: a month has a first to a fifth of a weekday -> day-of-week is 1 to 7 or SUN to SAT; the fields are minutes hours day-of-month month day-of-week year
        `MONDAY` is no day-of-week: `MONDAY` is no number -> day-of-week is 1 to 7 or SUN to SAT; the fields are minutes hours day-of-month month day-of-week year
        `cron(0 8` has no closing parenthesis -> put the expression in quotes: in braces, a comma ends the value
        `hours` does not go with 1 -> 1 goes with `minute`, `hour` or `day`
        `hour` does not go with 2 -> numbers from 2 go with `minutes`, `hours` or `days`
        `0` is no rate -> begin with a number from 1
        `1.5` is no rate -> begin with a number from 1
        `2026-02-29T18:00:00` is no date and time -> write it as `at(2026-12-24T18:00:00)`, in the action's time zone
        `2026-12-24 18:00:00` is no date and time -> write it as `at(2026-12-24T18:00:00)`, in the action's time zone
        `2026-12-24T18:00` is no date and time -> write it as `at(2026-12-24T18:00:00)`, in the action's time zone
        `every day` is no schedule -> write `cron(0 22 * * ? *)`, `rate(12 hours)` or `at(2026-12-24T18:00:00)`
        ");
    }
}
