//! The central write: a transition's history row and its item's state row, both or neither.

use std::collections::BTreeMap;

use anyhow::bail;
use rusqlite::Connection;

use super::{
    history::{self, Slot},
    states,
};
use crate::{
    domain::{Scope, SinkName, StateRow, Transition},
    ports::{Record, Recording},
};

/// How many first sights of a baseline share a transaction. If the program is cut short, the earlier ones are recorded.
pub(super) const BASELINE_CHUNK: usize = 50;

/// Writes a transition, if the state row is still the one that it was decided from.
pub(super) fn record(connection: &Connection, record: &Record<'_>, sinks: &[SinkName]) -> anyhow::Result<Recording> {
    let transition = record.transition;
    let (scope, key) = (transition.scope(), transition.key());
    match history::slot(connection, record)? {
        Slot::Free => {}
        Slot::Own => return Ok(Recording::Recorded),
        Slot::Taken => return Ok(Recording::Lost),
    }
    let row = states::of_item(connection, &scope, &key)?;
    if !is_as_recalled(transition, row.as_ref()) {
        return Ok(Recording::Lost);
    }
    // A sink that was added after the row was created starts at the row's sequence. Earlier transitions are not for it.
    let start = row.as_ref().map_or(0, |row| row.sequence);
    let mut announced = row.map(|row| row.announced).unwrap_or_default();
    for sink in sinks {
        announced.entry(sink.as_str().to_owned()).or_insert(start);
    }
    announced.extend(record.passed_by.iter().map(|sink| (sink.as_str().to_owned(), transition.sequence)));
    history::insert(connection, record)?;
    states::put(connection, &scope, transition, &announced)?;
    Ok(Recording::Recorded)
}

/// Writes those of `records` whose items have no row yet, as announced to every one of `sinks`.
pub(super) fn record_baseline(
    connection: &Connection,
    scope: &Scope,
    records: &[Record<'_>],
    sinks: &[SinkName],
) -> anyhow::Result<()> {
    let announced: BTreeMap<String, u64> = sinks.iter().map(|sink| (sink.as_str().to_owned(), 1)).collect();
    for record in records {
        let transition = record.transition;
        if states::exists(connection, scope, &transition.key())? {
            continue;
        }
        match history::slot(connection, record)? {
            Slot::Free => history::insert(connection, record)?,
            // The state row was lost, but the history was not.
            Slot::Own => {}
            Slot::Taken => bail!("the history has another row in the place of {transition}"),
        }
        states::put(connection, scope, transition, &announced)?;
    }
    Ok(())
}

fn is_as_recalled(transition: &Transition, row: Option<&StateRow>) -> bool {
    match (&transition.previous, row) {
        (None, None) => true,
        (Some(previous), Some(row)) => {
            row.sequence.checked_add(1) == Some(transition.sequence)
                && row.last_transition_at == previous.last_transition_at
                && previous.confirmed.as_ref().is_none_or(|confirmed| row.suspect.as_ref() == Some(&confirmed.suspect))
                && !(previous.certain && row.suspect.is_some())
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}
