//! ministack, which stands in for Lambda, SQS and the event source mapping between them: it runs a function's binary as Lambda
//! does, several at a time, and hands it the messages of a queue.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use aws_config::SdkConfig;

use super::{python, sdk};

/// A running ministack; dropping it kills it, and what it runs.
pub struct Ministack {
    /// The endpoint URL for every service, without a slash at the end.
    pub endpoint: String,
    process: Child,
}

impl Ministack {
    /// Starts it for the account `123456789012`, and waits until it listens.
    pub fn start() -> Ministack {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's directory for tests has a parent");
        let requirements = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/ministack/requirements.txt");
        let programs = python::prepare(Path::new("python3"), &target.join("ministack"), Path::new(requirements));
        let programs = programs.unwrap_or_else(|reason| panic!("{reason}"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = target.join("ministack.log");
        let process = Command::new(programs.join("python3"))
            .args(["-m", "ministack"])
            .env_clear()
            .envs(std::env::var("PATH").map(|path| ("PATH", path)))
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("MINISTACK_ACCOUNT_ID", "123456789012")
            .stdin(Stdio::null())
            .stdout(fs::File::create(&log).unwrap())
            .stderr(fs::File::options().append(true).open(&log).unwrap())
            .spawn()
            .unwrap();
        let ministack = Ministack { endpoint: format!("http://127.0.0.1:{port}"), process };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "ministack does not listen: see {}", log.display());
            std::thread::sleep(Duration::from_millis(100));
        }
        ministack
    }

    /// The SDK's configuration for clients of it.
    pub fn sdk_config(&self) -> SdkConfig {
        sdk::config(&self.endpoint, "us-east-1")
    }

    /// The processes of functions that it runs.
    pub fn functions(&self) -> Vec<u32> {
        let is_ours = |id: &u32| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok());
            let name = status.lines().next().unwrap_or_default().to_owned();
            parent == Some(self.process.id()) && name.contains("bootstrap")
        };
        let processes =
            fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
        processes.filter(is_ours).collect()
    }

    /// Kills every function that it runs, as `kill -9` does.
    pub fn kill_functions(&self) {
        for id in self.functions() {
            let killed = Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
            // One may have ended meanwhile.
            let _ = killed.success();
        }
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        self.kill_functions();
        // It may have ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
