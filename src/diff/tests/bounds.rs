//! When an item was last seen as it was before it changed.

use super::*;

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
