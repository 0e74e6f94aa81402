//! Exact requests, observation, and who may reach whom.
