//! Rollouts where nothing can be drawn: one line for each look that saw something new.

use super::facts;
use super::layout::clean;
use crate::report::words::duration;
use crate::rollout::Progress;

/// Whether two looks saw the same.
pub(in crate::report) fn is_same(one: &Progress, other: &Progress) -> bool {
    let timeless = |progress: &Progress| Progress { elapsed: 0, ..progress.clone() };
    timeless(one) == timeless(other)
}

/// What a look saw that the one before had not; none if that is nothing that matters.
pub(in crate::report) fn change(
    label: &str,
    before: Option<&Progress>,
    now: &Progress,
) -> Option<String> {
    let known = before.map(|before| pieces(label, before)).unwrap_or_default();
    let mut news = pieces(label, now);
    news.retain(|piece| !known.contains(piece));
    if let Some(before) = before {
        news.extend(gone(before, now));
    }
    let when = duration(now.elapsed);
    (!news.is_empty()).then(|| format!("  · {label}  {when}: {}\n", news.join(" · ")))
}

/// How far a rollout is, though nothing happened.
pub(in crate::report) fn heartbeat(label: &str, progress: &Progress, elapsed: u64) -> String {
    let event = facts::event(progress).map(|event| format!("newest event: {event}"));
    let pieces: Vec<String> = pieces(label, progress).into_iter().chain(event).collect();
    format!("  … {label}  {}: {}\n", duration(elapsed), pieces.join(" · "))
}

fn pieces(label: &str, progress: &Progress) -> Vec<String> {
    let revision = Some(clean(&progress.new.revision)).filter(|revision| !revision.is_empty());
    let pause = Some(facts::pause(label, progress).join(", ")).filter(|pause| !pause.is_empty());
    let trouble = facts::trouble(progress).map(|trouble| format!("trouble: {trouble}"));
    let hint = facts::remedy(progress).map(|remedy| format!("hint: {remedy}"));
    let status = revision.into_iter().chain([facts::status(progress)]);
    let counts = facts::tasks(progress).into_iter().chain(facts::course(progress));
    status.chain(counts).chain(pause).chain(trouble).chain(hint).collect()
}

/// What is over.
fn gone(before: &Progress, now: &Progress) -> impl Iterator<Item = String> {
    let pause = before.pause.is_some() && now.pause.is_none();
    let old = before.old.is_some() && now.old.is_none();
    let pause = pause.then(|| "no longer paused".to_owned());
    pause.into_iter().chain(old.then(|| "no old tasks".to_owned()))
}
