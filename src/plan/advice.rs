//! What people should know of their resources beside what changes.

use super::actions::Draft;
use super::matching::Matched;
use super::{Situation, Verb};
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
    about.collect()
}
