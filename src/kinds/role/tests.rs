//! Exact requests, observation, and least privilege.
