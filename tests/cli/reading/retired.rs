//! Regions and kinds that are polled no longer: readers leave them out, and show them when they are asked.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::{ItemDescription, ItemKey, Kind, ListedScope, Scope},
    ports::{Ledger, Progress},
};
use serde_json::{Value, json};

use super::{Store, at, listed, story, trimmed, virginia};

fn ireland() -> Scope {
    Scope::regional("123456789012", "eu-west-1")
}

fn item(scope: &Scope, kind: Kind, id: &str) -> ItemDescription {
    ItemDescription::bare(scope, &ItemKey::new(kind, id))
}

impl Store {
    pub async fn retire_kind(&self, kind: Kind, when: &str) {
        let progress = Progress {
            at: at(when),
            complete: BTreeSet::new(),
            baseline: BTreeSet::new(),
            interval_seconds: None,
            regular_at: None,
            first_poll: false,
            retired: [kind].into(),
            resumed: BTreeSet::new(),
            gaps: Default::default(),
            read_since: Default::default(),
            recalled: Default::default(),
        };
        self.ledger.progress(&virginia(), &progress).await.unwrap();
    }

    async fn retire(&self, scope: Scope, when: &str) {
        self.ledger.relist(&ListedScope { scope, retired_at: Some(at(when)) }).await.unwrap();
    }

    /// The ids, and the exit status.
    fn status(&self, arguments: &[&str]) -> (Vec<String>, Option<i32>) {
        let output = self.run(&[&["status", "--output", "json"], arguments].concat());
        let lines: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        (lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect(), output.status.code())
    }
}

/// A connection that works, a BGP peer that is down, and a connection in Ireland that is down.
async fn estate() -> Store {
    let store = Store::new();
    let words = [("2026-10-01T00:00:00Z", "available")];
    store.story(&item(&virginia(), Kind::Connection, "dxcon-1"), &words).await;
    let words = [("2026-10-01T00:00:00Z", "up"), ("2026-10-02T00:00:00Z", "down")];
    store.story(&item(&virginia(), Kind::BgpPeer, "dxpeer-1"), &words).await;
    let words = [("2026-10-01T00:00:00Z", "available"), ("2026-10-02T00:00:00Z", "down")];
    story(&store.ledger, &item(&ireland(), Kind::Connection, "dxcon-2"), &words).await;
    for kind in [Kind::Connection, Kind::BgpPeer] {
        store.listed(kind, "2026-10-03T00:00:00Z").await;
    }
    listed(&store.ledger, &ireland(), Kind::Connection, "2026-10-03T00:00:00Z").await;
    store
}

#[tokio::test]
async fn what_is_retired_neither_shows_nor_counts_unless_it_is_asked_for() {
    let store = estate().await;
    let found = |ids: &[&str], code| (ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(), Some(code));
    assert_eq!(store.status(&[]), found(&["dxcon-2", "dxpeer-1", "dxcon-1"], 1));
    store.retire(ireland(), "2026-10-03T00:01:00Z").await;
    assert_eq!(store.status(&[]), found(&["dxpeer-1", "dxcon-1"], 1));
    store.retire_kind(Kind::BgpPeer, "2026-10-03T00:02:00Z").await;
    assert_eq!(store.status(&[]), found(&["dxcon-1"], 0));
    assert_eq!(store.status(&["--retired"]), found(&["dxcon-1", "dxcon-2", "dxpeer-1"], 0));
    assert_eq!(store.status(&["--retired", "--kind", "bgp-peer"]), found(&["dxpeer-1"], 0));
}

#[tokio::test]
async fn what_another_process_polls_all_the_same_is_not_retired() {
    let store = estate().await;
    store.retire(ireland(), "2026-10-03T00:01:00Z").await;
    listed(&store.ledger, &ireland(), Kind::Connection, "2026-10-03T00:01:30Z").await;
    let (ids, code) = store.status(&[]);
    assert_eq!((ids[0].as_str(), ids.len(), code), ("dxcon-2", 3, Some(1)));
}

#[tokio::test]
async fn the_output_shows_since_when_something_is_retired() {
    let store = estate().await;
    store.retire(ireland(), "2026-10-03T00:01:00Z").await;
    let table = trimmed(&store.read(&["status", "--kind", "connection"]));
    assert!(table.contains("1 up; last poll 2026-10-03T00:00:00.000Z\n"), "{table}");
    assert!(table.ends_with("\nretired: 1 item polled no longer; --retired shows them"), "{table}");
    let table = trimmed(&store.read(&["status", "--kind", "connection", "--retired"]));
    let sentence = "retired: connections in 123456789012/eu-west-1 are polled no longer since 2026-10-03T00:01:00.000Z";
    assert!(table.ends_with(sentence), "{table}");
    assert!(!table.contains("stale: connections in 123456789012/eu-west-1"), "{table}");
    let lines = store.json(&["status", "--kind", "connection", "--retired", "--output", "json"]);
    assert_eq!((&lines[0]["retiredAt"], &lines[0]["stale"]), (&Value::Null, &json!(true)));
    assert_eq!((&lines[1]["retiredAt"], &lines[1]["stale"]), (&json!("2026-10-03T00:01:00.000Z"), &json!(false)));
}

#[tokio::test]
async fn a_total_outage_is_down_time_though_another_region_is_retired() {
    let store = Store::new();
    let words = [("2026-10-01T00:00:00Z", "available"), ("2026-10-10T00:00:00Z", "down")];
    store.story(&item(&virginia(), Kind::Connection, "dxcon-1"), &words).await;
    store.listed(Kind::Connection, "2026-10-20T00:00:00Z").await;
    story(&store.ledger, &item(&ireland(), Kind::Connection, "dxcon-2"), &words[..1]).await;
    listed(&store.ledger, &ireland(), Kind::Connection, "2026-10-05T00:00:00Z").await;
    let day = 86_400_000;
    let report =
        |arguments: &[&str]| store.json(&[&["report", "--to", "2026-10-14", "--output", "json"], arguments].concat());
    let estate = |report: &Value| {
        let figures = &report["estate"]["figures"];
        (figures["upMilliseconds"].clone(), figures["downMilliseconds"].clone())
    };
    assert_eq!(estate(&report(&["--from", "2026-10-01"])), (json!(9 * day), json!(0)), "Ireland may have been up");
    store.retire(ireland(), "2026-10-05T00:00:30Z").await;
    let whole = report(&["--from", "2026-10-01"]);
    assert_eq!(estate(&whole), (json!(9 * day), json!(5 * day)));
    let retired = whole["items"].as_array().unwrap().iter().find(|entry| entry["item"]["id"] == "dxcon-2").unwrap();
    assert_eq!(retired["figures"]["excluded"]["retired"], 10 * day - 30_000);
    assert_eq!(retired["figures"]["excluded"]["unmonitored"], 0);
    assert_eq!(retired["figures"]["upMilliseconds"], 4 * day + 30_000);
    for (arguments, items, left_out) in [(&[][..], 1, 1), (&["--retired"], 2, 0)] {
        let later = report(&[&["--from", "2026-10-10"], arguments].concat());
        assert_eq!((later["items"].as_array().unwrap().len(), later["itemsLeftOut"].clone()), (items, json!(left_out)));
        assert_eq!((estate(&later), &later["estate"]["connections"]), ((json!(0), json!(5 * day)), &json!(1)));
    }
}
