//! What a hub of many accounts needs besides the store: the list of accounts, a look into one of them, and the queue.

use std::{collections::BTreeSet, time::Duration};

use async_trait::async_trait;

use crate::domain::{ListedAccount, Order, Timestamp, Visit};

/// The list of an organisation's accounts.
#[async_trait(?Send)]
pub trait Organization {
    /// The active accounts below `units`, or of the whole organisation where there are none, without those of `left_out`:
    /// complete, and each once.
    ///
    /// # Errors
    ///
    /// A page of the list cannot be read. Then it is not known who has left.
    async fn accounts(&self, units: &[String], left_out: &BTreeSet<String>) -> anyhow::Result<Vec<ListedAccount>>;
}

/// A look into an account: whether it has anything of Direct Connect.
#[async_trait(?Send)]
pub trait Prober {
    /// Looks into an account: connections and virtual interfaces of each region, gateways once. It makes no more than
    /// [`Prober::calls`] calls to Direct Connect, by which the sweep keeps its pace.
    async fn probe(&self, account: &str, began: Timestamp) -> Visit;

    /// How many calls one probe makes.
    fn calls(&self) -> u32;
}

/// A message for the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its body.
    pub order: Order,
    /// Whose turn it takes: the queue serves groups evenly, so that one account with many messages holds up no other.
    pub group: String,
    /// How long the queue holds it back, in whole seconds.
    pub delay: Duration,
}

/// The queue of orders.
#[async_trait(?Send)]
pub trait Queue {
    /// Sends orders. Returns a result for each of them, in order.
    async fn send(&self, orders: &[Queued]) -> Vec<anyhow::Result<()>>;
}
