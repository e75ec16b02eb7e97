//! What no emulator has: the limits of the services, and the processor that is deployed.
//!
//! Each stands in front of an emulator, or for one, and says to the test what it refused or lost:
//!
//! - [`capacity`]: DynamoDB whose partitions take so many units a second;
//! - [`mail`]: SNS that switches an e-mail subscription off when too many messages reach it;
//! - [`rate`]: a service that takes so many calls a second, as Direct Connect does;
//! - [`processor`]: a process that gets a share of a processor, as a function's memory buys it.

pub mod bucket;
pub mod capacity;
pub mod mail;
pub mod processor;
pub mod rate;
