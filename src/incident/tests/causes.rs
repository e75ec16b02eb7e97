//! Causes across items: devices, locations, and what falls bit by bit.

use insta::assert_snapshot;

use super::rig::{World, key};

fn estate() -> World {
    [("1", "EqDC2/a"), ("2", "EqDC2/a"), ("3", "EqDC2/b"), ("4", "EqDC2/b"), ("5", "DRT/x")].iter().fold(
        World::new(),
        |world, (id, place)| {
            let session = format!("{id}a");
            world.connection(id, place).interface(id, &format!("dxcon-{id}"), "core-dxgw", &[session.as_str()])
        },
    )
}

#[test]
fn all_ports_of_a_device_are_the_device_and_all_devices_of_a_location_the_location() {
    let mut world = estate();
    world.poll(&[("con 1", "down"), ("con 2", "down")]);
    assert_eq!(world.cause(), "All 2 ports on the device are down.");
    world.poll(&[("con 3", "down"), ("con 4", "down")]);
    world.check();
    assert_eq!(world.cause(), "All 4 ports in the location are down, on more than one device.");
    assert_snapshot!(world.announced(), @"
    warning outage opened: device a, 2 affected, reduced
    warning outage escalated: location EqDC2, 4 affected, last-path
    ");
}

#[test]
fn one_port_of_a_device_is_that_port() {
    let mut world = estate();
    world.poll(&[("con 1", "down")]);
    assert_eq!(
        world.cause(),
        "The connection is down; what runs over it went with it. Of the 2 ports on device a, 1 is down."
    );
    world.poll(&[("con 2", "down")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-1, 1 affected, reduced
    warning outage cause-found: device a, 2 affected, reduced
    ");
}

/// A LAG of two links on a device.
fn with_a_lag(minimum_links: i64) -> World {
    let world = World::new().item("lag 1", "available", |item| {
        (item.location, item.device) = (Some("EqDC2".to_owned()), Some("a".to_owned()));
        item.minimum_links = Some(minimum_links);
    });
    ["1", "2"].iter().fold(world, |mut world, id| {
        world = world.connection(id, "EqDC2/a");
        let row = world.recalled.states.get_mut(&key(&format!("con {id}"))).unwrap();
        std::sync::Arc::make_mut(&mut row.details).lag_id = Some("dxlag-1".to_owned());
        world
    })
}

#[test]
fn a_link_of_a_lag_is_no_port_of_its_device_beside_its_lag() {
    let mut world = with_a_lag(1);
    world.poll(&[("con 1", "down"), ("con 2", "down"), ("lag 1", "down")]);
    world.check();
    assert_snapshot!(world.announced(), @"critical outage opened: lag dxlag-1, 3 affected, unknown");
    // One that is up does not say that the device is, where its LAG has too few of them.
    let mut world = with_a_lag(2).connection("3", "EqDC2/a");
    world.poll(&[("con 1", "down"), ("lag 1", "down"), ("con 3", "down")]);
    world.check();
    assert_eq!(world.cause(), "All 2 ports on the device are down.");
    assert_snapshot!(world.announced(), @"critical outage opened: device a, 3 affected, unknown");
}

#[test]
fn a_new_ancestor_takes_an_incident_over_within_the_window_and_later_opens_its_own() {
    let mut world = estate();
    world.poll(&[("peer 1a", "down")]);
    world.poll(&[("con 1", "down")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning outage opened: bgp-peer dxpeer-1a, 1 affected, reduced
    warning outage cause-found: connection dxcon-1, 2 affected, reduced
    ");
    let mut world = estate();
    world.poll(&[("peer 1a", "down")]);
    for _ in 0..6 {
        world.poll(&[]);
    }
    world.poll(&[("con 1", "down")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning outage opened: bgp-peer dxpeer-1a, 1 affected, reduced
    warning outage opened: connection dxcon-1, 2 affected, reduced
    warning outage merged: bgp-peer dxpeer-1a, 0 affected, reduced, over
    ");
}

#[test]
fn what_falls_under_an_open_incident_joins_it_at_any_time() {
    let mut world = estate();
    world.poll(&[("con 1", "down")]);
    for _ in 0..30 {
        world.poll(&[]);
    }
    world.announced();
    world.poll(&[("vif 1", "down"), ("peer 1a", "down")]);
    world.check();
    assert_snapshot!(world.announced(), @"(warning outage spread: connection dxcon-1, 3 affected, reduced)");
}

#[test]
fn a_link_that_is_up_with_no_session_over_it_is_its_connections_incident() {
    let mut world = World::new().connection("1", "EqDC2/a");
    for id in ["1", "2", "3"] {
        world = world.interface(id, "dxcon-1", "core-dxgw", &[]);
    }
    world.poll(&[("vif 1", "down"), ("vif 2", "down"), ("vif 3", "down")]);
    world.check();
    assert_eq!(world.cause(), "The link is up, and no BGP session over it is: typically the provider's path.");
    assert_snapshot!(world.announced(), @"critical outage opened: connection dxcon-1, 3 affected, outage");
}

#[test]
fn an_interface_whose_connection_cannot_be_seen_says_so() {
    let mut world = World::new().interface("1", "dxcon-9", "core-dxgw", &["1a", "1b"]);
    world.poll(&[("peer 1a", "down")]);
    assert_eq!(world.cause(), "1 of 2 BGP sessions of dxvif-1 is down.");
    world.poll(&[("vif 1", "down"), ("peer 1b", "down")]);
    assert_eq!(world.cause(), "The interface is down. Its connection dxcon-9 cannot be seen from this account.");
    world.check();
    assert_snapshot!(world.announced(), @"
    info outage opened: bgp-peer dxpeer-1a, 1 affected, none
    critical outage escalated: virtual-interface dxvif-1, 3 affected, outage
    ");
}
