//! Errors that the simulation, or thinking about it, has found: each of these stories failed once.

use std::rc::Rc;

use aws_dx_monitor::{
    domain::{Event, Kind, SinkName, Timestamp},
    monitor::PollReport,
};

use super::{
    auditor::history_of,
    crashes::settle,
    executor::{Clean, run},
    rows::get,
    world::{DAY, Entry, MINUTE, Mood, Poison, Setup, World, connection},
};

const ITEM: &str = "123456789012/us-east-1/connection/dxcon-a";
const SINKS: [SinkName; 2] = [SinkName::SNS, SinkName::EVENTBRIDGE];

fn poll(world: &Rc<World>, setup: &Setup) -> PollReport {
    let report = run(world, vec![world.poll(0, setup)], &mut Clean).pop().flatten();
    world.pass(MINUTE);
    report.expect("a report")
}

fn begin() -> (Rc<World>, Setup) {
    let (world, setup) = (World::new(), Setup::new(&SINKS, &[Kind::Connection]));
    world.set(&connection("dxcon-a"), Some("available"));
    assert!(poll(&world, &setup).is_success());
    (world, setup)
}

fn event(world: &World, sequence: u64) -> Event {
    let inner = world.inner.borrow();
    let (_, row) = history_of(&inner.tables, ITEM, sequence).expect("a history row");
    get(row, "event").expect("an event")
}

/// When the observation began that first saw `dxcon-a` so.
fn began_of_sight(world: &World, word: &str) -> Timestamp {
    let inner = world.inner.borrow();
    let saw_it_so = |entry: &Entry| match entry {
        Entry::Sight { began, items, .. } => {
            items.get(&connection("dxcon-a")).is_some_and(|state| state.value() == word).then_some(*began)
        }
        _ => None,
    };
    inner.log.iter().find_map(saw_it_so).expect("a sight")
}

/// A transition is dated from its first sight, which may lie far back; it has been pending only since it was recorded.
#[test]
fn what_was_confirmed_just_now_is_not_expired() {
    let (world, setup) = begin();
    world.set(&connection("dxcon-a"), None);
    poll(&world, &setup);
    poll(&world, &setup);
    world.pass(9 * DAY);
    let report = poll(&world, &setup);
    assert_eq!((report.transitions, report.parked), (1, 0), "{report}");
    // EventBridge hears of its incident too: that the removal began, and that it is through.
    assert_eq!(report.announced, [(SinkName::EVENTBRIDGE, 1 + 2), (SinkName::SNS, 1)].into());
    settle(&world, &setup, "confirmed after a long break");
}

/// What a sink accepted before it was skipped is acknowledged, and not announced again.
#[test]
fn a_sink_that_is_left_alone_keeps_what_it_took() {
    let (world, setup) = begin();
    world.set(&connection("dxcon-b"), Some("available"));
    poll(&world, &setup);
    world.inner.borrow_mut().moods.insert(SinkName::SNS, Mood::Down);
    for word in ["down", "available", "down", "available", "down", "available"] {
        world.set(&connection("dxcon-a"), Some(word));
        poll(&world, &setup);
    }
    world.set(&connection("dxcon-b"), Some("down"));
    poll(&world, &setup);
    {
        let mut inner = world.inner.borrow_mut();
        inner.moods.clear();
        inner.poisoned.insert((SinkName::SNS, "dxcon-b".to_owned(), 2), Poison::Withheld);
    }
    poll(&world, &setup);
    world.inner.borrow_mut().poisoned.clear();
    settle(&world, &setup, "the permission is back");
    assert_eq!(world.inner.borrow().auditor.repeats, 0, "{}", world.inner.borrow().story());
}

/// The bound of a change is true also when a race was lost: what the loser saw is not in the record, so its sight is no
/// observation of the state in the record.
#[test]
fn a_lost_race_moves_no_bound() {
    let (world, setup) = begin();
    {
        let mut inner = world.inner.borrow_mut();
        let see = |word| vec![(super::world::region(), connection("dxcon-a"), Some(word))];
        inner.script = vec![see("down"), see("rejected")];
        // The second observation is a minute later than the first, by the clock of its poll.
        inner.skews.insert(2, MINUTE);
    }
    run(&world, vec![world.poll(1, &setup), world.poll(2, &setup)], &mut Clean);
    assert_eq!(event(&world, 2).state.value, "down");
    world.pass(2 * MINUTE);
    poll(&world, &setup);
    let change = event(&world, 3);
    assert_eq!(change.state.value, "rejected");
    let seen = change.previous_state.expect("a state before").last_seen_at;
    assert_eq!(seen, began_of_sight(&world, "down"), "the loser saw it rejected already");
}
