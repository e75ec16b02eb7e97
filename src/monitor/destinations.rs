//! The last step of a poll: compares what the paths to each destination amount to with what they amounted to.
//!
//! A destination's paths may lead over several regions, so that this waits for all of them; nothing waits for this. It is
//! done only where all is known: every scope of the account was polled, all that was seen is recorded, and no list that a
//! model depends on has a gap. What comes of it is folded into the account's global scope, on condition of the revision that
//! was known before this poll recalled it: an older poll never overwrites what a newer one has found.
//!
//! A process remembers what it has compared last, so that a quiet poll compares nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use futures::channel::mpsc;

use super::{
    backlog::News,
    comparison::Comparison,
    folder::Folder,
    occasion::Occasion,
    part::Part,
    scope_fold::{Earlier, ScopeFold},
};
use crate::{
    domain::{ItemDescription, Kind, Scope, Timestamp},
    incident::{Condition, Estate, Items, Level},
    ports::{Clock, Ledger},
    resilience::{Compared, GRADED_BY, Seen, Wiring, compare},
};

/// A scope as a poll has left it.
pub(super) struct Done {
    pub(super) comparison: Comparison,
    /// Its fold; none where it could not be folded.
    pub(super) scope_fold: Option<ScopeFold>,
    /// Whether all that was seen is recorded.
    pub(super) is_settled: bool,
}

/// What a poll has seen of an account.
pub(super) struct Observed {
    scopes: BTreeMap<Scope, Items>,
    kinds: BTreeSet<Kind>,
    /// When the first observation began, and when the last one ended.
    began: Timestamp,
    at: Timestamp,
    /// What it amounts to in a number: the same as long as nothing changes that a model depends on.
    mark: u64,
}

impl<L: Ledger, C: Clock> Folder<'_, L, C> {
    /// The account's global scope and what there is to compare in these scopes; none where not all is known, or nothing has
    /// changed.
    pub(super) fn to_compare(&self, done: Vec<Done>, occasion: Occasion<'_>) -> Option<(Done, Observed)> {
        let is_all = done.len() == self.settings.scopes.len() && occasion.is_regular;
        if !is_all || !done.iter().all(Done::is_whole) {
            return None;
        }
        let mut seen = Observed::nothing();
        done.iter().for_each(|done| seen.add(&done.comparison));
        let mut global = done.into_iter().find(|done| done.comparison.scope().is_global())?;
        let scope = global.comparison.scope();
        if self.memory.compared(scope).is_some_and(|(mark, _)| mark == seen.mark) {
            self.memory.compares(scope, (seen.mark, seen.began));
            return None;
        }
        let scope_fold = global.scope_fold.as_mut()?;
        scope_fold.leave_backlogs(&self.sinks);
        (!scope_fold.is_overtaken).then_some((global, seen))
    }

    /// Compares, and writes what has come of it.
    pub(super) async fn compare(&self, global: Done, seen: &Observed, news: mpsc::UnboundedSender<News>) {
        let Done { comparison, scope_fold: Some(mut scope_fold), .. } = global else { return };
        let scope = comparison.scope();
        let scopes = seen.scopes.iter().map(|(scope, items)| (scope, items.clone()));
        let wiring = Wiring::of(Estate::of(Items::new(), scopes));
        let found = Seen {
            wiring: &wiring,
            regions: seen.scopes.keys().map(|scope| scope.region().to_owned()).collect(),
            kinds: seen.kinds.clone(),
            at: seen.at,
            last_seen_at: self.memory.compared(scope).map(|(_, began)| began),
        };
        let Compared { findings, known } =
            compare(&found, scope_fold.known.resilience.as_ref(), &self.settings.intents);
        (scope_fold.findings, scope_fold.resilience) = (vec![findings], known);
        let mut steps = self.steps(&scope_fold, &comparison, &Earlier::default(), Part::NOT_LAST);
        if self.write(&mut scope_fold, &mut steps, &news).await {
            self.memory.compares(scope, (seen.mark, seen.began));
        } else {
            // Another poll has folded meanwhile. The next one compares.
            self.memory.forget(scope);
        }
    }
}

impl Done {
    /// Whether nothing that a model depends on is unknown.
    fn is_whole(&self) -> bool {
        let gaps = &self.comparison.snapshot.observation.gaps;
        self.is_settled && self.scope_fold.is_some() && GRADED_BY.iter().all(|kind| !gaps.contains_key(kind))
    }
}

impl Observed {
    fn nothing() -> Observed {
        let (began, at) = (Timestamp::from_milliseconds(i64::MAX), Timestamp::from_milliseconds(i64::MIN));
        Observed { scopes: BTreeMap::new(), kinds: BTreeSet::new(), began, at, mark: 0 }
    }

    /// Takes in a scope as it is recorded by now.
    fn add(&mut self, comparison: &Comparison) {
        let snapshot = &comparison.snapshot;
        self.began = self.began.min(snapshot.began);
        self.at = self.at.max(snapshot.at);
        let is_wanted = |kind: &Kind| GRADED_BY.contains(kind) && snapshot.kinds.contains(kind);
        self.kinds.extend(snapshot.kinds.iter().copied().filter(is_wanted));
        let mut items = items(comparison);
        items.retain(|key, _| is_wanted(&key.kind));
        let mut hasher = DefaultHasher::new();
        (self.mark, comparison.scope().to_string()).hash(&mut hasher);
        for (key, (item, level)) in &items {
            (key.kind.slug(), &key.id, level.as_ref().map(|level| level.condition)).hash(&mut hasher);
            hash(item, &mut hasher);
        }
        self.mark = hasher.finish();
        self.scopes.insert(comparison.scope().clone(), items);
    }
}

/// All that a model depends on.
fn hash(item: &ItemDescription, hasher: &mut DefaultHasher) {
    let ItemDescription { connection_id, lag_id, interconnect_id, virtual_interface_id, .. } = item;
    let ItemDescription { direct_connect_gateway_id, virtual_gateway_id, address_family, .. } = item;
    let ItemDescription { device, physical_device, location, virtual_interface_type, .. } = item;
    (connection_id, lag_id, interconnect_id, virtual_interface_id).hash(hasher);
    (direct_connect_gateway_id, virtual_gateway_id, address_family).hash(hasher);
    (device, physical_device, location, virtual_interface_type).hash(hasher);
}

/// The items of a scope as they are once the comparison is recorded.
fn items(comparison: &Comparison) -> Items {
    let rows = comparison.recalled.states.iter().map(|(key, row)| {
        let condition = Condition::of(&row.state, row.incident_id.is_some());
        let level = Level { state: row.state.clone(), since: row.since, condition };
        (key.clone(), (Arc::clone(&row.details), Some(level)))
    });
    let mut items: Items = rows.collect();
    for amendment in &comparison.diff.amendments {
        if let (Some(details), Some((item, _))) = (&amendment.details, items.get_mut(&amendment.key)) {
            *item = Arc::clone(details);
        }
    }
    for transition in comparison.diff.baseline.iter().chain(&comparison.diff.transitions) {
        let condition = Condition::of(&transition.state, transition.incident_after().is_some());
        let level = Level { state: transition.state.clone(), since: transition.since, condition };
        items.insert(transition.key(), (Arc::clone(&transition.item), Some(level)));
    }
    items
}
