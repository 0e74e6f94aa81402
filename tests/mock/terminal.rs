//! On a terminal: questions, answers and bars.

use crate::{Application, done, ended, set};

#[test]
fn apply_asks_and_does_it_after_a_yes() {
    let hello = Application::example("hello");
    let no = ended(hello.ecsctl.run_on_terminal(&["apply"], &[("Do this?", "n")]), 8);
    assert!(no.stdout.contains("error: cancelled: nothing was changed"), "{}", no.stdout);
    assert_eq!(hello.account(), "");
    let yes = done(hello.ecsctl.run_on_terminal(&["apply"], &[("Do this?", "y")]));
    assert!(yes.stdout.contains("Done: 7 resources."), "{}", yes.stdout);
    assert_eq!(hello.plan().changes(), set(&[]));
    let nothing = done(hello.ecsctl.run_on_terminal(&["apply"], &[]));
    assert!(!nothing.stdout.contains("Do this?"), "{}", nothing.stdout);
}

#[test]
fn destroy_wants_the_application_s_name() {
    let hello = Application::example("hello");
    hello.apply();
    for wrong in ["yes\r", "\r", "\u{3}"] {
        ended(hello.ecsctl.run_on_terminal(&["destroy"], &[("to go on", wrong)]), 8);
        assert_eq!(hello.size(), 7, "{wrong:?}");
    }
    done(hello.ecsctl.run_on_terminal(&["destroy"], &[("Type `hello` to go on", "hello\r")]));
    assert_eq!(hello.size(), 0);
}

#[test]
fn the_interrupt_key_is_a_no() {
    let hello = Application::example("hello");
    let run = ended(hello.ecsctl.run_on_terminal(&["apply"], &[("Do this?", "\u{3}")]), 8);
    assert!(run.stdout.contains("cancelled: nothing was changed"), "{}", run.stdout);
    assert_eq!(hello.account(), "");
}

#[test]
fn init_asks_for_the_name_only() {
    let hello = Application::example("hello");
    let typed = [("Name of the application", "bakery\r")];
    let run = done(hello.ecsctl.run_on_terminal(&["init", "-f", "new"], &typed));
    assert!(run.stdout.contains("Wrote the application bakery:"), "{}", run.stdout);
}

#[test]
fn colours_and_bars_are_for_terminals_that_have_them() {
    let with = |environment: &[(&str, &str)]| {
        let hello = environment
            .iter()
            .fold(Application::example("hello"), |hello, (name, value)| hello.env(name, value));
        done(hello.ecsctl.run_on_terminal(&["apply", "--auto-approve"], &[])).stdout
    };
    let is_colored = |text: &str| text.contains("\u{1b}[3") || text.contains("\u{1b}[1m");
    assert!(is_colored(&with(&[("TERM", "xterm-256color")])));
    assert!(!is_colored(&with(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")])));
    let dumb = with(&[("TERM", "dumb")]);
    assert!(!dumb.contains('\u{1b}'), "{dumb:?}");
    assert!(dumb.contains("  ✓ service/hello  done"), "{dumb}");
}
