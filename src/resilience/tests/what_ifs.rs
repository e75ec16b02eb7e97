//! What goes down with what, and what is lost with it.

use super::rig::{ACCOUNT, Rig, listed};
use crate::resilience::{Failure, UnknownFailure, what_if};

/// A LAG at one location, a connection at another, an interface over each, and one gateway.
fn estate() -> Rig {
    Rig::default()
        .gateway("gw")
        .lag("dxlag-1", "EqDC2/a", 1, &["dxcon-1", "dxcon-2"])
        .connection("dxcon-3", "CSVA1/a")
        .interface("dxvif-1", "dxlag-1")
        .interface("dxvif-3", "dxcon-3")
        .attachment("gw", "dxvif-1", "attached")
        .attachment("gw", "dxvif-3", "attached")
}

#[test]
fn a_failure_takes_what_runs_over_it() {
    insta::assert_snapshot!(listed(&estate().what_if("dxcon-3")), @"
    dxcon-3 dxvif-3 dxvif-3:ipv4
    gw ipv4 last-path: 1 of 2, none; loses dxvif-3
    ");
    insta::assert_snapshot!(listed(&estate().what_if("device:EqDC2-a")), @"
    dxcon-1 dxcon-2 dxlag-1 dxvif-1 dxvif-1:ipv4
    gw ipv4 last-path: 1 of 2, none; loses dxvif-1
    ");
    insta::assert_snapshot!(listed(&estate().what_if("location:CSVA1 location:EqDC2")), @"
    dxcon-1 dxcon-2 dxcon-3 dxlag-1 dxvif-1 dxvif-3 dxvif-1:ipv4 dxvif-3:ipv4
    gw ipv4 outage: 0 of 2, none; loses dxvif-1 dxvif-3
    ");
    insta::assert_snapshot!(listed(&estate().what_if("dxvif-1:ipv4")), @"
    dxvif-1:ipv4
    gw ipv4 last-path: 1 of 2, none; loses dxvif-1
    ");
}

#[test]
fn a_lag_needs_its_minimum_of_members() {
    insta::assert_snapshot!(listed(&estate().what_if("dxcon-1")), @"dxcon-1");
    insta::assert_snapshot!(listed(&estate().what_if("dxcon-1 dxcon-2")), @"
    dxcon-1 dxcon-2 dxlag-1 dxvif-1 dxvif-1:ipv4
    gw ipv4 last-path: 1 of 2, none; loses dxvif-1
    ");
    let two = estate().lag("dxlag-1", "EqDC2/a", 2, &["dxcon-1", "dxcon-2"]);
    insta::assert_snapshot!(listed(&two.what_if("dxcon-1")), @"
    dxcon-1 dxlag-1 dxvif-1 dxvif-1:ipv4
    gw ipv4 last-path: 1 of 2, none; loses dxvif-1
    ");
    // One member is down already: the other one is needed.
    let down = estate().item(crate::domain::Kind::Connection, "dxcon-2", "down", |item| {
        item.lag_id = Some("dxlag-1".to_owned());
    });
    insta::assert_snapshot!(listed(&down.what_if("dxcon-1")), @"
    dxcon-1 dxlag-1 dxvif-1 dxvif-1:ipv4
    gw ipv4 last-path: 1 of 2, none; loses dxvif-1
    ");
}

#[test]
fn a_gateway_takes_every_path_to_it() {
    insta::assert_snapshot!(listed(&estate().what_if("gw")), @"
    gw gw:dxvif-1 gw:dxvif-3
    gw ipv4 outage: 0 of 2, none; loses dxvif-1 dxvif-3
    ");
    insta::assert_snapshot!(listed(&estate().what_if("gateway-attachment/gw:dxvif-1")), @"
    gw:dxvif-1
    gw ipv4 last-path: 1 of 2, none; loses dxvif-1
    ");
}

#[test]
fn what_is_down_already_is_not_lost_again() {
    let rig = estate().connection_in("dxcon-3", "CSVA1/a", "down");
    insta::assert_snapshot!(listed(&rig.what_if("dxcon-3")), @"dxvif-3 dxvif-3:ipv4 (1 already)");
    insta::assert_snapshot!(listed(&rig.what_if("dxlag-1")), @"
    dxlag-1 dxvif-1 dxvif-1:ipv4
    gw ipv4 outage: 0 of 1, none; loses dxvif-1
    ");
}

#[test]
fn what_is_in_no_account_is_an_error() {
    let accounts = [(ACCOUNT.to_owned(), estate().wiring())];
    let missing = Failure::device("EqDC2-b");
    let asked = ["dxcon-3".parse().unwrap(), missing.clone()];
    assert_eq!(what_if(&accounts, &asked), Err(UnknownFailure(missing)));
    for wrong in ["", "device:", "location: "] {
        assert!(wrong.parse::<Failure>().is_err(), "{wrong:?}");
    }
    for text in ["dxcon-3", "connection/dxcon-3", "123456789012/us-east-1/connection/dxcon-3", "gw:dxvif-1"] {
        assert!(what_if(&accounts, &[text.parse().unwrap()]).is_ok(), "{text}");
    }
    for text in ["lag/dxcon-3", "123456789012/eu-west-1/connection/dxcon-3", "dxcon"] {
        assert!(what_if(&accounts, &[text.parse().unwrap()]).is_err(), "{text}");
    }
}
