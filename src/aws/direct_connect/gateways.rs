//! Virtual gateways, Direct Connect gateways, and what is attached to and associated with the latter, from the SDK's
//! types to ours.

use aws_sdk_directconnect::types::{
    DirectConnectGateway, DirectConnectGatewayAssociation, DirectConnectGatewayAttachment, VirtualGateway,
};

use crate::domain::{Item, ItemDescription, Kind, State};

use super::place::{Nameless, Place, first_text, number, text};

impl Place<'_> {
    pub(super) fn virtual_gateway(&self, gateway: &VirtualGateway) -> Result<Item, Nameless> {
        let id = gateway.virtual_gateway_id.as_deref().unwrap_or_default();
        let bare = self.bare(Kind::VirtualGateway, id).ok_or_else(|| Nameless::new(Kind::VirtualGateway, &[]))?;
        let description = ItemDescription { arn: Some(self.virtual_gateway_arn(id)), ..bare };
        Ok(Item {
            description: description.into(),
            state: State::of(Kind::VirtualGateway, gateway.virtual_gateway_state.as_deref()),
        })
    }

    pub(super) fn direct_connect_gateway(&self, gateway: &DirectConnectGateway) -> Result<Item, Nameless> {
        let id = gateway.direct_connect_gateway_id.as_deref().unwrap_or_default();
        let (name, owner) = (gateway.direct_connect_gateway_name.as_deref(), gateway.owner_account.as_deref());
        let bare = self
            .bare(Kind::DirectConnectGateway, id)
            .ok_or_else(|| Nameless::new(Kind::DirectConnectGateway, &[("name", name), ("owner", owner)]))?;
        let description = ItemDescription {
            name: text(name),
            arn: Some(self.direct_connect_gateway_arn(id, owner)),
            owner_account: text(owner),
            amazon_side_asn: gateway.amazon_side_asn.and_then(number),
            ..bare
        };
        let word = gateway.direct_connect_gateway_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::DirectConnectGateway, word) })
    }

    /// An attachment, listed for the gateway that was asked about. What is attached need not be a `dxvif-…`.
    pub(super) fn gateway_attachment(
        &self,
        asked: &str,
        attachment: &DirectConnectGatewayAttachment,
    ) -> Result<Item, Nameless> {
        let gateway = first_text([attachment.direct_connect_gateway_id.as_deref(), Some(asked)]).unwrap_or_default();
        let interface = attachment.virtual_interface_id.as_deref().filter(|id| !id.trim().is_empty());
        let id = interface.map(|interface| format!("{gateway}:{interface}")).unwrap_or_default();
        let owner = attachment.virtual_interface_owner_account.as_deref();
        let bare = self.bare(Kind::GatewayAttachment, &id).ok_or_else(|| {
            Nameless::new(Kind::GatewayAttachment, &[("Direct Connect gateway", Some(&gateway)), ("owner", owner)])
        })?;
        let description = ItemDescription {
            owner_account: text(owner),
            virtual_interface_id: text(interface),
            direct_connect_gateway_id: Some(gateway),
            ..bare
        };
        let word = attachment.attachment_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::GatewayAttachment, word) })
    }

    /// An association, listed for the gateway that was asked about. One without an id is known by what it joins.
    pub(super) fn gateway_association(
        &self,
        asked: &str,
        association: &DirectConnectGatewayAssociation,
    ) -> Result<Item, Nameless> {
        let gateway = first_text([association.direct_connect_gateway_id.as_deref(), Some(asked)]).unwrap_or_default();
        let associated = first_text([
            association.associated_gateway.as_ref().and_then(|gateway| gateway.id.as_deref()),
            association.associated_core_network.as_ref().and_then(|network| network.id.as_deref()),
        ]);
        let virtual_gateway = text(association.virtual_gateway_id.as_deref());
        let id = match (&association.association_id, associated.as_ref().or(virtual_gateway.as_ref())) {
            (Some(id), _) if !id.is_empty() => id.clone(),
            (_, Some(joined)) => format!("{gateway}:{joined}"),
            _ => String::new(),
        };
        let owner = association.direct_connect_gateway_owner_account.as_deref();
        let bare = self.bare(Kind::GatewayAssociation, &id).ok_or_else(|| {
            Nameless::new(Kind::GatewayAssociation, &[("Direct Connect gateway", Some(&gateway)), ("owner", owner)])
        })?;
        let description = ItemDescription {
            owner_account: text(owner),
            direct_connect_gateway_id: Some(gateway),
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

    use super::*;
    use crate::domain::Scope;

    fn in_place<T>(test: impl FnOnce(Place<'_>) -> T) -> T {
        let scope = Scope::regional("123456789012", "ap-southeast-2");
        test(Place { scope: &scope, partition: "aws" })
    }

    fn in_global_place<T>(test: impl FnOnce(Place<'_>) -> T) -> T {
        let scope = Scope::global("123456789012");
        test(Place { scope: &scope, partition: "aws" })
    }

    #[test]
    fn gateways_are_described() {
        let gateway =
            VirtualGateway::builder().virtual_gateway_id("vgw-0abc").virtual_gateway_state("deleting").build();
        let item = in_place(|place| place.virtual_gateway(&gateway)).unwrap();
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
            .build();
        let item = in_global_place(|place| place.direct_connect_gateway(&gateway)).unwrap();
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
          "amazonSideAsn": 64512
        }
        "#);
    }

    #[test]
    fn an_attachment_is_known_by_what_it_joins() {
        let attachment = DirectConnectGatewayAttachment::builder()
            .virtual_interface_id("mcc-a1b2c3d4")
            .virtual_interface_owner_account("210987654321")
            .attachment_state(DirectConnectGatewayAttachmentState::Attaching);
        let read = |attachment| in_global_place(|place| place.gateway_attachment("8384da05", &attachment));
        let item = read(attachment.clone().build()).unwrap();
        assert_eq!(item.state, State::of(Kind::GatewayAttachment, Some("attaching")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "gateway-attachment",
          "id": "8384da05:mcc-a1b2c3d4",
          "account": "123456789012",
          "region": "global",
          "ownerAccount": "210987654321",
          "virtualInterfaceId": "mcc-a1b2c3d4",
          "directConnectGatewayId": "8384da05"
        }
        "#);
        let nameless = read(attachment.virtual_interface_id(" ").build()).unwrap_err();
        assert_eq!(nameless.known, r#"Direct Connect gateway "8384da05", owner "210987654321""#);
    }

    #[test]
    fn an_association_is_known_by_its_id_or_by_what_it_joins() {
        let read = |association| in_global_place(|place| place.gateway_association("8384da05", &association));
        let association = DirectConnectGatewayAssociation::builder()
            .direct_connect_gateway_id("8384da05")
            .direct_connect_gateway_owner_account("123456789012")
            .association_state(DirectConnectGatewayAssociationState::Updating);
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
        assert!(read(association.build()).is_err());
    }
}
