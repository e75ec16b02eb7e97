//! The inventory: every item there is at one moment, by region. A scenario starts from one, the timeline changes it,
//! and the listings are read from it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::global::{
    DirectConnectGateway, GatewayAssociation, GatewayAssociationProposal, GatewayAttachment, ResiliencyGroup,
};
use super::item::Item;
use super::logical::{VirtualGateway, VirtualInterface};
use super::physical::{Connection, Interconnect, Lag};

/// All items, regional and global.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inventory {
    /// Items by region, such as `us-east-1`. A region left out has none.
    #[serde(default)]
    pub regions: BTreeMap<String, RegionalInventory>,
    /// Items that every region answers alike.
    #[serde(default)]
    pub global: GlobalInventory,
}

/// Items of one region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegionalInventory {
    /// Connections, members of LAGs included.
    #[serde(default)]
    pub connections: Vec<Connection>,
    /// Interconnects: partners only.
    #[serde(default)]
    pub interconnects: Vec<Interconnect>,
    /// Link aggregation groups.
    #[serde(default)]
    pub lags: Vec<Lag>,
    /// Virtual interfaces with their BGP peers.
    #[serde(default)]
    pub virtual_interfaces: Vec<VirtualInterface>,
    /// Virtual private gateways.
    #[serde(default)]
    pub virtual_gateways: Vec<VirtualGateway>,
    /// Hosted connections by the id of the interconnect or LAG that they run on.
    #[serde(default)]
    pub hosted_connections: BTreeMap<String, Vec<Connection>>,
    /// Other regions of the scenario whose connections, interconnects, LAGs and virtual interfaces this region's listings
    /// show too. Each such item names the region that it is of.
    #[serde(default)]
    pub also_lists: Vec<String>,
}

/// Items of no region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GlobalInventory {
    /// Direct Connect gateways.
    #[serde(default)]
    pub direct_connect_gateways: Vec<DirectConnectGateway>,
    /// Attachments of virtual interfaces to Direct Connect gateways.
    #[serde(default)]
    pub direct_connect_gateway_attachments: Vec<GatewayAttachment>,
    /// Associations of other gateways with Direct Connect gateways.
    #[serde(default)]
    pub direct_connect_gateway_associations: Vec<GatewayAssociation>,
    /// Proposals to associate gateways of other accounts with Direct Connect gateways.
    #[serde(default)]
    pub direct_connect_gateway_association_proposals: Vec<GatewayAssociationProposal>,
    /// Resiliency groups.
    #[serde(default)]
    pub resiliency_groups: Vec<ResiliencyGroup>,
}

impl Inventory {
    /// The inventory of `region`, made if it is not there.
    pub fn region_mut(&mut self, region: &str) -> &mut RegionalInventory {
        self.regions.entry(region.to_owned()).or_default()
    }

    /// How many items there are, BGP peers included.
    pub fn len(&self) -> usize {
        let mut count = 0;
        self.each_id(&mut |_, _, _| count += 1);
        count
    }

    /// Whether there is no item at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves every member written inside its LAG to the region's connections, so that each connection is found and
    /// changed in one place. Of a member written in both places, the one among the connections counts.
    pub(super) fn unfold_members(&mut self) {
        for region in self.regions.values_mut() {
            for lag in &mut region.lags {
                for mut member in std::mem::take(&mut lag.connections) {
                    member.lag_id.get_or_insert_with(|| lag.lag_id.clone());
                    if !region.connections.iter().any(|known| known.connection_id == member.connection_id) {
                        region.connections.push(member);
                    }
                }
            }
        }
    }

    /// Adds items. Where one of them cannot be added, adds nothing and returns the reason.
    pub(super) fn add(&mut self, added: &Inventory) -> Result<(), String> {
        let mut added = added.clone();
        added.unfold_members();
        if added.is_empty() {
            return Err("`add` holds no item".to_owned());
        }
        let mut known = HashSet::new();
        self.each_id(&mut |_, id, _| {
            known.insert(id.into_owned());
        });
        let mut twice = None;
        added.each_id(&mut |place, id, own| {
            if own && !id.is_empty() && !known.insert(id.clone().into_owned()) {
                twice.get_or_insert_with(|| format!("add.{place}: the id `{id}` is there already: ids must differ"));
            }
        });
        match twice {
            Some(twice) => Err(twice),
            None => {
                self.append(added);
                Ok(())
            }
        }
    }

    /// Adds every item of `other` at the end of its list.
    fn append(&mut self, other: Inventory) {
        for (name, mut added) in other.regions {
            let region = self.regions.entry(name).or_default();
            region.connections.append(&mut added.connections);
            region.interconnects.append(&mut added.interconnects);
            region.lags.append(&mut added.lags);
            region.virtual_interfaces.append(&mut added.virtual_interfaces);
            region.virtual_gateways.append(&mut added.virtual_gateways);
            for (parent, mut connections) in added.hosted_connections {
                region.hosted_connections.entry(parent).or_default().append(&mut connections);
            }
            region.also_lists.append(&mut added.also_lists);
        }
        let mut added = other.global;
        self.global.direct_connect_gateways.append(&mut added.direct_connect_gateways);
        self.global.direct_connect_gateway_attachments.append(&mut added.direct_connect_gateway_attachments);
        self.global.direct_connect_gateway_associations.append(&mut added.direct_connect_gateway_associations);
        let proposals = &mut added.direct_connect_gateway_association_proposals;
        self.global.direct_connect_gateway_association_proposals.append(proposals);
        self.global.resiliency_groups.append(&mut added.resiliency_groups);
    }

    /// Visits every item with its position (a path below this inventory), the id by which the timeline refers to it,
    /// and whether that id is its own.
    pub(super) fn each_id<'a>(&'a self, visit: &mut impl FnMut(Position<'a>, Cow<'a, str>, bool)) {
        fn list<'a, T: Item>(
            items: &'a [T],
            region: Option<&'a str>,
            list: &'static str,
            visit: &mut impl FnMut(Position<'a>, Cow<'a, str>, bool),
        ) {
            for (index, item) in items.iter().enumerate() {
                visit(Position { region, list, parent: None, index }, item.id(""), item.has_own_id());
            }
        }
        for (name, region) in &self.regions {
            let at = Some(name.as_str());
            list(&region.connections, at, "connections", visit);
            list(&region.interconnects, at, "interconnects", visit);
            list(&region.lags, at, "lags", visit);
            list(&region.virtual_interfaces, at, "virtualInterfaces", visit);
            for interface in &region.virtual_interfaces {
                let parent = Some(interface.virtual_interface_id.as_str());
                for (index, peer) in interface.bgp_peers.iter().enumerate() {
                    let position = Position { region: at, list: "bgpPeers", parent, index };
                    visit(position, peer.id(&interface.virtual_interface_id), peer.has_own_id());
                }
            }
            list(&region.virtual_gateways, at, "virtualGateways", visit);
            for (parent, connections) in &region.hosted_connections {
                for (index, connection) in connections.iter().enumerate() {
                    let position = Position { region: at, list: "hostedConnections", parent: Some(parent), index };
                    visit(position, connection.id(""), true);
                }
            }
        }
        let global = &self.global;
        list(&global.direct_connect_gateways, None, "directConnectGateways", visit);
        list(&global.direct_connect_gateway_attachments, None, "directConnectGatewayAttachments", visit);
        list(&global.direct_connect_gateway_associations, None, "directConnectGatewayAssociations", visit);
        let proposals = &global.direct_connect_gateway_association_proposals;
        list(proposals, None, "directConnectGatewayAssociationProposals", visit);
        list(&global.resiliency_groups, None, "resiliencyGroups", visit);
    }
}

/// Where an item stands in an inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position<'a> {
    region: Option<&'a str>,
    list: &'static str,
    parent: Option<&'a str>,
    index: usize,
}

impl std::fmt::Display for Position<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.region {
            Some(region) => write!(f, "regions.{region}.{}", self.list)?,
            None => write!(f, "global.{}", self.list)?,
        }
        match self.parent {
            Some(parent) => write!(f, "[of {parent}][{}]", self.index),
            None => write!(f, "[{}]", self.index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_lag_become_connections_of_the_region_once() {
        let mut inventory = Inventory::default();
        let region = inventory.region_mut("us-east-1");
        region.connections.push(Connection {
            connection_id: "dxcon-1".into(),
            connection_name: Some("listed".into()),
            lag_id: Some("dxlag-1".into()),
            ..Connection::default()
        });
        let member = |id: &str| Connection { connection_id: id.into(), ..Connection::default() };
        region.lags.push(Lag {
            lag_id: "dxlag-1".into(),
            connections: vec![member("dxcon-1"), member("dxcon-2")],
            ..Lag::default()
        });

        inventory.unfold_members();

        let region = &inventory.regions["us-east-1"];
        assert!(region.lags[0].connections.is_empty());
        assert_eq!(region.connections.len(), 2);
        assert_eq!(region.connections[0].connection_name.as_deref(), Some("listed"));
        assert_eq!(region.connections[1].lag_id.as_deref(), Some("dxlag-1"));
    }
}
