//! What continuous integration uses of ecsctl: the action, and the examples of its page.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test, helpers' included")]
#![expect(clippy::disallowed_methods, reason = "tests pass on the environment that they need")]

mod ci {
    mod action;
    mod examples;
    mod job;
}
