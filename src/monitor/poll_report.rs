//! The report of a poll: the answer of an invocation, and the figures behind the monitor's own metrics.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Serialize;

use super::failure::{Cause, Failure, Gap, Step};
use crate::{domain::SinkName, metrics::PollFigures, ports::Publication};

/// The outcome of one poll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PollReport {
    /// Items observed.
    pub items: u64,
    /// Data points of items published.
    pub metrics: u64,
    /// Transitions recorded, without baselines.
    pub transitions: u64,
    /// Announcements accepted by each configured sink.
    pub announced: BTreeMap<SinkName, u64>,
    /// Announcements still owed, each sink's counted.
    pub pending: u64,
    /// Announcements given up in this poll, each sink's counted.
    pub parked: u64,
    /// The progress of baselines that are not complete because the time was over; the next polls continue them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineProgress>,
    /// Kinds, and parents' children, that could not be listed completely.
    pub gaps: Vec<Gap>,
    /// Everything else that should have been done and was not.
    pub failures: Vec<Failure>,
    /// Items observed, by region; `global` for those of no region.
    #[serde(skip)]
    pub items_by_region: BTreeMap<String, u64>,
    /// How many kinds were listed completely, each counted in each scope.
    #[serde(skip)]
    pub listed: u64,
    /// Announcements still owed, by sink.
    #[serde(skip)]
    pub pending_by_sink: BTreeMap<SinkName, u64>,
    /// Data points of items that CloudWatch would not accept, for example because an id is not printable ASCII.
    #[serde(skip)]
    pub left_out: u64,
    /// Words of AWS that the program does not know, each counted once for each kind.
    #[serde(skip)]
    pub unrecognized: u64,
    /// Rows of listings that name no item and are left out.
    #[serde(skip)]
    pub unidentified: u64,
    /// Open incidents, as far as they are known.
    #[serde(skip)]
    pub incidents_open: Option<u64>,
    /// How long after the end of the observation the first message for people was accepted, if there was one.
    #[serde(skip)]
    pub first_message_delay: Option<Duration>,
    /// How long the poll took, without publishing the monitor's own metrics.
    #[serde(skip)]
    pub duration: Duration,
}

/// The progress of a baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BaselineProgress {
    /// Items that are recorded.
    pub recorded: u64,
    /// Items in all.
    pub items: u64,
}

impl fmt::Display for BaselineProgress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "baseline: {} of {} items", grouped(self.recorded), grouped(self.items))
    }
}

/// A number with separators between the thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

impl PollReport {
    /// Whether everything that should have been done was done.
    pub fn is_success(&self) -> bool {
        self.gaps.is_empty() && self.failures.is_empty()
    }

    /// Whether something could not be done that concerns every account that is watched: the tables, the sinks or the metrics.
    /// What one account does not let the monitor read, and a poll that takes too long, concern that account alone.
    pub fn concerns_all(&self) -> bool {
        self.failures.iter().any(|failure| failure.step != Step::Deadline)
    }

    pub(super) fn figures(&self) -> PollFigures {
        PollFigures {
            succeeded: self.is_success(),
            duration: self.duration,
            items: self.items,
            transitions: self.transitions,
            pending: self.pending_by_sink.clone(),
            parked: self.parked,
            unrecognized: self.unrecognized,
            unidentified: self.unidentified,
            gaps: self.gaps.len() as u64,
            incidents_open: self.incidents_open,
            first_message_delay: self.first_message_delay,
        }
    }

    /// Notes the result of publishing the monitor's own metrics; none if the service did not answer in time.
    pub(super) fn own_metrics(&mut self, publication: Option<Publication>) {
        let errors = match publication {
            Some(publication) => publication.errors.iter().map(|error| format!("{error:#}")).collect(),
            None => vec!["the service did not answer in time".to_owned()],
        };
        self.failures.extend(errors.into_iter().map(|error| Failure {
            step: Step::OwnMetrics,
            subject: None,
            cause: Cause::Error(error),
            count: 1,
        }));
    }
}

impl fmt::Display for PollReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} items, {} data points, {} transitions, {} pending, {} parked",
            self.items, self.metrics, self.transitions, self.pending, self.parked
        )?;
        if let Some(baseline) = &self.baseline {
            write!(formatter, "; {baseline}")?;
        }
        for gap in &self.gaps {
            write!(formatter, "; {gap}")?;
        }
        for failure in &self.failures {
            write!(formatter, "; {}: {failure}", failure.step)?;
        }
        Ok(())
    }
}
