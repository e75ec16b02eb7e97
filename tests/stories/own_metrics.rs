//! The monitor's own figures are published with the levels if they are known by then, and are corrected if they turn
//! out wrong: no failed poll stays published as a successful one.

use std::time::Duration;

use aws_dx_monitor::{
    domain::Kind,
    simulator::{FaultKind, Operation},
};

use super::rig::{Answer, MONITOR, Rig, Service, Step, Trouble, account, minute};

/// What was published of `PollSucceeded` since it was last forgotten, in order.
fn said(rig: &Rig) -> Vec<f64> {
    rig.metrics.points("PollSucceeded").into_iter().map(|(_, value)| value).collect()
}

#[tokio::test]
async fn a_quiet_poll_publishes_once() {
    let rig = Rig::watching(account::of_each(2)).await;
    rig.metrics.calls();
    let report = rig.minute(1).poll_well().await;
    assert_eq!((report.metrics, rig.metrics.calls()), (20, 1), "the monitor's own are not counted as items'");
    assert_eq!(said(&rig), [1.0]);
    assert_eq!(rig.metrics.own("ItemsObserved"), Some(20.0));
    assert_eq!(rig.metrics.own("IncidentsOpen"), Some(0.0));
    assert_eq!(rig.metrics.last("AnnouncementsPending", &format!("{MONITOR} sns")), Some(0.0));
}

#[tokio::test]
async fn how_many_incidents_are_open_is_published_in_quiet_polls_too() {
    let rig = Rig::watching(account::of_each(2)).await;
    rig.minute(1).turns("dxcon-0", "down").turns("dxcon-1", "down").poll_well().await;
    assert_eq!(rig.metrics.own("IncidentsOpen"), Some(2.0));
    rig.minute(2).turns("dxcon-1", "available").poll_well().await;
    assert_eq!(rig.metrics.own("IncidentsOpen"), Some(1.0));
    rig.metrics.forget();
    rig.metrics.calls();
    rig.minute(3).poll_well().await;
    assert_eq!((rig.metrics.own("IncidentsOpen"), rig.metrics.calls()), (Some(1.0), 1));
}

#[tokio::test]
async fn a_poll_row_that_cannot_be_written_corrects_the_published_figures() {
    // One scope: with several, one's row may be refused before the other is observed, and then nothing wrong is
    // published.
    let rig = Rig::watching_only(Kind::Connection, account::connections(3)).await;
    rig.metrics.calls();
    rig.ledger.trouble_between(Step::Progress, Trouble::IsSlow(Duration::from_millis(70)), 0, 1);
    rig.minute(1).poll_well().await;
    assert_eq!((said(&rig), rig.metrics.calls()), (vec![1.0], 1), "how long a poll took is nothing to correct");

    rig.ledger.trouble(Step::Progress, Trouble::RefusesLater);
    rig.metrics.forget();
    let report = rig.minute(2).poll().await;
    assert_eq!((report.metrics, report.failures[0].step.as_str()), (3, "progress"), "{report}");
    assert_eq!((said(&rig), rig.metrics.calls()), (vec![1.0, 0.0], 2));
    assert_eq!(rig.metrics.points("ItemsObserved").len(), 1, "only what was wrong is said again");

    // If it is refused before anything is published, nothing wrong is published.
    rig.ledger.trouble(Step::Progress, Trouble::Refuses);
    rig.metrics.forget();
    rig.minute(3).poll().await;
    assert_eq!((said(&rig), rig.metrics.calls()), (vec![0.0], 2));

    // In a poll that is not quiet, nothing is published early.
    rig.metrics.forget();
    rig.minute(4).turns("dxcon-0", "down").poll().await;
    assert_eq!((said(&rig), rig.metrics.calls()), (vec![0.0], 2));
}

#[tokio::test]
async fn how_long_people_waited_for_the_first_message_is_published_where_there_was_one() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(2)).await;
    rig.minute(1).poll_well().await;
    assert_eq!(rig.metrics.own("FirstMessageDelay"), None);
    rig.bus().answers(Answer::Accepts);
    for sink in [rig.sns(), rig.chat()] {
        sink.answers(Answer::Transient);
    }
    rig.minute(2).turns("dxcon-0", "down").poll().await;
    assert_eq!(rig.metrics.own("FirstMessageDelay"), None, "programs are not people");
    for sink in [rig.sns(), rig.chat()] {
        sink.answers(Answer::Accepts);
    }
    rig.ledger.trouble(Step::Pending, Trouble::IsSlow(Duration::from_millis(700)));
    rig.minute(3).poll().await;
    assert_eq!(rig.metrics.own("FirstMessageDelay"), Some(700.0));
}

#[tokio::test]
async fn a_failed_publication_has_published_nothing() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.metrics.calls();
    rig.metrics.service(Service::Fails);
    let report = rig.minute(1).poll().await;
    assert_eq!((report.metrics, rig.metrics.calls()), (0, 2), "its own figures are tried again by themselves");
    let steps: Vec<&str> = report.failures.iter().map(|failure| failure.step.as_str()).collect();
    assert_eq!(steps, ["metrics", "own metrics"]);
}

#[tokio::test]
async fn a_publication_that_is_cut_short_is_repeated() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.metrics.service(Service::Hangs(Duration::from_secs(60)));
    let report = rig.minute(1).poll_until(Some(minute(2))).await;
    let steps: Vec<&str> = report.failures.iter().map(|failure| failure.step.as_str()).collect();
    assert_eq!(steps, ["deadline", "own metrics"]);
}

#[tokio::test]
async fn whatever_is_left_to_do_holds_the_figures_back() {
    let rig = Rig::watching(account::of_each(1)).await;
    let held_back = async |number, why: &str| {
        rig.metrics.calls();
        let report = rig.minute(number).poll().await;
        assert_eq!(rig.metrics.calls(), 2, "{why}: {report}");
    };
    rig.minute(1).turns("dxcon-0", "down");
    rig.bus().answers(Answer::Transient);
    held_back(1, "a transition").await;
    held_back(2, "a sink that is behind").await;
    rig.bus().answers(Answer::Accepts);
    held_back(3, "a sink that catches up").await;
    rig.leaves("dxcon-0");
    held_back(4, "a first uncertain sight").await;
    rig.fails(Operation::DescribeLags, FaultKind::AccessDenied);
    held_back(5, "a gap").await;
    rig.nothing_fails();
    held_back(6, "an uncertain sight, confirmed").await;
    rig.ledger.trouble_between(Step::Recall, Trouble::Refuses, 0, 1);
    held_back(7, "a scope without memory").await;
    held_back(60, "time in which nobody looked").await;
    rig.metrics.calls();
    rig.minute(61).poll_well().await;
    assert_eq!(rig.metrics.calls(), 1, "and then all is quiet");
}

#[tokio::test]
async fn a_baseline_that_is_not_announced_yet_holds_the_figures_back() {
    let rig = Rig::of(account::of_each(1));
    rig.chat().answers_to_summaries(Answer::Transient);
    rig.minute(0).poll().await;
    assert_eq!(rig.metrics.calls(), 2);
    rig.minute(1).poll().await;
    assert_eq!(rig.metrics.calls(), 2, "it is told now");
    rig.chat().answers_to_summaries(Answer::Accepts);
    rig.minute(2).poll_well().await;
    assert_eq!(rig.metrics.calls(), 2, "it was told in this poll");
    rig.minute(3).poll_well().await;
    assert_eq!(rig.metrics.calls(), 1);

    let mut rig = Rig::of(account::connections(1));
    rig.choose(&[Kind::Connection]);
    rig.sinks.retain(|sink| !aws_dx_monitor::ports::Announcer::is_for_people(sink));
    rig.minute(0).poll_well().await;
    rig.metrics.calls();
    rig.minute(1).poll_well().await;
    assert_eq!(rig.metrics.calls(), 1, "there is nobody to tell");
}
