//! The published models, one after the other, and what is said of what is missing.

use super::rig::Rig;
use crate::domain::{Kind, Model};

/// An interface on a connection of its own for each place.
fn over(places: &[&str]) -> Rig {
    places.iter().enumerate().fold(Rig::default().gateway("gw"), |rig, (number, place)| {
        let (connection, interface) = (format!("dxcon-{number}"), format!("dxvif-{number}"));
        rig.connection(&connection, place).interface(&interface, &connection).attachment("gw", &interface, "attached")
    })
}

fn model(rig: &Rig) -> Option<Model> {
    rig.grades("").first().map(|grade| grade.model)
}

#[test]
fn the_models_are_those_that_aws_publishes() {
    let models = [
        over(&["EqDC2/a"]),
        over(&["EqDC2/a", "EqDC2/a"]),
        over(&["EqDC2/a", "EqDC2/b"]),
        over(&["EqDC2/a", "CSVA1/a"]),
        over(&["EqDC2/a", "EqDC2/b", "CSVA1/a"]),
        over(&["EqDC2/a", "EqDC2/b", "CSVA1/a", "CSVA1/a"]),
        over(&["EqDC2/a", "EqDC2/b", "CSVA1/a", "CSVA1/b"]),
        over(&["EqDC2/a", "EqDC2/b", "CSVA1/a", "CSVA1/b", "TEST/a"]),
    ]
    .map(|rig| model(&rig).unwrap());
    use Model::{Development, High, Maximum, None};
    assert_eq!(models, [None, None, Development, High, High, High, Maximum, Maximum]);
}

#[test]
fn what_is_missing_is_said_in_words() {
    insta::assert_snapshot!(over(&["EqDC2/a"]).graded(""), @"
    gw ipv4: none
      dxvif-0 is the only path
      without location EqDC2: 0 left
      without device EqDC2-a: 0 left
    ");
    insta::assert_snapshot!(over(&["EqDC2/a", "EqDC2/a"]).graded("high"), @"
    gw ipv4: none, not as intended
      both circuits end on device EqDC2-a
      both circuits are at location EqDC2
      without location EqDC2: 0 left
      without device EqDC2-a: 0 left
    ");
    insta::assert_snapshot!(over(&["EqDC2/a", "EqDC2/b", "CSVA1/a"]).graded("maximum"), @"
    gw ipv4: high, not as intended
      at location CSVA1 all paths end on device CSVA1-a
      without location EqDC2: 1 left
      without location CSVA1: 2 left
      without device CSVA1-a: 2 left
      without device EqDC2-a: 2 left
      without device EqDC2-b: 2 left
    ");
    insta::assert_snapshot!(over(&["EqDC2/a", "EqDC2/b"]).graded("gw=development"), @"
    gw ipv4: development, as intended
      without location EqDC2: 0 left
      without device EqDC2-a: 1 left
      without device EqDC2-b: 1 left
    ");
    insta::assert_snapshot!(over(&["EqDC2", "EqDC2/a", ""]).graded("high"), @"
    gw ipv4: none, not as intended
      all 3 circuits end on device EqDC2-a
      all 3 circuits are at location EqDC2
      AWS names no device for dxvif-0
      AWS names no device for dxvif-2
      AWS names no location for dxvif-2
      without location EqDC2: 1 left
      without device EqDC2-a: 2 left
    ");
}

#[test]
fn a_lag_is_one_device_and_so_are_two_circuits_on_one() {
    let lag = Rig::default().lag("dxlag-1", "EqDC2/a", 1, &["dxcon-1", "dxcon-2"]).interface("dxvif-1", "dxlag-1");
    assert_eq!(model(&lag), Some(Model::None));
    let both = lag.clone().connection("dxcon-3", "EqDC2/a").interface("dxvif-2", "dxcon-3");
    assert_eq!(model(&both), Some(Model::None));
    let other = lag.connection("dxcon-3", "EqDC2/b").interface("dxvif-2", "dxcon-3");
    assert_eq!(model(&other), Some(Model::Development));
}

#[test]
fn two_logical_devices_on_one_physical_device_are_one() {
    let on = |rig: Rig, id: &str, logical: &str, physical: &str| {
        rig.item(Kind::Connection, id, "available", |item| {
            (item.location, item.device) = (Some("EqDC2".to_owned()), Some(logical.to_owned()));
            item.physical_device = Some(physical.to_owned());
        })
    };
    let interfaces = |rig: Rig| rig.interface("dxvif-1", "dxcon-1").interface("dxvif-2", "dxcon-2");
    let one = on(on(Rig::default(), "dxcon-1", "logical-1", "physical-1"), "dxcon-2", "logical-2", "physical-1");
    insta::assert_snapshot!(interfaces(one).graded(""), @"
    gw ipv4: none
      both circuits end on device physical-1
      without location EqDC2: 0 left
      without device physical-1: 0 left
      without device logical-1: 1 left
      without device logical-2: 1 left
    ");
    let two = on(on(Rig::default(), "dxcon-1", "logical-1", "physical-1"), "dxcon-2", "logical-2", "physical-2");
    assert_eq!(model(&interfaces(two)), Some(Model::Development));
}

#[test]
fn what_is_being_removed_or_not_attached_does_not_count() {
    let high = || over(&["EqDC2/a", "CSVA1/a"]);
    assert_eq!(model(&high()), Some(Model::High));
    let without = [
        high().interface_to("gw", "dxvif-1", "dxcon-1", "deleting"),
        high().interface_to("gw", "dxvif-1", "dxcon-1", "absent"),
        high().attachment("gw", "dxvif-1", "detaching"),
        high().attachment("gw", "dxvif-1", "attaching"),
        high().connection_in("dxcon-1", "CSVA1/a", "deleting"),
        high().session("dxvif-1", "ipv4", "deleted"),
        high().interface_to("other", "dxvif-1", "dxcon-1", "available"),
    ];
    assert_eq!(
        without.map(|rig| rig.grades("").iter().find(|grade| grade.id == "gw").unwrap().model),
        [Model::None; 7]
    );
}

#[test]
fn each_address_family_is_graded_by_itself() {
    let rig = over(&["EqDC2/a", "CSVA1/a"]).session("dxvif-1", "ipv6", "up");
    insta::assert_snapshot!(rig.graded(""), @"
    gw ipv4: high
      at location CSVA1 all paths end on device CSVA1-a
      at location EqDC2 all paths end on device EqDC2-a
      without location CSVA1: 1 left
      without location EqDC2: 1 left
      without device CSVA1-a: 1 left
      without device EqDC2-a: 1 left
    gw ipv6: none
      dxvif-1 is the only path
      without location CSVA1: 0 left
      without device CSVA1-a: 0 left
    ");
}

#[test]
fn an_interface_on_another_accounts_connection_is_where_it_says() {
    let rig = Rig::default().connection("dxcon-1", "EqDC2/a").interface("dxvif-1", "dxcon-1");
    let rig = rig.item(Kind::VirtualInterface, "dxvif-2", "available", |item| {
        (item.connection_id, item.direct_connect_gateway_id) = (Some("dxcon-9".to_owned()), Some("gw".to_owned()));
        (item.location, item.device) = (Some("CSVA1".to_owned()), Some("CSVA1-a".to_owned()));
    });
    assert_eq!(model(&rig), Some(Model::High));
    assert_eq!(rig.grades("")[0].paths[1].connection.as_deref(), Some("dxcon-9"));
}
