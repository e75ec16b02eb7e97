//! The levels of one region do not wait for another's.

use std::{cell::Cell, collections::BTreeSet, time::Duration};

use aws_dx_monitor::{
    domain::{Kind, Observation, Scope},
    monitor::Monitor,
    ports::{Announcer, Inventory},
};
use tokio::{sync::Notify, task::yield_now};

use super::rig::{
    ACCOUNT, HandClock, OTHER_REGION, RecordedMetrics, Rig, TimedInventory, TroubledLedger,
    account::{self, connection},
    minute,
};

/// A Direct Connect one region of which answers no sooner than it may.
struct LateRegion<'a> {
    inner: &'a TimedInventory,
    late: Scope,
    may_answer: Notify,
    observed: Cell<usize>,
}

impl<'a> LateRegion<'a> {
    fn of(rig: &'a Rig) -> LateRegion<'a> {
        let late = Scope::regional(ACCOUNT, OTHER_REGION);
        LateRegion { inner: &rig.inventory, late, may_answer: Notify::new(), observed: Cell::default() }
    }

    fn monitor(&'a self, rig: &'a Rig) -> Monitor<'a, LateRegion<'a>, TroubledLedger, RecordedMetrics, HandClock> {
        Monitor {
            inventory: self,
            ledger: &rig.ledger,
            metrics: &rig.metrics,
            announcers: rig.sinks.iter().map(|sink| sink as &dyn Announcer).collect(),
            clock: &rig.clock,
            settings: &rig.settings,
            memory: &rig.memory,
        }
    }

    /// Waits for the other region, by the machine's time: it answers over the wire.
    async fn other_is_observed(&self) {
        while self.observed.get() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Inventory for LateRegion<'_> {
    async fn observe(&self, scope: &Scope, kinds: &BTreeSet<Kind>) -> Observation {
        if *scope == self.late {
            self.may_answer.notified().await;
        }
        let observation = self.inner.observe(scope, kinds).await;
        self.observed.set(self.observed.get() + 1);
        observation
    }
}

/// Connections in two regions, with their baseline.
async fn two_regions() -> Rig {
    let mut scenario = account::connections(1);
    scenario.inventory.region_mut(OTHER_REGION).connections.push(connection("dxcon-overseas"));
    Rig::watching_only(Kind::Connection, scenario).await
}

/// Lets everything go on that waits for no time.
async fn meanwhile() {
    for _ in 0..10 {
        yield_now().await;
    }
}

#[tokio::test]
async fn what_has_come_is_published_after_five_seconds_and_the_rest_when_it_comes() {
    let rig = two_regions().await;
    let inventory = LateRegion::of(&rig);
    let monitor = inventory.monitor(&rig);
    rig.minute(1);
    rig.metrics.calls();
    let began = minute(1);
    let at = async |milliseconds| {
        rig.clock.set(began.plus(Duration::from_millis(milliseconds)));
        meanwhile().await;
        (rig.metrics.last("ConnectionState", "dxcon-0"), rig.metrics.last("ConnectionState", "dxcon-overseas"))
    };
    let story = async {
        inventory.other_is_observed().await;
        assert_eq!(at(4_999).await, (None, None), "it may all come in one call yet");
        assert_eq!(at(5_000).await, (Some(4.0), None));
        assert_eq!(rig.metrics.own("PollSucceeded"), None, "what the poll comes to is not known");
        assert_eq!((at(34_000).await, rig.metrics.calls()), ((Some(4.0), None), 1), "nothing new, no call");
        inventory.may_answer.notify_one();
    };
    let (report, ()) = futures::join!(monitor.poll(None), story);
    assert!(report.is_success(), "{report}");
    assert_eq!((report.metrics, rig.metrics.calls()), (2, 1), "with the monitor's own figures: it was quiet");
    assert_eq!(
        rig.metrics.points("ConnectionState"),
        [("dxcon-0".to_owned(), 4.0), ("dxcon-overseas".to_owned(), 4.0)]
    );
    assert_eq!(rig.metrics.points("PollSucceeded").len(), 1);
    assert_eq!(rig.metrics.own("ItemsObserved"), Some(2.0));
}

#[tokio::test]
async fn a_region_that_never_answers_takes_no_level_of_another_along() {
    let rig = two_regions().await;
    let inventory = LateRegion::of(&rig);
    let monitor = inventory.monitor(&rig);
    rig.minute(1).turns("dxcon-0", "down");
    let story = async {
        inventory.other_is_observed().await;
        for second in 1..=30 {
            rig.clock.set(minute(1).plus(Duration::from_secs(second)));
            meanwhile().await;
        }
    };
    let (report, ()) = futures::join!(monitor.poll(Some(minute(1).plus(Duration::from_secs(30)))), story);
    let steps: Vec<&str> = report.failures.iter().map(|failure| failure.step.as_str()).collect();
    assert_eq!((steps.as_slice(), report.metrics), (&["deadline"][..], 1), "{report}");
    assert_eq!(rig.metrics.last("ConnectionState", "dxcon-0"), Some(5.0));
    assert_eq!(rig.metrics.own("PollSucceeded"), Some(0.0));
}
