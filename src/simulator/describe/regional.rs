//! Listings of one region: connections, interconnects, hosted connections, LAGs, virtual interfaces, virtual gateways.

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::error::ServiceError;
use super::super::operation::Operation;
use super::{Answer, Listing, given, matches, wire};

impl Listing<'_> {
    pub(super) fn connections(&self) -> Answer {
        let id = given(&self.call.parameters.connection_id);
        let all = &self.region.connections;
        if let Some(id) = id
            && !all.iter().any(|connection| connection.connection_id == id)
        {
            return Err(ServiceError::not_found("Connection", id));
        }
        let wanted = all.iter().filter(|connection| matches(id, &connection.connection_id));
        Ok(self.answer(wanted, |connection| self.owned(connection)))
    }

    pub(super) fn interconnects(&self) -> Answer {
        self.partners_only()?;
        let id = given(&self.call.parameters.interconnect_id);
        let all = &self.region.interconnects;
        if let Some(id) = id
            && !all.iter().any(|interconnect| interconnect.interconnect_id == id)
        {
            return Err(ServiceError::not_found("Interconnect", id));
        }
        let wanted = all.iter().filter(|interconnect| matches(id, &interconnect.interconnect_id));
        Ok(self.answer(wanted, |interconnect| wire(interconnect, &[("region", &self.call.region)])))
    }

    pub(super) fn hosted_connections(&self) -> Answer {
        let id = self.required(&self.call.parameters.connection_id, "connectionId")?;
        self.hosted_on(id)
    }

    pub(super) fn connections_on_interconnect(&self) -> Answer {
        let id = self.required(&self.call.parameters.interconnect_id, "interconnectId")?;
        self.hosted_on(id)
    }

    fn hosted_on(&self, parent: &str) -> Answer {
        self.partners_only()?;
        let takes_lags = self.call.operation == Operation::DescribeHostedConnections;
        let known = self.region.interconnects.iter().any(|interconnect| interconnect.interconnect_id == parent)
            || (takes_lags && self.region.lags.iter().any(|lag| lag.lag_id == parent));
        if !known {
            let (account, operation) = (&self.scenario.account, self.call.operation.name());
            return Err(ServiceError::refused(format!(
                "{account} {operation} failed for connection {parent} doesn't exist."
            )));
        }
        let hosted = self.region.hosted_connections.get(parent).into_iter().flatten();
        Ok(self.answer(hosted, |connection| self.owned(connection)))
    }

    pub(super) fn lags(&self) -> Answer {
        let id = given(&self.call.parameters.lag_id);
        if let Some(id) = id
            && !self.region.lags.iter().any(|lag| lag.lag_id == id)
        {
            return Err(ServiceError::not_found("Lag", id));
        }
        let wanted = self.region.lags.iter().filter(|lag| matches(id, &lag.lag_id));
        Ok(self.answer(wanted, |lag| {
            let members: Vec<Value> = (self.region.connections.iter())
                .filter(|connection| connection.lag_id.as_deref() == Some(&lag.lag_id))
                .map(|connection| Value::Object(self.owned(connection)))
                .collect();
            let mut fields = self.owned(lag);
            fields.entry("numberOfConnections").or_insert_with(|| members.len().into());
            fields.insert("connections".to_owned(), Value::Array(members));
            fields
        }))
    }

    pub(super) fn virtual_interfaces(&self) -> Answer {
        let id = given(&self.call.parameters.virtual_interface_id);
        let carrier = given(&self.call.parameters.connection_id);
        let all = &self.region.virtual_interfaces;
        if let Some(id) = id
            && !all.iter().any(|interface| interface.virtual_interface_id == id)
        {
            return Err(ServiceError::not_found("Virtual Interface", id));
        }
        if let Some(carrier) = carrier
            && !self.carries(carrier)
        {
            return Err(ServiceError::not_found("Connection", carrier));
        }
        let wanted = all.iter().filter(|interface| {
            matches(id, &interface.virtual_interface_id)
                && matches(carrier, interface.connection_id.as_deref().unwrap_or_default())
        });
        Ok(self.answer(wanted, |interface| self.owned(interface)))
    }

    /// Whether `id` is something that may carry virtual interfaces.
    fn carries(&self, id: &str) -> bool {
        let region = self.region;
        region.connections.iter().any(|connection| connection.connection_id == id)
            || region.lags.iter().any(|lag| lag.lag_id == id)
            || region.interconnects.iter().any(|interconnect| interconnect.interconnect_id == id)
            || region.hosted_connections.values().flatten().any(|connection| connection.connection_id == id)
            || region.virtual_interfaces.iter().any(|interface| interface.connection_id.as_deref() == Some(id))
    }

    pub(super) fn virtual_gateways(&self) -> Answer {
        let all = self.region.virtual_gateways.iter();
        Ok(self.answer(all, |gateway| wire(gateway, &[])))
    }

    fn partners_only(&self) -> Result<(), ServiceError> {
        match self.scenario.partner {
            true => Ok(()),
            false => Err(ServiceError::not_a_partner(&self.scenario.account, &self.call.region)),
        }
    }

    fn required<'b>(&self, value: &'b Option<String>, name: &str) -> Result<&'b str, ServiceError> {
        given(value).ok_or_else(|| ServiceError::refused(format!("{name} is required")))
    }

    /// An item of the region that has an owner.
    fn owned(&self, item: &impl Serialize) -> Map<String, Value> {
        wire(item, &[("region", &self.call.region), ("ownerAccount", &self.scenario.account)])
    }
}
