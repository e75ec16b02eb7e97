//! A destination that becomes less resilient than it was: announced with what did it, although everything works.

use aws_dx_monitor::{
    domain::{Kind, Notify, SinkName},
    ports::Ledger,
    resilience::Intents,
    simulator::{Operation, VirtualInterface},
};
use insta::assert_snapshot;
use serde_json::json;

use super::rig::{Answer, REGION, Rig, Step, Trouble, account};

const GATEWAY: &str = "8384da05-13ce-4a91-aada-5a1baEXAMPLE";
/// Where the first connection ends, and the second.
const PLACES: [(&str, &str); 2] = [("EqDC2", "EqDC2-1a2b3c"), ("CSVA1", "CSVA1-4d5e6f")];

fn interface(number: usize) -> VirtualInterface {
    VirtualInterface {
        virtual_interface_id: account::id(Kind::VirtualInterface, number),
        virtual_interface_state: Some("available".into()),
        virtual_interface_type: Some("private".into()),
        connection_id: Some(account::id(Kind::Connection, number)),
        direct_connect_gateway_id: Some(GATEWAY.into()),
        bgp_peers: vec![account::peer(&account::id(Kind::BgpPeer, number))],
        ..VirtualInterface::default()
    }
}

/// Two connections at two locations, each with an interface to one gateway.
async fn watching() -> Rig {
    let mut scenario = account::connections(PLACES.len());
    let region = scenario.inventory.region_mut(REGION);
    for (connection, (location, device)) in region.connections.iter_mut().zip(PLACES) {
        connection.location = Some(location.to_owned());
        connection.aws_device_v2 = Some(device.to_owned());
    }
    region.virtual_interfaces.extend((0..PLACES.len()).map(interface));
    account::add_gateway(&mut scenario, GATEWAY, Some("core-dxgw"));
    let mut rig = Rig::of(scenario);
    rig.settings.notify = Notify::Incidents;
    let rig = rig.with_baseline().await;
    rig.minute(1).poll_well().await;
    assert_eq!(rig.sns().incident_subjects(), "", "the first sight of a destination announces nothing");
    rig
}

/// The second connection ends there from now on.
fn moves(rig: &Rig, (location, device): (&str, &str)) {
    rig.sends("dxcon-1", json!({"location": location, "awsDeviceV2": device}));
}

#[tokio::test]
async fn a_second_circuit_that_is_moved_onto_the_device_of_the_first_is_announced_with_what_did_it() {
    let rig = watching().await;
    moves(rig.minute(2), PLACES[0]);
    rig.poll_well().await;
    let opened = rig.sns().incidents().remove(0);
    assert_snapshot!(format!("{}\n\n{}", opened.for_people.subject, opened.for_people.text), @"
    [warning] Direct Connect gateway 8384da05-13ce-4..da-5a1baEXAMPLE less resilient, from high to none

    Direct Connect gateway 8384da05-13ce-4a91-aada-5a1baEXAMPLE (core-dxgw) is less resilient, from high to none.
    connection dxcon-1 moved from device CSVA1-4d5e6f to device EqDC2-1a2b3c; connection dxcon-1 moved from location CSVA1 to location EqDC2. The IPv4 paths to it amounted to high, and amount to none: one device may take them all.
    Undo the change, or build what is missing: `aws-dx-monitor resilience` says what.

    Since:        2026-11-22 03:02:00 UTC
    Happened:     after 2026-11-22 03:01:00 UTC, when it was last seen as before (known to within 1 minute)
    Severity:     warning (resilience, opened)
    Impact:       none: no destination has fewer paths
    Item:         direct-connect-gateway 8384da05-13ce-4a91-aada-5a1baEXAMPLE
    Region:       global
    Account:      123456789012
    Incident:     70d99b68-ea1a-5ed9-bb2e-f94529aed36f
    Document:     e08b3106-4d6d-5bb9-816d-ff1e4796ecb1 (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents 70d99b68-ea1a-5ed9-bb2e-f94529aed36f
    ");
    assert_snapshot!(serde_json::to_string_pretty(&opened.document["incident"]["resilience"]).unwrap(), @r#"
    {
      "addressFamily": "ipv4",
      "changes": [
        {
          "change": "moved-device",
          "from": "CSVA1-4d5e6f",
          "id": "dxcon-1",
          "kind": "connection",
          "name": "fibre dxcon-1",
          "to": "EqDC2-1a2b3c"
        },
        {
          "change": "moved-location",
          "from": "CSVA1",
          "id": "dxcon-1",
          "kind": "connection",
          "name": "fibre dxcon-1",
          "to": "EqDC2"
        }
      ],
      "devices": 1,
      "id": "8384da05-13ce-4a91-aada-5a1baEXAMPLE",
      "kind": "direct-connect-gateway",
      "locations": 1,
      "model": "none",
      "paths": 2,
      "previousModel": "high"
    }
    "#);
    assert_eq!((&opened.document["severity"], &opened.document["action"]), (&json!("warning"), &json!("trigger")));
    let programs = rig.sink(SinkName::EVENTBRIDGE).incidents();
    assert_eq!((programs.len(), rig.sink(SinkName::CHAT).incidents().len()), (1, 1));
    rig.minute(3).poll_well().await;
    assert_eq!(rig.sns().incident_subjects(), "", "once");
    moves(rig.minute(4), PLACES[1]);
    rig.poll_well().await;
    assert_snapshot!(rig.sns().incident_subjects(), @"[resolved] Direct Connect gateway 8384da05-13ce-..a-5a1baEXAMPLE as resilient again after 2 minutes");
    rig.minute(5).poll_well().await;
    assert_eq!(rig.sns().incident_subjects(), "");
}

#[tokio::test]
async fn a_deletion_takes_a_gateway_from_high_to_none_and_a_new_interface_gives_it_back() {
    let rig = watching().await;
    rig.minute(2).turns("dxvif-1", "deleting").poll_well().await;
    let subjects = |rig: &Rig| {
        let mut subjects: Vec<String> =
            rig.sns().incidents().into_iter().map(|incident| incident.for_people.subject).collect();
        subjects.sort();
        subjects.join("\n")
    };
    assert_snapshot!(subjects(&rig), @"
    [warning] Direct Connect gateway 8384da05-13ce-4..da-5a1baEXAMPLE less resilient, from high to none
    [warning] virtual interface dxvif-1 being removed: core-dxgw has 1 of 2 paths
    ");
    rig.minute(3).turns("dxvif-1", "deleted").poll_well().await;
    subjects(&rig);
    let mut added = aws_dx_monitor::simulator::Inventory::default();
    let new = VirtualInterface {
        virtual_interface_id: "dxvif-7".into(),
        virtual_interface_state: Some("pending".into()),
        bgp_peers: vec![account::peer("dxpeer-7")],
        ..interface(1)
    };
    added.region_mut(REGION).virtual_interfaces.push(new);
    rig.minute(4).adds(added).poll_well().await;
    // It does not work yet. Health is no part of it.
    assert_snapshot!(subjects(&rig), @"
    [info] virtual interface dxvif-7 being set up (pending)
    [resolved] Direct Connect gateway 8384da05-13ce-..a-5a1baEXAMPLE as resilient again after 2 minutes
    ");
}

#[tokio::test]
async fn an_outage_changes_nothing_about_it() {
    let rig = watching().await;
    rig.minute(2).turns("dxcon-1", "down").turns("dxvif-1", "down").turns("dxpeer-1", "down").poll_well().await;
    rig.minute(3).turns("dxcon-1", "available").turns("dxvif-1", "available").turns("dxpeer-1", "up").poll_well().await;
    let documents = rig.sink(SinkName::EVENTBRIDGE).incidents();
    assert!(!documents.is_empty());
    assert!(documents.iter().all(|incident| incident.document["incident"]["category"] == "outage"));
}

#[tokio::test]
async fn what_is_not_wholly_known_is_not_compared() {
    let rig = watching().await;
    moves(rig.minute(2), PLACES[0]);
    rig.fails(Operation::DescribeConnections, aws_dx_monitor::simulator::FaultKind::AccessDenied);
    rig.poll().await;
    assert_eq!(rig.sns().incident_subjects(), "");
    rig.minute(3).nothing_fails().poll_well().await;
    assert_eq!(rig.sns().incidents().len(), 1);
}

#[tokio::test]
async fn a_quiet_poll_makes_not_one_call_more() {
    let rig = watching().await;
    let calls =
        |rig: &Rig| [Step::Recall, Step::Revision, Step::Fold, Step::Pending].map(|step| rig.ledger.calls(step));
    calls(&rig);
    rig.minute(2).poll_well().await;
    assert_eq!(calls(&rig), [2, 0, 0, 0], "one query for each scope");
    moves(rig.minute(3), PLACES[0]);
    rig.poll_well().await;
    assert_eq!(calls(&rig)[2], 1, "a fall is one write");
    rig.minute(4).poll_well().await;
    assert_eq!(calls(&rig), [2, 0, 0, 0], "one that lasts costs a quiet poll nothing");
}

#[tokio::test]
async fn a_poll_that_stops_before_the_last_step_loses_nothing_and_one_that_repeats_it_announces_nothing_twice() {
    let mut rig = watching().await;
    moves(rig.minute(2), PLACES[0]);
    rig.ledger.trouble(Step::Fold, Trouble::Refuses);
    rig.poll().await;
    assert_eq!(rig.sns().incident_subjects(), "");
    rig.ledger.mend();
    // The details are as they are by now: a new process compares all the same.
    rig.memory = aws_dx_monitor::monitor::Memory::default();
    rig.minute(3).poll_well().await;
    assert_eq!(rig.sns().incidents().len(), 1);
    rig.memory = aws_dx_monitor::monitor::Memory::default();
    rig.minute(4).poll_well().await;
    assert_eq!(rig.sns().incident_subjects(), "");
}

#[tokio::test]
async fn a_sink_that_was_away_gets_both_ends_of_it() {
    let rig = watching().await;
    rig.sns().answers(Answer::Transient);
    moves(rig.minute(2), PLACES[0]);
    rig.poll().await;
    moves(rig.minute(3), PLACES[1]);
    rig.poll().await;
    rig.sns().incidents();
    rig.sns().answers(Answer::Accepts);
    rig.minute(4).poll_well().await;
    rig.minute(5).poll_well().await;
    let reasons: Vec<_> = rig.sns().incidents().iter().map(|incident| incident.document["reason"].clone()).collect();
    assert_eq!(reasons, ["opened", "resolved"]);
}

#[tokio::test]
async fn what_is_meant_to_be_so_is_announced_and_over() {
    let mut rig = watching().await;
    rig.settings.intents = Intents::read([format!("{GATEWAY}=none").as_str()]).unwrap();
    moves(rig.minute(2), PLACES[0]);
    rig.poll_well().await;
    assert_snapshot!(rig.sns().incident_subjects(), @"[warning] Direct Connect gateway 8384da05-13ce-4..da-5a1baEXAMPLE less resilient, from high to none");
    let known = rig.ledger.recall(&rig.settings.scopes[1]).await.unwrap();
    assert!(known.incidents.values().all(|row| !row.state.status.is_open()));
    rig.minute(3).poll_well().await;
    assert_eq!(rig.sns().incident_subjects(), "");
}
