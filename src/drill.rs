//! A rehearsal: one marked transition through every sink, so that a team can see its e-mail, its chat and its rules work
//! before they need them. It touches no table.

use std::{collections::BTreeMap, fmt};

use futures::future::join_all;
use serde::Serialize;

use crate::{
    announcement,
    domain::{Scope, SinkName, Timestamp},
    ports::{Announcement, Announcer, Form, Refusal},
};

/// What each sink said to the drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillReport {
    /// The id of the announced event.
    pub id: String,
    /// `accepted`, or why not, by sink.
    pub sinks: BTreeMap<SinkName, String>,
    /// Whether every sink accepted it, and there was one.
    pub accepted: bool,
}

impl fmt::Display for DrillReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sinks.is_empty() {
            return write!(formatter, "drill: no sink is configured, so nobody can be told");
        }
        write!(formatter, "drill {}", self.id)?;
        self.sinks.iter().try_for_each(|(sink, answer)| write!(formatter, "; {sink}: {answer}"))
    }
}

/// Announces one marked transition on every sink, as `by`, seen from `scope`.
///
/// # Errors
///
/// The drill's document could not be made, which no input should cause.
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
        let said = match answer {
            Some(Ok(())) => Ok(()),
            Some(Err(Refusal::Transient(error) | Refusal::Event(error) | Refusal::Sink(error))) => {
                Err(format!("{error:#}"))
            }
            None => Err("gave no answer".to_owned()),
        };
        (announcer.sink(), said)
    });
    let answers = join_all(answers).await;
    Ok(DrillReport {
        id: event.metadata.id.to_string(),
        accepted: !answers.is_empty() && answers.iter().all(|(_, said)| said.is_ok()),
        sinks: answers
            .into_iter()
            .map(|(sink, said)| (sink, said.err().unwrap_or_else(|| "accepted".to_owned())))
            .collect(),
    })
}
