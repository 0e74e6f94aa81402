//! Properties of whole applications, from their YAML to a mock account.

mod account;
mod application;
mod convergence;
mod fields;
mod generate;
mod mutate;
mod scaling;
mod services;
mod shop;
mod strategies;
