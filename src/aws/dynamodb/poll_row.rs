//! The row `poll` of a scope: how far the watching of each kind has come, in flat attributes, so that each moves on a
//! condition of its own.

use std::collections::BTreeSet;

use anyhow::{Context, bail};

use super::{
    attributes::{Attributes, as_natural, as_timestamp, number, optional, text},
    calls::Updated,
    expression::Expression,
    scopes_row, state_row,
    tables::Tables,
};
use crate::{
    domain::{Kind, KindProgress, PollRow, Scope, SinkName, Timestamp},
    ports::{BaselineAnnounced, Progress},
};

/// The range key of the row.
pub(super) const POLL: &str = "poll";
const INTERVAL_SECONDS: &str = "interval_seconds";

const BASELINE_AT: &str = "baseline_at";
/// The name is older than the word that is used now.
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

/// The attribute of a kind's last complete listing of which all is on record, there only while that is an earlier one.
pub(super) fn settled_at(kind: Kind) -> String {
    format!("{SETTLED_AT}/{kind}")
}

/// The attribute of the instant since which a kind is configured no longer, there only while it is.
fn retired_at(kind: Kind) -> String {
    format!("{RETIRED}/{kind}")
}

/// The last complete listing of a kind that a row says.
pub(super) fn read_last_complete_at(row: &Attributes, kind: Kind) -> anyhow::Result<Option<Timestamp>> {
    optional(row, &last_complete_at(kind), as_timestamp)
}

/// Reads the row of `scope`. Attributes of kinds that this version does not know, and attributes that it does not know at
/// all, are none of its business.
pub(super) fn read(scope: &Scope, row: &Attributes) -> anyhow::Result<PollRow> {
    let mut poll = PollRow::default();
    let mut read = || {
        poll.interval_seconds = optional(row, INTERVAL_SECONDS, as_natural)?;
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

/// Writes what one poll learned. A kind that another poll has moved further is left out, and the rest tried again.
pub(super) async fn progress(tables: &Tables, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
    if progress.first_poll {
        // First, so that no scope is polled that readers cannot find.
        scopes_row::add(tables, scope).await?;
    }
    let mut complete = progress.complete.clone();
    loop {
        let expression = progressed(progress, &complete);
        if expression.update().is_none() {
            return Ok(());
        }
        match tables.update(&tables.states, key(scope), &expression).await? {
            Updated::Written => return Ok(()),
            Updated::Refused(row) => {
                let ahead = ahead(&row.unwrap_or_default(), &complete, progress.at)?;
                if ahead.is_empty() {
                    bail!("the poll row of {scope} refuses to move forward to {}", progress.at);
                }
                // At least one less each time: the loop ends.
                complete.retain(|kind| !ahead.contains(kind));
            }
        }
    }
}

/// Remembers on which sink a baseline is announced.
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

/// What a poll moves in the row: `complete`, and what is not forward-only.
fn progressed(progress: &Progress, complete: &BTreeSet<Kind>) -> Expression {
    let mut expression = Expression::default();
    for kind in complete {
        let name = last_complete_at(*kind);
        let (path, at) = (expression.path(&[&name]), expression.value(text(progress.at)));
        // Instants sort as their texts do.
        expression.require(format!("(attribute_not_exists({path}) OR {path} <= {at})"));
        expression.set(&[&name], text(progress.at));
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
    expression
}

/// The kinds of `complete` whose last complete listing lies after `at` already.
fn ahead(row: &Attributes, complete: &BTreeSet<Kind>, at: Timestamp) -> anyhow::Result<BTreeSet<Kind>> {
    let mut ahead = BTreeSet::new();
    for kind in complete {
        if read_last_complete_at(row, *kind)?.is_some_and(|stored| stored > at) {
            ahead.insert(*kind);
        }
    }
    Ok(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_read_and_the_rest_left_alone() {
        let scope = Scope::regional("1", "us-east-1");
        let row: Attributes = [
            ("interval_seconds", number(60)),
            ("last_complete_at/lag", text("2026-11-22T03:12:00.123Z")),
            ("baseline_told/lag/sns", text("2026-11-22T03:12:00.123Z")),
            ("baseline_told/lag/pager", text("2027-01-01T00:00:00.000Z")),
            ("last_complete_at/cross-connect", number(1)),
            ("mood", text("sunny")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let poll = read(&scope, &row).unwrap();
        assert_eq!(poll.interval_seconds, Some(60));
        assert_eq!(poll.kinds.keys().collect::<Vec<_>>(), [&Kind::Lag]);
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
