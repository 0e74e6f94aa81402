//! Which actions of a plan can run, as others end.

use std::collections::VecDeque;

use super::Outcome;
use crate::plan::Action;

/// Which actions can run, and how those that ran ended.
pub(super) struct Walk {
    missing: Vec<usize>,
    needed_by: Vec<Vec<usize>>,
    ready: VecDeque<usize>,
    outcomes: Vec<Option<Outcome>>,
}

impl Walk {
    pub(super) fn new(actions: &[Action]) -> Self {
        let mut needed_by = vec![vec![]; actions.len()];
        for (index, action) in actions.iter().enumerate() {
            for needed in &action.needs {
                needed_by[*needed].push(index);
            }
        }
        let missing: Vec<usize> = actions.iter().map(|action| action.needs.len()).collect();
        let ready = (0..actions.len()).filter(|index| missing[*index] == 0).collect();
        Self { missing, needed_by, ready, outcomes: actions.iter().map(|_| None).collect() }
    }

    pub(super) fn next(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// Returns what is skipped because of this outcome, each with the action that it needed.
    pub(super) fn finish(&mut self, action: usize, outcome: Outcome) -> Vec<(usize, usize)> {
        let is_done = matches!(outcome, Outcome::Done);
        let is_cancelled = matches!(outcome, Outcome::Cancelled);
        self.outcomes[action] = Some(outcome);
        let mut skipped = vec![];
        let mut open: Vec<(usize, usize)> =
            self.needed_by[action].iter().map(|waiting| (*waiting, action)).collect();
        while let Some((waiting, because)) = open.pop() {
            if is_done {
                self.missing[waiting] -= 1;
                if self.missing[waiting] == 0 && self.outcomes[waiting].is_none() {
                    self.ready.push_back(waiting);
                }
            } else if self.outcomes[waiting].is_none() {
                let outcome =
                    if is_cancelled { Outcome::Cancelled } else { Outcome::Skipped { because } };
                self.outcomes[waiting] = Some(outcome);
                skipped.push((waiting, because));
                open.extend(self.needed_by[waiting].iter().map(|next| (*next, because)));
            }
        }
        if is_cancelled { vec![] } else { skipped }
    }

    pub(super) fn outcomes(self) -> Vec<Outcome> {
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Cancelled)).collect()
    }
}
