//! Reads the incidents that the outages of a report belong to.

use std::ops::ControlFlow;

use futures::{StreamExt, TryStreamExt, stream};

use super::CALLS_IN_FLIGHT;
use crate::{
    domain::{HistoryRow, RecordedIncident, Span, Timestamp},
    ports::History,
    report::{Gathering, Report, Unnamed},
};

/// How long after the end of an outage a document may tell of it: what gathers transitions may have failed for a while.
const LATE_BY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Puts the recorded incidents of a report's outages into it.
///
/// # Errors
///
/// The store cannot be read.
pub(super) async fn gather(history: &dyn History, report: &mut Report) -> anyhow::Result<()> {
    name(history, report).await?;
    let mut gathering = Gathering::default();
    loop {
        let wanted = gathering.wanted(report);
        if wanted.is_empty() {
            break;
        }
        let read = stream::iter(wanted).map(async |(scope, id)| {
            let rows: Vec<HistoryRow> = history.documents(&scope, id).await?;
            anyhow::Ok((id, rows))
        });
        let mut read = std::pin::pin!(read.buffered(CALLS_IN_FLIGHT));
        while let Some((id, rows)) = read.try_next().await? {
            let documents: Vec<RecordedIncident<'_>> =
                rows.iter().map(|row| RecordedIncident::of(&row.event)).collect();
            gathering.add(id, &documents);
        }
    }
    gathering.finish(report);
    Ok(())
}

/// Looks through the documents for the incidents of outages of which no transition names one. Where all are named, which is
/// so in most reports, nothing is read.
async fn name(history: &dyn History, report: &mut Report) -> anyhow::Result<()> {
    let mut unnamed = Unnamed::of(report);
    let Some(span) = unnamed.span() else { return Ok(()) };
    // What lasts since long before is in documents of the window too, if it is in any.
    let from: Timestamp = span.from.max(report.window.from);
    let span = Span::new(from, span.until.plus(LATE_BY));
    let mut read = |row: HistoryRow| {
        unnamed.read(RecordedIncident::of(&row.event));
        ControlFlow::Continue(())
    };
    history.each_document(span, &mut read).await?;
    unnamed.name(report);
    Ok(())
}
