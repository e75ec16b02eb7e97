//! The ids in a call's parameters and its answer, and nothing else of either.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What the keys of ids end with, in small letters, with an `s` behind it for a list, and whether the items are of global
/// kinds or have a part among these: an interface's attachment to its gateway is one.
const ENDINGS: [(&str, bool); 15] = [
    ("directconnectgatewayid", true),
    ("virtualinterfaceid", true),
    ("resiliencygroupid", true),
    ("associatedgatewayid", true),
    ("associationid", true),
    ("attachmentid", true),
    ("proposalid", true),
    ("virtualgatewayid", false),
    ("interconnectid", false),
    ("connectionid", false),
    ("gatewayid", true),
    ("bgppeerid", false),
    ("lagid", false),
    ("bgppeer", false),
    ("resourcearn", false),
];
/// How deep a call is read, and how many ids of it are kept.
const MAXIMUM_DEPTH: usize = 8;
const MAXIMUM_IDS: usize = 100;
/// The longest id, in bytes. AWS's longest is a UUID.
const MAXIMUM_ID_BYTES: usize = 64;

/// The ids that a call names.
#[derive(Default)]
pub(super) struct Found {
    pub(super) ids: BTreeSet<String>,
    /// Whether one of them concerns items of the global kinds.
    pub(super) are_global: bool,
}

/// The ids in the parameters and the answer of a call.
pub(super) fn in_call(detail: &Value) -> Found {
    let mut found = Found::default();
    for part in ["requestParameters", "responseElements"] {
        if let Some(part) = detail.get(part) {
            found.search(part, MAXIMUM_DEPTH);
        }
    }
    found
}

impl Found {
    fn search(&mut self, value: &Value, depth: usize) {
        if depth == 0 {
            return;
        }
        match value {
            Value::Object(members) => self.search_members(members, depth),
            Value::Array(elements) => elements.iter().for_each(|element| self.search(element, depth - 1)),
            _ => {}
        }
    }

    fn search_members(&mut self, members: &Map<String, Value>, depth: usize) {
        for (key, value) in members {
            match (ending(key), value) {
                (Some(is_global), Value::String(id)) => self.add(id, is_global),
                (Some(is_global), Value::Array(ids)) if ids.iter().any(Value::is_string) => {
                    ids.iter().filter_map(Value::as_str).for_each(|id| self.add(id, is_global));
                }
                // The gateway of an association stands in an object of its own.
                (None, Value::Object(gateway)) if key == "associatedGateway" => {
                    gateway.get("id").and_then(Value::as_str).into_iter().for_each(|id| self.add(id, true));
                }
                _ => self.search(value, depth - 1),
            }
        }
    }

    fn add(&mut self, id: &str, is_global: bool) {
        // An ARN ends with the id.
        let id = if id.starts_with("arn:") { id.rsplit('/').next().unwrap_or_default() } else { id };
        if is_id(id) && self.ids.len() < MAXIMUM_IDS {
            self.are_global |= is_global;
            self.ids.insert(id.to_owned());
        }
    }
}

/// Whether the item under this key is global. None if the key is none of an id.
fn ending(key: &str) -> Option<bool> {
    let key = key.to_ascii_lowercase();
    let one = key.strip_suffix('s').unwrap_or(&key);
    ENDINGS.into_iter().find(|(ending, _)| one.ends_with(ending)).map(|(_, is_global)| is_global)
}

/// Letters, digits and dashes, of which at least one is a letter: no address, no number of an account, nothing masked.
fn is_id(id: &str) -> bool {
    (1..=MAXIMUM_ID_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && id.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(parameters: Value) -> (Vec<String>, bool) {
        let found = in_call(&json!({"requestParameters": parameters}));
        (found.ids.into_iter().collect(), found.are_global)
    }

    #[test]
    fn ids_are_found_however_deep_and_under_every_known_key() {
        let parameters = json!({
            "parentConnectionId": "dxcon-1",
            "lag": {"lagId": "dxlag-1", "connections": [{"connectionId": "dxcon-2"}]},
            "bgpPeers": ["dxpeer-1"],
            "virtualInterfaceTest": {"bgpPeers": [{"bgpPeerId": "dxpeer-2", "asn": -1}]},
            "resourceArn": "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-3",
            "connectionIds": ["dxcon-4"],
        });
        let ids = ["dxcon-1", "dxcon-2", "dxcon-3", "dxcon-4", "dxlag-1", "dxpeer-1", "dxpeer-2"];
        assert_eq!(found(parameters), (ids.map(str::to_owned).to_vec(), false));
    }

    #[test]
    fn ids_of_global_kinds_say_so() {
        let gateway = "5f294f92-bafb-4011-916d-9b0bexample";
        for parameters in [
            json!({"directConnectGatewayId": gateway}),
            json!({"associatedGateway": {"id": gateway, "ownerAccount": "123456789012"}}),
            json!({"associationId": gateway}),
            json!({"virtualInterfaceId": gateway}),
        ] {
            assert_eq!(found(parameters), (vec![gateway.to_owned()], true));
        }
        assert!(!found(json!({"virtualGatewayId": "vgw-1"})).1);
    }

    #[test]
    fn nothing_but_ids_is_taken() {
        let parameters = json!({
            "connectionId": "169.254.96.1/30",
            "lagId": "2001:db8::1",
            "bgpPeerId": "[PROTECTED]",
            "interconnectId": "123456789012",
            "ownerAccount": "dxcon-5",
            "authKey": "dxcon-6",
            "associationid": {"authKey": "asdf34example"},
            "virtualInterfaceId": 7,
        });
        assert_eq!(found(parameters), (Vec::new(), false));
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = (0..200).fold(json!({"lagId": "dxlag-1"}), |inner, _| json!([inner]));
        assert!(found(deep).0.is_empty());
        let many: Vec<String> = (0..1_000).map(|number| format!("dxcon-{number}")).collect();
        assert_eq!(found(json!({"connectionIds": many})).0.len(), MAXIMUM_IDS);
    }
}
