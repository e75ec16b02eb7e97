//! The pace of a topic: whatever goes down at once, no more than eight messages a second reach it from all scopes and
//! in all forms together. The others wait for the next poll, which is not a failure.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use aws_dx_monitor::{
    domain::{ItemKey, Kind, Scope, SinkName},
    monitor::PollReport,
};

use super::{
    crashes::settle_down,
    executor::{Clean, run},
    ports::{CHAT, SNS},
    world::{ACCOUNT, MINUTE, Poison, Setup, World, connection},
};

const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
const CONNECTIONS: usize = 200;
const GATEWAYS: usize = 50;
const DEADLINE: i64 = 20_000;
const SECOND: i64 = 1_000;

/// Two scopes that share the sinks.
fn begin() -> (Rc<World>, Setup) {
    let (world, mut setup) = (World::new(), Setup::new(&SINKS, &[Kind::Connection, Kind::DirectConnectGateway]));
    setup.spacing = Duration::from_millis(125);
    setup.deadline = Some(DEADLINE);
    all_turn(&world, ["available", "available"]);
    assert!(poll(&world, &setup).is_success());
    (world, setup)
}

fn all_turn(world: &World, [connections, gateways]: [&'static str; 2]) {
    for number in 0..CONNECTIONS {
        world.set(&connection(&format!("dxcon-{number}")), Some(connections));
    }
    for number in 0..GATEWAYS {
        let gateway = ItemKey::new(Kind::DirectConnectGateway, format!("gateway-{number}"));
        world.inner.borrow_mut().sky.insert((Scope::global(ACCOUNT), gateway), Some(gateways));
    }
}

fn poll(world: &Rc<World>, setup: &Setup) -> PollReport {
    let report = run(world, vec![world.poll(0, setup)], &mut Clean).pop().flatten();
    world.pass(MINUTE);
    report.expect("a report")
}

/// When each call of a sink went out.
fn calls(world: &World, port: &str) -> Vec<i64> {
    world.inner.borrow().trace.iter().filter(|step| step.port == port).map(|step| step.at).collect()
}

/// The most calls within any one second.
fn most_in_a_second(calls: &[i64]) -> usize {
    let within = |first: &i64| calls.iter().filter(|at| (*first..first + SECOND).contains(*at)).count();
    calls.iter().map(within).max().unwrap_or(0)
}

#[test]
fn an_outage_reaches_a_topic_at_its_pace_and_goes_on_in_the_next_polls() {
    let (world, setup) = begin();
    for place in [3, 4] {
        let key = (SinkName::SNS, format!("dxcon-{place}"), 2);
        world.inner.borrow_mut().poisoned.insert(key, Poison::Full);
    }
    all_turn(&world, ["down", "deleting"]);
    let mut announced: BTreeMap<SinkName, Vec<u64>> = BTreeMap::new();
    loop {
        let began = world.inner.borrow().now;
        let report = poll(&world, &setup);
        let took = world.inner.borrow().now - MINUTE - began;
        assert!(report.is_success(), "what waits for its turn is no failure: {report}");
        assert!(took < DEADLINE - 2 * SECOND, "the last turns are answered in time: {took} ms");
        report.announced.iter().for_each(|(sink, count)| announced.entry(*sink).or_default().push(*count));
        if report.pending == 0 {
            break;
        }
        assert!(announced[&SinkName::SNS].len() < 5, "it never ends");
    }
    for port in [SNS, CHAT] {
        assert_eq!(most_in_a_second(&calls(&world, port)), 8, "{port}");
    }
    // Each of the 250 transitions with the incident that it opens.
    assert_eq!(announced[&SinkName::EVENTBRIDGE], [500, 0, 0], "programs do not wait for people");
    // Fifteen of the twenty seconds' turns, and the first.
    for sink in [SinkName::SNS, SinkName::CHAT] {
        assert!(announced[&sink][..2].iter().all(|count| (115..=121).contains(count)), "{announced:?}");
        assert_eq!(announced[&sink].iter().sum::<u64>(), 250, "{announced:?}");
    }
    assert_eq!(calls(&world, SNS).len(), 250 + 2, "two were offered in short form too");
    settle_down(&world, &setup, "all have their messages");
    assert_eq!(world.inner.borrow().auditor.repeats, 0);
}

#[test]
fn a_change_or_two_do_not_wait() {
    let (world, setup) = begin();
    let before = world.inner.borrow().now;
    world.set(&connection("dxcon-0"), Some("down"));
    assert!(poll(&world, &setup).is_success());
    assert!(calls(&world, SNS).iter().all(|at| at - before < 20), "{:?}", calls(&world, SNS));
}
