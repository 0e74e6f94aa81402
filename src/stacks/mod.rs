//! Properties of whole applications, from their YAML to a mock account.

mod account;
mod application;
mod calls;
mod convergence;
mod fields;
mod forecasts;
mod generate;
mod mutate;
mod scaling;
mod shop;
mod strategies;
mod weathers;
