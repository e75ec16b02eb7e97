//! Outages that end by a removal, and not by a recovery.

use aws_dx_monitor::domain::Kind;

use super::rig::{Rig, account};

const ITEM: &str = "connection/dxcon-0";

/// A monitor of two connections, one of which is down since minute 1, and the outage's id.
async fn in_an_outage() -> (Rig, Option<uuid::Uuid>) {
    let rig = Rig::watching_only(Kind::Connection, account::connections(2)).await;
    rig.minute(1).turns("dxcon-0", "down").poll_well().await;
    let incident = rig.row(ITEM).await.incident_id;
    assert!(incident.is_some());
    rig.sns().offers();
    (rig, incident)
}

#[tokio::test]
async fn a_connection_that_is_down_and_deleted_is_in_an_outage_until_it_is_deleted() {
    let (rig, incident) = in_an_outage().await;
    rig.minute(2).turns("dxcon-0", "deleting").poll_well().await;
    assert_eq!(rig.row(ITEM).await.incident_id, incident, "it is being removed, and is not yet");
    rig.minute(3).turns("dxcon-0", "deleted").poll_well().await;
    assert_eq!(rig.row(ITEM).await.incident_id, None);
    assert_eq!(rig.last_event(ITEM).await.metadata.incident_id, incident, "the last event of its outage");
    let texts: Vec<String> = rig.sns().offers().into_iter().map(|offer| offer.for_people.text).collect();
    let incidents: Vec<&str> =
        texts.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("Incident:")).collect();
    let id = incident.unwrap();
    assert_eq!(incidents, [format!("Incident:     {id}"), format!("Incident:     {id} (ended)")]);
}

#[tokio::test]
async fn a_connection_that_is_down_and_leaves_the_listing_is_in_an_outage_until_that_is_certain() {
    let (rig, incident) = in_an_outage().await;
    rig.minute(2).leaves("dxcon-0");
    for number in 2..=4 {
        assert_eq!(rig.row(ITEM).await.incident_id, incident, "before minute {number}");
        rig.minute(number).poll_well().await;
    }
    let gone = rig.last_event(ITEM).await;
    assert_eq!((gone.state.value.as_str(), gone.metadata.incident_id), ("absent", incident));
    assert_eq!(rig.row(ITEM).await.incident_id, None);
}

#[tokio::test]
async fn a_deletion_whose_end_was_never_listed_ends_the_outage_all_the_same() {
    let (rig, incident) = in_an_outage().await;
    rig.minute(2).turns("dxcon-0", "deleting").poll_well().await;
    rig.minute(3).leaves("dxcon-0").poll_well().await;
    assert_eq!(rig.row(ITEM).await.incident_id, None);
    let last = rig.last_event(ITEM).await;
    assert_eq!((last.state.value.as_str(), last.metadata.incident_id), ("deleting", incident), "no further event");
}
