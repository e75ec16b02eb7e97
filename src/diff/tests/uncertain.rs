//! Tests of uncertain sights (missing or `unknown`), which make a transition once they were counted often enough in a
//! row.

use super::*;

#[test]
fn an_unknown_is_confirmed_the_third_time_and_dated_from_the_first() {
    let mut story = Story::begin();
    story.see(Some("available")).see(Some("unknown")).see(Some("available"));
    story.see(Some("unknown")).see(Some("unknown")).see(Some("unknown")).see(Some("unknown")).see(Some("available"));
    insta::assert_snapshot!(story.log(), @r#"
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
fn an_item_that_flickers_does_not_become_absent() {
    let mut story = Story::begin();
    story.see(Some("available"));
    for _ in 0..3 {
        story.see(None).see(None).see(Some("available"));
    }
    insta::assert_snapshot!(story.log(), @r#"
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
fn a_gap_neither_counts_nor_ends_the_count() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).glimpse(None).glimpse(Some("unknown")).see(None).glimpse(None).see(None);
    insta::assert_snapshot!(story.log(), @r#"
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
fn missing_and_unknown_count_together_as_unknown() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).see(Some("unknown")).see(None).see(None).see(None).see(None);
    insta::assert_snapshot!(story.log(), @r#"
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
fn a_complete_listing_that_was_not_counted_ends_the_count() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).see(None);
    // Another poll listed the kind completely in between, but could not write what it saw of this item.
    let poll = story.recalled.poll.as_mut().unwrap();
    poll.kinds.get_mut(&KIND).unwrap().last_complete_at = Some(minute(3).plus(Duration::from_secs(30)));
    story.see(None);
    let suspect = story.recalled.states[&key()].suspect.clone().unwrap();
    assert_eq!((suspect.polls, suspect.since), (1, minute(4)));
}

#[test]
fn what_a_poll_between_the_regular_ones_does_not_see_is_not_counted_as_one_sight_more() {
    let mut story = Story::begin();
    story.see(Some("available")).see(None).see(None);
    let nothing = snapshot(4, [], Gaps::new());
    let in_between = diff(&story.recalled, &nothing, &Rules { confirms: false, ..rules() });
    assert_eq!(in_between.transitions.len(), 0, "{in_between}");
    let regular = diff(&story.recalled, &nothing, &rules());
    assert_eq!(regular.transitions.len(), 1, "{regular}");
}
