//! What a map is drawn from: the items of the store with their states, the incidents that are open, and what is planned.

use std::{collections::BTreeSet, sync::Arc};

use uuid::Uuid;

use crate::domain::{
    Category, Health, Impact, ItemDescription, ItemPath, Root, Scope, Severity, State, Timestamp, Window,
};

/// An item, as the store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapItem {
    /// Its description.
    pub item: Arc<ItemDescription>,
    /// Its last known state.
    pub state: State,
    /// Whether it is in an outage of its own.
    pub in_outage: bool,
    /// Whether its last complete listing is too long ago to rely on the state.
    pub is_stale: bool,
    /// Whether its kind or its scope is configured no longer.
    pub is_retired: bool,
    /// The open incident that it is a member of.
    pub incident: Option<Uuid>,
}

impl MapItem {
    /// Its full name.
    pub fn path(&self) -> ItemPath {
        ItemPath::new(self.item.scope(), self.item.key())
    }

    /// What its state means for traffic.
    pub fn health(&self) -> Health {
        self.state.health()
    }

    /// Whether there is nothing to see: it is up, in no incident, and this is certain.
    pub fn is_well(&self) -> bool {
        self.health() == Health::Up && self.incident.is_none() && !self.is_stale && !self.is_retired
    }

    /// The AWS device on which its cable ends.
    pub fn device(&self) -> Option<&str> {
        self.item.aws_device()
    }
}

/// An incident that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIncident {
    /// Its id.
    pub id: Uuid,
    /// The scope that it was opened in.
    pub scope: Scope,
    /// What it is about.
    pub category: Category,
    /// How urgent it is.
    pub severity: Severity,
    /// What it takes from destinations.
    pub impact: Impact,
    /// What explains it.
    pub root: Root,
    /// When it began.
    pub since: Timestamp,
    /// How many members are not well.
    pub members: u64,
}

/// Planned time that is not over and is about at least one item of the estate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedWork {
    /// The account that it is planned in.
    pub account: String,
    /// What is planned.
    pub window: Window,
    /// Whether it has begun.
    pub has_begun: bool,
    /// The places in [`Estate::items`] of the items that it is about.
    pub items: BTreeSet<usize>,
}

/// The items and the incidents to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estate {
    /// The items.
    pub items: Vec<MapItem>,
    /// The incidents that are open.
    pub incidents: Vec<OpenIncident>,
    /// What is planned, by when it begins.
    pub planned: Vec<PlannedWork>,
    /// How many items are left out because they are retired.
    pub retired_left_out: usize,
    /// How many items are left out because they are removed for good.
    pub removed_left_out: usize,
    /// The last poll that listed anything completely.
    pub last_poll_at: Option<Timestamp>,
}

impl Estate {
    /// How many items are of `health`. Retired ones are of none.
    pub fn count(&self, health: Health) -> usize {
        self.items.iter().filter(|item| item.health() == health && !item.is_retired).count()
    }
}
