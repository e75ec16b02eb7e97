//! An item as the live view lists it.

use std::cmp::Ordering;

use crate::{
    domain::{Health, ItemDescription, ItemKey, ItemPath, Kind, RecordedEvent, RecordedItem, StateRow, Timestamp},
    escape,
};

/// An item and its state. Texts are inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    path: ItemPath,
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
    /// The row of a stored item.
    pub(super) fn of_state(row: &StateRow) -> Row {
        let item = &row.details;
        Row {
            path: ItemPath::new(item.scope(), item.key()),
            sequence: row.sequence,
            health: row.state.health(),
            kind: item.kind,
            id: escape::terminal(&item.id),
            name: Named::of(item).label(),
            state: escape::terminal(row.state.value()),
            since: row.since,
            region: escape::terminal(&item.region),
        }
    }

    /// The row of an item after a recorded event. `None` for a kind that this version does not know: the list has no such
    /// items.
    pub(super) fn of_event(event: RecordedEvent<'_>) -> Option<Row> {
        let (item, state) = (event.item(), event.state());
        let kind = item.kind()?;
        Some(Row {
            path: ItemPath::new(item.scope(), ItemKey::new(kind, item.id())),
            sequence: event.sequence()?,
            health: state.health().unwrap_or(Health::Unknown),
            kind,
            id: escape::terminal(item.id()),
            name: Named::of_recorded(item).label(),
            state: escape::terminal(state.value()),
            since: state.since()?,
            region: escape::terminal(item.region()),
        })
    }

    /// Whether `other` is the same item at a later time.
    pub(super) fn is_outdated_by(&self, other: &Row) -> bool {
        self.is_of_the_item_of(other) && self.sequence < other.sequence
    }

    /// Whether `other` is the same item.
    pub(super) fn is_of_the_item_of(&self, other: &Row) -> bool {
        self.path == other.path
    }

    /// Worst first; items of equal health by kind.
    pub(super) fn by_urgency(&self, other: &Row) -> Ordering {
        let rank = |row: &Row| (row.health.urgency(), row.kind);
        let order = (&self.path.scope, &self.name, &self.path.key.id);
        rank(self).cmp(&rank(other)).then_with(|| order.cmp(&(&other.path.scope, &other.name, &other.path.key.id)))
    }
}

/// The parts of an item's label.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    is_peer: bool,
    name: Option<&'a str>,
    virtual_interface_id: Option<&'a str>,
    address_family: Option<&'a str>,
}

impl<'a> Named<'a> {
    /// Those of a stored item.
    pub(super) fn of(item: &'a ItemDescription) -> Named<'a> {
        Named {
            is_peer: item.kind == Kind::BgpPeer,
            name: item.name.as_deref(),
            virtual_interface_id: item.virtual_interface_id.as_deref(),
            address_family: item.address_family.as_deref(),
        }
    }

    /// Those of the item of a recorded event.
    pub(super) fn of_recorded(item: RecordedItem<'a>) -> Named<'a> {
        Named {
            is_peer: item.kind() == Some(Kind::BgpPeer),
            name: item.name(),
            virtual_interface_id: item.virtual_interface_id(),
            address_family: item.address_family(),
        }
    }

    /// What people call the item: its name. A BGP peer has no name, or that of its virtual interface. An interface has a
    /// peer of each address family, so the label names the family too.
    pub(super) fn label(&self) -> String {
        let name = self.name.filter(|name| !name.trim().is_empty());
        let interface = self.virtual_interface_id.filter(|_| self.is_peer);
        match (name.or(interface), self.address_family.filter(|_| self.is_peer)) {
            (Some(name), Some(family)) => escape::terminal(&format!("{family} of {name}")),
            (Some(name), None) => escape::terminal(name),
            (None, _) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Scope;

    #[test]
    fn a_peer_is_labelled_by_its_family_and_interface() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let mut peer = ItemDescription::bare(&scope, &ItemKey::new(Kind::BgpPeer, "dxpeer-1"));
        peer.virtual_interface_id = Some("dxvif-1".to_owned());
        peer.address_family = Some("ipv4".to_owned());
        assert_eq!(Named::of(&peer).label(), "ipv4 of dxvif-1");
        peer.name = Some("a\u{1b}[2Jb".to_owned());
        assert_eq!(Named::of(&peer).label(), "ipv4 of a\\u{1b}[2Jb");
        peer.address_family = None;
        assert_eq!(Named::of(&peer).label(), "a\\u{1b}[2Jb");
        peer.kind = Kind::GatewayAttachment;
        peer.name = Some(" ".to_owned());
        assert_eq!(Named::of(&peer).label(), "");
    }
}
