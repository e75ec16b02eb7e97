//! The stage between recording and announcing: gathers recorded transitions into incidents.
//!
//! The decisions are made in the module `incident` of the crate, which is pure. This stage reads what they need, writes
//! their results, and notices when the store has changed since it was read.

use std::{sync::Arc, time::Duration};

use anyhow::anyhow;
use futures::{StreamExt, channel::mpsc, stream};

use super::{
    backlog::News,
    comparison::Comparison,
    failure::Step,
    memory::Memory,
    notes::Notes,
    part::Part,
    scope_fold::{Earlier, Estate, ScopeFold},
    settings::Settings,
};
use crate::{
    domain::{
        FoldStep, Folding, IncidentDocument, IncidentRow, IncidentWrite, ItemKey, ItemPath, Recalled, RowKey, Scope,
        SinkName, StateRow, Transition,
    },
    incident::{FoldInput, FoldRules, Unfolded, fold, inquiries},
    ports::{Clock, Ledger},
};

/// How many histories are read at the same time.
const READS_IN_FLIGHT: usize = 16;
/// The time between polls, as long as it is not known.
const USUAL_INTERVAL: Duration = Duration::from_secs(60);

/// Within which time evidence of a cause arrives.
const EVIDENCE_ARRIVES_WITHIN: Duration = Duration::from_secs(30 * 60);

/// Gathers transitions into incidents.
pub(super) struct Folder<'a, L, C> {
    pub(super) ledger: &'a L,
    pub(super) clock: &'a C,
    pub(super) settings: &'a Settings,
    pub(super) memory: &'a Memory,
    /// The sinks that new incidents get cursors of.
    pub(super) sinks: Vec<SinkName>,
    /// Those of them that people read.
    pub(super) people: Vec<SinkName>,
    /// The rows that the scopes of this poll have recalled so far.
    pub(super) estate: &'a Estate,
    pub(super) notes: &'a Notes,
}

impl<L: Ledger, C: Clock> Folder<'_, L, C> {
    /// The scope's revision, which must be known before the scope is recalled. The process knows it from its last poll;
    /// only a new process reads it.
    pub(super) async fn revision(&self, scope: &Scope) -> Option<u64> {
        if let Some(revision) = self.memory.revision(scope) {
            return Some(revision);
        }
        let revision = self.ledger.revision(scope).await;
        revision.inspect_err(|error| self.notes.fail_with(Step::Fold, scope, error)).ok()
    }

    /// Takes in the items of a scope that is polled: paths that other scopes' items are on may lead over them.
    pub(super) fn knows(&self, recalled: &Arc<Recalled>) {
        self.estate.add(recalled);
    }

    /// The fold of a scope that was recalled after its revision was known.
    pub(super) fn begin(&self, revision: Option<u64>, recalled: &Arc<Recalled>) -> Option<ScopeFold> {
        if recalled.unreadable_incidents > 0 {
            let error = anyhow!(
                "{} incidents were written by another version and cannot be read: nothing is folded until they are over",
                recalled.unreadable_incidents
            );
            self.notes.fail_with(Step::Fold, &recalled.scope, &error);
            return None;
        }
        Some(ScopeFold::of(revision?, recalled))
    }

    /// Folds the transitions recorded by now, and hands on the incidents that have documents to announce.
    pub(super) async fn fold(
        &self,
        scope_fold: &mut ScopeFold,
        comparison: &Comparison,
        recorded: &[&Transition],
        part: Part<'_>,
        news: &mpsc::UnboundedSender<News>,
    ) {
        let earlier = match scope_fold.earlier.take() {
            Some(earlier) => earlier,
            None => self.earlier(&scope_fold.known).await,
        };
        let own = recorded.iter().filter(|transition| !scope_fold.folded.has(transition)).copied();
        let own: Vec<&Transition> = own.collect();
        let unfolded = own.iter().map(|transition| Unfolded::recorded(transition));
        let unfolded = earlier.unfolded.iter().cloned().chain(unfolded).collect();
        let earlier = Earlier { unfolded, unreadable: earlier.unreadable };
        let mut steps = self.steps(scope_fold, comparison, &earlier, part);
        if self.write(scope_fold, &mut steps, news).await {
            scope_fold.take_in(&own, &steps);
            scope_fold.earlier = Some(Earlier { unfolded: Vec::new(), unreadable: earlier.unreadable });
            if matches!(part, Part::Last { .. }) {
                self.explain(scope_fold, comparison, news).await;
            }
        } else if matches!(part, Part::Last { .. }) {
            self.fold_again(scope_fold, comparison, news).await;
        } else {
            scope_fold.earlier = Some(self.earlier(&scope_fold.known).await);
        }
        if matches!(part, Part::Last { .. }) {
            self.notes.incidents_open(scope_fold.open_incidents());
            if self.settings.asks_metrics {
                self.memory.inquires(comparison.scope(), inquiries(&scope_fold.known, self.clock.now()));
            }
        }
    }

    /// Reads evidence of what was opened of late, in this poll or an earlier one, and folds it. The messages are on their
    /// way by then.
    async fn explain(&self, scope_fold: &mut ScopeFold, comparison: &Comparison, news: &mpsc::UnboundedSender<News>) {
        let now = self.clock.now();
        let is_young = |row: &IncidentRow| {
            // Metrics come when a short outage is over.
            (row.state.status.is_open() || self.settings.asks_metrics)
                && now.since(row.state.opened_at.max(row.state.grown_at)) <= EVIDENCE_ARRIVES_WITHIN
        };
        let may_be_explained = scope_fold.has_opened || scope_fold.recalled.incidents.values().any(is_young);
        if !may_be_explained || !scope_fold.evidence.is_empty() {
            return;
        }
        scope_fold.evidence = self.evidence(comparison.scope()).await;
        if scope_fold.evidence.is_empty() {
            return;
        }
        let mut steps = self.steps(scope_fold, comparison, &Earlier::default(), Part::NOT_LAST);
        if self.write(scope_fold, &mut steps, news).await {
            scope_fold.take_in(&[], &steps);
        }
    }

    /// Another poll has folded meanwhile: reads the scope again and folds once more, without closing any incident. If
    /// that is refused too, it is left to the next poll.
    async fn fold_again(
        &self,
        scope_fold: &mut ScopeFold,
        comparison: &Comparison,
        news: &mpsc::UnboundedSender<News>,
    ) {
        let scope = comparison.scope();
        scope_fold.is_overtaken = true;
        self.memory.forget(scope);
        let Some(revision) = self.revision(scope).await else { return };
        let recalled = match self.ledger.recall(scope).await {
            Ok(recalled) if recalled.unreadable_incidents == 0 => Arc::new(recalled),
            Ok(_) => return,
            Err(error) => return self.notes.fail_with(Step::Fold, scope, &error),
        };
        (scope_fold.revision, scope_fold.known) = (revision, recalled);
        // The other poll may have compared newer facts.
        scope_fold.findings.clear();
        let earlier = self.earlier(&scope_fold.known).await;
        let mut steps = self.steps(scope_fold, comparison, &earlier, Part::NOT_LAST);
        if self.write(scope_fold, &mut steps, news).await {
            scope_fold.take_in(&[], &steps);
        } else {
            tracing::debug!(%scope, "other polls fold, and this one leaves it to them");
        }
    }

    /// What is to be written by now.
    pub(super) fn steps(
        &self,
        scope_fold: &ScopeFold,
        comparison: &Comparison,
        earlier: &Earlier,
        part: Part<'_>,
    ) -> Vec<FoldStep> {
        let snapshot = &comparison.snapshot;
        let interval = comparison.poll().and_then(|poll| poll.interval_seconds).map(Duration::from_secs);
        let rules = FoldRules {
            interval: interval.unwrap_or(USUAL_INTERVAL),
            remind_after: self.settings.remind_after,
            unmonitored_after: self.settings.unmonitored_after,
            keep_history: self.settings.keep_history,
        };
        let others = self.estate.known_others(comparison.scope());
        let is_whole = self.estate.has_all(&self.settings.scopes);
        let plans = self.memory.plans(comparison.scope().account());
        let mut kinds = snapshot.kinds.clone();
        kinds.extend(comparison.polled_by_another(self.settings.unmonitored_after));
        fold(&FoldInput {
            recalled: &scope_fold.known,
            others: &others,
            is_whole,
            unfolded: &earlier.unfolded,
            foreseen: part.foreseen(),
            unreadable: &earlier.unreadable,
            revision: scope_fold.revision,
            kinds: &kinds,
            gaps: &snapshot.observation.gaps,
            plans: plans.as_deref(),
            evidence: &scope_fold.evidence,
            findings: &scope_fold.findings,
            resilience: scope_fold.resilience.as_ref(),
            is_settled: matches!(part, Part::Last { is_settled: true }),
            now: self.clock.now().max(snapshot.at),
            rules: &rules,
        })
    }

    /// Writes steps one after the other. Returns whether all are written.
    pub(super) async fn write(
        &self,
        scope_fold: &mut ScopeFold,
        steps: &mut [FoldStep],
        news: &mpsc::UnboundedSender<News>,
    ) -> bool {
        // What is known is that of this revision, until all steps are written: of a part of them nothing may follow.
        let known_at = scope_fold.revision;
        for step in steps.iter_mut() {
            for incident in &mut step.incidents {
                incident.passed_by = self.passed_by(scope_fold, incident);
            }
            match self.ledger.fold(step, &self.sinks).await {
                Ok(Folding::Folded) => {}
                Ok(Folding::Refused) => {
                    scope_fold.revision = known_at;
                    return false;
                }
                Err(error) => {
                    // It is unknown whether the step was written, so the next poll reads the revision.
                    self.memory.forget(&step.scope);
                    self.notes.fail_with(Step::Fold, &step.scope, &error);
                    scope_fold.revision = known_at;
                    return false;
                }
            }
            scope_fold.revision = step.revision + 1;
            self.memory.remember(&step.scope, scope_fold.revision);
            for incident in &step.incidents {
                scope_fold.has_opened |= incident.is_new && !incident.announced;
                self.notes.folded(&step.scope, incident);
                let is_known = scope_fold.recalled.incidents.contains_key(&incident.id);
                if (incident.is_new && incident.announced) || !(incident.is_new || is_known) {
                    // The sinks' cursors on it are unknown here, so its documents are announced by the next poll.
                    scope_fold.handed_on.insert(incident.id);
                }
                if !incident.documents.is_empty() && scope_fold.handed_on.insert(incident.id) {
                    let key = RowKey::Incident(incident.id);
                    // The receiver is dropped only when the announcing is over.
                    let passed_by = incident.passed_by.clone();
                    let _ = news.unbounded_send(News { key, sequence: incident.sequence, passed_by });
                }
            }
        }
        if steps.is_empty() {
            let scope = &scope_fold.known.scope;
            self.memory.remember(scope, scope_fold.revision);
        }
        true
    }

    /// The sinks for people that announce none of an incident's new documents and have announced all earlier ones:
    /// their cursors move along with the write. A sink that is behind skips the new documents in its backlog.
    fn passed_by(&self, scope_fold: &mut ScopeFold, incident: &IncidentWrite) -> Vec<SinkName> {
        if incident.documents.is_empty() {
            return Vec::new();
        }
        let row = scope_fold.known.incidents.get(&incident.id);
        let is_even = |sink: SinkName| row.is_none_or(|row| row.cursor(sink.as_str()) >= row.sequence);
        let is_announced = |sink: SinkName| {
            let mut documents = incident.documents.iter().map(|(_, document)| document);
            self.settings.notify.incidents() && documents.any(|document| is_for_readers_of(document, sink))
        };
        let owing = |sink: SinkName| scope_fold.owing.contains(&(incident.id, sink));
        let (passed_by, owed): (Vec<SinkName>, Vec<_>) =
            self.people.iter().partition(|sink| is_even(**sink) && !is_announced(**sink) && !owing(**sink));
        scope_fold.owing.extend(owed.into_iter().map(|sink| (incident.id, sink)));
        passed_by
    }

    /// Reads the transitions that earlier polls recorded and did not fold, up to the recalled rows.
    async fn earlier(&self, recalled: &Recalled) -> Earlier {
        let behind = recalled.states.iter().filter(|(_, row)| folded_until(row) < row.sequence);
        let read = behind.map(async |(key, row)| (key, row, self.read(&recalled.scope, key, row).await));
        let mut read = stream::iter(read).buffered(READS_IN_FLIGHT);
        let mut earlier = Earlier::default();
        while let Some((key, row, unfolded)) = read.next().await {
            match unfolded {
                Ok(unfolded) => {
                    // Some history may have expired: then what is left of it is folded, followed by the row's own
                    // state.
                    let is_whole = unfolded.last().is_some_and(|last| last.sequence == row.sequence);
                    earlier.unfolded.extend(unfolded);
                    earlier.unfolded.extend((!is_whole).then(|| Unfolded::expired(&recalled.scope, key, row)));
                }
                Err(error) => {
                    self.notes.fail_with(Step::Fold, key, &error);
                    earlier.unreadable.insert(key.clone());
                }
            }
        }
        earlier
    }

    async fn read(&self, scope: &Scope, key: &ItemKey, row: &StateRow) -> anyhow::Result<Vec<Unfolded>> {
        let path = ItemPath::new(scope.clone(), key.clone());
        let rows = self.ledger.pending(&path.into(), folded_until(row)).await?;
        let known = rows.iter().filter(|found| found.sequence <= row.sequence);
        Ok(known.filter_map(|found| Unfolded::read(key, found)).collect())
    }
}

/// Whether a document is for the readers of a sink for people.
fn is_for_readers_of(document: &IncidentDocument, sink: SinkName) -> bool {
    if sink == SinkName::CHAT { document.metadata.chat } else { document.metadata.people }
}

/// The sequence of the last transition of an item that is folded.
fn folded_until(row: &StateRow) -> u64 {
    row.cursor(SinkName::INCIDENTS.as_str())
}
