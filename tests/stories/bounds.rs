//! When it happened: after the beginning of the last observation that certainly saw the item as it was, and before the end
//! of the first one that saw it otherwise. Observations take twenty seconds here.

use std::time::Duration;

use aws_dx_monitor::{
    domain::{Kind, Timestamp},
    simulator::{Connection, Fault, FaultKind, Operation, Scenario},
};

use super::rig::{
    Rig,
    account::{self, connection},
    minute,
};

const ITEM: &str = "connection/dxcon-0";
const OBSERVATION: Duration = Duration::from_secs(20);

/// A monitor that saw the connection available in minute 1.
async fn saw_it_available() -> Rig {
    let rig = Rig::watching_only(Kind::Connection, account::connections(2)).await;
    rig.observations_take(OBSERVATION).minute(1).poll_well().await;
    rig
}

/// When the last transition happened: after the one, and before the other.
async fn bounds(rig: &Rig) -> (Timestamp, Timestamp) {
    let event = rig.last_event(ITEM).await;
    assert_eq!(event.state.value, "down");
    (event.previous_state.unwrap().last_seen_at, event.state.since)
}

fn end_of(number: u64) -> Timestamp {
    minute(number).plus(OBSERVATION)
}

#[tokio::test]
async fn an_outage_lies_between_the_beginning_of_one_observation_and_the_end_of_the_next() {
    let rig = saw_it_available().await;
    rig.minute(2).turns("dxcon-0", "down").poll_well().await;
    assert_eq!(bounds(&rig).await, (minute(1), end_of(2)));
    let text = rig.sns().offers().remove(0).for_people.text;
    let happened = text.lines().find(|line| line.starts_with("Happened:")).unwrap();
    insta::assert_snapshot!(happened, @"Happened:     after 2026-11-22 03:01:00 UTC, when it was last seen available (known to within 1 minute 20 seconds)");
}

#[tokio::test]
async fn an_unknown_state_is_no_sight_of_the_state_before() {
    let rig = saw_it_available().await;
    rig.minute(2).turns("dxcon-0", "unknown").poll_well().await;
    rig.minute(3).turns("dxcon-0", "down").poll_well().await;
    assert_eq!(bounds(&rig).await, (minute(1), end_of(3)));
}

#[tokio::test]
async fn an_item_that_was_missing_was_not_seen() {
    let rig = saw_it_available().await;
    rig.minute(2).leaves("dxcon-0").poll_well().await;
    let down = Connection { connection_state: Some("down".into()), ..connection("dxcon-0") };
    rig.minute(3).appears(down).poll_well().await;
    assert_eq!(bounds(&rig).await, (minute(1), end_of(3)));
}

#[tokio::test]
async fn a_listing_that_failed_saw_nothing() {
    let rig = saw_it_available().await;
    rig.minute(2).fails(Operation::DescribeConnections, FaultKind::AccessDenied);
    assert!(!rig.poll().await.is_success());
    rig.minute(3).nothing_fails().turns("dxcon-0", "down").poll_well().await;
    assert_eq!(bounds(&rig).await, (minute(1), end_of(3)));
}

#[tokio::test]
async fn an_item_that_is_back_as_it_was_is_certainly_seen_again() {
    let rig = saw_it_available().await;
    rig.minute(2).turns("dxcon-0", "unknown").poll_well().await;
    rig.minute(3).turns("dxcon-0", "available").poll_well().await;
    rig.minute(4).turns("dxcon-0", "down").poll_well().await;
    assert_eq!(bounds(&rig).await, (minute(3), end_of(4)));
}

#[tokio::test]
async fn a_confirmed_absence_is_dated_from_the_end_of_the_first_observation_that_missed_it() {
    let rig = saw_it_available().await;
    rig.minute(2).leaves("dxcon-0");
    for number in 2..=4 {
        rig.minute(number).poll_well().await;
    }
    let event = rig.last_event(ITEM).await;
    assert_eq!((event.state.value.as_str(), event.state.since), ("absent", end_of(2)));
    assert_eq!(event.previous_state.unwrap().last_seen_at, minute(1));
}

#[tokio::test]
async fn an_unknown_that_was_confirmed_while_the_item_was_missing_was_last_seen_before_that() {
    let rig = saw_it_available().await;
    rig.minute(2).turns("dxcon-0", "unknown").poll_well().await;
    rig.minute(3).leaves("dxcon-0").poll_well().await;
    rig.minute(4).poll_well().await;
    assert_eq!(rig.last_event(ITEM).await.state.value, "unknown");
    let down = Connection { connection_state: Some("down".into()), ..connection("dxcon-0") };
    rig.minute(5).appears(down).poll_well().await;
    assert_eq!(bounds(&rig).await, (minute(2), end_of(5)));
}

#[tokio::test]
async fn what_a_half_read_list_showed_was_so_when_its_observation_began() {
    let scenario = Scenario { page_size: Some(2), ..account::connections(3) };
    let rig = Rig::watching_only(Kind::Connection, scenario).await;
    rig.observations_take(OBSERVATION).minute(1).poll_well().await;
    let (operation, kind) = (Some(Operation::DescribeConnections.name().to_owned()), Some(FaultKind::AccessDenied));
    rig.minute(2).turns("dxcon-0", "down").fault(Fault { operation, kind, page: Some(2), ..Fault::default() });
    assert!(!rig.poll().await.is_success());
    assert_eq!(bounds(&rig).await, (minute(1), end_of(2)));
    rig.minute(3).nothing_fails().turns("dxcon-0", "available").poll_well().await;
    let recovery = rig.last_event(ITEM).await;
    assert_eq!((recovery.previous_state.unwrap().last_seen_at, recovery.state.since), (minute(2), end_of(3)));
}
