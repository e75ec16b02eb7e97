//! The attributes of the poll row for gaps in the children of single parents: two for each such parent, named after it,
//! with the time since when its children are unread. There may be hundreds of them, and an expression has at most 4 KB,
//! so gaps that begin or end together are written in parts.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    attributes::{Attributes, as_text, as_timestamp, optional, text},
    expression::Expression,
};
use crate::domain::{GapProgress, Kind, ParentGap, Timestamp};

const GAP_SINCE: &str = "gap_since";
const SETTLED_AT: &str = "settled_at";

/// How many gaps one update begins or ends.
pub(super) const IN_ONE_UPDATE: usize = 25;

/// The changes of the gaps of some kinds.
pub(super) type Gaps = BTreeMap<Kind, BTreeMap<String, GapProgress>>;

/// A parent, with the kind of its children.
pub(super) type Parent<'a> = (Kind, &'a str);

/// The attribute of the last complete listing of the children of one parent. It exists only while they are unread.
pub(super) fn gap_since(kind: Kind, parent: &str) -> String {
    format!("{GAP_SINCE}/{kind}/{parent}")
}

/// The attribute of the last such listing whose transitions are all recorded. It exists only while that is an earlier
/// one.
pub(super) fn settled_at(kind: Kind, parent: &str) -> String {
    format!("{SETTLED_AT}/{kind}/{parent}")
}

/// Reads the last complete listing of the children of `parent` from the row; none if there is no gap, or there was no
/// listing.
pub(super) fn read_since(row: &Attributes, kind: Kind, parent: &str) -> anyhow::Result<Option<Timestamp>> {
    let name = gap_since(kind, parent);
    // A parent whose children were never listed has an empty text.
    let is_empty = optional(row, &name, as_text)?.is_some_and(|since| since.is_empty());
    if is_empty { Ok(None) } else { optional(row, &name, as_timestamp) }
}

/// Reads the gaps in the children of `kind` from the row, by parent.
pub(super) fn read(row: &Attributes, kind: Kind) -> anyhow::Result<BTreeMap<String, ParentGap>> {
    let prefix = gap_since(kind, "");
    let parents = row.keys().filter_map(|name| name.strip_prefix(&prefix));
    let gap = |parent: &str| {
        let since = read_since(row, kind, parent)?;
        anyhow::Ok(ParentGap { since, settled_at: optional(row, &settled_at(kind, parent), as_timestamp)? })
    };
    parents.map(|parent| Ok((parent.to_owned(), gap(parent)?))).collect()
}

/// Adds a gap, unless the row has it.
pub(super) fn begin(expression: &mut Expression, (kind, parent): Parent<'_>, gap: ParentGap) {
    let since = gap.since.map(|since| since.to_string()).unwrap_or_default();
    expression.set_if_absent(&[&gap_since(kind, parent)], text(since));
    if let Some(settled) = gap.settled_at {
        expression.set_if_absent(&[&settled_at(kind, parent)], text(settled));
    }
}

/// Removes a gap.
pub(super) fn end(expression: &mut Expression, (kind, parent): Parent<'_>) {
    expression.remove(&[&gap_since(kind, parent)]);
    expression.remove(&[&settled_at(kind, parent)]);
}

/// The gaps that begin, and those that end, of `kinds`.
pub(super) fn changes<'a>(gaps: &'a Gaps, kinds: &BTreeSet<Kind>) -> (Vec<(Parent<'a>, ParentGap)>, Vec<Parent<'a>>) {
    let (mut begin, mut end) = (Vec::new(), Vec::new());
    for (kind, parents) in gaps.iter().filter(|(kind, _)| kinds.contains(kind)) {
        for (parent, progress) in parents {
            match progress {
                GapProgress::Begins(gap) => begin.push(((*kind, parent.as_str()), *gap)),
                GapProgress::Ends => end.push((*kind, parent.as_str())),
                GapProgress::GoesOn => {}
            }
        }
    }
    (begin, end)
}

/// The kinds with a gap that goes on. These gaps must still be in the row.
pub(super) fn kinds_that_go_on(gaps: &Gaps) -> BTreeSet<Kind> {
    let goes_on = |parents: &BTreeMap<String, GapProgress>| parents.values().any(|gap| *gap == GapProgress::GoesOn);
    gaps.iter().filter(|(_, parents)| goes_on(parents)).map(|(kind, _)| *kind).collect()
}

/// Begins those gaps of `kind` anew that were to go on but that another poll has ended meanwhile: their children were
/// read by the kind's last complete listing, which is that of `stored`.
pub(super) fn begin_again(
    parents: &mut BTreeMap<String, GapProgress>,
    kind: Kind,
    row: &Attributes,
    stored: ParentGap,
) {
    for (parent, progress) in parents {
        if *progress == GapProgress::GoesOn && !row.contains_key(&gap_since(kind, parent)) {
            *progress = GapProgress::Begins(stored);
        }
    }
}
