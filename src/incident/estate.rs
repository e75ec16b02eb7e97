//! The estate, as a fold sees it: the items of the scope that is folded, each at the last transition that is folded, and the
//! items of the account's other scopes, as they were recalled; and how they hang together.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::domain::{Bond, Health, ItemDescription, ItemKey, Kind, Scope, State, Timestamp, ties};

/// What a state means for incidents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// In service.
    Well,
    /// Removed for good, watched no longer, or never seen yet.
    Gone,
    /// New, and not yet in service.
    Provisioning,
    /// AWS does not report its state.
    Unknown,
    /// In a failover test.
    Test,
    /// Being removed.
    Removal,
    /// Out of service.
    Outage,
}

impl Condition {
    /// Whether an item in this condition has to be in an open incident.
    pub fn is_unwell(self) -> bool {
        !matches!(self, Condition::Well | Condition::Gone)
    }

    /// What a state means. An item that has left `up` is out of service, also while its word is `pending`.
    pub fn of(state: &State, in_outage: bool) -> Condition {
        match state.health() {
            Health::Up => Condition::Well,
            Health::Down => Condition::Outage,
            Health::Testing => Condition::Test,
            Health::Unknown => Condition::Unknown,
            Health::Removed if state.is_gone() => Condition::Gone,
            Health::Removed => Condition::Removal,
            Health::Pending if in_outage => Condition::Outage,
            Health::Pending => Condition::Provisioning,
        }
    }
}

/// An item's state, and since when it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its state.
    pub state: State,
    /// When it was first seen so.
    pub since: Timestamp,
    /// What it means.
    pub condition: Condition,
}

/// The place of an item in the estate.
pub type Place = usize;

/// An item in the estate.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key.
    pub key: ItemKey,
    /// What is known of it.
    pub item: Arc<ItemDescription>,
    /// Its state; none before its first transition is folded.
    pub level: Option<Level>,
    /// Whether it is of the scope that is folded.
    pub is_own: bool,
    /// What it runs over, the closest first.
    pub carriers: Vec<Place>,
    /// The LAG that it is a member of.
    pub lag: Option<Place>,
    /// The gateway that it is a setting of.
    pub gateway: Option<Place>,
    /// What runs over it.
    pub carried: Vec<Place>,
}

impl Entry {
    /// What its state means.
    pub fn condition(&self) -> Condition {
        self.level.as_ref().map_or(Condition::Gone, |level| level.condition)
    }

    /// Whether it is there, however it is.
    pub fn is_there(&self) -> bool {
        self.condition() != Condition::Gone
    }

    /// Whether AWS lists it as something that has to work: not gone, not on its way in or out.
    pub fn is_in_service(&self) -> bool {
        !matches!(self.condition(), Condition::Gone | Condition::Provisioning | Condition::Removal)
    }

    /// Whether its kind, or its scope, is configured no longer: how it is now is not known.
    pub fn is_unwatched(&self) -> bool {
        self.level.as_ref().is_some_and(|level| level.condition == Condition::Gone && !level.state.is_gone())
    }

    /// The AWS device on which its cable ends.
    pub fn device(&self) -> Option<&str> {
        self.item.aws_device()
    }
}

/// All items, and how they hang together.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// The items. Those of the scope that is folded come first, by their keys.
    pub entries: Vec<Entry>,
    own: HashMap<ItemKey, Place>,
    /// The attachments, by gateway and virtual interface.
    attachments: HashMap<(String, String), Place>,
}

/// The items of a scope, each with its level.
pub type Items = BTreeMap<ItemKey, (Arc<ItemDescription>, Option<Level>)>;

impl Estate {
    /// The estate of the items `own` of the scope that is folded, and of those of other scopes.
    pub fn of<'a>(own: Items, others: impl IntoIterator<Item = (&'a Scope, Items)>) -> Estate {
        let mut estate = Estate::default();
        let places = estate.add(own, true);
        estate.own = places;
        for (_, items) in others {
            estate.add(items, false);
        }
        estate
    }

    /// Adds the items of a scope and ties them to each other.
    fn add(&mut self, items: Items, is_own: bool) -> HashMap<ItemKey, Place> {
        let first = self.entries.len();
        let mut places = HashMap::with_capacity(items.len());
        for (key, (item, level)) in items {
            places.insert(key.clone(), self.entries.len());
            let entry = Entry { key, item, level, is_own, carriers: vec![], lag: None, gateway: None, carried: vec![] };
            self.entries.push(entry);
        }
        for place in first..self.entries.len() {
            let item = Arc::clone(&self.entries[place].item);
            for tie in ties(&item) {
                let found = tie.kinds.iter().find_map(|kind| places.get(&ItemKey::new(*kind, tie.id)));
                let Some(other) = found.copied() else { continue };
                match tie.bond {
                    Bond::RunsOver => {
                        self.entries[place].carriers.push(other);
                        self.entries[other].carried.push(place);
                    }
                    Bond::MemberOf => self.entries[place].lag = Some(other),
                    Bond::Configures => self.entries[place].gateway = Some(other),
                }
            }
            if item.kind == Kind::GatewayAttachment
                && let (Some(gateway), Some(interface)) = (&item.direct_connect_gateway_id, &item.virtual_interface_id)
            {
                self.attachments.insert((gateway.clone(), interface.clone()), place);
            }
        }
        places
    }

    /// The place of an item of the scope that is folded.
    pub fn place(&self, key: &ItemKey) -> Option<Place> {
        self.own.get(key).copied()
    }

    /// The place of an item of any scope: one of the scope that is folded, or else the first.
    pub fn find(&self, key: &ItemKey) -> Option<Place> {
        self.place(key).or_else(|| self.entries.iter().position(|entry| entry.key == *key))
    }

    /// The attachment of a virtual interface to a gateway.
    pub fn attachment(&self, gateway: &str, interface: &str) -> Option<Place> {
        self.attachments.get(&(gateway.to_owned(), interface.to_owned())).copied()
    }

    /// The items of the scope that is folded, with their places.
    pub fn own(&self) -> impl Iterator<Item = (Place, &Entry)> {
        self.entries.iter().enumerate().take_while(|(_, entry)| entry.is_own)
    }
}
