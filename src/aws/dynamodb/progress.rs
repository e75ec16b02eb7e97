//! How far the watching of a scope has come, and when nobody watched.

use std::collections::BTreeSet;

use anyhow::bail;

use super::{
    DynamoLedger,
    attributes::{Attributes, number, text},
    calls::{Transacted, Updated, put_new, update_action},
    expression::Expression,
    history_row,
    poll_row::{self, INTERVAL_SECONDS, POLL, SCOPES},
    state_row,
};
use crate::{
    domain::{Kind, Scope, Timestamp, Unmonitored},
    ports::{BaselineAnnounced, Covering, Progress},
};

/// The places of the two actions in the transaction.
const HISTORY: usize = 0;
const POLL_ROW: usize = 1;

impl DynamoLedger {
    /// Writes what one poll learned. A kind that another poll has moved further is left out, and the rest tried again.
    pub(super) async fn write_progress(&self, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
        if progress.first_poll {
            // First, so that no scope is polled that readers cannot find.
            self.put_if_absent(&self.states, state_row::key(SCOPES, scope), state_row::ITEM).await?;
        }
        let mut complete = progress.complete.clone();
        loop {
            let expression = progressed(progress, &complete);
            if expression.update().is_none() {
                return Ok(());
            }
            match self.update(&self.states, poll_key(scope), &expression).await? {
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
    pub(super) async fn write_baseline_announced(&self, announced: &BaselineAnnounced) -> anyhow::Result<()> {
        let BaselineAnnounced { scope, kinds, sink, everywhere, at } = announced;
        let mut expression = Expression::default();
        for kind in kinds {
            expression.set_if_absent(&[&poll_row::baseline_announced_on(*kind, *sink)], text(at));
            if *everywhere {
                expression.set_if_absent(&[&poll_row::baseline_announced(*kind)], text(at));
            }
        }
        if expression.update().is_some() {
            self.update(&self.states, poll_key(scope), &expression).await?;
        }
        Ok(())
    }

    /// Writes a stretch of unmonitored time and moves the kind's last complete listing to its end, if that still lies at
    /// its start.
    pub(super) async fn write_coverage(&self, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
        let last_complete_at = poll_row::last_complete_at(unmonitored.kind);
        let mut expression = Expression::default();
        expression.compare(&[&last_complete_at], "=", text(unmonitored.from));
        expression.set(&[&last_complete_at], text(unmonitored.to));
        let row = history_row::of_unmonitored(unmonitored, expires_at);
        let actions = vec![
            put_new(&self.history, row, history_row::ITEM)?,
            update_action(&self.states, poll_key(&unmonitored.scope), &expression)?,
        ];
        let cancellation = match self.transact(actions).await? {
            Transacted::Written => return Ok(Covering::Written),
            Transacted::Canceled(cancellation) => cancellation,
        };
        if cancellation.row(HISTORY).is_some_and(|row| history_row::is_of_unmonitored(row, unmonitored)) {
            return Ok(Covering::Written);
        }
        let subject = |action| if action == HISTORY { "coverage row" } else { "poll row" }.to_owned();
        if let Some(problem) = cancellation.problem(subject) {
            return Err(self.transaction().because(&problem));
        }
        if cancellation.refused(POLL_ROW) {
            let stored = cancellation.row(POLL_ROW);
            let stored = stored.map(|row| poll_row::read_last_complete_at(row, unmonitored.kind)).transpose()?;
            return Ok(Covering::Refused(stored.flatten()));
        }
        if cancellation.refused(HISTORY) {
            bail!("history has another coverage row that ends at {}", unmonitored.to);
        }
        Err(cancellation.unexplained())
    }
}

fn poll_key(scope: &Scope) -> Attributes {
    state_row::key(scope, POLL)
}

/// What a poll moves in the row: `complete`, and what is not forward-only.
fn progressed(progress: &Progress, complete: &BTreeSet<Kind>) -> Expression {
    let mut expression = Expression::default();
    for kind in complete {
        let name = poll_row::last_complete_at(*kind);
        let (path, at) = (expression.path(&[&name]), expression.value(text(progress.at)));
        // Instants sort as their texts do.
        expression.require(format!("(attribute_not_exists({path}) OR {path} < {at})"));
        expression.set(&[&name], text(progress.at));
    }
    for kind in &progress.baseline {
        expression.set_if_absent(&[&poll_row::baseline_at(*kind)], text(progress.at));
    }
    if let Some(seconds) = progress.interval_seconds {
        expression.set(&[INTERVAL_SECONDS], number(seconds));
    }
    expression
}

/// The kinds of `complete` whose last complete listing lies at `at` or after it already.
fn ahead(row: &Attributes, complete: &BTreeSet<Kind>, at: Timestamp) -> anyhow::Result<BTreeSet<Kind>> {
    let mut ahead = BTreeSet::new();
    for kind in complete {
        if poll_row::read_last_complete_at(row, *kind)?.is_some_and(|stored| stored >= at) {
            ahead.insert(*kind);
        }
    }
    Ok(ahead)
}
