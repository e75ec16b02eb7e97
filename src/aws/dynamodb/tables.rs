//! The two tables, and the client that reaches them: what every function of this room works on.

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

/// A table, and how an operator says which one it is.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) variable: &'static str,
}
