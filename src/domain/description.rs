//! The description of an item besides its state: the `item` of an event, and the `details` of a state row.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    kind::Kind,
    scope::{ItemKey, Scope},
};

/// What identifies and describes an item, as far as its kind has it. Free text comes from AWS and is hostile until it is
/// escaped for its destination. There is no field for a secret.
//
// It is shared rather than copied (`Arc`): the observation, the row, the transition and its event have the same
// description of an item, and thousands of items may change at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemDescription {
    /// The item's kind.
    pub kind: Kind,
    /// AWS's id, or an id made by this program where AWS gives none.
    pub id: String,
    /// The name that its owner gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The item's ARN, where AWS defines one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The account that was polled.
    pub account: String,
    /// The region that it was read from; `global` for kinds that are the same from every region.
    pub region: String,
    /// The account that owns the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<String>,
    /// The Direct Connect location, such as `EqDC2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The AWS device on which the item ends: the logical one, or else the only one that AWS names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The AWS device on which the item's cable ends. It may differ from the logical one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_device: Option<String>,
    /// The bandwidth in AWS's words, such as `10Gbps`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<String>,
    /// How many members of a LAG must be up for the LAG to be up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_links: Option<i64>,
    /// The ids of a LAG's members, sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_connections: Option<Vec<String>>,
    /// Whether the port encrypts (MACsec): `no_encrypt`, `should_encrypt` or `must_encrypt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_mode: Option<String>,
    /// AWS's own reason why the last change of the state failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_change_error: Option<String>,
    /// The item's AWS tags, of the chosen keys only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// The VLAN tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<i64>,
    /// The Direct Connect partner's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_name: Option<String>,
    /// The LAG that the item belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag_id: Option<String>,
    /// The connection that the item runs over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// The interconnect that hosts the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interconnect_id: Option<String>,
    /// The virtual interface that the item belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub virtual_interface_id: Option<String>,
    /// The BGP peer that the routes are exchanged with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bgp_peer_id: Option<String>,
    /// The type of virtual interface: `private`, `public` or `transit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub virtual_interface_type: Option<String>,
    /// The Direct Connect gateway that the item belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_connect_gateway_id: Option<String>,
    /// The virtual private gateway that the item belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub virtual_gateway_id: Option<String>,
    /// The gateway or core network that an association joins to the Direct Connect gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub associated_gateway_id: Option<String>,
    /// The address family of a peering: `ipv4` or `ipv6`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_family: Option<String>,
    /// The address on Amazon's side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amazon_address: Option<String>,
    /// The address on the customer's side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_address: Option<String>,
    /// The autonomous system number on the customer's side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<i64>,
    /// The autonomous system number on Amazon's side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amazon_side_asn: Option<i64>,
    /// How many routes AWS has accepted from the customer's router.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_routes: Option<i64>,
    /// How many routes AWS advertises to the customer's router. Not counted on a public virtual interface, where these are
    /// all of AWS's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertised_routes: Option<i64>,
}

impl ItemDescription {
    /// The AWS device on which its cable ends.
    pub fn aws_device(&self) -> Option<&str> {
        self.physical_device.as_deref().or(self.device.as_deref())
    }

    /// A description with no more than the item's scope and key.
    pub fn bare(scope: &Scope, key: &ItemKey) -> ItemDescription {
        ItemDescription {
            kind: key.kind,
            id: key.id.clone(),
            name: None,
            arn: None,
            account: scope.account().to_owned(),
            region: scope.region().to_owned(),
            owner_account: None,
            location: None,
            device: None,
            physical_device: None,
            bandwidth: None,
            minimum_links: None,
            member_connections: None,
            encryption_mode: None,
            state_change_error: None,
            tags: None,
            vlan: None,
            partner_name: None,
            lag_id: None,
            connection_id: None,
            interconnect_id: None,
            virtual_interface_id: None,
            bgp_peer_id: None,
            virtual_interface_type: None,
            direct_connect_gateway_id: None,
            virtual_gateway_id: None,
            associated_gateway_id: None,
            address_family: None,
            amazon_address: None,
            customer_address: None,
            asn: None,
            amazon_side_asn: None,
            accepted_routes: None,
            advertised_routes: None,
        }
    }

    /// The item's key within its scope.
    pub fn key(&self) -> ItemKey {
        ItemKey::new(self.kind, self.id.clone())
    }

    /// The scope that the item was read in.
    pub fn scope(&self) -> Scope {
        Scope::regional(self.account.clone(), self.region.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_fields_are_left_out() {
        let bare = ItemDescription::bare(&Scope::regional("1", "us-east-1"), &ItemKey::new(Kind::Lag, "dxlag-1"));
        assert_eq!(
            serde_json::to_string(&bare).unwrap(),
            r#"{"kind":"lag","id":"dxlag-1","account":"1","region":"us-east-1"}"#
        );
    }
}
