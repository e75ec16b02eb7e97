//! The Lambda service's side of a function: starts its binary, gives it invocations over the Runtime API, and receives
//! their results.
//!
//! The function runs as a process of its own with an explicit environment, exactly as it would in AWS, so that it can be
//! killed at any moment and started again.

#[cfg(test)]
mod check;
mod process;
mod server;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::oneshot;
use serde_json::Value;

use super::http::Server;
use super::sdk;
use process::Process;
use server::Invocations;

pub use process::Killer;

/// An invocation that failed: the function reported an error, or it ended, or took too long.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionError {
    /// The function's own word, or Lambda's: `Runtime.ExitError`, `Sandbox.Timedout`.
    pub error_type: String,
    /// What was wrong.
    pub message: String,
}

/// How a function is to be started.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    arn: String,
}

impl Program {
    /// A function in `us-east-1`, without arguments, that can reach nothing: `AWS_ENDPOINT_URL` names a closed port.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let mut environment = sdk::environment("http://127.0.0.1:9", "us-east-1");
        for (name, value) in [
            ("AWS_LAMBDA_FUNCTION_NAME", "monitor"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/monitor"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/22/[$LATEST]0123456789abcdef"),
        ] {
            environment.push((name.to_owned(), value.to_owned()));
        }
        environment.extend(std::env::var("PATH").map(|path| ("PATH".to_owned(), path)));
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:monitor".to_owned();
        Self { path: path.into(), arguments: Vec::new(), environment, arn }
    }

    /// Adds an argument.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets an environment variable; the last value of a name holds.
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Every environment variable that it will have, besides the Runtime API's own; the last value of a name holds.
    pub fn variables(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Sets the ARN by which the function is invoked, from which it knows its account and partition.
    pub fn arn(mut self, arn: impl Into<String>) -> Self {
        self.arn = arn.into();
        self
    }

    /// Starts the function.
    pub fn start(self) -> Function {
        let invocations = Arc::new(Invocations::new(self.arn.clone()));
        let server = server::start(&invocations);
        let process = Process::start(&self, &server.authority(), &invocations);
        Function { program: self, invocations, process, server, earlier_logs: Vec::new() }
    }
}

/// A running function; dropping it kills its process.
pub struct Function {
    program: Program,
    invocations: Arc<Invocations>,
    // Before the server, so that the process is dropped first and never finds its service gone.
    process: Process,
    server: Server,
    earlier_logs: Vec<String>,
}

impl Function {
    /// Invokes the function, with a deadline `timeout` from now, at which Lambda would kill it: so it is killed.
    pub async fn invoke(&self, payload: &Value, timeout: Duration) -> Result<Value, FunctionError> {
        let outcome = self.invocations.add(payload, timeout);
        match tokio::time::timeout(timeout, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(oneshot::Canceled)) => panic!("the Runtime API has dropped an invocation"),
            Err(_) => {
                self.kill();
                let message = format!("Task timed out after {:.2} seconds", timeout.as_secs_f64());
                Err(FunctionError { error_type: "Sandbox.Timedout".into(), message })
            }
        }
    }

    /// Kills the process as `kill -9` does, and waits until it is gone.
    pub fn kill(&self) {
        self.process.killer().kill();
    }

    /// The process of now, as the kernel numbers it.
    pub fn process_id(&self) -> u32 {
        self.process.killer().id()
    }

    /// What kills the process of now from elsewhere, for example from a proxy's callback.
    pub fn killer(&self) -> Killer {
        self.process.killer()
    }

    /// Kills the process, if it still runs, and starts the function again with the same environment.
    pub fn restart(&mut self) {
        self.process.end();
        self.earlier_logs.extend(self.process.logs());
        self.invocations = Arc::new(Invocations::new(self.program.arn.clone()));
        self.server = server::start(&self.invocations);
        self.process = Process::start(&self.program, &self.server.authority(), &self.invocations);
    }

    /// Every line the function has written so far, on standard output and standard error, in order of arrival, also before a
    /// restart.
    pub fn logs(&self) -> Vec<String> {
        [self.earlier_logs.clone(), self.process.logs()].concat()
    }

    /// The lines that are JSON objects.
    pub fn json_logs(&self) -> Vec<Value> {
        let parsed = self.logs().into_iter().filter_map(|line| serde_json::from_str(&line).ok());
        parsed.filter(Value::is_object).collect()
    }

    /// Waits for a line that contains `text`: a line may arrive a little later than the answer it was written before.
    pub async fn log_containing(&self, text: &str) -> String {
        let waited = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                if let Some(line) = self.logs().into_iter().find(|line| line.contains(text)) {
                    return line;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("no line with {text:?} in {:#?}", self.logs()))
    }
}
