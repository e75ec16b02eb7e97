//! Random worlds: items that come, flap, vanish and turn unreadable, listings with gaps, parents whose children may not
//! be read, sinks that are down, held, added and removed, events that no sink accepts, clocks that jump, rows that
//! expire, polls that overlap, fail and die.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use aws_dx_monitor::domain::{Kind, Notify, SinkName};

use super::{
    chance::{deny, items, test_failover, turn_up, word_of},
    context,
    crashes::settle_down,
    executor::{Clean, Fate, Policy, Waiting, run},
    plans,
    random::Random,
    world::{DAY, MINUTE, Mood, Poison, Setup, World, connection},
};

const QUICK_SEEDS: u64 = 20;
const POLLS: usize = 120;
/// How many polls come after the last silence is over: clocks are right again, and what is owed is announced.
const AFTER_SILENCES: usize = 12;
const KINDS: [Kind; 6] = [
    Kind::Connection,
    Kind::Interconnect,
    Kind::HostedConnection,
    Kind::VirtualInterface,
    Kind::BgpPeer,
    Kind::DirectConnectGateway,
];
const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];

/// Whether all is played that can be, and not only what takes seconds.
pub fn is_long() -> bool {
    std::env::var_os("DX_MONITOR_SIMULATION_SEEDS").is_some()
}

/// Disturbs calls by chance, some ports more than others, another set in every world.
struct Weather {
    random: Random,
    rates: BTreeMap<&'static str, i64>,
    deaths: i64,
}

impl Policy for Weather {
    fn fate(&mut self, call: &Waiting) -> Fate {
        let Weather { random, rates, deaths } = self;
        let rate = *rates.entry(call.port).or_insert_with(|| random.pick(&[5, 20, 60, 150]));
        if random.per_mille(*deaths) {
            return random.pick(&[Fate::DieBefore, Fate::DieAfter]);
        }
        if random.per_mille(rate) {
            return random.pick(&[Fate::Fail, Fate::LoseAnswer, Fate::Partial]);
        }
        Fate::Succeed
    }
}

/// How a world is.
struct Climate {
    /// How often, in a thousand polls, there is no poll for days; rows expire in such worlds.
    breaks: i64,
    /// How often polls overlap.
    overlaps: i64,
    /// By how many milliseconds clocks may be wrong.
    skew: i64,
}

/// What happens once in a world is disturbed more often.
const BASELINE_RATES: [(&str, i64); 3] =
    [("sink.baseline", 300), ("ledger.baseline", 300), ("ledger.baseline-announced", 300)];

/// An item that is deleted early and is back late: if there is no poll for days, its row expires in between.
const DELETED: [(usize, Option<&str>); 4] =
    [(0, Some("available")), (5, Some("deleted")), (8, None), (100, Some("available"))];

/// What happens between two polls.
fn change(world: &World, setup: &mut Setup, random: &mut Random, climate: &Climate) {
    let inner = &mut *world.inner.borrow_mut();
    for (scope, key) in items() {
        if random.per_mille(120) {
            inner.sky.insert((scope, key.clone()), word_of(key.kind, random));
        }
        if random.per_mille(15) {
            let sequence = random.within(2, 12).unsigned_abs();
            let poison = random.pick(&[Poison::Full, Poison::Both]);
            inner.poisoned.insert((random.pick(&SINKS), key.id, sequence), poison);
        }
    }
    for sink in SINKS {
        match inner.moods.get(&sink) {
            None if random.per_mille(25) => drop(inner.moods.insert(sink, random.pick(&[Mood::Down, Mood::Held]))),
            None if random.per_mille(5) => drop(inner.moods.insert(sink, Mood::Hangs)),
            Some(_) if random.per_mille(80) => drop(inner.moods.remove(&sink)),
            _ => {}
        }
        if random.per_mille(10) {
            match setup.sinks.iter().position(|configured| *configured == sink) {
                Some(place) => drop(setup.sinks.remove(place)),
                None => setup.sinks.push(sink),
            }
            inner.meet("sinks are changed");
        }
    }
    if random.per_mille(100) {
        let poller = usize::from(random.per_mille(500));
        setup.memories[poller] = Rc::default();
        inner.meet("a process is new");
    }
    if climate.skew > 0 && random.per_mille(60) {
        inner.skews.insert(usize::from(random.per_mille(500)), random.within(-climate.skew, climate.skew));
        inner.meet("a clock jumps");
    }
    test_failover(inner, random);
    deny(inner, random);
    plans::plan(inner, random);
    inner.page = random.pick(&[1, 2, 3, 1000]);
    if random.per_mille(climate.breaks) {
        inner.now += 12 * DAY;
        inner.meet("nobody polls for days");
    } else if random.per_mille(20) {
        inner.now += random.within(10, 120) * MINUTE;
        inner.meet("nobody polls for a while");
    }
    inner.now += MINUTE;
    inner.expire(|| random.per_mille(500));
}

/// How often each call met each fate.
type Fates = BTreeMap<(&'static str, Fate), u64>;

/// Plays the world of a seed; gives back what it met.
fn play(seed: u64) -> (Fates, BTreeMap<&'static str, u64>) {
    let mut random = Random::new(seed);
    let climate = Climate {
        breaks: random.pick(&[3, 3, 70]),
        overlaps: random.pick(&[0, 100, 400]),
        skew: random.pick(&[0, 5_000, 4 * MINUTE]),
    };
    let world = World::new();
    let mut latencies = Random::new(seed + 1_000_003);
    world.inner.borrow_mut().latency = Box::new(move |port| {
        let slow = port.starts_with("ledger") && latencies.per_mille(3);
        if slow { 6_000 } else { latencies.within(1, 60) }
    });
    let mut turns = Random::new(seed + 3_000_017);
    world.inner.borrow_mut().meanwhile = Box::new(move || {
        let (scope, key) = turns.per_mille(150).then(|| turns.pick(&items()))?;
        let word = word_of(key.kind, &mut turns);
        Some((scope, key, word))
    });
    let mut setup = Setup::new(&SINKS, &KINDS);
    setup.deadline = Some(30_000);
    setup.settings.notify = [Notify::Incidents, Notify::Items, Notify::Both][usize::try_from(seed % 3).unwrap_or(0)];
    world.inner.borrow_mut().auditor.notify = setup.settings.notify;
    setup.memories = vec![Rc::default(), Rc::default()];
    setup.spacing = Duration::from_millis(if seed.is_multiple_of(2) { 125 } else { 0 });
    setup.settings.confirm_polls = random.pick(&[1, 2, 3, 3]);
    setup.settings.keep_history = Duration::from_secs(86_400 * if climate.breaks < 20 { 400 } else { 20 });
    let mut weather = Weather {
        random: Random::new(seed + 7_000_009),
        rates: BASELINE_RATES.into(),
        deaths: random.pick(&[0, 10, 25]),
    };
    world.inner.borrow_mut().unidentified = random.pick(&[0, 0, 2]);
    let turn_ups = usize::try_from(random.within(10, 60)).unwrap_or(0);
    for number in 0..POLLS {
        turn_up(&mut world.inner.borrow_mut(), number, turn_ups);
        if let Some((_, word)) = DELETED.iter().find(|(when, _)| *when == number) {
            world.set(&connection("dxcon-g"), *word);
        }
        change(&world, &mut setup, &mut random, &climate);
        let mut polls = vec![world.poll(usize::from(random.per_mille(500)), &setup)];
        if random.per_mille(climate.overlaps) {
            polls.push(world.poll(1, &setup));
            world.inner.borrow_mut().meet("polls overlap");
        }
        run(&world, polls, &mut weather);
    }
    {
        let mut inner = world.inner.borrow_mut();
        inner.moods.clear();
        inner.skews.clear();
        inner.denied.clear();
        inner.latency = Box::new(|_| 20);
        inner.meanwhile = Box::new(|| None);
    }
    // What a clock that was ahead wrote is in the past again. When the silences are over, too, people are owed what they
    // hid for two of the intervals that the polls remember.
    world.pass(5 * MINUTE);
    plans::end_all(&mut world.inner.borrow_mut());
    for _ in 0..AFTER_SILENCES {
        world.pass(MINUTE);
        run(&world, vec![world.poll(0, &setup)], &mut Clean);
    }
    settle_down(
        &world,
        &setup,
        &format!("play it again with DX_MONITOR_SIMULATION_SEED={seed} cargo test simulation::seeded\nseed {seed}"),
    );
    let inner = &mut *world.inner.borrow_mut();
    context::met(&inner.log).into_iter().for_each(|path| inner.meet(path));
    if inner.auditor.given_up > 0 {
        inner.meet("a hole is given up");
    }
    (std::mem::take(&mut inner.taken), std::mem::take(&mut inner.met))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// 10: the paths that every run must have taken.
fn assert_every_path_was_taken(taken: &BTreeMap<(&str, Fate), u64>, met: &BTreeMap<&str, u64>) {
    let mut missed: Vec<String> = Vec::new();
    let often = [
        "direct-connect.observe",
        "metrics.publish",
        "ledger.recall",
        "ledger.record",
        "ledger.fold",
        "ledger.amend",
        "ledger.progress",
        "ledger.windows",
        "ledger.pending",
        "ledger.acknowledge",
        "sns.announce",
        "chat.announce",
        "eventbridge.announce",
    ];
    for port in often {
        for fate in [Fate::Succeed, Fate::Fail, Fate::LoseAnswer, Fate::Partial, Fate::DieBefore, Fate::DieAfter] {
            if !taken.contains_key(&(port, fate)) {
                missed.push(format!("{port} {fate:?}"));
            }
        }
    }
    for port in [
        "metrics.own",
        "ledger.evidence",
        "ledger.park",
        "ledger.cover",
        "ledger.baseline",
        "ledger.baseline-announced",
        "sink.baseline",
    ] {
        if !taken.keys().any(|(taken, fate)| *taken == port && *fate != Fate::Succeed) {
            missed.push(format!("{port} disturbed"));
        }
    }
    let paths = [
        "a second page of a query",
        "a condition refuses a write",
        "a sink holds",
        "a sink never answers",
        "an event is refused",
        "the short form is accepted",
        "both forms of an event are refused",
        "sinks are changed",
        "a clock jumps",
        "nobody polls for days",
        "nobody polls for a while",
        "state rows expire",
        "history expires",
        "a hole is given up",
        "polls overlap",
        "a process is new",
        "something happens while an observation is under way",
        "the monitor's own metrics ride along",
        "an item is silenced",
        "work is planned",
        "what was planned ends early",
        "somebody takes an incident on",
        "a call is known",
        "what was turned up is in service",
        "an item is down before it is in service",
        "an item is down when it is first seen",
        "a session is back after a test",
        "a session stays down after a test",
        "an interconnect's hosted connections are denied",
        "an interconnect's hosted connections are read again",
    ];
    missed.extend(paths.into_iter().filter(|path| !met.contains_key(path)).map(str::to_owned));
    assert!(missed.is_empty(), "never taken: {missed:#?}");
}

#[test]
fn seeded_worlds_keep_every_promise() {
    if let Some(seed) = number("DX_MONITOR_SIMULATION_SEED") {
        play(seed);
        return;
    }
    let (mut taken, mut met) = (BTreeMap::new(), BTreeMap::new());
    for seed in 0..number("DX_MONITOR_SIMULATION_SEEDS").unwrap_or(QUICK_SEEDS) {
        let (taken_here, met_here) = play(seed);
        for (path, times) in taken_here {
            *taken.entry(path).or_default() += times;
        }
        for (path, times) in met_here {
            *met.entry(path).or_default() += times;
        }
    }
    assert_every_path_was_taken(&taken, &met);
}
