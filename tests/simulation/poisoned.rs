//! Events that a sink refuses: the short form, parking, and what is held until an operator fixes the sink.

use std::rc::Rc;

use aws_dx_monitor::domain::{Kind, SinkName};

use super::{
    auditor::history_of,
    crashes::settle,
    executor::poll,
    ports::with_its_incident,
    world::{MINUTE, Mood, Poison, Setup, World, connection},
};

const ITEM: &str = "123456789012/us-east-1/connection/dxcon-a";
const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];

/// A world with a baseline and two items.
fn begin() -> (Rc<World>, Setup) {
    let (world, setup) = (World::new(), Setup::new(&SINKS, &[Kind::Connection]));
    world.set(&connection("dxcon-a"), Some("available"));
    world.set(&connection("dxcon-b"), Some("available"));
    assert!(poll(&world, &setup).is_success());
    (world, setup)
}

fn poison(world: &World, sink: SinkName, poison: Poison) {
    world.inner.borrow_mut().poisoned.insert((sink, "dxcon-a".to_owned(), 2), poison);
}

fn has(world: &World, sink: SinkName, sequence: u64) -> bool {
    let auditor = &world.inner.borrow().auditor;
    auditor.accepted.contains(&(auditor.life(ITEM), sink.as_str().to_owned(), sequence))
}

#[test]
fn an_event_that_is_too_large_is_announced_in_short() {
    for sink in SINKS {
        let (world, setup) = begin();
        poison(&world, sink, Poison::Full);
        world.set(&connection("dxcon-a"), Some("down"));
        let report = poll(&world, &setup);
        assert!(report.is_success(), "{report}");
        assert_eq!((report.announced[&sink], report.parked, report.pending), (with_its_incident(sink), 0, 0));
        assert!(has(&world, sink, 2));
        settle(&world, &setup, "short form");
        assert_eq!(world.inner.borrow().auditor.repeats, 0);
    }
}

#[test]
fn an_event_that_no_form_helps_is_parked_and_does_not_block_its_item() {
    for sink in SINKS {
        let (world, setup) = begin();
        poison(&world, sink, Poison::Both);
        world.set(&connection("dxcon-a"), Some("down"));
        world.set(&connection("dxcon-b"), Some("down"));
        let report = poll(&world, &setup);
        // All but the one transition.
        let announced = 2 * with_its_incident(sink) - 1;
        assert_eq!((report.announced[&sink], report.parked, report.pending), (announced, 1, 0), "{report}");
        {
            let inner = world.inner.borrow();
            let (_, row) = history_of(&inner.tables, ITEM, 2).expect("a history row");
            let reason = row["parked"][sink.as_str()].as_str().unwrap_or_default();
            assert!(reason.contains("too large") && reason.contains("malformed"), "{reason}");
            assert_eq!(row["parked"].as_object().map(|marks| marks.len()), Some(1), "the other sinks took it");
        }
        world.set(&connection("dxcon-a"), Some("available"));
        assert_eq!(poll(&world, &setup).announced[&sink], with_its_incident(sink));
        assert!(!has(&world, sink, 2) && has(&world, sink, 3));
        settle(&world, &setup, "parked");
    }
}

#[test]
fn a_missing_permission_is_held_and_named_and_hurts_no_other_sink() {
    for sink in SINKS {
        let (world, setup) = begin();
        world.inner.borrow_mut().moods.insert(sink, Mood::Held);
        world.set(&connection("dxcon-a"), Some("down"));
        let report = poll(&world, &setup);
        assert_eq!((report.announced[&sink], report.parked, report.pending), (0, 0, with_its_incident(sink)));
        let failures = report.failures.iter().map(ToString::to_string).collect::<String>();
        assert!(failures.contains(sink.as_str()) && failures.contains("no permission"), "{failures}");
        world.set(&connection("dxcon-a"), Some("available"));
        assert_eq!(poll(&world, &setup).pending, 2 * with_its_incident(sink), "held, for as long as it takes");
        for other in SINKS.into_iter().filter(|other| *other != sink) {
            assert!(has(&world, other, 2) && has(&world, other, 3), "{other} does not wait for {sink}");
        }
        world.inner.borrow_mut().moods.clear();
        assert_eq!(poll(&world, &setup).announced[&sink], 2 * with_its_incident(sink));
        settle(&world, &setup, "mended");
        assert_eq!(world.inner.borrow().auditor.repeats, 0);
    }
}

#[test]
fn rows_that_waited_for_more_than_seven_days_are_parked_and_the_others_are_announced() {
    let (world, setup) = begin();
    world.inner.borrow_mut().moods.insert(SinkName::SNS, Mood::Down);
    world.set(&connection("dxcon-a"), Some("down"));
    poll(&world, &setup);
    world.pass(6 * 24 * 60 * MINUTE);
    world.set(&connection("dxcon-a"), Some("available"));
    poll(&world, &setup);
    world.pass(2 * 24 * 60 * MINUTE);
    world.inner.borrow_mut().moods.clear();
    let report = poll(&world, &setup);
    assert_eq!((report.announced[&SinkName::SNS], report.parked, report.pending), (1, 1, 0));
    let inner = world.inner.borrow();
    assert_eq!(history_of(&inner.tables, ITEM, 2).expect("a history row").1["parked"]["sns"], "expired");
    drop(inner);
    settle(&world, &setup, "expired");
}
