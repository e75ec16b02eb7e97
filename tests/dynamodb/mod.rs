//! The ledger in DynamoDB, on moto or on whatever engine `AWS_ENDPOINT_URL_DYNAMODB` names.

mod actions;
mod contract;
mod faults;
mod limits;
mod lost_answers;
mod pages;
mod rows;
pub mod store;
mod versions;

use store::Store;
