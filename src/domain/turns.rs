//! Lists that an observation does not ask for, on purpose: a kind that costs a call for each of its lists is read a part at
//! a time, and a list that has nothing to show at present is left alone. That is no gap. What was not asked for is unseen,
//! and neither present nor absent.

use std::collections::{BTreeMap, BTreeSet};

use super::{description::ItemDescription, kind::Kind, timestamp::Timestamp, topology::listed_under};

/// More lists than this that cannot be asked for are not noted one by one: each takes some hundred bytes of the poll row,
/// which has at most 400 KB. Then the kind as a whole counts as not listed.
pub const IDLE_NOTED: usize = 500;

/// What an observation did not ask for, of the kinds that are read in turns.
pub type Turns = BTreeMap<Kind, KindTurns>;

/// What an observation did not ask for, of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindTurns {
    /// Whether nothing of the kind can be read here.
    pub unwatched: bool,
    /// The lists that cannot be asked for at present, or were not read since they could not.
    pub idle: BTreeSet<String>,
    /// The lists whose turn is in another poll.
    pub waiting: BTreeSet<String>,
    /// How many observations of the scope ago the oldest of all other lists was read, by this process; none where one has
    /// not been read yet.
    pub oldest: Option<usize>,
    /// The beginning of that observation. The observer knows it.
    pub read_since: Option<Timestamp>,
}

impl KindTurns {
    /// Whether an item may exist unseen, since its list was not asked for.
    pub fn hides(&self, item: &ItemDescription) -> bool {
        self.unwatched || listed_under(item).any(|list| self.idle.contains(list) || self.waiting.contains(list))
    }

    /// Whether an item's list waits for its turn: it was read a short while ago.
    pub fn defers(&self, item: &ItemDescription) -> bool {
        !self.unwatched && listed_under(item).any(|list| self.waiting.contains(list))
    }

    /// Whether all lists that can be asked for were read lately, and the others are few enough to be noted.
    pub fn is_complete(&self) -> bool {
        !self.unwatched && self.read_since.is_some() && self.idle.len() <= IDLE_NOTED
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Extent, GapProgress, Health, ItemKey, KindProgress, Observation, ParentGap, PollRow, Recalled, Scope, Snapshot,
        State, Transition,
    };

    const KIND: Kind = Kind::BgpRoutes;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_milliseconds(minute * 60_000)
    }

    fn routes(id: &str) -> ItemDescription {
        ItemDescription::bare(&Scope::regional("1", "us-east-1"), &ItemKey::new(KIND, id))
    }

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    /// A snapshot of minute 9 in which these lists were not asked for, and the oldest of the others was read in minute 5.
    fn snapshot(idle: &[&str], waiting: &[&str]) -> Snapshot {
        let turns = KindTurns {
            idle: ids(idle),
            waiting: ids(waiting),
            oldest: Some(4),
            read_since: Some(at(5)),
            ..KindTurns::default()
        };
        let observation = Observation { turns: [(KIND, turns)].into(), ..Observation::default() };
        let scope = Scope::regional("1", "us-east-1");
        Snapshot { scope, began: at(9), at: at(10), kinds: [KIND].into(), observation }
    }

    /// What was recalled of a kind that was listed completely as of minute 4, with gaps in these lists since minute 2.
    fn recalled(gaps: &[&str]) -> Recalled {
        let gap = ParentGap { since: Some(at(2)), settled_at: None };
        let progress = KindProgress {
            baseline_at: Some(at(1)),
            last_complete_at: Some(at(4)),
            gaps: gaps.iter().map(|list| ((*list).to_owned(), gap)).collect(),
            ..KindProgress::default()
        };
        let poll = PollRow { kinds: [(KIND, progress)].into(), interval_seconds: None, last_regular_at: None };
        Recalled { poll: Some(poll), ..Recalled::nothing(Scope::regional("1", "us-east-1")) }
    }

    #[test]
    fn what_was_not_asked_for_is_not_covered_and_everything_else_is() {
        let snapshot = snapshot(&["dxvif-1:ipv4"], &["dxvif-2:ipv4"]);
        let covered = |id: &str| snapshot.covers(&routes(id));
        assert_eq!(["dxvif-1:ipv4", "dxvif-2:ipv4", "dxvif-2:ipv6"].map(covered), [false, false, true]);
        assert!(snapshot.observation.turns[&KIND].defers(&routes("dxvif-2:ipv4")));
        assert!(
            !snapshot.observation.turns[&KIND].defers(&routes("dxvif-1:ipv4")),
            "it was not seen a short while ago"
        );
    }

    #[test]
    fn the_kind_is_as_old_as_its_oldest_list_and_incomplete_without_one() {
        let mut snapshot = snapshot(&[], &["dxvif-2:ipv4"]);
        assert!(snapshot.is_complete(KIND));
        assert_eq!((snapshot.complete_since(KIND), snapshot.complete_since(Kind::Lag)), (at(5), at(9)));
        let change = |snapshot: &mut Snapshot, change: &dyn Fn(&mut KindTurns)| {
            change(snapshot.observation.turns.get_mut(&KIND).unwrap());
            snapshot.is_complete(KIND)
        };
        let many: BTreeSet<String> = (0..=IDLE_NOTED).map(|number| format!("dxvif-{number}:ipv4")).collect();
        assert!(!change(&mut snapshot, &|turns| turns.idle = many.clone()), "the row would not hold them");
        assert!(change(&mut snapshot, &|turns| drop(turns.idle.pop_first())));
        assert!(!change(&mut snapshot, &|turns| turns.read_since = None));
        assert!(!change(&mut snapshot, &|turns| (turns.read_since, turns.unwatched) = (Some(at(5)), true)));
        assert!(!snapshot.covers(&routes("dxvif-9:ipv4")), "nothing is read, and nothing is absent");
    }

    #[test]
    fn a_list_that_cannot_be_asked_for_is_a_gap_in_coverage_until_it_is_read() {
        let idle = snapshot(&["dxvif-1:ipv4"], &[]);
        let begins = GapProgress::Begins(ParentGap { since: Some(at(4)), settled_at: None });
        assert_eq!(idle.gap_progress(KIND, &recalled(&[])), [("dxvif-1:ipv4".to_owned(), begins)].into());
        let known = recalled(&["dxvif-1:ipv4"]);
        let progress = |snapshot: Snapshot| snapshot.gap_progress(KIND, &known)["dxvif-1:ipv4"];
        assert_eq!(progress(idle), GapProgress::GoesOn);
        assert_eq!(progress(snapshot(&[], &["dxvif-1:ipv4"])), GapProgress::GoesOn, "a new process has not asked yet");
        assert_eq!(progress(snapshot(&[], &[])), GapProgress::Ends);
        assert_eq!(known.watched(&routes("dxvif-1:ipv4")).last_complete_at, Some(at(2)));
        assert_eq!(known.watched(&routes("dxvif-2:ipv4")).last_complete_at, Some(at(4)));
        let mut denied = snapshot(&[], &[]);
        let extent = Extent::Children([("dxvif-3:ipv4".to_owned(), "denied".to_owned())].into());
        denied.observation.gaps.insert(KIND, extent);
        assert_eq!(denied.gap_progress(KIND, &recalled(&[]))["dxvif-3:ipv4"], begins);
    }

    #[test]
    fn what_waits_is_as_its_row_has_it() {
        let row = |id: &str, word: &str| {
            let transition = Transition {
                item: routes(id).into(),
                sequence: 1,
                previous: None,
                state: State::of(KIND, Some(word)),
                since: at(1),
                seen_at: at(1),
                never_up: false,
            };
            (ItemKey::new(KIND, id), transition.row())
        };
        let mut known = recalled(&[]);
        known.states = [row("dxvif-1:ipv4", "none"), row("dxvif-2:ipv4", "present")].into();
        let snapshot = snapshot(&["dxvif-1:ipv4"], &["dxvif-2:ipv4"]);
        let deferred: Vec<(String, Health)> =
            snapshot.deferred(&known).map(|(key, row)| (key.id.clone(), row.state.health())).collect();
        assert_eq!(deferred, [("dxvif-2:ipv4".to_owned(), Health::Up)]);
    }
}
