//! The world at a moment: the inventory after every timeline entry that is due by then.
//!
//! A pure function of scenario and elapsed time. The server needs it for every call, so the last result is kept until
//! the next entry is due.

use std::sync::Arc;
use std::time::Duration;

use super::inventory::Inventory;
use super::scenario::Scenario;

/// What there is `elapsed` after the start. An entry that cannot be applied changes nothing; [`Scenario::check`] names
/// such entries.
pub fn world_at(scenario: &Scenario, elapsed: Duration) -> Inventory {
    let world = World::default().at(scenario, elapsed);
    Arc::unwrap_or_clone(world)
}

/// Positions of the timeline's entries in the order in which they happen, with their times. Entries without a valid
/// time are left out.
pub(super) fn chronological(scenario: &Scenario) -> Vec<(usize, Duration)> {
    let mut order: Vec<(usize, Duration)> = (scenario.timeline.iter().enumerate())
        .filter_map(|(index, entry)| Some((index, Duration::try_from_secs_f64(entry.at).ok()?)))
        .collect();
    order.sort_by_key(|(_, at)| *at);
    order
}

/// The inventory of the moment that was last asked for. It belongs to one scenario: another scenario needs another
/// `World`.
#[derive(Debug, Default)]
pub(super) struct World {
    order: Vec<(usize, Duration)>,
    reached: Option<(usize, Arc<Inventory>)>,
}

impl World {
    /// What there is `elapsed` after the start.
    pub(super) fn at(&mut self, scenario: &Scenario, elapsed: Duration) -> Arc<Inventory> {
        if self.reached.is_none() {
            self.order = chronological(scenario);
        }
        let passed = self.order.partition_point(|(_, at)| *at <= elapsed);
        let (from, mut inventory) = match self.reached.take() {
            Some((before, inventory)) if before <= passed => (before, inventory),
            _ => {
                let mut inventory = scenario.inventory.clone();
                inventory.unfold_members();
                (0, Arc::new(inventory))
            }
        };
        for (index, _) in &self.order[from..passed] {
            // Checked when the scenario was loaded or edited; see `world_at`.
            let _ = scenario.timeline[*index].apply(Arc::make_mut(&mut inventory));
        }
        self.reached = Some((passed, Arc::clone(&inventory)));
        inventory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        Scenario::from_json(
            r#"{
            "account": "123456789012",
            "inventory": {"regions": {"us-east-1": {"connections": [{"connectionId": "dxcon-1", "connectionState": "available"}]}}},
            "timeline": [
                {"at": 20, "item": "dxcon-1", "state": "available"},
                {"at": 10, "item": "dxcon-1", "state": "down"},
                {"at": 20.5, "item": "dxcon-1", "remove": true}
            ]
        }"#,
        )
        .unwrap()
    }

    fn state(inventory: &Inventory) -> Option<&str> {
        inventory.regions["us-east-1"].connections.first()?.connection_state.as_deref()
    }

    #[test]
    fn entries_happen_at_their_time_whatever_their_order() {
        let at = |milliseconds| world_at(&scenario(), Duration::from_millis(milliseconds));
        assert_eq!(state(&at(0)), Some("available"));
        assert_eq!(state(&at(9_999)), Some("available"));
        assert_eq!(state(&at(10_000)), Some("down"));
        assert_eq!(state(&at(20_000)), Some("available"));
        assert_eq!(state(&at(20_500)), None);
    }

    #[test]
    fn time_may_go_on_stand_still_or_back() {
        let scenario = scenario();
        let mut world = World::default();
        for seconds in [0, 10, 10, 25, 12, 0, 21] {
            let elapsed = Duration::from_secs(seconds);
            assert_eq!(*world.at(&scenario, elapsed), world_at(&scenario, elapsed), "{seconds}");
        }
    }

    #[test]
    fn the_world_is_derived_anew_only_when_something_has_happened() {
        let scenario = scenario();
        let mut world = World::default();
        let first = world.at(&scenario, Duration::from_secs(11));
        let second = world.at(&scenario, Duration::from_secs(19));
        assert!(Arc::ptr_eq(&first, &second));
    }
}
