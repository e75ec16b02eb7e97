//! Tests of a poll's report and of the monitor's own metrics.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::*;
use crate::domain::{Extent, Item, ItemDescription, ItemKey, Observation, Scope, State, Timestamp};

fn notes() -> Notes {
    Notes::new(vec![SinkName::SNS, SinkName::EVENTBRIDGE])
}

fn report(notes: Notes) -> PollReport {
    notes.report(Duration::from_millis(1234))
}

#[test]
fn a_repeated_failure_is_reported_once_with_a_count_and_other_steps_do_not_hide_it() {
    let notes = notes();
    for item in ["a", "b", "c"] {
        notes.fail_with(Step::Record, item, &anyhow!("throttled"));
    }
    notes.fail_with(Step::Announce, "a", &anyhow!("throttled"));
    notes.fail(Step::Record, &anyhow!("refused").context("cannot write"));
    let failures: Vec<_> =
        report(notes).failures.into_iter().map(|failure| (failure.step, failure.to_string())).collect();
    let expected = [
        (Step::Record, "a: throttled (and 2 more alike)"),
        (Step::Announce, "a: throttled"),
        (Step::Record, "cannot write: refused"),
    ];
    assert_eq!(failures, expected.map(|(step, error)| (step, error.to_owned())));
}

#[test]
fn ten_failures_of_a_step_are_listed_and_the_others_counted() {
    let notes = notes();
    for number in 0..13 {
        notes.fail_with(Step::Amend, number, &anyhow!("cause {number}"));
        notes.fail_with(Step::Record, number, &anyhow!("cause {}", number % 10));
    }
    let report = report(notes);
    assert!(!report.is_success());
    let of = |step| report.failures.iter().filter(move |failure| failure.step == step).map(ToString::to_string);
    assert_eq!(of(Step::Amend).count(), 11);
    assert_eq!(of(Step::Amend).next_back().unwrap(), "3 more failures of other kinds");
    assert_eq!(of(Step::Record).count(), 10);
    assert_eq!(of(Step::Record).next_back().unwrap(), "9: cause 9");
}

#[test]
fn observed_published_announced_and_parked_are_counted() {
    let scope = Scope::regional("123456789012", "us-east-1");
    let item = |id: &str, word| {
        let key = ItemKey::new(Kind::Connection, id);
        let description = ItemDescription::bare(&scope, &key);
        (key, Item { description: description.into(), state: State::of(Kind::Connection, Some(word)) })
    };
    let snapshot = Snapshot {
        scope: scope.clone(),
        began: Timestamp::from_milliseconds(0),
        at: Timestamp::from_milliseconds(0),
        kinds: [Kind::Connection, Kind::Lag].into(),
        observation: Observation {
            items: [item("a", "available"), item("b", "quarantined"), item("c", "quarantined")].into(),
            gaps: BTreeMap::from([(Kind::Lag, Extent::Kind("throttled".to_owned()))]),
            unidentified: 2,
            ..Observation::default()
        },
    };
    let notes = notes();
    for _ in 0..2 {
        notes.observed(&snapshot);
        notes.published(&Publication { accepted: 3, left_out: 2, errors: vec![anyhow!("too late")] });
    }
    notes.owed(SinkName::SNS, 5);
    notes.owed(SinkName::EVENTBRIDGE, 4);
    notes.owed(SinkName::SNS, 2);
    notes.announced(SinkName::SNS);
    notes.announced(SinkName::SNS);
    notes.settled(SinkName::SNS, 3);
    notes.settled(SinkName::EVENTBRIDGE, 9);
    notes.parked(SinkName::SNS, 3, "items", "expired");
    notes.parked(SinkName::EVENTBRIDGE, 1, "an item", "malformed");

    let mut report = report(notes);
    assert_eq!((report.items, report.metrics, report.left_out), (6, 6, 4));
    assert_eq!((report.unrecognized, report.unidentified), (1, 4));
    assert_eq!(report.announced, BTreeMap::from([(SinkName::SNS, 2), (SinkName::EVENTBRIDGE, 0)]));
    assert_eq!((report.pending, report.parked), (4, 4));
    report.gaps.truncate(1);
    assert_eq!(
        report.to_string(),
        "6 items, 6 data points, 0 transitions, 4 pending, 4 parked; could not list every LAG in \
         123456789012/us-east-1: throttled; metrics: too late (and 1 more alike)"
    );
    let figures = report.figures();
    assert!(!figures.succeeded);
    assert_eq!((figures.duration.as_millis(), figures.items, figures.parked, figures.gaps), (1234, 6, 4, 1));
    assert_eq!(figures.pending, BTreeMap::from([(SinkName::SNS, 4), (SinkName::EVENTBRIDGE, 0)]));
}

#[test]
fn its_own_metrics_fail_the_poll_too() {
    let mut report = report(notes());
    assert!(report.is_success() && report.figures().succeeded);
    report.own_metrics(Some(Publication::default()));
    assert!(report.is_success());
    report.own_metrics(Some(Publication { errors: vec![anyhow!("refused")], ..Publication::default() }));
    report.own_metrics(None);
    let texts = report.failures.iter().map(|failure| format!("{}: {failure}", failure.step));
    assert_eq!(texts.collect::<Vec<_>>(), ["own metrics: refused", "own metrics: the service did not answer in time"]);
}
