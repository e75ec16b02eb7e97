//! Listings that every region answers alike: Direct Connect gateways, their attachments, associations and proposals, and
//! resiliency groups.

use super::super::error::ServiceError;
use super::{Answer, Listing, given, matches, wire};

impl Listing<'_> {
    pub(super) fn gateways(&self) -> Answer {
        let id = given(&self.call.parameters.direct_connect_gateway_id);
        let all = &self.inventory.global.direct_connect_gateways;
        if let Some(id) = id
            && !self.has_gateway(id)
        {
            return Err(ServiceError::not_found("Direct Connect Gateway", id));
        }
        let wanted = all.iter().filter(|gateway| matches(id, &gateway.direct_connect_gateway_id));
        let account = self.scenario.account.as_str();
        Ok(self.answer(wanted, |gateway| wire(gateway, &[("ownerAccount", account)])))
    }

    fn has_gateway(&self, id: &str) -> bool {
        self.inventory.global.direct_connect_gateways.iter().any(|gateway| gateway.direct_connect_gateway_id == id)
    }

    pub(super) fn attachments(&self) -> Answer {
        let gateway = given(&self.call.parameters.direct_connect_gateway_id);
        let interface = given(&self.call.parameters.virtual_interface_id);
        self.some_filter(gateway.or(interface), "directConnectGatewayId or virtualInterfaceId")?;
        let all = &self.inventory.global.direct_connect_gateway_attachments;
        if let Some(id) = gateway
            && !self.has_gateway(id)
            && !all.iter().any(|attachment| attachment.direct_connect_gateway_id == id)
        {
            return Err(ServiceError::not_found("Direct Connect Gateway", id));
        }
        if let Some(id) = interface {
            let listed = (self.inventory.regions.values())
                .flat_map(|region| &region.virtual_interfaces)
                .any(|interface| interface.virtual_interface_id == id);
            if !listed && !all.iter().any(|attachment| attachment.virtual_interface_id == id) {
                return Err(ServiceError::not_found("Virtual Interface", id));
            }
        }
        let wanted = all.iter().filter(|attachment| {
            matches(gateway, &attachment.direct_connect_gateway_id)
                && matches(interface, &attachment.virtual_interface_id)
        });
        Ok(self.answer(wanted, |attachment| wire(attachment, &[])))
    }

    pub(super) fn associations(&self) -> Answer {
        let parameters = &self.call.parameters;
        let gateway = given(&parameters.direct_connect_gateway_id);
        let association = given(&parameters.association_id);
        let associated = given(&parameters.associated_gateway_id);
        let virtual_gateway = given(&parameters.virtual_gateway_id);
        self.some_filter(
            gateway.or(association).or(associated).or(virtual_gateway),
            "directConnectGatewayId, associationId, associatedGatewayId or virtualGatewayId",
        )?;
        let all = &self.inventory.global.direct_connect_gateway_associations;
        if let Some(id) = gateway
            && !self.has_gateway(id)
            && !all.iter().any(|association| association.direct_connect_gateway_id == id)
        {
            return Err(ServiceError::not_found("Direct Connect Gateway", id));
        }
        if let Some(id) = association
            && !all.iter().any(|association| association.association_id.as_deref() == Some(id))
        {
            return Err(ServiceError::not_found("Direct Connect Gateway Association", id));
        }
        for id in [associated, virtual_gateway].into_iter().flatten() {
            let listed = (self.inventory.regions.values())
                .flat_map(|region| &region.virtual_gateways)
                .any(|gateway| gateway.virtual_gateway_id == id);
            if !listed && !all.iter().any(|association| association.associated_id() == id) {
                return Err(ServiceError::not_found("Gateway", id));
            }
        }
        let wanted = all.iter().filter(|item| {
            matches(gateway, &item.direct_connect_gateway_id)
                && matches(association, item.association_id.as_deref().unwrap_or_default())
                && matches(associated, item.associated_id())
                && matches(virtual_gateway, item.associated_id())
        });
        Ok(self.answer(wanted, |association| wire(association, &[])))
    }

    pub(super) fn proposals(&self) -> Answer {
        let parameters = &self.call.parameters;
        let gateway = given(&parameters.direct_connect_gateway_id);
        let proposal = given(&parameters.proposal_id);
        let associated = given(&parameters.associated_gateway_id);
        let all = &self.inventory.global.direct_connect_gateway_association_proposals;
        let wanted = all.iter().filter(|item| {
            let proposed = item.associated_gateway.as_ref().and_then(|gateway| gateway.id.as_deref());
            matches(gateway, item.direct_connect_gateway_id.as_deref().unwrap_or_default())
                && matches(proposal, &item.proposal_id)
                && matches(associated, proposed.unwrap_or_default())
        });
        Ok(self.answer(wanted, |proposal| wire(proposal, &[])))
    }

    pub(super) fn resiliency_groups(&self) -> Answer {
        let account = self.scenario.account.as_str();
        let all = self.inventory.global.resiliency_groups.iter();
        Ok(self.answer(all, |group| wire(group, &[("ownerAccount", account)])))
    }

    fn some_filter(&self, filter: Option<&str>, names: &str) -> Result<(), ServiceError> {
        match filter {
            Some(_) => Ok(()),
            None => Err(ServiceError::refused(format!("{} requires {names}", self.call.operation.name()))),
        }
    }
}
