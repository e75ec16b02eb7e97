//! The monitor's own figures travel with the levels where they are known by then, and what turns out otherwise is
//! corrected: no poll that failed is left published as one that succeeded.

use std::time::Duration;

use aws_dx_monitor::{
    domain::Kind,
    simulator::{FaultKind, Operation},
};

use super::bench::{Answer, Bench, MONITOR, Service, Step, Trouble, account, minute};

/// What was published of `PollSucceeded` since it was last forgotten, in order.
fn said(bench: &Bench) -> Vec<f64> {
    bench.metrics.points("PollSucceeded").into_iter().map(|(_, value)| value).collect()
}

#[tokio::test]
async fn a_quiet_poll_publishes_once() {
    let bench = Bench::watching(account::of_each(2)).await;
    bench.metrics.calls();
    let report = bench.minute(1).poll_well().await;
    assert_eq!((report.metrics, bench.metrics.calls()), (20, 1), "the monitor's own are not counted as items'");
    assert_eq!(said(&bench), [1.0]);
    assert_eq!(bench.metrics.own("ItemsObserved"), Some(20.0));
    assert_eq!(bench.metrics.last("AnnouncementsPending", &format!("{MONITOR} sns")), Some(0.0));
}

#[tokio::test]
async fn a_poll_row_that_cannot_be_written_corrects_what_was_said() {
    // One scope: with several, one's row may be refused before the other has looked, and then nothing wrong is said.
    let bench = Bench::watching_only(Kind::Connection, account::connections(3)).await;
    bench.metrics.calls();
    bench.ledger.trouble_between(Step::Progress, Trouble::IsSlow(Duration::from_millis(70)), 0, 1);
    bench.minute(1).poll_well().await;
    assert_eq!((said(&bench), bench.metrics.calls()), (vec![1.0], 1), "how long a poll took is nothing to correct");

    bench.ledger.trouble(Step::Progress, Trouble::RefusesLater);
    bench.metrics.forget();
    let report = bench.minute(2).poll().await;
    assert_eq!((report.metrics, report.failures[0].step.as_str()), (3, "progress"), "{report}");
    assert_eq!((said(&bench), bench.metrics.calls()), (vec![1.0, 0.0], 2));
    assert_eq!(bench.metrics.points("ItemsObserved").len(), 1, "only what was wrong is said again");

    // Where it is refused before anything is published, nothing wrong is said.
    bench.ledger.trouble(Step::Progress, Trouble::Refuses);
    bench.metrics.forget();
    bench.minute(3).poll().await;
    assert_eq!((said(&bench), bench.metrics.calls()), (vec![0.0], 2));

    // In a poll where it is known beforehand that it may come otherwise, nothing is said beforehand.
    bench.metrics.forget();
    bench.minute(4).turns("dxcon-0", "down").poll().await;
    assert_eq!((said(&bench), bench.metrics.calls()), (vec![0.0], 2));
}

#[tokio::test]
async fn how_long_people_waited_for_the_first_message_is_published_where_there_was_one() {
    let bench = Bench::watching_only(Kind::Connection, account::connections(2)).await;
    bench.minute(1).poll_well().await;
    assert_eq!(bench.metrics.own("FirstMessageDelay"), None);
    bench.bus().answers(Answer::Accepts);
    for sink in [bench.sns(), bench.chat()] {
        sink.answers(Answer::Transient);
    }
    bench.minute(2).turns("dxcon-0", "down").poll().await;
    assert_eq!(bench.metrics.own("FirstMessageDelay"), None, "programs are not people");
    for sink in [bench.sns(), bench.chat()] {
        sink.answers(Answer::Accepts);
    }
    bench.ledger.trouble(Step::Pending, Trouble::IsSlow(Duration::from_millis(700)));
    bench.minute(3).poll().await;
    assert_eq!(bench.metrics.own("FirstMessageDelay"), Some(700.0));
}

#[tokio::test]
async fn a_publication_that_failed_has_said_nothing() {
    let bench = Bench::watching(account::of_each(1)).await;
    bench.metrics.calls();
    bench.metrics.service(Service::Fails);
    let report = bench.minute(1).poll().await;
    assert_eq!((report.metrics, bench.metrics.calls()), (0, 2), "its own figures are tried again by themselves");
    let steps: Vec<&str> = report.failures.iter().map(|failure| failure.step.as_str()).collect();
    assert_eq!(steps, ["metrics", "own metrics"]);
}

#[tokio::test]
async fn a_publication_that_is_cut_short_is_said_again() {
    let bench = Bench::watching(account::of_each(1)).await;
    bench.metrics.service(Service::Hangs(Duration::from_secs(60)));
    let report = bench.minute(1).poll_until(Some(minute(2))).await;
    let steps: Vec<&str> = report.failures.iter().map(|failure| failure.step.as_str()).collect();
    assert_eq!(steps, ["deadline", "own metrics"]);
}

#[tokio::test]
async fn whatever_is_left_to_do_holds_the_figures_back() {
    let bench = Bench::watching(account::of_each(1)).await;
    let held_back = async |number, why: &str| {
        bench.metrics.calls();
        let report = bench.minute(number).poll().await;
        assert_eq!(bench.metrics.calls(), 2, "{why}: {report}");
    };
    bench.minute(1).turns("dxcon-0", "down");
    bench.bus().answers(Answer::Transient);
    held_back(1, "a transition").await;
    held_back(2, "a sink that is behind").await;
    bench.bus().answers(Answer::Accepts);
    held_back(3, "a sink that catches up").await;
    bench.leaves("dxcon-0");
    held_back(4, "a first uncertain sight").await;
    bench.fails(Operation::DescribeLags, FaultKind::AccessDenied);
    held_back(5, "a gap").await;
    bench.nothing_fails();
    held_back(6, "an uncertain sight, confirmed").await;
    bench.ledger.trouble_between(Step::Recall, Trouble::Refuses, 0, 1);
    held_back(7, "a scope without memory").await;
    held_back(60, "time in which nobody looked").await;
    bench.metrics.calls();
    bench.minute(61).poll_well().await;
    assert_eq!(bench.metrics.calls(), 1, "and then all is quiet");
}

#[tokio::test]
async fn a_baseline_that_people_are_not_told_of_holds_the_figures_back() {
    let bench = Bench::of(account::of_each(1));
    bench.chat().answers_to_summaries(Answer::Transient);
    bench.minute(0).poll().await;
    assert_eq!(bench.metrics.calls(), 2);
    bench.minute(1).poll().await;
    assert_eq!(bench.metrics.calls(), 2, "it is told now");
    bench.chat().answers_to_summaries(Answer::Accepts);
    bench.minute(2).poll_well().await;
    assert_eq!(bench.metrics.calls(), 2, "it was told in this poll");
    bench.minute(3).poll_well().await;
    assert_eq!(bench.metrics.calls(), 1);

    let mut bench = Bench::of(account::connections(1));
    bench.choose(&[Kind::Connection]);
    bench.sinks.retain(|sink| !aws_dx_monitor::ports::Announcer::is_for_people(sink));
    bench.minute(0).poll_well().await;
    bench.metrics.calls();
    bench.minute(1).poll_well().await;
    assert_eq!(bench.metrics.calls(), 1, "there is nobody to tell");
}
