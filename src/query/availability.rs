//! Reads what an availability report needs: each item's transitions in the window, and the unmonitored time.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    pin::pin,
    time::Duration,
};

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};

use super::{CALLS_IN_FLIGHT, Remembered, coverage::Coverage, gathering};
use crate::{
    domain::{ItemKey, ItemPath, Recalled, Selection, Span, StateRow, Timestamp, WindowRows},
    ports::{History, Windows},
    report::{Assembly, PollInterval, Report, Sight, Statement, Terms, Timeline, UnmonitoredTime},
};

/// When the first item was seen or the first baseline was complete.
pub fn first_observation(remembered: &[Remembered]) -> Option<Timestamp> {
    let recalled = || remembered.iter().map(|remembered| &remembered.recalled);
    let polls = recalled().filter_map(|scope| scope.poll.as_ref());
    let baselines = polls.flat_map(|poll| poll.kinds.values()).filter_map(|progress| progress.baseline_at);
    let states = recalled().flat_map(|scope| scope.states.values()).map(|row| row.since);
    baselines.chain(states).min()
}

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Records<'a> {
    /// States, transitions and incidents.
    pub history: &'a dyn History,
    /// Planned time.
    pub windows: &'a dyn Windows,
}

/// The report on all items of `remembered`, by `terms`. `seen` is called with each item once it is read.
///
/// # Errors
///
/// The store, or an event in it, cannot be read.
pub async fn availability(
    records: Records<'_>,
    remembered: Vec<Remembered>,
    terms: Terms<'_>,
    mut seen: impl FnMut(&ItemKey),
) -> anyhow::Result<Report> {
    let mut assembly = Assembly::new(terms);
    let reading = Reading { history: records.history, terms };
    let accounts: BTreeSet<String> =
        remembered.iter().map(|remembered| remembered.recalled.scope.account().to_owned()).collect();
    for scope in remembered {
        reading.scope(scope, &mut assembly, &mut seen).await?;
    }
    let mut draft = assembly.draft();
    gathering::gather(records.history, &mut draft.report).await?;
    if draft.has_outages() {
        draft.take_in(&windows(records.windows, accounts).await?);
    }
    Ok(draft.complete())
}

/// The rows of windows of each account.
async fn windows(stored: &dyn Windows, accounts: BTreeSet<String>) -> anyhow::Result<BTreeMap<String, WindowRows>> {
    let read = stream::iter(accounts).map(async |account| {
        let rows = stored.windows(&account).await?;
        anyhow::Ok((account, rows))
    });
    read.buffer_unordered(CALLS_IN_FLIGHT).try_collect().await
}

/// The store to read, and the terms of the report.
#[derive(Clone, Copy)]
struct Reading<'a> {
    history: &'a dyn History,
    terms: Terms<'a>,
}

impl Reading<'_> {
    /// All items of a scope.
    async fn scope(
        self,
        remembered: Remembered,
        assembly: &mut Assembly<'_>,
        seen: &mut impl FnMut(&ItemKey),
    ) -> anyhow::Result<()> {
        let coverage = &Coverage::read(self.history, self.terms, &remembered).await?;
        let Recalled { scope, states, poll, .. } = remembered.recalled;
        let poll_interval = poll
            .as_ref()
            .and_then(|poll| Some(PollInterval { seconds: poll.interval_seconds?, at: poll.last_poll_at()? }));
        let scope = &scope;
        let statements = stream::iter(states).map(async |(key, row)| {
            let path = ItemPath::new(scope.clone(), key);
            let statement = self.item(&path, &row, coverage.of(&path.key)).await?;
            anyhow::Ok((path.key, row.details, statement))
        });
        let mut statements = pin!(statements.buffered(CALLS_IN_FLIGHT));
        while let Some((key, details, statement)) = statements.try_next().await? {
            assembly.add(details, poll_interval, statement);
            seen(&key);
        }
        Ok(())
    }

    async fn item(self, path: &ItemPath, row: &StateRow, unmonitored: &UnmonitoredTime) -> anyhow::Result<Statement> {
        let Terms { window, exclusions, .. } = self.terms;
        let mut timeline = Timeline::new(window, unmonitored, exclusions, Assembly::needs_course(path.key.kind));
        // If an item has not changed since the window began, its state row is enough and its history is not read.
        if row.last_transition_at >= window.from {
            self.sights(path, Span::since(window.from), |sight| timeline.see(sight)).await?;
        }
        let mut statement = timeline.finish(row);
        if let Some(outage) = statement.outages.first_mut().filter(|outage| outage.begins_before) {
            let from = outage.started_at;
            let its_beginning = Span::new(from, from.plus(Duration::from_millis(1)));
            let complete = |sight: &Sight| {
                sight.complete(outage);
                ControlFlow::Continue(())
            };
            self.sights(path, its_beginning, complete).await?;
        }
        Ok(statement)
    }

    async fn sights(
        self,
        path: &ItemPath,
        span: Span,
        mut each: impl FnMut(&Sight) -> ControlFlow<()>,
    ) -> anyhow::Result<()> {
        let mut damage = Ok(());
        let mut read = |row| match Sight::read(path.key.kind, &row) {
            Ok(sight) => each(&sight),
            Err(error) => {
                damage =
                    Err(error).with_context(|| format!("the event of {path} at {} cannot be read", row.occurred_at));
                ControlFlow::Break(())
            }
        };
        self.history.each_transition(&Selection::of(path.clone(), span), &mut read).await?;
        damage
    }
}
