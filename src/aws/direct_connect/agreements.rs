//! Items that carry no traffic: proposals to associate gateways, and resiliency groups. Translated from the SDK's types
//! to ours.

use aws_sdk_directconnect::types::{DirectConnectGatewayAssociationProposal, ResiliencyGroupSummary};

use crate::domain::{Item, ItemDescription, Kind, State};

use super::origin::{Found, Omission, Origin, text};

impl Origin<'_> {
    pub(super) fn gateway_association_proposal(&self, proposal: &DirectConnectGatewayAssociationProposal) -> Found {
        let id = proposal.proposal_id.as_deref().unwrap_or_default();
        let gateway = proposal.direct_connect_gateway_id.as_deref();
        let owner = proposal.direct_connect_gateway_owner_account.as_deref();
        let bare = self.bare(Kind::GatewayAssociationProposal, id).ok_or_else(|| {
            let facts = [("Direct Connect gateway", gateway), ("owner", owner)];
            Omission::nameless(Kind::GatewayAssociationProposal, None, &facts)
        })?;
        let associated = proposal.associated_gateway.as_ref();
        let description = ItemDescription {
            owner_account: text(owner),
            direct_connect_gateway_id: text(gateway),
            associated_gateway_id: text(associated.and_then(|gateway| gateway.id.as_deref())),
            ..bare
        };
        let word = proposal.proposal_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::GatewayAssociationProposal, word) })
    }

    pub(super) fn resiliency_group(&self, group: &ResiliencyGroupSummary) -> Found {
        let id = group.resiliency_group_id.as_deref().unwrap_or_default();
        let (name, owner) = (group.resiliency_group_name.as_deref(), group.owner_account.as_deref());
        let bare = self
            .bare(Kind::ResiliencyGroup, id)
            .ok_or_else(|| Omission::nameless(Kind::ResiliencyGroup, name, &[("owner", owner)]))?;
        let description = ItemDescription {
            name: text(name),
            arn: Some(self.global_arn("dx-resiliency-group", id, owner)),
            owner_account: text(owner),
            ..bare
        };
        let word = group.state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::ResiliencyGroup, word) })
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_directconnect::types::{
        AssociatedGateway, DirectConnectGatewayAssociationProposalState, ResiliencyGroupState,
    };
    use insta::assert_json_snapshot;

    use super::{super::origin::tests::at_global_origin, *};

    #[test]
    fn a_proposal_is_described_with_both_gateways() {
        let proposal = DirectConnectGatewayAssociationProposal::builder()
            .proposal_id("e1f2a3b4")
            .direct_connect_gateway_id("8384da05")
            .direct_connect_gateway_owner_account("210987654321")
            .proposal_state(DirectConnectGatewayAssociationProposalState::Requested)
            .associated_gateway(AssociatedGateway::builder().id("vgw-0abc").owner_account("123456789012").build());
        let read = |proposal| at_global_origin(|origin| origin.gateway_association_proposal(&proposal));
        let item = read(proposal.clone().build()).unwrap();
        assert_eq!(item.state, State::of(Kind::GatewayAssociationProposal, Some("requested")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "gateway-association-proposal",
          "id": "e1f2a3b4",
          "account": "123456789012",
          "region": "global",
          "ownerAccount": "210987654321",
          "directConnectGatewayId": "8384da05",
          "associatedGatewayId": "vgw-0abc"
        }
        "#);
        assert!(read(proposal.proposal_id("").build()).is_err());
    }

    #[test]
    fn a_resiliency_group_is_described() {
        let group = ResiliencyGroupSummary::builder()
            .resiliency_group_id("dxrg-0a1b2c3d4e5f6a7b8")
            .resiliency_group_name("core")
            .owner_account("210987654321")
            .state(ResiliencyGroupState::Available);
        let read = |group| at_global_origin(|origin| origin.resiliency_group(&group));
        let item = read(group.clone().build()).unwrap();
        assert_eq!(item.state, State::of(Kind::ResiliencyGroup, Some("available")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "resiliency-group",
          "id": "dxrg-0a1b2c3d4e5f6a7b8",
          "name": "core",
          "arn": "arn:aws:directconnect::210987654321:dx-resiliency-group/dxrg-0a1b2c3d4e5f6a7b8",
          "account": "123456789012",
          "region": "global",
          "ownerAccount": "210987654321"
        }
        "#);
        assert!(read(group.resiliency_group_id(" ").build()).is_err());
    }
}
