//! What all listed items have in common: the id by which the timeline refers to them, the field that holds their state
//! and the one that holds their name.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::global::{
    DirectConnectGateway, GatewayAssociation, GatewayAssociationProposal, GatewayAttachment, ResiliencyGroup,
};
use super::logical::{BgpPeer, VirtualGateway, VirtualInterface};
use super::physical::{Connection, Interconnect, Lag};

/// An item that the timeline can change.
pub(super) trait Item: Serialize + DeserializeOwned {
    /// The kind in words, for messages.
    const KIND: &'static str;
    /// Wire name of the field that holds its state.
    const STATE: &'static str;
    /// Wire name of the field that holds its name, if the kind has names.
    const NAME: Option<&'static str>;

    /// The id by which the timeline refers to it; empty where it has none. `parent` is the virtual interface's id for a
    /// BGP peer, else unused.
    fn id(&self, parent: &str) -> Cow<'_, str>;

    /// Whether the id is the item's own, and no other item has it. An id made of the two ends that an item joins may
    /// occur twice: AWS lists an item that is being deleted beside the one that replaces it.
    fn has_own_id(&self) -> bool {
        true
    }

    /// Whether `id` refers to it. This is called for every item of a list, so it allocates nothing.
    fn is(&self, parent: &str, id: &str) -> bool {
        self.id(parent) == id
    }
}

/// Whether `id` is `<first>:<rest>`, without building that.
fn is_pair(id: &str, first: &str, rest: &str) -> bool {
    id.strip_prefix(first).and_then(|id| id.strip_prefix(':')) == Some(rest)
}

/// A member's text; empty where the item has none.
fn given(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

macro_rules! item {
    ($type:ty, $kind:literal, $id:ident, $state:literal, $name:expr) => {
        impl Item for $type {
            const KIND: &'static str = $kind;
            const STATE: &'static str = $state;
            const NAME: Option<&'static str> = $name;

            fn id(&self, _parent: &str) -> Cow<'_, str> {
                Cow::Borrowed(&self.$id)
            }
        }
    };
}

item!(Connection, "connection", connection_id, "connectionState", Some("connectionName"));
item!(Interconnect, "interconnect", interconnect_id, "interconnectState", Some("interconnectName"));
item!(Lag, "LAG", lag_id, "lagState", Some("lagName"));
item!(
    VirtualInterface,
    "virtual interface",
    virtual_interface_id,
    "virtualInterfaceState",
    Some("virtualInterfaceName")
);
item!(VirtualGateway, "virtual gateway", virtual_gateway_id, "virtualGatewayState", None);
item!(GatewayAssociationProposal, "gateway association proposal", proposal_id, "proposalState", None);
item!(ResiliencyGroup, "resiliency group", resiliency_group_id, "state", Some("resiliencyGroupName"));
item!(
    DirectConnectGateway,
    "Direct Connect gateway",
    direct_connect_gateway_id,
    "directConnectGatewayState",
    Some("directConnectGatewayName")
);

impl Item for BgpPeer {
    const KIND: &'static str = "BGP peer";
    const STATE: &'static str = "bgpPeerState";
    const NAME: Option<&'static str> = None;

    fn id(&self, parent: &str) -> Cow<'_, str> {
        match (&self.bgp_peer_id, given(&self.address_family), given(&self.customer_address)) {
            (Some(id), ..) => Cow::Borrowed(id),
            (None, "", _) => Cow::Borrowed(""),
            (None, family, "") => Cow::Owned(format!("{parent}:{family}")),
            (None, family, address) => Cow::Owned(format!("{parent}:{family}:{address}")),
        }
    }

    fn has_own_id(&self) -> bool {
        self.bgp_peer_id.is_some()
    }

    fn is(&self, parent: &str, id: &str) -> bool {
        match (&self.bgp_peer_id, given(&self.address_family), given(&self.customer_address)) {
            (Some(own), ..) => own == id,
            (None, "", _) => false,
            (None, family, "") => is_pair(id, parent, family),
            (None, family, address) => id
                .strip_prefix(parent)
                .and_then(|id| id.strip_prefix(':'))
                .is_some_and(|id| is_pair(id, family, address)),
        }
    }
}

impl Item for GatewayAttachment {
    const KIND: &'static str = "gateway attachment";
    const STATE: &'static str = "attachmentState";
    const NAME: Option<&'static str> = None;

    fn id(&self, _parent: &str) -> Cow<'_, str> {
        Cow::Owned(format!("{}:{}", self.direct_connect_gateway_id, self.virtual_interface_id))
    }

    fn has_own_id(&self) -> bool {
        false
    }

    fn is(&self, _parent: &str, id: &str) -> bool {
        is_pair(id, &self.direct_connect_gateway_id, &self.virtual_interface_id)
    }
}

impl GatewayAssociation {
    /// Id of the gateway at the far end, whichever member carries it.
    pub(super) fn associated_id(&self) -> &str {
        let gateway = self.associated_gateway.as_ref().and_then(|gateway| gateway.id.as_deref());
        let network = self.associated_core_network.as_ref().and_then(|network| network.id.as_deref());
        gateway.or(network).or(self.virtual_gateway_id.as_deref()).unwrap_or_default()
    }
}

impl Item for GatewayAssociation {
    const KIND: &'static str = "gateway association";
    const STATE: &'static str = "associationState";
    const NAME: Option<&'static str> = None;

    fn id(&self, _parent: &str) -> Cow<'_, str> {
        match (&self.association_id, self.associated_id()) {
            (Some(id), _) => Cow::Borrowed(id),
            (None, "") => Cow::Borrowed(""),
            (None, associated) => Cow::Owned(format!("{}:{associated}", self.direct_connect_gateway_id)),
        }
    }

    fn has_own_id(&self) -> bool {
        self.association_id.is_some()
    }

    fn is(&self, _parent: &str, id: &str) -> bool {
        match (&self.association_id, self.associated_id()) {
            (Some(own), _) => own == id,
            (None, "") => false,
            (None, associated) => is_pair(id, &self.direct_connect_gateway_id, associated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_ids_are_recognized_as_they_are_composed() {
        let peer = BgpPeer {
            address_family: Some("ipv6".into()),
            customer_address: Some("2001:db8::2/125".into()),
            ..BgpPeer::default()
        };
        let id = peer.id("dxvif-1");
        assert_eq!(id, "dxvif-1:ipv6:2001:db8::2/125");
        assert!(peer.is("dxvif-1", &id));
        assert!(!peer.is("dxvif-2", &id));
        let without_address = BgpPeer { customer_address: None, ..peer.clone() };
        assert_eq!(without_address.id("dxvif-1"), "dxvif-1:ipv6");
        assert!(without_address.is("dxvif-1", "dxvif-1:ipv6") && !without_address.is("dxvif-1", &id));

        let attachment = GatewayAttachment {
            direct_connect_gateway_id: "gw".into(),
            virtual_interface_id: "mcc-1".into(),
            ..GatewayAttachment::default()
        };
        assert!(attachment.is("", &attachment.id("")));
        assert!(!attachment.is("", "gw:mcc-2"));

        let association = GatewayAssociation {
            direct_connect_gateway_id: "gw".into(),
            virtual_gateway_id: Some("vgw-1".into()),
            ..GatewayAssociation::default()
        };
        assert_eq!(association.id(""), "gw:vgw-1");
        assert!(association.is("", "gw:vgw-1"));
        let nameless = GatewayAssociation { virtual_gateway_id: None, ..association.clone() };
        assert_eq!(nameless.id(""), "", "an association of another account that names nothing");
        assert!(!nameless.is("", "") && !nameless.is("", "gw:"));
    }
}
