//! Listeners against recorded requests and replies.
