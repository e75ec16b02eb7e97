//! moto, which stands in for DynamoDB, SNS, SQS, EventBridge, STS and CloudFormation.
//!
//! It serves one request at a time, because its backends are not safe between threads. Most tests share the server of their
//! process ([`Moto::shared`]) and keep apart by the names of their tables, topics and buses; a test that breaks the server, or
//! counts what is in it, starts its own.

pub mod resources;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_config::SdkConfig;

use super::python::tool;
use super::sdk;

/// The account that moto says it is.
pub const ACCOUNT: &str = "123456789012";

/// A running moto.
pub struct Moto {
    /// The endpoint URL for every service, without a slash at the end.
    pub endpoint: String,
    server: Child,
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
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("moto-{number}.log"));
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/moto/server.py");
        let mut server = Command::new(tool("python3"))
            .arg(script)
            .envs(sdk::environment("http://127.0.0.1:9", "us-east-1"))
            .env("MOTO_ACCOUNT_ID", ACCOUNT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a log for moto in cargo's directory for tests"))
            .spawn()
            .expect("the interpreter of the virtual environment runs");
        // The server listens once it has printed its port; one that ends first closes its output instead.
        let mut port = String::new();
        let output = server.stdout.take().expect("a piped standard output");
        let read = BufReader::new(output).read_line(&mut port);
        let Some(port) = read.ok().and_then(|_| port.trim().parse::<u16>().ok()) else {
            let _ = server.kill();
            let _ = server.wait();
            panic!("moto has not started: {} says why.", log.display());
        };
        Self { endpoint: format!("http://127.0.0.1:{port}"), server }
    }

    /// The SDK's configuration for clients of this server.
    pub fn sdk_config(&self, region: &str) -> SdkConfig {
        sdk::config(&self.endpoint, region)
    }

    /// The process id of the server.
    pub fn process_id(&self) -> u32 {
        self.server.id()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[cfg(test)]
mod check;
