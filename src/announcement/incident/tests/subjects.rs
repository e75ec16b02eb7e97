//! What a lock screen shows: the subject of every reason and category.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{later, of_one, opened, over, subject};
use crate::domain::Reason;

#[test]
fn the_subject_of_every_reason() {
    let mut lines = Vec::new();
    for reason in Reason::ALL {
        let is_over = matches!(reason, Reason::Resolved | Reason::Merged | Reason::Withdrawn);
        let mut document = if is_over { over(*reason) } else { later(*reason) };
        if *reason == Reason::Withdrawn {
            let members = document["incident"]["affected"]["items"].as_array_mut().unwrap();
            members.iter_mut().for_each(|member| member["state"] = "deleted".into());
        }
        document["incident"]["outages"] = 3.into();
        document["incident"]["blindSince"] = "2026-11-22T03:50:00.000Z".into();
        lines.push(subject(&document));
    }
    assert_snapshot!(lines.join("\n"), @"
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path
    [critical] cause found: connection dxcon-fg5678gh (prod...) down: 18 with it, core-dxgw has no path
    [critical] spread: connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path
    [critical] worse: connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path
    [critical] better: connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down again: 18 with it, core-dxgw has no path
    [critical] connection dxcon-fg5678gh flapping, 3 outages within 1 hour: core-dxgw has no path
    [critical] connection dxcon-fg5678gh (prod-...) no longer flapping, and down: core-dxgw has no path
    [critical] connection dxcon-fg5678gh still down after 1 hour: 18 with it, core-dxgw has no path
    [critical] evidence: connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path
    [critical] planned work: connection dxcon-fg5678gh (pro...) down: 18 with it, core-dxgw has no path
    [critical] acknowledged: connection dxcon-fg5678gh (pro...) down: 18 with it, core-dxgw has no path
    [critical] connection dxcon-fg5678gh not listed since 03:50:00 UTC, last seen down: 18 with it
    [resolved] connection dxcon-fg5678gh (prod-eqdc2) up again after 27 minutes
    [merged] connection dxcon-fg5678gh (prod-eqdc2) part of another incident
    [withdrawn] connection dxcon-fg5678gh (prod-eqdc2) removed after 27 minutes down
    ");
}

#[test]
fn the_subject_of_every_category() {
    let mut lines = Vec::new();
    for (category, severity, during, after) in [
        ("outage", "critical", "down", "available"),
        ("visibility", "warning", "unknown", "available"),
        ("visibility", "warning", "quarantined", "available"),
        ("test", "info", "testing", "available"),
        ("provisioning", "info", "verifying", "available"),
        ("removal", "warning", "deleting", "deleted"),
        ("removal", "warning", "rejected", "rejected"),
        ("eclipse", "grave", "dimmed", "bright"),
    ] {
        let mut document = of_one(category, severity, during);
        lines.push(subject(&document));
        document["reason"] = "resolved".into();
        document["status"] = "resolved".into();
        document["incident"]["durationSeconds"] = 10_800.into();
        document["incident"]["root"]["state"] = after.into();
        lines.push(subject(&document));
    }
    assert_snapshot!(lines.join("\n"), @"
    [critical] virtual interface dxvif-ffabc123 (prod-private) down: no path is lost
    [resolved] virtual interface dxvif-ffabc123 (prod-private) up again after 3 hours
    [warning] virtual interface dxvif-ffabc123 (prod-private) not reported by AWS
    [resolved] virtual interface dxvif-ffabc123 (prod-private) reported again after 3 hours
    [warning] virtual interface dxvif-ffabc123 (prod-private) in a state not known here (quarantined)
    [resolved] virtual interface dxvif-ffabc123 (prod-private) reported again after 3 hours
    [info] virtual interface dxvif-ffabc123 (prod-private) in a failover test
    [resolved] virtual interface dxvif-ffabc123 (prod-...) through with its failover test after 3 hours
    [info] virtual interface dxvif-ffabc123 (prod-private) being set up (verifying)
    [resolved] virtual interface dxvif-ffabc123 (prod-private) in service after 3 hours
    [warning] virtual interface dxvif-ffabc123 (prod-private) being removed
    [resolved] virtual interface dxvif-ffabc123 (prod-private) removed after 3 hours
    [warning] virtual interface dxvif-ffabc123 (prod-private) rejected
    [resolved] virtual interface dxvif-ffabc123 (prod-private) rejected after 3 hours
    [grave] virtual interface dxvif-ffabc123 (prod-private) dimmed
    [resolved] virtual interface dxvif-ffabc123 no longer in an incident (eclipse) after 3 hours
    ");
}

#[test]
fn what_is_left_is_said_of_the_worst_destination() {
    let mut document = opened();
    let mut line = |level: &str, change: &dyn Fn(&mut Value)| {
        document["incident"]["impact"]["level"] = level.into();
        change(&mut document["incident"]["impact"]["destinations"]);
        subject(&document)
    };
    let lines = [
        line("last-path", &|all| {
            (all[0]["paths"], all[0]["pathsBefore"], all[0]["devices"]) = (1.into(), 2.into(), 1.into());
            all[1] = all[0].clone();
            all[1]["addressFamily"] = "ipv6".into();
        }),
        line("last-path", &|all| (all[0]["paths"], all[0]["pathsBefore"]) = (2.into(), 4.into())),
        line("reduced", &|all| {
            (all[0]["paths"], all[0]["pathsBefore"], all[0]["devices"]) = (3.into(), 4.into(), 2.into())
        }),
        line("outage", &|all| {
            all[0]["paths"] = 0.into();
            (all[1]["paths"], all[1]["pathsBefore"]) = (2.into(), 2.into());
        }),
        line("outage", &|all| {
            all[1]["paths"] = 0.into();
            all.as_array_mut().unwrap().push(json!({
                "kind": "public", "id": "123456789012", "addressFamily": "ipv4", "pathsBefore": 1, "paths": 0,
            }));
        }),
        line("outage", &|all| *all = json!([])),
        line("unknown", &|_| ()),
        line("none", &|_| ()),
    ];
    assert_snapshot!(lines.join("\n"), @"
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has 1 of 2 paths
    [critical] connection dxcon-fg5678gh down: 18 with it, core-dxgw has 2 of 4 paths, on one device
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has 3 of 4 paths
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw (IPv4) has no path
    [critical] connection dxcon-fg5678gh (prod-...) down: 18 with it, core-dxgw and 1 more have no path
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, a destination has no path
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, its destinations are not known
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, no path is lost
    ");
}

#[test]
fn names_are_cut_first_and_ids_stay_whole() {
    let mut document = opened();
    let incident = &mut document["incident"];
    incident["root"]["name"] = "the connection of the department of endless names".into();
    incident["impact"]["destinations"][0]["name"] = "the gateway of the department of endless names".into();
    assert_snapshot!(subject(&document), @"[critical] connection dxcon-fg5678gh down: 18 with it, the gateway of the de... has no path");
    document["incident"]["root"]["id"] = "dxcon-0123456789abcdef0123456789abcdef0123".into();
    document["incident"]["affected"]["items"][0]["id"] = document["incident"]["root"]["id"].clone();
    assert_snapshot!(subject(&document), @"[critical] connection dxcon-0123456789abcdef0123456789abcdef0123 down: the gat... has no path");
    document["incident"]["root"]["id"] = "x".repeat(512).into();
    document["incident"]["affected"]["items"][0]["id"] = document["incident"]["root"]["id"].clone();
    assert_snapshot!(subject(&document), @"[critical] connection xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx down");
}
