//! Direct Connect of one region: its client, its limit of calls in flight, and its lists.
//!
//! Each list has a method of its name, which reads it to its end or as far as it can; `keep` turns a row into what is
//! kept of it.

use std::{collections::BTreeMap, sync::Mutex};

use aws_config::SdkConfig;
use aws_sdk_directconnect::{
    Client,
    config::{Builder, Region, SharedHttpClient},
    error::{ProvideErrorMetadata, SdkError},
    types::{
        Connection, DirectConnectGateway, DirectConnectGatewayAssociation, DirectConnectGatewayAssociationProposal,
        DirectConnectGatewayAttachment, Interconnect, Lag, ResiliencyGroupSummary, Route, RouteDirection, RouteFilters,
        VirtualGateway, VirtualInterface,
    },
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use super::{
    failure::Listed,
    gateways::{End, Side},
    paging::{Page, read_at_most, read_pages},
    parent::Parent,
    remembered::Remembered,
    retry::ServerExceptionClassifier,
    rounds::Rounds,
};
use crate::aws::{
    failure::CallFailure,
    limits::{CallLimits, Limited},
};

/// The most calls in flight to one region.
const CALLS_IN_FLIGHT: usize = 8;

/// The most items that Direct Connect puts on a page.
const PAGE_SIZE: i32 = 100;

/// More pages of routes than an interface has: AWS accepts at most 1,000 prefixes, and advertises fewer over any interface
/// but a public one.
const PAGES_OF_ROUTES: u32 = 50;

/// One region's client.
#[derive(Debug)]
pub(super) struct RegionalClient {
    region: String,
    client: Client,
    permits: Semaphore,
    /// The region's virtual interfaces by the Direct Connect gateway that they are attached to.
    pub(super) interfaces_by_gateway: Remembered<BTreeMap<String, Vec<Parent>>>,
    /// The region's virtual private gateways.
    pub(super) own_virtual_gateways: Remembered<Vec<Parent>>,
    /// Whose routes were asked for when.
    pub(super) rounds: Mutex<Rounds>,
}

impl RegionalClient {
    pub(super) fn new(config: &SdkConfig, http_client: SharedHttpClient, region: String, limits: &CallLimits) -> Self {
        let config = Builder::from(config)
            .region(Region::new(region.clone()))
            .http_client(http_client)
            .limited(limits)
            .retry_classifier(ServerExceptionClassifier)
            .build();
        RegionalClient {
            region,
            client: Client::from_conf(config),
            permits: Semaphore::new(CALLS_IN_FLIGHT),
            interfaces_by_gateway: Remembered::new(),
            own_virtual_gateways: Remembered::new(),
            rounds: Mutex::default(),
        }
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    pub(super) async fn connections<U>(&self, deadline: Instant, keep: impl Fn(Connection) -> U) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_connections().max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.connections.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    pub(super) async fn interconnects<U>(&self, deadline: Instant, keep: impl Fn(Interconnect) -> U) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_interconnects().max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.interconnects.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    /// The connections hosted on an interconnect or a LAG.
    pub(super) async fn hosted_connections<U>(
        &self,
        parent: &str,
        deadline: Instant,
        keep: impl Fn(Connection) -> U,
    ) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_hosted_connections().connection_id(parent);
            let request = request.max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.connections.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    pub(super) async fn lags<U>(&self, deadline: Instant, keep: impl Fn(Lag) -> U) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_lags().max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.lags.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    pub(super) async fn virtual_interfaces<U>(
        &self,
        deadline: Instant,
        keep: impl Fn(VirtualInterface) -> U,
    ) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_virtual_interfaces().max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.virtual_interfaces.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    /// The routes of an interface: all of them, or those that AWS has accepted.
    pub(super) async fn virtual_interface_routes<U>(
        &self,
        (interface, accepted_only): (&str, bool),
        deadline: Instant,
        keep: impl Fn(Route) -> U,
    ) -> Listed<U> {
        let filters = accepted_only.then(|| RouteFilters::builder().route_direction(RouteDirection::Accepted).build());
        read_at_most(PAGES_OF_ROUTES, keep, |token| async {
            let request = self.client.list_virtual_interface_routes().virtual_interface_id(interface);
            let request = request.set_filters(filters.clone()).max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.routes.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    /// The only list without pages.
    pub(super) async fn virtual_gateways<U>(&self, deadline: Instant, keep: impl Fn(VirtualGateway) -> U) -> Listed<U> {
        read_pages(keep, |_| async {
            let answer = self.call(deadline, self.client.describe_virtual_gateways().send()).await?;
            Ok(Page { items: answer.virtual_gateways.unwrap_or_default(), next_token: None })
        })
        .await
    }

    pub(super) async fn direct_connect_gateways<U>(
        &self,
        deadline: Instant,
        keep: impl Fn(DirectConnectGateway) -> U,
    ) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_direct_connect_gateways().max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.direct_connect_gateways.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    /// The attachments at this end: Direct Connect lists them only for a given end.
    pub(super) async fn gateway_attachments<U>(
        &self,
        end: End<'_>,
        deadline: Instant,
        keep: impl Fn(DirectConnectGatewayAttachment) -> U,
    ) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_direct_connect_gateway_attachments();
            let request = match end.side {
                Side::Gateway => request.direct_connect_gateway_id(end.id),
                Side::Joined => request.virtual_interface_id(end.id),
            };
            let request = request.max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            let items = answer.direct_connect_gateway_attachments.unwrap_or_default();
            Ok(Page { items, next_token: answer.next_token })
        })
        .await
    }

    /// The associations at this end: Direct Connect lists them only for a given end.
    pub(super) async fn gateway_associations<U>(
        &self,
        end: End<'_>,
        deadline: Instant,
        keep: impl Fn(DirectConnectGatewayAssociation) -> U,
    ) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_direct_connect_gateway_associations();
            let request = match end.side {
                Side::Gateway => request.direct_connect_gateway_id(end.id),
                Side::Joined => request.associated_gateway_id(end.id),
            };
            let request = request.max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            let items = answer.direct_connect_gateway_associations.unwrap_or_default();
            Ok(Page { items, next_token: answer.next_token })
        })
        .await
    }

    pub(super) async fn gateway_association_proposals<U>(
        &self,
        deadline: Instant,
        keep: impl Fn(DirectConnectGatewayAssociationProposal) -> U,
    ) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.describe_direct_connect_gateway_association_proposals();
            let request = request.max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            let items = answer.direct_connect_gateway_association_proposals.unwrap_or_default();
            Ok(Page { items, next_token: answer.next_token })
        })
        .await
    }

    pub(super) async fn resiliency_groups<U>(
        &self,
        deadline: Instant,
        keep: impl Fn(ResiliencyGroupSummary) -> U,
    ) -> Listed<U> {
        read_pages(keep, |token| async {
            let request = self.client.list_resiliency_groups().max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.call(deadline, request.send()).await?;
            Ok(Page { items: answer.items.unwrap_or_default(), next_token: answer.next_token })
        })
        .await
    }

    /// Makes a call once a place among the calls in flight is free, and gives up at `deadline`. A call keeps its place
    /// while the SDK waits between attempts, so that a region that throttles gets fewer calls, not more.
    ///
    /// The SDK's futures are large, and an observation joins many of them, so each is on the heap.
    fn call<'a, O, E>(
        &'a self,
        deadline: Instant,
        request: impl Future<Output = Result<O, SdkError<E, HttpResponse>>> + 'a,
    ) -> impl Future<Output = Result<O, CallFailure>> + 'a
    where
        O: 'a,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let request = Box::pin(request);
        let answer = async {
            let _permit = self.permits.acquire().await.map_err(|error| CallFailure::unanswered(&error.to_string()))?;
            request.await.map_err(|error| CallFailure::of(&error))
        };
        async move {
            timeout_at(deadline, answer).await.unwrap_or_else(|_| {
                Err(CallFailure::unanswered("no answer before the time limit for one observation of Direct Connect"))
            })
        }
    }
}
