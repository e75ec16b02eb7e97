//! Tests of a transition's lower bound: when the item was last seen in its former state.

use super::*;

/// The lower bound of the last transition, as the minute of the observation.
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
fn the_bound_of_an_unknown_confirmed_while_missing_is_the_last_listing_with_the_item() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).see(Some("unknown")).see(None);
    let row = &story.recalled.states[&key()];
    assert_eq!(
        (row.state.value(), row.seen_at, row.missed_at),
        ("unknown", Some(began(minute(3))), Some(began(minute(4))))
    );
    assert_eq!(last_seen(&story, Some("down")), 3);
    story.glimpse(Some("down")).see(None);
    assert_eq!(last_seen(&story, Some("available")), 5, "a transition has its own");
}

#[test]
fn an_item_confirmed_while_missing_is_seen_again_by_the_next_listing_that_has_it() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("unknown")).see(None).see(None);
    assert_eq!(last_seen(&story, Some("down")), 2);
    story.see(None);
    assert_eq!(last_seen(&story, Some("down")), 2, "nor is it seen by those that miss it again");
    story.see(Some("unknown")).see(Some("unknown"));
    assert_eq!(last_seen(&story, Some("down")), 7);
}

#[test]
fn an_unknown_in_a_listing_with_a_gap_is_a_bound() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).glimpse(Some("unknown")).see(None).see(None);
    assert_eq!(story.recalled.states[&key()].state.value(), "unknown");
    assert_eq!(last_seen(&story, Some("down")), 3);
}

#[test]
fn a_suspect_of_an_older_version_is_confirmed_with_the_last_certain_sight() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("unknown")).see(None);
    let suspect = story.recalled.states.get_mut(&key()).unwrap().suspect.as_mut().unwrap();
    suspect.unknown_at = None;
    story.see(None);
    assert_eq!(last_seen(&story, Some("down")), 1);
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
