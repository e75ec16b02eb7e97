use std::time::Duration;

use super::{
    super::accounts_rig::{Hub, JumpingClock, at},
    *,
};
use crate::domain::Cadence;

fn dispatch(hub: &Hub) -> Dispatch<'_, Hub, JumpingClock> {
    Dispatch { roster: hub, queue: hub, metrics: hub, clock: &hub.clock, monitor: "aws-dx-monitor" }
}

fn beat() -> Beat {
    Beat { began: at(0), every: Duration::from_secs(60), regions: vec!["us-east-1".to_owned()] }
}

#[tokio::test]
async fn a_dispatch_sends_what_is_due_and_says_how_the_accounts_are() {
    let hub = Hub::new();
    hub.enrolled("1", Cadence::Hot);
    hub.enrolled("2", Cadence::Cold);
    hub.enrolled("3", Cadence::Refused);
    let report = dispatch(&hub).run(Wanted::Everyone, &beat()).await.unwrap();
    assert_eq!(serde_json::to_string(&report).unwrap(), r#"{"accounts":3,"sent":1,"late":["3"],"failures":[]}"#);
    assert_eq!(hub.polled(), ["1"]);
    let published: Vec<String> =
        hub.published.borrow().iter().map(|point| format!("{} {}", point.metric, point.value)).collect();
    assert_eq!(
        published.join(", "),
        "AccountsWatched 3, AccountsLate 1, AccountsRefused 1, OldestAccountSeconds 0, Items 0, AccountLate 1, \
         Dispatched 1"
    );
}

#[tokio::test]
async fn a_message_that_the_queue_refuses_holds_up_no_other_and_each_error_is_named_once() {
    let hub = Hub::new();
    for account in ["1", "2", "3"] {
        hub.enrolled(account, Cadence::Hot);
    }
    hub.refused_groups.borrow_mut().extend(["1", "3"].map(str::to_owned));
    let report = dispatch(&hub).run(Wanted::Everyone, &beat()).await.unwrap();
    assert_eq!((report.sent, report.failures), (1, vec!["the queue is down".to_owned()]));
    assert_eq!(hub.polled(), ["2"]);
}

#[tokio::test]
async fn without_the_roster_nothing_is_dispatched() {
    let hub = Hub::new();
    hub.enrolled("1", Cadence::Hot);
    hub.is_broken.set(true);
    assert!(dispatch(&hub).run(Wanted::Everyone, &beat()).await.is_err());
    assert!(hub.polled().is_empty());
}

#[tokio::test]
async fn the_own_account_alone_needs_no_roster() {
    let hub = Hub::new();
    hub.is_broken.set(true);
    let short = Beat { every: Duration::from_secs(15), ..beat() };
    let report = dispatch(&hub).run(Wanted::Own, &short).await.unwrap();
    assert_eq!((report.accounts, report.sent, report.failures.len()), (0, 4, 0));
    let published: Vec<&str> = hub.published.borrow().iter().map(|point| point.metric).collect();
    assert_eq!(published, ["Dispatched"]);
    assert!(hub.payloads().iter().all(|payload| !payload.contains("account")), "{:?}", hub.payloads());
}
