//! A million transitions of one item: memory is bounded, and the counts are exact.

use aws_dx_monitor::{
    domain::{State, Timestamp},
    report::{Exclusions, PreviousSight, Sight, Timeline},
};

use super::{Story, event_id, monitored, window};

const MILLION: i64 = 1_000_000;

#[test]
fn a_million_transitions_are_counted_and_few_are_kept() {
    // A minute up, then half a minute down, half a million times.
    let minutes = MILLION / 2 * 3 / 2;
    let window = window(0, minutes);
    let unmonitored = monitored(&window);
    let mut timeline = Timeline::new(&window, &unmonitored, &Exclusions::default(), false);
    let story = Story::connection(&[(0, "available"), (1, "down")]);
    let states: [State; 2] = [story.state(0), story.state(1)];
    let at = |number: i64| {
        let (pair, is_down) = (number / 2, number % 2);
        Timestamp::from_milliseconds(window.from.milliseconds() + pair * 90_000 + is_down * 60_000)
    };
    for number in 0..MILLION {
        let state = |number: i64| states[usize::try_from(number % 2).unwrap()].clone();
        let previous = (number > 0).then(|| PreviousSight {
            state: state(number - 1),
            since: at(number - 1),
            last_seen_at: at(number - 1),
        });
        let id = Some(event_id(usize::try_from(number).unwrap()));
        let sight = Sight {
            at: at(number),
            state: state(number),
            previous,
            id,
            incident_id: None,
            group_id: None,
            relation: None,
        };
        assert!(timeline.see(&sight).is_continue());
    }
    let statement = timeline.finish(&story.row());
    assert_eq!(statement.figures.up_milliseconds, 500_000 * 60_000);
    assert_eq!(statement.figures.down_milliseconds, 500_000 * 30_000);
    assert_eq!(statement.figures.outages, 500_000, "all are counted");
    assert_eq!(statement.outages.len(), 1_000, "few are kept");
    assert!(statement.timeline.len() <= 1_000, "{}", statement.timeline.len());
    assert!(statement.basis.course.steps.is_empty(), "its course is kept only on request");
}
