//! What of a plan's actions fits: whole ones only, and none in place of one that is worse.

use super::entry::Entry;
use super::list::Part;

/// The actions that fit, by section.
pub(super) struct Fitted<'a> {
    pub(super) grave: Part<'a>,
    pub(super) others: Part<'a>,
}

/// Takes what fits into `room` bytes. Of what is grave as much as possible is named; what is left of
/// the room goes to its fields, the worst first; then come the others in order, until one cannot
/// even be named.
pub(super) fn fit(entries: &[Entry], room: usize) -> Fitted<'_> {
    let (grave, others): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.is_grave);
    let mut left = room;
    let grave = named(&grave, &mut left);
    // What is grave and has no place leaves none to others.
    let mut left = if grave.left_out > 0 { 0 } else { left };
    Fitted { grave, others: in_order(&others, &mut left) }
}

fn named<'a>(entries: &[&'a Entry], left: &mut usize) -> Part<'a> {
    let fitting = entries.iter().take_while(|entry| takes(left, entry.least()));
    let fitting: Vec<&Entry> = fitting.copied().collect();
    let shown = fitting.iter().map(|entry| entry.longest(left)).collect();
    Part { shown, left_out: entries.len() - fitting.len() }
}

fn in_order<'a>(entries: &[&'a Entry], left: &mut usize) -> Part<'a> {
    let mut shown = vec![];
    for entry in entries {
        if takes(left, entry.full.len()) {
            shown.push(entry.full.as_str());
        } else if takes(left, entry.least()) {
            shown.push(entry.longest(left));
        } else {
            break;
        }
    }
    Part { left_out: entries.len() - shown.len(), shown }
}

/// Whether so many bytes are left; then they are taken.
fn takes(left: &mut usize, bytes: usize) -> bool {
    let rest = left.checked_sub(bytes);
    *left = rest.unwrap_or(*left);
    rest.is_some()
}

impl Entry {
    fn least(&self) -> usize {
        self.short.len().min(self.full.len())
    }

    /// The longest form for which there is room beside the least one, which is taken already.
    fn longest(&self, left: &mut usize) -> &str {
        if takes(left, self.full.len() - self.least()) { &self.full } else { &self.short }
    }
}
