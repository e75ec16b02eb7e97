//! Direct Connect as an [`Inventory`]: which lists are read for which kinds, and which kinds lack items when a list
//! fails.
//!
//! `regional` and `global` decide what is read, and `joins` what is read about other accounts' gateways. `client` has a
//! method for each list, `paging` reads a list to its end, `parent` has the ids that children are listed by, and
//! `remembered` keeps a region's list for the global scope. `connections`, `encryption`, `virtual_interfaces`,
//! `gateways` and `agreements` translate items of an `origin`. `routes` reads those of some interfaces, whose turn it is by
//! `rounds`. `gathering` collects what was read and what was not.
//! `failure` and `retry` classify failed calls. `secrecy` removes secrets before anything else sees an answer.
//!
//! Independent lists are read at the same time, so the longest wait is for a list and its children: interconnects and
//! LAGs → hosted connections, virtual interfaces → routes, Direct Connect gateways → attachments and associations → those of other accounts'
//! gateways.

mod agreements;
mod client;
mod connections;
mod encryption;
mod failure;
mod gateways;
mod gathering;
mod global;
mod joins;
mod origin;
mod paging;
mod parent;
mod regional;
mod remembered;
mod retry;
mod rounds;
mod routes;
mod secrecy;
mod virtual_interfaces;

use std::{collections::BTreeSet, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_directconnect::config::SharedHttpClient;
use tokio::time::Instant;

use super::limits::{CallLimits, OBSERVATION_TIMEOUT};
use crate::{
    domain::{Kind, Observation, Scope, defaults},
    ports::Inventory,
};

use client::RegionalClient;
use gathering::Gathering;
use global::GlobalReading;
use origin::Origin;
use regional::RegionalReading;
use rounds::RoutesReading;
use secrecy::SecretFreeHttpClient;

/// Reads Direct Connect, of any number of regions, in one partition of AWS.
#[derive(Debug)]
pub struct DirectConnectInventory {
    partition: String,
    observation_timeout: Duration,
    tag_keys: Vec<String>,
    routes: RoutesReading,
    regions: Vec<String>,
    clients: Vec<RegionalClient>,
}

impl DirectConnectInventory {
    /// An inventory of `regions`; the global kinds are read from the first that answers. Each gets a client, made here
    /// once; all of them share the HTTP client of `config`, or one of their own when it has none. The region, retries
    /// and timeouts of `config` are not used: those of `regions` and `limits` are.
    pub fn new(
        config: &SdkConfig,
        partition: impl Into<String>,
        regions: impl IntoIterator<Item = impl Into<String>>,
        limits: &CallLimits,
    ) -> DirectConnectInventory {
        let http_client = config.http_client().unwrap_or_else(super::http_client);
        let http_client = SharedHttpClient::new(SecretFreeHttpClient::new(http_client));
        let regions: Vec<String> = regions.into_iter().map(Into::into).collect();
        let clients = (regions.iter())
            .map(|region| RegionalClient::new(config, http_client.clone(), region.clone(), limits))
            .collect();
        let (partition, observation_timeout) = (partition.into(), OBSERVATION_TIMEOUT);
        DirectConnectInventory {
            partition,
            observation_timeout,
            tag_keys: Vec::new(),
            routes: RoutesReading { every: defaults::ROUTES_EVERY, keeps_prefixes: false },
            regions,
            clients,
        }
    }

    /// The same inventory, with another time limit for one observation of a scope.
    pub fn observing_within(self, observation_timeout: Duration) -> DirectConnectInventory {
        DirectConnectInventory { observation_timeout, ..self }
    }

    /// The same inventory, whose items carry their AWS tags with these keys.
    pub fn with_tags(self, keys: impl IntoIterator<Item = impl Into<String>>) -> DirectConnectInventory {
        DirectConnectInventory { tag_keys: keys.into_iter().map(Into::into).collect(), ..self }
    }

    /// The same inventory, which reads the routes of each virtual interface once in so many observations.
    pub fn reading_routes_every(self, observations: usize) -> DirectConnectInventory {
        let routes = RoutesReading { every: observations, ..self.routes };
        DirectConnectInventory { routes, ..self }
    }

    /// The same inventory, which keeps the prefixes of the routes that it reads, or only counts them.
    pub fn keeping_prefixes(self, keeps_prefixes: bool) -> DirectConnectInventory {
        let routes = RoutesReading { keeps_prefixes, ..self.routes };
        DirectConnectInventory { routes, ..self }
    }

    /// The same inventory, of another partition of AWS: a function learns its own only when it is invoked.
    pub fn in_partition<'a>(&'a self, partition: &'a str) -> InPartition<'a> {
        InPartition { inventory: self, partition }
    }
}

impl Inventory for DirectConnectInventory {
    async fn observe(&self, scope: &Scope, kinds: &BTreeSet<Kind>) -> Observation {
        self.in_partition(&self.partition).observe(scope, kinds).await
    }
}

/// An inventory with the partition of AWS that the ARNs of its items are in.
#[derive(Clone, Copy, Debug)]
pub struct InPartition<'a> {
    inventory: &'a DirectConnectInventory,
    partition: &'a str,
}

impl Inventory for InPartition<'_> {
    async fn observe(&self, scope: &Scope, kinds: &BTreeSet<Kind>) -> Observation {
        let wanted = kinds.iter().copied().filter(|kind| scope.holds(*kind)).collect();
        let mut gathering = Gathering::new(scope, &wanted);
        let DirectConnectInventory { observation_timeout, tag_keys, routes, regions, clients, .. } = self.inventory;
        let origin = Origin { scope, partition: self.partition, regions, tag_keys };
        let deadline = Instant::now() + *observation_timeout;
        if scope.is_global()
            && let Some(first) = clients.first()
        {
            GlobalReading { first, clients, origin, wanted: &wanted, deadline }.read(&mut gathering).await;
        } else if let Some(client) = clients.iter().find(|client| client.region() == scope.region()) {
            RegionalReading { client, origin, wanted: &wanted, routes: *routes, deadline }.read(&mut gathering).await;
        } else {
            for kind in &wanted {
                gathering.fail(*kind, format!("no region is configured to read {scope} from"));
            }
        }
        gathering.observation()
    }
}
