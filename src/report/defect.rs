//! What is said when ecsctl itself is wrong: one line, whatever the environment asks for.

use std::io::Write as _;
use std::panic::{self, PanicHookInfo};

/// Says each panic in one line, without a backtrace.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        // Nobody is left to tell when stderr is closed.
        let _ = std::io::stderr().write_all(line(info).as_bytes());
    }));
}

fn line(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("an unknown reason");
    told(what, info.location().map(ToString::to_string))
}

fn told(what: &str, place: Option<String>) -> String {
    let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
    format!("ecsctl failed inside: {what}{place}; this is a defect, please report it\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_panic_is_one_line() {
        assert_eq!(
            super::told("two\n  lines", Some("src/plan.rs:7:3".to_owned())),
            "ecsctl failed inside: two lines (src/plan.rs:7:3); this is a defect, please report it\n"
        );
    }
}
