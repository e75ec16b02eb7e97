//! The process of a function: its output line by line, its end, and the way to bring that about.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::server::Invocations;
use super::{FunctionError, Program};

/// A process and the thread that watches it.
pub(super) struct Process {
    killer: Killer,
    logs: Arc<Mutex<Vec<String>>>,
    watcher: Option<JoinHandle<()>>,
}

/// Kills a function's process.
#[derive(Clone)]
pub struct Killer(Arc<Mutex<Child>>);

impl Killer {
    /// The process, as the kernel numbers it.
    pub fn id(&self) -> u32 {
        lock(&self.0).id()
    }

    /// Kills the process as `kill -9` does, and waits until it is gone. A process that has ended stays ended.
    pub fn kill(&self) {
        let mut child = lock(&self.0);
        // These fail only where there is no process any more.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Process {
    /// Starts the program as a function whose Runtime API is at `authority`; when it ends, its invocations do.
    pub(super) fn start(program: &Program, authority: &str, invocations: &Arc<Invocations>) -> Self {
        let mut child = Command::new(&program.path)
            .args(&program.arguments)
            .env_clear()
            .envs(program.environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", authority)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.path.display()));
        let logs = Arc::<Mutex<Vec<String>>>::default();
        let readers = [
            read_lines(child.stdout.take().expect("a piped standard output"), &logs),
            read_lines(child.stderr.take().expect("a piped standard error"), &logs),
        ];
        let killer = Killer(Arc::new(Mutex::new(child)));
        let watcher = std::thread::spawn({
            let (killer, invocations) = (killer.clone(), Arc::clone(invocations));
            move || watch(&killer, readers, &invocations)
        });
        Self { killer, logs, watcher: Some(watcher) }
    }

    pub(super) fn killer(&self) -> Killer {
        self.killer.clone()
    }

    pub(super) fn logs(&self) -> Vec<String> {
        lock(&self.logs).clone()
    }

    /// Kills the process and waits until all it wrote has been read.
    pub(super) fn end(&mut self) {
        self.killer.kill();
        if let Some(watcher) = self.watcher.take() {
            watcher.join().expect("watching a process does not panic");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.killer.kill();
    }
}

/// Waits for the end of the process, and notifies the invocations once all its lines are there.
fn watch(killer: &Killer, readers: [JoinHandle<()>; 2], invocations: &Invocations) {
    let status = loop {
        // Asked again and again, since waiting would keep the lock from whoever wants to kill.
        match lock(&killer.0).try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => break status.to_string(),
            Err(error) => break error.to_string(),
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    for reader in readers {
        // A reader that has panicked has nothing more to say.
        let _ = reader.join();
    }
    let message = format!("Runtime exited without providing a reason ({status})");
    invocations.end(FunctionError { error_type: "Runtime.ExitError".into(), message });
}

fn read_lines(output: impl Read + Send + 'static, logs: &Arc<Mutex<Vec<String>>>) -> JoinHandle<()> {
    let logs = Arc::clone(logs);
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            lock(&logs).push(String::from_utf8_lossy(&line).into_owned());
        }
    })
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
