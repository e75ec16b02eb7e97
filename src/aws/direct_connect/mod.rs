//! Direct Connect as an [`Inventory`]: which lists are read for which kinds, and what a list that fails takes with it.
//!
//! `look` decides what is read; `client` knows the lists, and `paging` reads one to its end; `connections`,
//! `virtual_interfaces` and `gateways` translate items at a `place`; `gathering` puts together what was read and what
//! was not; `failure` and `retry` know how calls fail; `secrecy` sees to it that no secret comes further than the wire.
//!
//! Lists that do not need each other are read at the same time, so the longest wait is that for a list and its
//! children: interconnects and LAGs → hosted connections, Direct Connect gateways → attachments and associations.

mod client;
mod connections;
mod failure;
mod gateways;
mod gathering;
mod look;
mod paging;
mod place;
mod retry;
mod secrecy;
mod virtual_interfaces;

use std::{collections::BTreeSet, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_directconnect::config::SharedHttpClient;
use tokio::time::Instant;

use super::limits::{CallLimits, OBSERVATION_TIMEOUT};
use crate::{
    domain::{Kind, Observation, Scope},
    ports::Inventory,
};

use client::RegionalClient;
use gathering::Gathering;
use look::Look;
use place::Place;
use secrecy::SecretFreeHttpClient;

/// Reads Direct Connect, of any number of regions, in one partition of AWS.
#[derive(Debug)]
pub struct DirectConnectInventory {
    partition: String,
    observation_timeout: Duration,
    regions: Vec<RegionalClient>,
}

impl DirectConnectInventory {
    /// An inventory of `regions`, the first of which is asked for the global kinds. Each gets a client, made here once;
    /// all of them share the HTTP client of `config`, or one of their own when it has none. `config`'s region is not
    /// looked at, nor are its retries and timeouts: `limits` says those.
    pub fn new(
        config: &SdkConfig,
        partition: impl Into<String>,
        regions: impl IntoIterator<Item = impl Into<String>>,
        limits: &CallLimits,
    ) -> DirectConnectInventory {
        let http_client = config.http_client().unwrap_or_else(super::http_client);
        let http_client = SharedHttpClient::new(SecretFreeHttpClient::new(http_client));
        let regions = (regions.into_iter())
            .map(|region| RegionalClient::new(config, http_client.clone(), region.into(), limits))
            .collect();
        DirectConnectInventory { partition: partition.into(), observation_timeout: OBSERVATION_TIMEOUT, regions }
    }

    /// The same inventory, with another limit of the time that one observation of a scope may take.
    pub fn observing_within(self, observation_timeout: Duration) -> DirectConnectInventory {
        DirectConnectInventory { observation_timeout, ..self }
    }

    /// The same inventory, of another partition of AWS: a function learns its own only when it is invoked.
    pub fn in_partition<'a>(&'a self, partition: &'a str) -> InPartition<'a> {
        InPartition { inventory: self, partition }
    }

    fn client(&self, scope: &Scope) -> Option<&RegionalClient> {
        if scope.is_global() {
            self.regions.first()
        } else {
            self.regions.iter().find(|client| client.region() == scope.region())
        }
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
        match self.inventory.client(scope) {
            Some(client) => {
                let place = Place { scope, partition: self.partition };
                let deadline = Instant::now() + self.inventory.observation_timeout;
                let look = Look { client, place, wanted: &wanted, deadline };
                if scope.is_global() {
                    look.at_global_kinds(&mut gathering).await;
                } else {
                    look.at_region(&mut gathering).await;
                }
            }
            None => {
                for kind in &wanted {
                    gathering.fail(*kind, format!("no region is configured to read {scope} from"));
                }
            }
        }
        gathering.observation()
    }
}
