//! A drill: one marked transition and one marked incident, opened and resolved, announced on every sink, so that a team can
//! check its e-mail, chat and rules before it needs them. It touches no table.

use std::{collections::BTreeMap, fmt};

use futures::future::join_all;
use serde::Serialize;

use crate::{
    announcement,
    domain::{HistoryRow, Scope, SinkName, Timestamp},
    ports::{Announcement, Announcer, Form, Refusal},
};

/// How each sink answered the drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillReport {
    /// The id of the announced transition and of the announced incident.
    pub id: String,
    /// For each sink, `accepted` if it has accepted everything, or the reason of its first refusal.
    pub sinks: BTreeMap<SinkName, String>,
    /// Whether there is a sink and every sink accepted everything.
    pub accepted: bool,
}

impl fmt::Display for DrillReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sinks.is_empty() {
            return write!(formatter, "drill: no sink is configured, so nobody would be notified");
        }
        write!(formatter, "drill {}", self.id)?;
        self.sinks.iter().try_for_each(|(sink, answer)| write!(formatter, "; {sink}: {answer}"))
    }
}

/// Announces one marked transition of a connection in `scope`, and one marked incident of it, opened and resolved, on every
/// sink, in the name of `by`.
///
/// # Errors
///
/// The drill's documents could not be serialized. No input should cause that.
pub async fn drill(
    announcers: &[&dyn Announcer],
    scope: &Scope,
    by: &str,
    now: Timestamp,
) -> anyhow::Result<DrillReport> {
    let event = announcement::drill(scope, now, by);
    let [opened, resolved] = announcement::drill_incident(scope, now, by);
    let rows = [
        announcement::drill_row(&event)?,
        announcement::incident_row(&opened)?,
        announcement::incident_row(&resolved)?,
    ];
    let answers = announcers.iter().map(async |announcer| (announcer.sink(), announce(*announcer, &rows).await));
    let answers = join_all(answers).await;
    Ok(DrillReport {
        id: event.metadata.id.to_string(),
        accepted: !answers.is_empty() && answers.iter().all(|(_, outcome)| outcome.is_ok()),
        sinks: answers
            .into_iter()
            .map(|(sink, outcome)| (sink, outcome.err().unwrap_or_else(|| "accepted".to_owned())))
            .collect(),
    })
}

/// Announces one row after the other, up to the first that is refused.
async fn announce(announcer: &dyn Announcer, rows: &[HistoryRow]) -> Result<(), String> {
    for row in rows {
        match announcer.announce(&[Announcement { row, form: Form::Full }]).await.pop() {
            Some(Ok(())) => {}
            Some(Err(Refusal::Transient(error) | Refusal::Event(error) | Refusal::Sink(error))) => {
                return Err(format!("{error:#}"));
            }
            None => return Err("gave no answer".to_owned()),
        }
    }
    Ok(())
}
