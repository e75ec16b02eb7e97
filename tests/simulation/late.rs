//! What is recorded late: dated before an incident ended, and folded after it.

use std::rc::Rc;

use aws_dx_monitor::domain::{Kind, SinkName};

use super::{
    crashes::settle,
    executor::{Clean, Fate, Policy, Waiting, run},
    world::{Inner, MINUTE, Setup, World, connection, region},
};

/// The first listing that is read lacks a page.
struct Torn;

impl Policy for Torn {
    fn fate(&mut self, call: &Waiting) -> Fate {
        if call.port == "direct-connect.observe" { Fate::Partial } else { Fate::Succeed }
    }
}

/// One poll observes first, then waits until the other is through.
struct OneWaits {
    waits: usize,
    has_observed: bool,
}

impl Policy for OneWaits {
    fn choose(&mut self, inner: &Inner) -> usize {
        let is_its = |call: &Waiting| call.poll == self.waits;
        let wanted = inner.waiting.iter().position(|call| is_its(call) != self.has_observed);
        let place = wanted.unwrap_or(0);
        let call = &inner.waiting[place];
        self.has_observed |= is_its(call) && call.port == "direct-connect.observe";
        place
    }
}

fn poll(world: &Rc<World>, setup: &Setup, policy: &mut dyn Policy) {
    run(world, vec![world.poll(0, setup)], policy);
    world.pass(MINUTE);
}

/// It is up when one poll ends the incident, by its own clock, since a gap had kept it open; and another has seen it down
/// again a moment before. That belongs to the incident, and is no reason to leave it closed.
#[test]
fn what_is_down_again_before_its_incident_ended_is_in_an_open_one() {
    let (world, setup) = (World::new(), Setup::new(&[SinkName::SNS, SinkName::EVENTBRIDGE], &[Kind::Connection]));
    world.inner.borrow_mut().latency = Box::new(|_| 20);
    world.set(&connection("dxcon-a"), Some("available"));
    world.set(&connection("dxcon-b"), Some("available"));
    poll(&world, &setup, &mut Clean);
    world.set(&connection("dxcon-a"), Some("down"));
    poll(&world, &setup, &mut Clean);
    world.set(&connection("dxcon-a"), Some("available"));
    poll(&world, &setup, &mut Torn);
    let see = |word| vec![(region(), connection("dxcon-a"), Some(word))];
    world.inner.borrow_mut().script = vec![see("down"), see("available")];
    let polls = vec![world.poll(0, &setup), world.poll(1, &setup)];
    let waits = polls[0].poll;
    run(&world, polls, &mut OneWaits { waits, has_observed: false });
    world.set(&connection("dxcon-a"), Some("down"));
    world.pass(MINUTE);
    settle(&world, &setup, "down again before the end");
    let inner = world.inner.borrow();
    let reasons: Vec<&str> = inner
        .tables
        .history
        .iter()
        .filter(|((item, _), _)| item.contains("/incident/"))
        .map(|(_, row)| row["event"]["reason"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(reasons, ["opened", "resolved", "reopened"]);
}
