//! The row `poll` of a scope: the last complete listing of each kind. Its attributes are flat, so that each can be
//! moved under its own condition.

use anyhow::{Context, bail};

use super::{
    attributes::{Attributes, as_natural, as_timestamp, number, optional, text},
    calls::Updated,
    expression::Expression,
    parent_gaps, scopes_row, state_row,
    tables::Tables,
};
use crate::{
    domain::{Kind, KindProgress, ParentGap, PollRow, Scope, SinkName, Timestamp},
    ports::{BaselineAnnounced, Progress},
};

/// The range key of the row.
pub(super) const POLL: &str = "poll";
const INTERVAL_SECONDS: &str = "interval_seconds";
const LAST_REGULAR_AT: &str = "last_regular_at";

const BASELINE_AT: &str = "baseline_at";
/// The name is older than the term that is used now.
const BASELINE_ANNOUNCED: &str = "baseline_told";
const LAST_COMPLETE_AT: &str = "last_complete_at";
const SETTLED_AT: &str = "settled_at";
const RETIRED: &str = "retired";

/// The key of the row of `scope`.
pub(super) fn key(scope: &Scope) -> Attributes {
    state_row::key(scope, POLL)
}

fn baseline_at(kind: Kind) -> String {
    format!("{BASELINE_AT}/{kind}")
}

fn baseline_announced_at(kind: Kind) -> String {
    format!("{BASELINE_ANNOUNCED}/{kind}")
}

fn baseline_announced_on(kind: Kind, sink: SinkName) -> String {
    format!("{BASELINE_ANNOUNCED}/{kind}/{sink}")
}

/// The attribute of a kind's last complete listing.
pub(super) fn last_complete_at(kind: Kind) -> String {
    format!("{LAST_COMPLETE_AT}/{kind}")
}

/// The attribute of a kind's last complete listing whose transitions are all recorded. It exists only while that is an
/// earlier listing than the last complete one.
pub(super) fn settled_at(kind: Kind) -> String {
    format!("{SETTLED_AT}/{kind}")
}

/// The attribute with the instant since which a kind is no longer configured. It exists only while the kind is not
/// configured.
fn retired_at(kind: Kind) -> String {
    format!("{RETIRED}/{kind}")
}

/// Reads the last complete listing of a kind from the row.
pub(super) fn read_last_complete_at(row: &Attributes, kind: Kind) -> anyhow::Result<Option<Timestamp>> {
    optional(row, &last_complete_at(kind), as_timestamp)
}

/// Reads the row of `scope`. Attributes that this version does not know, or of kinds that it does not know, are
/// ignored.
pub(super) fn read(scope: &Scope, row: &Attributes) -> anyhow::Result<PollRow> {
    let mut poll = PollRow::default();
    let mut read = || {
        poll.interval_seconds = optional(row, INTERVAL_SECONDS, as_natural)?;
        poll.last_regular_at = optional(row, LAST_REGULAR_AT, as_timestamp)?;
        for kind in Kind::ALL {
            let announced_on = format!("{}/", baseline_announced_at(kind));
            let progress = KindProgress {
                baseline_at: optional(row, &baseline_at(kind), as_timestamp)?,
                baseline_announced: optional(row, &baseline_announced_at(kind), as_timestamp)?,
                announced_on: row
                    .keys()
                    .filter_map(|name| name.strip_prefix(&announced_on))
                    .map(str::to_owned)
                    .collect(),
                last_complete_at: read_last_complete_at(row, kind)?,
                settled_at: optional(row, &settled_at(kind), as_timestamp)?,
                retired_at: optional(row, &retired_at(kind), as_timestamp)?,
                gaps: parent_gaps::read(row, kind)?,
            };
            if progress != KindProgress::default() {
                poll.kinds.insert(kind, progress);
            }
        }
        anyhow::Ok(())
    };
    read().with_context(|| format!("the poll row of {scope} is damaged"))?;
    Ok(poll)
}

/// Writes the progress of one poll. A kind that another poll has moved further is left out, and the rest is tried
/// again.
pub(super) async fn progress(tables: &Tables, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
    if progress.first_poll {
        // This comes first, so that readers can find every scope that is polled.
        scopes_row::add(tables, scope).await?;
    }
    let mut progress = progress.clone();
    loop {
        let (begin, end) = parent_gaps::changes(&progress.gaps, &progress.complete);
        let is_one_update = begin.len() + end.len() <= parent_gaps::IN_ONE_UPDATE;
        let mut expression = progressed(&progress);
        if is_one_update {
            begin.iter().for_each(|(parent, gap)| parent_gaps::begin(&mut expression, *parent, *gap));
            end.iter().for_each(|parent| parent_gaps::end(&mut expression, *parent));
        } else {
            // Before the listing counts as complete: if the program stops in between, unread children must not count as
            // read.
            begin_gaps(tables, scope, &begin).await?;
        }
        if expression.update().is_none() {
            return Ok(());
        }
        match tables.update(&tables.states, key(scope), &expression).await? {
            Updated::Written if is_one_update => return Ok(()),
            Updated::Written => return end_gaps(tables, scope, &end, &progress).await,
            Updated::Refused(row) => {
                if !reconsider(&mut progress, &row.unwrap_or_default())? {
                    bail!("the poll row of {scope} refuses to move forward to {}", progress.at);
                }
            }
        }
    }
}

/// Writes the beginnings of many gaps.
async fn begin_gaps(
    tables: &Tables,
    scope: &Scope,
    gaps: &[(parent_gaps::Parent<'_>, ParentGap)],
) -> anyhow::Result<()> {
    for part in gaps.chunks(parent_gaps::IN_ONE_UPDATE) {
        let mut expression = Expression::default();
        part.iter().for_each(|(parent, gap)| parent_gaps::begin(&mut expression, *parent, *gap));
        tables.update(&tables.states, key(scope), &expression).await?;
    }
    Ok(())
}

/// Writes the ends of many gaps, of those kinds whose last complete listing is still the one of `progress`: a poll that has
/// moved it further has decided on the gaps too.
async fn end_gaps(
    tables: &Tables,
    scope: &Scope,
    parents: &[parent_gaps::Parent<'_>],
    progress: &Progress,
) -> anyhow::Result<()> {
    for of_kind in parents.chunk_by(|(kind, _), (next, _)| kind == next) {
        for part in of_kind.chunks(parent_gaps::IN_ONE_UPDATE) {
            let mut expression = Expression::default();
            let kind = part[0].0;
            expression.compare(&[&last_complete_at(kind)], "=", text(progress.complete_at(kind)));
            part.iter().for_each(|parent| parent_gaps::end(&mut expression, *parent));
            tables.update(&tables.states, key(scope), &expression).await?;
        }
    }
    Ok(())
}

/// Decides again from the stored row: leaves out what another poll has moved further. Returns whether any decision has
/// changed.
fn reconsider(progress: &mut Progress, row: &Attributes) -> anyhow::Result<bool> {
    // Each iteration has one kind less, or one that another poll has moved, so the loop ends.
    let mut is_other = false;
    for kind in progress.complete.clone() {
        let since = read_last_complete_at(row, kind)?;
        if since.is_some_and(|stored| stored > progress.complete_at(kind)) {
            progress.complete.remove(&kind);
            // A later poll has written when it began, if it was a regular one.
            progress.regular_at = None;
            is_other = true;
        } else if let Some(parents) = progress.gaps.get_mut(&kind)
            && since != progress.recalled.get(&kind).copied()
        {
            let stored = ParentGap { since, settled_at: optional(row, &settled_at(kind), as_timestamp)? };
            parent_gaps::begin_again(parents, kind, row, stored);
            match since {
                Some(since) => progress.recalled.insert(kind, since),
                None => progress.recalled.remove(&kind),
            };
            is_other = true;
        }
    }
    Ok(is_other)
}

/// Records on which sink a baseline is announced.
pub(super) async fn baseline_announced(tables: &Tables, announced: &BaselineAnnounced) -> anyhow::Result<()> {
    let BaselineAnnounced { scope, kinds, sink, everywhere, at } = announced;
    let mut expression = Expression::default();
    for kind in kinds {
        expression.set_if_absent(&[&baseline_announced_on(*kind, *sink)], text(at));
        if *everywhere {
            expression.set_if_absent(&[&baseline_announced_at(*kind)], text(at));
        }
    }
    if expression.update().is_some() {
        tables.update(&tables.states, key(scope), &expression).await?;
    }
    Ok(())
}

/// The changes of a poll in the row, without the gaps in the children of single parents.
fn progressed(progress: &Progress) -> Expression {
    let mut expression = Expression::default();
    let going_on = parent_gaps::kinds_that_go_on(&progress.gaps);
    for kind in &progress.complete {
        let name = last_complete_at(*kind);
        let complete_at = progress.complete_at(*kind);
        let (path, at) = (expression.path(&[&name]), expression.value(text(complete_at)));
        let recalled = progress.recalled.get(kind).filter(|_| going_on.contains(kind));
        let recalled = recalled.map(|recalled| expression.value(text(recalled)));
        expression.require(match recalled {
            // If another poll has ended a gap that this poll takes to go on, it has moved this attribute.
            Some(recalled) => format!("({path} = {recalled} OR {path} = {at})"),
            // The texts of instants sort by time.
            None => format!("(attribute_not_exists({path}) OR {path} <= {at})"),
        });
        expression.set(&[&name], text(complete_at));
        expression.remove(&[&settled_at(*kind)]);
    }
    for kind in &progress.baseline {
        expression.set_if_absent(&[&baseline_at(*kind)], text(progress.at));
    }
    for kind in &progress.retired {
        expression.set_if_absent(&[&retired_at(*kind)], text(progress.at));
    }
    for kind in &progress.resumed {
        expression.remove(&[&retired_at(*kind)]);
    }
    if let Some(seconds) = progress.interval_seconds {
        expression.set(&[INTERVAL_SECONDS], number(seconds));
    }
    if let Some(at) = progress.regular_at {
        expression.set(&[LAST_REGULAR_AT], text(at));
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_attributes_are_read_and_others_are_ignored() {
        let scope = Scope::regional("1", "us-east-1");
        let row: Attributes = [
            ("interval_seconds", number(60)),
            ("last_complete_at/lag", text("2026-11-22T03:12:00.123Z")),
            ("baseline_told/lag/sns", text("2026-11-22T03:12:00.123Z")),
            ("baseline_told/lag/pager", text("2027-01-01T00:00:00.000Z")),
            ("last_complete_at/cross-connect", number(1)),
            ("gap_since/hosted-connection/dxlag-1", text("2026-11-22T03:12:00.123Z")),
            ("settled_at/hosted-connection/dxlag-1", text("2026-11-22T03:11:00.123Z")),
            ("gap_since/hosted-connection/dxcon-i1", text("")),
            ("gap_since/cross-connect/dxcon-i1", number(1)),
            ("mood", text("sunny")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let poll = read(&scope, &row).unwrap();
        assert_eq!(poll.interval_seconds, Some(60));
        assert_eq!(poll.kinds.keys().collect::<Vec<_>>(), [&Kind::HostedConnection, &Kind::Lag]);
        let hosted = &poll.kinds[&Kind::HostedConnection];
        let gaps: Vec<_> = hosted.gaps.iter().map(|(id, gap)| (id.as_str(), gap.since, gap.settled_at)).collect();
        let at = |text: &str| Some(text.parse().unwrap());
        let lag = ("dxlag-1", at("2026-11-22T03:12:00.123Z"), at("2026-11-22T03:11:00.123Z"));
        assert_eq!(gaps, [("dxcon-i1", None, None), lag]);
        assert_eq!(hosted.settled_at, None, "that is a parent's");
        assert_eq!(poll.kinds[&Kind::Lag].announced_on, ["pager".to_owned(), "sns".to_owned()].into());
        assert_eq!(poll.last_complete_at(Kind::Lag).unwrap().to_string(), "2026-11-22T03:12:00.123Z");
        let damaged = Attributes::from([("baseline_at/lag".to_owned(), text("soon"))]);
        let error = format!("{:#}", read(&scope, &damaged).unwrap_err());
        assert!(
            error.starts_with("the poll row of 1/us-east-1 is damaged: the attribute \"baseline_at/lag\""),
            "{error}"
        );
    }
}
