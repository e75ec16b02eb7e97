//! Two polls at once, over one file.

use std::{collections::BTreeSet, time::Duration};

use aws_dx_monitor::{
    domain::{CoveragePath, Kind, Span},
    local::SqliteLedger,
    ports::History,
};

use super::rig::{HandClock, Rig, Step, Trouble, TroubledLedger, account, minute};

/// A monitor and a second connection to its file, with whatever keeps the file.
struct Two {
    rig: Rig,
    second: TroubledLedger,
    /// By how much the second polls later.
    later: Duration,
    _directory: tempfile::TempDir,
}

impl Two {
    async fn watching(size: usize) -> Two {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("shared.db");
        let mut rig = Rig::with_ledger(account::connections(size), SqliteLedger::open(&path).unwrap());
        rig.choose(&[Kind::Connection]);
        let rig = rig.with_baseline().await;
        Two::over(rig, directory)
    }

    fn over(rig: Rig, directory: tempfile::TempDir) -> Two {
        let ledger = SqliteLedger::open(&directory.path().join("shared.db")).unwrap();
        let second = TroubledLedger::new(ledger, rig.clock.clone());
        Two { rig, second, later: Duration::from_millis(137), _directory: directory }
    }

    /// Polls twice at the same time, and both do all that should be done; the transitions recorded by both.
    async fn poll(&self) -> u64 {
        let rig = &self.rig;
        let clock = HandClock::at(rig.now().plus(self.later));
        let (first, second) = (rig.monitor(&rig.ledger, &rig.clock), rig.monitor(&self.second, &clock));
        let (first, second) = tokio::join!(first.poll(None), second.poll(None));
        assert!(first.is_success() && second.is_success(), "{first} / {second}");
        first.transitions + second.transitions
    }
}

#[tokio::test]
async fn two_polls_at_once_record_one_transition_and_announce_it_once() {
    let two = Two::watching(20).await;
    let rig = &two.rig;
    rig.minute(1).turn(Kind::Connection, 20, "down");
    assert_eq!(two.poll().await, 20, "who comes second has lost a race, which is no failure");
    assert_eq!(rig.all_events().await.len(), 40);
    assert_eq!(rig.sns().told().lines().count(), 20);
    rig.minute(2).turn(Kind::Connection, 20, "available");
    assert_eq!(two.poll().await, 20);
    rig.events("connection/dxcon-7").await;
    assert_eq!(rig.bus().told().lines().count(), 40);
}

#[tokio::test]
async fn two_observations_at_the_same_instant_are_one_transition_with_one_id() {
    let two = Two { later: Duration::ZERO, ..Two::watching(1).await };
    two.rig.minute(1).turns("dxcon-0", "down");
    // Neither can distinguish the other's row from its own, and both may announce it.
    assert!((1..=2).contains(&two.poll().await));
    assert_eq!(two.rig.events("connection/dxcon-0").await.len(), 2);
    let ids: BTreeSet<_> = two.rig.sns().offers().iter().map(|offer| offer.event.metadata.id).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn an_older_observation_never_overwrites_a_newer_one() {
    let two = Two::watching(1).await;
    let rig = &two.rig;
    rig.minute(1).turns("dxcon-0", "down");
    // One recalls first and comes to record last, with what it saw meanwhile.
    rig.ledger.trouble(Step::Record, Trouble::Waits);
    let newer = minute(1).plus(two.later);
    let (late, ()) = tokio::join!(rig.poll(), async {
        let clock = HandClock::at(newer);
        let early = rig.monitor(&two.second, &clock).poll(None).await;
        assert_eq!((early.is_success(), early.transitions), (true, 1), "{early}");
        // However long the late one takes to observe, it is waiting to record when the ledger works again.
        while rig.ledger.calls(Step::Record) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        rig.ledger.mend();
    });
    assert_eq!((late.is_success(), late.transitions), (true, 0), "{late}");
    assert_eq!(rig.sns().told().lines().count(), 1);
    let row = rig.row("connection/dxcon-0").await;
    assert_eq!((row.sequence, row.state.value(), row.since), (2, "down", newer));
}

#[tokio::test]
async fn two_first_polls_at_once_make_one_baseline() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(&directory.path().join("shared.db")).unwrap();
    let two = Two::over(Rig::with_ledger(account::of_each(2), ledger), directory);
    assert_eq!(two.poll().await, 0);
    assert_eq!(two.rig.all_events().await.len(), 20);
    assert_eq!(two.rig.sns().told(), "");
    let summaries = two.rig.sns().summaries().len();
    assert!((1..=2).contains(&summaries), "overlapping polls may repeat it: {summaries}");
    two.rig.minute(1).poll_well().await;
    assert!(two.rig.sns().summaries().is_empty());
}

#[tokio::test]
async fn two_polls_at_once_after_a_silence_write_it_down_once() {
    let two = Two::watching(1).await;
    two.rig.minute(60).turns("dxcon-0", "down");
    assert_eq!(two.poll().await, 1);
    let scope = two.rig.scope(Kind::Connection);
    let ledger = &two.rig.ledger.inner;
    let silence = ledger.unmonitored(&CoveragePath::new(scope, Kind::Connection), Span::ALWAYS).await.unwrap();
    assert_eq!(silence.len(), 1);
}

#[tokio::test]
async fn two_polls_at_once_never_count_a_sight_twice() {
    let two = Two::watching(2).await;
    let rig = &two.rig;
    rig.minute(1).leaves("dxcon-0");
    assert_eq!(two.poll().await, 0);
    assert_eq!(rig.row("connection/dxcon-0").await.suspect.unwrap().polls, 1);
    rig.minute(2);
    assert_eq!(two.poll().await, 0, "four looks, but two sights at most");
    // If the later of two observations was complete and the earlier was counted, the count begins anew.
    for number in 3..=5 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "[warning] connection dxcon-0 available -> absent (fibre dxcon-0)");
    assert!(rig.last_event("connection/dxcon-0").await.state.since >= minute(1));
}
