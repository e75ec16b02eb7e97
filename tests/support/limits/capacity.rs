//! DynamoDB whose partitions take so many units a second, in front of any engine.
//!
//! All rows of one partition key are one partition, in a table as in its index, and an index that takes no more holds up the
//! table it belongs to. What AWS does on top of that is left out: a partition that is split for heat after minutes, and the
//! units that a quiet table saves up.

pub mod partitions;
pub mod units;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::support::http::{Server, authority, forward};
use crate::support::proxy::call::Call;
use partitions::{Partitions, Rates};

/// A front with a capacity; dropping it closes its port.
pub struct Capacity {
    server: Server,
    partitions: Arc<Mutex<Partitions>>,
}

impl Capacity {
    /// Starts a front of `upstream`, an `http://` URL without a path, whose partitions take what AWS's do.
    pub fn start(upstream: &str) -> Self {
        Self::at(upstream, Rates::default())
    }

    /// Starts a front whose partitions take this.
    pub fn at(upstream: &str, rates: Rates) -> Self {
        let authority = authority(upstream);
        let partitions = Arc::new(Mutex::new(Partitions::new(rates)));
        let server = Server::start({
            let partitions = Arc::clone(&partitions);
            move |request| {
                let (partitions, authority) = (Arc::clone(&partitions), authority.clone());
                async move {
                    let call = Call::read(&request);
                    let refusal = lock(&partitions).admit(&call, Instant::now());
                    if refusal.is_some() {
                        return refusal;
                    }
                    let answer = forward(&authority, request).await;
                    lock(&partitions).settle(&call, &answer);
                    Some(answer)
                }
            }
        });
        Self { server, partitions }
    }

    /// The endpoint URL for DynamoDB.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    /// How many attempts were throttled so far.
    pub fn throttled(&self) -> usize {
        lock(&self.partitions).throttled()
    }

    /// The write units that were paid so far, by table (`states`) and index (`history/by-day`).
    pub fn written(&self) -> BTreeMap<String, f64> {
        lock(&self.partitions).written().clone()
    }
}

fn lock(partitions: &Mutex<Partitions>) -> MutexGuard<'_, Partitions> {
    partitions.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod check;
