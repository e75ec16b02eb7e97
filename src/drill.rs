//! A drill: one marked transition announced on every sink, so that a team can check its e-mail, chat and rules before it
//! needs them. It touches no table.

use std::{collections::BTreeMap, fmt};

use futures::future::join_all;
use serde::Serialize;

use crate::{
    announcement,
    domain::{Scope, SinkName, Timestamp},
    ports::{Announcement, Announcer, Form, Refusal},
};

/// How each sink answered the drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillReport {
    /// The id of the announced event.
    pub id: String,
    /// For each sink, `accepted` or the reason of its refusal.
    pub sinks: BTreeMap<SinkName, String>,
    /// Whether there is a sink and every sink accepted it.
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

/// Announces one marked transition of a connection in `scope` on every sink, in the name of `by`.
///
/// # Errors
///
/// The drill's document could not be serialized. No input should cause that.
pub async fn drill(
    announcers: &[&dyn Announcer],
    scope: &Scope,
    by: &str,
    now: Timestamp,
) -> anyhow::Result<DrillReport> {
    let event = announcement::drill(scope, now, by);
    let row = announcement::drill_row(&event)?;
    let answers = announcers.iter().map(async |announcer| {
        let answer = announcer.announce(&[Announcement { row: &row, form: Form::Full }]).await.pop();
        let outcome = match answer {
            Some(Ok(())) => Ok(()),
            Some(Err(Refusal::Transient(error) | Refusal::Event(error) | Refusal::Sink(error))) => {
                Err(format!("{error:#}"))
            }
            None => Err("gave no answer".to_owned()),
        };
        (announcer.sink(), outcome)
    });
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
