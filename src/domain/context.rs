//! The meaning of a state in context. An item's state has a word and a health, and the health is not always the word's
//! own:
//!
//! - **Not yet in service.** An item that is new and has never been up is not out of service when it is `down`: AWS itself
//!   takes an interface or a hosted connection from `pending` through `down` to `available`, in minutes or in weeks. Its
//!   health is `pending`.
//! - **Failover test.** A BGP session that is `down` while its virtual interface is `testing` was put down by AWS, for
//!   whoever started the test. Its health is `testing`.
//!
//! The level stays the word's, since alarms on levels know no context.

use super::{
    health::Health,
    kind::Kind,
    recalled::Recalled,
    scope::ItemKey,
    snapshot::{Item, Snapshot},
    state::State,
};

impl Snapshot {
    /// The snapshot with every state in its context, given the rows of earlier polls.
    pub fn in_context(mut self, recalled: &Recalled) -> Snapshot {
        let down = self.observation.items.iter().filter(|(_, item)| item.state.health() == Health::Down);
        let meant: Vec<(ItemKey, State)> = down
            .filter_map(|(key, item)| {
                let health = self.health_of_down(key, item, recalled)?;
                Some((key.clone(), item.state.clone().in_health(health)))
            })
            .collect();
        for (key, state) in meant {
            if let Some(item) = self.observation.items.get_mut(&key) {
                item.state = state;
            }
        }
        self
    }

    /// The health of an item that is down, if it is not out of service.
    fn health_of_down(&self, key: &ItemKey, item: &Item, recalled: &Recalled) -> Option<Health> {
        let is_new = match recalled.states.get(key) {
            Some(row) => row.is_being_turned_up(),
            // An item of the baseline that is down counts as down, since its former state is unknown.
            None => !self.is_first_of(&item.description, recalled),
        };
        if is_new { Some(Health::Pending) } else { self.is_under_test(item, recalled).then_some(Health::Testing) }
    }

    /// Whether the item is a BGP peer whose virtual interface is in a failover test. If the interface's state is
    /// unknown, its last known state counts.
    fn is_under_test(&self, item: &Item, recalled: &Recalled) -> bool {
        let (Kind::BgpPeer, Some(id)) = (item.description.kind, &item.description.virtual_interface_id) else {
            return false;
        };
        let interface = ItemKey::new(Kind::VirtualInterface, id.as_str());
        let seen = self.observation.state(&interface).filter(|state| !state.is_unknown());
        let known = || recalled.states.get(&interface).map(|row| &row.state);
        seen.or_else(known).is_some_and(|state| state.health() == Health::Testing)
    }
}

#[cfg(test)]
mod tests;
