//! For the tests of judgements: manifests from a string, and what is found as short text.

use std::collections::BTreeMap;
use std::fmt;

use super::{Answers, Extent, Questions, Report, Scene, Subject, judge, questions};
use crate::facts::{Facts, NetworkFacts, Subnet};
use crate::model::resolve::{Input, resolve_with_manifests};
use crate::model::testing::{parse, render};
use crate::model::variables::Variables;

/// A judgement of some answers.
pub(super) struct Judged {
    text: String,
    pub(super) questions: Questions,
    pub(super) report: Report,
}

/// A service `web` on Fargate, with these fields.
pub(super) fn service(fields: &str) -> String {
    format!("{{ kind: Service, name: web, {fields} }}")
}

pub(super) const SUBNETS: [&str; 2] = ["subnet-1", "subnet-2"];

fn facts(networks: Vec<&String>) -> Facts {
    let subnets = SUBNETS.map(|id| Subnet {
        id: id.to_owned(),
        availability_zone: format!("eu-west-1{}", if id.ends_with('1') { "a" } else { "b" }),
        is_public: false,
    });
    let network = NetworkFacts {
        vpc: "vpc-1".to_owned(),
        subnets: subnets.to_vec(),
        load_balancer_subnets: subnets.to_vec(),
    };
    Facts {
        account: "444455556666".to_owned(),
        region: "eu-west-1".to_owned(),
        partition: "aws".to_owned(),
        networks: networks.into_iter().map(|name| (name.clone(), network.clone())).collect(),
        auto_scaling_groups: BTreeMap::new(),
        load_balancers: BTreeMap::new(),
    }
}

impl Judged {
    /// The documents in `text`, of which one subject is checked with the answers that `answer` writes.
    pub(super) fn of(text: &str, subject: Subject, answer: impl FnOnce(&mut Answers)) -> Self {
        Self::with(text, subject, |_| (), answer)
    }

    /// The same, in an account of which more is known.
    pub(super) fn with(
        text: &str,
        subject: Subject,
        known: impl FnOnce(&mut Facts),
        answer: impl FnOnce(&mut Answers),
    ) -> Self {
        let variables = Variables::default();
        let input =
            Input { documents: parse(text), directory_name: "shop", environment: None, variables };
        let (stack, manifests, _) =
            resolve_with_manifests(input).expect("the test's manifests are right");
        let mut facts = facts(stack.networks.keys().collect());
        known(&mut facts);
        let subjects = Subject::ALL.iter().position(|it| *it == subject).expect("all are listed");
        let extent = Extent { subjects: &Subject::ALL[subjects..=subjects], documents: None };
        let scene = Scene { stack: &stack, manifests: &manifests, facts: &facts, extent: &extent };
        let mut answers = Answers { now: 1_800_000_000, ..Answers::default() };
        answer(&mut answers);
        let (questions, report) = (questions(&scene), judge(&scene, &answers));
        Self { text: text.to_owned(), questions, report }
    }

    pub(super) fn passed(&self) -> usize {
        assert_eq!(self.report.findings.len(), 0, "{self}");
        self.report.total().passed
    }
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(&self.text, &self.report.problems()))?;
        self.report.notes.iter().try_for_each(|note| write!(f, "\nnote: {note}"))
    }
}
