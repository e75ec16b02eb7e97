//! `watch` as a person or a script uses it: the built program against the simulated Direct Connect, over the real protocol.

mod commands;
mod incidents;
mod lines;
mod policy;
mod regions;
mod restarts;
mod view;

use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use aws_dx_monitor::simulator::{Scenario, Simulator};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{proxy::Proxy, sdk};

/// How long to wait before a test fails. Nothing that works takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A simulated account, a proxy in front of it, and a folder for the store.
struct Rig {
    simulator: Simulator,
    proxy: Proxy,
    folder: TempDir,
}

impl Rig {
    /// The built-in scenario at its beginning. Its time moves only by [`Rig::second`].
    fn new() -> Rig {
        Rig::of(Scenario::builtin())
    }

    fn of(scenario: Scenario) -> Rig {
        let simulator = Simulator::start(scenario, 0).unwrap();
        simulator.set_elapsed(Duration::ZERO);
        let proxy = Proxy::start(&simulator.endpoint_url());
        Rig { simulator, proxy, folder: tempfile::tempdir().unwrap() }
    }

    /// Moves the scenario to a second.
    fn second(&self, second: u64) -> &Rig {
        self.simulator.set_elapsed(Duration::from_secs(second));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The whole environment of the program.
    fn environment(&self) -> Vec<(String, String)> {
        let mut environment = sdk::environment(&self.proxy.endpoint(), "us-east-1");
        environment.push(("PATH".to_owned(), std::env::var("PATH").unwrap()));
        environment
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("aws-dx-monitor"));
        command.env_clear().envs(self.environment()).current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Runs `watch --once` to its end. Its changes are those of items.
    fn once(&self, arguments: &[&str]) -> Output {
        self.command(&[&["watch", "--once", "--notify", "items"], arguments].concat()).output().unwrap()
    }

    /// The standard output of `watch --once`, which must succeed.
    fn seen(&self, arguments: &[&str]) -> String {
        let output = self.once(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    /// All events in the store but first sights.
    fn recorded(&self) -> Vec<Value> {
        let output = self.command(&["history", "--output", "json"]).output().unwrap();
        let events: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        events.into_iter().filter(|event| event["change"] != "discovered").collect()
    }

    /// Starts a watch that keeps running. Its changes are those of items.
    fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(&[&["watch", "--every", "5s", "--notify", "items"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Running { child, out: Lines::of(out), err: Lines::of_errors(err) }
    }
}

/// A watch that keeps running. It is killed at the end of the test.
struct Running {
    child: Child,
    out: Lines,
    err: Lines,
}

impl Running {
    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for its end. Returns the exit code, or `None` where a signal ended it.
    fn code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has usually ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a stream, as they arrive.
struct Lines(Receiver<String>);

impl Lines {
    fn of(stream: ChildStdout) -> Lines {
        Lines::read(stream)
    }

    fn of_errors(stream: ChildStderr) -> Lines {
        Lines::read(stream)
    }

    fn read(stream: impl Read + Send + 'static) -> Lines {
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // The test may not read all lines.
            BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Lines(lines)
    }

    fn next(&self) -> String {
        self.0.recv_timeout(PATIENCE).expect("a line in time")
    }

    fn take(&self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.next()).collect()
    }

    /// The next line that contains this.
    fn find(&self, part: &str) -> String {
        loop {
            let line = self.next();
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Everything up to the end of the stream.
    fn rest(&self) -> Vec<String> {
        self.0.iter().collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The lines without what differs from run to run: times, and the order within a poll.
fn settled(lines: &str) -> String {
    let mut lines: Vec<String> = lines.lines().map(without_times).collect();
    lines.sort();
    lines.join("\n")
}

fn without_times(line: &str) -> String {
    let is_time = |word: &&str| word.len() == 24 && word.starts_with("20") && word.ends_with('Z');
    let words: Vec<&str> = line.split(' ').map(|word| if is_time(&word) { "TIME" } else { word }).collect();
    let line = words.join(" ");
    match line.split_once(" after ") {
        // How long the state lasted is real time here.
        Some((before, rest)) if line.contains("->") => {
            let rest = rest.find('(').or_else(|| rest.find(" in ").map(|at| at + 1)).map_or("", |at| &rest[at..]);
            format!("{before} after … {rest}")
        }
        _ => line,
    }
}

/// Parses each line as an event document, and fails unless it is valid.
fn documents(lines: &[String]) -> Vec<Value> {
    valid(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/event.schema.json")), lines)
}

/// Parses each line as a document, and fails unless it is valid by the schema.
fn valid(schema: &str, lines: &[String]) -> Vec<Value> {
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let parse = |line: &String| -> Value {
        let document = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{line}");
        document
    };
    lines.iter().map(parse).collect()
}

/// The ids of changes. First sights are left out: those of a baseline are recorded, and not written one by one.
fn ids(documents: &[Value]) -> Vec<String> {
    let changes = documents.iter().filter(|event| event["change"] != "discovered");
    let mut ids: Vec<String> = changes.map(|event| event["metadata"]["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}
