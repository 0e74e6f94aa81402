//! Each rule with an example that it reports and a neighbour that passes.
