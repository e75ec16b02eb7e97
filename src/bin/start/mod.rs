//! What both functions begin with: their log, one thread, and what answers where the configuration is unusable.

use std::{fmt::Display, process::ExitCode};

use aws_dx_monitor::config;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Turns off the runtime's own log line for a failed invocation, which is in Rust's debug format. Each failure has been
/// logged once already, on a line of its own.
const LOGGED_HERE: &str = "lambda_runtime::layers::panic=off";

/// Logs in JSON, makes the function, and answers invocations by it until the end.
pub fn run<F, E: Display>(
    make: impl FnOnce() -> Result<F, E>,
    answer: impl AsyncFn(&F, LambdaEvent<Value>) -> Result<Value, Diagnostic>,
) -> ExitCode {
    // Filters by level and target only: filters by span and field would link the regular expression engine.
    let filter = |level: &str| format!("{level},{LOGGED_HERE}").parse::<Targets>();
    let filter = filter(&config::log_level_from_environment()).or_else(|_| filter("info")).unwrap_or_default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::level_filters::LevelFilter::TRACE)
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_ansi(false)
        .finish()
        .with(filter)
        .init();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(lambda_runtime::Error::from)
        .and_then(|runtime| runtime.block_on(serve(make, answer)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the function cannot run");
            ExitCode::FAILURE
        }
    }
}

async fn serve<F, E: Display>(
    make: impl FnOnce() -> Result<F, E>,
    answer: impl AsyncFn(&F, LambdaEvent<Value>) -> Result<Value, Diagnostic>,
) -> Result<(), lambda_runtime::Error> {
    // An unusable configuration is the answer to every invocation, because there an operator reads it.
    let function = make().map_err(|mistakes| mistakes.to_string());
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| match &function {
        Ok(function) => answer(function, event).await,
        Err(mistakes) => Err(failure("Configuration", mistakes.clone())),
    }))
    .await
}

/// Logs the failure of an invocation and makes its answer.
pub fn failure(error_type: &str, error_message: String) -> Diagnostic {
    tracing::error!(error_type, error = error_message, "the invocation has failed");
    Diagnostic { error_type: error_type.to_owned(), error_message }
}
