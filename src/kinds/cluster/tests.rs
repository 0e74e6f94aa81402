//! Exact requests and observation.
