//! The story of the built-in scenario, as one poll a minute sees it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_dx_monitor::simulator::{Inventory, Scenario, world_at};

/// The state of every item of us-east-1, and of the global ones, by name where there is one.
fn states(inventory: &Inventory) -> BTreeMap<String, String> {
    let mut states = BTreeMap::new();
    let mut see = |name: &Option<String>, state: &Option<String>| {
        states.insert(name.clone().unwrap(), state.clone().unwrap());
    };
    let region = &inventory.regions["us-east-1"];
    region.connections.iter().for_each(|item| see(&item.connection_name, &item.connection_state));
    region.lags.iter().for_each(|item| see(&item.lag_name, &item.lag_state));
    for interface in &region.virtual_interfaces {
        see(&interface.virtual_interface_name, &interface.virtual_interface_state);
        for peer in &interface.bgp_peers {
            let state = match peer.bgp_peer_state.as_deref() {
                Some("available") => &peer.bgp_status,
                _ => &peer.bgp_peer_state,
            };
            let name = interface.virtual_interface_name.as_deref().unwrap();
            see(&Some(format!("{name} {}", peer.address_family.as_deref().unwrap())), state);
        }
    }
    for attachment in &inventory.global.direct_connect_gateway_attachments {
        see(&Some(format!("attachment of {}", attachment.virtual_interface_id)), &attachment.attachment_state);
    }
    states
}

#[test]
fn forty_five_minutes_polled_once_a_minute() {
    let scenario = Scenario::builtin();
    let mut before = states(&world_at(&scenario, Duration::ZERO));
    let mut story: Vec<String> = Vec::new();
    for minute in 1..=45 {
        let now = states(&world_at(&scenario, Duration::from_secs(minute * 60)));
        let names: std::collections::BTreeSet<_> = before.keys().chain(now.keys()).collect();
        for name in names {
            let word = |states: &BTreeMap<String, String>| states.get(name).cloned().unwrap_or("-".into());
            let (old, new) = (word(&before), word(&now));
            if old == new {
                continue;
            }
            // The sessions of an interface stand in its line.
            let family = name.rsplit_once(' ').filter(|(_, family)| family.starts_with("ipv"));
            let is_begun = |line: &String, interface: &str| line.starts_with(&format!("{minute:02} {interface}"));
            match (story.last_mut(), family) {
                (Some(line), Some((interface, family))) if is_begun(line, interface) => {
                    *line += &format!(", {family}: {old} -> {new}");
                }
                _ => story.push(format!("{minute:02} {name}: {old} -> {new}")),
            }
        }
        before = now;
    }
    insta::assert_snapshot!(story.join("\n"), @"
    04 shared-transit-eqdc2 ipv6: up -> down
    05 shared-transit-eqdc2 ipv6: down -> up
    07 eqdc2-core-lag01-m2: available -> down
    08 csva1-xc-7802: - -> requested
    10 csva1-xc-7741: available -> down
    10 shared-transit-csva1: available -> down, ipv4: up -> down, ipv6: up -> down
    12 eqdc2-core-lag01-m2: down -> available
    14 eqdc2-core-lag01: available -> unknown
    15 eqdc2-core-lag01: unknown -> available
    17 eqdc2-oob-hosted: available -> quarantined
    19 csva1-xc-7802: requested -> pending
    20 eqdc2-oob-hosted: quarantined -> available
    22 csva1-xc-7741: down -> available
    22 shared-transit-csva1: down -> available
    23 shared-transit-csva1 ipv4: down -> up, ipv6: down -> up
    24 csva1-xc-7802: pending -> down
    26 csva1-xc-7802: down -> available
    27 prod-private-eqdc2: available -> testing, ipv4: up -> down, ipv6: up -> down
    32 prod-private-eqdc2: testing -> available, ipv4: down -> up, ipv6: down -> up
    34 legacy-private-eqdc2: available -> deleting, ipv4: up -> deleting, ipv6: up -> deleting
    35 legacy-private-eqdc2: deleting -> deleted, ipv4: deleting -> deleted, ipv6: deleting -> deleted
    37 analytics-private-eqdc2: - -> confirming, ipv4: - -> verifying, ipv6: - -> verifying
    37 legacy-private-eqdc2: deleted -> -, ipv4: deleted -> -, ipv6: deleted -> -
    39 analytics-private-eqdc2: confirming -> pending, ipv4: verifying -> pending, ipv6: verifying -> pending
    39 attachment of dxvif-ffn9w8x7: - -> attaching
    41 analytics-private-eqdc2: pending -> down, ipv4: pending -> down, ipv6: pending -> down
    41 attachment of dxvif-ffn9w8x7: attaching -> attached
    43 analytics-private-eqdc2: down -> available, ipv4: down -> up, ipv6: down -> up
    ");
}
