//! An outage of many items: cables are announced before the rest is recorded, and cursors are moved in few writes.

use std::{collections::BTreeSet, rc::Rc, time::Duration};

use aws_dx_monitor::{
    domain::{ItemKey, Kind, SinkName},
    monitor::PollReport,
};

use super::{
    crashes::settle_down,
    executor::poll,
    ports::{CHAT, EVENTBRIDGE, SNS},
    world::{Entry, Setup, World, connection},
};

const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
const INTERFACES: usize = 200;

fn interface(number: usize) -> ItemKey {
    ItemKey::new(Kind::VirtualInterface, format!("dxvif-{number}"))
}

/// A cable among many interfaces, at latencies as in AWS; and what a poll comes to when all of it goes down.
fn all_go_down() -> (Rc<World>, Setup, PollReport) {
    let (world, mut setup) = (World::new(), Setup::new(&SINKS, &[Kind::VirtualInterface, Kind::Connection]));
    setup.spacing = Duration::from_millis(125);
    let turn = |word| {
        (0..INTERFACES).for_each(|number| world.set(&interface(number), Some(word)));
        world.set(&connection("dxcon-a"), Some(word));
    };
    turn("available");
    poll(&world, &setup);
    world.inner.borrow_mut().trace.clear();
    world.inner.borrow_mut().latency = Box::new(|port| match port {
        "direct-connect.observe" => 1_500,
        SNS => 40,
        CHAT => 30,
        EVENTBRIDGE => 20,
        _ => 10,
    });
    turn("down");
    let report = poll(&world, &setup);
    (world, setup, report)
}

/// The places of a port's calls in what happened.
fn places(world: &World, port: &str) -> Vec<usize> {
    let inner = world.inner.borrow();
    inner.trace.iter().enumerate().filter(|(_, step)| step.port == port).map(|(place, _)| place).collect()
}

#[test]
fn the_cable_is_announced_first_and_while_the_rest_is_recorded() {
    let (world, setup, report) = all_go_down();
    assert_eq!((report.transitions, report.pending), (201, 0));
    let records = places(&world, "ledger.record");
    {
        let inner = world.inner.borrow();
        assert!(inner.trace[records[0]].detail.contains("dxcon-a"), "{}", inner.trace[records[0]]);
        for sink in [SNS, CHAT, EVENTBRIDGE] {
            let first = inner.trace.iter().find(|step| step.port == sink).unwrap();
            assert!(first.detail.contains("dxcon-a"), "{first}");
        }
    }
    for sink in [SNS, CHAT, EVENTBRIDGE] {
        assert!(
            places(&world, sink)[0] < records[150],
            "{sink} does not wait for the last of {} records",
            records.len()
        );
    }
    // Ten in a batch: 201 transitions, and as many incidents, since nothing says here what runs over the cable.
    assert!(places(&world, EVENTBRIDGE).len() < 60, "batches are full while much is recorded");
    // A record, a read, and the sink's own time.
    assert_eq!(report.first_message_delay, Some(Duration::from_millis(10 + 10 + 30)));
    settle_down(&world, &setup, "all is announced");
}

#[test]
fn what_is_folded_early_is_known_to_the_rest_of_the_fold() {
    let (world, setup, _) = all_go_down();
    {
        let inner = world.inner.borrow();
        assert!(places(&world, "ledger.fold").len() > 1 && !inner.met.contains_key("a condition refuses a write"));
        let folded = inner.log.iter().filter_map(|entry| match entry {
            Entry::Folded { members, .. } => Some(members),
            _ => None,
        });
        let folded: Vec<&(String, u64)> = folded.flatten().collect();
        let different: BTreeSet<&(String, u64)> = folded.iter().copied().collect();
        assert_eq!((folded.len(), different.len()), (INTERFACES + 1, INTERFACES + 1), "each once");
    }
    settle_down(&world, &setup, "all is folded");
}

#[test]
fn sinks_that_are_through_at_the_same_time_are_acknowledged_in_one_write() {
    let (world, setup, _) = all_go_down();
    world.inner.borrow_mut().trace.clear();
    world.set(&connection("dxcon-a"), Some("available"));
    poll(&world, &setup);
    let inner = world.inner.borrow();
    let is_of_cable = |place: &usize| inner.trace[*place].detail.starts_with("connection/dxcon-a ");
    let acknowledged: Vec<usize> = places(&world, "ledger.acknowledge").into_iter().filter(is_of_cable).collect();
    let [only] = acknowledged[..] else { panic!("{} writes", acknowledged.len()) };
    let row = &inner.tables.states[&("123456789012/us-east-1".to_owned(), "connection/dxcon-a".to_owned())];
    for sink in SINKS {
        assert!(inner.trace[only].detail.contains(sink.as_str()), "{}", inner.trace[only]);
        assert_eq!(row["announced"][sink.as_str()], 3);
    }
}

#[test]
fn a_poll_without_a_message_has_no_first_one() {
    let (world, setup, _) = all_go_down();
    assert_eq!(poll(&world, &setup).first_message_delay, None);
}
