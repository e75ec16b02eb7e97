//! From exec to the first request for work, beside a function that does nothing, built the same way.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::process::Watched;

/// What starting a function once took.
#[derive(Clone, Copy)]
pub struct Start {
    pub wall: Duration,
    pub cpu: Duration,
    /// In kB.
    pub peak_memory: u64,
}

/// Starts a function, waits until it asks for work, and ends it.
pub fn start(program: &Path, environment: &[(String, String)]) -> Start {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
    let address = listener.local_addr().expect("a bound port has an address");
    let began = Instant::now();
    let mut process = Command::new(program)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
    let (mut connection, _) = listener.accept().expect("the function connects");
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => panic!("{} has not asked for work", program.display()),
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    let wall = began.elapsed();
    assert!(request.starts_with(b"GET /2018-06-01/runtime/invocation/next"), "a request for work");
    let watched = Watched(process.id());
    let started = Start { wall, cpu: watched.cpu_time(), peak_memory: watched.peak_memory() };
    // It is killed while it waits for an answer; nothing hangs on how that ends.
    let _ = process.kill();
    let _ = process.wait();
    started
}
