//! Isolation: whatever hangs or fails, the rest is done within the time of the invocation.

use std::rc::Rc;

use aws_dx_monitor::{
    domain::{Kind, SinkName},
    monitor::PollReport,
};

use super::{
    crashes::settle,
    executor::{Clean, Fate, NEVER, Policy, Waiting, run},
    ports::with_its_incident,
    world::{Entry, MINUTE, Mood, Setup, World, connection},
};

const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];

fn begin() -> (Rc<World>, Setup) {
    let (world, mut setup) = (World::new(), Setup::new(&SINKS, &[Kind::Connection]));
    setup.deadline = Some(20_000);
    world.set(&connection("dxcon-a"), Some("available"));
    (world, setup)
}

fn poll(world: &Rc<World>, setup: &Setup) -> PollReport {
    let report = run(world, vec![world.poll(0, setup)], &mut Clean).pop().flatten();
    world.pass(MINUTE);
    report.expect("a report")
}

fn told(world: &World) -> Vec<SinkName> {
    let inner = world.inner.borrow();
    let told = inner.log.iter().filter_map(|entry| match entry {
        Entry::BaselineTold { sink } => Some(*sink),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_sink_that_never_answers_delays_no_other() {
    for hanging in SINKS {
        let (world, setup) = begin();
        poll(&world, &setup);
        world.inner.borrow_mut().moods.insert(hanging, Mood::Hangs);
        for (sequence, word) in [(2, "down"), (3, "available")] {
            world.set(&connection("dxcon-a"), Some(word));
            let report = poll(&world, &setup);
            assert_eq!(report.transitions, 1, "detection does not wait: {report}");
            assert!(report.failures.iter().any(|failure| failure.step.as_str() == "deadline"), "{report}");
            for other in SINKS.into_iter().filter(|other| *other != hanging) {
                assert_eq!(
                    report.announced[&other],
                    with_its_incident(other),
                    "{other} does not wait for {hanging}: {report}"
                );
                let inner = world.inner.borrow();
                let row = &inner.tables.states[&("123456789012/us-east-1".to_owned(), "connection/dxcon-a".to_owned())];
                assert_eq!(row["announced"][other.as_str()], sequence);
            }
        }
        world.inner.borrow_mut().moods.clear();
        settle(&world, &setup, "it answers again");
    }
}

#[test]
fn a_sink_that_never_answers_does_not_keep_the_others_from_the_baseline() {
    for (hanging, other) in [(SinkName::SNS, SinkName::CHAT), (SinkName::CHAT, SinkName::SNS)] {
        let (world, setup) = begin();
        world.inner.borrow_mut().moods.insert(hanging, Mood::Hangs);
        poll(&world, &setup);
        poll(&world, &setup);
        assert_eq!(told(&world), [other], "once, and whatever {hanging} does");
        world.inner.borrow_mut().moods.clear();
        settle(&world, &setup, "it answers again");
        assert_eq!(told(&world), [other, hanging]);
    }
}

/// Every call of a port fails.
struct Broken(&'static str);

impl Policy for Broken {
    fn fate(&mut self, call: &Waiting) -> Fate {
        if call.port.starts_with(self.0) { Fate::Fail } else { Fate::Succeed }
    }
}

/// How often the item's level was published.
fn published(world: &World) -> usize {
    let inner = world.inner.borrow();
    let is_item = |entry: &&Entry| matches!(entry, Entry::Published { points, .. } if points.contains("dxcon-a"));
    inner.log.iter().filter(is_item).count()
}

#[test]
fn metrics_are_published_whatever_else_fails() {
    for broken in ["ledger.recall", "ledger", "sns", "chat", "eventbridge", "sink.baseline"] {
        let (world, setup) = begin();
        for word in ["available", "down"] {
            world.set(&connection("dxcon-a"), Some(word));
            run(&world, vec![world.poll(0, &setup)], &mut Broken(broken));
            world.pass(MINUTE);
        }
        assert_eq!(published(&world), 2, "{broken} fails");
        settle(&world, &setup, broken);
    }
}

#[test]
fn metrics_are_published_while_a_store_hangs() {
    for hanging in ["ledger.recall", "ledger.record", "ledger.progress", "ledger.pending"] {
        let (world, setup) = begin();
        poll(&world, &setup);
        world.inner.borrow_mut().latency = Box::new(move |port| if port == hanging { NEVER } else { 1 });
        world.set(&connection("dxcon-a"), Some("down"));
        let report = poll(&world, &setup);
        assert!(!report.is_success() && published(&world) == 2, "{hanging} hangs: {report}");
        world.inner.borrow_mut().latency = Box::new(|_| 1);
        settle(&world, &setup, hanging);
    }
}

#[test]
fn sinks_do_not_wait_for_metrics() {
    let (world, setup) = begin();
    poll(&world, &setup);
    world.inner.borrow_mut().latency = Box::new(|port| if port.starts_with("metrics") { NEVER } else { 1 });
    world.set(&connection("dxcon-a"), Some("down"));
    let report = poll(&world, &setup);
    assert!(!report.is_success());
    assert_eq!(report.announced, SINKS.map(|sink| (sink, with_its_incident(sink))).into());
    world.inner.borrow_mut().latency = Box::new(|_| 1);
    // The poll that could not publish is the one whose metrics hung.
    let last = world.inner.borrow().log.iter().rev().find_map(|entry| match entry {
        Entry::Sight { poll, .. } => Some(*poll),
        _ => None,
    });
    world.inner.borrow_mut().excused_metrics.extend(last);
    settle(&world, &setup, "metrics answer again");
}

/// Every so many-th call of a port fails.
struct Often {
    port: &'static str,
    every: usize,
    calls: usize,
}

impl Policy for Often {
    fn fate(&mut self, call: &Waiting) -> Fate {
        self.calls += usize::from(call.port == self.port);
        if call.port == self.port && self.calls.is_multiple_of(self.every) { Fate::Fail } else { Fate::Succeed }
    }
}

#[test]
fn a_sink_is_left_alone_after_many_refusals_in_a_row_and_not_after_as_many_in_all() {
    let items: Vec<_> = (0..100).map(|number| connection(&format!("dxcon-{number:02}"))).collect();
    for (every, tried) in [(1, 20..=36), (2, 100..=100)] {
        let (world, setup) = (World::new(), Setup::new(&[SinkName::SNS], &[Kind::Connection]));
        for word in ["available", "down"] {
            items.iter().for_each(|item| world.set(item, Some(word)));
            let mut policy = Often { port: "sns.announce", every, calls: 0 };
            run(&world, vec![world.poll(0, &setup)], &mut policy);
            world.pass(MINUTE);
            assert!(word == "available" || tried.contains(&policy.calls), "{} calls", policy.calls);
        }
        settle(&world, &setup, "it takes everything again");
    }
}
