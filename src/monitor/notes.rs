//! What is noted while a poll goes on: by many futures of one thread, and readable at any moment, so that a poll that
//! is cut short can still say what it did.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    time::Duration,
};

use super::report::{FailureReport, GapReport, Report};
use crate::{
    domain::{Event, Kind, SinkName, Snapshot},
    metrics::{self, PollFigures},
    ports::Publication,
};

/// How many different failures of one step are told; the others are counted.
const FAILURES_TOLD: usize = 10;

pub(super) struct Notes(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    report: Report,
    unrecognized: BTreeSet<(Kind, String)>,
    failures: Vec<Failure>,
    untold_failures: BTreeMap<&'static str, u64>,
    own_as_published: Option<PollFigures>,
}

struct Failure {
    step: &'static str,
    cause: String,
    first: String,
    count: u64,
}

impl Notes {
    pub(super) fn new(sinks: Vec<SinkName>) -> Notes {
        let mut inner = Inner::default();
        inner.report.announced = sinks.iter().map(|sink| (*sink, 0)).collect();
        inner.report.pending_by_sink = inner.report.announced.clone();
        Notes(RefCell::new(inner))
    }

    /// Notes that `step` could not be done with `subject`. The same cause with another subject is counted, not told
    /// again.
    pub(super) fn fail(&self, step: &'static str, subject: impl Display, error: &anyhow::Error) {
        let cause = format!("{error:#}");
        let inner = &mut *self.0.borrow_mut();
        if let Some(again) = inner.failures.iter_mut().find(|failure| failure.step == step && failure.cause == cause) {
            again.count += 1;
        } else if inner.failures.iter().filter(|failure| failure.step == step).count() < FAILURES_TOLD {
            inner.failures.push(Failure { step, cause, first: subject.to_string(), count: 1 });
        } else {
            *inner.untold_failures.entry(step).or_default() += 1;
        }
    }

    pub(super) fn observed(&self, snapshot: &Snapshot) {
        let inner = &mut *self.0.borrow_mut();
        inner.report.items += snapshot.observation.items.len() as u64;
        inner.report.gaps.extend(snapshot.observation.gaps.iter().map(|(kind, error)| GapReport {
            scope: snapshot.scope.to_string(),
            kind: *kind,
            error: error.clone(),
        }));
        for (kind, word) in metrics::unrecognized_words(snapshot) {
            if inner.unrecognized.insert((kind, word.clone())) {
                tracing::warn!(kind = kind.slug(), word, "a state word that this version does not know");
            }
        }
    }

    pub(super) fn published(&self, publication: &Publication) {
        {
            let report = &mut self.0.borrow_mut().report;
            report.metrics += publication.accepted as u64;
            report.left_out += publication.left_out as u64;
        }
        for error in &publication.errors {
            self.fail("metrics", "", error);
        }
    }

    pub(super) fn recorded(&self, event: &Event) {
        let inner = &mut *self.0.borrow_mut();
        inner.report.transitions += 1;
        tracing::info!(
            id = %event.metadata.id,
            sequence = event.metadata.sequence,
            incident_id = event.metadata.incident_id.map(tracing::field::display),
            kind = event.item.kind.slug(),
            item_id = event.item.id,
            name = event.item.name,
            account = event.item.account,
            region = event.item.region,
            previous_state = event.previous_state.as_ref().map(|previous| previous.value.as_str()),
            state = event.state.value,
            level = event.state.level,
            change = event.change.as_str(),
            severity = event.severity.as_str(),
            since = %event.state.since,
            "transition"
        );
    }

    pub(super) fn announced(&self, sink: SinkName) {
        *self.0.borrow_mut().report.announced.entry(sink).or_default() += 1;
    }

    pub(super) fn owed(&self, sink: SinkName, announcements: u64) {
        *self.0.borrow_mut().report.pending_by_sink.entry(sink).or_default() += announcements;
    }

    pub(super) fn settled(&self, sink: SinkName, announcements: u64) {
        let inner = &mut *self.0.borrow_mut();
        let pending = inner.report.pending_by_sink.entry(sink).or_default();
        *pending = pending.saturating_sub(announcements);
    }

    pub(super) fn parked(&self, sink: SinkName, announcements: u64, subject: impl Display, reason: &str) {
        self.0.borrow_mut().report.parked += announcements;
        tracing::error!(%sink, %subject, reason, "an announcement is given up");
    }

    /// The monitor's own figures are published, as these.
    pub(super) fn published_own(&self, figures: PollFigures) {
        self.0.borrow_mut().own_as_published = Some(figures);
    }

    pub(super) fn own_as_published(&self) -> Option<PollFigures> {
        self.0.borrow().own_as_published.clone()
    }

    /// What there is to report so far.
    pub(super) fn report(&self, duration: Duration) -> Report {
        let inner = &*self.0.borrow();
        let mut report = inner.report.clone();
        report.unrecognized = inner.unrecognized.len() as u64;
        report.pending = report.pending_by_sink.values().sum();
        report.duration = duration;
        let failures = inner.failures.iter().map(|failure| {
            let subject = if failure.first.is_empty() { String::new() } else { format!("{}: ", failure.first) };
            let more = match failure.count {
                1 => String::new(),
                count => format!(" (and {} more alike)", count - 1),
            };
            FailureReport { step: failure.step, error: format!("{subject}{}{more}", failure.cause) }
        });
        let untold = inner
            .untold_failures
            .iter()
            .map(|(step, count)| FailureReport { step, error: format!("{count} more failures of other kinds") });
        report.failures = failures.chain(untold).collect();
        report
    }
}

#[cfg(test)]
mod tests;
