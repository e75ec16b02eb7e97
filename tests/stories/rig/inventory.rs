//! An inventory that reads the simulated Direct Connect and takes its time over it.

use std::{cell::Cell, collections::BTreeSet, time::Duration};

use aws_dx_monitor::{
    aws::DirectConnectInventory,
    domain::{Kind, Observation, Scope},
    ports::{Clock, Inventory},
};

use super::HandClock;

/// The real inventory. Of what it reads, all is read at the beginning, and the answer comes at the end.
pub struct TimedInventory {
    inner: DirectConnectInventory,
    clock: HandClock,
    /// How long an observation takes.
    pub takes: Cell<Duration>,
}

impl TimedInventory {
    pub fn new(inner: DirectConnectInventory, clock: HandClock) -> TimedInventory {
        TimedInventory { inner, clock, takes: Cell::new(Duration::ZERO) }
    }

    /// The same inventory, which keeps the prefixes of routes, and reads those of each interface once in so many observations.
    pub fn keeping_prefixes(self, observations: usize) -> TimedInventory {
        TimedInventory { inner: self.inner.reading_routes_every(observations).keeping_prefixes(true), ..self }
    }
}

impl Inventory for TimedInventory {
    async fn observe(&self, scope: &Scope, kinds: &BTreeSet<Kind>) -> Observation {
        let began = self.clock.now();
        let observation = self.inner.observe(scope, kinds).await;
        // Scopes are observed side by side: whichever answers last finds the time passed already.
        let left = began.plus(self.takes.get()).since(self.clock.now());
        if left > Duration::ZERO {
            self.clock.pass(left).await;
        }
        observation
    }
}
