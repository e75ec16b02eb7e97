//! Virtual interfaces and their BGP peers, translated from the SDK's types to ours.

use aws_sdk_directconnect::types::{BgpPeer, VirtualInterface};

use crate::domain::{Item, ItemDescription, Kind, State};

use super::origin::{Found, Omission, Origin, asn, device, number, text};

impl Origin<'_> {
    pub(super) fn virtual_interface(&self, interface: &VirtualInterface) -> Found {
        let id = interface.virtual_interface_id.as_deref().unwrap_or_default();
        let (region, owner) = (interface.region.as_deref(), interface.owner_account.as_deref());
        let (name, cable) = (interface.virtual_interface_name.as_deref(), interface.connection_id.as_deref());
        let facts = [("connection", cable), ("owner", owner)];
        let bare = self.listed_here(Kind::VirtualInterface, (id, region), name, &facts)?;
        let description = ItemDescription {
            arn: Some(self.regional_arn("dxvif", id, region, owner)),
            device: device(interface.aws_logical_device_id.as_deref(), interface.aws_device_v2.as_deref(), None),
            physical_device: text(interface.aws_device_v2.as_deref()),
            direct_connect_gateway_id: text(interface.direct_connect_gateway_id.as_deref()),
            virtual_gateway_id: text(interface.virtual_gateway_id.as_deref()),
            address_family: text(interface.address_family.as_ref().map(|family| family.as_str())),
            amazon_address: text(interface.amazon_address.as_deref()),
            customer_address: text(interface.customer_address.as_deref()),
            asn: asn(interface.asn_long, interface.asn),
            amazon_side_asn: interface.amazon_side_asn.and_then(number),
            ..self.on_interface(bare, interface)
        };
        let word = interface.virtual_interface_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::VirtualInterface, word) })
    }

    /// A peer of `interface`. One without an id is identified by its interface, address family and, if it has one, the
    /// customer's address.
    pub(super) fn bgp_peer(&self, interface: &VirtualInterface, peer: &BgpPeer) -> Found {
        self.here(interface.region.as_deref())?;
        let interface_id = text(interface.virtual_interface_id.as_deref());
        let address_family = text(peer.address_family.as_ref().map(|family| family.as_str()));
        let customer_address = text(peer.customer_address.as_deref());
        let id = match (&peer.bgp_peer_id, &interface_id, &address_family, &customer_address) {
            (Some(id), ..) if !id.is_empty() => id.clone(),
            (_, Some(interface_id), Some(family), Some(address)) => format!("{interface_id}:{family}:{address}"),
            (_, Some(interface_id), Some(family), None) => format!("{interface_id}:{family}"),
            _ => String::new(),
        };
        let bare = self.bare(Kind::BgpPeer, &id).ok_or_else(|| {
            let known = [
                ("virtual interface", interface_id.as_deref()),
                ("address family", address_family.as_deref()),
                ("customer address", customer_address.as_deref()),
            ];
            Omission::nameless(Kind::BgpPeer, None, &known)
        })?;
        let description = ItemDescription {
            device: device(peer.aws_logical_device_id.as_deref(), peer.aws_device_v2.as_deref(), None),
            physical_device: text(peer.aws_device_v2.as_deref()),
            virtual_interface_id: interface_id,
            address_family,
            amazon_address: text(peer.amazon_address.as_deref()),
            customer_address,
            asn: asn(peer.asn_long, peer.asn),
            ..self.on_interface(bare, interface)
        };
        let state = peer.bgp_peer_state.as_ref().map(|state| state.as_str());
        let status = peer.bgp_status.as_ref().map(|status| status.as_str());
        Ok(Item { description: description.into(), state: State::of_bgp_peer(state, status) })
    }

    /// What a virtual interface and its peers have in common.
    fn on_interface(&self, bare: ItemDescription, interface: &VirtualInterface) -> ItemDescription {
        let connection_id = text(interface.connection_id.as_deref());
        ItemDescription {
            name: text(interface.virtual_interface_name.as_deref()),
            owner_account: text(interface.owner_account.as_deref()),
            location: text(interface.location.as_deref()),
            tags: self.tags(interface.tags.as_deref()),
            vlan: number(interface.vlan),
            // An interface on a LAG has the LAG's id in place of a connection's.
            lag_id: connection_id.clone().filter(|id| id.starts_with("dxlag-")),
            connection_id,
            virtual_interface_type: text(interface.virtual_interface_type.as_deref()),
            ..bare
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_directconnect::types::{AddressFamily, BgpPeerState, BgpStatus, VirtualInterfaceState};
    use insta::assert_json_snapshot;

    use super::{super::origin::tests::at_origin, *};

    fn interface() -> VirtualInterface {
        VirtualInterface::builder()
            .virtual_interface_id("dxvif-ffabc123")
            .virtual_interface_name("prod-private")
            .virtual_interface_state(VirtualInterfaceState::Testing)
            .virtual_interface_type("private")
            .owner_account("210987654321")
            .region("ap-southeast-2")
            .location("EqSY3")
            .connection_id("dxlag-fgabc12")
            .vlan(101)
            .asn(65_010)
            .asn_long(4_200_000_010)
            .amazon_side_asn(64_512)
            .auth_key("canary")
            .customer_router_config("canary")
            .amazon_address("169.254.10.1/30")
            .customer_address("169.254.10.2/30")
            .address_family(AddressFamily::IPv4)
            .virtual_gateway_id("")
            .direct_connect_gateway_id("8384da05")
            .aws_device_v2("EqSY3-newer")
            .build()
    }

    #[test]
    fn a_virtual_interface_is_described_without_its_secrets() {
        let item = at_origin(|origin| origin.virtual_interface(&interface())).unwrap();
        assert_eq!(item.state, State::of(Kind::VirtualInterface, Some("testing")));
        assert!(!format!("{item:?}").contains("canary"));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "virtual-interface",
          "id": "dxvif-ffabc123",
          "name": "prod-private",
          "arn": "arn:aws:directconnect:ap-southeast-2:210987654321:dxvif/dxvif-ffabc123",
          "account": "123456789012",
          "region": "ap-southeast-2",
          "ownerAccount": "210987654321",
          "location": "EqSY3",
          "device": "EqSY3-newer",
          "physicalDevice": "EqSY3-newer",
          "vlan": 101,
          "lagId": "dxlag-fgabc12",
          "connectionId": "dxlag-fgabc12",
          "virtualInterfaceType": "private",
          "directConnectGatewayId": "8384da05",
          "addressFamily": "ipv4",
          "amazonAddress": "169.254.10.1/30",
          "customerAddress": "169.254.10.2/30",
          "asn": 4200000010,
          "amazonSideAsn": 64512
        }
        "#);
    }

    #[test]
    fn a_bgp_peer_is_described_with_what_its_interface_knows() {
        let peer = BgpPeer::builder()
            .bgp_peer_id("dxpeer-fgaaa001")
            .asn(65_010)
            .auth_key("canary")
            .address_family(AddressFamily::IPv6)
            .amazon_address("2001:db8::1/125")
            .customer_address("2001:db8::2/125")
            .bgp_peer_state(BgpPeerState::Available)
            .bgp_status(BgpStatus::Down)
            .aws_logical_device_id("EqSY3-logical")
            .aws_device_v2("EqSY3-newer")
            .build();
        let item = at_origin(|origin| origin.bgp_peer(&interface(), &peer)).unwrap();
        assert_eq!(item.state, State::of(Kind::BgpPeer, Some("down")));
        assert!(!format!("{item:?}").contains("canary"));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "bgp-peer",
          "id": "dxpeer-fgaaa001",
          "name": "prod-private",
          "account": "123456789012",
          "region": "ap-southeast-2",
          "ownerAccount": "210987654321",
          "location": "EqSY3",
          "device": "EqSY3-logical",
          "physicalDevice": "EqSY3-newer",
          "vlan": 101,
          "lagId": "dxlag-fgabc12",
          "connectionId": "dxlag-fgabc12",
          "virtualInterfaceId": "dxvif-ffabc123",
          "virtualInterfaceType": "private",
          "addressFamily": "ipv6",
          "amazonAddress": "2001:db8::1/125",
          "customerAddress": "2001:db8::2/125",
          "asn": 65010
        }
        "#);
    }

    #[test]
    fn a_peer_without_an_id_is_known_by_its_addresses() {
        let id = |peer: BgpPeer| {
            at_origin(|origin| origin.bgp_peer(&interface(), &peer)).map(|item| item.description.id.clone())
        };
        let peer = BgpPeer::builder().address_family(AddressFamily::IPv6).customer_address("2001:db8::2/125");
        assert_eq!(id(peer.clone().build()).as_deref(), Ok("dxvif-ffabc123:ipv6:2001:db8::2/125"));
        assert_eq!(
            id(peer.bgp_peer_id("").build()).as_deref(),
            Ok("dxvif-ffabc123:ipv6:2001:db8::2/125"),
            "an empty id is none"
        );
        let without_address = BgpPeer::builder().address_family(AddressFamily::IPv6).customer_address("").build();
        assert_eq!(id(without_address).as_deref(), Ok("dxvif-ffabc123:ipv6"));
        let facts = [("virtual interface", Some("dxvif-ffabc123")), ("customer address", Some("169.254.1.2/30"))];
        let nameless = id(BgpPeer::builder().customer_address("169.254.1.2/30").build());
        assert_eq!(nameless, Err(Omission::nameless(Kind::BgpPeer, None, &facts)));
    }
}
