//! The store on a laptop: an embedded database with the same rows, rules and guarantees as the DynamoDB tables.

pub mod sqlite;

pub use sqlite::SqliteLedger;
