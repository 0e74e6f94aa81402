//! Target groups against recorded requests and replies.
