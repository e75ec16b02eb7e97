//! The rules of the difference, told as stories of one connection, and the properties that hold for any input.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

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

/// When the observation that ends at a minute began.
fn began(at: Timestamp) -> Timestamp {
    Timestamp::from_milliseconds(at.milliseconds().saturating_sub(10_000))
}

fn key() -> ItemKey {
    ItemKey::new(KIND, "dxcon-1")
}

/// An observation of connections that ends at a minute.
fn snapshot(number: i64, items: impl IntoIterator<Item = (ItemKey, Item)>, gaps: Gaps) -> Snapshot {
    Snapshot {
        scope: scope(),
        began: began(minute(number)),
        at: minute(number),
        kinds: BTreeSet::from([KIND]),
        observation: Observation { items: items.into_iter().collect(), gaps, ..Observation::default() },
    }
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
        let seen = word.map(|word| item(&key(), word));
        let snapshot = snapshot(self.minute, seen, gaps).in_context(&self.recalled);
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
                seen_at: Some(transition.seen_at),
                never_up: transition.never_up,
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
        row.seen_at = amendment.seen_at.or(row.seen_at);
        row.incident_id = row.incident_id.filter(|_| !amendment.ends_outage);
        row.expires_at = amendment.expires_at;
        row.details = amendment.details.clone().unwrap_or_else(|| row.details.clone());
    }
    let poll = recalled.poll.get_or_insert_with(PollRow::default);
    for kind in snapshot.complete_kinds() {
        let progress: &mut KindProgress = poll.kinds.entry(kind).or_default();
        progress.last_complete_at = progress.last_complete_at.max(Some(snapshot.began));
        progress.settled_at = None;
        progress.baseline_at.get_or_insert(snapshot.began);
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
    let diff = diff(&story.recalled, &snapshot(4, [item(&key(), "down")], Gaps::new()), &rules());
    let transition = &diff.transitions[0];
    assert_eq!((transition.since, transition.seen_at), (minute(4), began(minute(4))));
    let previous = transition.previous.as_ref().unwrap();
    assert_eq!((previous.since, previous.last_seen_at), (minute(1), began(minute(2))));
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
    let diff = diff(&story.recalled, &snapshot(5, [], Gaps::new()), &rules());
    let transition = &diff.transitions[0];
    assert_eq!((transition.state.value(), transition.since), ("absent", minute(3)));
    assert_eq!(transition.seen_at, began(minute(5)));
    let previous = transition.previous.as_ref().unwrap();
    assert_eq!(previous.last_seen_at, began(minute(2)));
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
    32 down        unmonitored connection 03:15:50.000Z .. 03:31:50.000Z
                   transition connection/dxcon-1 "available" -> "down" degraded #2 since 03:32
    "#);
}

#[test]
fn a_late_item_is_announced_and_an_early_one_belongs_to_the_baseline() {
    let mut story = Story::begin();
    story.glimpse(Some("available")).glimpse(Some("down")).see(Some("down"));
    assert!(story.told().contains("baseline"));
    let late = ItemKey::new(KIND, "dxcon-2");
    let seen = [item(&key(), "down"), item(&late, "unknown")];
    let diff = diff(&story.recalled, &snapshot(9, seen, Gaps::from([(KIND, "half".to_owned())])), &rules());
    assert!(diff.baseline.is_empty());
    assert_eq!(diff.transitions.iter().map(Transition::key).collect::<Vec<_>>(), [late]);
    assert_eq!(diff.transitions[0].state.value(), "unknown", "a first sight needs no confirmation");
}

#[test]
fn what_is_turned_up_is_not_out_of_service_until_it_was_in_service() {
    let mut story = Story::begin();
    story.see(None).see(Some("ordering")).see(Some("pending")).see(Some("down")).see(Some("down"));
    story.see(Some("available")).see(Some("down")).see(Some("available"));
    insta::assert_snapshot!(story.told(), @r#"
    1 -
    2 ordering    transition connection/dxcon-1 "(new)" -> "ordering" discovered #1 since 03:02
    3 pending     transition connection/dxcon-1 "ordering" -> "pending" progressed #2 since 03:03
    4 down        transition connection/dxcon-1 "pending" -> "down" progressed #3 since 03:04
    5 down
    6 available   transition connection/dxcon-1 "down" -> "available" activated #4 since 03:06
    7 down        transition connection/dxcon-1 "available" -> "down" degraded #5 since 03:07
    8 available   transition connection/dxcon-1 "down" -> "available" recovered #6 since 03:08
    "#);
    let mut story = Story::begin();
    story.see(None).see(Some("down")).see(Some("unknown")).see(Some("down")).see(Some("deleted")).see(Some("down"));
    insta::assert_snapshot!(story.told(), @r#"
    1 -
    2 down        transition connection/dxcon-1 "(new)" -> "down" discovered #1 since 03:02
    3 unknown     amend connection/dxcon-1 suspect Unknown x1
    4 down        amend connection/dxcon-1 suspect cleared
    5 deleted     transition connection/dxcon-1 "down" -> "deleted" removed #2 since 03:05
    6 down        transition connection/dxcon-1 "deleted" -> "down" progressed #3 since 03:06
    "#);
}

#[test]
fn what_the_baseline_finds_pending_is_turned_up_and_what_it_finds_down_is_down() {
    for (found, then) in [("pending", Health::Pending), ("down", Health::Down), ("unknown", Health::Down)] {
        let mut story = Story::begin();
        story.see(Some(found)).see(Some("down"));
        let row = &story.recalled.states[&key()];
        assert_eq!((row.state.health(), row.never_up), (then, found == "pending"), "{found}");
        assert_eq!(row.incident_id.is_some(), then == Health::Down, "{found}");
    }
}

#[test]
fn a_word_that_an_upgrade_has_learned_is_a_transition_once() {
    let mut story = Story::begin();
    story.see(Some("available"));
    let row = story.recalled.states.get_mut(&key()).unwrap();
    row.state = State::recalled(KIND, "down", Some(99), Some(Health::Unknown));
    story.see(Some("down")).see(Some("down"));
    let row = story.recalled.states.get_mut(&key()).unwrap();
    row.state = State::recalled(KIND, "down", Some(7), Some(Health::Down));
    story.see(Some("down")).see(Some("down"));
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 down        transition connection/dxcon-1 "down" -> "down" degraded #2 since 03:02
    3 down
    4 down        transition connection/dxcon-1 "down" -> "down" progressed #3 since 03:04
    5 down
    "#);
}

#[test]
fn an_outage_is_over_when_a_removed_item_leaves_the_listing() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("down")).see(Some("deleting")).see(None).see(None);
    insta::assert_snapshot!(story.told(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 down        transition connection/dxcon-1 "available" -> "down" degraded #2 since 03:02
    3 deleting    transition connection/dxcon-1 "down" -> "deleting" removed #3 since 03:03
    4 -           amend connection/dxcon-1 expires 1795403040 outage over
    5 -
    "#);
    assert_eq!(story.recalled.states[&key()].incident_id, None);
}

/// When the item was last seen as it was before its last transition: the beginning of which minute's observation.
fn last_seen(story: &Story, word: Option<&str>) -> i64 {
    let next = snapshot(story.minute + 1, word.map(|word| item(&key(), word)), Gaps::new());
    let diff = diff(&story.recalled, &next.in_context(&story.recalled), &rules());
    let seen = diff.transitions[0].previous.as_ref().unwrap().last_seen_at;
    (seen.milliseconds() + 10_000 - minute(0).milliseconds()) / 60_000
}

#[test]
fn after_an_uncertain_sight_the_bound_is_the_last_certain_one() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("available")).see(None);
    assert_eq!(last_seen(&story, Some("down")), 2, "a missing item was not seen");
    story.see(Some("unknown"));
    assert_eq!(last_seen(&story, Some("down")), 2);
    assert_eq!(last_seen(&story, None), 2);
    story.see(Some("available"));
    assert_eq!(last_seen(&story, Some("down")), 5, "it was seen again");
    story.see(None).glimpse(Some("available"));
    assert_eq!(last_seen(&story, Some("down")), 7, "also in a listing with a gap");
    story.see(Some("available"));
    assert_eq!(last_seen(&story, Some("down")), 8);
}

#[test]
fn when_the_count_starts_again_the_bound_stays() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("available")).see(None);
    let progress = story.recalled.poll.as_mut().unwrap().kinds.get_mut(&KIND).unwrap();
    progress.last_complete_at = Some(minute(3).plus(Duration::from_secs(30)));
    story.see(None);
    let suspect = story.recalled.states[&key()].suspect.clone().unwrap();
    assert_eq!((suspect.polls, suspect.last_seen_at), (1, Some(began(minute(2)))));
    story.see(None);
    assert_eq!(last_seen(&story, None), 2);
}

#[test]
fn a_transition_in_a_listing_with_a_gap_is_a_bound_of_its_own() {
    let mut story = Story::begin();
    story.see(Some("available")).glimpse(Some("down"));
    assert_eq!(last_seen(&story, Some("available")), 2);
    story.see(None);
    assert_eq!(last_seen(&story, Some("available")), 2);
    let row = story.recalled.states.get_mut(&key()).unwrap();
    row.suspect = None;
    row.seen_at = None;
    row.since = minute(60);
    assert_eq!(row.last_seen_at(None), minute(60), "a row of an older version");
}

#[test]
fn a_listing_that_ended_unmonitored_time_is_no_bound_until_it_is_on_record() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("available"));
    let progress = story.recalled.poll.as_mut().unwrap().kinds.get_mut(&KIND).unwrap();
    (progress.settled_at, progress.last_complete_at) = (progress.last_complete_at, Some(began(minute(30))));
    story.minute = 30;
    assert_eq!(last_seen(&story, Some("down")), 2);
    story.see(Some("available"));
    assert_eq!(last_seen(&story, Some("down")), 31);
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
    let snapshot = Snapshot { kinds: BTreeSet::from([Kind::Lag]), ..snapshot(9, [], Gaps::new()) };
    assert!(diff(&story.recalled, &snapshot, &rules()).is_empty());
}

#[test]
fn a_new_name_is_remembered_without_a_transition() {
    let mut story = Story::begin();
    story.see(Some("available"));
    let mut renamed = item(&key(), "available");
    Arc::make_mut(&mut renamed.1.description).name = Some("prod-primary".to_owned());
    let diff = diff(&story.recalled, &snapshot(2, [renamed], Gaps::new()), &rules());
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
    let state = (any_word(), any::<bool>(), prop::option::of(prop::sample::select(Health::ALL.to_vec())));
    let seen = (any_instant(), prop::option::of(any_instant()), any::<bool>());
    let rest = (1..1000u64, prop::option::of(any_suspect()), any::<Option<u128>>(), any::<Option<i64>>());
    (state, seen, rest).prop_map(
        move |((word, absent, health), (since, seen_at, never_up), (sequence, suspect, incident_id, expires_at))| {
            let state = if absent { State::absent() } else { State::of(key.kind, Some(&word)) };
            let details = ItemDescription::bare(&scope(), &key);
            let row = StateRow {
                state: health.into_iter().fold(state, State::in_health),
                since,
                seen_at,
                never_up,
                sequence,
                last_transition_at: since,
                announced: BTreeMap::new(),
                suspect,
                incident_id: incident_id.map(Uuid::from_u128),
                details: details.into(),
                expires_at,
            };
            (key.clone(), row)
        },
    )
}

fn any_recalled() -> impl Strategy<Value = Recalled> {
    let rows = prop::collection::vec(any_key().prop_flat_map(any_row), 0..8);
    let poll = prop::option::of(prop::collection::btree_map(
        any_kind(),
        [(); 3].map(|()| prop::option::of(any_instant())).prop_map(|[baseline_at, last_complete_at, settled_at]| {
            KindProgress { baseline_at, last_complete_at, settled_at, ..KindProgress::default() }
        }),
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
    (items, gaps, kinds, any_instant()).prop_map(|(items, gaps, kinds, at)| {
        let items = items.iter().map(|(key, word)| item(key, word)).collect();
        let observation = Observation { items, gaps, ..Observation::default() };
        Snapshot { scope: scope(), began: began(at), at, kinds, observation }
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
