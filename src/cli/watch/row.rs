//! An item as the live view lists it.

use std::cmp::Ordering;

use crate::{
    cli::status::{place, urgency},
    domain::{Event, Health, ItemDescription, ItemKey, Kind, Scope, StateRow, Timestamp},
    escape,
};

/// An item and its state; texts are inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    scope: Scope,
    key: ItemKey,
    sequence: u64,
    pub(super) health: Health,
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) since: Timestamp,
    pub(super) region: String,
}

impl Row {
    /// The row of an item that the store knows.
    pub(super) fn of_state(row: &StateRow) -> Row {
        let (health, word) = (row.state.health(), row.state.value());
        Row::new(&row.details, row.sequence, health, word, row.since)
    }

    /// The row of an item after an event.
    pub(super) fn of_event(event: &Event) -> Row {
        let state = &event.state;
        Row::new(&event.item, event.metadata.sequence, state.health, &state.value, state.since)
    }

    fn new(item: &ItemDescription, sequence: u64, health: Health, word: &str, since: Timestamp) -> Row {
        Row {
            scope: item.scope(),
            key: item.key(),
            sequence,
            health,
            kind: item.kind,
            id: escape::terminal(&item.id),
            name: label(item),
            state: escape::terminal(word),
            since,
            region: escape::terminal(&item.region),
        }
    }

    /// Whether `other` is the same item at a later time.
    pub(super) fn is_outdated_by(&self, other: &Row) -> bool {
        self.is_of_the_item_of(other) && self.sequence < other.sequence
    }

    /// Whether `other` is the same item.
    pub(super) fn is_of_the_item_of(&self, other: &Row) -> bool {
        self.key == other.key && self.scope == other.scope
    }

    /// The worst first, and those that are equally well by kind.
    pub(super) fn by_urgency(&self, other: &Row) -> Ordering {
        let rank = |row: &Row| (urgency(row.health), place(row.kind));
        let place = (&self.scope, &self.name, &self.key.id);
        rank(self).cmp(&rank(other)).then_with(|| place.cmp(&(&other.scope, &other.name, &other.key.id)))
    }
}

/// What people call an item: its name. A BGP peer has none of its own, or that of its virtual interface, which has a peer
/// of each family.
pub(super) fn label(item: &ItemDescription) -> String {
    let name = item.name.as_deref().filter(|name| !name.trim().is_empty());
    let interface = item.virtual_interface_id.as_deref().filter(|_| item.kind == Kind::BgpPeer);
    match (name.or(interface), &item.address_family) {
        (Some(name), Some(family)) if item.kind == Kind::BgpPeer => escape::terminal(&format!("{family} of {name}")),
        (Some(name), _) => escape::terminal(name),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_called_by_its_interface() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let mut peer = ItemDescription::bare(&scope, &ItemKey::new(Kind::BgpPeer, "dxpeer-1"));
        peer.virtual_interface_id = Some("dxvif-1".to_owned());
        peer.address_family = Some("ipv4".to_owned());
        assert_eq!(label(&peer), "ipv4 of dxvif-1");
        peer.name = Some("a\u{1b}[2Jb".to_owned());
        assert_eq!(label(&peer), "ipv4 of a\\u{1b}[2Jb");
        peer.address_family = None;
        assert_eq!(label(&peer), "a\\u{1b}[2Jb");
        peer.kind = Kind::GatewayAttachment;
        peer.name = Some(" ".to_owned());
        assert_eq!(label(&peer), "");
    }
}
