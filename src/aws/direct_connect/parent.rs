//! Parents: listed items by whose ids their children are listed.

use std::collections::{BTreeMap, HashSet};

use crate::domain::Health;

use super::origin::Found;

/// An item whose children have a list of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parent {
    pub(super) id: String,
    /// Whether it is being removed. Its list is read all the same, since AWS may still show its children; but if the
    /// list cannot be read, that is no gap.
    pub(super) is_going: bool,
}

/// The items of a list as parents, each once, in the order in which they were read. Deleted items have no children.
pub(super) fn parents<'a>(found: impl IntoIterator<Item = &'a Found>) -> Vec<Parent> {
    let mut seen = HashSet::new();
    let items = found.into_iter().flatten();
    let items = items.filter(|item| !matches!(item.state.value(), "deleted" | "rejected"));
    items
        .filter(|item| seen.insert(item.description.id.as_str()))
        .map(|item| Parent { id: item.description.id.clone(), is_going: item.state.health() == Health::Removed })
        .collect()
}

/// Virtual interfaces by the Direct Connect gateway that they name.
pub(super) fn by_gateway<'a>(interfaces: impl IntoIterator<Item = &'a Found>) -> BTreeMap<String, Vec<Parent>> {
    let mut by_gateway: BTreeMap<String, Vec<Parent>> = BTreeMap::new();
    for interface in interfaces {
        if let Ok(item) = interface
            && let Some(gateway) = &item.description.direct_connect_gateway_id
        {
            by_gateway.entry(gateway.clone()).or_default().extend(parents([interface]));
        }
    }
    by_gateway
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Item, ItemDescription, ItemKey, Kind, Scope, State};

    fn interface(id: &str, word: &str, gateway: Option<&str>) -> Found {
        let key = ItemKey::new(Kind::VirtualInterface, id);
        let bare = ItemDescription::bare(&Scope::regional("1", "us-east-1"), &key);
        let description = ItemDescription { direct_connect_gateway_id: gateway.map(str::to_owned), ..bare };
        Ok(Item { description: description.into(), state: State::of(Kind::VirtualInterface, Some(word)) })
    }

    #[test]
    fn parents_come_once_in_order_with_whether_they_are_being_removed() {
        let found = [
            interface("dxvif-2", "available", None),
            interface("dxvif-1", "deleting", None),
            interface("dxvif-2", "down", None),
            interface("dxvif-3", "deleted", None),
            interface("dxvif-4", "rejected", None),
        ];
        let parents: Vec<_> = parents(&found).into_iter().map(|parent| (parent.id, parent.is_going)).collect();
        let expected = [("dxvif-2", false), ("dxvif-1", true)];
        assert_eq!(parents, expected.map(|(id, is_going)| (id.to_owned(), is_going)));
    }

    #[test]
    fn interfaces_are_sorted_by_the_gateway_that_they_name() {
        let found = [
            interface("dxvif-1", "available", Some("g1")),
            interface("dxvif-2", "available", None),
            interface("dxvif-3", "down", Some("g1")),
        ];
        let by_gateway = by_gateway(&found);
        let ids: Vec<&str> = by_gateway["g1"].iter().map(|parent| parent.id.as_str()).collect();
        assert_eq!((by_gateway.len(), ids), (1, vec!["dxvif-1", "dxvif-3"]));
    }
}
