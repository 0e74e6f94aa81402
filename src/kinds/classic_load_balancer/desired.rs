//! From a load balancer of the stack, and the services behind it, to a Classic Load Balancer.

use super::ClassicLoadBalancerSpec;
use crate::facts::Facts;
use crate::kind::Desired;
use crate::model::stack::Stack;

pub(super) fn rows(_stack: &Stack, _facts: &Facts) -> Vec<Desired<ClassicLoadBalancerSpec>> {
    vec![]
}
