//! The Runtime API, with a function written in Python.

use std::time::Instant;

use serde_json::json;

use super::*;
use crate::support::python::tool;

const LONG: Duration = Duration::from_secs(20);

fn program() -> Program {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/runtime_api/check_function.py");
    Program::new(tool("python3")).argument(script)
}

#[tokio::test]
async fn an_invocation_carries_deadline_and_arn_into_a_clean_environment() {
    let arn = "arn:aws-cn:lambda:cn-north-1:210987654321:function:other";
    let function = program().arn(arn).environment("AWS_REGION", "cn-north-1").start();
    let told = function.invoke(&json!({"do": "tell"}), LONG).await.unwrap();
    assert_eq!(told["arn"], arn);
    let left = told["seconds_left"].as_f64().unwrap();
    assert!((0.0..=20.0).contains(&left), "{left} seconds left");
    assert_eq!(told["environment"]["AWS_REGION"], "cn-north-1");
    assert_eq!(told["environment"]["AWS_EC2_METADATA_DISABLED"], "true");
    assert_eq!(told["environment"].get("CARGO_MANIFEST_DIR"), None, "cargo's environment is not the function's");
    function.log_containing("telling").await;
    assert_eq!(function.json_logs(), [json!({"message": "telling"})]);
}

#[tokio::test]
async fn a_function_error_is_reported_and_the_next_invocation_is_served() {
    let function = program().start();
    let error = function.invoke(&json!({"do": "fail"}), LONG).await.unwrap_err();
    assert_eq!(error, FunctionError { error_type: "Gap".into(), message: "connection: throttled".into() });
    function.invoke(&json!({"do": "tell"}), LONG).await.unwrap();
}

#[tokio::test]
async fn an_exit_is_noticed_at_once_with_all_that_was_written() {
    let mut function = program().start();
    let start = Instant::now();
    let error = function.invoke(&json!({"do": "exit"}), LONG).await.unwrap_err();
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert!(error.message.contains("exit status: 3"), "{error:?}");
    assert_eq!(function.logs(), ["last words"]);
    assert_eq!(function.invoke(&json!({"do": "tell"}), LONG).await.unwrap_err(), error, "it stays ended");
    assert!(start.elapsed() < LONG / 2);
    function.restart();
    function.invoke(&json!({"do": "tell"}), LONG).await.unwrap();
    function.log_containing("telling").await;
    assert_eq!(function.logs()[0], "last words", "the lines from before the restart are kept");
}

#[tokio::test]
async fn a_function_that_cannot_start_reports_the_reason() {
    let function = program().environment("INIT_ERROR", "DX_MONITOR_STATE_TABLE is missing").start();
    let error = function.invoke(&json!({"do": "tell"}), LONG).await.unwrap_err();
    let message = "DX_MONITOR_STATE_TABLE is missing".into();
    assert_eq!(error, FunctionError { error_type: "Runtime.InitError".into(), message });
    // Time for the process to end, which is no news then.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(function.invoke(&json!({"do": "tell"}), LONG).await.unwrap_err(), error);
}

#[tokio::test]
async fn a_function_is_killed_at_its_deadline_or_on_request() {
    let mut function = program().start();
    let pid = function.invoke(&json!({"do": "tell"}), LONG).await.unwrap()["pid"].clone();
    let error = function.invoke(&json!({"do": "sleep"}), Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.error_type, "Sandbox.Timedout");
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "the process is gone");

    function.restart();
    let killer = function.killer();
    let killing = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        killer.kill();
    });
    let error = function.invoke(&json!({"do": "sleep"}), LONG).await.unwrap_err();
    killing.join().unwrap();
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert!(error.message.contains("signal: 9"), "{error:?}");
}
