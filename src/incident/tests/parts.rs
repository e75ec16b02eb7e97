//! A large outage that is folded in two parts: the first says the cause and the impact of the whole.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::rig::{World, key};

const ITEMS: [&str; 11] =
    ["con 1", "con 2", "con 3", "con 4", "vif 1", "vif 2", "vif 3", "vif 4", "peer 1a", "peer 2a", "peer 4a"];

fn estate() -> World {
    [("1", "EqDC2/a"), ("2", "EqDC2/a"), ("3", "EqDC2/b"), ("4", "DRT/x")].iter().fold(
        World::new(),
        |world, (id, place)| {
            let session = format!("{id}a");
            world.connection(id, place).interface(id, &format!("dxcon-{id}"), "core-dxgw", &[session.as_str()])
        },
    )
}

/// The root of each open incident, and what is in it.
fn members(world: &World) -> Vec<String> {
    let open = world.recalled.incidents.iter().filter(|(_, row)| row.state.status.is_open());
    let mut found: Vec<String> = open
        .map(|(id, row)| {
            let is_in = |item: &&str| world.recalled.states[&key(item)].group == Some(*id);
            let items: Vec<&str> = ITEMS.iter().copied().filter(is_in).collect();
            format!("{} {}: {}", row.state.root.kind, row.state.root.id, items.join(", "))
        })
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn the_first_part_knows_the_device_of_all_its_ports_and_every_path_that_is_lost() {
    let mut world = estate();
    world.poll_in_two_parts(&[("con 1", "down"), ("vif 1", "down"), ("con 2", "down"), ("vif 2", "down")], 1);
    world.check();
    let first = &world.documents[0].incident;
    assert_eq!(first.cause, "All 2 ports on the device are down.");
    assert_eq!((first.impact.destinations[0].paths_before, first.impact.destinations[0].paths), (4, 2));
    assert_snapshot!(world.announced(), @"
    warning outage opened: device a, 1 affected, reduced
    (warning outage spread: device a, 4 affected, reduced)
    ");
}

#[test]
fn what_is_foreseen_and_never_recorded_is_in_no_incident() {
    let mut world = estate();
    world.poll_breaks_off(&[("con 1", "down"), ("con 2", "down")], 1);
    world.check();
    assert_eq!(members(&world), ["device a: con 1"]);
    world.poll(&[("con 2", "down")]);
    world.check();
    assert_eq!(members(&world), ["device a: con 1, con 2"]);
}

proptest! {
    #[test]
    fn in_parts_or_at_once_the_same_incidents_are_open(
        fallen in prop::collection::btree_set(0..ITEMS.len(), 1..ITEMS.len()),
        before in prop::collection::btree_set(0..ITEMS.len(), 0..4),
        recorded in 0..ITEMS.len(),
    ) {
        let down = |items: &BTreeSet<usize>| items.iter().map(|item| (ITEMS[*item], "down")).collect::<Vec<_>>();
        let fallen: BTreeSet<usize> = fallen.difference(&before).copied().collect();
        let (mut at_once, mut in_parts) = (estate(), estate());
        for world in [&mut at_once, &mut in_parts] {
            world.poll(&down(&before));
        }
        at_once.poll(&down(&fallen));
        in_parts.poll_in_two_parts(&down(&fallen), recorded.min(fallen.len()));
        in_parts.check();
        prop_assert_eq!(members(&at_once), members(&in_parts));
        let impacts = |world: &World| {
            let open = world.recalled.incidents.values().filter(|row| row.state.status.is_open());
            open.map(|row| (row.state.root.clone(), row.state.told.impact)).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(impacts(&at_once), impacts(&in_parts));
    }
}
