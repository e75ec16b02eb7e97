//! `watch` in a pipe: one line for each change, and everything else on standard error.

use aws_dx_monitor::simulator::{Fault, FaultKind};

use super::{Rig, documents, ids, settled, text};

#[test]
fn a_baseline_is_one_sentence_and_each_change_one_line() {
    let rig = Rig::new();
    let first = rig.once(&[]);
    assert_eq!((first.status.code(), text(&first.stdout).as_str()), (Some(0), ""));
    insta::assert_snapshot!(text(&first.stderr), @"
    [baseline] Watching 27 items in 2 scopes: all of them are up
    ");

    insta::assert_snapshot!(settled(&rig.second(600).seen(&[])), @"
    TIME ! [critical] bgp-peer dxpeer-fgg8h9v4 up -> down after … (ipv4 of shared-transit-csva1) in us-east-1
    TIME ! [critical] bgp-peer dxpeer-fgg8h9v6 up -> down after … (ipv6 of shared-transit-csva1) in us-east-1
    TIME ! [critical] connection dxcon-ffx3v7tc available -> down after … (csva1-xc-7741) in us-east-1
    TIME ! [critical] connection dxcon-fg4h8n2b available -> down after … (eqdc2-core-lag01-m2) in us-east-1
    TIME ! [critical] virtual-interface dxvif-ffu7g8h9 available -> down after … (shared-transit-csva1) in us-east-1
    TIME … [info] connection dxcon-fgt5w2nq discovered: requested (csva1-xc-7802) in us-east-1
    ");
    let second = rig.second(1400).once(&["--output", "json"]);
    assert_eq!(text(&second.stderr), "");
    let lines: Vec<String> = text(&second.stdout).lines().map(str::to_owned).collect();
    let written = documents(&lines);
    assert!(written.iter().any(|event| event["item"]["id"] == "dxcon-ffx3v7tc" && event["change"] == "recovered"));
    let recorded = rig.recorded();
    assert!(written.iter().all(|event| recorded.contains(event)), "the recorded document, unchanged");
    assert_eq!(rig.seen(&[]), "", "nothing is written twice");
}

#[test]
fn only_the_chosen_kinds_are_watched() {
    let rig = Rig::new();
    let first = rig.once(&["--kind", "connection"]);
    assert!(text(&first.stderr).contains("Watching 4 items in 1 scope"), "{}", text(&first.stderr));
    assert_eq!(rig.simulator.traffic().count("DescribeVirtualInterfaces"), 0);
    let seen = rig.second(600).seen(&["--kind", "connection"]);
    assert_eq!(seen.lines().count(), 3, "{seen}");
}

/// A problem is reported when it begins and when it ends, and Ctrl-C ends the watch without further output.
#[test]
fn a_problem_is_reported_once_while_it_lasts() {
    let rig = Rig::new();
    rig.second(30).proxy.on("directconnect", "DescribeLags").fail(400, "AccessDeniedException");
    let mut watch = rig.start(&[]);
    assert!(watch.err.next().starts_with("watching account 123456789012 in us-east-1 every 5s; "));
    let problem = watch.err.find("LAGs, port encryptions could not be listed");
    assert!(problem.contains("? 123456789012/us-east-1: LAGs, port encryptions could not be listed, so none is taken as absent: DescribeLags in us-east-1, page 1: AccessDeniedException"), "{problem}");
    while rig.proxy.count("directconnect", "DescribeLags") < 3 {
        std::thread::yield_now();
    }
    rig.proxy.recover();
    let mut between = Vec::new();
    loop {
        let line = watch.err.next();
        if line.contains("+ 123456789012/us-east-1: LAGs, port encryptions listed again after ") {
            break;
        }
        between.push(line);
    }
    assert!(between.iter().all(|line| line.starts_with("[baseline] ")), "{between:?}");
    watch.signal("INT");
    assert_eq!(watch.code(), Some(0));
    assert_eq!(watch.out.rest(), [""; 0]);
    assert!(watch.err.rest().iter().all(|line| line.starts_with("[baseline] ")), "no further output");
}

#[test]
fn a_closed_pipe_ends_the_watch() {
    let rig = Rig::new();
    rig.seen(&[]);
    let mut child = rig
        .command(&["watch", "--every", "5s", "--notify", "items"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    rig.second(600);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).lines().count()), (Some(0), 1), "{}", text(&output.stderr));
    let next = documents(&rig.seen(&["--output", "json"]).lines().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(ids(&next), ids(&rig.recorded()), "the next watch writes what was not read");
}

#[test]
fn hostile_names_are_inert() {
    let rig = Rig::new();
    rig.seen(&[]);
    let hostile = "=x\u{1b}[2J\u{202e}\n\"";
    rig.simulator
        .edit(|scenario| {
            let region = scenario.inventory.region_mut("us-east-1");
            region.connections[0].connection_name = Some(hostile.to_owned());
            region.connections[0].connection_state = Some("do\u{9b}wn".to_owned());
        })
        .unwrap();
    let seen = rig.seen(&[]);
    assert_eq!(seen.lines().count(), 1, "{seen:?}");
    assert!(seen.contains("=x\\u{1b}[2J\\u{202e}\\u{a}\"") && seen.contains("-> do\\u{9b}wn"), "{seen}");
}

#[test]
fn with_once_an_incomplete_poll_is_an_error() {
    let rig = Rig::new();
    rig.simulator
        .edit(|scenario| {
            scenario.faults = vec![Fault {
                operation: Some("DescribeVirtualGateways".to_owned()),
                kind: Some(FaultKind::AccessDenied),
                ..Fault::default()
            }];
        })
        .unwrap();
    let output = rig.once(&[]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    // Associations with other accounts' gateways are asked for by the account's own gateways.
    for unread in ["us-east-1: virtual private gateways", "global: gateway associations"] {
        assert!(errors.contains(&format!("{unread} could not be listed, so none is taken as absent: ")), "{errors}");
    }
    assert_eq!(errors.lines().count(), 3, "{errors}");
}
