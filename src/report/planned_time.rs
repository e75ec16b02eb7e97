//! Planned time that may cover an outage, as the documents of incidents and the rows of windows say it.
//!
//! Documents are kept as long as all history, so they come first: each says what covered its incident when it was recorded.
//! Rows are dropped eight days after the time is over. They cover what is in no incident, and say when older documents,
//! which do not, what was planned was announced.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::choice::PlannedChoice;
use crate::domain::{PlannedBy, RecordedIncident, RecordedPlanned, Span, Timestamp, Window, WindowSource};

/// Planned time, as it was said last. The word for who planned it is text, since a newer version may have recorded it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedTime {
    /// Who planned it, such as `aws-health`.
    pub by: String,
    /// The window's id; of a failover test, the id of what is tested.
    pub id: String,
    /// What it is, in the words of whoever planned it.
    pub title: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; not included.
    pub until: Timestamp,
    /// When it was announced, as far as that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_at: Option<Timestamp>,
}

/// Whether planned time counts as planned and, if not, why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It counts.
    Counts,
    /// The reader did not choose what this one plans.
    NotChosen,
    /// It was announced only after it had begun.
    AnnouncedLate,
    /// When it was announced is not recorded.
    AnnouncementUnknown,
}

impl PlannedTime {
    /// That of a window.
    pub fn of_window(window: &Window) -> PlannedTime {
        let by = match window.source {
            WindowSource::AwsHealth => PlannedBy::AwsHealth,
            WindowSource::Silence => PlannedBy::Silence,
        };
        PlannedTime {
            by: by.as_str().to_owned(),
            id: window.id.clone(),
            title: window.title.clone(),
            from: window.from,
            until: window.until,
            announced_at: window.announced_at,
        }
    }

    /// What the documents of an incident, in their order, say of the planned time that covered it.
    ///
    /// Of what one window is said to be, the last word counts: it may have been called off or ended early. Only what made it
    /// longer, or was said first, after it had begun does not count as announced: then what was announced in time counts, as
    /// far as the last word leaves it.
    pub fn of_documents(documents: &[RecordedIncident<'_>]) -> Vec<PlannedTime> {
        let mut said: BTreeMap<(String, String, Timestamp), Vec<PlannedTime>> = BTreeMap::new();
        for document in documents {
            let time = document.planned().and_then(|planned| PlannedTime::said(planned, document.recorded_at()));
            if let Some(time) = time {
                said.entry((time.by.clone(), time.id.clone(), time.from)).or_default().push(time);
            }
        }
        said.into_values().filter_map(last_word).collect()
    }

    fn said(planned: RecordedPlanned<'_>, recorded_at: Option<Timestamp>) -> Option<PlannedTime> {
        let (from, until) = (planned.from()?, planned.until()?);
        Some(PlannedTime {
            by: planned.by_word().to_owned(),
            id: planned.id().to_owned(),
            title: planned.title().to_owned(),
            from,
            until,
            // What a document says before the time begins was known by then.
            announced_at: planned.announced_at().or(recorded_at.filter(|at| *at <= from)),
        })
    }

    /// From its beginning to its end; empty where it was called off before it began.
    pub fn span(&self) -> Span {
        Span::new(self.from, self.until.max(self.from))
    }

    /// Whether it counts by the reader's choice.
    pub fn verdict(&self, choice: &PlannedChoice) -> Verdict {
        let Some(by) = PlannedBy::ALL.into_iter().find(|by| by.as_str() == self.by) else { return Verdict::NotChosen };
        match self.announced_at {
            _ if !choice.counts(by) => Verdict::NotChosen,
            // AWS shows that it goes on, so that it cannot be said afterwards.
            _ if by == PlannedBy::FailoverTest => Verdict::Counts,
            Some(at) if at <= self.from => Verdict::Counts,
            Some(_) => Verdict::AnnouncedLate,
            None => Verdict::AnnouncementUnknown,
        }
    }
}

/// The last of what was said of one window, or of it what was announced in time.
fn last_word(mut said: Vec<PlannedTime>) -> Option<PlannedTime> {
    let last = said.pop()?;
    let is_in_time = |time: &PlannedTime| time.announced_at.is_some_and(|at| at <= time.from);
    if is_in_time(&last) {
        return Some(last);
    }
    let in_time = said.into_iter().rfind(is_in_time);
    Some(match in_time {
        Some(time) => PlannedTime { until: time.until.min(last.until), ..time },
        None => last,
    })
}

#[cfg(test)]
mod tests;
