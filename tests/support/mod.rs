//! The fixtures of the stories and the real-protocol tests: AWS's side of the wire, on loopback.
//!
//! - [`python`]: the Python tools the tests need, installed under `target/` on first use;
//! - [`dynamodb`]: the tests' DynamoDB, and the monitor's tables in it;
//! - [`http`]: a loopback HTTP server and client, the ground of the next ones;
//! - [`lambda_api`]: the Lambda service, as one who invokes a function sees it;
//! - [`letters`]: letters beside each other;
//! - [`limits`]: what no emulator has: DynamoDB's capacity, the end of an e-mail subscription, a rate, a share of a processor;
//! - [`log`]: everything that is logged while a future runs;
//! - [`ministack`]: Lambda, SQS, and the event source mapping between them;
//! - [`moto`]: SNS, SQS, EventBridge, STS, CloudFormation;
//! - [`proxy`]: breaks chosen AWS calls, and logs all;
//! - [`recorder`]: a CloudWatch that records;
//! - [`runtime_api`]: the Lambda service, for a function in a process of its own;
//! - [`sdk`]: the AWS SDK's configuration in tests;
//! - [`service`]: a server in a process of its own.

// Each piece serves other stories than the next, so that a piece may have a function that no test calls today.
#![allow(dead_code)]

pub mod dynamodb;
pub mod http;
pub mod lambda_api;
pub mod letters;
pub mod limits;
pub mod log;
pub mod ministack;
pub mod moto;
pub mod proxy;
pub mod python;
#[cfg(test)]
mod python_check;
pub mod recorder;
pub mod runtime_api;
pub mod sdk;
pub mod service;
