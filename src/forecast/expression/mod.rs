//! The cluster query language, in which `memberOf` constraints say on which instances tasks may run.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html>

mod parse;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use regex_lite::Regex;

use super::cluster::Instance;
pub use parse::{Fault, ParseError};

/// An expression such as `attribute:ecs.instance-type =~ g2.* and runningTasksCount < 5`.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    root: Node,
}

/// An instance that may get a task, with as many tasks of the service as it would have before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) instance: &'a Instance,
    /// The task group of the service.
    pub(super) group: &'a str,
    pub(super) own: u32,
}

#[derive(Clone, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test(Subject, Operator),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    AgentConnected,
    AgentVersion,
    Attribute(String),
    Ec2InstanceId,
    RegisteredAt,
    RunningTasksCount,
    TaskGroup,
}

/// What is asked of a subject; the operators that deny are [`Node::Not`] around one of these.
#[derive(Clone, Debug)]
enum Operator {
    Exists,
    In(Vec<String>),
    /// None: Java's regular expressions know more than ours.
    Matches(Option<Regex>),
    Compares(Comparison, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
}

impl Expression {
    /// Reads an expression, at most 2000 characters of it.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Self { text: text.to_owned(), root: parse::parse(text)? })
    }

    /// The attributes of instances that it asks for.
    pub fn attributes(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.root.note_attributes(&mut names);
        names
    }

    /// Whether the answer depends on which tasks an instance runs.
    pub(super) fn asks_for_tasks(&self) -> bool {
        self.root.asks_for_tasks()
    }

    /// Whether an instance may get a task; none when that cannot be known: when instances were
    /// registered, what Java alone matches, the order of texts.
    pub(super) fn holds(&self, candidate: Candidate<'_>) -> Option<bool> {
        self.root.holds(candidate)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Node {
    fn note_attributes<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => {
                for node in nodes {
                    node.note_attributes(names);
                }
            }
            Self::Not(node) => node.note_attributes(names),
            Self::Test(subject, _) => {
                if let Subject::Attribute(name) = subject {
                    names.insert(name);
                }
            }
        }
    }

    fn asks_for_tasks(&self) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(Self::asks_for_tasks),
            Self::Not(node) => node.asks_for_tasks(),
            Self::Test(subject, _) => match subject {
                Subject::RunningTasksCount | Subject::TaskGroup => true,
                Subject::AgentConnected
                | Subject::AgentVersion
                | Subject::Attribute(_)
                | Subject::Ec2InstanceId
                | Subject::RegisteredAt => false,
            },
        }
    }

    fn holds(&self, candidate: Candidate<'_>) -> Option<bool> {
        match self {
            Self::All(nodes) => decisive(nodes, candidate, false),
            Self::Any(nodes) => decisive(nodes, candidate, true),
            Self::Not(node) => node.holds(candidate).map(|holds| !holds),
            Self::Test(Subject::RegisteredAt, _) => None,
            Self::Test(subject, operator) => {
                let answers = candidate.values(subject)?;
                let answers = answers.iter().map(|value| operator.accepts(value));
                answers.fold(Some(false), either)
            }
        }
    }
}

/// `decision` as soon as one of the nodes says it; else the opposite, if all are known.
fn decisive(nodes: &[Node], candidate: Candidate<'_>, decision: bool) -> Option<bool> {
    let agrees = |node: &Node| node.holds(candidate).map(|holds| holds == decision);
    let decided = nodes.iter().map(agrees).fold(Some(false), either);
    decided.map(|decided| decided == decision)
}

fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

impl Candidate<'_> {
    /// The values of a subject: none or one, and one per group of tasks; nothing if not known.
    fn values(&self, subject: &Subject) -> Option<Vec<String>> {
        let instance = self.instance;
        Some(match subject {
            // Others are not asked to run tasks.
            Subject::AgentConnected => vec!["true".to_owned()],
            Subject::AgentVersion => vec![instance.agent_version.clone()?],
            Subject::Attribute(name) => {
                instance.attributes.get(name).cloned().into_iter().collect()
            }
            Subject::Ec2InstanceId => vec![instance.id.clone()],
            Subject::RegisteredAt => return None,
            Subject::RunningTasksCount => {
                vec![
                    (instance.tasks_of_others(self.group).count() as u64 + u64::from(self.own))
                        .to_string(),
                ]
            }
            Subject::TaskGroup => {
                let own = (self.own > 0).then(|| self.group.to_owned());
                let others = instance.tasks_of_others(self.group).map(|task| task.group.clone());
                others.chain(own).collect()
            }
        })
    }
}

impl Operator {
    fn accepts(&self, value: &str) -> Option<bool> {
        match self {
            Self::Exists => Some(true),
            Self::In(values) => Some(values.iter().any(|other| other == value)),
            Self::Matches(pattern) => pattern.as_ref().map(|pattern| pattern.is_match(value)),
            Self::Compares(comparison, other) => {
                let order = numbers(value)?.cmp(&numbers(other)?);
                Some(comparison.accepts(order))
            }
        }
    }
}

/// `1.14.5` as numbers, which compare like versions.
fn numbers(text: &str) -> Option<Vec<u64>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
        }
    }
}
