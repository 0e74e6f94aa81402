//! What people should know of their resources beside what changes.

use std::collections::BTreeSet;

use super::actions::Draft;
use super::matching::Matched;
use super::{Situation, Verb};
use crate::kind::DesiredRow;
use crate::value::Address;

/// A sentence or two for the reader of a plan: something to decide, or what will follow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advice {
    pub address: Address,
    pub text: String,
}

/// Asks each kind about its rows, those that go away included.
pub(super) fn advice(
    situation: &Situation<'_>,
    matched: &Matched<'_>,
    actions: &[Draft<'_>],
) -> Vec<Advice> {
    let staying = matched.matches.iter().map(|found| {
        let live = found.standing.live();
        (&found.row.address, Some(&found.spec), live)
    });
    // With a document goes all of it: nothing of it is left for what could follow.
    let stays =
        |document: &Address| situation.desired.iter().any(|row| row.manifest.address == *document);
    let leaving = actions
        .iter()
        .filter(|draft| draft.action.verb == Verb::Delete && !draft.action.is_replacement)
        .filter(|draft| stays(&draft.action.manifest.address))
        .map(|draft| (&draft.action.address, None, draft.live));
    let about = staying.chain(leaving).flat_map(|(address, desired, live)| {
        let texts = situation.kind(&address.kind).advice(desired, live);
        texts.into_iter().map(|text| Advice { address: address.clone(), text })
    });
    about.chain(idle(situation)).collect()
}

/// Changes to ignore that none of the document's resources could have: most likely misspelled.
fn idle(situation: &Situation<'_>) -> BTreeSet<Advice> {
    let knows = |row: &DesiredRow, path: &str| {
        let field = path.split(['.', '[']).next().unwrap_or_default();
        row.spec.get(field).is_some()
    };
    let mut advice = BTreeSet::new();
    for row in situation.desired.iter().filter(|row| !row.ignore.is_empty()) {
        let address = &row.manifest.address;
        let siblings = || situation.desired.iter().filter(|it| it.manifest.address == *address);
        let paths = row.ignore.iter().map(|(path, _)| path);
        let unknown = paths.filter(|path| !siblings().any(|sibling| knows(sibling, path)));
        advice.extend(unknown.map(|path| Advice {
            address: address.clone(),
            text: format!("`lifecycle.ignoreChanges` has no effect on `{path}`: no resource of it has this field"),
        }));
    }
    advice
}
