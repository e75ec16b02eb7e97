//! What the stories and the real-protocol tests stand on: AWS's side of the wire, on loopback.
//!
//! - [`python`]: the Python tools the tests need, installed under `target/` on first use;
//! - [`http`]: a loopback HTTP server and client, the ground of the next ones;
//! - [`lambda_api`]: the Lambda service, as one who invokes a function sees it;
//! - [`log`]: everything that is logged while a future runs;
//! - [`moto`]: DynamoDB, SNS, SQS, EventBridge, STS, CloudFormation;
//! - [`proxy`]: breaks chosen AWS calls, and logs all;
//! - [`recorder`]: a CloudWatch that records;
//! - [`runtime_api`]: the Lambda service, for a function in a process of its own;
//! - [`sdk`]: the AWS SDK's configuration in tests.

// Each piece serves other stories than the next, so that a piece may have a function that no test calls today.
#![allow(dead_code)]

pub mod http;
pub mod lambda_api;
pub mod log;
pub mod moto;
pub mod proxy;
pub mod python;
#[cfg(test)]
mod python_check;
pub mod recorder;
pub mod runtime_api;
pub mod sdk;
