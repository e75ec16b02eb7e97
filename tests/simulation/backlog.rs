//! Bounded work: after a long outage of a sink, ten thousand announcements go out over several polls, each within the time
//! of an invocation at latencies as in AWS: what has just happened first, then what has waited longest.

use std::rc::Rc;

use aws_dx_monitor::{
    domain::{Kind, SinkName},
    monitor::PollReport,
};

use super::{
    crashes::settle_down,
    executor::{Clean, run},
    world::{MINUTE, Mood, Setup, World, connection},
};

const ITEMS: usize = 500;
const TRANSITIONS: usize = 20;
/// The function's time, of which a poll leaves two seconds.
const DEADLINE: i64 = 50_000;

/// How long a call takes, in milliseconds; to a topic, as long as one takes that comes back after an outage.
fn latency(port: &str) -> i64 {
    match port {
        "direct-connect.observe" => 1_500,
        "sns.announce" => 150,
        "metrics.publish" | "metrics.own" => 50,
        _ => 12,
    }
}

fn poll(world: &Rc<World>, setup: &Setup) -> PollReport {
    let report = run(world, vec![world.poll(0, setup)], &mut Clean).pop().flatten();
    world.pass(MINUTE);
    report.expect("a report")
}

fn id(item: usize) -> String {
    format!("dxcon-{item:04}")
}

fn set_all(world: &World, word: &'static str, which: impl Fn(usize) -> bool) {
    for item in (0..ITEMS).filter(|item| which(*item)) {
        world.set(&connection(&id(item)), Some(word));
    }
}

#[test]
fn ten_thousand_held_transitions_drain_over_several_polls() {
    let (world, mut setup) = (World::new(), Setup::new(&[SinkName::SNS], &[Kind::Connection]));
    set_all(&world, "available", |_| true);
    poll(&world, &setup);
    world.inner.borrow_mut().moods.insert(SinkName::SNS, Mood::Down);
    for step in 0..TRANSITIONS {
        let word = if step % 2 == 0 { "down" } else { "available" };
        if step + 1 < TRANSITIONS {
            set_all(&world, word, |_| true);
        } else {
            // Items with odd numbers make their last step a poll earlier: theirs has waited longer.
            set_all(&world, word, |item| item % 2 == 1);
            poll(&world, &setup);
            set_all(&world, word, |item| item % 2 == 0);
        }
        poll(&world, &setup);
    }

    world.inner.borrow_mut().moods.clear();
    world.inner.borrow_mut().latency = Box::new(latency);
    setup.deadline = Some(DEADLINE);
    let news = ITEMS - 2;
    world.set(&connection(&id(news)), Some("down"));
    let (mut polls, mut taken) = (0, 0);
    loop {
        let began = world.inner.borrow().now;
        let report = poll(&world, &setup);
        let took = world.inner.borrow().now - MINUTE - began;
        assert!(took <= DEADLINE, "poll {polls} took {took} ms");
        let accepted = world.inner.borrow().auditor.accepted.len();
        assert!(accepted > taken, "poll {polls} moved nothing");
        taken = accepted;
        polls += 1;
        if polls == 1 {
            let inner = world.inner.borrow();
            let order = &inner.auditor.order;
            let of_news = order.iter().filter(|(_, item, _)| *item == id(news)).map(|(_, _, sequence)| *sequence);
            assert_eq!(of_news.collect::<Vec<_>>(), (2..=22).collect::<Vec<_>>(), "its own backlog, then the news");
            assert_eq!(order[0].1, id(news), "news come first");
            let next = order.iter().filter(|(_, item, _)| *item != id(news)).take(1000);
            let is_odd = |item: &str| item.ends_with(['1', '3', '5', '7', '9']);
            assert!(next.into_iter().all(|(_, item, _)| is_odd(item)), "then those that have waited longest");
        }
        if report.pending == 0 {
            break;
        }
        assert!(polls < 20, "it never ends");
    }
    assert!(polls > 1, "{polls} polls: too easy");
    let repeats = world.inner.borrow().auditor.repeats;
    // A poll that is cut short has not acknowledged the last announcements of its sixteen items under way.
    assert!(repeats <= 16 * 21 * polls, "{repeats} repeats in {polls} polls");
    settle_down(&world, &setup, "drained");
}
