//! Virtual gateways, and Direct Connect gateways with their attachments and associations, translated from the SDK's
//! types to ours.

use aws_sdk_directconnect::types::{
    DirectConnectGateway, DirectConnectGatewayAssociation, DirectConnectGatewayAttachment, VirtualGateway,
};

use crate::domain::{Item, ItemDescription, Kind, State};

use super::origin::{Found, Omission, Origin, first_text, number, text};

/// A side of an attachment or association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The Direct Connect gateway.
    Gateway,
    /// The item joined to it: a virtual interface or a virtual private gateway.
    Joined,
}

/// The end for which attachments or associations are listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct End<'a> {
    pub(super) side: Side,
    pub(super) id: &'a str,
}

impl<'a> End<'a> {
    /// The id of that side, if it is the one that the list was read for.
    fn of(self, side: Side) -> Option<&'a str> {
        (self.side == side).then_some(self.id)
    }
}

impl Origin<'_> {
    pub(super) fn virtual_gateway(&self, gateway: &VirtualGateway) -> Found {
        let id = gateway.virtual_gateway_id.as_deref().unwrap_or_default();
        let bare =
            self.bare(Kind::VirtualGateway, id).ok_or_else(|| Omission::nameless(Kind::VirtualGateway, None, &[]))?;
        let description = ItemDescription { arn: Some(self.virtual_gateway_arn(id)), ..bare };
        Ok(Item {
            description: description.into(),
            state: State::of(Kind::VirtualGateway, gateway.virtual_gateway_state.as_deref()),
        })
    }

    pub(super) fn direct_connect_gateway(&self, gateway: &DirectConnectGateway) -> Found {
        let id = gateway.direct_connect_gateway_id.as_deref().unwrap_or_default();
        let (name, owner) = (gateway.direct_connect_gateway_name.as_deref(), gateway.owner_account.as_deref());
        let bare = self
            .bare(Kind::DirectConnectGateway, id)
            .ok_or_else(|| Omission::nameless(Kind::DirectConnectGateway, name, &[("owner", owner)]))?;
        let description = ItemDescription {
            name: text(name),
            arn: Some(self.global_arn("dx-gateway", id, owner)),
            owner_account: text(owner),
            state_change_error: text(gateway.state_change_error.as_deref()),
            tags: self.tags(gateway.tags.as_deref()),
            amazon_side_asn: gateway.amazon_side_asn.and_then(number),
            ..bare
        };
        let word = gateway.direct_connect_gateway_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::DirectConnectGateway, word) })
    }

    /// An attachment, listed for one of its ends. The attached item need not be a `dxvif-…`.
    pub(super) fn gateway_attachment(&self, asked: End<'_>, attachment: &DirectConnectGatewayAttachment) -> Found {
        let gateway = first_text([attachment.direct_connect_gateway_id.as_deref(), asked.of(Side::Gateway)]);
        let interface = attachment.virtual_interface_id.as_deref().filter(|id| !id.trim().is_empty());
        let interface = interface.or(asked.of(Side::Joined));
        let id = match (&gateway, interface) {
            (Some(gateway), Some(interface)) => format!("{gateway}:{interface}"),
            _ => String::new(),
        };
        let owner = attachment.virtual_interface_owner_account.as_deref();
        let bare = self.bare(Kind::GatewayAttachment, &id).ok_or_else(|| {
            let facts = [("Direct Connect gateway", gateway.as_deref()), ("owner", owner)];
            Omission::nameless(Kind::GatewayAttachment, None, &facts)
        })?;
        let description = ItemDescription {
            owner_account: text(owner),
            state_change_error: text(attachment.state_change_error.as_deref()),
            virtual_interface_id: text(interface),
            direct_connect_gateway_id: gateway,
            ..bare
        };
        let word = attachment.attachment_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::GatewayAttachment, word) })
    }

    /// An association, listed for one of its ends. One without an id is identified by its two ends. If another account
    /// has associated its gateway, AWS may leave that gateway out, and then nothing identifies the association.
    pub(super) fn gateway_association(&self, asked: End<'_>, association: &DirectConnectGatewayAssociation) -> Found {
        let gateway = first_text([association.direct_connect_gateway_id.as_deref(), asked.of(Side::Gateway)]);
        let associated = first_text([
            association.associated_gateway.as_ref().and_then(|gateway| gateway.id.as_deref()),
            association.associated_core_network.as_ref().and_then(|network| network.id.as_deref()),
            asked.of(Side::Joined),
        ]);
        let virtual_gateway = text(association.virtual_gateway_id.as_deref());
        let joined = associated.as_ref().or(virtual_gateway.as_ref());
        let id = match (&association.association_id, &gateway, joined) {
            (Some(id), ..) if !id.is_empty() => id.clone(),
            (_, Some(gateway), Some(joined)) => format!("{gateway}:{joined}"),
            _ => String::new(),
        };
        let owner = association.direct_connect_gateway_owner_account.as_deref();
        let bare = self.bare(Kind::GatewayAssociation, &id).ok_or_else(|| {
            let facts = [("Direct Connect gateway", gateway.as_deref()), ("owner", owner)];
            Omission::nameless(Kind::GatewayAssociation, None, &facts)
        })?;
        let description = ItemDescription {
            owner_account: text(owner),
            state_change_error: text(association.state_change_error.as_deref()),
            direct_connect_gateway_id: gateway,
            virtual_gateway_id: virtual_gateway,
            associated_gateway_id: associated,
            ..bare
        };
        let word = association.association_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::GatewayAssociation, word) })
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_directconnect::types::{
        AssociatedCoreNetwork, AssociatedGateway, DirectConnectGatewayAssociationState,
        DirectConnectGatewayAttachmentState, DirectConnectGatewayState,
    };
    use insta::assert_json_snapshot;

    use super::{
        super::origin::tests::{at_global_origin, at_origin},
        *,
    };

    const GATEWAY: End<'_> = End { side: Side::Gateway, id: "8384da05" };

    #[test]
    fn gateways_are_described() {
        let gateway =
            VirtualGateway::builder().virtual_gateway_id("vgw-0abc").virtual_gateway_state("deleting").build();
        let item = at_origin(|origin| origin.virtual_gateway(&gateway)).unwrap();
        assert_eq!(item.state, State::of(Kind::VirtualGateway, Some("deleting")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "virtual-gateway",
          "id": "vgw-0abc",
          "arn": "arn:aws:ec2:ap-southeast-2:123456789012:vpn-gateway/vgw-0abc",
          "account": "123456789012",
          "region": "ap-southeast-2"
        }
        "#);
        let gateway = DirectConnectGateway::builder()
            .direct_connect_gateway_id("8384da05-13ce-4a91-aada-5a1ba1e2f3a4")
            .direct_connect_gateway_name("core")
            .direct_connect_gateway_state(DirectConnectGatewayState::Pending)
            .owner_account("210987654321")
            .amazon_side_asn(64_512)
            .state_change_error("The gateway still has attachments.")
            .build();
        let item = at_global_origin(|origin| origin.direct_connect_gateway(&gateway)).unwrap();
        assert_eq!(item.state, State::of(Kind::DirectConnectGateway, Some("pending")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "direct-connect-gateway",
          "id": "8384da05-13ce-4a91-aada-5a1ba1e2f3a4",
          "name": "core",
          "arn": "arn:aws:directconnect::210987654321:dx-gateway/8384da05-13ce-4a91-aada-5a1ba1e2f3a4",
          "account": "123456789012",
          "region": "global",
          "ownerAccount": "210987654321",
          "stateChangeError": "The gateway still has attachments.",
          "amazonSideAsn": 64512
        }
        "#);
    }

    #[test]
    fn an_attachment_is_known_by_what_it_joins() {
        let attachment = DirectConnectGatewayAttachment::builder()
            .virtual_interface_id("mcc-a1b2c3d4")
            .virtual_interface_owner_account("210987654321")
            .attachment_state(DirectConnectGatewayAttachmentState::Attaching)
            .state_change_error("The virtual interface is in use.");
        let read_at = |end, attachment| at_global_origin(|origin| origin.gateway_attachment(end, &attachment));
        let read = |attachment| read_at(GATEWAY, attachment);
        let item = read(attachment.clone().build()).unwrap();
        assert_eq!(item.state, State::of(Kind::GatewayAttachment, Some("attaching")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "gateway-attachment",
          "id": "8384da05:mcc-a1b2c3d4",
          "account": "123456789012",
          "region": "global",
          "ownerAccount": "210987654321",
          "stateChangeError": "The virtual interface is in use.",
          "virtualInterfaceId": "mcc-a1b2c3d4",
          "directConnectGatewayId": "8384da05"
        }
        "#);
        let nameless = read(attachment.clone().virtual_interface_id(" ").build()).unwrap_err();
        let facts = [("Direct Connect gateway", Some("8384da05")), ("owner", Some("210987654321"))];
        assert_eq!(nameless, Omission::nameless(Kind::GatewayAttachment, None, &facts));

        let of_interface = DirectConnectGatewayAttachment::builder().direct_connect_gateway_id("foreign");
        let item = read_at(End { side: Side::Joined, id: "dxvif-1" }, of_interface.build()).unwrap();
        assert_eq!(item.description.id, "foreign:dxvif-1");
        assert!(
            read_at(End { side: Side::Joined, id: "dxvif-1" }, DirectConnectGatewayAttachment::builder().build())
                .is_err()
        );
    }

    #[test]
    fn an_association_is_known_by_its_id_or_by_what_it_joins() {
        let read = |association| at_global_origin(|origin| origin.gateway_association(GATEWAY, &association));
        let association = DirectConnectGatewayAssociation::builder()
            .direct_connect_gateway_id("8384da05")
            .direct_connect_gateway_owner_account("123456789012")
            .association_state(DirectConnectGatewayAssociationState::Updating)
            .state_change_error("The prefixes overlap.");
        let on_gateway = association
            .clone()
            .associated_gateway(AssociatedGateway::builder().id("vgw-0abc").build())
            .virtual_gateway_id("vgw-0abc");
        let item = read(on_gateway.clone().association_id("be85116d").build()).unwrap();
        assert_eq!(item.state, State::of(Kind::GatewayAssociation, Some("updating")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "gateway-association",
          "id": "be85116d",
          "account": "123456789012",
          "region": "global",
          "ownerAccount": "123456789012",
          "stateChangeError": "The prefixes overlap.",
          "directConnectGatewayId": "8384da05",
          "virtualGatewayId": "vgw-0abc",
          "associatedGatewayId": "vgw-0abc"
        }
        "#);

        let id = |association| read(association).unwrap().description.id.clone();
        assert_eq!(id(on_gateway.build()), "8384da05:vgw-0abc");
        let core_network = AssociatedCoreNetwork::builder().id("core-network-0abc").build();
        assert_eq!(id(association.clone().associated_core_network(core_network).build()), "8384da05:core-network-0abc");
        assert_eq!(id(association.clone().virtual_gateway_id("vgw-0def").build()), "8384da05:vgw-0def");
        let facts = [("Direct Connect gateway", Some("8384da05")), ("owner", Some("123456789012"))];
        let nameless = read(association.clone().build()).unwrap_err();
        assert_eq!(nameless, Omission::nameless(Kind::GatewayAssociation, None, &facts), "another account's");
        let from_this_side = at_global_origin(|origin| {
            origin.gateway_association(End { side: Side::Joined, id: "vgw-1" }, &association.build())
        })
        .unwrap();
        assert_eq!(from_this_side.description.id, "8384da05:vgw-1");
    }
}
