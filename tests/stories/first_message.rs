//! The first message of a large outage: people read it while most of the outage is still being recorded, and it says what is
//! left.

use aws_dx_monitor::{
    domain::{Kind, Notify},
    simulator::{BgpPeer, Scenario, VirtualInterface},
};
use insta::assert_snapshot;

use super::rig::{REGION, Rig, account};

const INTERFACES: usize = 25;

/// Two connections to one gateway: one with most interfaces, with two sessions each, and one with a single interface.
fn estate() -> Scenario {
    let mut scenario = account::connections(2);
    let text = |text: &str| Some(text.to_owned());
    for number in 0..=INTERFACES {
        let peer = |session: &str| BgpPeer {
            bgp_peer_id: Some(format!("dxpeer-{number}{session}")),
            bgp_peer_state: text("available"),
            bgp_status: text("up"),
            address_family: text("ipv4"),
            ..BgpPeer::default()
        };
        scenario.inventory.region_mut(REGION).virtual_interfaces.push(VirtualInterface {
            virtual_interface_id: format!("dxvif-{number}"),
            virtual_interface_state: text("available"),
            virtual_interface_type: text("private"),
            connection_id: Some(account::id(Kind::Connection, usize::from(number == INTERFACES))),
            direct_connect_gateway_id: text("gateway-0"),
            bgp_peers: vec![peer("a"), peer("b")],
            ..VirtualInterface::default()
        });
    }
    account::add_gateway(&mut scenario, "gateway-0", Some("core-dxgw"));
    scenario
}

#[tokio::test]
async fn the_first_message_says_what_is_left_though_only_the_cable_is_folded() {
    let mut rig = Rig::of(estate());
    rig.settings.notify = Notify::Incidents;
    let rig = rig.with_baseline().await;
    rig.minute(1).turns("dxcon-0", "down");
    for number in 0..INTERFACES {
        rig.turns(&format!("dxvif-{number}"), "down");
        rig.turns(&format!("dxpeer-{number}a"), "down").turns(&format!("dxpeer-{number}b"), "down");
    }
    rig.poll_well().await;
    let people = rig.sns().incidents();
    assert_eq!(people.len(), 1, "one cause, one message");
    let affected = &people[0].document["incident"]["affected"];
    assert_eq!(affected["count"], 1, "the rest is being recorded");
    let impact = &people[0].document["incident"]["impact"];
    assert_eq!((&impact["level"], &impact["destinations"][0]["paths"]), (&"last-path".into(), &1.into()));
    assert_snapshot!(people[0].for_people.subject, @"[warning] connection dxcon-0 (fibre dxcon-0) down: core-dxgw has 1 of 26 paths");
    let programs = rig.bus().incidents();
    let counts: Vec<_> = programs.iter().map(|offer| offer.document["incident"]["affected"]["count"].clone()).collect();
    assert_eq!(counts, [1, 1 + 3 * INTERFACES]);
    assert_eq!(programs[1].document["incident"]["impact"], *impact, "what was said first is what is so");
}
