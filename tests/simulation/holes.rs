//! Holes in history: rows that expired while a sink was not configured are given up, and any other missing row holds
//! its item until an operator has intervened.

use std::rc::Rc;

use aws_dx_monitor::{
    domain::{Kind, SinkName},
    monitor::PollReport,
};

use super::{
    auditor::history_of,
    crashes::{At, FATES, settle},
    executor::{poll, run},
    tables::Table,
    world::{DAY, MINUTE, Setup, World, connection},
};

const ITEM: &str = "123456789012/us-east-1/connection/dxcon-a";
const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];

fn change(world: &Rc<World>, setup: &Setup, word: &'static str) {
    world.set(&connection("dxcon-a"), Some(word));
    assert!(poll(world, setup).is_success());
}

/// A world in which SNS is taken away, and misses the transitions 2, 3 and 4.
fn begin() -> (Rc<World>, Setup) {
    let (world, setup) = (World::new(), Setup::new(&SINKS, &[Kind::Connection]));
    change(&world, &setup, "available");
    let without = Setup { sinks: SINKS[1..].to_vec(), ..setup.clone() };
    for word in ["down", "available", "down"] {
        change(&world, &without, word);
    }
    (world, setup)
}

fn remove(world: &World, sequence: u64) {
    let inner = &mut *world.inner.borrow_mut();
    let (occurred_at, _) = history_of(&inner.tables, ITEM, sequence).expect("a history row");
    let key = (ITEM.to_owned(), occurred_at.to_owned());
    inner.remove(Table::History, &key);
}

fn told(world: &World) -> Vec<u64> {
    let inner = world.inner.borrow();
    inner.auditor.order.iter().filter(|(sink, ..)| *sink == SinkName::SNS).map(|(.., sequence)| *sequence).collect()
}

/// What a poll announced on SNS, gave up, and left pending.
fn figures(report: &PollReport) -> (u64, u64, u64) {
    (report.announced[&SinkName::SNS], report.parked, report.pending)
}

#[test]
fn a_sink_that_comes_back_after_history_has_expired_goes_on_with_what_comes() {
    let (world, setup) = begin();
    world.pass(401 * DAY);
    world.inner.borrow_mut().expire(|| true);
    let report = poll(&world, &setup);
    assert!(report.is_success(), "{report}");
    assert_eq!(figures(&report), (0, 3, 0));
    assert_eq!(figures(&poll(&world, &setup)), (0, 0, 0), "once");
    world.set(&connection("dxcon-a"), Some("available"));
    assert_eq!(figures(&poll(&world, &setup)), (1, 0, 0));
    assert_eq!(told(&world), [5]);
    settle(&world, &setup, "expired as a whole");
}

#[test]
fn rows_after_an_expired_beginning_are_announced() {
    let (world, setup) = begin();
    let without = Setup { sinks: SINKS[1..].to_vec(), ..setup.clone() };
    world.pass(401 * DAY);
    change(&world, &without, "available");
    world.inner.borrow_mut().expire(|| true);
    world.set(&connection("dxcon-a"), Some("down"));
    let report = poll(&world, &setup);
    assert!(report.is_success(), "{report}");
    assert_eq!(figures(&report), (2, 3, 0));
    assert_eq!(told(&world), [5, 6]);
    settle(&world, &setup, "expired in part");
}

#[test]
fn what_the_time_to_live_has_left_of_an_expired_beginning_is_given_up_with_it() {
    for left in [2, 3, 4] {
        let (world, setup) = begin();
        world.pass(401 * DAY);
        for sequence in [2, 3, 4].into_iter().filter(|sequence| *sequence != left) {
            remove(&world, sequence);
        }
        // What is behind a row that is left is found missing by the next poll.
        let reports = [poll(&world, &setup), poll(&world, &setup)];
        assert_eq!(reports.iter().map(|report| report.parked).sum::<u64>(), 3, "all but #{left} are gone");
        assert_eq!(reports[1].pending, 0);
        settle(&world, &setup, "expired but for one");
        assert!(told(&world).is_empty());
    }
}

#[test]
fn a_hole_that_no_time_to_live_can_have_made_holds_its_item_and_is_named() {
    for missing in [2, 3, 4] {
        let (world, setup) = begin();
        world.set(&connection("dxcon-b"), Some("available"));
        poll(&world, &Setup { sinks: SINKS[1..].to_vec(), ..setup.clone() });
        remove(&world, missing);
        world.set(&connection("dxcon-b"), Some("down"));
        let before: Vec<u64> = (2..missing).collect();
        for round in 0..2 {
            let report = poll(&world, &setup);
            let failures = report.failures.iter().map(ToString::to_string).collect::<String>();
            assert!(failures.contains(&format!("history has no row of sequence {missing}")), "{failures}");
            assert_eq!((report.parked, report.pending), (0, 5 - missing), "round {round}: {report}");
        }
        let of_item = |world: &World| told(world).len() - 1;
        assert_eq!(of_item(&world), before.len(), "what is before it is told, and the other item goes on");
        // A week later it is no longer pending for any sink.
        world.pass(7 * DAY);
        let report = poll(&world, &setup);
        assert_eq!((report.parked, report.pending), (5 - missing, 0), "{report}");
        settle(&world, &setup, "a hole that has become old");
    }
}

#[test]
fn a_poll_that_gives_up_a_hole_may_fail_or_die_at_any_call() {
    let play = |places: Vec<_>| {
        let (world, setup) = begin();
        world.pass(401 * DAY);
        world.inner.borrow_mut().expire(|| true);
        world.set(&connection("dxcon-a"), Some("available"));
        let what = format!("disturbed at {places:?}");
        let mut policy = At { calls: 0, places };
        run(&world, vec![world.poll(0, &setup)], &mut policy);
        world.pass(MINUTE);
        settle(&world, &setup, &what);
        assert!(told(&world).iter().all(|sequence| *sequence == 5), "{what}: {:?}", told(&world));
        policy.calls
    };
    for place in 1..=play(Vec::new()) {
        for fate in FATES {
            play(vec![(place, fate)]);
        }
    }
}
