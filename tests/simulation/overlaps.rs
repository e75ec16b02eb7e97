//! Exhaustive: two polls that overlap, in every order in which their port calls can follow each other.
//!
//! A poll's own calls keep the order in which they were made, and calls to CloudWatch, whose effects no poll reads, go
//! at once. Two orders that lead to the same tables, the same acceptances and the same answers to each poll have the
//! same future: only the first of them is followed.

use std::{
    collections::{BTreeMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
};

use aws_dx_monitor::domain::{Kind, SinkName};

use super::{
    crashes::settle,
    executor::{Clean, Fate, Policy, Waiting, run},
    random::Random,
    seeded::is_long,
    world::{Inner, MINUTE, Mood, Setup, Turn, World, connection, region},
};

const SINKS: [SinkName; 2] = [SinkName::SNS, SinkName::EVENTBRIDGE];

/// How many orders of each pair of polls a quick run follows; a long one follows all.
const QUICK_ORDERS: usize = 40;

/// Follows `prefix`, then goes straight on, and notes where it could have turned.
struct Explorer<'a> {
    prefix: Vec<usize>,
    taken: Vec<usize>,
    turns: Vec<Vec<usize>>,
    visited: &'a mut HashSet<u64>,
    /// From here on everything is known.
    known: bool,
}

impl Policy for Explorer<'_> {
    fn choose(&mut self, inner: &Inner) -> usize {
        let mut first: BTreeMap<usize, (u64, usize)> = BTreeMap::new();
        for (place, call) in inner.waiting.iter().enumerate().filter(|(_, call)| !call.is_timer) {
            if call.port.starts_with("metrics") {
                return place;
            }
            let oldest = first.entry(call.poll).or_insert((call.id, place));
            *oldest = (*oldest).min((call.id, place));
        }
        let options: Vec<usize> = first.into_values().map(|(_, place)| place).collect();
        if options.len() < 2 || self.known {
            return options[0];
        }
        let depth = self.taken.len();
        let option = match self.prefix.get(depth) {
            Some(option) => *option,
            None => {
                if !self.visited.insert(signature(inner)) {
                    self.known = true;
                    return options[0];
                }
                let mut turn = self.taken.clone();
                turn.push(1);
                self.turns.push(turn);
                0
            }
        };
        self.taken.push(option);
        options[option]
    }

    fn fate(&mut self, _: &Waiting) -> Fate {
        if self.known { Fate::DieBefore } else { Fate::Succeed }
    }
}

/// What the future depends on.
fn signature(inner: &Inner) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (key, row) in inner.tables.states.iter().chain(&inner.tables.history) {
        (key, serde_json::to_string(row).unwrap_or_default()).hash(&mut hasher);
    }
    for call in &inner.waiting {
        (call.poll, call.port, &call.detail).hash(&mut hasher);
    }
    (&inner.auditor.accepted, &inner.answers, inner.script.len()).hash(&mut hasher);
    hasher.finish()
}

struct Story {
    /// Polls that go before, one by one.
    before: fn(&Rc<World>, &Setup),
    /// What the first and the second observation show.
    sights: [Vec<Turn>; 2],
}

/// Plays every order of two polls whose clocks differ by `skew`; says how many orders had to be followed.
fn every_order(story: &Story, skew: i64, page: usize) -> usize {
    let setup = Setup::new(&SINKS, &[Kind::Connection]);
    let mut visited = HashSet::new();
    let mut prefixes = vec![Vec::new()];
    let mut orders = 0;
    let begun = World::new();
    (story.before)(&begun, &setup);
    let mut random = Random::new(1);
    while !prefixes.is_empty() && (is_long() || orders < QUICK_ORDERS) {
        // A quick run takes its samples from everywhere.
        let prefix = prefixes.swap_remove(usize::try_from(random.within(0, prefixes.len() as i64)).unwrap_or(0));
        let world = begun.branch();
        {
            let mut inner = world.inner.borrow_mut();
            inner.meet("polls overlap");
            inner.script = story.sights.to_vec();
            inner.skews.insert(2, skew);
            inner.answers = Some(BTreeMap::new());
            inner.latency = Box::new(|_| 0);
            inner.page = page;
        }
        let mut explorer =
            Explorer { prefix, taken: Vec::new(), turns: Vec::new(), visited: &mut visited, known: false };
        run(&world, vec![world.poll(1, &setup), world.poll(2, &setup)], &mut explorer);
        orders += 1;
        if !explorer.known {
            let what = format!("order {:?} with a clock {skew} ms off", explorer.taken);
            world.pass(MINUTE);
            settle(&world, &setup, &what);
        }
        prefixes.extend(explorer.turns);
    }
    println!("{orders} orders followed, {} states", visited.len());
    orders
}

fn every_order_of(story: &Story) {
    for skew in [0, 30_000, -30_000] {
        let orders = every_order(story, skew, 1000);
        assert!(orders >= QUICK_ORDERS, "{orders} orders are hardly an overlap");
    }
}

fn see(id: &str, word: Option<&'static str>) -> Turn {
    (region(), connection(id), word)
}

fn baseline(world: &Rc<World>, setup: &Setup) {
    world.set(&connection("dxcon-a"), Some("available"));
    world.set(&connection("dxcon-b"), Some("available"));
    clean(world, setup);
}

fn clean(world: &Rc<World>, setup: &Setup) {
    run(world, vec![world.poll(0, setup)], &mut Clean);
    world.pass(MINUTE);
}

#[test]
fn two_polls_that_see_the_same_outage() {
    every_order_of(&Story { before: baseline, sights: [vec![see("dxcon-a", Some("down"))], vec![]] });
}

#[test]
fn two_polls_with_a_recovery_in_between() {
    let sights = [vec![see("dxcon-a", Some("down"))], vec![see("dxcon-a", Some("available"))]];
    every_order_of(&Story { before: baseline, sights });
}

#[test]
fn two_polls_with_a_second_outage_in_between() {
    let sights = [vec![see("dxcon-a", Some("down"))], vec![see("dxcon-a", Some("rejected")), see("dxcon-b", None)]];
    every_order_of(&Story { before: baseline, sights });
}

#[test]
fn two_polls_that_both_make_the_baseline() {
    let sights = [
        vec![see("dxcon-a", Some("available"))],
        vec![see("dxcon-a", Some("down")), see("dxcon-b", Some("available"))],
    ];
    every_order_of(&Story { before: |_, _| {}, sights });
}

#[test]
fn two_polls_that_might_both_confirm_an_absence() {
    let before = |world: &Rc<World>, setup: &Setup| {
        baseline(world, setup);
        world.set(&connection("dxcon-a"), None);
        world.set(&connection("dxcon-b"), Some("unknown"));
        clean(world, setup);
        clean(world, setup);
    };
    every_order_of(&Story { before, sights: [vec![], vec![see("dxcon-a", Some("available"))]] });
    every_order_of(&Story { before, sights: [vec![see("dxcon-a", Some("available"))], vec![see("dxcon-a", None)]] });
}

#[test]
fn two_polls_after_unmonitored_time() {
    let before = |world: &Rc<World>, setup: &Setup| {
        baseline(world, setup);
        world.pass(60 * MINUTE);
    };
    every_order_of(&Story { before, sights: [vec![see("dxcon-a", Some("down"))], vec![]] });
}

#[test]
fn two_polls_that_drain_the_same_backlog_page_by_page() {
    let before = |world: &Rc<World>, setup: &Setup| {
        baseline(world, setup);
        world.inner.borrow_mut().moods.insert(SinkName::SNS, Mood::Down);
        for word in ["down", "available"] {
            world.set(&connection("dxcon-a"), Some(word));
            clean(world, setup);
        }
        world.inner.borrow_mut().moods.clear();
    };
    let story = Story { before, sights: [vec![], vec![see("dxcon-a", Some("down"))]] };
    for page in [1, 2, 1000] {
        assert!(every_order(&story, 0, page) >= QUICK_ORDERS);
    }
}
