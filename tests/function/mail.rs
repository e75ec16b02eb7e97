//! A location goes down and comes back, and the e-mail subscription is still there afterwards: SNS switches one off at the
//! eleventh message of a second, and goes on answering as before.

use std::collections::BTreeMap;

use aws_dx_monitor::simulator::{BgpPeer, Connection, Scenario, VirtualInterface};
use serde_json::json;

use super::rig::{REGION, Rig, connection, good_poll};
use crate::support::limits::mail::{Letter, Mail};

const CONNECTIONS: usize = 12;
const INTERFACES: usize = 40;
const PEERS: usize = 80;

/// Twelve connections in one place, forty interfaces on them, and two peers on each.
fn location() -> Scenario {
    let mut scenario = Scenario::default();
    let region = scenario.inventory.region_mut(REGION);
    region.connections = (0..CONNECTIONS).map(port).collect();
    region.virtual_interfaces = (0..INTERFACES).map(interface).collect();
    scenario
}

/// A connection on one of two devices.
fn port(number: usize) -> Connection {
    let device = Some(format!("EqDC2-{}", number % 2));
    Connection { aws_device_v2: device, ..connection(&format!("dxcon-{number}"), "available") }
}

fn interface(number: usize) -> VirtualInterface {
    let peer = |family: &str| BgpPeer {
        bgp_peer_id: Some(format!("dxpeer-{number}-{family}")),
        bgp_peer_state: Some("available".to_owned()),
        bgp_status: Some("up".to_owned()),
        address_family: Some(family.to_owned()),
        ..BgpPeer::default()
    };
    VirtualInterface {
        virtual_interface_id: format!("dxvif-{number}"),
        virtual_interface_state: Some("available".to_owned()),
        connection_id: Some(format!("dxcon-{}", number % CONNECTIONS)),
        bgp_peers: vec![peer("ipv4"), peer("ipv6")],
        ..VirtualInterface::default()
    }
}

/// Everything goes to `state`, the peers to `status`.
fn all_turn(rig: &Rig, state: &str, status: &str) {
    let edited = rig.simulator.edit(|scenario| {
        let region = scenario.inventory.region_mut(REGION);
        for connection in &mut region.connections {
            connection.connection_state = Some(state.to_owned());
        }
        for interface in &mut region.virtual_interfaces {
            interface.virtual_interface_state = Some(state.to_owned());
            interface.bgp_peers.iter_mut().for_each(|peer| peer.bgp_status = Some(status.to_owned()));
        }
    });
    edited.unwrap();
}

/// How many messages there are of each kind and change.
fn counted(letters: &[Letter]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for letter in letters {
        let attribute = |name: &str| letter.attributes.get(name).cloned().unwrap_or_default();
        *counts.entry(format!("{} {}", attribute("kind"), attribute("change"))).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn a_location_goes_down_and_comes_back_and_every_message_arrives() {
    let (rig, mail) = (Rig::of(location()).await, Mail::start());
    let function = rig.program().environment("AWS_ENDPOINT_URL_SNS", mail.endpoint()).start();
    assert_eq!(good_poll(&function).await["items"], 132);

    all_turn(&rig, "down", "down");
    let down = good_poll(&function).await;
    assert_eq!((&down["transitions"], &down["announced"]["eventbridge"]), (&json!(132), &json!(132 + 1)));
    let [incident] = &rig.received().await.incident_details()[..] else { panic!("one cause, one incident") };
    assert_eq!(incident["incident"]["root"]["id"], "EqDC2", "{incident}");
    assert_eq!(incident["incident"]["affected"]["count"], CONNECTIONS, "{incident}");
    all_turn(&rig, "available", "up");
    assert_eq!(good_poll(&function).await["transitions"], 132);
    let mut pending = json!(null);
    for _ in 0..3 {
        pending = good_poll(&function).await["pending"].clone();
        if pending == 0 {
            break;
        }
    }
    assert_eq!(pending, 0);

    for topic in [&rig.people.arn, &rig.chat.arn] {
        let mailbox = mail.mailbox(topic);
        assert!(!mailbox.is_off, "{topic} still delivers: {} were lost", mailbox.lost.len());
        let [summary, changes @ ..] = &mailbox.delivered[..] else { panic!("nothing was delivered") };
        assert_eq!(summary.attributes["change"], "baseline");
        let expected = [("connection", CONNECTIONS), ("virtual-interface", INTERFACES), ("bgp-peer", PEERS)];
        let expected = expected
            .iter()
            .flat_map(|(kind, count)| ["degraded", "recovered"].map(|change| (format!("{kind} {change}"), *count)));
        assert_eq!(counted(changes), expected.collect());
    }
    // People hear of the cables first.
    let first = &mail.mailbox(&rig.people.arn).delivered[1..=CONNECTIONS];
    assert!(first.iter().all(|letter| letter.attributes["kind"] == "connection"), "{:?}", counted(first));
}
