//! Load balancers against recorded requests and replies.
