//! moto, which stands in for SNS, SQS, EventBridge, S3, STS and CloudFormation, and on request for DynamoDB.
//!
//! It serves one request at a time, because its backends are not safe between threads. Most tests share the server of their
//! process ([`Moto::shared`]) and keep apart by the names of their tables, topics and buses; a test that breaks the server, or
//! counts what is in it, starts its own.

pub mod resources;

use std::process::Command;
use std::sync::OnceLock;

use aws_config::SdkConfig;

use super::python::tool;
use super::sdk;
use super::service::Service;

/// The account that moto says it is.
pub const ACCOUNT: &str = "123456789012";

/// A running moto.
pub struct Moto {
    /// The endpoint URL for every service, without a slash at the end.
    pub endpoint: String,
    service: Service,
}

impl Moto {
    /// The server that the tests of this process share.
    ///
    /// A static is never dropped: the server ends when its standard input closes with this process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Moto> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a server for one test; dropping it kills it.
    pub fn start() -> Self {
        let mut server = Command::new(tool("python3"));
        server
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/moto/server.py"))
            .envs(sdk::environment("http://127.0.0.1:9", "us-east-1"))
            .env("MOTO_ACCOUNT_ID", ACCOUNT);
        let service = Service::start("moto", &mut server);
        Self { endpoint: service.endpoint.clone(), service }
    }

    /// The SDK's configuration for clients of this server.
    pub fn sdk_config(&self, region: &str) -> SdkConfig {
        sdk::config(&self.endpoint, region)
    }

    /// The process id of the server.
    pub fn process_id(&self) -> u32 {
        self.service.process_id()
    }
}

#[cfg(test)]
mod check;
