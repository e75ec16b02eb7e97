//! The one integration binary: stories and real-protocol tests.

#[macro_use]
mod ledger_contract;
mod aws_events;
mod cli;
mod deployment;
mod direct_connect;
mod documentation;
mod dynamodb;
mod event_schema;
mod function;
mod fuzz;
mod house;
mod incident_schema;
mod releases;
mod report;
mod retries;
mod simulation;
mod simulator;
mod sinks;
mod sqlite_ledger;
mod stories;
mod support;
mod watch;
