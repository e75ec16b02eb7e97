use proptest::prelude::*;

use super::*;

const SCOPES: [&str; 3] = ["us-east-1", "eu-west-1", Scope::GLOBAL];

fn scopes(regions: &[&str]) -> BTreeSet<Scope> {
    regions.iter().map(|region| Scope::regional("123456789012", *region)).collect()
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds)
}

fn asked(stored: Option<&Turn>, regions: &[&str], now: i64) -> Asked {
    Turn::asked(stored, &scopes(regions), "me", at(now))
}

fn turn(at_milliseconds: i64, has_begun: bool, regions: &[&str]) -> Turn {
    Turn {
        at: at(at_milliseconds),
        has_begun,
        is_awaited: true,
        scopes: scopes(regions),
        lasted: Duration::ZERO,
        writer: "other".to_owned(),
        revision: 7,
    }
}

#[test]
fn the_first_event_is_polled_at_once() {
    let Asked::Begin(turn) = asked(None, &["us-east-1"], 5_000) else { panic!() };
    assert_eq!((turn.at, turn.has_begun, turn.revision, turn.writer.as_str()), (at(5_000), true, 1, "me"));
    let Asked::Begin(next) = asked(Some(&turn), &["us-east-1"], 15_000) else { panic!() };
    assert_eq!((next.at, next.revision), (at(15_000), 2));
}

#[test]
fn an_event_soon_after_a_poll_waits_for_the_next_turn_and_those_behind_it_need_not() {
    let began = turn(5_000, true, &["us-east-1"]);
    let Asked::Wait(next) = asked(Some(&began), &["us-east-1"], 5_001) else { panic!() };
    assert_eq!((next.at, next.has_begun), (at(15_000), false));
    assert_eq!(asked(Some(&next), &["us-east-1"], 14_999), Asked::Covered);
    let Asked::Join(joined) = asked(Some(&next), &["eu-west-1"], 14_999) else { panic!() };
    assert_eq!((joined.at, &joined.scopes), (at(15_000), &scopes(&["eu-west-1", "us-east-1"])));
    let Asked::Begin(begun) = Turn::after_waiting(Some(&joined), at(15_000), "me", at(15_003)) else { panic!() };
    assert_eq!((begun.at, begun.has_begun, begun.scopes), (at(15_003), true, joined.scopes));
}

#[test]
fn a_turn_whose_time_has_come_is_begun_by_whoever_comes_and_only_by_one() {
    let late = turn(15_000, false, &["us-east-1"]);
    let Asked::Begin(taken) = asked(Some(&late), &["global"], 15_000) else { panic!() };
    assert_eq!(taken.scopes, scopes(&["global", "us-east-1"]), "with what others have left to it");
    assert_eq!(Turn::after_waiting(Some(&taken), at(15_000), "other", at(15_001)), Asked::Covered);
    assert_eq!(Turn::after_waiting(None, at(15_000), "other", at(15_001)), Asked::Covered);
}

#[test]
fn a_clock_that_is_far_ahead_holds_nothing_up() {
    for has_begun in [true, false] {
        let far = turn(3_600_000, has_begun, &["us-east-1"]);
        assert!(matches!(asked(Some(&far), &["us-east-1"], 5_000), Asked::Begin(_)));
    }
}

#[test]
fn after_a_long_poll_the_next_is_later_by_as_much() {
    let began = |seconds| Turn { lasted: Duration::from_secs(seconds), ..turn(0, true, &["us-east-1"]) };
    let Asked::Wait(next) = asked(Some(&began(4)), &["us-east-1"], 5_000) else { panic!() };
    assert_eq!((next.at, next.lasted), (at(14_000), Duration::from_secs(4)));
    assert!(matches!(asked(Some(&began(4)), &["us-east-1"], 14_000), Asked::Begin(_)));
    // A damaged number holds nothing up for good.
    assert!(matches!(asked(Some(&began(u64::MAX)), &["us-east-1"], 70_000), Asked::Begin(_)));
}

#[test]
fn a_turn_that_is_far_off_is_waited_for_by_a_later_event_and_its_place_is_free_until_then() {
    let began = Turn { lasted: Duration::from_secs(30), ..turn(0, true, &["us-east-1"]) };
    let Asked::Join(left) = asked(Some(&began), &["us-east-1"], 1_000) else { panic!() };
    assert_eq!((left.at, left.has_begun, left.is_awaited), (at(40_000), false, false));
    assert_eq!(asked(Some(&left), &["us-east-1"], 2_000), Asked::Covered);
    let Asked::Join(joined) = asked(Some(&left), &["global"], 2_000) else { panic!() };
    assert!(!joined.is_awaited);
    let Asked::Wait(awaited) = asked(Some(&joined), &["us-east-1"], 20_000) else { panic!() };
    assert_eq!((awaited.at, &awaited.scopes), (at(40_000), &scopes(&["global", "us-east-1"])));
    assert_eq!(asked(Some(&awaited), &["us-east-1"], 21_000), Asked::Covered, "one waits, and no more");
    let Asked::Join(joined) = asked(Some(&awaited), &["eu-west-1"], 21_000) else { panic!() };
    assert!(joined.is_awaited, "whoever joins leaves it to the one that waits");
}

/// An invocation on its way: what it wants, and how far it is.
#[derive(Clone, Debug)]
struct Invocation {
    arrived: i64,
    wants: BTreeSet<Scope>,
    /// The row as it was read, until it is decided on.
    read: Option<Option<Turn>>,
    /// The turn that it waits for.
    waits: Option<Timestamp>,
    is_done: bool,
}

/// Events, and the row that they share. Each step of each invocation, its read and its conditional write, may come at any
/// time after the one before.
#[derive(Default)]
struct World {
    now: i64,
    row: Option<Turn>,
    invocations: Vec<Invocation>,
    polls: Vec<(i64, BTreeSet<Scope>)>,
}

impl World {
    fn arrive(&mut self, region: usize) {
        let wants = scopes(&SCOPES[region..=region]);
        let arrived = self.now;
        self.invocations.push(Invocation { arrived, wants, read: None, waits: None, is_done: false });
    }

    /// Whether the invocation can do anything now.
    fn can_step(&self, index: usize) -> bool {
        let invocation = &self.invocations[index];
        !invocation.is_done && invocation.waits.is_none_or(|turn| turn <= at(self.now))
    }

    fn step(&mut self, index: usize) {
        let now = at(self.now);
        let writer = index.to_string();
        let invocation = &mut self.invocations[index];
        let Some(read) = invocation.read.take() else {
            invocation.read = Some(self.row.clone());
            return;
        };
        let asked = match invocation.waits {
            Some(turn) => Turn::after_waiting(read.as_ref(), turn, &writer, now),
            None => Turn::asked(read.as_ref(), &invocation.wants, &writer, now),
        };
        let (Asked::Join(turn) | Asked::Wait(turn) | Asked::Begin(turn)) = asked.clone() else {
            invocation.is_done = true;
            return;
        };
        if self.row.as_ref().map(|row| row.revision) != read.map(|row| row.revision) {
            return; // Refused: it reads again.
        }
        self.row = Some(turn.clone());
        match asked {
            Asked::Wait(turn) => invocation.waits = Some(turn.at),
            Asked::Begin(turn) => {
                self.polls.push((self.now, turn.scopes));
                invocation.is_done = true;
            }
            Asked::Join(_) | Asked::Covered => invocation.is_done = true,
        }
    }

    /// Everybody who can do something does it, in the order that `choices` say, until all have left.
    fn finish(&mut self, choices: &mut impl Iterator<Item = usize>) {
        loop {
            let ready: Vec<usize> = (0..self.invocations.len()).filter(|index| self.can_step(*index)).collect();
            let waiting = self.invocations.iter().filter(|invocation| !invocation.is_done);
            match (ready.is_empty(), waiting.filter_map(|invocation| invocation.waits).min()) {
                (false, _) => self.step(ready[choices.next().unwrap_or(0) % ready.len()]),
                (true, Some(next)) => self.now = next.milliseconds(),
                (true, None) => return,
            }
        }
    }

    fn check(&self) {
        for pair in self.polls.windows(2) {
            assert!(pair[1].0 - pair[0].0 >= 10_000, "{:?}", self.polls);
        }
        for Invocation { arrived, wants, .. } in &self.invocations {
            let follows = |(began, scopes): &(i64, BTreeSet<Scope>)| {
                (*arrived..=arrived + 10_000).contains(began) && scopes.is_superset(wants)
            };
            assert!(self.polls.iter().any(follows), "{arrived} {wants:?} {:?}", self.polls);
        }
    }
}

proptest! {
    /// Never more than one poll in ten seconds, and each event is followed by one of its scopes within ten seconds, in
    /// whatever order the invocations read and write. No time passes between their steps but what they wait for.
    #[test]
    fn every_event_is_followed_by_one_of_few_polls(
        events in prop::collection::vec((0_i64..4_000, 0_usize..3, 0_usize..6), 1..40),
        choices in prop::collection::vec(any::<usize>(), 400),
    ) {
        let mut world = World::default();
        let mut choices = choices.into_iter();
        for (after, region, steps) in events {
            // Those who can do something do so before time goes on: only their order is open.
            if after > 0 {
                let until = world.now + after;
                advance(&mut world, until, &mut choices);
            }
            world.arrive(region);
            for _ in 0..steps {
                let ready: Vec<usize> = (0..world.invocations.len()).filter(|index| world.can_step(*index)).collect();
                if let Some(choice) = choices.next().filter(|_| !ready.is_empty()) {
                    world.step(ready[choice % ready.len()]);
                }
            }
        }
        world.finish(&mut choices);
        world.check();
    }
}

/// Lets time go on until `until`, with all that happens before.
fn advance(world: &mut World, until: i64, choices: &mut impl Iterator<Item = usize>) {
    loop {
        let ready: Vec<usize> = (0..world.invocations.len()).filter(|index| world.can_step(*index)).collect();
        if let Some(index) = ready.get(choices.next().unwrap_or(0) % ready.len().max(1)) {
            world.step(*index);
            continue;
        }
        let waiting = world.invocations.iter().filter(|invocation| !invocation.is_done);
        match waiting.filter_map(|invocation| invocation.waits).min() {
            Some(next) if next.milliseconds() <= until => world.now = next.milliseconds(),
            _ => break,
        }
    }
    world.now = until;
}

#[test]
fn a_storm_starts_six_polls_in_its_minute() {
    let mut world = World::default();
    let mut choices = std::iter::repeat(0);
    for number in 0..1_000 {
        advance(&mut world, number * 60, &mut choices);
        world.arrive(usize::try_from(number).unwrap() % 3);
    }
    world.finish(&mut choices);
    world.check();
    assert_eq!(world.polls.iter().filter(|(began, _)| *began < 60_000).count(), 6);
}

#[test]
fn a_turn_that_nobody_begins_is_taken_over_by_the_next_event() {
    let mut world = World::default();
    let mut choices = std::iter::repeat(0);
    world.arrive(0);
    advance(&mut world, 1_000, &mut choices);
    world.arrive(1);
    advance(&mut world, 2_000, &mut choices);
    world.invocations[1].is_done = true; // It dies while it waits.
    advance(&mut world, 12_000, &mut choices);
    world.arrive(2);
    world.finish(&mut choices);
    assert_eq!(world.polls.len(), 2);
    assert_eq!(world.polls[1], (12_000, scopes(&["eu-west-1", Scope::GLOBAL])));
}
