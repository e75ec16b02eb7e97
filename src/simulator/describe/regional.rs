//! Listings of one region: connections, interconnects, hosted connections, LAGs, virtual interfaces, virtual gateways.

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::error::ServiceError;
use super::super::inventory::RegionalInventory;
use super::super::operation::Operation;
use super::{Answer, Listing, given, matches, wire};

/// A region whose items a listing shows.
#[derive(Clone, Copy)]
struct Home<'a> {
    name: &'a str,
    items: &'a RegionalInventory,
}

impl<'a> Listing<'a> {
    pub(super) fn connections(&self) -> Answer {
        let id = given(&self.call.parameters.connection_id);
        let all = || self.listed(|region| &region.connections);
        self.there_is(id, "Connection", all().map(|(_, connection)| connection.connection_id.as_str()))?;
        let wanted = all().filter(|(_, connection)| matches(id, &connection.connection_id));
        Ok(self.answer(wanted, |(home, connection)| self.owned(home, connection)))
    }

    pub(super) fn interconnects(&self) -> Answer {
        self.partners_only()?;
        let id = given(&self.call.parameters.interconnect_id);
        let all = || self.listed(|region| &region.interconnects);
        self.there_is(id, "Interconnect", all().map(|(_, interconnect)| interconnect.interconnect_id.as_str()))?;
        let wanted = all().filter(|(_, interconnect)| matches(id, &interconnect.interconnect_id));
        Ok(self.answer(wanted, |(home, interconnect)| wire(interconnect, &[("region", home.name)])))
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
        let known = self.homes().any(|home| {
            home.items.interconnects.iter().any(|interconnect| interconnect.interconnect_id == parent)
                || (takes_lags && home.items.lags.iter().any(|lag| lag.lag_id == parent))
        });
        if !known {
            let (account, operation) = (&self.scenario.account, self.call.operation.name());
            return Err(ServiceError::refused(format!(
                "{account} {operation} failed for connection {parent} doesn't exist."
            )));
        }
        let hosted = self.homes().flat_map(|home| {
            let on_parent = home.items.hosted_connections.get(parent).into_iter().flatten();
            on_parent.map(move |connection| (home, connection))
        });
        Ok(self.answer(hosted, |(home, connection)| self.owned(home, connection)))
    }

    pub(super) fn lags(&self) -> Answer {
        let id = given(&self.call.parameters.lag_id);
        let all = || self.listed(|region| &region.lags);
        self.there_is(id, "Lag", all().map(|(_, lag)| lag.lag_id.as_str()))?;
        let wanted = all().filter(|(_, lag)| matches(id, &lag.lag_id));
        Ok(self.answer(wanted, |(home, lag)| {
            let members: Vec<Value> = (home.items.connections.iter())
                .filter(|connection| connection.lag_id.as_deref() == Some(&lag.lag_id))
                .map(|connection| Value::Object(self.owned(home, connection)))
                .collect();
            let mut fields = self.owned(home, lag);
            fields.entry("numberOfConnections").or_insert_with(|| members.len().into());
            fields.insert("connections".to_owned(), Value::Array(members));
            fields
        }))
    }

    pub(super) fn virtual_interfaces(&self) -> Answer {
        let id = given(&self.call.parameters.virtual_interface_id);
        let carrier = given(&self.call.parameters.connection_id);
        let all = || self.listed(|region| &region.virtual_interfaces);
        self.there_is(id, "Virtual Interface", all().map(|(_, interface)| interface.virtual_interface_id.as_str()))?;
        if let Some(carrier) = carrier
            && !self.carries(carrier)
        {
            return Err(ServiceError::not_found("Connection", carrier));
        }
        let wanted = all().filter(|(_, interface)| {
            matches(id, &interface.virtual_interface_id)
                && matches(carrier, interface.connection_id.as_deref().unwrap_or_default())
        });
        Ok(self.answer(wanted, |(home, interface)| {
            let mut fields = self.owned(home, interface);
            // They have a list of their own.
            fields.remove("routes");
            fields.remove("withdrawn");
            fields
        }))
    }

    /// The routes over the sessions of an interface that are up.
    pub(super) fn virtual_interface_routes(&self) -> Answer {
        let id = self.required(&self.call.parameters.virtual_interface_id, "virtualInterfaceId")?;
        let mut all = self.listed(|region| &region.virtual_interfaces);
        let found = all.find(|(_, interface)| interface.virtual_interface_id == id);
        let (_, interface) = found.ok_or_else(|| ServiceError::not_found("Virtual Interface", id))?;
        let filters = self.call.parameters.filters.clone().unwrap_or_default();
        let routes = interface.routes_at_present();
        let wanted = routes.iter().filter(|route| {
            matches(given(&filters.route_direction), route.route_direction.as_deref().unwrap_or_default())
                && matches(given(&filters.address_family), route.family())
        });
        let mut answer = self.answer(wanted, |route| wire(route, &[("addressFamily", route.family())]));
        answer.insert("virtualInterfaceId".to_owned(), id.into());
        Ok(answer)
    }

    /// Whether `id` is something that may carry virtual interfaces.
    fn carries(&self, id: &str) -> bool {
        self.homes().any(|home| {
            let region = home.items;
            region.connections.iter().any(|connection| connection.connection_id == id)
                || region.lags.iter().any(|lag| lag.lag_id == id)
                || region.interconnects.iter().any(|interconnect| interconnect.interconnect_id == id)
                || region.hosted_connections.values().flatten().any(|connection| connection.connection_id == id)
                || region.virtual_interfaces.iter().any(|interface| interface.connection_id.as_deref() == Some(id))
        })
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

    /// The region of the call, and the other regions whose items it shows.
    fn homes(&self) -> impl Iterator<Item = Home<'a>> {
        let inventory = self.inventory;
        let own = Home { name: &self.call.region, items: self.region };
        let others = self.region.also_lists.iter().filter_map(|name| {
            let items = inventory.regions.get(name)?;
            Some(Home { name, items })
        });
        std::iter::once(own).chain(others)
    }

    /// The items of one list from every region that is shown, each with its region.
    fn listed<T: 'a>(&self, list: fn(&'a RegionalInventory) -> &'a Vec<T>) -> impl Iterator<Item = (Home<'a>, &'a T)> {
        self.homes().flat_map(move |home| list(home.items).iter().map(move |item| (home, item)))
    }

    /// Refuses an id that no item has.
    fn there_is<'b>(
        &self,
        id: Option<&str>,
        what: &str,
        mut known: impl Iterator<Item = &'b str>,
    ) -> Result<(), ServiceError> {
        match id {
            Some(id) if !known.any(|known| known == id) => Err(ServiceError::not_found(what, id)),
            _ => Ok(()),
        }
    }

    /// An item of a region that has an owner.
    fn owned(&self, home: Home<'_>, item: &impl Serialize) -> Map<String, Value> {
        wire(item, &[("region", home.name), ("ownerAccount", &self.scenario.account)])
    }
}
