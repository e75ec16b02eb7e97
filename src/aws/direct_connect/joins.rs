//! Attachments and associations: what is joined to Direct Connect gateways.
//!
//! They are asked for by the account's own gateways. Those of gateways that another account owns are asked for from this
//! side: by each virtual interface that names such a gateway, and by each virtual private gateway that no listed
//! association names. Which these are stands in lists of the regions, and those are read once a poll, for the regions'
//! own kinds: see `remembered`. So there is no further call but for an end that may be joined to another's gateway.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::join_all;
use tokio::time::Instant;

use crate::domain::{Kind, Scope};

use super::{
    client::RegionalClient,
    failure::{Failed, Listed, says_not_enabled},
    gateways::{End, Side},
    gathering::Gathering,
    origin::{Found, Origin},
    parent::{Parent, by_gateway, parents},
};

/// What joins something to a Direct Connect gateway.
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

/// The reading of what is joined to gateways, once these are listed.
#[derive(Debug)]
pub(super) struct JoinReading<'a> {
    /// The region that is asked.
    pub(super) client: &'a RegionalClient,
    /// Every region: their lists say what may be joined to gateways of other accounts.
    pub(super) clients: &'a [RegionalClient],
    pub(super) origin: Origin<'a>,
    /// The account's own gateways.
    pub(super) gateways: &'a Listed<Found>,
    /// What is not read by then is not read.
    pub(super) deadline: Instant,
}

/// What was read of one end.
type OfEnd = (Parent, Listed<Found>);

/// The attachments or associations that were read, and why not more.
#[derive(Debug, Default)]
pub(super) struct Joined {
    of_ends: Vec<OfEnd>,
    /// Why it is not known which ends to ask for besides.
    unknown_ends: Option<String>,
}

/// What of the regions' own may be joined to gateways of other accounts, region by region.
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
            // Where not all own gateways are known, neither is which are another's; and that is a gap already.
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

    /// What is known of each region. One that the account has not enabled has nothing that could be joined to anything; of
    /// one that cannot be read, nothing is known.
    fn enabled_regions<T>(&self, list: &str, regions: Vec<Result<T, Failed>>) -> Result<Vec<T>, String> {
        let known = self.clients.iter().zip(regions).filter_map(|(client, known)| match known {
            Err(failure) if failure.is_refused(says_not_enabled) => None,
            known => Some(known.map_err(|failure| format!("{list} in {}, {failure}", client.region()))),
        });
        known.collect()
    }

    /// The ends of this side that no gateway of the account answers for, each once.
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
