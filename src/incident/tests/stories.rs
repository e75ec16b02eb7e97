//! One cause, one message.

use insta::assert_snapshot;

use super::rig::World;
use crate::domain::{Extent, Kind};

const GATEWAY: &str = "core-dxgw";

/// A connection with 6 interfaces and 12 sessions, and a spare one on another device.
fn estate() -> World {
    let mut world = World::new().connection("1", "EqDC2/a").connection("2", "EqDC2/b");
    for number in 1..=6 {
        let sessions = [format!("{number}a"), format!("{number}b")];
        let sessions: Vec<&str> = sessions.iter().map(String::as_str).collect();
        world = world.interface(&number.to_string(), "dxcon-1", GATEWAY, &sessions);
    }
    world.interface("9", "dxcon-2", GATEWAY, &["9a"])
}

fn of_all(items: &[&str], word: &'static str) -> Vec<(String, &'static str)> {
    let mut changes = Vec::new();
    for number in 1..=6 {
        for item in items {
            match *item {
                "con" if number == 1 => changes.push(("con 1".to_owned(), word)),
                "vif" => changes.push((format!("vif {number}"), word)),
                "peer" => changes.extend(["a", "b"].map(|session| (format!("peer {number}{session}"), word))),
                _ => {}
            }
        }
    }
    changes
}

fn poll(world: &mut World, changes: &[(String, &str)]) {
    let changes: Vec<(&str, &str)> = changes.iter().map(|(item, word)| (item.as_str(), *word)).collect();
    world.poll(&changes);
    world.check();
}

fn up(items: &[&str]) -> Vec<(String, &'static str)> {
    let mut changes = of_all(items, "available");
    for (item, word) in &mut changes {
        if item.starts_with("peer") {
            *word = "up";
        }
    }
    changes
}

#[test]
fn an_outage_is_one_message_and_its_recovery_is_one() {
    let mut world = estate();
    world.poll(&[]);
    assert_eq!(world.steps, [], "a quiet poll writes nothing");
    poll(&mut world, &of_all(&["con", "vif", "peer"], "down"));
    assert_eq!(world.cause(), "The connection is down; what runs over it went with it.");
    poll(&mut world, &[]);
    poll(&mut world, &up(&["con", "vif", "peer"]));
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-1, 19 affected, last-path
    warning outage resolved: connection dxcon-1, 19 affected, last-path, over
    ");
}

#[test]
fn whichever_kind_falls_first_it_is_one_message() {
    let orders = [
        ["con", "vif", "peer"],
        ["con", "peer", "vif"],
        ["vif", "con", "peer"],
        ["vif", "peer", "con"],
        ["peer", "con", "vif"],
        ["peer", "vif", "con"],
    ];
    for order in orders {
        let mut world = estate();
        for kind in order {
            poll(&mut world, &of_all(&[kind], "down"));
        }
        let people = world.documents.iter().filter(|document| document.metadata.people).count();
        let last = world.documents.last().unwrap();
        assert_eq!((people, last.incident.affected.count), (1, 19), "{order:?}: {}", world.announced());
        for kind in order {
            poll(&mut world, &up(&[kind]));
        }
        let announced = world.announced();
        let people: Vec<&str> = announced.lines().filter(|line| !line.starts_with('(')).collect();
        assert_eq!(people.len(), 2, "{order:?}: {announced}");
    }
}

/// An estate whose connection was down with everything on it: all of it is up again, but for one session.
fn all_back_but_one_session() -> World {
    let mut world = estate();
    poll(&mut world, &of_all(&["con", "vif", "peer"], "down"));
    world.announced();
    let mut back = up(&["con", "vif", "peer"]);
    back.retain(|(item, _)| item != "peer 1a");
    poll(&mut world, &back);
    world
}

#[test]
fn a_session_that_stays_down_two_polls_longer_is_no_message_of_its_own() {
    let mut world = all_back_but_one_session();
    poll(&mut world, &[]);
    assert_eq!(world.announced(), "", "nothing is announced for two polls");
    poll(&mut world, &[("peer 1a".to_owned(), "up")]);
    assert_snapshot!(world.announced(), @"warning outage resolved: connection dxcon-1, 19 affected, last-path, over");
}

#[test]
fn a_session_that_stays_down_for_good_is_announced_once() {
    let mut world = all_back_but_one_session();
    for _ in 0..6 {
        poll(&mut world, &[]);
    }
    assert_snapshot!(world.announced(), @"info outage cause-found: bgp-peer dxpeer-1a, 1 affected, none");
}

#[test]
fn the_first_message_says_how_bad_it_is() {
    // The last path of a gateway.
    let mut world = World::new().connection("1", "EqDC2/a").interface("1", "dxcon-1", GATEWAY, &["1a"]);
    world.poll(&[("con 1", "down")]);
    assert_snapshot!(world.announced(), @"critical outage opened: connection dxcon-1, 1 affected, outage");
    // A spare.
    let mut world = world_of_three();
    world.poll(&[("con 1", "down"), ("vif 1", "down"), ("peer 1a", "down")]);
    assert_snapshot!(world.announced(), @"warning outage opened: connection dxcon-1, 3 affected, reduced");
    world.poll(&[("con 2", "down"), ("vif 2", "down"), ("peer 2a", "down")]);
    assert_snapshot!(world.announced(), @"warning outage opened: connection dxcon-2, 3 affected, last-path");
    // A link of a LAG above its minimum.
    let mut world = World::new()
        .item("lag 1", "available", |item| item.minimum_links = Some(1))
        .connection("1", "EqDC2/a")
        .connection("2", "EqDC2/a")
        .interface("1", "dxlag-1", GATEWAY, &["1a"]);
    for id in ["con 1", "con 2"] {
        let row = world.recalled.states.get_mut(&super::rig::key(id)).unwrap();
        std::sync::Arc::make_mut(&mut row.details).lag_id = Some("dxlag-1".to_owned());
    }
    world.poll(&[("con 1", "down")]);
    assert_eq!(
        world.cause(),
        "A link of LAG dxlag-1: 1 of 2 links left, 10 of 20 Gbit/s, none to spare above the minimum."
    );
    assert_snapshot!(world.announced(), @"info outage opened: connection dxcon-1, 1 affected, none");
    world.poll(&[("con 2", "down"), ("lag 1", "down"), ("vif 1", "down"), ("peer 1a", "down")]);
    world.check();
    assert_snapshot!(world.announced(), @"critical outage escalated: lag dxlag-1, 5 affected, outage");
}

fn world_of_three() -> World {
    ["1", "2", "3"].iter().fold(World::new(), |world, id| {
        let session = format!("{id}a");
        world.connection(id, &format!("EqDC2/{id}")).interface(id, &format!("dxcon-{id}"), GATEWAY, &[session.as_str()])
    })
}

#[test]
fn what_comes_and_goes_is_a_story_each() {
    let mut world = world_of_three();
    // A turn-up, as AWS does it: its state is pending until it has been up.
    world.poll(&[("vif 8", "pending"), ("peer 8a", "pending")]);
    world.check();
    world.poll(&[("peer 8a", "up"), ("vif 8", "available")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    info provisioning opened: virtual-interface dxvif-8, 2 affected, none
    info provisioning resolved: virtual-interface dxvif-8, 2 affected, none, over
    ");
    // What is new and works at once.
    world.poll(&[("con 7", "available")]);
    assert_snapshot!(world.announced(), @"
    info provisioning opened: connection dxcon-7, 1 affected, none
    (info provisioning resolved: connection dxcon-7, 1 affected, none, over)
    ");
    // A removal in steps, and one of which all is over at once.
    world.poll(&[("vif 3", "deleting"), ("peer 3a", "deleting")]);
    world.poll(&[("vif 3", "deleted"), ("peer 3a", "deleted")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning removal opened: virtual-interface dxvif-3, 2 affected, reduced
    warning removal resolved: virtual-interface dxvif-3, 2 affected, reduced, over
    ");
    world.poll(&[("con 7", "absent")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning removal opened: connection dxcon-7, 1 affected, unknown
    (warning removal resolved: connection dxcon-7, 1 affected, unknown, over)
    ");
}

#[test]
fn an_outage_whose_members_are_all_removed_is_withdrawn() {
    let mut world = world_of_three();
    world.poll(&[("vif 3", "down"), ("peer 3a", "down")]);
    world.poll(&[("vif 3", "deleting"), ("peer 3a", "deleting")]);
    world.poll(&[("vif 3", "deleted"), ("peer 3a", "deleted")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning outage opened: virtual-interface dxvif-3, 2 affected, reduced
    warning outage withdrawn: virtual-interface dxvif-3, 2 affected, reduced, over
    ");
}

#[test]
fn a_failover_test_is_announced_as_a_test_and_a_session_that_stays_down_as_an_outage() {
    let mut world = world_of_three();
    world.poll(&[("vif 1", "testing"), ("peer 1a", "down in a test")]);
    world.poll(&[("vif 1", "available"), ("peer 1a", "down")]);
    world.check();
    for _ in 0..4 {
        world.poll(&[]);
    }
    assert_snapshot!(world.announced(), @"
    info test opened: virtual-interface dxvif-1, 2 affected, reduced
    warning outage escalated: bgp-peer dxpeer-1a, 1 affected, reduced
    ");
    world.poll(&[("peer 1a", "up")]);
    world.check();
    assert_snapshot!(world.announced(), @"warning outage resolved: bgp-peer dxpeer-1a, 2 affected, reduced, over");
}

#[test]
fn what_a_baseline_finds_opens_incidents_that_only_end_with_a_message() {
    let mut world = World::new().item("con 1", "down", |_| {}).interface("1", "dxcon-1", GATEWAY, &[]).item(
        "con 5",
        "ordering",
        |_| {},
    );
    world.poll(&[]);
    world.check();
    assert!(world.steps.iter().flat_map(|step| &step.incidents).all(|incident| incident.announced));
    assert_snapshot!(world.announced(), @"
    (critical outage opened: connection dxcon-1, 1 affected, outage)
    (info provisioning opened: connection dxcon-5, 1 affected, none)
    ");
    world.poll(&[]);
    assert_eq!(world.announced(), "");
    world.poll(&[("con 1", "available")]);
    world.check();
    assert_snapshot!(world.announced(), @"critical outage resolved: connection dxcon-1, 1 affected, outage, over");
}

#[test]
fn a_gap_resolves_nothing_and_a_lasting_one_makes_its_items_blind() {
    let mut world = world_of_three();
    world.poll(&[("con 1", "down"), ("con 2", "down")]);
    world.announced();
    world.gaps.insert(Kind::Connection, Extent::Kind("denied".to_owned()));
    world.poll(&[]);
    assert_eq!(world.announced(), "");
    for _ in 0..20 {
        world.poll(&[]);
    }
    assert_snapshot!(world.announced(), @"
    warning outage blind: connection dxcon-2, 1 affected, last-path
    warning outage blind: connection dxcon-1, 1 affected, last-path
    ");
    world.gaps.clear();
    world.poll(&[("con 1", "available")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning outage eased: connection dxcon-2, 1 affected, reduced
    warning outage resolved: connection dxcon-1, 1 affected, last-path, over
    ");
}

#[test]
fn a_gap_under_one_parent_holds_back_what_is_over_only_while_it_is_fresh() {
    let mut world = ["a", "b"].iter().fold(world_of_three(), |world, parent| {
        world.item(&format!("hosted of-{parent}"), "available", |item| {
            item.interconnect_id = Some(format!("dxcon-{parent}"));
        })
    });
    world.poll(&[("con 1", "down"), ("hosted of-a", "down"), ("hosted of-b", "down")]);
    world.announced();
    let unread = [("dxcon-a".to_owned(), "denied".to_owned())].into();
    world.gaps.insert(Kind::HostedConnection, Extent::Children(unread));
    for _ in 0..15 {
        world.poll(&[]);
    }
    world.poll_after(0, &[("con 1", "available"), ("hosted of-b", "available")]);
    assert_eq!(world.announced(), "", "what is under the parent may have fallen too");
    world.poll(&[]);
    world.check();
    assert_snapshot!(world.announced(), @"
    critical outage blind: hosted-connection dxcon-of-a, 1 affected, unknown
    critical outage resolved: hosted-connection dxcon-of-b, 1 affected, unknown, over
    warning outage resolved: connection dxcon-1, 1 affected, reduced, over
    ");
    world.poll(&[("con 2", "down")]);
    world.poll(&[("con 2", "available")]);
    world.check();
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-2, 1 affected, reduced
    warning outage resolved: connection dxcon-2, 1 affected, reduced, over
    ");
    world.gaps.clear();
    world.poll(&[("hosted of-a", "available")]);
    world.check();
    assert_snapshot!(world.announced(), @"critical outage resolved: hosted-connection dxcon-of-a, 1 affected, unknown, over");
}

#[test]
fn people_are_reminded_of_what_is_critical_and_less_and_less_often() {
    let mut world = World::new().connection("1", "EqDC2/a").interface("1", "dxcon-1", GATEWAY, &[]);
    world.poll(&[("con 1", "down")]);
    world.announced();
    let mut at = Vec::new();
    for minutes in 1..=3 * 24 * 60 {
        world.poll(&[]);
        if !world.documents.is_empty() {
            at.push(minutes);
            assert_eq!(world.announced(), "critical outage reminded: connection dxcon-1, 1 affected, outage\n");
        }
    }
    assert_eq!(at, [60, 240, 240 + 24 * 60, 240 + 48 * 60]);
}
