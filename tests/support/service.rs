//! A server in a process of its own: it prints its port on loopback once it listens, and ends when its standard input closes.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A running server; dropping it kills it.
pub struct Service {
    /// Its URL, without a slash at the end.
    pub endpoint: String,
    process: Child,
}

impl Service {
    /// Starts the server and waits until it listens. What it writes on standard error goes to a file called after `name`, in
    /// cargo's directory for tests.
    pub fn start(name: &str, command: &mut Command) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{number}.log"));
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a log for the server in cargo's directory for tests"))
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        // One that ends before it listens closes its output instead.
        let mut port = String::new();
        let output = process.stdout.take().expect("a piped standard output");
        let read = BufReader::new(output).read_line(&mut port);
        let Some(port) = read.ok().and_then(|_| port.trim().parse::<u16>().ok()) else {
            let _ = process.kill();
            let _ = process.wait();
            panic!("{name} has not started: {} says why.", log.display());
        };
        Self { endpoint: format!("http://127.0.0.1:{port}"), process }
    }

    /// The process id of the server.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod check {
    use std::net::TcpStream;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::support::dynamodb;

    fn start() -> Service {
        Service::start("service-check", &mut dynamodb::engine().unwrap())
    }

    #[test]
    fn a_server_ends_when_dropped_and_when_its_standard_input_closes() {
        let service = start();
        let address = service.endpoint.trim_start_matches("http://").to_owned();
        TcpStream::connect(&address).unwrap();
        drop(service);
        TcpStream::connect(&address).unwrap_err();

        let mut service = start();
        drop(service.process.stdin.take());
        let started = Instant::now();
        while service.process.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(10), "the server outlives its parent");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    #[should_panic(expected = "has not started")]
    fn one_that_does_not_start_is_an_error() {
        Service::start("service-check", &mut Command::new("true"));
    }
}
