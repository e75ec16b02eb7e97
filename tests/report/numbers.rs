//! Time by what it was: windows, first and last sights, and what is left out.

use aws_dx_monitor::{
    calendar::Calendar,
    domain::Kind,
    report::{Asked, Blind, Condition, Exclusions, Statement, Window},
};

use super::{DAY, Story, TOLERATED, at, told, unwatched, watched, window};

/// A month in a zone, looked at from `now`.
fn month(month: &str, zone: &str, now: i64) -> Window {
    let asked = Asked { month: Some(month), ..Asked::default() };
    Window::new(&asked, Calendar::of_zone(zone).unwrap(), None, at(now)).unwrap()
}

fn availability(statement: &Statement) -> Option<f64> {
    statement.figures.availability
}

#[test]
fn an_outage_is_down_time_and_the_rest_is_up() {
    let story = Story::connection(&[(-DAY, "available"), (60, "down"), (72, "available")]);
    let statement = story.plainly(&window(0, DAY));
    assert_eq!(told(&statement), "up 1428 down 12 of 1440");
    // 1428 / 1440
    assert_eq!(availability(&statement), Some(0.991_666_666_666_666_7));
    assert_eq!(statement.figures.coverage, 1.0);
}

#[test]
fn a_month_is_as_long_as_the_clocks_of_its_zone_make_it() {
    let story = Story::connection(&[(-90 * DAY, "available")]);
    let length = |text: &str, zone: &str| told(&story.plainly(&month(text, zone, 900 * DAY)));
    // Back in Berlin on 25 October: 745 hours. Forward in New York on 14 March 2027: 743.
    assert_eq!(length("2026-10", "Europe/Berlin"), "up 44700 down 0 of 44700");
    assert_eq!(length("2027-03", "America/New_York"), "up 44580 down 0 of 44580");
    assert_eq!(length("2028-02", "UTC"), "up 41760 down 0 of 41760", "29 days");
    assert_eq!(length("2027-02", "UTC"), "up 40320 down 0 of 40320");
}

#[test]
fn an_outage_in_the_hour_that_happens_twice_is_as_long_as_it_was() {
    // 2026-10-25, Berlin: from 02:30 summer time to 02:30 winter time is an hour.
    let (down, up) = (24 * DAY + 30, 24 * DAY + 90);
    let story = Story::connection(&[(-DAY, "available"), (down, "down"), (up, "available")]);
    assert_eq!(told(&story.plainly(&month("2026-10", "Europe/Berlin", 90 * DAY))), "up 44640 down 60 of 44700");
}

#[test]
fn what_was_before_the_first_transition_is_what_that_transition_left() {
    let story = Story::connection(&[(-2 * DAY, "available"), (-10, "down"), (30, "available")]);
    assert_eq!(told(&story.plainly(&window(0, 100))), "up 70 down 30 of 100");
}

#[test]
fn without_a_transition_it_is_what_the_state_row_says() {
    let up = Story::connection(&[(-2 * DAY, "available")]);
    assert_eq!(told(&up.plainly(&window(0, 100))), "up 100 down 0 of 100");
    let down = Story::connection(&[(-2 * DAY, "available"), (-1, "down")]);
    assert_eq!(told(&down.plainly(&window(0, 100))), "up 0 down 100 of 100");
    assert_eq!(availability(&down.plainly(&window(0, 100))), Some(0.0));
}

#[test]
fn what_happened_after_the_window_says_what_it_was_within() {
    // The state row says `available` since long after the window; the transition says that it was down before.
    let story = Story::connection(&[(-DAY, "available"), (-5, "down"), (5 * DAY, "available")]);
    assert_eq!(told(&story.plainly(&window(0, 100))), "up 0 down 100 of 100");
}

#[test]
fn before_the_first_sight_there_is_no_data() {
    let story = Story::connection(&[(40, "available"), (50, "down"), (70, "available")]);
    let statement = story.plainly(&window(0, 100));
    assert_eq!(told(&statement), "up 40 down 20 undiscovered 40 of 100");
    assert_eq!(statement.figures.coverage, 0.6);
    let later = Story::connection(&[(500, "available")]).plainly(&window(0, 100));
    assert_eq!(told(&later), "up 0 down 0 undiscovered 100 of 100");
    assert_eq!(availability(&later), None, "neither 0 nor 100 per cent");
    assert!(later.was_never_there);
}

#[test]
fn history_that_is_no_longer_there_is_no_data() {
    // Its first two rows have expired: nothing is known before the state that the third one left began.
    let mut story = Story::connection(&[(10, "available"), (20, "down"), (50, "available")]);
    story.forgotten = 2;
    assert_eq!(told(&story.plainly(&window(0, 100))), "up 50 down 30 undiscovered 20 of 100");
    story.forgotten = 3;
    assert_eq!(told(&story.plainly(&window(0, 100))), "up 50 down 0 undiscovered 50 of 100");
}

#[test]
fn removed_half_way_it_is_left_out_from_then_on() {
    let story = Story::connection(&[(-DAY, "available"), (50, "deleting"), (55, "deleted")]);
    assert_eq!(told(&story.plainly(&window(0, 100))), "up 50 down 0 removed 50 of 100");
    let absent = Story::connection(&[(-DAY, "available"), (50, "absent")]);
    assert_eq!(told(&absent.plainly(&window(0, 100))), "up 50 down 0 removed 50 of 100");
    let before = Story::connection(&[(-DAY, "available"), (-10, "deleted")]).plainly(&window(0, 100));
    assert!(before.was_never_there);
    assert_eq!(availability(&before), None);
}

#[test]
fn pending_testing_and_unknown_time_counts_neither_way() {
    let story = Story::new(
        Kind::VirtualInterface,
        "dxvif-1",
        &[
            (0, "pending"),
            (10, "available"),
            (30, "testing"),
            (45, "available"),
            (60, "unknown"),
            (63, "surprising"),
            (65, "down"),
            (70, "available"),
        ],
    );
    let statement = story.plainly(&window(0, 100));
    assert_eq!(told(&statement), "up 65 down 5 unknown 5 pending 10 testing 15 of 100");
    // 65 / 70
    assert_eq!(availability(&statement), Some(0.928_571_428_571_428_6));
    assert_eq!(statement.figures.coverage, 1.0, "somebody looked all the time");
}

#[test]
fn what_is_not_left_out_counts_as_down() {
    let story = Story::new(
        Kind::VirtualInterface,
        "dxvif-1",
        &[(-DAY, "available"), (10, "testing"), (20, "down"), (25, "available"), (50, "unknown"), (60, "available")],
    );
    let window = window(0, 100);
    let with = |exclusions: &Exclusions| story.over(&window, &watched(&window), exclusions);
    assert_eq!(told(&with(&Exclusions::only([Condition::Unknown]))), "up 75 down 15 unknown 10 of 100");
    assert_eq!(with(&Exclusions::only([Condition::Unknown])).figures.outages, 1, "one run of testing and down");
    assert_eq!(told(&with(&Exclusions::only([Condition::Testing]))), "up 75 down 15 testing 10 of 100");
    assert_eq!(told(&with(&Exclusions::only([]))), "up 75 down 25 of 100");
    assert_eq!(with(&Exclusions::only([])).figures.outages, 2);
}

#[test]
fn unmonitored_time_is_never_called_up_nor_down() {
    let story = Story::connection(&[(-DAY, "available"), (60, "down"), (80, "available")]);
    let window = window(0, 100);
    let blind = unwatched(&window, &[(-20, 10), (50, 60), (70, 75), (95, 200)]);
    let statement = story.over(&window, &blind, &Exclusions::default());
    // Up 10–50 and 80–95, down 60–70 and 75–80.
    assert_eq!(told(&statement), "up 55 down 15 unmonitored 30 of 100");
    assert_eq!(statement.figures.coverage, 0.7);
    // Not even where everything else counts as down.
    assert_eq!(told(&story.over(&window, &blind, &Exclusions::only([]))), "up 55 down 15 unmonitored 30 of 100");
}

#[test]
fn a_window_that_nobody_watched_has_no_availability() {
    let story = Story::connection(&[(-DAY, "available")]);
    let window = window(0, 100);
    let statement = story.over(&window, &Blind::new(&window, &[], None, TOLERATED), &Exclusions::default());
    assert_eq!(told(&statement), "up 0 down 0 unmonitored 100 of 100");
    assert_eq!((availability(&statement), statement.figures.coverage), (None, 0.0));
    assert!(!statement.was_never_there, "it may well have been there");
}

#[test]
fn from_the_last_complete_listing_to_now_nobody_looked() {
    let asked = Asked { month: Some("2026-10"), ..Asked::default() };
    let window = Window::new(&asked, Calendar::UTC, None, at(100)).unwrap();
    assert!(window.ends_early());
    let story = Story::connection(&[(-DAY, "available"), (50, "down")]);
    let since = |minute| {
        let blind = Blind::new(&window, &[], Some(at(minute)), TOLERATED);
        told(&story.over(&window, &blind, &Exclusions::default()))
    };
    assert_eq!(since(99), "up 50 down 50 of 100");
    assert_eq!(since(85), "up 50 down 50 of 100", "15 minutes are tolerated");
    assert_eq!(since(84), "up 50 down 34 unmonitored 16 of 100");
    assert_eq!(since(20), "up 20 down 0 unmonitored 80 of 100");
}

#[test]
fn nothing_before_the_first_sight_is_unmonitored() {
    let story = Story::connection(&[(50, "available")]);
    let window = window(0, 100);
    let blind = unwatched(&window, &[(0, 20), (40, 60)]);
    let statement = story.over(&window, &blind, &Exclusions::default());
    assert_eq!(told(&statement), "up 40 down 0 unmonitored 10 undiscovered 50 of 100");
}
