//! What begins and ends again and again.

use insta::assert_snapshot;

use super::rig::World;
use crate::domain::{Matcher, Window, WindowSource};

fn estate() -> World {
    ["1", "2", "3"].iter().fold(World::new(), |world, id| {
        world.connection(id, &format!("EqDC2/{id}")).interface(id, &format!("dxcon-{id}"), "core-dxgw", &[])
    })
}

#[test]
fn a_flap_of_an_hour_is_announced_a_few_times_and_an_outage_that_stays_is_announced() {
    let mut world = estate();
    for _ in 0..30 {
        world.poll(&[("vif 1", "down")]);
        world.check();
        world.poll(&[("vif 1", "available")]);
        world.check();
    }
    assert_snapshot!(world.announced(), @"
    warning outage opened: virtual-interface dxvif-1, 1 affected, reduced
    warning outage resolved: virtual-interface dxvif-1, 1 affected, reduced, over
    warning outage reopened: virtual-interface dxvif-1, 1 affected, reduced
    warning outage resolved: virtual-interface dxvif-1, 1 affected, reduced, over
    warning outage flapping: virtual-interface dxvif-1, 1 affected, reduced
    ");
    world.poll(&[("vif 1", "down")]);
    for _ in 0..90 {
        world.poll(&[]);
        world.check();
    }
    assert_snapshot!(world.announced(), @"warning outage settled: virtual-interface dxvif-1, 1 affected, reduced");
}

#[test]
fn an_outage_within_fifteen_minutes_of_the_last_is_the_same_and_later_another() {
    let mut world = estate();
    world.poll(&[("vif 1", "down")]);
    world.poll(&[("vif 1", "available")]);
    world.poll_after(14 * 60, &[("vif 1", "down")]);
    world.poll(&[("vif 1", "available")]);
    world.poll_after(16 * 60, &[("vif 1", "down")]);
    world.check();
    assert_eq!(world.recalled.incidents.len(), 2);
    assert_snapshot!(world.announced(), @"
    warning outage opened: virtual-interface dxvif-1, 1 affected, reduced
    warning outage resolved: virtual-interface dxvif-1, 1 affected, reduced, over
    warning outage reopened: virtual-interface dxvif-1, 1 affected, reduced
    warning outage resolved: virtual-interface dxvif-1, 1 affected, reduced, over
    warning outage opened: virtual-interface dxvif-1, 1 affected, reduced
    ");
}

#[test]
fn what_gets_worse_breaks_through_the_damping() {
    let mut world = estate();
    for _ in 0..4 {
        world.poll(&[("vif 1", "down")]);
        world.poll(&[("vif 1", "available")]);
    }
    world.announced();
    world.poll(&[("vif 2", "down"), ("vif 3", "down")]);
    world.announced();
    world.poll(&[("vif 1", "down")]);
    world.check();
    assert_snapshot!(world.announced(), @"critical outage escalated: virtual-interface dxvif-1, 1 affected, outage");
}

#[test]
fn whoever_knows_of_a_flap_gets_its_end_though_a_silence_began_meanwhile() {
    let mut world = estate();
    for _ in 0..3 {
        world.poll(&[("vif 1", "down")]);
        world.poll(&[("vif 1", "available")]);
    }
    let until = world.now.plus(std::time::Duration::from_secs(5 * 3_600));
    world.plans.windows.push(Window {
        matcher: Matcher::of_id("dxvif-1"),
        even_outage: true,
        ..Window::bare(WindowSource::Silence, "s", (world.now, until))
    });
    world.poll(&[("vif 1", "down")]);
    world.announced();
    world.poll(&[("vif 1", "available")]);
    for _ in 0..90 {
        world.poll(&[]);
        world.check();
    }
    assert_snapshot!(world.announced(), @"
    (warning outage settled: virtual-interface dxvif-1, 0 affected, reduced, over)
    warning outage resolved: virtual-interface dxvif-1, 0 affected, reduced, over
    ");
}
