//! `history`: ranges, zones, forms.

use super::{Store, complaint, trimmed};

#[tokio::test]
async fn a_range_of_days_includes_both() {
    let store = Store::october().await;
    let days = ["history", "--since", "2026-09-30", "--until", "2026-10-01", "--output", "json"];
    let changes: Vec<String> =
        store.json(&days).as_array().unwrap().iter().map(|event| event["change"].to_string()).collect();
    assert_eq!(changes, ["\"degraded\"", "\"recovered\""]);
    let events = store.json(&["history", "dxcon-1", "--since", "2026-10-22T03:12:00Z", "--output", "json"]);
    assert_eq!(events.as_array().unwrap().len(), 2);
    let until = store.json(&["history", "dxcon-1", "--until", "2026-10-22T03:12:00Z", "--output", "json"]);
    assert_eq!(until.as_array().unwrap().len(), 3, "an instant is not included");
    assert!(
        complaint(&store.run(&["history", "--since", "2026-10-05", "--until", "2026-10-01"])).contains("is not after")
    );
    assert!(complaint(&store.run(&["history", "--since", "last week"])).contains("30d"));
}

#[tokio::test]
async fn people_read_the_clocks_of_their_zone() {
    let store = Store::october().await;
    let table = store.read(&["history", "connection/dxcon-1", "--timezone", "Europe/Berlin", "--since", "2026-10-01"]);
    insta::assert_snapshot!(trimmed(&table), @"
    TIME (Europe/Berlin)           CHANGE     KIND        ID       NAME     FROM       TO         AFTER
    2026-10-01T01:30:00.000+02:00  degraded   connection  dxcon-1  eqdc2-1  available  down       29d 23h
    2026-10-01T02:30:00.000+02:00  recovered  connection  dxcon-1  eqdc2-1  down       available  1h
    2026-10-22T05:12:00.000+02:00  degraded   connection  dxcon-1  eqdc2-1  available  down       21d 2h
    2026-10-22T05:24:00.000+02:00  recovered  connection  dxcon-1  eqdc2-1  down       available  12m

    4 transitions, 0 of them first sights
    ");
}

#[tokio::test]
async fn csv_is_in_utc_whatever_the_zone() {
    let store = Store::october().await;
    let arguments = ["history", "--timezone", "Asia/Tokyo", "--since", "2026-10-22", "--output", "csv"];
    insta::assert_snapshot!(store.read(&arguments).replace("\r\n", "\n"), @r#"
    occurred_at,last_seen_at,account,region,kind,id,name,change,severity,previous_state,previous_duration_seconds,state,level,sequence,event_id,incident_id
    2026-10-22T03:12:00.000Z,2026-10-22T03:11:00.000Z,123456789012,us-east-1,connection,dxcon-1,eqdc2-1,degraded,critical,available,1824120,down,5,4,0476798a-c11e-522e-8293-03c2efe06c95,0476798a-c11e-522e-8293-03c2efe06c95
    2026-10-22T03:24:00.000Z,2026-10-22T03:23:00.000Z,123456789012,us-east-1,connection,dxcon-1,eqdc2-1,recovered,info,down,720,available,4,5,2dbefe67-ebb3-576c-8966-a4c22f3d2f84,0476798a-c11e-522e-8293-03c2efe06c95
    "#);
}

#[tokio::test]
async fn documents_of_a_newer_version_are_shown_in_its_words() {
    let store = Store::october().await;
    let connection = rusqlite::Connection::open(store.folder.path().join("dx.db")).unwrap();
    let newer = "json_set(event, '$.change', 'rerouted', '$.state.health', 'dreaming', '$.severity', 'grave')";
    connection.execute(&format!("UPDATE history SET event = {newer} WHERE item LIKE '%dxcon-1'"), []).unwrap();
    let table = store.read(&["history", "dxcon-1"]);
    assert_eq!(table.matches("rerouted").count(), 5, "{table}");
}
