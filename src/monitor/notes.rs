//! Notes taken during a poll, by many futures of one thread. They can be read at any moment, so that a poll that is cut
//! short can still report what it did.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    time::Duration,
};

use super::{
    failure::{Cause, Failure, Gap, Step},
    poll_report::{BaselineProgress, PollReport},
};
use crate::{
    domain::{Event, IncidentWrite, Kind, Scope, SinkName, Snapshot},
    metrics::{self, PollFigures},
    ports::Publication,
};

/// How many different causes of one step are listed; further ones are counted.
const CAUSES_LISTED: usize = 10;

pub(super) struct Notes(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    report: PollReport,
    unrecognized: BTreeSet<(Kind, String)>,
    further_failures: BTreeMap<Step, u64>,
    own_as_published: Option<PollFigures>,
}

impl Notes {
    pub(super) fn new(sinks: impl IntoIterator<Item = SinkName>) -> Notes {
        let mut inner = Inner::default();
        inner.report.announced = sinks.into_iter().map(|sink| (sink, 0)).collect();
        inner.report.pending_by_sink = inner.report.announced.clone();
        Notes(RefCell::new(inner))
    }

    /// Notes that `step` could not be done.
    pub(super) fn fail(&self, step: Step, error: &anyhow::Error) {
        self.add(step, None, error);
    }

    /// Notes that `step` could not be done with `subject`. The same cause with another subject is counted, not listed
    /// again.
    pub(super) fn fail_with(&self, step: Step, subject: impl Display, error: &anyhow::Error) {
        self.add(step, Some(&subject), error);
    }

    fn add(&self, step: Step, subject: Option<&dyn Display>, error: &anyhow::Error) {
        let cause = Cause::Error(format!("{error:#}"));
        let Inner { report: PollReport { failures, .. }, further_failures, .. } = &mut *self.0.borrow_mut();
        if let Some(again) = failures.iter_mut().find(|failure| failure.step == step && failure.cause == cause) {
            again.count += 1;
        } else if failures.iter().filter(|failure| failure.step == step).count() < CAUSES_LISTED {
            failures.push(Failure { step, subject: subject.map(ToString::to_string), cause, count: 1 });
        } else {
            *further_failures.entry(step).or_default() += 1;
        }
    }

    pub(super) fn observed(&self, snapshot: &Snapshot) {
        let inner = &mut *self.0.borrow_mut();
        inner.report.items += snapshot.observation.items.len() as u64;
        let region = snapshot.scope.region().to_owned();
        *inner.report.items_by_region.entry(region).or_default() += snapshot.observation.items.len() as u64;
        let is_listed = |kind: &&Kind| !snapshot.observation.gaps.contains_key(kind);
        inner.report.listed += snapshot.kinds.iter().filter(is_listed).count() as u64;
        inner.report.unidentified += snapshot.observation.unidentified;
        for (kind, extent) in &snapshot.observation.gaps {
            inner.report.gaps.extend(extent.reasons().into_iter().map(|(parent, error)| Gap {
                scope: snapshot.scope.clone(),
                kind: *kind,
                parent: parent.map(str::to_owned),
                error: error.to_owned(),
            }));
        }
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
            self.fail(Step::Metrics, error);
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

    /// Notes how many incidents of a scope are open.
    pub(super) fn incidents_open(&self, open: u64) {
        let all = &mut self.0.borrow_mut().report.incidents_open;
        *all = Some(all.unwrap_or_default() + open);
    }

    /// Notes what a fold has written of an incident.
    pub(super) fn folded(&self, scope: &Scope, incident: &IncidentWrite) {
        for (_, document) in &incident.documents {
            tracing::info!(
                id = %document.metadata.id,
                incident_id = %incident.id,
                sequence = document.metadata.sequence,
                %scope,
                reason = document.reason.as_str(),
                status = document.status.as_str(),
                severity = document.severity.as_str(),
                root = %incident.state.root,
                affected = document.incident.affected.count,
                "incident"
            );
        }
    }

    /// Notes that a message for people was accepted, this long after the observation.
    pub(super) fn message(&self, delay: Duration) {
        let first = &mut self.0.borrow_mut().report.first_message_delay;
        *first = Some(first.map_or(delay, |first| first.min(delay)));
    }

    /// Notes that the time was over before a scope's baseline was complete, with its progress.
    pub(super) fn baseline(&self, progress: BaselineProgress) {
        let baseline = &mut self.0.borrow_mut().report.baseline;
        let BaselineProgress { recorded, items } = baseline.unwrap_or_default();
        *baseline = Some(BaselineProgress { recorded: recorded + progress.recorded, items: items + progress.items });
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

    /// Notes that the monitor's own metrics are published with these figures.
    pub(super) fn published_own(&self, figures: PollFigures) {
        self.0.borrow_mut().own_as_published = Some(figures);
    }

    pub(super) fn own_as_published(&self) -> Option<PollFigures> {
        self.0.borrow().own_as_published.clone()
    }

    /// The report so far.
    pub(super) fn report(&self, duration: Duration) -> PollReport {
        let inner = &*self.0.borrow();
        let mut report = inner.report.clone();
        report.unrecognized = inner.unrecognized.len() as u64;
        report.pending = report.pending_by_sink.values().sum();
        report.duration = duration;
        report.failures.extend(inner.further_failures.iter().map(|(step, count)| Failure {
            step: *step,
            subject: None,
            cause: Cause::Further,
            count: *count,
        }));
        report
    }
}

#[cfg(test)]
mod tests;
