//! The ledger in DynamoDB, as `tests/support/dynamodb.rs` provides it.

mod actions;
mod contract;
mod faults;
mod folding;
mod limits;
mod lost_answers;
mod pages;
mod roster;
mod rows;
pub mod store;
mod turns;
mod versions;
mod windows;

use store::Store;
