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
    let what = info.payload_as_str().unwrap_or("an unknown reason").replace('\n', " ");
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
    let place = place.unwrap_or_default();
    format!("ecsctl failed inside: {what}{place}; this is a defect, please report it\n")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    /// Not a test by itself: a hook is the whole process's, so it is run in one of its own.
    #[test]
    #[ignore = "run by the test below"]
    fn panics() {
        super::install();
        panic!("two\nlines");
    }

    #[test]
    fn a_panic_is_one_line() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["report::defect::tests::panics", "--exact", "--ignored", "--nocapture"])
            .env("RUST_BACKTRACE", "1")
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let line = stderr.trim_end();
        assert!(
            line.starts_with("ecsctl failed inside: two lines (src/report/defect.rs:"),
            "{line}"
        );
        assert!(line.ends_with("; this is a defect, please report it"), "{line}");
        assert_eq!(line.lines().count(), 1);
    }
}
