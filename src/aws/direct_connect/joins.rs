//! Attachments and associations: what is joined to Direct Connect gateways.
//!
//! They are listed by gateway for the account's own gateways. For gateways of another account they are listed from this
//! account's end: for each virtual interface that names such a gateway, and for each virtual private gateway that no
//! listed association names. These ends are known from the regions' lists, which a poll reads anyway for the regions'
//! own kinds (see `remembered`). So the only extra calls are those for ends that may be joined to another account's
//! gateway.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::join_all;
use tokio::time::Instant;

use crate::domain::{Kind, Scope};

use super::{
    client::RegionalClient,
    failure::{Failed, Listed, is_not_enabled},
    gateways::{End, Side},
    gathering::Gathering,
    origin::{Found, Origin},
    parent::{Parent, by_gateway, parents},
};

/// The two ways to be joined to a Direct Connect gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// Virtual interfaces are attached.
    Attachments,
    /// Virtual private gateways, transit gateways and core networks are associated.
    Associations,
}

impl Join {
    /// The kind of item.
    pub(super) fn kind(self) -> Kind {
        match self {
            Join::Attachments => Kind::GatewayAttachment,
            Join::Associations => Kind::GatewayAssociation,
        }
    }

    fn list(self) -> &'static str {
        match self {
            Join::Attachments => "DescribeDirectConnectGatewayAttachments",
            Join::Associations => "DescribeDirectConnectGatewayAssociations",
        }
    }
}

/// Reads what is joined to gateways, once the gateways are listed.
#[derive(Debug)]
pub(super) struct JoinReading<'a> {
    /// The region that is asked.
    pub(super) client: &'a RegionalClient,
    /// Every region: their lists show what may be joined to gateways of other accounts.
    pub(super) clients: &'a [RegionalClient],
    pub(super) origin: Origin<'a>,
    /// The account's own gateways.
    pub(super) gateways: &'a Listed<Found>,
    /// Reading ends at this time; the rest is a gap.
    pub(super) deadline: Instant,
}

/// What was read of one end.
type OfEnd = (Parent, Listed<Found>);

/// The attachments or associations that were read, and why others were not.
#[derive(Debug, Default)]
pub(super) struct Joined {
    of_ends: Vec<OfEnd>,
    /// Why it is unknown which further ends to ask for, if it is.
    unknown_ends: Option<String>,
}

/// The regions' items that may be joined to gateways of other accounts, region by region.
enum OwnEnds {
    Interfaces(Vec<Arc<BTreeMap<String, Vec<Parent>>>>),
    VirtualGateways(Vec<Arc<Vec<Parent>>>),
}

impl JoinReading<'_> {
    /// Reads the attachments or the associations of every gateway.
    pub(super) async fn read(&self, join: Join) -> Joined {
        let own_gateways = parents(&self.gateways.items);
        let (mut of_ends, own_ends) = tokio::join!(
            join_all(own_gateways.into_iter().map(|gateway| self.of_end(join, Side::Gateway, gateway))),
            self.own_ends(join)
        );
        let mut unknown_ends = None;
        match own_ends {
            // If not all own gateways are known, it is unknown which are another account's; that is a gap already.
            _ if self.gateways.failure.is_some() => {}
            Ok(own_ends) => {
                let unasked = self.unasked(&own_ends, &of_ends);
                of_ends.extend(join_all(unasked.into_iter().map(|own| self.of_end(join, Side::Joined, own))).await);
            }
            Err(why) => unknown_ends = Some(why),
        }
        Joined { of_ends, unknown_ends }
    }

    async fn of_end(&self, join: Join, side: Side, parent: Parent) -> OfEnd {
        let end = End { side, id: &parent.id };
        let listing = match join {
            Join::Attachments => {
                let keep = |attachment| self.origin.gateway_attachment(end, &attachment);
                self.client.gateway_attachments(end, self.deadline, keep).await
            }
            Join::Associations => {
                let keep = |association| self.origin.gateway_association(end, &association);
                self.client.gateway_associations(end, self.deadline, keep).await
            }
        };
        (parent, listing)
    }

    async fn own_ends(&self, join: Join) -> Result<OwnEnds, String> {
        match join {
            Join::Attachments => {
                let regions = join_all(self.clients.iter().map(|client| self.interfaces_by_gateway(client))).await;
                self.enabled_regions("DescribeVirtualInterfaces", regions).map(OwnEnds::Interfaces)
            }
            Join::Associations => {
                let regions = join_all(self.clients.iter().map(|client| self.virtual_gateways(client))).await;
                self.enabled_regions("DescribeVirtualGateways", regions).map(OwnEnds::VirtualGateways)
            }
        }
    }

    async fn interfaces_by_gateway(
        &self,
        client: &RegionalClient,
    ) -> Result<Arc<BTreeMap<String, Vec<Parent>>>, Failed> {
        let scope = Scope::regional(self.origin.scope.account(), client.region());
        let origin = self.origin.with_scope(&scope);
        let list = client.virtual_interfaces(self.deadline, |interface| origin.virtual_interface(&interface));
        client.interfaces_by_gateway.recall(list, |read| by_gateway(read)).await
    }

    async fn virtual_gateways(&self, client: &RegionalClient) -> Result<Arc<Vec<Parent>>, Failed> {
        let list = client.virtual_gateways(self.deadline, |gateway| self.origin.virtual_gateway(&gateway));
        client.own_virtual_gateways.recall(list, |read| parents(read)).await
    }

    /// The results of the regions that were read. A region that the account has not enabled has no items and is left
    /// out; one that could not be read makes the whole an error.
    fn enabled_regions<T>(&self, list: &str, regions: Vec<Result<T, Failed>>) -> Result<Vec<T>, String> {
        let known = self.clients.iter().zip(regions).filter_map(|(client, known)| match known {
            Err(failure) if failure.is_refused(is_not_enabled) => None,
            known => Some(known.map_err(|failure| format!("{list} in {}, {failure}", client.region()))),
        });
        known.collect()
    }

    /// The account's ends that the lists of its own gateways do not cover, each once.
    fn unasked(&self, own_ends: &OwnEnds, of_gateways: &[OfEnd]) -> BTreeSet<Parent> {
        match own_ends {
            OwnEnds::Interfaces(regions) => {
                let listed = self.gateways.items.iter().flatten();
                let listed: BTreeSet<&String> = listed.map(|gateway| &gateway.description.id).collect();
                let by_gateway = regions.iter().flat_map(|region| region.iter());
                let others = by_gateway.filter(|(gateway, _)| !listed.contains(gateway));
                others.flat_map(|(_, interfaces)| interfaces).cloned().collect()
            }
            OwnEnds::VirtualGateways(regions) => {
                let associations = of_gateways.iter().flat_map(|(_, associations)| associations.items.iter().flatten());
                let named: BTreeSet<&String> = associations
                    .flat_map(|association| {
                        let item = &association.description;
                        item.associated_gateway_id.iter().chain(&item.virtual_gateway_id)
                    })
                    .collect();
                let gateways = regions.iter().flat_map(|region| region.iter());
                gateways.filter(|gateway| !named.contains(&gateway.id)).cloned().collect()
            }
        }
    }
}

impl Joined {
    /// Puts what was read, from `region`, into the observation.
    pub(super) fn gather(self, gathering: &mut Gathering<'_>, join: Join, region: &str) {
        gathering.inherit(join.kind());
        if let Some(why) = self.unknown_ends {
            gathering.fail(join.kind(), why);
        }
        for (parent, listing) in self.of_ends {
            gathering.add_children(join.kind(), join.list(), &parent, region, listing);
        }
    }
}
