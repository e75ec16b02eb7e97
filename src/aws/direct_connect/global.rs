//! Reads the kinds that are the same from every region: Direct Connect gateways with their attachments and
//! associations, proposals, and resiliency groups. Each list is read once, from the first region that returns it.

use std::collections::BTreeSet;

use tokio::time::Instant;

use crate::domain::Kind;

use super::{
    client::RegionalClient,
    failure::{Listed, is_unknown_operation},
    gathering::Gathering,
    joins::{Join, JoinReading, Joined},
    origin::{Found, Origin},
    paging::Listing,
};

/// One observation of the global kinds.
#[derive(Debug)]
pub(super) struct GlobalReading<'a> {
    /// The region that is asked first.
    pub(super) first: &'a RegionalClient,
    /// All regions, the first among them.
    pub(super) clients: &'a [RegionalClient],
    pub(super) origin: Origin<'a>,
    /// The kinds to read; all of them are global.
    pub(super) wanted: &'a BTreeSet<Kind>,
    /// Reading ends at this time; the rest is a gap.
    pub(super) deadline: Instant,
}

/// A list, with the region that it was read from.
#[derive(Debug)]
struct FromRegion<'a, T> {
    client: &'a RegionalClient,
    listing: Listed<T>,
}

impl<'a> GlobalReading<'a> {
    /// Reads the wanted kinds.
    pub(super) async fn read(&self, gathering: &mut Gathering<'_>) {
        let (origin, deadline) = (&self.origin, self.deadline);
        let (gateways, proposals, groups) = tokio::join!(
            self.gateways(),
            self.read_for(&[Kind::GatewayAssociationProposal], |client| {
                let keep = |proposal| origin.gateway_association_proposal(&proposal);
                client.gateway_association_proposals(deadline, keep)
            }),
            self.read_for(&[Kind::ResiliencyGroup], |client| {
                client.resiliency_groups(deadline, |group| origin.resiliency_group(&group))
            }),
        );
        let (gateways, attachments, associations) = gateways;
        let region = gateways.client.region();
        gathering.note(Kind::DirectConnectGateway, "DescribeDirectConnectGateways", region, &gateways.listing);
        gathering.add_all(gateways.listing.items);
        attachments.gather(gathering, Join::Attachments, region);
        associations.gather(gathering, Join::Associations, region);

        let list = "DescribeDirectConnectGatewayAssociationProposals";
        gather_where_known(gathering, Kind::GatewayAssociationProposal, list, proposals);
        gather_where_known(gathering, Kind::ResiliencyGroup, "ListResiliencyGroups", groups);
    }

    /// Gateways, attachments and associations.
    async fn gateways(&self) -> (FromRegion<'a, Found>, Joined, Joined) {
        let (origin, deadline) = (&self.origin, self.deadline);
        let all = [Kind::DirectConnectGateway, Kind::GatewayAttachment, Kind::GatewayAssociation];
        let gateways = self
            .read_for(&all, |client| {
                client.direct_connect_gateways(deadline, |gateway| origin.direct_connect_gateway(&gateway))
            })
            .await;
        let reading = JoinReading {
            client: gateways.client,
            clients: self.clients,
            origin: self.origin,
            gateways: &gateways.listing,
            deadline,
        };
        let joined = async |join: Join| match self.wanted.contains(&join.kind()) {
            true => reading.read(join).await,
            false => Joined::default(),
        };
        let (attachments, associations) = tokio::join!(joined(Join::Attachments), joined(Join::Associations));
        (gateways, attachments, associations)
    }

    /// Reads a list, if one of the kinds that need it is wanted, from the first region that returns all of it. If no
    /// region does, the result is that of the first.
    async fn read_for<T, List: Future<Output = Listed<T>>>(
        &self,
        kinds: &[Kind],
        list: impl Fn(&'a RegionalClient) -> List,
    ) -> FromRegion<'a, T> {
        let mut incomplete = None;
        if kinds.iter().any(|kind| self.wanted.contains(kind)) {
            for client in self.clients {
                let listing = list(client).await;
                match &listing.failure {
                    // That the operation does not exist is an answer too.
                    Some(failure) if !listing.is_refused(is_unknown_operation) => {
                        tracing::debug!(region = client.region(), %failure, "a global list is asked for elsewhere");
                        incomplete.get_or_insert(FromRegion { client, listing });
                    }
                    _ => return FromRegion { client, listing },
                }
            }
        }
        incomplete.unwrap_or(FromRegion { client: self.first, listing: Listing::unread() })
    }
}

/// Keeps the rows of a list of one of the newer kinds. If the endpoint does not have the operation yet, there is no
/// item of that kind.
fn gather_where_known(gathering: &mut Gathering<'_>, kind: Kind, list: &str, read: FromRegion<'_, Found>) {
    let FromRegion { client, listing } = read;
    if !listing.is_refused(is_unknown_operation) {
        gathering.note(kind, list, client.region(), &listing);
    }
    gathering.add_all(listing.items);
}
