//! Up, down and excluded time: windows, first and last sights, exclusions, unmonitored time.

use aws_dx_monitor::{
    calendar::Calendar,
    domain::Kind,
    report::{Asked, Condition, Exclusions, Statement, UnmonitoredTime, Window},
};

use super::{DAY, Story, TOLERATED, at, monitored, sums, unmonitored, window};

/// A month in a zone, reported at minute `now`.
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
    assert_eq!(sums(&statement), "up 1428 down 12 of 1440");
    // 1428 / 1440
    assert_eq!(availability(&statement), Some(0.991_666_666_666_666_7));
    assert_eq!(statement.figures.coverage, 1.0);
}

#[test]
fn the_length_of_a_month_includes_clock_changes() {
    let story = Story::connection(&[(-90 * DAY, "available")]);
    let length = |text: &str, zone: &str| sums(&story.plainly(&month(text, zone, 900 * DAY)));
    // Back in Berlin on 25 October: 745 hours. Forward in New York on 14 March 2027: 743.
    assert_eq!(length("2026-10", "Europe/Berlin"), "up 44700 down 0 of 44700");
    assert_eq!(length("2027-03", "America/New_York"), "up 44580 down 0 of 44580");
    assert_eq!(length("2028-02", "UTC"), "up 41760 down 0 of 41760", "29 days");
    assert_eq!(length("2027-02", "UTC"), "up 40320 down 0 of 40320");
}

#[test]
fn an_outage_across_a_clock_change_has_its_true_length() {
    // 2026-10-25, Berlin: from 02:30 summer time to 02:30 winter time is an hour.
    let (down, up) = (24 * DAY + 30, 24 * DAY + 90);
    let story = Story::connection(&[(-DAY, "available"), (down, "down"), (up, "available")]);
    assert_eq!(sums(&story.plainly(&month("2026-10", "Europe/Berlin", 90 * DAY))), "up 44640 down 60 of 44700");
}

#[test]
fn before_the_first_transition_the_state_is_the_one_that_it_left() {
    let story = Story::connection(&[(-2 * DAY, "available"), (-10, "down"), (30, "available")]);
    assert_eq!(sums(&story.plainly(&window(0, 100))), "up 70 down 30 of 100");
}

#[test]
fn without_transitions_the_state_is_that_of_the_state_row() {
    let up = Story::connection(&[(-2 * DAY, "available")]);
    assert_eq!(sums(&up.plainly(&window(0, 100))), "up 100 down 0 of 100");
    let down = Story::connection(&[(-2 * DAY, "available"), (-1, "down")]);
    assert_eq!(sums(&down.plainly(&window(0, 100))), "up 0 down 100 of 100");
    assert_eq!(availability(&down.plainly(&window(0, 100))), Some(0.0));
}

#[test]
fn a_transition_after_the_window_gives_the_state_within_it() {
    // The state row has `available` since long after the window; the transition has that it was down before.
    let story = Story::connection(&[(-DAY, "available"), (-5, "down"), (5 * DAY, "available")]);
    assert_eq!(sums(&story.plainly(&window(0, 100))), "up 0 down 100 of 100");
}

#[test]
fn before_the_first_sight_there_is_no_data() {
    let story = Story::connection(&[(40, "available"), (50, "down"), (70, "available")]);
    let statement = story.plainly(&window(0, 100));
    assert_eq!(sums(&statement), "up 40 down 20 undiscovered 40 of 100");
    assert_eq!(statement.figures.coverage, 0.6);
    let later = Story::connection(&[(500, "available")]).plainly(&window(0, 100));
    assert_eq!(sums(&later), "up 0 down 0 undiscovered 100 of 100");
    assert_eq!(availability(&later), None, "neither 0 nor 100 per cent");
    assert!(later.was_never_there);
}

#[test]
fn expired_history_is_no_data() {
    // Its first two rows have expired: the third gives the state before it, and nothing is known of the time before that.
    let mut story = Story::connection(&[(10, "available"), (20, "down"), (50, "available")]);
    story.expired = 2;
    assert_eq!(sums(&story.plainly(&window(0, 100))), "up 50 down 30 undiscovered 20 of 100");
    story.expired = 3;
    assert_eq!(sums(&story.plainly(&window(0, 100))), "up 50 down 0 undiscovered 50 of 100");
}

#[test]
fn time_after_a_removal_is_excluded() {
    let story = Story::connection(&[(-DAY, "available"), (50, "deleting"), (55, "deleted")]);
    assert_eq!(sums(&story.plainly(&window(0, 100))), "up 50 down 0 removed 50 of 100");
    let absent = Story::connection(&[(-DAY, "available"), (50, "absent")]);
    assert_eq!(sums(&absent.plainly(&window(0, 100))), "up 50 down 0 removed 50 of 100");
    let before = Story::connection(&[(-DAY, "available"), (-10, "deleted")]).plainly(&window(0, 100));
    assert!(before.was_never_there);
    assert_eq!(availability(&before), None);
}

#[test]
fn pending_testing_and_unknown_time_is_excluded() {
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
    assert_eq!(sums(&statement), "up 65 down 5 unknown 5 pending 10 testing 15 of 100");
    // 65 / 70
    assert_eq!(availability(&statement), Some(0.928_571_428_571_428_6));
    assert_eq!(statement.figures.coverage, 1.0, "monitored throughout");
}

#[test]
fn time_that_is_not_excluded_counts_as_down() {
    let story = Story::new(
        Kind::VirtualInterface,
        "dxvif-1",
        &[(-DAY, "available"), (10, "testing"), (20, "down"), (25, "available"), (50, "unknown"), (60, "available")],
    );
    let window = window(0, 100);
    let with = |exclusions: &Exclusions| story.over(&window, &monitored(&window), exclusions);
    assert_eq!(sums(&with(&Exclusions::only([Condition::Unknown]))), "up 75 down 15 unknown 10 of 100");
    assert_eq!(with(&Exclusions::only([Condition::Unknown])).figures.outages, 1, "one run of testing and down");
    assert_eq!(sums(&with(&Exclusions::only([Condition::Testing]))), "up 75 down 15 testing 10 of 100");
    assert_eq!(sums(&with(&Exclusions::only([]))), "up 75 down 25 of 100");
    assert_eq!(with(&Exclusions::only([])).figures.outages, 2);
}

#[test]
fn unmonitored_time_counts_neither_as_up_nor_as_down() {
    let story = Story::connection(&[(-DAY, "available"), (60, "down"), (80, "available")]);
    let window = window(0, 100);
    let unmonitored = unmonitored(&window, &[(-20, 10), (50, 60), (70, 75), (95, 200)]);
    let statement = story.over(&window, &unmonitored, &Exclusions::default());
    // Up 10–50 and 80–95, down 60–70 and 75–80.
    assert_eq!(sums(&statement), "up 55 down 15 unmonitored 30 of 100");
    assert_eq!(statement.figures.coverage, 0.7);
    // Not even where everything else counts as down.
    assert_eq!(sums(&story.over(&window, &unmonitored, &Exclusions::only([]))), "up 55 down 15 unmonitored 30 of 100");
}

#[test]
fn an_unmonitored_window_has_no_availability() {
    let story = Story::connection(&[(-DAY, "available")]);
    let window = window(0, 100);
    let statement =
        story.over(&window, &UnmonitoredTime::new(&window, &[], None, TOLERATED, None), &Exclusions::default());
    assert_eq!(sums(&statement), "up 0 down 0 unmonitored 100 of 100");
    assert_eq!((availability(&statement), statement.figures.coverage), (None, 0.0));
    assert!(!statement.was_never_there, "it may well have been there");
}

#[test]
fn time_since_the_last_complete_listing_is_unmonitored() {
    let asked = Asked { month: Some("2026-10"), ..Asked::default() };
    let window = Window::new(&asked, Calendar::UTC, None, at(100)).unwrap();
    assert!(window.ends_early());
    let story = Story::connection(&[(-DAY, "available"), (50, "down")]);
    let since = |minute| {
        let unmonitored = UnmonitoredTime::new(&window, &[], Some(at(minute)), TOLERATED, None);
        sums(&story.over(&window, &unmonitored, &Exclusions::default()))
    };
    assert_eq!(since(99), "up 50 down 50 of 100");
    assert_eq!(since(85), "up 50 down 50 of 100", "15 minutes are tolerated");
    assert_eq!(since(84), "up 50 down 34 unmonitored 16 of 100");
    assert_eq!(since(20), "up 20 down 0 unmonitored 80 of 100");
}

#[test]
fn time_before_the_first_sight_is_undiscovered_not_unmonitored() {
    let story = Story::connection(&[(50, "available")]);
    let window = window(0, 100);
    let unmonitored = unmonitored(&window, &[(0, 20), (40, 60)]);
    let statement = story.over(&window, &unmonitored, &Exclusions::default());
    assert_eq!(sums(&statement), "up 40 down 0 unmonitored 10 undiscovered 50 of 100");
}
