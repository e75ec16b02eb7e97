//! Tests of the rules, as stories of one connection.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::*;
use crate::domain::{Extent, GapProgress, Gaps, KindProgress, Observation, PollRow, Scope};

mod bounds;
mod parents;
mod properties;
mod uncertain;

const KIND: Kind = Kind::Connection;

fn scope() -> Scope {
    Scope::regional("123456789012", "us-east-1")
}

fn rules() -> Rules {
    Rules {
        confirm_polls: 3,
        confirms: true,
        unmonitored_after: Duration::from_secs(900),
        keep_removed: Duration::from_secs(86_400),
    }
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

/// An observation of connections that ends at this minute.
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

/// A watched connection and its polls. Applies each diff as a ledger would that no other poll writes to.
struct Story {
    recalled: Recalled,
    minute: i64,
    log: String,
}

impl Story {
    fn begin() -> Story {
        Story { recalled: Recalled::nothing(scope()), minute: 0, log: String::new() }
    }

    /// A poll that lists the connection with the state `word`, or does not list it.
    fn see(&mut self, word: Option<&str>) -> &mut Story {
        self.poll(word, Gaps::new())
    }

    /// A poll whose listing has a gap.
    fn glimpse(&mut self, word: Option<&str>) -> &mut Story {
        self.poll(word, Gaps::from([(KIND, Extent::Kind("throttled".to_owned()))]))
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

    fn log(&self) -> String {
        // Days and milliseconds are always the same here.
        let log = self.log.replace("2026-11-22T", "").replace(":00.000Z", "");
        log.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

fn apply(recalled: &mut Recalled, diff: &Diff, snapshot: &Snapshot) {
    let mut gaps: BTreeMap<Kind, BTreeMap<String, GapProgress>> =
        snapshot.complete_kinds().map(|kind| (kind, snapshot.gap_progress(kind, recalled))).collect();
    for transition in diff.baseline.iter().chain(&diff.transitions) {
        recalled.states.insert(transition.key(), transition.row());
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
        for (parent, gap) in gaps.remove(&kind).unwrap_or_default() {
            match gap {
                GapProgress::Begins(gap) => drop(progress.gaps.insert(parent, gap)),
                GapProgress::GoesOn => {}
                GapProgress::Ends => drop(progress.gaps.remove(&parent)),
            }
        }
    }
}

#[test]
fn an_outage_is_two_transitions() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("down")).see(Some("down")).see(Some("available")).see(Some("available"));
    insta::assert_snapshot!(story.log(), @r#"
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
fn the_bound_of_a_confirmed_sight_is_the_listing_before_the_first_of_them() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("available")).see(None).see(None);
    let diff = diff(&story.recalled, &snapshot(5, [], Gaps::new()), &rules());
    let transition = &diff.transitions[0];
    assert_eq!((transition.state.value(), transition.since), ("absent", minute(3)));
    assert_eq!(transition.seen_at, began(minute(5)));
    let previous = transition.previous.as_ref().unwrap();
    assert_eq!(previous.last_seen_at, began(minute(2)));
    let suspect = story.recalled.states[&key()].suspect.clone().unwrap();
    assert_eq!(previous.confirmed, Some(Confirmation { suspect, missed_at: None }));
}

#[test]
fn a_deleted_item_leaves_without_an_event_and_may_come_back() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("deleting")).see(Some("deleted")).see(None).see(None).see(None).see(None);
    story.see(Some("deleted")).see(Some("available"));
    insta::assert_snapshot!(story.log(), @r#"
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
fn an_unknown_word_of_aws_is_an_ordinary_transition() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("quarantined")).see(Some("in orbit")).see(Some("available"));
    insta::assert_snapshot!(story.log(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 quarantined transition connection/dxcon-1 "available" -> "quarantined" unknown #2 since 03:02
    3 in orbit    transition connection/dxcon-1 "quarantined" -> "in orbit" progressed #3 since 03:03
    4 available   transition connection/dxcon-1 "in orbit" -> "available" recovered #4 since 03:04
    "#);
}

#[test]
fn a_long_time_without_a_poll_is_unmonitored() {
    let mut story = Story::begin();
    story.see(Some("available")).pass(14).see(Some("available")).pass(15).see(Some("down"));
    insta::assert_snapshot!(story.log(), @r#"
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
    assert!(story.log().contains("baseline"));
    let late = ItemKey::new(KIND, "dxcon-2");
    let seen = [item(&key(), "down"), item(&late, "unknown")];
    let diff =
        diff(&story.recalled, &snapshot(9, seen, Gaps::from([(KIND, Extent::Kind("half".to_owned()))])), &rules());
    assert!(diff.baseline.is_empty());
    assert_eq!(diff.transitions.iter().map(Transition::key).collect::<Vec<_>>(), [late]);
    assert_eq!(diff.transitions[0].state.value(), "unknown", "a first sight needs no confirmation");
}

#[test]
fn an_item_that_is_turned_up_is_not_down_until_it_was_up() {
    let mut story = Story::begin();
    story.see(None).see(Some("ordering")).see(Some("pending")).see(Some("down")).see(Some("down"));
    story.see(Some("available")).see(Some("down")).see(Some("available"));
    insta::assert_snapshot!(story.log(), @r#"
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
    insta::assert_snapshot!(story.log(), @r#"
    1 -
    2 down        transition connection/dxcon-1 "(new)" -> "down" discovered #1 since 03:02
    3 unknown     amend connection/dxcon-1 suspect Unknown x1
    4 down        amend connection/dxcon-1 suspect cleared
    5 deleted     transition connection/dxcon-1 "down" -> "deleted" removed #2 since 03:05
    6 down        transition connection/dxcon-1 "deleted" -> "down" progressed #3 since 03:06
    "#);
}

#[test]
fn in_a_baseline_a_pending_item_is_being_turned_up_and_a_down_item_is_down() {
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
    insta::assert_snapshot!(story.log(), @r#"
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
    insta::assert_snapshot!(story.log(), @r#"
    1 available   baseline connection/dxcon-1 "(new)" -> "available" discovered #1 since 03:01
    2 down        transition connection/dxcon-1 "available" -> "down" degraded #2 since 03:02
    3 deleting    transition connection/dxcon-1 "down" -> "deleting" removed #3 since 03:03
    4 -           amend connection/dxcon-1 expires 1795403040 outage over
    5 -
    "#);
    assert_eq!(story.recalled.states[&key()].incident_id, None);
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
fn items_of_kinds_that_are_not_polled_do_not_become_absent() {
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
