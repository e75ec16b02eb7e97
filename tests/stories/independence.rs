//! A store, sink or region that does not work holds up nothing else, and a poll ends in time.

use std::time::Duration;

use aws_dx_monitor::domain::{Kind, SinkName};

use super::rig::{Answer, Rig, Service, Step, Trouble, account, minute};

const ITEM: &str = "connection/dxcon-0";
const OUTAGE: &str = "[critical] connection dxcon-0 available -> down (fibre dxcon-0)";

#[tokio::test]
async fn without_memory_a_poll_still_publishes() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.ledger.trouble(Step::Recall, Trouble::Refuses);
    let report = rig.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.items, report.metrics, report.transitions), (10, 10, 0));
    assert_eq!(rig.metrics.last("ConnectionState", "dxcon-0"), Some(5.0));
    assert_eq!(rig.metrics.own("PollSucceeded"), Some(0.0));
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert_eq!(
        (failure.step.as_str(), failure.to_string().as_str()),
        ("recall", "123456789012/us-east-1: the ledger is out of order (and 1 more alike)")
    );
    assert_eq!(rig.sns().told(), "");

    rig.ledger.mend();
    rig.minute(2).poll_well().await;
    assert_eq!(rig.sns().told(), OUTAGE);
    let event = rig.last_event(ITEM).await;
    assert_eq!((event.previous_state.unwrap().last_seen_at, event.state.since), (minute(0), minute(2)));
}

#[tokio::test]
async fn one_scope_without_memory_is_not_compared_and_the_other_is() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.ledger.trouble_between(Step::Recall, Trouble::Refuses, 0, 1);
    rig.minute(1).turns("dxcon-0", "down").turns("gateway-0", "deleting");
    let report = rig.poll().await;
    assert_eq!((report.failures.len(), report.transitions, report.metrics), (1, 1, 10));
    assert_eq!(rig.sns().told(), "[warning] direct-connect-gateway gateway-0 available -> deleting (gateway 0)");
}

#[tokio::test]
async fn a_transition_that_cannot_be_recorded_is_not_announced_and_is_seen_again() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.ledger.trouble(Step::Record, Trouble::Refuses);
    let report = rig.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.transitions, report.metrics, report.failures.len()), (0, 10, 1), "{report}");
    assert!(rig.bus().offers().is_empty());
    rig.ledger.mend();
    rig.minute(2).poll_well().await;
    assert_eq!(rig.sns().told(), OUTAGE);
    let event = rig.last_event(ITEM).await;
    let bound = (event.previous_state.unwrap().last_seen_at, event.state.since);
    assert_eq!(bound, (minute(0), minute(2)), "as far as the record knows, nobody looked at minute 1");
}

#[tokio::test]
async fn a_record_whose_answer_was_lost_is_recorded_once_and_announced_once() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.ledger.trouble(Step::Record, Trouble::LosesTheAnswer);
    rig.minute(1).turns("dxcon-0", "down").poll().await;
    assert!(rig.bus().offers().is_empty());
    rig.ledger.mend();
    let report = rig.minute(2).poll_well().await;
    assert_eq!((report.transitions, rig.sns().told().as_str()), (0, OUTAGE));
    assert_eq!(rig.last_event(ITEM).await.state.since, minute(1));
    rig.minute(3).poll_well().await;
    assert_eq!((rig.sns().told().as_str(), rig.events(ITEM).await.len()), ("", 2));
}

#[tokio::test]
async fn events_do_not_wait_for_metrics() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.metrics.service(Service::Fails);
    let report = rig.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.metrics, report.transitions, report.pending), (0, 1, 0));
    assert_eq!(rig.sns().told(), OUTAGE);
    let failures: Vec<String> = report.failures.iter().map(|failure| format!("{}: {failure}", failure.step)).collect();
    assert_eq!(failures, ["metrics: CloudWatch is out of order", "own metrics: CloudWatch is out of order"]);
}

#[tokio::test]
async fn metrics_that_hang_hold_up_no_event_and_not_the_end() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.metrics.service(Service::Hangs(Duration::from_secs(3600)));
    let report = rig.minute(1).turns("dxcon-0", "down").poll_until(Some(minute(2))).await;
    assert_eq!(rig.sns().told(), OUTAGE);
    assert_eq!((report.transitions, report.pending), (1, 0));
    let failures: Vec<&str> = report.failures.iter().map(|failure| failure.step.as_str()).collect();
    assert_eq!(failures, ["deadline", "own metrics"], "{report}");
}

#[tokio::test]
async fn a_memory_that_hangs_is_waited_for_for_five_seconds() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.ledger.trouble(Step::Recall, Trouble::Hangs(Duration::from_secs(5)));
    let report = rig.minute(1).poll().await;
    assert_eq!(report.duration, Duration::from_secs(5), "both scopes at once");
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert_eq!(failure.to_string(), "123456789012/us-east-1: no answer within 5 seconds (and 1 more alike)");
    assert_eq!(report.metrics, 10);

    rig.ledger.trouble(Step::Recall, Trouble::IsSlow(Duration::from_millis(4_999)));
    let report = rig.minute(2).poll_well().await;
    assert_eq!(report.duration, Duration::from_millis(4_999));
}

#[tokio::test]
async fn with_two_seconds_left_a_poll_stops_and_reports_what_is_left() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(3)).await;
    rig.minute(1).turn(Kind::Connection, 3, "down");
    // The sink takes its time: it would answer in a minute.
    rig.sns().answers_by(|event, _| match event.item.id.as_str() {
        "dxcon-1" => Answer::Hangs(Duration::from_secs(28)),
        _ => Answer::Accepts,
    });
    let deadline = rig.now().plus(Duration::from_secs(30));
    let report = rig.poll_until(Some(deadline)).await;
    assert_eq!(report.duration, Duration::from_secs(28));
    assert_eq!(report.transitions, 3);
    assert_eq!(report.announced[&SinkName::SNS], 2, "{report}");
    assert_eq!(report.pending, 1);
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert_eq!(failure.step.as_str(), "deadline");
    assert_eq!(failure.to_string(), "the time of the invocation ran out; the next poll goes on");
    assert_eq!(rig.metrics.own("PollDuration"), Some(28_000.0));
    assert_eq!(rig.metrics.own("AnnouncementsPending"), Some(1.0));

    rig.sns().answers(Answer::Accepts);
    let report = rig.minute(2).poll_well().await;
    assert_eq!((report.announced[&SinkName::SNS], report.transitions), (1, 0));
}

#[tokio::test]
async fn a_poll_within_its_time_does_not_mind_the_deadline() {
    let rig = Rig::watching(account::of_each(1)).await;
    let report = rig.minute(1).turns("dxcon-0", "down").poll_until(Some(minute(2))).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(rig.sns().told(), OUTAGE);
}

#[tokio::test]
async fn a_suspicion_or_progress_that_cannot_be_written_is_a_failure_and_no_event() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(2)).await;
    rig.ledger.trouble(Step::Amend, Trouble::Refuses);
    rig.ledger.trouble(Step::Progress, Trouble::Refuses);
    let report = rig.minute(1).leaves("dxcon-0").poll().await;
    let mut steps: Vec<&str> = report.failures.iter().map(|failure| failure.step.as_str()).collect();
    steps.sort_unstable();
    assert_eq!(steps, ["amend", "progress"], "{report}");
    rig.ledger.mend();
    for number in 2..=3 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "", "two sights are known of");
    rig.minute(4).poll_well().await;
    assert_eq!(rig.last_event(ITEM).await.state.since, minute(2));
}
