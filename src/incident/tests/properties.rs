//! Whatever happens, in whatever order: nothing panics, the same gives the same, and what is not well is in an incident.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::rig::{World, key};
use crate::{domain::IncidentStatus, incident::Unfolded};

const ITEMS: [&str; 10] =
    ["con 1", "con 2", "con 3", "vif 1", "vif 2", "vif 3", "peer 1a", "peer 1b", "peer 2a", "peer 8a"];

fn estate() -> World {
    World::new()
        .connection("1", "EqDC2/a")
        .connection("2", "EqDC2/a")
        .connection("3", "EqDC2/b")
        .interface("1", "dxcon-1", "core-dxgw", &["1a", "1b"])
        .interface("2", "dxcon-1", "core-dxgw", &["2a"])
        .interface("3", "dxcon-2", "core-dxgw", &[])
}

/// The words that an item may have, in the order of `choice`.
fn word(item: &str, choice: usize) -> &'static str {
    let words: [&str; 6] = if item.starts_with("peer") {
        ["up", "down", "down in a test", "unknown", "deleted", "pending"]
    } else if item.starts_with("vif") {
        ["available", "down", "testing", "deleting", "absent", "pending"]
    } else {
        ["available", "down", "down", "unknown", "deleted", "quarantined"]
    };
    words[choice % words.len()]
}

/// What happens in one poll: which items change, and how long after the poll before.
fn poll() -> impl Strategy<Value = (u64, Vec<(usize, usize)>)> {
    let changes = prop::collection::vec((0..ITEMS.len(), 0..6_usize), 0..6);
    (prop_oneof![Just(60_u64), Just(60), Just(600), Just(4_000)], changes)
}

/// The changes of a poll: each item once.
fn changes(world: &World, raw: &[(usize, usize)]) -> Vec<(&'static str, &'static str)> {
    let mut seen = BTreeSet::new();
    let all = raw
        .iter()
        .filter(|(item, _)| seen.insert(*item))
        .map(|(item, choice)| (ITEMS[*item], word(ITEMS[*item], *choice)));
    let differs = |item: &str, word: &str| {
        let row = world.recalled.states.get(&key(item));
        row.is_none_or(|row| row.state != World::state(&key(item), word))
    };
    all.filter(|(item, word)| differs(item, word)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_well_is_in_one_open_incident_and_no_other_is_open(polls in prop::collection::vec(poll(), 1..25)) {
        let mut world = estate();
        for (seconds, raw) in &polls {
            let changes = changes(&world, raw);
            world.poll_after(*seconds, &changes);
            world.check();
        }
        for row in world.recalled.incidents.values() {
            prop_assert_eq!(row.state.status == IncidentStatus::Merged, row.state.merged_into.is_some());
            prop_assert_eq!(row.state.status.is_open(), row.expires_at.is_none());
        }
    }

    #[test]
    fn the_order_of_transitions_makes_no_difference(polls in prop::collection::vec(poll(), 1..12), seed in any::<u64>()) {
        let mut world = estate();
        for (seconds, raw) in &polls {
            let changes = changes(&world, raw);
            world.now = world.now.plus(std::time::Duration::from_secs(*seconds));
            let transitions: Vec<_> = changes.iter().map(|(item, word)| world.transition(&key(item), word)).collect();
            let unfolded: Vec<Unfolded> = transitions.iter().map(Unfolded::recorded).collect();
            let mut shuffled = unfolded.clone();
            shuffled.sort_by_key(|unfolded| unfolded.id.as_u128() ^ u128::from(seed));
            let before = world.recalled.clone();
            let steps = world.fold(&before, &unfolded);
            prop_assert_eq!(&steps, &world.fold(&before, &shuffled));
            transitions.iter().for_each(|transition| world.record(transition));
            steps.iter().for_each(|step| world.write(step));
        }
    }
}
