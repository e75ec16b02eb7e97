//! What stands in for AWS on a laptop: an embedded store with the same rows, rules and guarantees as the tables in
//! DynamoDB.

pub mod sqlite;

pub use sqlite::SqliteLedger;
