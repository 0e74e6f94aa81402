//! The registry. Adding a kind is one file beside this one and one line below.
