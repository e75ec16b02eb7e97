//! The same commands on DynamoDB and on SQLite: the same output, byte for byte, and nothing but reads.

use std::collections::BTreeSet;

use super::{Store, complaint, twins::Twins};
use crate::documentation::block;

/// What a command wrote and how it ended; when a report was made is its own.
fn told(output: std::process::Output) -> (Option<i32>, String, String) {
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.contains("\"generatedAt\":")).collect::<Vec<_>>();
    (output.status.code(), lines.join("\n"), String::from_utf8(output.stderr).unwrap())
}

/// Every form of every reading command, with everything that changes what is read.
fn commands() -> Vec<Vec<&'static str>> {
    // A last poll this old is shown with its age, which may change between two runs: the option makes it count as
    // recent.
    const PATIENT: [&str; 2] = ["--unmonitored-after", "99999999999"];
    let mut commands: Vec<Vec<&str>> = Vec::new();
    for form in ["table", "json", "csv"] {
        commands.push([&["status", "--output", form], &PATIENT[..]].concat());
        commands.push(vec!["history", "--output", form]);
        commands.push(vec!["history", "--since", "2026-10-01", "--until", "2026-10-22T03:12:00Z", "--output", form]);
        for item in ["dxcon-1", "dxvif-1:ipv6:2001:db8::2/125", "123456789012/us-east-1/connection/dxcon-1"] {
            commands.push(vec!["history", item, "--output", form]);
        }
        commands.push(vec!["history", "lag/dxlag-1", "--timezone", "Asia/Tokyo", "--output", form]);
        commands.push(vec!["history", "--since", "2020-01-01", "--until", "2020-02-01", "--output", form]);
        commands.push(vec!["report", "--month", "2026-10", "--output", form]);
    }
    commands.push(vec!["status", "--output", "json"]);
    commands.push(vec!["status", "--health", "down,unknown", "--region", "us-east-1", "--output", "json"]);
    commands.push(vec!["status", "--kind", "bgp-peer", "--output", "csv"]);
    commands.push(vec!["status", "--region", "global", PATIENT[0], PATIENT[1]]);
    commands.push(vec!["report", "--month", "2026-10", "--output", "csv", "--rows", "outages"]);
    commands.push(vec!["report", "--from", "2026-06-01", "--to", "2026-11-01", "--output", "json"]);
    commands.push(vec!["status", "--account", "123456789012", PATIENT[0], PATIENT[1]]);
    commands.push(vec!["history", "--account", "123456789012", "--output", "csv"]);
    commands.push(vec!["history", "--account", "nobody"]);
    commands.push(vec!["accounts"]);
    commands.push(vec!["accounts", "--output", "csv"]);
    commands.push(vec!["history", "dxcon-nobody"]);
    commands.push(vec!["history", ""]);
    commands
}

/// The actions and resources of a policy, as `dynamodb:Query on table/…`.
pub fn allowed(policy: &serde_json::Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap();
    let of_statement = |statement: &serde_json::Value| {
        assert_eq!(statement["Effect"], "Allow");
        let actions = match statement["Action"].as_array() {
            Some(actions) => actions.clone(),
            None => vec![statement["Action"].clone()],
        };
        let resources = statement["Resource"].as_array().unwrap().clone();
        actions.into_iter().flat_map(move |action| {
            let on = move |resource: &serde_json::Value| {
                let resource = resource.as_str().unwrap().split_once(":123456789012:").unwrap().1;
                format!("{} on {resource}", action.as_str().unwrap())
            };
            resources.clone().iter().map(on).collect::<Vec<_>>()
        })
    };
    statements.iter().flat_map(of_statement).collect()
}

/// What was called, as the policy of the page would have to allow it.
pub fn needed(twins: &Twins) -> BTreeSet<String> {
    let tables = &twins.tables.tables;
    let calls = twins.proxy.calls();
    let called = calls.iter().map(|call| {
        let request = call.json();
        let table = match request["TableName"].as_str().unwrap() {
            name if name == tables.states => "STATE_TABLE",
            name if name == tables.history => "HISTORY_TABLE",
            other => panic!("what is {other}?"),
        };
        let index = request["IndexName"].as_str().map(|index| format!("/index/{index}")).unwrap_or_default();
        format!("{} on table/{table}{index}", call.name())
    });
    called.collect()
}

#[tokio::test]
async fn both_stores_have_the_same_output_and_the_policy_in_the_page_is_just_enough() {
    let twins = Twins::with_a_story().await;
    let mut whole = String::new();
    for arguments in commands() {
        let file = told(twins.on_file(&arguments));
        let tables = told(twins.on_tables(&arguments));
        assert_eq!(tables, file, "{arguments:?}");
        whole += &tables.1;
    }
    // The story must not be empty: a test in which both write nothing would pass as well.
    for part in ["rerouted", "quarantined", "of the baseline", "deleted", "東京", "2026-07-01T00:00:00.000Z"] {
        assert!(whole.contains(part), "{part}");
    }
    assert!(!whole.contains("cross-connect"), "a kind of a newer version's is none of ours");
    let policy = serde_json::from_str(&block("src/guide/tool.md", "What reading needs", "json")).unwrap();
    assert_eq!(allowed(&policy), needed(&twins));
    assert!(twins.proxy.calls().iter().all(|call| call.name() == "dynamodb:Query"));
}

#[tokio::test]
async fn an_empty_store_has_the_same_output_too() {
    let twins = Twins::empty().await;
    for arguments in [&["status"][..], &["history"], &["history", "--output", "csv"], &["history", "--output", "json"]]
    {
        assert_eq!(told(twins.on_tables(arguments)), told(twins.on_file(arguments)), "{arguments:?}");
    }
    assert_eq!(told(twins.on_tables(&["history"])).1, "no transitions");
    assert_eq!(told(twins.on_tables(&["history", "--output", "json"])).1, "[]");
    assert!(told(twins.on_tables(&["history", "--output", "csv"])).1.starts_with("occurred_at,"));
    assert!(complaint(&twins.on_tables(&["history", "dxcon-1"])).contains("there is no item \"dxcon-1\""));
}

#[tokio::test]
async fn the_tables_are_read_where_they_are_set_and_an_unused_file_is_mentioned() {
    let twins = Twins::with_a_story().await;
    let other = Store::october().await;
    let path = other.path();
    let (code, text, remark) = told(twins.program().arg("status").arg("--db").arg(&path).output().unwrap());
    assert_eq!(code, Some(1));
    assert!(text.contains("c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f"), "the tables' items: {text}");
    let expected = "is not used: DX_MONITOR_STATE_TABLE and DX_MONITOR_HISTORY_TABLE are set\n";
    assert_eq!(remark.lines().count(), 1);
    assert!(remark.starts_with(&format!("note: --db {}", path.display())) && remark.ends_with(expected), "{remark}");
    // Empty is unset.
    let mut unset = twins.program();
    unset.env("DX_MONITOR_STATE_TABLE", "").env("DX_MONITOR_HISTORY_TABLE", " ");
    let (code, text, remark) = told(unset.arg("status").arg("--db").arg(&path).output().unwrap());
    assert_eq!((code, remark.as_str()), (Some(0), ""));
    assert!(text.contains("dxcon-2") && !text.contains("c4f1e2d3"), "{text}");
}
