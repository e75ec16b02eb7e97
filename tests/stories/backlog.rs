//! Long backlogs: drained in steps, in batches, and given up when they are too old.

use std::time::Duration;

use aws_dx_monitor::domain::{Kind, SinkName};

use super::rig::{Answer, Rig, Step, Trouble, account, minute};

const DAY: u64 = 24 * 60;

async fn connections(size: usize) -> Rig {
    Rig::watching_only(Kind::Connection, account::connections(size)).await
}

/// A connection that flapped in each of 61 minutes, while a sink was down.
async fn sixty_one_flaps() -> Rig {
    let rig = connections(1).await;
    rig.sns().answers(Answer::Transient);
    for number in 1..=61 {
        rig.minute(number).turns("dxcon-0", if number % 2 == 1 { "down" } else { "available" });
        rig.poll().await;
    }
    rig.sns().offers();
    rig.ledger.calls(Step::Acknowledge);
    rig
}

/// The sequences that a sink was offered, in the order in which they came.
fn sequences(rig: &Rig) -> Vec<u64> {
    rig.sns().offers().iter().map(|offer| offer.event.metadata.sequence).collect()
}

async fn cursor(rig: &Rig) -> u64 {
    rig.row("connection/dxcon-0").await.announced["sns"]
}

#[tokio::test]
async fn a_long_backlog_of_one_item_is_acknowledged_in_steps_so_that_a_poll_cut_short_has_moved_on() {
    let rig = sixty_one_flaps().await;
    rig.sns().answers_by(|event, _| match event.metadata.sequence {
        55 => Answer::Hangs(Duration::from_secs(60)),
        _ => Answer::Accepts,
    });
    let report = rig.minute(62).poll_until(Some(minute(63))).await;
    assert_eq!((report.announced[&SinkName::SNS], report.pending), (53, 11), "{report}");
    assert_eq!(cursor(&rig).await, 51, "after fifty of them");
    assert_eq!(report.failures[0].step.as_str(), "deadline");
    assert_eq!(sequences(&rig), (2..=55).collect::<Vec<_>>());

    rig.sns().answers(Answer::Accepts);
    let report = rig.minute(64).poll_well().await;
    assert_eq!((report.announced[&SinkName::SNS], report.pending), (11, 0));
    assert_eq!(sequences(&rig), (52..=62).collect::<Vec<_>>(), "those in between are told again");
    assert_eq!(cursor(&rig).await, 62);
    assert_eq!(rig.ledger.calls(Step::Acknowledge), 2, "once in each poll");
}

#[tokio::test]
async fn a_batch_holds_ten_events_and_never_two_of_one_item() {
    let rig = connections(25).await;
    rig.bus().answers(Answer::Transient);
    for (number, word) in [(1, "down"), (2, "available")] {
        rig.minute(number).turn(Kind::Connection, 25, word);
        rig.poll().await;
    }
    rig.bus().batches();
    rig.bus().answers(Answer::Accepts);
    let report = rig.minute(3).poll_well().await;
    // 50 transitions, and of each connection the incident's beginning and end.
    assert_eq!((report.announced[&SinkName::EVENTBRIDGE], report.pending), (50 + 50, 0));
    assert_eq!(rig.bus().incidents().len(), 50);
    // The sink itself fails the story when a batch is too large, holds an item twice, or comes out of order.
    let batches = rig.bus().batches();
    assert_eq!(batches.iter().sum::<usize>(), 50);
    assert!(batches.len() <= 8, "{batches:?}");
}

#[tokio::test]
async fn in_a_quiet_poll_nothing_is_read_for_the_sinks() {
    let rig = connections(25).await;
    rig.minute(1).turns("dxcon-3", "down").poll_well().await;
    rig.ledger.calls(Step::Pending);
    rig.minute(2).poll_well().await;
    assert_eq!(rig.ledger.calls(Step::Pending), 0);
}

#[tokio::test]
async fn what_was_pending_for_more_than_seven_days_is_parked_as_expired() {
    let rig = connections(1).await;
    rig.sns().answers(Answer::IsForbidden);
    rig.minute(1).turns("dxcon-0", "down").poll().await;
    rig.minute(2 * DAY).turns("dxcon-0", "available").poll().await;
    rig.sns().answers(Answer::Accepts);
    let report = rig.minute(7 * DAY + 2).poll_well().await;
    assert_eq!((report.parked, report.announced[&SinkName::SNS], report.pending), (1, 1, 0));
    assert_eq!(rig.sns().told(), "[info] connection dxcon-0 down -> available (fibre dxcon-0)");
    let history = rig.history("connection/dxcon-0").await;
    assert_eq!(history[1].parked.get("sns").map(String::as_str), Some("expired"));
    assert!(history[2].parked.is_empty());
}

#[tokio::test]
async fn a_sink_that_stays_forbidden_for_weeks_owes_no_more_than_its_week() {
    let rig = connections(1).await;
    rig.sns().answers(Answer::IsForbidden);
    for day in 1..=10 {
        rig.minute(day * DAY).turns("dxcon-0", if day % 2 == 1 { "down" } else { "available" }).poll().await;
    }
    let report = rig.minute(10 * DAY + 1).poll().await;
    assert_eq!(report.pending_by_sink[&SinkName::SNS], 7, "{report}");
}

#[tokio::test]
async fn an_acknowledgement_that_fails_repeats_and_never_loses() {
    for trouble in [Trouble::Refuses, Trouble::LosesTheAnswer] {
        let rig = connections(1).await;
        rig.ledger.trouble(Step::Acknowledge, trouble);
        let report = rig.minute(1).turns("dxcon-0", "down").poll().await;
        assert_eq!(report.announced.values().sum::<u64>(), 3 + 1, "and the incident, on EventBridge");
        // The item's three cursors, and EventBridge's on the incident.
        assert!(report.failures[0].to_string().ends_with(" (and 3 more alike)"), "{report}");
        rig.ledger.mend();
        rig.minute(2).turns("dxcon-0", "available").poll_well().await;
        let repeated = matches!(trouble, Trouble::Refuses);
        assert_eq!(sequences(&rig), if repeated { vec![2, 2, 3] } else { vec![2, 3] }, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_a_failure_and_read_again() {
    let rig = connections(1).await;
    rig.ledger.trouble_between(Step::Pending, Trouble::Refuses, 0, 1);
    let report = rig.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.pending, report.failures.len()), (1, 1), "{report}");
    assert!(report.failures[0].to_string().contains("cannot read what is pending"), "{report}");
    rig.minute(2).poll_well().await;
    for sink in &rig.sinks {
        assert_eq!(sink.told(), "[critical] connection dxcon-0 available -> down (fibre dxcon-0)");
    }
}
