//! Everything that runs, on one screen: with all details while there is room, else what is in trouble
//! first.

use owo_colors::OwoColorize as _;

use super::block::Seen;
use super::layout::fit;

/// What a screen is to show.
#[derive(Debug, Default)]
pub(in crate::report) struct Page<'a> {
    pub(in crate::report) rollouts: Vec<Seen<'a>>,
    /// What runs beside them, in a line each.
    pub(in crate::report) others: Vec<String>,
    /// How far all of it is.
    pub(in crate::report) footer: Option<String>,
}

impl Page<'_> {
    /// At most `height` lines of at most `width` columns.
    pub(in crate::report) fn lines(&self, width: usize, height: usize) -> Vec<String> {
        let room = height.saturating_sub(usize::from(self.footer.is_some()));
        let mut items: Vec<Vec<String>> = self.rollouts.iter().map(|it| it.block(width)).collect();
        items.extend(self.others.iter().map(|line| vec![line.clone()]));
        if items.iter().map(Vec::len).sum::<usize>() > room {
            items = self.briefly(width, height);
        }
        let all = items.len();
        let shown = shown(items, room, height);
        let left = all - shown.len();
        let lines = shown.into_iter().flatten().chain(self.footer(left)).take(height);
        lines.map(|line| fit(&line, width)).collect()
    }

    /// What is in trouble with its details, then everything else in a line each.
    fn briefly(&self, width: usize, height: usize) -> Vec<Vec<String>> {
        let (unwell, well): (Vec<&Seen<'_>>, Vec<&Seen<'_>>) =
            self.rollouts.iter().partition(|seen| seen.is_unwell());
        let mut room = height.saturating_sub(1);
        let unwell = unwell.into_iter().map(|seen| {
            let mut block = seen.block(width);
            if block.len() > room {
                block = vec![seen.line(width)];
            }
            room = room.saturating_sub(block.len());
            block
        });
        let mut items: Vec<Vec<String>> = unwell.collect();
        items.extend(well.into_iter().map(|seen| vec![seen.line(width)]));
        items.extend(self.others.iter().map(|line| vec![line.clone()]));
        items
    }

    /// The last line.
    fn footer(&self, left: usize) -> Option<String> {
        let more = (left > 0).then(|| format!("and {left} more"));
        let parts: Vec<String> = more.into_iter().chain(self.footer.clone()).collect();
        let line = format!("  {}", parts.join(" · "));
        (!parts.is_empty()).then(|| line.dimmed().to_string())
    }
}

/// The first items, as far as there is room; the last line says how many are left.
fn shown(mut items: Vec<Vec<String>>, room: usize, height: usize) -> Vec<Vec<String>> {
    if items.iter().map(Vec::len).sum::<usize>() <= room {
        return items;
    }
    let mut room = height.saturating_sub(1);
    let mut fits = |item: &Vec<String>| {
        let is_room = item.len() <= room;
        room = room.saturating_sub(item.len());
        is_room
    };
    let count = items.iter().take_while(|item| fits(item)).count();
    items.truncate(count);
    items
}
