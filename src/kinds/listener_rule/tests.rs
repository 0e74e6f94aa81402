//! Listener rules against recorded requests and replies.
