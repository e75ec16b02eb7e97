//! Long backlogs: drained in steps, in batches, and given up when they are too old.

use std::time::Duration;

use aws_dx_monitor::domain::{Kind, SinkName};

use super::bench::{Answer, Bench, Step, Trouble, account, minute};

const DAY: u64 = 24 * 60;

async fn connections(size: usize) -> Bench {
    Bench::watching_only(Kind::Connection, account::connections(size)).await
}

/// A connection that flapped in each of 61 minutes, while a sink was down.
async fn sixty_one_flaps() -> Bench {
    let bench = connections(1).await;
    bench.sns().answers(Answer::Transient);
    for number in 1..=61 {
        bench.minute(number).turns("dxcon-0", if number % 2 == 1 { "down" } else { "available" });
        bench.poll().await;
    }
    bench.sns().offers();
    bench.ledger.calls(Step::Acknowledge);
    bench
}

/// The sequences that a sink was offered, in the order in which they came.
fn sequences(bench: &Bench) -> Vec<u64> {
    bench.sns().offers().iter().map(|offer| offer.event.metadata.sequence).collect()
}

async fn cursor(bench: &Bench) -> u64 {
    bench.row("connection/dxcon-0").await.announced["sns"]
}

#[tokio::test]
async fn a_long_backlog_of_one_item_is_acknowledged_in_steps_so_that_a_poll_cut_short_has_moved_on() {
    let bench = sixty_one_flaps().await;
    bench.sns().answers_by(|event, _| match event.metadata.sequence {
        55 => Answer::Hangs(Duration::from_secs(60)),
        _ => Answer::Accepts,
    });
    let report = bench.minute(62).poll_until(Some(minute(63))).await;
    assert_eq!((report.announced[&SinkName::SNS], report.pending), (53, 11), "{report}");
    assert_eq!(cursor(&bench).await, 51, "after fifty of them");
    assert_eq!(report.failures[0].step.as_str(), "deadline");
    assert_eq!(sequences(&bench), (2..=55).collect::<Vec<_>>());

    bench.sns().answers(Answer::Accepts);
    let report = bench.minute(64).poll_well().await;
    assert_eq!((report.announced[&SinkName::SNS], report.pending), (11, 0));
    assert_eq!(sequences(&bench), (52..=62).collect::<Vec<_>>(), "those in between are told again");
    assert_eq!(cursor(&bench).await, 62);
    assert_eq!(bench.ledger.calls(Step::Acknowledge), 2, "once in each poll");
}

#[tokio::test]
async fn a_batch_holds_ten_events_and_never_two_of_one_item() {
    let bench = connections(25).await;
    bench.bus().answers(Answer::Transient);
    for (number, word) in [(1, "down"), (2, "available")] {
        bench.minute(number).turn(Kind::Connection, 25, word);
        bench.poll().await;
    }
    bench.bus().batches();
    bench.bus().answers(Answer::Accepts);
    let report = bench.minute(3).poll_well().await;
    assert_eq!((report.announced[&SinkName::EVENTBRIDGE], report.pending), (50, 0));
    // The sink itself fails the story when a batch is too large, holds an item twice, or comes out of order.
    let batches = bench.bus().batches();
    assert_eq!(batches.iter().sum::<usize>(), 50);
    assert!(batches.len() <= 8, "{batches:?}");
}

#[tokio::test]
async fn in_a_quiet_poll_nothing_is_read_for_the_sinks() {
    let bench = connections(25).await;
    bench.minute(1).turns("dxcon-3", "down").poll_well().await;
    bench.ledger.calls(Step::Pending);
    bench.minute(2).poll_well().await;
    assert_eq!(bench.ledger.calls(Step::Pending), 0);
}

#[tokio::test]
async fn what_was_pending_for_more_than_seven_days_is_parked_as_expired() {
    let bench = connections(1).await;
    bench.sns().answers(Answer::IsForbidden);
    bench.minute(1).turns("dxcon-0", "down").poll().await;
    bench.minute(2 * DAY).turns("dxcon-0", "available").poll().await;
    bench.sns().answers(Answer::Accepts);
    let report = bench.minute(7 * DAY + 2).poll_well().await;
    assert_eq!((report.parked, report.announced[&SinkName::SNS], report.pending), (1, 1, 0));
    assert_eq!(bench.sns().told(), "[info] connection dxcon-0 down -> available (fibre dxcon-0)");
    let history = bench.history("connection/dxcon-0").await;
    assert_eq!(history[1].parked.get("sns").map(String::as_str), Some("expired"));
    assert!(history[2].parked.is_empty());
}

#[tokio::test]
async fn a_sink_that_stays_forbidden_for_weeks_owes_no_more_than_its_week() {
    let bench = connections(1).await;
    bench.sns().answers(Answer::IsForbidden);
    for day in 1..=10 {
        bench.minute(day * DAY).turns("dxcon-0", if day % 2 == 1 { "down" } else { "available" }).poll().await;
    }
    let report = bench.minute(10 * DAY + 1).poll().await;
    assert_eq!(report.pending_by_sink[&SinkName::SNS], 7, "{report}");
}

#[tokio::test]
async fn an_acknowledgement_that_fails_repeats_and_never_loses() {
    for trouble in [Trouble::Refuses, Trouble::LosesTheAnswer] {
        let bench = connections(1).await;
        bench.ledger.trouble(Step::Acknowledge, trouble);
        let report = bench.minute(1).turns("dxcon-0", "down").poll().await;
        assert_eq!(report.announced.values().sum::<u64>(), 3);
        assert!(report.failures[0].to_string().ends_with(" (and 2 more alike)"), "{report}");
        bench.ledger.mend();
        bench.minute(2).turns("dxcon-0", "available").poll_well().await;
        let repeated = matches!(trouble, Trouble::Refuses);
        assert_eq!(sequences(&bench), if repeated { vec![2, 2, 3] } else { vec![2, 3] }, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_a_failure_and_read_again() {
    let bench = connections(1).await;
    bench.ledger.trouble_between(Step::Pending, Trouble::Refuses, 0, 1);
    let report = bench.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.pending, report.failures.len()), (1, 1), "{report}");
    assert!(report.failures[0].to_string().contains("cannot read what is pending"), "{report}");
    bench.minute(2).poll_well().await;
    for sink in &bench.sinks {
        assert_eq!(sink.told(), "[critical] connection dxcon-0 available -> down (fibre dxcon-0)");
    }
}
