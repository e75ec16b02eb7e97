//! Outages: when they begin and end, how exactly that is known, and their totals.

use aws_dx_monitor::{
    domain::{Kind, Timestamp},
    report::{Exclusions, Outage, Statement},
};

use super::{DAY, MINUTE, Story, at, event_id, sums, unmonitored, window};

/// The outages in minutes: `(bound) start – (bound) end: counted`.
fn outages(statement: &Statement) -> String {
    let minute = |at: Timestamp| (at.milliseconds() - super::at(0).milliseconds()) / 60_000;
    let optional = |at: Option<Timestamp>| at.map_or("?".to_owned(), |at| minute(at).to_string());
    let line = |outage: &Outage| {
        format!(
            "({}) {}{} – ({}) {}{}: {}",
            optional(outage.started_after),
            minute(outage.started_at),
            if outage.begins_before { " before" } else { "" },
            optional(outage.ended_after),
            optional(outage.ended_at),
            if outage.goes_on { " goes on" } else { "" },
            outage.counted_milliseconds / MINUTE,
        )
    };
    statement.outages.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_outage_has_its_bounds_in_time_and_the_events_that_prove_it() {
    let story = Story::connection(&[(-DAY, "available"), (60, "down"), (72, "available")]);
    let statement = story.plainly(&window(0, DAY));
    assert_eq!(outages(&statement), "(59) 60 – (71) 72: 12");
    let outage = &statement.outages[0];
    assert_eq!((outage.start_event_id, outage.end_event_id), (Some(event_id(1)), Some(event_id(2))));
    assert_eq!(outage.state.as_deref(), Some("down"));
}

#[test]
fn the_figures_are_those_of_the_outages() {
    // 10, 30 and 20 minutes down in a day: up 1380.
    let story = Story::connection(&[
        (-DAY, "available"),
        (100, "down"),
        (110, "available"),
        (200, "down"),
        (230, "available"),
        (300, "down"),
        (320, "available"),
    ]);
    let figures = story.plainly(&window(0, DAY)).figures;
    assert_eq!(figures.outages, 3);
    assert_eq!(figures.longest_outage_milliseconds, Some(30 * MINUTE));
    assert_eq!(figures.mean_time_to_recover_milliseconds, Some(20 * MINUTE));
    assert_eq!(figures.mean_time_between_failures_milliseconds, Some(460 * MINUTE));
}

#[test]
fn without_an_outage_there_is_no_mean() {
    let figures = Story::connection(&[(-DAY, "available")]).plainly(&window(0, DAY)).figures;
    assert_eq!((figures.outages, figures.longest_outage_milliseconds), (0, None));
    assert_eq!(figures.mean_time_to_recover_milliseconds, None);
    assert_eq!(figures.mean_time_between_failures_milliseconds, None);
}

#[test]
fn an_outage_across_both_edges_is_listed_whole_and_counts_within_the_window() {
    let story = Story::connection(&[(-DAY, "available"), (-30, "down"), (130, "available")]);
    let mut statement = story.plainly(&window(0, 100));
    assert_eq!(outages(&statement), "(?) -30 before – (129) 130 goes on: 100");
    // Its beginning is proved by the transition that lies before the window.
    story.sight(2).complete(&mut statement.outages[0]);
    assert_eq!(statement.outages[0].start_event_id, None, "another transition proves nothing");
    story.sight(1).complete(&mut statement.outages[0]);
    assert_eq!(outages(&statement), "(-31) -30 before – (129) 130 goes on: 100");
    assert_eq!(statement.outages[0].start_event_id, Some(event_id(1)));
    let figures = statement.figures;
    assert_eq!(figures.mean_time_to_recover_milliseconds, None, "it did not end within");
    assert_eq!(figures.mean_time_between_failures_milliseconds, None, "nor begin");
}

#[test]
fn an_outage_that_ends_with_the_window_ended_within_it() {
    let story = Story::connection(&[(-DAY, "available"), (0, "down"), (100, "available")]);
    let statement = story.plainly(&window(0, 100));
    assert_eq!(outages(&statement), "(-1) 0 – (99) 100: 100");
    assert_eq!(statement.figures.mean_time_to_recover_milliseconds, Some(100 * MINUTE));
    assert_eq!(outages(&story.plainly(&window(100, 200))), "", "the window after knows nothing of it");
}

#[test]
fn an_outage_that_lasts_has_no_end() {
    let story = Story::connection(&[(-DAY, "available"), (60, "down")]);
    let statement = story.plainly(&window(0, 100));
    assert_eq!(outages(&statement), "(59) 60 – (100) ? goes on: 40");
    assert_eq!(statement.figures.mean_time_to_recover_milliseconds, None);
    assert_eq!(statement.figures.mean_time_between_failures_milliseconds, Some(60 * MINUTE));
}

#[test]
fn a_failover_test_ends_an_outage_and_begins_none() {
    let story = Story::new(
        Kind::VirtualInterface,
        "dxvif-1",
        &[(-DAY, "available"), (10, "down"), (20, "testing"), (30, "down"), (35, "available")],
    );
    assert_eq!(outages(&story.plainly(&window(0, 100))), "(9) 10 – (19) 20: 10\n(29) 30 – (34) 35: 5");
}

#[test]
fn unmonitored_time_does_not_divide_an_outage() {
    let story = Story::connection(&[(-DAY, "available"), (10, "down"), (90, "available")]);
    let window = window(0, 100);
    let statement = story.over(&window, &unmonitored(&window, &[(30, 70)]), &Exclusions::default());
    assert_eq!(outages(&statement), "(9) 10 – (89) 90: 40");
}

#[test]
fn an_outage_in_unmonitored_time_is_listed_and_not_counted() {
    let story = Story::connection(&[(-DAY, "available"), (10, "down"), (20, "available")]);
    let window = window(0, 100);
    let statement = story.over(&window, &unmonitored(&window, &[(5, 25)]), &Exclusions::default());
    assert_eq!(outages(&statement), "(9) 10 – (19) 20: 0");
    let (figures, outage) = (&statement.figures, &statement.outages[0]);
    assert_eq!((figures.outages, figures.outages_not_counted, outage.unmonitored_milliseconds), (0, 1, 10 * MINUTE));
    assert_eq!((outage.start_event_id, outage.end_event_id), (Some(event_id(1)), Some(event_id(2))));
    assert_eq!((figures.longest_outage_milliseconds, figures.mean_time_to_recover_milliseconds), (None, None));
    assert_eq!(sums(&statement), "up 80 down 0 unmonitored 20 of 100");
}

#[test]
fn an_outage_shows_how_much_of_it_was_unmonitored() {
    let story = Story::connection(&[(-DAY, "available"), (10, "down"), (90, "available")]);
    let window = window(0, 100);
    let statement = story.over(&window, &unmonitored(&window, &[(30, 70)]), &Exclusions::default());
    let outage = &statement.outages[0];
    assert_eq!((outage.counted_milliseconds, outage.unmonitored_milliseconds), (40 * MINUTE, 40 * MINUTE));
    assert_eq!((statement.figures.outages, statement.figures.outages_not_counted), (1, 0));
}

#[test]
fn an_outage_that_ends_as_the_window_begins_is_not_in_it_though_it_was_unmonitored() {
    let story = Story::connection(&[(-DAY, "available"), (-10, "down"), (0, "available")]);
    let window = window(0, 100);
    let statement = story.over(&window, &unmonitored(&window, &[(-20, 20)]), &Exclusions::default());
    assert_eq!((outages(&statement).as_str(), statement.figures.outages_not_counted), ("", 0));
}

#[test]
fn transitions_a_millisecond_apart_are_not_merged() {
    // Where clocks disagree, a transition is dated one millisecond after the one before.
    let just_after = |milliseconds| Timestamp::from_milliseconds(at(50).milliseconds() + milliseconds);
    let word = |at, word: &str| (at, word.to_owned());
    let story = Story::exact(vec![
        word(at(-DAY), "available"),
        word(at(50), "down"),
        word(just_after(1), "available"),
        word(just_after(2), "down"),
        word(just_after(4), "available"),
    ]);
    let statement = story.plainly(&window(0, 100));
    let counted: Vec<u64> = statement.outages.iter().map(|outage| outage.counted_milliseconds).collect();
    assert_eq!(counted, [1, 2]);
    assert_eq!(statement.figures.down_milliseconds, 3);
    assert_eq!(statement.figures.up_milliseconds, 100 * MINUTE - 3);
    assert_eq!(statement.timeline.len(), 5);
}
