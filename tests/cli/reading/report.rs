//! `report` on a store.

use aws_dx_monitor::domain::{ItemDescription, ItemKey, Kind};
use serde_json::json;

use super::{HOSTILE, Store, complaint, trimmed, virginia};

#[tokio::test]
async fn a_month_is_reported_to_the_minute() {
    let store = Store::october().await;
    insta::assert_snapshot!(trimmed(&store.read(&["report", "--month", "2026-10"])), @r#"
    2026-10-01 00:00:00 to 2026-11-01 00:00:00 UTC (31d)

       ITEM                NAME                                                        AVAILABILITY  DOWN  OUTAGES  LONGEST  MTTR  COVERAGE  EXCLUDED
    !  connection/dxcon-1  eqdc2-1                                                     99.905%       42m   2        30m      21m   100.000%
    +  connection/dxcon-2  =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"  100.000%      0s    0        –        –     100.000%

    In no recorded incident:
    OUTAGE OF           LAST SEEN UP         BEGAN (UTC)                   LAST SEEN DOWN       ENDED (UTC)          COUNTED
    connection/dxcon-1  2026-09-30 23:29:00  2026-09-30 23:30:00 (before)  2026-10-01 00:29:00  2026-10-01 00:30:00  30m
    connection/dxcon-1  2026-10-22 03:11:00  2026-10-22 03:12:00           2026-10-22 03:23:00  2026-10-22 03:24:00  12m
    No recorded incident is known of these: they are from before incidents were recorded, or nothing has gathered them yet,
    or no event names their incident and it had more members than the 20 that its documents list.

    AT LEAST ONE UP OF  CONNECTIONS  AVAILABILITY  DOWN  OUTAGES  LONGEST  EXCLUDED
    EqDC2               2            100.000%      0s    0        –
    all connections     2            100.000%      0s    0        –

    The last two polls were 1m apart, at 2026-11-01 00:10:00 UTC; earlier intervals are not recorded.
    Shorter outages may be missed. Each time is that of the first sight; beside it stands the last sight before.
    "#);
}

#[tokio::test]
async fn evidence_reaches_beyond_the_window() {
    let store = Store::october().await;
    let report = store.json(&["report", "--month", "2026-10", "--output", "json"]);
    let history = store.json(&["history", "dxcon-1", "--output", "json"]);
    let outages = &report["items"][0]["outages"];
    let event_id = |position: usize| &history[position]["metadata"]["id"];
    assert_eq!(outages[0]["startedAt"], "2026-09-30T23:30:00.000Z");
    assert_eq!(outages[0]["startedAfter"], "2026-09-30T23:29:00.000Z");
    assert_eq!(outages[0]["beginsBefore"], true);
    assert_eq!(outages[0]["countedMilliseconds"], 30 * 60_000);
    assert_eq!((&outages[0]["startEventId"], &outages[0]["endEventId"]), (event_id(1), event_id(2)));
    assert_eq!((&outages[1]["startEventId"], &outages[1]["endEventId"]), (event_id(3), event_id(4)));
    assert_eq!(outages[0]["incidentId"], *event_id(1));
}

#[tokio::test]
async fn a_window_in_another_zone_begins_and_ends_there() {
    let store = Store::october().await;
    let report = |zone: &str| {
        let report = store.json(&["report", "--month", "2026-10", "--timezone", zone, "--output", "json"]);
        let window = &report["window"];
        let down = &report["items"][0]["figures"]["downMilliseconds"];
        json!([window["from"], window["to"], down.as_u64().unwrap() / 60_000])
    };
    // In Berlin, October begins before the outage does.
    assert_eq!(report("Europe/Berlin"), json!(["2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z", 72]));
    assert_eq!(report("America/New_York"), json!(["2026-10-01T04:00:00.000Z", "2026-11-01T04:00:00.000Z", 12]));
}

#[tokio::test]
async fn from_and_to_are_whole_days() {
    let store = Store::october().await;
    let arguments = ["report", "--from", "2026-10-22", "--to", "2026-10-22", "--output", "json"];
    let report = store.json(&arguments);
    assert_eq!(report["window"]["milliseconds"], 86_400_000);
    assert_eq!(report["items"][0]["figures"]["downMilliseconds"], 12 * 60_000);
    assert_eq!(report["estate"]["figures"]["availability"], 1.0, "the other connection was up");
}

#[tokio::test]
async fn what_counts_can_be_chosen() {
    let store = Store::october().await;
    let item = ItemDescription::bare(&virginia(), &ItemKey::new(Kind::VirtualInterface, "dxvif-1"));
    store.story(&item, &[("2026-09-01T00:00:00Z", "available"), ("2026-10-31T23:00:00Z", "testing")]).await;
    store.listed(Kind::VirtualInterface, "2026-11-01T00:10:00Z").await;
    let down = |arguments: &[&str]| {
        let report = store.json(&[&["report", "--month", "2026-10", "--output", "json"], arguments].concat());
        let items = report["items"].as_array().unwrap();
        let found = items.iter().find(|entry| entry["item"]["id"] == "dxvif-1").unwrap();
        assert_eq!(found["item"]["kind"], "virtual-interface");
        (found["figures"]["downMilliseconds"].as_u64().unwrap(), report["countedAsDown"].clone())
    };
    assert_eq!(down(&[]), (0, json!([])));
    assert_eq!(down(&["--exclude", "testing"]), (0, json!(["unknown", "pending", "removed"])));
    assert_eq!(down(&["--exclude", "unknown,pending"]), (3_600_000, json!(["testing", "removed"])));
    assert_eq!(down(&["--exclude", "none"]).0, 3_600_000);
}

#[tokio::test]
async fn a_store_that_is_no_longer_written_is_unmonitored() {
    let store = Store::october().await;
    // The last complete listing was ten minutes into November.
    let report = store.json(&["report", "--from", "2026-11-01", "--to", "2026-11-01", "--output", "json"]);
    let figures = &report["items"][0]["figures"];
    assert_eq!(figures["upMilliseconds"], 600_000);
    assert_eq!(figures["excluded"]["unmonitored"], 86_400_000 - 600_000);
    assert_eq!(figures["availability"], 1.0);
    let later = store.json(&["report", "--from", "2026-11-02", "--to", "2026-11-02", "--output", "json"]);
    assert!(later["items"][0]["figures"].get("availability").is_none(), "no data");
}

#[tokio::test]
async fn names_are_inert_in_every_form() {
    let store = Store::october().await;
    for form in ["table", "json", "csv", "html"] {
        let text = store.read(&["report", "--month", "2026-10", "--output", form]);
        assert!(!text.contains('\u{1b}'), "{form}");
        if form != "json" {
            assert!(!text.contains('\u{202e}') && !text.contains('\u{200b}'), "{form}");
        }
    }
    assert!(!store.read(&["report", "--month", "2026-10", "--output", "html"]).contains("<script"));
    let csv = store.read(&["report", "--month", "2026-10", "--output", "csv"]);
    assert!(csv.contains(",\"'=cmd|"), "no formula: {csv}");
    let json = store.json(&["report", "--month", "2026-10", "--output", "json"]);
    assert_eq!(json["items"][1]["item"]["name"], HOSTILE, "programs get what AWS said");
}

#[tokio::test]
async fn an_outage_stands_under_its_incident() {
    let store = super::incidents::estate().await;
    let window = ["report", "--from", "2026-10-22", "--to", "2026-10-22"];
    let table = store.read(&window);
    let outages: Vec<&str> = table.split("\n\n").filter(|part| part.contains("OUTAGE OF")).collect();
    insta::assert_snapshot!(trimmed(&outages.join("\n\n")), @r#"
    [critical] spread =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"
      incident 9a1f3c5e-0000-4000-8000-000000000001: outage, critical, impact outage, root connection dxcon-1 (=cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x")
      since 2026-10-22 03:12:00 UTC, open
      It is so: =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"
    OUTAGE OF           LAST SEEN UP         BEGAN (UTC)          LAST SEEN DOWN       ENDED (UTC)  COUNTED
    connection/dxcon-1  2026-10-22 03:11:00  2026-10-22 03:12:00  2026-10-23 00:00:00  goes on      20h 48m
    "#);
    for form in ["table", "json", "csv", "html"] {
        let text = store.read(&[&window[..], &["--output", form, "--rows", "outages"]].concat());
        assert!(text.contains("9a1f3c5e-0000-4000-8000-000000000001"), "{form}");
        assert!(!text.contains('\u{1b}') && (form != "html" || !text.contains("<script")), "{form}");
    }
    let json = store.json(&[&window[..], &["--output", "json"]].concat());
    assert_eq!(json["incidents"][0]["id"], json["items"][1]["outages"][0]["groupId"]);
    assert_eq!(
        json["incidents"].as_array().unwrap().len(),
        1,
        "an incident without an outage in the window is not in it"
    );
}

#[tokio::test]
async fn mistakes_are_named() {
    let store = Store::october().await;
    let mistake = |arguments: &[&str]| complaint(&store.run(&[&["report"], arguments].concat()));
    assert!(mistake(&["--month", "October"]).contains("\"October\" is not a month like 2026-10"));
    assert!(mistake(&["--timezone", "Mars/Olympus"]).contains("is not a time zone like UTC"));
    assert!(mistake(&["--month", "2126-10"]).contains("in the future"));
    assert!(mistake(&["--from", "2026-10-05", "--to", "2026-10-04"]).contains("not after its beginning"));
    assert!(mistake(&["--month", "2026-10", "--from", "30d"]).contains("cannot be used with"));
    assert!(mistake(&["--exclude", "down"]).contains("invalid value 'down'"));
}

#[tokio::test]
async fn a_damaged_event_is_named() {
    let store = Store::october().await;
    let connection = rusqlite::Connection::open(store.folder.path().join("dx.db")).unwrap();
    connection.execute("UPDATE history SET event = '{}' WHERE occurred_at LIKE '2026-10-22T03:12%'", []).unwrap();
    let complaint = complaint(&store.run(&["report", "--month", "2026-10"]));
    assert!(complaint.contains("123456789012/us-east-1/connection/dxcon-1 at 2026-10-22T03:12:00.000Z"), "{complaint}");
}
