//! What a state means in context, checked against the world's own log: turn-ups and failover tests.

use std::collections::BTreeMap;

use aws_dx_monitor::domain::{Change, Event, Health, ItemKey, Kind, Scope, Severity, SinkName, State};

use super::{
    crashes::settle,
    executor::{Clean, run},
    rows,
    world::{Entry, Inner, MINUTE, Setup, World, connection, host_of, recalls, region},
};

/// The interface of a peer of the simulation: `dxpeer-a1` and `dxpeer-a2` are peers of `dxvif-a`.
pub fn interface_of(peer: &str) -> String {
    peer.replace("dxpeer-", "dxvif-").trim_end_matches(char::is_numeric).to_owned()
}

/// What the log has of the polls that recorded something.
#[derive(Default)]
struct Log<'a> {
    recalls: BTreeMap<usize, usize>,
    baselines: BTreeMap<(&'a Scope, Kind), usize>,
    sights: BTreeMap<(usize, &'a Scope), &'a BTreeMap<ItemKey, State>>,
    /// Where hosted connections of an interconnect could not be read for the first time.
    denied: BTreeMap<&'a str, usize>,
}

impl<'a> Log<'a> {
    fn read(entries: &'a [Entry]) -> Log<'a> {
        let mut log = Log { recalls: recalls(entries), ..Log::default() };
        for (place, entry) in entries.iter().enumerate() {
            match entry {
                Entry::Baseline { scope, kind } => drop(log.baselines.entry((scope, *kind)).or_insert(place)),
                Entry::Sight { poll, scope, items, unread, .. } => {
                    log.sights.insert((*poll, scope), items);
                    for host in unread {
                        log.denied.entry(host).or_insert(place);
                    }
                }
                _ => {}
            }
        }
        log
    }

    /// Whether a first sight that was recorded at `place` came after the baseline; none where its poll may have known or
    /// not.
    fn is_late(&self, poll: usize, event: &Event, place: usize) -> Option<bool> {
        // Where its interconnect's were not read, it has a baseline of its own.
        let host = host_of(&event.item.key());
        if host.is_some_and(|host| self.denied.get(host.as_str()).is_some_and(|denied| *denied < place)) {
            return None;
        }
        let baseline = self.baselines.get(&(&event.item.scope(), event.item.kind)).copied();
        match baseline {
            Some(baseline) if baseline < *self.recalls.get(&poll)? => Some(true),
            Some(baseline) if baseline < place => None,
            _ => Some(false),
        }
    }

    /// What the poll that recorded `event` saw of the interface of its peer.
    fn interface(&self, poll: usize, event: &Event) -> Option<&State> {
        let interface = ItemKey::new(Kind::VirtualInterface, interface_of(&event.item.id));
        self.sights.get(&(poll, &event.item.scope()))?.get(&interface).filter(|state| !state.is_unknown())
    }
}

/// The health of a word without any context.
fn own_health(event: &Event) -> Health {
    match event.state.level {
        State::ABSENT_LEVEL => Health::Removed,
        _ => State::of(event.item.kind, Some(&event.state.value)).health(),
    }
}

/// What is new is not out of service before it was in service once: it is `pending`, pages no one, has no outage, and
/// is activated. And a session is in a test, not in an outage, exactly as long as its interface is tested.
pub fn states_are_meant_in_context(inner: &Inner) -> Vec<String> {
    let log = Log::read(&inner.log);
    let mut violations = Vec::new();
    // Whether each item is still being turned up; none where the world cannot know.
    let mut turned_up: BTreeMap<&str, Option<bool>> = BTreeMap::new();
    for (place, entry) in inner.log.iter().enumerate() {
        let Entry::Recorded { poll, item, event } = entry else { continue };
        let (health, own) = (event.state.health, own_health(event));
        let asked_for = own == Health::Pending && event.metadata.incident_id.is_none();
        let was_new = match event.metadata.sequence {
            1 => log.is_late(*poll, event, place),
            _ => turned_up.get(item.as_str()).copied().flatten(),
        };
        let Some(was_new) = was_new else {
            turned_up.insert(item, None);
            continue;
        };
        turned_up.insert(item, Some((was_new || asked_for) && health != Health::Up));
        let expected = match own {
            Health::Down if was_new => Some(Health::Pending),
            Health::Down if event.item.kind == Kind::BgpPeer => log.interface(*poll, event).map(under),
            own => Some(own),
        };
        let what = format!("{item} #{} {:?}", event.metadata.sequence, event.state.value);
        if expected.is_some_and(|expected| health != expected) {
            violations.push(format!("{what} is {health}, and should be {expected:?}"));
        }
        if was_new && (event.severity == Severity::Critical || event.metadata.incident_id.is_some()) {
            violations.push(format!("{what} pages, though it was never in service"));
        }
        let was_pending = event.previous_state.as_ref().is_some_and(|previous| previous.health == Health::Pending);
        if (event.change == Change::Activated) != (was_pending && health == Health::Up) {
            violations.push(format!("{what} is {}", event.change));
        }
    }
    violations
}

/// What a session that is down is, if its interface is so.
fn under(interface: &State) -> Health {
    if interface.health() == Health::Testing { Health::Testing } else { Health::Down }
}

/// When nothing disturbs the polls any more, the rows match Direct Connect, also where only the context changed.
pub fn the_rows_match_what_happened(inner: &Inner) -> Vec<String> {
    let mut violations = Vec::new();
    for ((scope, key), word) in &inner.sky {
        let Some(seen) = word.map(|word| State::of(key.kind, Some(word))).filter(|state| !state.is_unknown()) else {
            continue;
        };
        let Some(row) = inner.tables.states.get(&rows::state_key(scope, key)) else {
            violations.push(format!("{key} has no row"));
            continue;
        };
        let state = rows::read_state(key.kind, row).state;
        let mut meant = vec![seen.health()];
        if seen.health() == Health::Down {
            let interface = (scope.clone(), ItemKey::new(Kind::VirtualInterface, interface_of(&key.id)));
            let interface = inner.sky.get(&interface).copied().flatten();
            meant = match (key.kind, interface) {
                (Kind::BgpPeer, Some("unknown") | None) => vec![Health::Down, Health::Testing, Health::Pending],
                (Kind::BgpPeer, Some("testing")) => vec![Health::Testing, Health::Pending],
                _ => vec![Health::Down, Health::Pending],
            };
        }
        if state.value() != seen.value() || !meant.contains(&state.health()) {
            violations.push(format!("the row of {key} says {state} ({}), and it is {seen}", state.health()));
        }
    }
    violations
}

/// Rows that name nothing are counted, and are no gap.
pub fn unidentified_rows_are_counted(inner: &Inner) -> Vec<String> {
    let mut seen: BTreeMap<usize, u64> = BTreeMap::new();
    let mut violations = Vec::new();
    for entry in &inner.log {
        match entry {
            Entry::Sight { poll, unidentified, .. } => *seen.entry(*poll).or_default() += unidentified,
            Entry::Published { poll, unidentified: Some(counted), .. } => {
                let expected = seen.get(poll).copied().unwrap_or(0);
                if *counted != expected {
                    violations.push(format!("poll {poll} counted {counted} rows that name nothing, of {expected}"));
                }
            }
            _ => {}
        }
    }
    violations
}

/// The turn-ups and failover tests that a world has seen, as paths that were met.
pub fn met(entries: &[Entry]) -> Vec<&'static str> {
    let mut met = Vec::new();
    for entry in entries {
        let Entry::Recorded { event, .. } = entry else { continue };
        let is_session = event.item.kind == Kind::BgpPeer;
        let before = event.previous_state.as_ref().map(|previous| previous.health);
        met.extend(match (before, event.state.health) {
            (Some(Health::Pending), Health::Up) => Some("what was turned up is in service"),
            (None, Health::Pending) if event.state.value == "down" => Some("an item is down when it is first seen"),
            (_, Health::Pending) if event.state.value == "down" => Some("an item is down before it is in service"),
            (Some(Health::Testing), Health::Down) if is_session => Some("a session stays down after a test"),
            (Some(Health::Testing), Health::Up) if is_session => Some("a session is back after a test"),
            _ => None,
        });
    }
    met
}

#[test]
fn rows_that_name_nothing_hold_up_neither_a_baseline_nor_a_removal() {
    let (world, setup) = (World::new(), Setup::new(&[SinkName::SNS], &[Kind::Connection]));
    world.inner.borrow_mut().unidentified = 2;
    world.set(&connection("dxcon-a"), Some("available"));
    run(&world, vec![world.poll(0, &setup)], &mut Clean);
    world.set(&connection("dxcon-a"), None);
    for _ in 0..setup.settings.confirm_polls {
        world.pass(MINUTE);
        let report = run(&world, vec![world.poll(0, &setup)], &mut Clean).pop().flatten().expect("a report");
        assert!(report.is_success(), "{report}");
    }
    {
        let inner = world.inner.borrow();
        let row = &inner.tables.states[&rows::state_key(&region(), connection("dxcon-a"))];
        assert!(rows::read_state(Kind::Connection, row).state.is_absent(), "{}", inner.story());
    }
    world.pass(MINUTE);
    settle(&world, &setup, "listings with rows that name nothing");
}
