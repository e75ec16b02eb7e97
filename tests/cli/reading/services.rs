//! A DynamoDB that does not answer as it should, and a machine that has no way to it: one clear error, soon.

use super::{complaint, program, twins::Twins};
use crate::support::{http::response, sdk};

/// A complaint without the names of this run's tables.
fn told(twins: &Twins, arguments: &[&str]) -> String {
    let tables = &twins.tables.tables;
    complaint(&twins.on_tables(arguments)).replace(&tables.states, "STATES").replace(&tables.history, "HISTORY")
}

#[tokio::test]
async fn passing_failures_are_tried_again_and_the_answer_is_complete() {
    let twins = Twins::with_a_story().await;
    let arguments = ["history", "--since", "2026-10-01", "--until", "2026-10-22", "--output", "csv"];
    let whole = twins.on_tables(&arguments).stdout;
    let report = ["report", "--month", "2026-10", "--output", "csv"];
    let whole_report = twins.on_tables(&report).stdout;
    for (status, code) in [
        (400, "ThrottlingException"),
        (400, "ProvisionedThroughputExceededException"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ] {
        for skip in [0, 1, 4] {
            twins.proxy.recover();
            twins.proxy.on("dynamodb", "Query").skip(skip).times(2).fail(status, code);
            assert_eq!(twins.on_tables(&arguments).stdout, whole, "{code}");
        }
    }
    twins.proxy.recover();
    twins.proxy.on("dynamodb", "Query").skip(5).times(1).lose_answer();
    assert_eq!(twins.on_tables(&arguments).stdout, whole, "a page lost on the way");
    twins.proxy.recover();
    twins.proxy.on("dynamodb", "Query").skip(3).times(2).lose_answer();
    assert_eq!(twins.on_tables(&report).stdout, whole_report);
}

#[tokio::test]
async fn what_does_not_pass_is_an_error_and_never_half_an_answer() {
    let twins = Twins::with_a_story().await;
    for arguments in
        [&["status"][..], &["incidents"], &["history"], &["report", "--month", "2026-10"], &["history", "dxcon-1"]]
    {
        for skip in [0, 1, 2] {
            twins.proxy.recover();
            twins.proxy.on("dynamodb", "Query").skip(skip).fail(500, "InternalServerError");
            let output = twins.on_tables(arguments);
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(error.starts_with("error: ") && error.contains("InternalServerError"), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
    // Rows that were written as they came cannot be taken back, but the output cannot be mistaken for complete.
    twins.proxy.recover();
    twins.proxy.on_call(|call| call.json()["IndexName"] == "by-day").skip(80).fail(500, "InternalServerError");
    let output = twins.on_tables(&["history", "--since", "2026-09-01", "--until", "2026-09-30", "--output", "json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.starts_with(b"[\n") && serde_json::from_slice::<serde_json::Value>(&output.stdout).is_err());
    twins.proxy.recover();
    twins.proxy.on("dynamodb", "Query").answer(response(200, "<html>a captive portal</html>"));
    assert!(
        told(&twins, &["status"]).contains("the list of scopes cannot be read: DynamoDB Query on table \"STATES\"")
    );
}

#[tokio::test]
async fn what_is_not_allowed_is_named_with_what_to_allow() {
    let twins = Twins::with_a_story().await;
    let denied = |refused: fn(&serde_json::Value) -> bool, arguments: &[&str]| {
        twins.proxy.recover();
        twins.proxy.clear();
        twins.proxy.on_call(move |call| refused(&call.json())).fail(400, "AccessDeniedException");
        told(&twins, arguments)
    };
    insta::assert_snapshot!(denied(|_| true, &["status"]), @r#"error: the list of scopes cannot be read: DynamoDB Query on table "STATES": AccessDeniedException: The test wants AccessDeniedException. (allow dynamodb:Query on table "STATES")"#);
    let by_day = ["history", "--since", "2026-10-22", "--until", "2026-10-22"];
    insta::assert_snapshot!(denied(|request| request["IndexName"] == "by-day", &by_day), @r#"error: the history from 2026-10-22T00:00:00.000Z until 2026-10-23T00:00:00.000Z cannot be read: DynamoDB Query on index "by-day" of table "HISTORY": AccessDeniedException: The test wants AccessDeniedException. (allow dynamodb:Query on index "by-day" of table "HISTORY")"#);
    let of_history = |request: &serde_json::Value| request["TableName"].as_str().unwrap().ends_with("history");
    insta::assert_snapshot!(denied(of_history, &["history", "lag/dxlag-1"]), @r#"error: the history of 123456789012/us-east-1/lag/dxlag-1 cannot be read: DynamoDB Query on table "HISTORY": AccessDeniedException: The test wants AccessDeniedException. (allow dynamodb:Query on table "HISTORY")"#);
    // The scopes, and the lag in each. The first refusal ends the search: calls that were not yet on their way are
    // not made.
    let calls: Vec<_> = twins.proxy.calls().iter().map(|call| call.json()).collect();
    assert!((2..=5).contains(&calls.len()), "{} calls", calls.len());
    let again = calls.iter().enumerate().find(|(n, call)| calls[..*n].contains(call));
    assert!(again.is_none(), "a refusal is not tried again: {again:?}");
    twins.proxy.recover();
    twins.proxy.on("dynamodb", "Query").fail(400, "UnrecognizedClientException");
    assert!(told(&twins, &["report"]).contains("sign in again"));
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named_with_its_variable() {
    let twins = Twins::empty().await;
    for (variable, arguments) in [("DX_MONITOR_STATE_TABLE", ["status"]), ("DX_MONITOR_STATE_TABLE", ["history"])] {
        let output = twins.program().env(variable, "no-such-table").args(arguments).output().unwrap();
        let error = complaint(&output);
        assert!(error.contains("no-such-table") && error.contains(&format!("correct {variable})")), "{error}");
    }
    let since = ["history", "--since", "1d"];
    let output = twins.program().env("DX_MONITOR_HISTORY_TABLE", "no-such-table").args(since).output().unwrap();
    assert!(complaint(&output).contains("correct DX_MONITOR_HISTORY_TABLE)"));
}

#[test]
fn one_table_without_the_other_is_a_mistake() {
    for (set, unset) in
        [("DX_MONITOR_STATE_TABLE", "DX_MONITOR_HISTORY_TABLE"), ("DX_MONITOR_HISTORY_TABLE", "DX_MONITOR_STATE_TABLE")]
    {
        for command in ["status", "incidents", "history", "report"] {
            let error = complaint(&program().env(set, "table").arg(command).output().unwrap());
            assert!(error.contains(&format!("{set} is set, and {unset} is not: set both")), "{error}");
        }
    }
}

/// A program with tables, and nothing of AWS's in its environment but what is given.
fn with_tables(environment: &[(&str, &str)]) -> assert_cmd::Command {
    let mut command = program();
    command.env("DX_MONITOR_STATE_TABLE", "states").env("DX_MONITOR_HISTORY_TABLE", "history");
    command.env("AWS_EC2_METADATA_DISABLED", "true").envs(environment.iter().copied());
    command
}

#[test]
fn without_a_region_or_credentials_the_error_has_what_to_set() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap();
    for command in ["status", "incidents", "history", "report"] {
        let error = complaint(&with_tables(&[("HOME", home)]).arg(command).output().unwrap());
        assert_eq!(error, "error: no AWS region is set: set AWS_REGION, or AWS_PROFILE to a profile that has one\n");
        let error =
            complaint(&with_tables(&[("HOME", home), ("AWS_REGION", "us-east-1")]).arg(command).output().unwrap());
        let expected = "error: there are no AWS credentials: sign in (`aws sso login`), set AWS_PROFILE, or set \
                        AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: ";
        assert!(error.starts_with(expected), "{error}");
        assert!(!error.contains("\\u{a}") && error.contains("; Environment: "), "each provider is told: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn region_and_credentials_come_from_a_profile_too() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    std::fs::write(
        &config,
        format!(
            "[profile network]\nregion = eu-central-1\naws_access_key_id = {}\naws_secret_access_key = x\n\
         endpoint_url = http://127.0.0.1:9\n",
            sdk::ACCESS_KEY_ID
        ),
    )
    .unwrap();
    let environment = [("AWS_CONFIG_FILE", config.to_str().unwrap()), ("AWS_PROFILE", "network")];
    let error = complaint(&with_tables(&environment).arg("status").output().unwrap());
    assert!(error.to_lowercase().contains("connection refused"), "as far as the network: {error}");
}
