//! A row of the table: what it recognises, and what it says.

use super::example::Example;
use super::signal::Signal;
use super::symptom::Symptom;

/// One thing that can be wrong with a rollout.
///
/// `cause` and `remedies` name what is concerned by a placeholder such as `{image}`, which stands for
/// what AWS's words say of it, or for a word in its place where they do not.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Stable: `image-not-found`.
    pub code: &'static str,
    /// Any of them.
    pub signals: &'static [Signal],
    /// All of them.
    pub when: &'static [When],
    pub cause: &'static str,
    pub remedies: &'static [&'static str],
    /// Every further task must fail likewise until somebody changes something.
    pub is_hopeless: bool,
    pub weight: Weight,
    /// Where AWS says so.
    pub source: &'static str,
    pub example: Example,
}

/// What else must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The task runs on Fargate.
    Fargate,
    /// It runs on instances.
    Instances,
    /// The image comes from a private repository of ECR.
    Ecr,
}

/// Whether a release can be blamed for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Cause,
    /// It befell the release, or follows from something else that went wrong.
    Circumstance,
}

impl Row {
    pub(super) fn recognises(&self, symptom: &Symptom<'_>) -> bool {
        let holds = |when: &When| match when {
            When::Fargate => symptom.is_on_fargate(),
            When::Instances => !symptom.is_on_fargate(),
            When::Ecr => symptom.image().is_some_and(is_ecr),
        };
        self.when.iter().all(holds) && self.signals.iter().any(|signal| signal.is_in(symptom))
    }

    /// The words by which the row is known, for people.
    pub fn recognised_by(&self) -> String {
        let signals =
            self.signals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; or ");
        let when = self.when.iter().map(|when| match when {
            When::Fargate => ", on Fargate",
            When::Instances => ", on instances",
            When::Ecr => ", with an image from ECR",
        });
        signals + &when.collect::<String>()
    }
}

/// `444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2`
fn is_ecr(image: &str) -> bool {
    image.split('/').next().is_some_and(|host| host.contains(".dkr.ecr"))
}
