//! The timeline: what happens to the inventory, and when.
//!
//! One entry changes one item (its state, its name, any of its fields), removes it, or adds items. Entries are applied
//! through the wire's own field names, so a mistyped field is refused as it would be in the inventory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::inventory::Inventory;
use super::item::Item;
use super::logical::BgpPeer;

/// Something that happens at a moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimelineEntry {
    /// Seconds from the start.
    pub at: f64,
    /// What it is about, for people.
    pub note: Option<String>,
    /// Id of the item that changes: `dxcon-…`, `dxvif-…`, `dxpeer-…`, `<gateway id>:<virtual interface id>` for an
    /// attachment, and so on.
    pub item: Option<String>,
    /// Its new state. For a BGP peer this is `bgpPeerState`; its session's `bgpStatus` is a field for `set`.
    pub state: Option<String>,
    /// Its new name.
    pub rename: Option<String>,
    /// Its new values of fields, by their wire names; null takes a field away.
    pub set: Option<Map<String, Value>>,
    /// True: the item is gone from its listing.
    #[serde(default)]
    pub remove: bool,
    /// Items that appear, each at the end of its list.
    pub add: Option<Inventory>,
}

impl TimelineEntry {
    /// What is wrong with the entry, whatever the inventory.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        let changes = self.state.is_some() || self.rename.is_some() || self.set.is_some();
        match (&self.item, &self.add) {
            (Some(_), Some(_)) => Some("it has both `item` and `add`: write two entries"),
            (None, None) => Some("it does nothing: name an `item` to change or remove, or items to `add`"),
            (Some(_), None) if self.remove && changes => {
                Some("it both changes and removes the item: write two entries")
            }
            (Some(_), None) if !self.remove && !changes => {
                Some("it does nothing to its item: give it a `state`, `rename`, `set` or `remove`")
            }
            (None, Some(_)) if self.remove || changes => {
                Some("`state`, `rename`, `set` and `remove` need an `item`: write two entries")
            }
            _ => None,
        }
    }

    /// Applies the entry. Where it cannot be applied, leaves the inventory as it was and returns the reason.
    pub(super) fn apply(&self, inventory: &mut Inventory) -> Result<(), String> {
        if let Some(contradiction) = self.contradiction() {
            return Err(contradiction.to_owned());
        }
        if let Some(added) = &self.add {
            return inventory.add(added);
        }
        let id = self.item.as_deref().unwrap_or_default();
        self.find_and_change(inventory, id).unwrap_or_else(|| {
            Err(format!("there is no item `{id}` at {} s: check the id, or add the item at an earlier time", self.at))
        })
    }

    fn find_and_change(&self, inventory: &mut Inventory, id: &str) -> Option<Result<(), String>> {
        for region in inventory.regions.values_mut() {
            let found = self
                .change_in(&mut region.connections, "", id)
                .or_else(|| self.change_in(&mut region.interconnects, "", id))
                .or_else(|| self.change_in(&mut region.lags, "", id))
                .or_else(|| self.change_in(&mut region.virtual_interfaces, "", id))
                .or_else(|| self.change_in(&mut region.virtual_gateways, "", id))
                .or_else(|| region.hosted_connections.values_mut().find_map(|hosted| self.change_in(hosted, "", id)))
                .or_else(|| {
                    region.virtual_interfaces.iter_mut().find_map(|interface| {
                        self.change_in(&mut interface.bgp_peers, &interface.virtual_interface_id, id)
                    })
                });
            if found.is_some() {
                return found;
            }
        }
        let global = &mut inventory.global;
        self.change_in(&mut global.direct_connect_gateways, "", id)
            .or_else(|| self.change_in(&mut global.direct_connect_gateway_attachments, "", id))
            .or_else(|| self.change_in(&mut global.direct_connect_gateway_associations, "", id))
            .or_else(|| self.change_in(&mut global.direct_connect_gateway_association_proposals, "", id))
            .or_else(|| self.change_in(&mut global.resiliency_groups, "", id))
    }

    /// Changes or removes the item with this id; none, if it is not in this list.
    fn change_in<T: Item>(&self, items: &mut Vec<T>, parent: &str, id: &str) -> Option<Result<(), String>> {
        let index = items.iter().position(|item| item.is(parent, id))?;
        if self.remove {
            items.remove(index);
            return Some(Ok(()));
        }
        Some(self.changed(&items[index], parent).map(|item| items[index] = item))
    }

    fn changed<T: Item>(&self, item: &T, parent: &str) -> Result<T, String> {
        let wire = serde_json::to_value(item).map_err(|error| error.to_string())?;
        let Value::Object(mut fields) = wire else {
            return Err(format!("a {} is not an object", T::KIND));
        };
        if let Some(state) = &self.state {
            if T::KIND == BgpPeer::KIND && matches!(state.as_str(), "up" | "down") {
                return Err(format!(
                    "`{state}` is no state of a BGP peer but of its session: write \"set\": {{\"bgpStatus\": \"{state}\"}}"
                ));
            }
            fields.insert(T::STATE.to_owned(), Value::String(state.clone()));
        }
        if let Some(name) = &self.rename {
            let field = T::NAME.ok_or_else(|| format!("a {} has no name to change", T::KIND))?;
            fields.insert(field.to_owned(), Value::String(name.clone()));
        }
        for (field, value) in self.set.iter().flatten() {
            if T::KIND == "LAG" && field == "connections" {
                return Err("members of a LAG are connections: change each by its own id".to_owned());
            }
            fields.insert(field.clone(), value.clone());
        }
        let changed: T = serde_json::from_value(Value::Object(fields))
            .map_err(|error| format!("a {} cannot be set so: {error}", T::KIND))?;
        if changed.id(parent) != item.id(parent) {
            return Err(format!("it changes the id `{}`: remove the item and add another", item.id(parent)));
        }
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inventory() -> Inventory {
        serde_json::from_value(json!({
            "regions": {"us-east-1": {
                "connections": [{"connectionId": "dxcon-1", "connectionName": "one", "connectionState": "available"}],
                "virtualInterfaces": [{"virtualInterfaceId": "dxvif-1", "bgpPeers": [
                    {"bgpPeerId": "dxpeer-1", "bgpStatus": "up"},
                    {"addressFamily": "ipv6", "customerAddress": "2001:db8::2/125", "bgpStatus": "up"}
                ]}],
                "hostedConnections": {"dxlag-1": [{"connectionId": "dxcon-h"}]}
            }},
            "global": {"directConnectGatewayAttachments": [
                {"directConnectGatewayId": "gw", "virtualInterfaceId": "dxvif-1"}
            ]}
        }))
        .unwrap()
    }

    fn applied(entry: Value) -> Result<Value, String> {
        let mut inventory = inventory();
        serde_json::from_value::<TimelineEntry>(entry).unwrap().apply(&mut inventory)?;
        Ok(serde_json::to_value(inventory).unwrap())
    }

    #[test]
    fn an_item_of_any_kind_is_found_by_its_id() {
        for (item, set, pointer) in [
            ("dxcon-1", json!({"connectionState": "down"}), "/regions/us-east-1/connections/0/connectionState"),
            (
                "dxcon-h",
                json!({"connectionState": "down"}),
                "/regions/us-east-1/hostedConnections/dxlag-1/0/connectionState",
            ),
            ("dxpeer-1", json!({"bgpStatus": "down"}), "/regions/us-east-1/virtualInterfaces/0/bgpPeers/0/bgpStatus"),
            (
                "dxvif-1:ipv6:2001:db8::2/125",
                json!({"bgpStatus": "down"}),
                "/regions/us-east-1/virtualInterfaces/0/bgpPeers/1/bgpStatus",
            ),
            (
                "gw:dxvif-1",
                json!({"attachmentState": "down"}),
                "/global/directConnectGatewayAttachments/0/attachmentState",
            ),
        ] {
            let after = applied(json!({"at": 1, "item": item, "set": set})).unwrap();
            assert_eq!(after.pointer(pointer), Some(&json!("down")), "{item}");
        }
    }

    #[test]
    fn an_entry_changes_state_name_and_fields_and_null_removes_a_field() {
        let after = applied(json!({"at": 1, "item": "dxcon-1", "state": "quarantined", "rename": "two"})).unwrap();
        let connection = &after["regions"]["us-east-1"]["connections"][0];
        assert_eq!(connection["connectionState"], "quarantined");
        assert_eq!(connection["connectionName"], "two");

        let after = applied(json!({"at": 1, "item": "dxcon-1", "set": {"connectionState": null}})).unwrap();
        assert_eq!(after["regions"]["us-east-1"]["connections"][0]["connectionState"], Value::Null);
    }

    #[test]
    fn items_come_and_go() {
        let after = applied(json!({"at": 1, "item": "dxpeer-1", "remove": true})).unwrap();
        assert_eq!(after["regions"]["us-east-1"]["virtualInterfaces"][0]["bgpPeers"].as_array().unwrap().len(), 1);

        let added = json!({"regions": {"us-east-1": {"lags": [{"lagId": "dxlag-9", "connections": [{"connectionId": "dxcon-9"}]}]}}});
        let after = applied(json!({"at": 1, "add": added})).unwrap();
        assert_eq!(after["regions"]["us-east-1"]["connections"][1]["lagId"], "dxlag-9");
    }

    #[test]
    fn an_entry_that_cannot_be_applied_is_refused_with_the_reason() {
        for (entry, expected) in [
            (json!({"at": 5, "item": "dxcon-2", "state": "down"}), "no item `dxcon-2` at 5 s"),
            (json!({"at": 5, "item": "dxcon-1", "set": {"conectionState": "down"}}), "unknown field `conectionState`"),
            (json!({"at": 5, "item": "dxcon-1", "set": {"connectionId": "dxcon-2"}}), "changes the id `dxcon-1`"),
            (json!({"at": 5, "item": "dxpeer-1", "state": "down"}), "bgpStatus"),
            (json!({"at": 5, "item": "dxpeer-1", "rename": "peer"}), "has no name"),
            (json!({"at": 5, "item": "dxcon-1"}), "does nothing to its item"),
            (json!({"at": 5, "remove": true}), "does nothing"),
            (json!({"at": 5, "item": "dxcon-1", "remove": true, "state": "down"}), "both changes and removes"),
            (json!({"at": 5, "add": {}}), "holds no item"),
            (
                json!({"at": 5, "add": {"regions": {"us-east-1": {"connections": [{"connectionId": "dxcon-1"}]}}}}),
                "`dxcon-1` is there already",
            ),
        ] {
            let error = applied(entry.clone()).unwrap_err();
            assert!(error.contains(expected), "{entry}: {error}");
        }
    }
}
