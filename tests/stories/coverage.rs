//! Unmonitored time is recorded, and no other.

use aws_dx_monitor::{
    domain::{CoveragePath, Kind, Span, Timestamp},
    ports::History,
    simulator::{FaultKind, Operation},
};

use super::rig::{
    Rig, Step, Trouble,
    account::{self, TROUBLES},
    minute,
};

/// The unmonitored time of a kind, in minutes.
async fn unmonitored(rig: &Rig, kind: Kind) -> Vec<(i64, i64)> {
    let scope = rig.scope(kind);
    let found = rig.ledger.inner.unmonitored(&CoveragePath::new(scope, kind), Span::ALWAYS).await.unwrap();
    let minutes = |at: Timestamp| (at.milliseconds() - minute(0).milliseconds()) / 60_000;
    found.iter().map(|stretch| (minutes(stretch.from), minutes(stretch.to))).collect()
}

async fn last_complete(rig: &Rig, kind: Kind) -> Option<Timestamp> {
    let recalled = rig.ledger.inner.states(&rig.scope(kind)).await.unwrap();
    recalled.poll.and_then(|poll| poll.last_complete_at(kind))
}

async fn interval(rig: &Rig) -> Option<u64> {
    rig.ledger.inner.states(&rig.scope(Kind::Connection)).await.unwrap().poll.unwrap().interval_seconds
}

#[tokio::test]
async fn a_long_silence_is_written_down_for_every_kind_and_a_short_one_is_not() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.minute(1).poll_well().await;
    rig.minute(16).poll_well().await;
    for (kind, ..) in TROUBLES {
        assert_eq!(unmonitored(&rig, kind).await, [], "fifteen minutes are tolerated: {kind}");
    }
    rig.minute(32).turns("dxcon-0", "down").poll_well().await;
    rig.minute(33).poll_well().await;
    for (kind, ..) in TROUBLES {
        assert_eq!(unmonitored(&rig, kind).await, [(16, 32)], "{kind}");
        assert_eq!(last_complete(&rig, kind).await, Some(minute(33)), "{kind}");
    }
    let event = rig.last_event("connection/dxcon-0").await;
    assert_eq!((event.previous_state.unwrap().last_seen_at, event.state.since), (minute(16), minute(32)));
}

#[tokio::test]
async fn a_gap_that_lasts_is_a_silence_of_its_kind() {
    let rig = Rig::watching(account::of_each(1)).await;
    rig.fails(Operation::DescribeVirtualInterfaces, FaultKind::AccessDenied);
    for number in [5, 10, 15, 20] {
        rig.minute(number).poll().await;
    }
    rig.minute(25).nothing_fails().poll_well().await;
    for (kind, ..) in TROUBLES {
        let expected: &[(i64, i64)] =
            if matches!(kind, Kind::VirtualInterface | Kind::BgpPeer) { &[(0, 25)] } else { &[] };
        assert_eq!(unmonitored(&rig, kind).await, expected, "{kind}");
    }
}

#[tokio::test]
async fn a_silence_is_written_down_before_what_happened_in_it() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(1)).await;
    rig.ledger.trouble(Step::Cover, Trouble::Refuses);
    let report = rig.minute(30).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.transitions, report.failures[0].step.as_str()), (0, "coverage"), "{report}");
    assert_eq!(last_complete(&rig, Kind::Connection).await, Some(minute(0)));
    rig.ledger.mend();
    rig.minute(31).poll_well().await;
    assert_eq!(unmonitored(&rig, Kind::Connection).await, [(0, 31)]);
    assert_eq!(rig.sns().told(), "[critical] connection dxcon-0 available -> down (fibre dxcon-0)");
}

#[tokio::test]
async fn a_silence_whose_answer_was_lost_is_written_once() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(1)).await;
    rig.ledger.trouble_between(Step::Cover, Trouble::LosesTheAnswer, 0, 1);
    rig.minute(30).poll().await;
    rig.minute(31).poll_well().await;
    assert_eq!(unmonitored(&rig, Kind::Connection).await, [(0, 30)]);
}

#[tokio::test]
async fn the_time_between_two_polls_is_remembered() {
    let rig = Rig::of(account::connections(1));
    rig.poll_well().await;
    assert_eq!(interval(&rig).await, None);
    rig.minute(5).poll_well().await;
    assert_eq!(interval(&rig).await, Some(300));
    rig.minute(7).poll_well().await;
    assert_eq!(interval(&rig).await, Some(120));
}
