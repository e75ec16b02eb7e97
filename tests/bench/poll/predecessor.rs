//! The predecessor, in a process of its own: the same server, the same delay.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::estates::REGION;
use crate::support::sdk;

/// A running predecessor; dropping it ends its process.
pub struct Predecessor {
    process: Child,
    asking: ChildStdin,
    answering: BufReader<ChildStdout>,
}

/// What a poll of its came to.
pub struct Outcome {
    pub wall: Duration,
    pub published: u64,
    /// In kB, of the process's whole life.
    pub peak_memory: u64,
}

impl Predecessor {
    pub fn start(direct_connect: &str, cloud_watch: &str) -> Predecessor {
        let mut process = Command::new(crate::target_directory().join("python/bin/python3"))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/poll/predecessor.py"))
            .env_clear()
            .envs(sdk::environment("http://127.0.0.1:9", REGION))
            .env("AWS_ENDPOINT_URL_DIRECT_CONNECT", direct_connect)
            .env("AWS_ENDPOINT_URL_CLOUDWATCH", cloud_watch)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let asking = process.stdin.take().expect("a piped standard input");
        let answering = BufReader::new(process.stdout.take().expect("a piped standard output"));
        Predecessor { process, asking, answering }
    }

    pub fn poll(&mut self) -> Outcome {
        writeln!(self.asking, "poll").expect("the predecessor listens");
        let mut line = String::new();
        self.answering.read_line(&mut line).expect("the predecessor answers");
        let answer: Value = serde_json::from_str(&line).expect("the predecessor answers in JSON");
        Outcome {
            wall: Duration::from_secs_f64(answer["seconds"].as_f64().unwrap_or(0.0)),
            published: answer["published"].as_u64().unwrap_or(0),
            peak_memory: answer["peakKilobytes"].as_u64().unwrap_or(0),
        }
    }
}

impl Drop for Predecessor {
    fn drop(&mut self) {
        // These fail only where there is no process any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
