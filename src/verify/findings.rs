//! What the judgement comes to: what is right, what is wrong, and what could not be checked.

use std::collections::BTreeMap;

use super::Subject;
use super::answers::Unread;
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, Severity};

/// Something that is wrong, or that could not be checked.
#[derive(Clone, Debug)]
pub struct Finding {
    pub subject: Subject,
    pub problem: Problem,
}

/// How many things of a subject are so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    /// Doubtful, and told as a warning.
    pub doubtful: usize,
    pub unchecked: usize,
}

/// The outcome of all checks.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the subjects.
    pub findings: Vec<Finding>,
    /// Only subjects of which there was anything to check.
    pub tallies: BTreeMap<Subject, Tally>,
    /// What is never checked, and why: sentences without a full stop.
    pub notes: Vec<String>,
}

impl Report {
    pub fn has_failed(&self) -> bool {
        self.findings.iter().any(|finding| finding.problem.severity == Severity::Error)
    }

    pub fn problems(&self) -> Vec<Problem> {
        self.findings.iter().map(|finding| finding.problem.clone()).collect()
    }

    /// Over all subjects.
    pub fn total(&self) -> Tally {
        self.tallies.values().fold(Tally::default(), |sum, tally| Tally {
            passed: sum.passed + tally.passed,
            failed: sum.failed + tally.failed,
            doubtful: sum.doubtful + tally.doubtful,
            unchecked: sum.unchecked + tally.unchecked,
        })
    }

    pub(super) fn add(&mut self, findings: Findings) {
        let Findings { subject, mut tally, mut problems, unread, notes } = findings;
        for (why, things) in unread {
            tally.unchecked += things.len();
            problems.push(unchecked(subject, &why, &things));
        }
        if tally != Tally::default() {
            self.tallies.insert(subject, tally);
        }
        self.findings.extend(problems.into_iter().map(|problem| Finding { subject, problem }));
        self.notes.extend(notes);
    }
}

/// What one subject comes to.
pub(super) struct Findings {
    subject: Subject,
    tally: Tally,
    problems: Vec<Problem>,
    unread: BTreeMap<Unread, Vec<(String, Option<Span>)>>,
    notes: Vec<String>,
}

impl Findings {
    pub(super) fn of(subject: Subject) -> Self {
        Self {
            subject,
            tally: Tally::default(),
            problems: vec![],
            unread: BTreeMap::new(),
            notes: vec![],
        }
    }

    pub(super) fn pass(&mut self) {
        self.tally.passed += 1;
    }

    pub(super) fn add(&mut self, problem: Problem) {
        match problem.severity {
            Severity::Error => self.tally.failed += 1,
            Severity::Warning => self.tally.doubtful += 1,
        }
        self.problems.push(problem);
    }

    /// The thing, such as "image `nginx`", could not be checked. Things with the same reason share a
    /// warning.
    pub(super) fn unread(&mut self, why: &Unread, thing: String, place: Option<Span>) {
        let things = self.unread.entry(why.clone()).or_default();
        if !things.iter().any(|(known, at)| (known, at) == (&thing, &place)) {
            things.push((thing, place));
        }
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }
}

fn unchecked(subject: Subject, why: &Unread, things: &[(String, Option<Span>)]) -> Problem {
    let mut names: Vec<&str> = things.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    let verb = if names.len() == 1 { "was" } else { "were" };
    let message = format!("{} {verb} not checked: {}", names.join(", "), why.reason);
    let problem = Problem::warning(subject.unchecked(), message);
    let mut places: Vec<&Span> = things.iter().filter_map(|(_, place)| place.as_ref()).collect();
    places.dedup();
    let problem =
        places.into_iter().fold(problem, |problem, place| problem.at(place, "not checked"));
    match &why.permission {
        Some(permission) => {
            problem.hint(format!("allow `{permission}` in a policy of the identity that runs this"))
        }
        None => problem,
    }
}

/// Labels a place, if there is one.
pub(super) fn at(problem: Problem, place: Option<&Span>, text: impl Into<String>) -> Problem {
    match place {
        Some(place) => problem.at(place, text),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_read_for_one_reason_is_one_warning_and_nothing_that_passed() {
        let mut findings = Findings::of(Subject::Secrets);
        for name in ["a", "b"] {
            findings.unread(
                &Unread::denied("ssm:DescribeParameters"),
                format!("secret `{name}`"),
                None,
            );
        }
        findings.unread(&Unread::because("it rains"), "secret `c`".to_owned(), None);
        let mut report = Report::default();
        report.add(findings);
        assert_eq!(report.total(), Tally { unchecked: 3, ..Tally::default() });
        let messages: Vec<_> =
            report.findings.iter().map(|finding| finding.problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "secret `c` was not checked: it rains",
                "secret `a`, secret `b` were not checked: the identity lacks the permission `ssm:DescribeParameters`",
            ]
        );
        assert!(!report.has_failed());
    }
}
