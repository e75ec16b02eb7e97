//! `simulate`: a Direct Connect for any client, until Ctrl-C.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use super::{text, tool};
use crate::support::sdk;

/// A process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn it_shows_its_address_answers_the_sdk_and_ends_on_ctrl_c() {
    let mut child = Running(
        Command::new(assert_cmd::cargo::cargo_bin!("aws-dx-monitor"))
            .args(["simulate", "--port", "0"])
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut told = BufReader::new(child.0.stdout.take().unwrap());
    let mut first = String::new();
    told.read_line(&mut first).unwrap();
    let url = first.trim_end().strip_prefix("Direct Connect, simulated, at ").unwrap().to_owned();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");

    let client = aws_sdk_directconnect::Client::new(&sdk::config(&url, "us-east-1"));
    let connections = client.describe_connections().send().await.unwrap();
    assert_eq!(connections.connections().len(), 4);

    let pid = child.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    assert!(rest.contains(&format!("--endpoint-url {url}\n")), "{rest}");
    assert!(rest.ends_with("\n1 call answered\n"), "{rest}");
}

#[test]
fn a_scenario_with_mistakes_is_refused_with_all_of_them() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("bad.json"), r#"{"account": "12", "pageSize": 0}"#).unwrap();
    let output = tool(directory.path()).args(["simulate", "--scenario", "bad.json"]).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    let error = text(&output.stderr);
    assert!(error.starts_with("error: the scenario bad.json has 2 mistakes:"), "{error}");
    assert!(error.contains("at account: ") && error.contains("at pageSize: "), "{error}");

    let output = tool(directory.path()).args(["simulate", "--scenario", "missing.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("missing.json cannot be read"));
}

#[test]
fn its_own_scenario_is_one_to_start_from() {
    let directory = tempfile::tempdir().unwrap();
    let output = tool(directory.path()).args(["simulate", "--print-scenario"]).output().unwrap();
    assert!(output.status.success());
    let scenario = aws_dx_monitor::simulator::Scenario::from_json(&text(&output.stdout)).unwrap();
    assert_eq!(scenario, aws_dx_monitor::simulator::Scenario::builtin());
}
