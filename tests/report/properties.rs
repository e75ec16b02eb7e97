//! For any story, up, down and excluded time add up to the window, and all other sums agree with them.

use aws_dx_monitor::{
    domain::{Kind, Timestamp},
    report::{Assembly, Condition, Exclusions, Terms},
};
use proptest::prelude::*;

use super::{Story, TOLERATED, at, unmonitored, window};

const WORDS: [&str; 9] =
    ["available", "down", "testing", "unknown", "pending", "deleting", "deleted", "absent", "surprising"];

/// Sights in any order of these words, at any distance from a millisecond to hours, some before and some after the window.
pub fn any_story(words: &'static [&'static str]) -> impl Strategy<Value = Story> {
    let step = prop_oneof![1_i64..5, 1_i64..600_000, 1_i64..20_000_000];
    (-200_i64..200, proptest::collection::vec((step, 0..words.len()), 1..40)).prop_map(|(begin, steps)| {
        let mut now = at(begin).milliseconds();
        let sights = steps.into_iter().map(|(step, word)| {
            now += step;
            (Timestamp::from_milliseconds(now), words[word].to_owned())
        });
        Story::exact(sights.collect())
    })
}

fn story() -> impl Strategy<Value = Story> {
    any_story(&WORDS).prop_map(|mut story| {
        story.item.kind = Kind::VirtualInterface;
        story
    })
}

fn exclusions() -> impl Strategy<Value = Exclusions> {
    proptest::sample::subsequence(Exclusions::CHOICES.to_vec(), 0..=4).prop_map(Exclusions::only)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn up_down_and_excluded_time_add_up_to_the_window(
        story in story(),
        (from, length) in (-100_i64..100, 1_i64..2_000),
        holes in proptest::collection::vec((-200_i64..2_200, 1_i64..300), 0..6),
        exclusions in exclusions(),
    ) {
        let window = window(from, from + length);
        let holes: Vec<(i64, i64)> = holes.into_iter().map(|(from, length)| (from, from + length)).collect();
        let statement = story.over(&window, &unmonitored(&window, &holes), &exclusions);
        let figures = &statement.figures;
        let whole = figures.up_milliseconds + figures.down_milliseconds + figures.excluded_milliseconds;
        prop_assert_eq!(whole, window.span().milliseconds());
        let by_reason: u64 = figures.excluded.by_reason().iter().map(|(_, time)| time).sum();
        prop_assert_eq!(by_reason, figures.excluded_milliseconds);
        match figures.availability {
            None => prop_assert_eq!(figures.up_milliseconds + figures.down_milliseconds, 0),
            Some(ratio) => prop_assert!((0.0..=1.0).contains(&ratio)),
        }
        prop_assert!((0.0..=1.0).contains(&figures.coverage));

        let down: u64 = statement.outages.iter().map(|outage| outage.counted_milliseconds).sum();
        prop_assert_eq!(down, figures.down_milliseconds, "outages are all of the down time");
        let counted = statement.outages.iter().filter(|outage| outage.counted_milliseconds > 0);
        prop_assert_eq!(counted.count() as u64, figures.outages);
        prop_assert_eq!(statement.outages.len() as u64, figures.outages + figures.outages_not_counted);
        let unmonitored: u64 = statement.outages.iter().map(|outage| outage.unmonitored_milliseconds).sum();
        prop_assert!(unmonitored <= figures.excluded.unmonitored);
        let longest = statement.outages.iter().map(|outage| outage.counted_milliseconds).filter(|time| *time > 0).max();
        prop_assert_eq!(longest, figures.longest_outage_milliseconds);
        for outage in &statement.outages {
            prop_assert!(outage.counted_milliseconds + outage.unmonitored_milliseconds > 0);
            prop_assert_eq!(outage.begins_before, outage.started_at < window.from);
            prop_assert!(outage.ended_at.is_none_or(|end| end > outage.started_at));
        }

        prop_assert_eq!(statement.timeline[0].from, window.from);
        prop_assert_eq!(statement.timeline.last().unwrap().to, window.to);
        prop_assert!(statement.timeline.windows(2).all(|pair| pair[0].to == pair[1].from), "no hole");
        let drawn: u64 = statement
            .timeline
            .iter()
            .filter(|stretch| stretch.condition == Condition::Up)
            .map(|stretch| stretch.to.since(stretch.from).as_millis() as u64)
            .sum();
        prop_assert_eq!(drawn, figures.up_milliseconds, "what is drawn is what is counted");
    }

    #[test]
    fn a_group_is_up_at_least_as_long_as_its_best_connection_and_at_most_as_long_as_all(
        stories in proptest::collection::vec(story(), 1..5),
        holes in proptest::collection::vec((-200_i64..2_200, 1_i64..300), 0..4),
    ) {
        let window = window(0, 1_000);
        let holes: Vec<(i64, i64)> = holes.into_iter().map(|(from, length)| (from, from + length)).collect();
        let exclusions = Exclusions::default();
        let mut assembly = Assembly::new(Terms { window: &window, exclusions: &exclusions, unmonitored_after: TOLERATED, shows_retired: false });
        let (mut best, mut sum) = (0, 0);
        for (number, mut story) in stories.into_iter().enumerate() {
            story.item.kind = Kind::Connection;
            story.item.id = format!("dxcon-{number}");
            let statement = story.over(&window, &unmonitored(&window, &holes), &exclusions);
            best = best.max(statement.figures.up_milliseconds);
            sum += statement.figures.up_milliseconds;
            assembly.add(story.item.into(), None, statement);
        }
        let figures = assembly.finish().estate.figures;
        prop_assert!(best <= figures.up_milliseconds && figures.up_milliseconds <= sum);
        let whole = figures.up_milliseconds + figures.down_milliseconds + figures.excluded_milliseconds;
        prop_assert_eq!(whole, window.span().milliseconds());
    }
}
