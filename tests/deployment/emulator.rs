//! The artifact that `sam build` has made, under AWS's own Runtime Interface Emulator, through an outage and a recovery.
//!
//! `.ci/run` builds it and says where it and the emulator are; a plain `cargo test` has neither.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use aws_dx_monitor::domain::Scope;
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::{
    function::rig::{REGION, Rig},
    support::{http, sdk},
};

/// The emulator says this of the function's account, whatever else is set.
const ACCOUNT: &str = "012345678912";

/// A function under the emulator; dropping it ends both.
struct Emulated {
    emulator: Child,
    authority: String,
}

impl Emulated {
    fn start(rig: &Rig) -> Emulated {
        let path = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `.ci/run` sets it"));
        let [outside, inside] = [free_port(), free_port()];
        let emulator = Command::new(path("LAMBDA_EMULATOR"))
            .args(["--runtime-interface-emulator-address", &outside, "--runtime-api-address", &inside])
            .arg(path("BUILT_FUNCTION"))
            .env_clear()
            .envs(rig.program().variables().iter().cloned())
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "50")
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Emulated { emulator, authority: outside }
    }

    /// What an invocation answers; the emulator gives an error's body with the same status.
    async fn invoke(&self, payload: &Value) -> Value {
        for _ in 0..100 {
            let request = hyper::Request::post("/2015-03-31/functions/function/invocations")
                .header("host", &self.authority)
                .body(Bytes::from(payload.to_string()))
                .unwrap();
            match http::send(&self.authority, request).await {
                Ok(response) => return serde_json::from_slice(response.body()).unwrap(),
                // It listens a moment after it was started.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("the emulator does not listen on {}", self.authority);
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // It may have ended already; the function ends with it, for its Runtime API is gone.
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
#[ignore = "needs what sam build makes, and the emulator: .ci/run gives it both"]
async fn the_built_function_announces_an_outage_and_a_recovery() {
    let rig = Rig::of_connections(1).await;
    let function = Emulated::start(&rig);
    let quiet = function.invoke(&json!({})).await;
    assert_eq!(
        (&quiet["items"], &quiet["transitions"], &quiet["failures"]),
        (&json!(1), &json!(0), &json!([])),
        "{quiet}"
    );
    let mut reports = Vec::new();
    for state in ["down", "available"] {
        rig.set_state("dxcon-1", state);
        reports.push(function.invoke(&json!({})).await);
    }
    for report in &reports {
        assert_eq!(report["transitions"], 1, "{report}");
        // Programs get the incident beside the transition.
        assert_eq!(report["announced"], json!({"chat": 1, "eventbridge": 2, "sns": 1}), "{report}");
    }
    let scope = Scope::regional(ACCOUNT, REGION);
    let history = rig.history_in(&scope, "connection/dxcon-1").await;
    let changes: Vec<&Value> = history.iter().map(|row| &row.event["change"]).collect();
    assert_eq!(changes, ["discovered", "degraded", "recovered"]);
    assert_eq!(history[1].event["metadata"]["incidentId"], history[2].event["metadata"]["incidentId"]);
    let received = rig.received().await;
    assert_eq!(received.counts(), [3, 3, 2], "people and chat had the summary of the first look too");
    // Lambda's path for an invocation is the emulator's too: the operator's tool reaches the function there.
    let mut drill = std::process::Command::new(env!("CARGO_BIN_EXE_aws-dx-monitor"));
    drill.env_clear().envs(sdk::environment("http://127.0.0.1:9", REGION));
    drill.env("AWS_ENDPOINT_URL_LAMBDA", format!("http://{}", function.authority));
    let output = drill.args(["drill", "--function", "function", "--output", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["sinks"], json!({"chat": "accepted", "eventbridge": "accepted", "sns": "accepted"}));
    rig.received().await.assert_is_drill(report["id"].as_str().unwrap());
    let succeeded: Vec<f64> = rig.recorder.metric("PollSucceeded").iter().map(|point| point.value).collect();
    assert_eq!(succeeded, [1.0, 1.0, 1.0]);
}
