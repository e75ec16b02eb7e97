//! What changed between the recalled rows and an observation: a pure function, defined for every input.
//!
//! The rules, in the order in which they are applied to an item:
//!
//! - **First sight.** An item without a row is discovered. As long as its kind, or its parent's list, has no baseline, it
//!   belongs to the baseline and is not announced by itself.
//! - **Seen.** A state other than the row's is a transition at once, unless it is `unknown`. Word, level and health make
//!   up the state, so the same word in another context is a transition, and so is a word that an upgrade has learned.
//! - **Uncertain.** An item that is `unknown`, or missing from a complete listing, becomes a suspect. After
//!   [`Rules::confirm_polls`] successive uncertain sights there is a transition, dated from the first of them. In a
//!   listing with a gap, of the whole kind or of the item's parent, an uncertain sight neither counts nor ends the count.
//!   The item was last seen in its former state before the first of them.
//! - **Gone.** An item that was removed and has left the listing makes no further event. Its row is kept for a while, so
//!   that its sequence does not start again.
//!
//! An observation takes time. A new state existed by the observation's end at the latest, so that dates the transition. A
//! former state was last seen no earlier than the beginning of the last observation that had it, so that is the
//! transition's lower bound.

use std::{fmt, sync::Arc, time::Duration};

use crate::domain::{
    Amendment, Confirmation, CoveragePath, GapProgress, Health, Item, ItemDescription, ItemKey, Kind, Previous,
    Recalled, Snapshot, State, StateRow, Suspect, Suspicion, Timestamp, Transition, Unmonitored, Watched,
};

/// The numbers that the rules depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// After how many successive uncertain sights there is a transition; at least one.
    pub confirm_polls: u64,
    /// Whether an uncertain sight of this poll counts as one more. One of a poll between the regular ones does not: within
    /// seconds a listing that flickers shows the same again.
    pub confirms: bool,
    /// How long a kind may be without a complete listing before that time counts as unmonitored.
    pub unmonitored_after: Duration,
    /// How long the row of a removed item is kept.
    pub keep_removed: Duration,
}

/// Everything to write, decided from one snapshot and the rows recalled before it. Its display has one line for each
/// write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Unmonitored time that ends with this snapshot.
    pub unmonitored: Vec<Unmonitored>,
    /// First sights that belong to a baseline.
    pub baseline: Vec<Transition>,
    /// Transitions to record and announce.
    pub transitions: Vec<Transition>,
    /// Other changes of rows.
    pub amendments: Vec<Amendment>,
}

impl Diff {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.unmonitored.is_empty()
            && self.baseline.is_empty()
            && self.transitions.is_empty()
            && self.amendments.is_empty()
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for unmonitored in &self.unmonitored {
            let Unmonitored { kind, parent, from, to, .. } = unmonitored;
            let of_parent = parent.as_ref().map(|parent| format!(" of {parent}")).unwrap_or_default();
            writeln!(formatter, "unmonitored {kind}{of_parent} {from} .. {to}")?;
        }
        for transition in &self.baseline {
            writeln!(formatter, "baseline {transition}")?;
        }
        for transition in &self.transitions {
            writeln!(formatter, "transition {transition}")?;
        }
        for amendment in &self.amendments {
            writeln!(formatter, "amend {amendment}")?;
        }
        Ok(())
    }
}

/// The difference between `recalled` and `snapshot`.
pub fn diff(recalled: &Recalled, snapshot: &Snapshot, rules: &Rules) -> Diff {
    let mut diff = Diff::default();
    diff.unmonitored.extend(snapshot.complete_kinds().flat_map(|kind| unmonitored(kind, recalled, snapshot, rules)));
    let view = |item| ItemView::on(item, recalled, snapshot, rules);

    for (key, item) in &snapshot.observation.items {
        if !snapshot.kinds.contains(&key.kind) {
            continue;
        }
        match recalled.states.get(key) {
            None => {
                let is_first = snapshot.is_first_of(&item.description, recalled);
                let discovered = view(&item.description).discovered(item, is_first);
                if is_first { &mut diff.baseline } else { &mut diff.transitions }.push(discovered);
            }
            Some(row) => view(&item.description).seen(key, row, item).note(row, &mut diff),
        }
    }
    for (key, row) in &recalled.states {
        if snapshot.covers(&row.details) && !snapshot.observation.items.contains_key(key) {
            view(&row.details).missing(key, row).note(row, &mut diff);
        }
    }
    diff
}

/// The unmonitored time of `kind`, or of the children of one of its parents, that ends with this snapshot.
fn unmonitored<'a>(
    kind: Kind,
    recalled: &'a Recalled,
    snapshot: &'a Snapshot,
    rules: &'a Rules,
) -> impl Iterator<Item = Unmonitored> + 'a {
    let path = CoveragePath::new(snapshot.scope.clone(), kind);
    let last_complete_at = recalled.poll.as_ref().and_then(|poll| poll.last_complete_at(kind));
    let progress = snapshot.gap_progress(kind, recalled);
    let ended = recalled.gaps(kind).filter(move |(parent, _)| progress.get(*parent) == Some(&GapProgress::Ends));
    let of_parents = ended.map({
        let path = path.clone();
        move |(parent, gap)| (path.clone().of_children(parent), gap.since)
    });
    let of_kind = std::iter::once((path, last_complete_at, snapshot.complete_since(kind)));
    let all = of_kind.chain(of_parents.map(|(path, since)| (path, since, snapshot.began)));
    all.filter_map(|(path, since, until)| Unmonitored::between(&path, since, until, rules.unmonitored_after))
}

/// The result of comparing an item with its row.
enum Verdict {
    Transition(Transition),
    Amendment(Amendment),
}

impl Verdict {
    fn note(self, row: &StateRow, diff: &mut Diff) {
        match self {
            Verdict::Transition(transition) => diff.transitions.push(transition),
            Verdict::Amendment(amendment) if amendment.changes(row) => diff.amendments.push(amendment),
            Verdict::Amendment(_) => {}
        }
    }
}

/// One item in one snapshot, with what was known of its kind before.
struct ItemView<'a> {
    began: Timestamp,
    ended: Timestamp,
    /// Whether the snapshot would list it if it exists.
    covered: bool,
    watched: Watched,
    recalled: &'a Recalled,
    rules: &'a Rules,
}

impl<'a> ItemView<'a> {
    fn on(item: &ItemDescription, recalled: &'a Recalled, snapshot: &Snapshot, rules: &'a Rules) -> ItemView<'a> {
        ItemView {
            began: snapshot.began,
            ended: snapshot.at,
            covered: snapshot.covers(item),
            watched: recalled.watched(item),
            recalled,
            rules,
        }
    }

    fn discovered(&self, item: &Item, is_first: bool) -> Transition {
        Transition {
            item: item.description.clone(),
            sequence: 1,
            previous: None,
            state: item.state.clone(),
            since: self.ended,
            seen_at: self.began,
            never_up: match item.state.health() {
                Health::Up => false,
                Health::Pending => true,
                // An item of the baseline may have been up before it.
                _ => !is_first,
            },
        }
    }

    /// Compares an item that is listed.
    fn seen(&self, key: &ItemKey, row: &StateRow, item: &Item) -> Verdict {
        let mut amendment = Amendment::of(key, row);
        amendment.expires_at = None;
        if item.description != row.details {
            amendment.details = Some(item.description.clone());
        }
        if item.state == row.state {
            self.clear_suspect(&mut amendment);
            Verdict::Amendment(amendment)
        } else if item.state.is_unknown() {
            if self.covered {
                return self.uncertain(row, Suspicion::Unknown, amendment);
            }
            // In a listing with a gap an uncertain sight neither counts nor ends the count. But the item is listed, so
            // the suspect is no longer a missing one: at most it is unknown.
            if let Some(suspect) = &mut amendment.suspect {
                suspect.state = Suspicion::Unknown;
                suspect.unknown_at = Some(self.began);
            }
            Verdict::Amendment(amendment)
        } else {
            Verdict::Transition(self.transition(row, &item.description, item.state.clone(), self.ended))
        }
    }

    /// Compares an item that is not in a complete listing.
    fn missing(&self, key: &ItemKey, row: &StateRow) -> Verdict {
        let mut amendment = Amendment::of(key, row);
        if row.state.health() == Health::Removed {
            self.clear_suspect(&mut amendment);
            // There will be no further transition, even if the end of its removal was never seen.
            amendment.ends_outage = row.incident_id.is_some();
            amendment.expires_at = row.expires_at.or(Some(self.ended.plus(self.rules.keep_removed).seconds()));
            Verdict::Amendment(amendment)
        } else {
            self.uncertain(row, Suspicion::Absent, amendment)
        }
    }

    /// Decides about a suspect: counts an uncertain sight, and makes a transition of it once it was counted often
    /// enough.
    fn uncertain(&self, row: &StateRow, sight: Suspicion, mut amendment: Amendment) -> Verdict {
        // If a complete listing that was not counted lies in between, the sights are not successive: another poll made
        // that listing, and could not write what it showed of this item.
        let unbroken =
            row.suspect.as_ref().filter(|suspect| self.watched.last_complete_at.is_none_or(|last| last <= suspect.at));
        let shown = (sight == Suspicion::Unknown).then_some(self.began);
        let suspect = match unbroken {
            None => Suspect {
                state: sight,
                polls: 1,
                since: self.ended,
                at: self.began,
                last_seen_at: Some(row.last_seen_at(self.watched.last_settled_at)),
                unknown_at: shown,
            },
            Some(suspect) => Suspect {
                state: if suspect.state == sight { sight } else { Suspicion::Unknown },
                polls: suspect.polls.saturating_add(u64::from(self.rules.confirms)),
                at: self.began,
                unknown_at: shown.or(suspect.unknown_at),
                ..suspect.clone()
            },
        };
        let state = match suspect.state {
            Suspicion::Absent => State::absent(),
            Suspicion::Unknown => State::unknown(),
        };
        if suspect.polls < self.rules.confirm_polls {
            amendment.suspect = Some(suspect);
            return Verdict::Amendment(amendment);
        }
        if state == row.state {
            amendment.suspect = None;
            return Verdict::Amendment(amendment);
        }
        let item = amendment.details.as_ref().unwrap_or(&row.details);
        let mut transition = self.transition(row, item, state, suspect.since);
        let missed = sight != suspect.state;
        if missed {
            // A row of an older version has neither time; then the time of the first sight is the bound.
            transition.seen_at = suspect.unknown_at.or(suspect.last_seen_at).unwrap_or(suspect.since);
        }
        if let (Some(previous), Some(suspect)) = (&mut transition.previous, row.suspect.clone()) {
            previous.confirmed = Some(Confirmation { suspect, missed_at: missed.then_some(self.began) });
        }
        Verdict::Transition(transition)
    }

    /// Ends the suspicion: the item was seen in the state of its row.
    fn clear_suspect(&self, amendment: &mut Amendment) {
        if amendment.suspect.take().is_some() {
            amendment.seen_at = Some(self.began);
        }
    }

    fn transition(
        &self,
        row: &StateRow,
        item: &Arc<ItemDescription>,
        state: State,
        first_seen_at: Timestamp,
    ) -> Transition {
        // History stays ordered by time, even if the pollers' clocks disagree.
        let since = first_seen_at.max(row.last_transition_at.plus(Duration::from_millis(1)));
        Transition {
            item: item.clone(),
            sequence: row.sequence + 1,
            previous: Some(Previous {
                state: row.state.clone(),
                since: row.since,
                last_seen_at: row.last_seen_at(self.watched.last_settled_at).min(since),
                last_transition_at: row.last_transition_at,
                incident_id: row.incident_id,
                group: self.recalled.open_incident(row),
                certain: row.suspect.is_none(),
                confirmed: None,
            }),
            since,
            seen_at: self.began,
            never_up: row.is_being_turned_up() && state.health() != Health::Up,
            state,
        }
    }
}

#[cfg(test)]
mod tests;
