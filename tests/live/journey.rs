//! An example from nothing, through changes, to nothing, in an account of its own.

use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::events::Events;
use crate::support::manifests::Manifests;
use crate::{done, set};

/// An edit of a manifest, and all that the plan must then show.
pub(super) struct Edit {
    pub(super) file: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) changes: &'static [&'static str],
}

/// The program on one of the examples in `manifests/`.
pub(super) struct Journey {
    pub(super) account: Account,
    pub(super) manifests: Manifests,
    pub(super) ecsctl: Ecsctl,
    never_kept: &'static [&'static str],
}

impl Journey {
    pub(super) fn new(example: &str, account: Account) -> Self {
        let manifests = Manifests::example(example);
        let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
        Self { account, manifests, ecsctl, never_kept: &[] }
    }

    /// On a server that drops these changes each time they are made.
    pub(super) fn that_never_keeps(self, never_kept: &'static [&'static str]) -> Self {
        Self { never_kept, ..self }
    }

    pub(super) fn plan(&self) -> Events {
        Events::of(&done(self.ecsctl.run(&["plan", "--output", "json"])))
    }

    pub(super) fn apply(&self) {
        done(self.ecsctl.run(&["apply", "--auto-approve", "--output", "json"]));
    }

    /// Plans just these changes, makes them, and has nothing left to plan.
    pub(super) fn changes_to(&self, changes: &[&str], edit: &str) {
        let expected = [changes, self.never_kept].concat();
        assert_eq!(self.plan().changes(), set(&expected), "{edit}");
        self.apply();
        assert_eq!(self.plan().changes(), set(self.never_kept), "after {edit}");
    }

    /// Makes the edits one after another.
    pub(super) fn through(&self, edits: &[Edit]) {
        for edit in edits {
            self.manifests.edit(edit.file, edit.from, edit.to);
            self.changes_to(edit.changes, edit.to);
        }
    }

    pub(super) fn destroy(&self) {
        done(self.ecsctl.run(&["destroy", "--auto-approve", "--output", "json"]));
    }
}
