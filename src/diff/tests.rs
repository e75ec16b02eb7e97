//! The rules of the difference, told as stories of one connection, and the properties that hold for any input.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::{Gaps, KindProgress, Observation, PollRow, Scope};

const KIND: Kind = Kind::Connection;

fn scope() -> Scope {
    Scope::regional("123456789012", "us-east-1")
}

fn rules() -> Rules {
    Rules { confirm_polls: 3, unmonitored_after: Duration::from_secs(900), keep_removed: Duration::from_secs(86_400) }
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_milliseconds(1_795_316_400_000 + minute * 60_000)
}

fn key() -> ItemKey {
    ItemKey::new(KIND, "dxcon-1")
}

fn item(key: &ItemKey, word: &str) -> (ItemKey, Item) {
    let description = ItemDescription::bare(&scope(), key);
    (key.clone(), Item { description: description.into(), state: State::of(key.kind, Some(word)) })
}

/// A watched connection and the polls that look at it; applies each diff as a ledger without rivals would.
struct Story {
    recalled: Recalled,
    minute: i64,
    log: String,
}

impl Story {
    fn begin() -> Story {
        Story { recalled: Recalled::nothing(scope()), minute: 0, log: String::new() }
    }

    /// A poll that sees the connection in the state of `word`, or misses it.
    fn see(&mut self, word: Option<&str>) -> &mut Story {
        self.poll(word, Gaps::new())
    }

    /// A poll whose listing has a gap.
    fn glimpse(&mut self, word: Option<&str>) -> &mut Story {
        self.poll(word, Gaps::from([(KIND, "throttled".to_owned())]))
    }

    /// Minutes without a poll.
    fn pass(&mut self, minutes: i64) -> &mut Story {
        self.minute += minutes;
        self
    }

    fn poll(&mut self, word: Option<&str>, gaps: Gaps) -> &mut Story {
        self.minute += 1;
        let snapshot = Snapshot {
            scope: scope(),
            at: minute(self.minute),
            kinds: BTreeSet::from([KIND]),
            observation: Observation {
                items: word.map(|word| item(&key(), word)).into_iter().collect(),
                gaps,
                ..Observation::default()
            },
        };
        let diff = diff(&self.recalled, &snapshot, &rules());
        self.log +=
            &format!("{:2} {:11} {}", self.minute, word.unwrap_or("-"), if diff.is_empty() { "\n" } else { "" });
        self.log +=
            &diff.to_string().lines().map(|line| format!("{line}\n")).collect::<Vec<_>>().join("               ");
        apply(&mut self.recalled, &diff, &snapshot);
        self
    }

    fn told(&self) -> String {
        // Days and milliseconds say nothing here.
        let told = self.log.replace("2026-11-22T", "").replace(":00.000Z", "");
        told.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

fn apply(recalled: &mut Recalled, diff: &Diff, snapshot: &Snapshot) {
    for transition in diff.baseline.iter().chain(&diff.transitions) {
        recalled.states.insert(
            transition.key(),
            StateRow {
                state: transition.state.clone(),
                since: transition.since,
                sequence: transition.sequence,
                last_transition_at: transition.since,
                announced: BTreeMap::new(),
                suspect: None,
                incident_id: transition.incident_after(),
                details: transition.item.clone(),
                expires_at: None,
            },
        );
    }
    for amendment in &diff.amendments {
        let row = recalled.states.get_mut(&amendment.key).unwrap();
        row.suspect = amendment.suspect.clone();
        row.expires_at = amendment.expires_at;
        row.details = amendment.details.clone().unwrap_or_else(|| row.details.clone());
    }
    let poll = recalled.poll.get_or_insert_with(PollRow::default);
    for kind in snapshot.complete_kinds() {
        let progress: &mut KindProgress = poll.kinds.entry(kind).or_default();
        progress.last_complete_at = progress.last_complete_at.max(Some(snapshot.at));
        progress.baseline_at.get_or_insert(snapshot.at);
    }
}

#[test]
fn an_outage_is_two_transitions() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("down")).see(Some("down")).see(Some("available")).see(Some("available"));
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 down        transition connection/dxcon-1 "available" -> "down" degraded #2 since 03:02
    3 down
    4 available   transition connection/dxcon-1 "down" -> "available" recovered #3 since 03:04
    5 available
    "#);
}

#[test]
fn the_bound_is_the_last_complete_listing() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("available")).glimpse(Some("available"));
    let snapshot = Snapshot {
        scope: scope(),
        at: minute(4),
        kinds: BTreeSet::from([KIND]),
        observation: Observation { items: BTreeMap::from([item(&key(), "down")]), ..Observation::default() },
    };
    let diff = diff(&story.recalled, &snapshot, &rules());
    let previous = diff.transitions[0].previous.as_ref().unwrap();
    assert_eq!((previous.since, previous.last_seen_at), (minute(1), minute(2)));
}

#[test]
fn an_unknown_is_believed_the_third_time_and_dated_from_the_first() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("unknown")).see(Some("available"));
    story.see(Some("unknown")).see(Some("unknown")).see(Some("unknown")).see(Some("unknown")).see(Some("available"));
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 unknown     amend connection/dxcon-1 suspect Unknown x1
    3 available   amend connection/dxcon-1 suspect cleared
    4 unknown     amend connection/dxcon-1 suspect Unknown x1
    5 unknown     amend connection/dxcon-1 suspect Unknown x2
    6 unknown     transition connection/dxcon-1 "available" -> "unknown" unknown #2 since 03:04
    7 unknown
    8 available   transition connection/dxcon-1 "unknown" -> "available" recovered #3 since 03:08
    "#);
    let row = &story.recalled.states[&key()];
    assert_eq!(row.sequence, 3);
}

#[test]
fn the_bound_of_a_confirmed_sight_is_the_listing_before_the_first_of_them() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("available")).see(None).see(None);
    let snapshot =
        Snapshot { scope: scope(), at: minute(5), kinds: BTreeSet::from([KIND]), observation: Observation::default() };
    let diff = diff(&story.recalled, &snapshot, &rules());
    let transition = &diff.transitions[0];
    assert_eq!((transition.state.value(), transition.since), ("absent", minute(3)));
    let previous = transition.previous.as_ref().unwrap();
    assert_eq!(previous.last_seen_at, minute(2));
    assert_eq!(previous.confirmed, story.recalled.states[&key()].suspect);
}

#[test]
fn a_flickering_listing_makes_nothing_absent() {
    let mut story = Story::begin();
    story.see(Some("available"));
    for _ in 0..3 {
        story.see(None).see(None).see(Some("available"));
    }
    insta::assert_snapshot!(story.told(), @r#"
     1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
     2 -           amend connection/dxcon-1 suspect Absent x1
     3 -           amend connection/dxcon-1 suspect Absent x2
     4 available   amend connection/dxcon-1 suspect cleared
     5 -           amend connection/dxcon-1 suspect Absent x1
     6 -           amend connection/dxcon-1 suspect Absent x2
     7 available   amend connection/dxcon-1 suspect cleared
     8 -           amend connection/dxcon-1 suspect Absent x1
     9 -           amend connection/dxcon-1 suspect Absent x2
    10 available   amend connection/dxcon-1 suspect cleared
    "#);
}

#[test]
fn a_gap_counts_for_nothing_and_against_nothing() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).glimpse(None).glimpse(Some("unknown")).see(None).glimpse(None).see(None);
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 -           amend connection/dxcon-1 suspect Absent x1
    3 -
    4 unknown     amend connection/dxcon-1 suspect Unknown x1
    5 -           amend connection/dxcon-1 suspect Unknown x2
    6 -
    7 -           transition connection/dxcon-1 "available" -> "unknown" unknown #2 since 03:02
    "#);
}

#[test]
fn missing_and_unknown_count_on_as_unknown() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).see(Some("unknown")).see(None).see(None).see(None).see(None);
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 -           amend connection/dxcon-1 suspect Absent x1
    3 unknown     amend connection/dxcon-1 suspect Unknown x2
    4 -           transition connection/dxcon-1 "available" -> "unknown" unknown #2 since 03:02
    5 -           amend connection/dxcon-1 suspect Absent x1
    6 -           amend connection/dxcon-1 suspect Absent x2
    7 -           transition connection/dxcon-1 "unknown" -> "absent" removed #3 since 03:05
    "#);
}

#[test]
fn a_complete_listing_that_was_not_counted_breaks_the_run() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).see(None);
    // Another poller listed the kind completely in between, but could not write what it saw of this item.
    let poll = story.recalled.poll.as_mut().unwrap();
    poll.kinds.get_mut(&KIND).unwrap().last_complete_at = Some(minute(3).plus(Duration::from_secs(30)));
    story.see(None);
    let suspect = story.recalled.states[&key()].suspect.clone().unwrap();
    assert_eq!((suspect.polls, suspect.since), (1, minute(4)));
}

#[test]
fn a_deleted_item_leaves_quietly_and_may_come_back() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("deleting")).see(Some("deleted")).see(None).see(None).see(None).see(None);
    story.see(Some("deleted")).see(Some("available"));
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 deleting    transition connection/dxcon-1 "available" -> "deleting" removed #2 since 03:02
    3 deleted     transition connection/dxcon-1 "deleting" -> "deleted" progressed #3 since 03:03
    4 -           amend connection/dxcon-1 expires 1795403040
    5 -
    6 -
    7 -
    8 deleted     amend connection/dxcon-1
    9 available   transition connection/dxcon-1 "deleted" -> "available" recovered #4 since 03:09
    "#);
}

#[test]
fn a_word_never_seen_is_an_ordinary_transition() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("quarantined")).see(Some("in orbit")).see(Some("available"));
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 quarantined transition connection/dxcon-1 "available" -> "quarantined" unknown #2 since 03:02
    3 in orbit    transition connection/dxcon-1 "quarantined" -> "in orbit" progressed #3 since 03:03
    4 available   transition connection/dxcon-1 "in orbit" -> "available" recovered #4 since 03:04
    "#);
}

#[test]
fn long_silence_is_unmonitored() {
    let mut story = Story::begin();
    story.see(Some("available")).pass(14).see(Some("available")).pass(15).see(Some("down"));
    insta::assert_snapshot!(story.told(), @r#"
     1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    16 available
    32 down        unmonitored connection 03:16 .. 03:32
                   transition connection/dxcon-1 "available" -> "down" degraded #2 since 03:32
    "#);
}

#[test]
fn a_late_item_is_announced_and_an_early_one_belongs_to_the_baseline() {
    let mut story = Story::begin();
    story.glimpse(Some("available")).glimpse(Some("down")).see(Some("down"));
    assert!(story.told().contains("baseline"));
    let late = ItemKey::new(KIND, "dxcon-2");
    let snapshot = Snapshot {
        scope: scope(),
        at: minute(9),
        kinds: BTreeSet::from([KIND]),
        observation: Observation {
            items: BTreeMap::from([item(&key(), "down"), item(&late, "unknown")]),
            gaps: Gaps::from([(KIND, "half".to_owned())]),
            ..Observation::default()
        },
    };
    let diff = diff(&story.recalled, &snapshot, &rules());
    assert!(diff.baseline.is_empty());
    assert_eq!(diff.transitions.iter().map(Transition::key).collect::<Vec<_>>(), [late]);
    assert_eq!(diff.transitions[0].state.value(), "unknown", "a first sight needs no confirmation");
}

#[test]
fn a_clock_that_jumped_back_does_not_reorder_history() {
    let mut story = Story::begin();
    story.see(Some("available"));
    story.minute -= 30;
    story.see(Some("down"));
    let row = &story.recalled.states[&key()];
    assert_eq!(row.last_transition_at, minute(1).plus(Duration::from_millis(1)));
}

#[test]
fn kinds_that_are_not_polled_are_unseen_not_absent() {
    let mut story = Story::begin();
    story.see(Some("available"));
    let snapshot = Snapshot {
        scope: scope(),
        at: minute(9),
        kinds: BTreeSet::from([Kind::Lag]),
        observation: Observation::default(),
    };
    assert!(diff(&story.recalled, &snapshot, &rules()).is_empty());
}

#[test]
fn a_new_name_is_remembered_without_a_transition() {
    let mut story = Story::begin();
    story.see(Some("available"));
    let mut renamed = item(&key(), "available");
    Arc::make_mut(&mut renamed.1.description).name = Some("prod-primary".to_owned());
    let snapshot = Snapshot {
        scope: scope(),
        at: minute(2),
        kinds: BTreeSet::from([KIND]),
        observation: Observation { items: BTreeMap::from([renamed]), ..Observation::default() },
    };
    let diff = diff(&story.recalled, &snapshot, &rules());
    assert_eq!(diff.to_string(), "amend connection/dxcon-1 described anew\n");
}

// ---- any input ----

fn any_kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Connection, Kind::BgpPeer, Kind::Lag])
}

fn any_word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["available", "down", "up", "unknown", "deleted", "pending", "", "absent"])
            .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn any_key() -> impl Strategy<Value = ItemKey> {
    (any_kind(), 0..4u8).prop_map(|(kind, number)| ItemKey::new(kind, format!("id-{number}")))
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![(0..60i64).prop_map(minute), any::<i64>().prop_map(Timestamp::from_milliseconds)]
}

fn any_suspect() -> impl Strategy<Value = Suspect> {
    (any::<bool>(), 0..5u64, any_instant(), any_instant(), prop::option::of(any_instant())).prop_map(
        |(absent, polls, since, at, last_seen_at)| Suspect {
            state: if absent { Suspicion::Absent } else { Suspicion::Unknown },
            polls,
            since,
            at,
            last_seen_at,
        },
    )
}

fn any_row(key: ItemKey) -> impl Strategy<Value = (ItemKey, StateRow)> {
    (any_word(), any::<bool>(), any_instant(), 1..1000u64, prop::option::of(any_suspect()), any::<Option<i64>>())
        .prop_map(move |(word, absent, since, sequence, suspect, expires_at)| {
            let state = if absent { State::absent() } else { State::of(key.kind, Some(&word)) };
            let details = ItemDescription::bare(&scope(), &key);
            let row = StateRow {
                state,
                since,
                sequence,
                last_transition_at: since,
                announced: BTreeMap::new(),
                suspect,
                incident_id: None,
                details: details.into(),
                expires_at,
            };
            (key.clone(), row)
        })
}

fn any_recalled() -> impl Strategy<Value = Recalled> {
    let rows = prop::collection::vec(any_key().prop_flat_map(any_row), 0..8);
    let poll = prop::option::of(prop::collection::btree_map(
        any_kind(),
        (prop::option::of(any_instant()), prop::option::of(any_instant())).prop_map(
            |(baseline_at, last_complete_at)| KindProgress { baseline_at, last_complete_at, ..KindProgress::default() },
        ),
        0..4,
    ));
    (rows, poll).prop_map(|(rows, poll)| Recalled {
        scope: scope(),
        states: rows.into_iter().collect(),
        poll: poll.map(|kinds| PollRow { kinds, interval_seconds: None }),
    })
}

fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let items = prop::collection::vec((any_key(), any_word()), 0..8);
    let gaps = prop::collection::btree_map(any_kind(), any::<String>(), 0..3);
    let kinds = prop::collection::btree_set(any_kind(), 0..4);
    (items, gaps, kinds, any_instant()).prop_map(|(items, gaps, kinds, at)| Snapshot {
        scope: scope(),
        at,
        kinds,
        observation: Observation {
            items: items.iter().map(|(key, word)| item(key, word)).collect(),
            gaps,
            ..Observation::default()
        },
    })
}

proptest! {
    #[test]
    fn nothing_makes_it_panic_and_what_it_says_is_true(recalled in any_recalled(), snapshot in any_snapshot()) {
        let diff = diff(&recalled, &snapshot, &rules());
        let _ = diff.to_string();
        for transition in diff.transitions.iter().chain(&diff.baseline) {
            let observed = snapshot.observation.items.get(&transition.key());
            match recalled.states.get(&transition.key()) {
                None => {
                    prop_assert_eq!(transition.sequence, 1);
                    prop_assert!(transition.previous.is_none());
                }
                Some(row) => {
                    let previous = transition.previous.as_ref().unwrap();
                    prop_assert_eq!(transition.sequence, row.sequence + 1);
                    prop_assert_ne!(&previous.state, &transition.state, "no transition to the same state");
                    prop_assert!(
                        transition.since > row.last_transition_at || transition.since == Timestamp::MAXIMUM
                    );
                    prop_assert!(previous.last_seen_at <= transition.since);
                }
            }
            if transition.state.is_absent() {
                prop_assert!(observed.is_none() && snapshot.is_complete(transition.item.kind), "a gap makes nothing absent");
            }
        }
    }

    #[test]
    fn a_snapshot_differs_not_from_itself(snapshot in any_snapshot()) {
        let mut recalled = Recalled::nothing(scope());
        let first = diff(&recalled, &snapshot, &rules());
        apply(&mut recalled, &first, &snapshot);
        let second = diff(&recalled, &snapshot, &rules());
        prop_assert!(second.is_empty(), "{second}");
    }
}
