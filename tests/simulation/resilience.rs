//! The resilience of destinations: a fall is announced once, whatever dies or overlaps, and nothing is announced that has not
//! fallen.

use std::{collections::BTreeMap, rc::Rc};

use aws_dx_monitor::{
    domain::{
        Category, DestinationKind, IncidentFacts, ItemKey, Kind, KnownResilience, RowKey, RowPath, Scope, SinkName,
    },
    resilience::Intents,
};
use serde_json::Value;

use super::{
    crashes::{At, FATES, settle_down},
    executor::{Clean, Fate, Policy, Waiting, run},
    random::Random,
    rows::{self, RESILIENCE, get},
    seeded::is_long,
    world::{ACCOUNT, Inner, MINUTE, Setup, World, region},
};

const SINKS: [SinkName; 2] = [SinkName::SNS, SinkName::EVENTBRIDGE];
const KINDS: [Kind; 2] = [Kind::VirtualInterface, Kind::DirectConnectGateway];
const INTERFACES: [&str; 2] = ["dxvif-v1", "dxvif-v2"];
/// On the device of the first, on another one beside it, and elsewhere.
const PLACES: [(&str, &str); 3] = [("EqDC2", "EqDC2-a"), ("EqDC2", "EqDC2-b"), ("CSVA1", "CSVA1-a")];

/// What is known of the destinations of the account.
fn known(inner: &Inner) -> Option<KnownResilience> {
    let row = inner.tables.states.get(&rows::state_key(&Scope::global(ACCOUNT), RESILIENCE))?;
    get(row, "known")
}

/// The documents of the incidents about resilience, in the order of their instants: the incident, and the document.
fn documents(inner: &Inner) -> Vec<(&str, &Value)> {
    let rows = inner.tables.history.iter().filter(|((item, _), _)| RowPath::is_of_an_incident(item));
    let mut found: Vec<(&str, &str, &Value)> = rows
        .filter_map(|((item, at), row)| Some((at.as_str(), item.as_str(), row.get("event")?)))
        .filter(|(.., document)| document["incident"]["category"] == "resilience")
        .collect();
    found.sort_by_key(|(at, item, _)| (*at, *item));
    found.into_iter().map(|(_, item, document)| (item, document)).collect()
}

/// Of each destination at most one incident is open, and what is open has fallen from what is known of it.
pub fn falls_are_announced_once(inner: &Inner) -> Vec<String> {
    let mut violations = Vec::new();
    let known = known(inner).unwrap_or_default();
    let mut open: BTreeMap<(DestinationKind, String, String), String> = BTreeMap::new();
    for ((scope, item), row) in &inner.tables.states {
        let Some(id) = item.strip_prefix(RowKey::INCIDENT) else { continue };
        let state = rows::read_incident(row).state;
        if state.category != Category::Resilience || !state.status.is_open() {
            continue;
        }
        let Some(IncidentFacts::Resilience(facts)) = state.facts else {
            violations.push(format!("{scope}/{item} is about nothing"));
            continue;
        };
        let key = (facts.kind, facts.id.clone(), facts.address_family.clone());
        let of = known
            .destinations
            .iter()
            .find(|known| (known.kind, &known.id, &known.address_family) == (key.0, &key.1, &key.2));
        if !of.is_some_and(|known| known.model == facts.previous_model && facts.model < known.model) {
            violations.push(format!("{scope}/{item} is open, and known is {of:?}: {facts:?}"));
        }
        if let Some(other) = open.insert(key, id.to_owned()) {
            violations.push(format!("{id} and {other} are open for one destination"));
        }
    }
    violations
}

/// A world with two interfaces at two locations, which is known.
fn high(setup: &Setup) -> Rc<World> {
    let world = World::new();
    {
        let inner = &mut *world.inner.borrow_mut();
        inner.page = 2;
        let gateway = ItemKey::new(Kind::DirectConnectGateway, "gateway-f");
        inner.sky.insert((Scope::global(ACCOUNT), gateway), Some("available"));
    }
    for (id, place) in INTERFACES.into_iter().zip([PLACES[0], PLACES[2]]) {
        world.set(&ItemKey::new(Kind::VirtualInterface, id), Some("available"));
        ends(&world, id, place);
    }
    settle_down(&world, setup, "the baseline");
    assert!(documents(&world.inner.borrow()).is_empty(), "the first sight announces nothing");
    world
}

/// An interface ends there from now on.
fn ends(world: &World, id: &str, place: (&'static str, &'static str)) {
    world.inner.borrow_mut().places.insert(id.to_owned(), place);
}

/// How often a document of this reason was written.
fn written(world: &World, reason: &str) -> usize {
    documents(&world.inner.borrow()).iter().filter(|(_, document)| document["reason"] == reason).count()
}

/// A fall, and a rise, each seen by a poll that is disturbed at `places`.
fn play(setup: &Setup, is_deleted: bool, places: &[(usize, Fate)]) -> usize {
    let world = high(setup);
    let mut policy = At { calls: 0, places: places.to_vec() };
    let second = ItemKey::new(Kind::VirtualInterface, INTERFACES[1]);
    let what = format!("deleted {is_deleted}, disturbed at {places:?}");
    let mut acts = [("opened", PLACES[0], "deleted"), ("resolved", PLACES[2], "available")].into_iter();
    for (reason, place, word) in acts.by_ref() {
        if is_deleted {
            world.set(&second, Some(word));
        } else {
            ends(&world, INTERFACES[1], place);
        }
        run(&world, vec![world.poll(0, setup)], &mut policy);
        world.pass(MINUTE);
        settle_down(&world, setup, &what);
        assert_eq!(written(&world, reason), 1, "{what}: {reason}\n{}", world.inner.borrow().story());
    }
    assert_eq!(written(&world, "opened"), 1, "{what}");
    policy.calls
}

#[test]
fn a_fall_and_a_rise_are_announced_once_whatever_fails_or_dies_at_any_call() {
    let setup = Setup::new(&SINKS, &KINDS);
    for is_deleted in [false, true] {
        let calls = play(&setup, is_deleted, &[]);
        for place in 1..=calls {
            for fate in FATES {
                play(&setup, is_deleted, &[(place, fate)]);
            }
        }
        assert!(calls >= 10, "{calls} calls are hardly two polls");
    }
}

/// Anything may go next, and now and then it fails.
struct Weather {
    random: Random,
    rate: i64,
}

impl Policy for Weather {
    fn choose(&mut self, inner: &Inner) -> usize {
        usize::try_from(self.random.within(0, inner.waiting.len() as i64)).unwrap_or(0)
    }

    fn fate(&mut self, _: &Waiting) -> Fate {
        if self.random.per_mille(self.rate) { self.random.pick(&FATES) } else { Fate::Succeed }
    }
}

/// A world in which interfaces move and go while polls overlap, die and see half of it.
fn random_world(seed: u64) {
    let mut random = Random::new(seed);
    let mut setup = Setup::new(&SINKS, &KINDS);
    if random.per_mille(200) {
        setup.settings.intents = Intents::read(["development"]).unwrap();
    }
    let world = high(&setup);
    let mut weather = Weather { random: Random::new(seed + 1), rate: random.pick(&[0, 20, 80]) };
    for round in 0..30 {
        let has_changed = random.per_mille(600);
        if has_changed {
            let id = random.pick(&INTERFACES);
            if random.per_mille(300) {
                let key = ItemKey::new(Kind::VirtualInterface, id);
                let word = random.pick(&[Some("available"), Some("deleted"), Some("down"), None]);
                world.inner.borrow_mut().sky.insert((region(), key), word);
            } else {
                ends(&world, id, random.pick(&PLACES));
            }
        }
        let before = written(&world, "opened");
        let polls = if random.per_mille(500) { 2 } else { 1 };
        let polls = (0..polls).map(|poller| world.poll(poller, &setup)).collect();
        run(&world, polls, &mut weather);
        world.pass(MINUTE);
        let what = format!("world {seed}, round {round}");
        if random.per_mille(300) {
            settle_down(&world, &setup, &what);
            // What is missing counts once it has been so for three polls.
            for _ in 0..3 {
                run(&world, vec![world.poll(0, &setup)], &mut Clean);
                world.pass(MINUTE);
            }
            let after = written(&world, "opened");
            assert!(after <= before + 2, "{what}: {after} after {before}\n{}", world.inner.borrow().story());
            run(&world, vec![world.poll(0, &setup)], &mut Clean);
            world.pass(MINUTE);
            assert_eq!(written(&world, "opened"), after, "{what}: nothing has changed");
        }
    }
    settle_down(&world, &setup, &format!("world {seed}"));
    let inner = world.inner.borrow();
    let mut is_open = false;
    for (item, document) in documents(&inner) {
        match document["reason"].as_str().unwrap_or_default() {
            "opened" | "reopened" => {
                assert!(!is_open, "world {seed}: {item} begins, and another is not over\n{}", inner.story());
                is_open = true;
            }
            "resolved" => is_open = false,
            _ => {}
        }
    }
}

#[test]
fn in_random_worlds_of_overlaps_and_crashes_there_is_one_incident_for_each_fall() {
    for seed in 0..if is_long() { 400 } else { 12 } {
        random_world(seed);
    }
}
