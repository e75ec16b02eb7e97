//! `status`: filters, staleness, forms.

use aws_dx_monitor::domain::{ItemDescription, ItemKey, Kind};

use super::{Store, complaint, trimmed, virginia};

async fn estate() -> Store {
    let store = Store::october().await;
    let peer = ItemDescription::bare(&virginia(), &ItemKey::new(Kind::BgpPeer, "dxpeer-1"));
    store.story(&peer, &[("2026-09-01T00:00:00Z", "up"), ("2026-10-02T00:00:00Z", "down")]).await;
    store
}

fn ids(store: &Store, arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    let output = store.run(&[&["status", "--output", "json"], arguments].concat());
    let lines: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    (lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect(), output.status.code())
}

#[tokio::test]
async fn the_worst_comes_first_and_decides_the_exit_status() {
    let store = estate().await;
    assert_eq!(ids(&store, &[]), (["dxpeer-1", "dxcon-1", "dxcon-2"].map(str::to_owned).into(), Some(1)));
}

#[tokio::test]
async fn only_what_is_asked_for_is_shown_and_counts() {
    let store = estate().await;
    let connections = || (["dxcon-1", "dxcon-2"].map(str::to_owned).to_vec(), Some(0));
    assert_eq!(ids(&store, &["--kind", "connection"]), connections());
    assert_eq!(ids(&store, &["--health", "up,pending"]), connections());
    assert_eq!(ids(&store, &["--kind", "bgp-peer", "--kind", "lag"]), (vec!["dxpeer-1".to_owned()], Some(1)));
    assert_eq!(ids(&store, &["--health", "down", "--region", "us-east-1"]).0.len(), 1);
    assert_eq!(ids(&store, &["--region", "eu-west-1,global"]), (Vec::new(), Some(0)));
    assert!(complaint(&store.run(&["status", "--kind", "vif"])).contains("the kinds are connection,"));
    assert!(complaint(&store.run(&["status", "--health", "bad"])).contains("they are pending, up, down,"));
}

#[tokio::test]
async fn every_line_has_the_members_that_programs_count_on() {
    let store = estate().await;
    let lines: serde_json::Value = serde_json::from_slice(&store.run(&["status", "--output", "json"]).stdout).unwrap();
    for line in lines.as_array().unwrap() {
        for member in ["kind", "id", "name", "scope", "state", "level", "health", "since", "sequence", "stale"] {
            assert!(line.get(member).is_some(), "{member} of {line}");
        }
    }
    let peer = &lines[0];
    assert_eq!((&peer["id"], &peer["name"]), (&"dxpeer-1".into(), &serde_json::Value::Null), "it has none");
    assert_eq!((&peer["level"], &peer["since"]), (&4.into(), &"2026-10-02T00:00:00.000Z".into()));
}

#[tokio::test]
async fn items_that_were_not_polled_for_long_are_shown_as_stale() {
    let store = estate().await;
    let table = String::from_utf8(store.run(&["status"]).stdout).unwrap();
    assert!(
        table.contains(
            "stale: connections in 123456789012/us-east-1 were last listed completely at 2026-11-01T00:10:00.000Z, "
        ),
        "{table}"
    );
    assert!(table.contains("stale: BGP peers in 123456789012/us-east-1 were never listed completely"), "{table}");
    let lines = store.run(&["status", "--output", "json"]);
    let lines: serde_json::Value = serde_json::from_slice(&lines.stdout).unwrap();
    assert_eq!((&lines[1]["stale"], &lines[1]["lastCompleteAt"]), (&true.into(), &"2026-11-01T00:10:00.000Z".into()));
    let patient = store.run(&["status", "--kind", "connection", "--unmonitored-after", "99999999999"]);
    assert!(!String::from_utf8(patient.stdout).unwrap().contains("stale"));
}

#[tokio::test]
async fn columns_stay_aligned_whatever_names_hold() {
    let store = estate().await;
    let table = trimmed(&String::from_utf8(store.run(&["status", "--health", "up"]).stdout).unwrap());
    let columns: Vec<Option<usize>> =
        table.lines().take(3).map(|line| line.find("available").or(line.find("STATE"))).collect();
    assert!(columns.iter().all(|column| column.is_some() && *column == columns[0]), "{table}");
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'), "{table}");
}

#[tokio::test]
async fn csv_has_a_header_and_utc() {
    let store = estate().await;
    let output = store.run(&["status", "--kind", "bgp-peer", "--output", "csv"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n"), @r#"
    kind,id,name,scope,state,level,health,since,sequence,incident_id,last_complete_at,stale,retired_at
    bgp-peer,dxpeer-1,,123456789012/us-east-1,down,4,down,2026-10-02T00:00:00.000Z,2,8c37061c-ecaa-51b2-a735-12e2a7b53126,,true,
    "#);
}
