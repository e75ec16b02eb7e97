//! Exhaustive: three transitions, and a process that fails or dies at any call, before the call took effect or after it,
//! and again at any call of the poll that resumes.

use std::rc::Rc;

use aws_dx_monitor::domain::{Kind, SinkName};

use super::{
    executor::{Clean, Fate, Policy, Waiting, run},
    invariants::{self, is_quiet},
    seeded::is_long,
    world::{Entry, MINUTE, Setup, World, connection},
};

const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
pub const FATES: [Fate; 5] = [Fate::DieBefore, Fate::DieAfter, Fate::Fail, Fate::LoseAnswer, Fate::Partial];
const DEATHS: [Fate; 2] = [Fate::DieBefore, Fate::DieAfter];

/// Disturbs the calls of these places, counted over all polls.
pub struct At {
    pub calls: usize,
    pub places: Vec<(usize, Fate)>,
}

impl Policy for At {
    fn fate(&mut self, _: &Waiting) -> Fate {
        self.calls += 1;
        let found = self.places.iter().find(|(place, _)| *place == self.calls);
        found.map_or(Fate::Succeed, |(_, fate)| *fate)
    }
}

/// What happens before each poll.
type Act = fn(&World);

fn baseline(world: &World) {
    world.set(&connection("dxcon-a"), Some("available"));
    world.set(&connection("dxcon-b"), Some("available"));
}

const THREE_TRANSITIONS: [Act; 2] = [
    |world| world.set(&connection("dxcon-a"), Some("down")),
    |world| {
        world.set(&connection("dxcon-a"), Some("available"));
        world.set(&connection("dxcon-b"), Some("down"));
    },
];

/// An item goes missing for three polls, another one says nothing for as long, and both come back.
const UNCERTAIN: [Act; 4] = [
    |world| {
        world.set(&connection("dxcon-a"), None);
        world.set(&connection("dxcon-b"), Some("unknown"));
    },
    |_| {},
    |_| {},
    baseline,
];

/// Plays `acts` a minute apart, disturbed at `places`, then undisturbed polls; says how many calls the disturbed part
/// made, and whether the last of them were quiet.
fn play(before: usize, acts: &[Act], places: &[(usize, Fate)]) -> usize {
    let world = World::new();
    // Pages of two rows: what one poll reads is not of one instant.
    world.inner.borrow_mut().page = 2;
    let setup = Setup::new(&SINKS, &[Kind::Connection]);
    let mut policy = At { calls: 0, places: places.to_vec() };
    for (number, act) in acts.iter().enumerate() {
        act(&world);
        let poll = vec![world.poll(0, &setup)];
        if number < before {
            run(&world, poll, &mut Clean)
        } else {
            run(&world, poll, &mut policy)
        };
        world.pass(MINUTE);
    }
    settle(&world, &setup, &format!("disturbed at {places:?}"));
    policy.calls
}

/// Polls that nothing disturbs, after which everything must be well, and everybody know what is watched.
pub fn settle(world: &Rc<World>, setup: &Setup, what: &str) {
    settle_down(world, setup, what);
    let inner = world.inner.borrow();
    for sink in setup.sinks.iter().filter(|sink| **sink != SinkName::EVENTBRIDGE) {
        let told = inner.log.iter().any(|entry| matches!(entry, Entry::BaselineTold { sink: told } if told == sink));
        assert!(told, "{what}: {sink} never announced the baseline\n{}", inner.story());
    }
}

/// Polls that nothing disturbs, after which everything must be well.
pub fn settle_down(world: &Rc<World>, setup: &Setup, what: &str) {
    let mut quiet = 0;
    let mut last = String::new();
    for _ in 0..8 {
        let report = run(world, vec![world.poll(0, setup)], &mut Clean).pop().flatten();
        last = report.as_ref().map(ToString::to_string).unwrap_or_default();
        quiet = if report.as_ref().is_some_and(is_quiet) { quiet + 1 } else { 0 };
        world.pass(MINUTE);
        if quiet == 2 {
            break;
        }
    }
    let verdict = invariants::check(world, setup);
    assert!(
        quiet == 2 && verdict.is_ok(),
        "{what}: {quiet} quiet polls, the last: {last}: {}",
        verdict.err().unwrap_or_default()
    );
}

fn everywhere_once(before: usize, acts: &[Act]) -> usize {
    let calls = play(before, acts, &[]);
    for place in 1..=calls {
        for fate in FATES {
            play(before, acts, &[(place, fate)]);
        }
    }
    calls
}

fn with_baseline(acts: &[Act]) -> Vec<Act> {
    std::iter::once(baseline as Act).chain(acts.iter().copied()).collect()
}

#[test]
fn any_one_call_of_three_transitions_may_fail() {
    let calls = everywhere_once(1, &with_baseline(&THREE_TRANSITIONS));
    assert!(calls > 25, "{calls} calls are hardly three transitions");
}

#[test]
fn any_one_call_of_a_baseline_may_fail() {
    everywhere_once(0, &[baseline, |_| {}]);
}

#[test]
fn any_one_call_of_uncertain_sights_may_fail() {
    everywhere_once(1, &with_baseline(&UNCERTAIN));
}

#[test]
fn any_one_call_after_unmonitored_time_may_fail() {
    everywhere_once(
        1,
        &with_baseline(&[|world| {
            world.pass(60 * MINUTE);
            world.set(&connection("dxcon-a"), Some("down"));
        }]),
    );
}

/// Dies at every call, before and after it, and again at every call that follows, until the last poll has ended. A quick
/// run plays one of some of these worlds, a long one all; says how many there are.
fn everywhere_twice(before: usize, acts: &[Act]) -> usize {
    let step = if is_long() { 1 } else { 23 };
    let mut worlds = 0;
    for (first, death) in (1..=play(before, acts, &[])).flat_map(|first| DEATHS.map(|death| (first, death))) {
        let calls = play(before, acts, &[(first, death)]);
        for (second, again) in (first + 1..=calls).flat_map(|second| DEATHS.map(|again| (second, again))) {
            worlds += 1;
            if worlds % step == 0 {
                play(before, acts, &[(first, death), (second, again)]);
            }
        }
    }
    println!("{} of {worlds} worlds", worlds / step);
    worlds
}

/// Nothing more happens: what died in the poll before is resumed.
const RESUME: Act = |_| {};

#[test]
fn a_process_may_die_anywhere_and_again_anywhere_on_resuming() {
    let worlds = everywhere_twice(1, &[&with_baseline(&THREE_TRANSITIONS)[..], &[RESUME]].concat());
    assert!(worlds > 2_000, "{worlds} worlds");
}

#[test]
fn a_baseline_may_die_anywhere_and_again_anywhere_on_resuming() {
    let worlds = everywhere_twice(0, &[baseline, RESUME, RESUME]);
    assert!(worlds > 500, "{worlds} worlds");
}
