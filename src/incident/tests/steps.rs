//! In which transactions a fold is written, and that every order of rows gives the same.

use super::rig::{World, key};
use crate::incident::Unfolded;

fn large(interfaces: usize) -> World {
    (0..interfaces).fold(World::new().connection("1", "EqDC2/a").connection("2", "EqDC2/b"), |world, number| {
        world.interface(&format!("{number:04}"), "dxcon-1", "core-dxgw", &[])
    })
}

#[test]
fn a_large_outage_is_one_incident_in_many_steps() {
    let mut world = large(500);
    let names: Vec<String> = (0..500).map(|number| format!("vif {number:04}")).collect();
    let mut changes: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "down")).collect();
    changes.push(("con 1", "down"));
    world.poll(&changes);
    world.check();
    assert_eq!((world.steps.len(), world.recalled.incidents.len(), world.documents.len()), (6, 1, 1));
    assert_eq!(world.documents[0].incident.affected.count, 501, "the first message says all of it");
    assert_eq!(
        (world.documents[0].incident.affected.items.len(), world.documents[0].incident.affected.more),
        (20, 481)
    );
    let size = serde_json::to_vec(&world.documents[0]).unwrap().len();
    assert!(size < 200_000, "{size}");
}

#[test]
fn a_fold_that_was_cut_short_is_gone_on_with() {
    let mut world = large(300);
    let keys: Vec<_> = (0..300).map(|number| key(&format!("vif {number:04}"))).collect();
    world.now = world.now.plus(std::time::Duration::from_secs(60));
    let transitions: Vec<_> = keys.iter().map(|key| world.transition(key, "down")).collect();
    let unfolded: Vec<Unfolded> = transitions.iter().map(Unfolded::recorded).collect();
    let before = world.recalled.clone();
    transitions.iter().for_each(|transition| world.record(transition));
    let steps = world.fold(&before, &unfolded);
    assert!(steps.len() >= 4, "{}", steps.len());
    for written in 0..steps.len() {
        let mut after = World {
            recalled: world.recalled.clone(),
            others: Vec::new(),
            is_whole: true,
            gaps: world.gaps.clone(),
            plans: world.plans.clone(),
            evidence: Vec::new(),
            findings: Vec::new(),
            documents: Vec::new(),
            steps: Vec::new(),
            ..world
        };
        steps[..written].iter().for_each(|step| after.write(step));
        let left: Vec<Unfolded> = unfolded
            .iter()
            .filter(|unfolded| after.recalled.states[&unfolded.key].announced["incidents"] < unfolded.sequence)
            .cloned()
            .collect();
        after.now = after.now.plus(std::time::Duration::from_secs(60));
        let rest = after.fold(&after.recalled, &left);
        rest.iter().for_each(|step| after.write(step));
        after.check();
        assert_eq!(after.recalled.incidents.len(), 1);
        assert_eq!(after.documents.len(), 1, "after {written} steps: {}", after.announced());
    }
}

#[test]
fn many_incidents_at_once_keep_to_the_size_of_a_step() {
    let mut world = (0..150).fold(World::new(), |world, number| {
        world
            .connection(&number.to_string(), &format!("EqDC2/{number}"))
            .connection(&format!("{number}s"), &format!("EqDC2/{number}"))
    });
    let names: Vec<String> = (0..150).map(|number| format!("con {number}")).collect();
    world.poll(&names.iter().map(|name| (name.as_str(), "down")).collect::<Vec<_>>());
    world.check();
    assert_eq!(world.recalled.incidents.len(), 150);
    world.poll(&names.iter().map(|name| (name.as_str(), "available")).collect::<Vec<_>>());
    world.check();
    assert!(world.recalled.incidents.values().all(|row| !row.state.status.is_open()));
}
