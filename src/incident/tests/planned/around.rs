//! What a silence, a warning and a call do where things move around them: covers that flip, roots that change, regions that
//! cannot be read, and work in more than one.

use std::sync::Arc;

use insta::assert_snapshot;

use super::{call, one_path, two_paths};
use crate::{
    domain::{Scope, Timestamp},
    incident::tests::rig::World,
};

#[test]
fn a_removal_names_the_call_that_did_it_once_that_is_known() {
    let mut world = two_paths();
    world.poll(&[("vif 1", "deleting")]);
    assert_eq!(world.cause(), "It is being removed: it is deleting. AWS CloudTrail has the call.");
    let earlier = Timestamp::from_milliseconds(world.now.milliseconds() - 1_000);
    world.evidence = vec![
        call(earlier, "UpdateVirtualInterfaceAttributes", "dxvif-1"),
        call(world.now, "DeleteVirtualInterface", "dxvif-1"),
    ];
    world.minutes(1);
    assert_eq!(world.cause(), "It is being removed: it is deleting. The call was DeleteVirtualInterface by anna.");
    world.poll(&[("vif 1", "deleted")]);
    assert_eq!(world.cause(), "It was removed: it is deleted. The call was DeleteVirtualInterface by anna.");
}

#[test]
fn a_root_that_was_found_in_a_silence_is_announced_when_it_is_over() {
    let mut world = two_paths();
    world.poll(&[("vif 1", "down")]);
    world.silence("dxvif-1", (0, 30)).matcher.ids.insert("dxcon-1".to_owned());
    world.minutes(1);
    world.poll(&[("con 1", "down")]);
    world.minutes(60);
    assert_snapshot!(world.announced(), @"
    warning outage opened: virtual-interface dxvif-1, 1 affected, last-path
    (warning outage planned: virtual-interface dxvif-1, 1 affected, last-path)
    (warning outage cause-found: connection dxcon-1, 2 affected, last-path)
    (warning outage planned: connection dxcon-1, 2 affected, last-path)
    warning outage cause-found: connection dxcon-1, 2 affected, last-path
    ");
}

#[test]
fn what_has_eased_in_a_silence_is_announced_when_it_is_over() {
    let world = World::new().connection("1", "EqDC2/1").interface("1", "dxcon-1", "core-dxgw", &[]);
    let mut world = world.connection("2", "EqLD5/2").interface("2", "dxcon-2", "core-dxgw", &[]);
    world.whole("2", false);
    world.whole("1", false);
    world.silence("dxcon-1", (0, 30)).even_outage = true;
    world.minutes(2);
    world.whole("2", true);
    world.minutes(60);
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-2, 2 affected, last-path
    critical outage opened: connection dxcon-1, 2 affected, outage
    (critical outage planned: connection dxcon-1, 2 affected, outage)
    (warning outage eased: connection dxcon-1, 2 affected, last-path)
    warning outage resolved: connection dxcon-2, 2 affected, last-path, over
    (warning outage planned: connection dxcon-1, 2 affected, last-path)
    warning outage eased: connection dxcon-1, 2 affected, last-path
    ");
}

#[test]
fn a_silence_that_covers_an_incident_now_and_then_counts_once_it_is_steady() {
    let mut world = two_paths();
    world.silence("dxcon-1", (0, 600));
    world.whole("1", false);
    let matching = |world: &mut World, id: &str| world.plans.windows[0].matcher.ids = [id.to_owned()].into();
    for _ in 0..10 {
        matching(&mut world, "dxcon-9");
        world.minutes(1);
        matching(&mut world, "dxcon-1");
        world.minutes(1);
    }
    assert_snapshot!(world.announced(), @"(warning outage opened: connection dxcon-1, 2 affected, last-path)");
    matching(&mut world, "dxcon-9");
    world.minutes(10);
    assert_snapshot!(world.announced(), @"
    (warning outage planned: connection dxcon-1, 2 affected, last-path)
    warning outage escalated: connection dxcon-1, 2 affected, last-path
    ");
    for _ in 0..10 {
        matching(&mut world, "dxcon-1");
        world.minutes(1);
        matching(&mut world, "dxcon-9");
        world.minutes(1);
    }
    assert_eq!(world.announced(), "");
}

/// A path to the same gateway in another region.
fn other_region() -> World {
    let mut world = World::new().connection("8", "EqLD5/8").interface("8", "dxcon-8", "core-dxgw", &[]);
    world.recalled.scope = Scope::regional("123456789012", "eu-west-2");
    world
}

#[test]
fn no_last_path_is_claimed_where_another_region_is_not_known() {
    let mut world = one_path();
    world.work("dxcon-1", (60, 120));
    world.is_whole = false;
    world.minutes(5);
    assert_eq!(world.announced(), "", "the other region may have a path");
    world.is_whole = true;
    world.others = vec![Arc::new(other_region().recalled)];
    world.minutes(5);
    assert_eq!(world.announced(), "", "it has");
    world.others.clear();
    world.minutes(1);
    assert_snapshot!(world.announced(), @"warning maintenance planned: connection dxcon-1, 2 affected, outage");
    world.is_whole = false;
    world.minutes(5);
    assert_eq!(world.announced(), "", "a warning that stands is neither ended nor repeated");
}

#[test]
fn work_in_two_regions_at_once_is_added_up_where_both_lead_to_one_gateway() {
    let mut world = one_path();
    world.others = vec![Arc::new(other_region().recalled)];
    world.work("dxcon-1", (120, 240));
    world.work("dxcon-8", (300, 360));
    world.minutes(5);
    assert_eq!(world.announced(), "", "one after the other");
    world.plans.windows[1].from = world.in_minutes(60);
    world.minutes(1);
    assert_snapshot!(world.announced(), @"warning maintenance planned: connection dxcon-1, 2 affected, outage");
}
