//! The two tables and their client, on which every function of this module works.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;

use super::lanes::Lanes;

/// The tables of a ledger.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    pub(super) client: Client,
    pub(super) lanes: Arc<Lanes>,
    pub(super) states: Table,
    pub(super) history: Table,
}

/// A table, and the setting with which an operator chooses it.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) variable: &'static str,
}
