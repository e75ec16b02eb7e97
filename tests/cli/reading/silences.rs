//! `silence add`, `list` and `end`: planned, shown, ended, on both stores.

use std::process::Output;

use aws_dx_monitor::{
    domain::{ItemDescription, ItemKey, Kind, Matcher, Notice, NoticeChange, Scope, Timestamp, Window, WindowSource},
    ports::Windows,
};
use serde_json::json;

use super::{
    HOSTILE, Store, at, complaint, incidents, listed, program,
    stores::{allowed, needed},
    story, trimmed,
    twins::Twins,
};
use crate::{documentation::block, support::http::response};

const ACCOUNT: &str = "123456789012";

impl Store {
    async fn windows(&self, account: &str) -> Vec<Window> {
        self.ledger.windows(account).await.unwrap().windows
    }

    /// Plans a silence and gives what was written.
    fn add(&self, arguments: &[&str]) -> String {
        self.read(&[&["silence", "add", "--by", "alice"], arguments].concat())
    }
}

/// The id of the silence that was planned.
fn id(added: &str) -> String {
    added.trim_end().rsplit_once("silence end ").unwrap().1.to_owned()
}

/// Planned work of AWS, from now or later.
fn work(from: &str, until: &str) -> Window {
    let notice = Notice {
        updated_at: at("2026-10-01T00:00:00Z"),
        event: "arn:aws:health:us-east-1::event/DIRECTCONNECT/x/x-1".to_owned(),
        communication: "c-1".to_owned(),
        page: 1,
        change: NoticeChange::Scheduled,
    };
    Window {
        matcher: Matcher::of_id("dxcon-1"),
        title: HOSTILE.to_owned(),
        by: "AWS".to_owned(),
        notice: Some(notice),
        ..Window::bare(WindowSource::AwsHealth, "DXMAINT-7", (at(from), at(until)))
    }
}

#[tokio::test]
async fn a_silence_is_planned_and_says_what_it_covers() {
    let store = incidents::estate().await;
    let added = store.add(&["--id", "dxcon-1", "--for", "2h", "--reason", "router swap"]);
    let planned = store.windows(ACCOUNT).await.remove(0);
    assert_eq!(planned.until.since(planned.from).as_secs(), 7_200);
    assert_eq!((planned.by.as_str(), planned.title.as_str()), ("alice", "router swap"));
    assert_eq!(planned.matcher, Matcher::of_id("dxcon-1"));
    assert_eq!(id(&added), planned.id);
    let instant = |at: Timestamp| format!("{} {} UTC", at.day(), &at.to_string()[11..19]);
    let added = added.replace(&planned.id, "ID").replace(&instant(planned.from), "FROM");
    let added = added.replace(&instant(planned.until), "UNTIL");
    insta::assert_snapshot!(trimmed(&added), @r#"
    Silence       ID
    From          FROM (now)
    Until         UNTIL (after 2 hours)
    Account       123456789012
    Covers        dxcon-1
    At present    1 connection
    Holds back    what leaves every destination a path (--even-outage holds back the rest, too)
    Reason        router swap
    By            alice

    Open incidents: 1
       STATUS  SEVERITY  CATEGORY  SINCE                     INCIDENT                              HEADLINE
    !  open    critical  outage    2026-10-22T03:12:00.000Z  9a1f3c5e-0000-4000-8000-000000000001  connection dxcon-1 (=cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"): 3 members, impact outage

    To end it early: aws-dx-monitor silence end ID
    "#);
}

#[tokio::test]
async fn what_is_planned_is_listed_until_it_is_over() {
    let store = incidents::estate().await;
    assert_eq!(store.read(&["silence", "list"]), "nothing is planned\n");
    let first = id(&store.add(&["--location", "EqDC2", "--kind", "connection,lag", "--for", "1d", "--even-outage"]));
    store.ledger.write_window(ACCOUNT, &work("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")).await.unwrap();
    store.ledger.write_window(ACCOUNT, &work("9000-10-01T00:00:00Z", "9000-10-02T00:00:00Z")).await.unwrap();
    let table = trimmed(&store.read(&["silence", "list"]));
    let lines: Vec<Vec<&str>> =
        table.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect();
    assert_eq!(lines[1][..3], [first.as_str(), "operator", "active"]);
    assert_eq!(lines[1][5..], ["connections and LAGs; location EqDC2 (even an outage)", "alice", "silence"]);
    assert_eq!(lines[2][..5], ["DXMAINT-7", "aws-health", "upcoming", "9000-10-01 00:00:00", "9000-10-02 00:00:00"]);
    let json = store.json(&["silence", "list", "--output", "json"]);
    assert_eq!(json[0]["match"], json!({"kinds": ["connection", "lag"], "location": "EqDC2"}));
    assert_eq!((&json[0]["active"], &json[0]["evenOutage"]), (&json!(true), &json!(true)));
    assert_eq!((&json[1]["source"], &json[1]["title"]), (&json!("aws-health"), &json!(HOSTILE)));
    let csv = store.read(&["silence", "list", "--output", "csv"]);
    assert!(csv.starts_with("id,source,active,account,from,until,ids,kinds,"), "{csv}");
    assert!(csv.contains(&format!("\r\n{first},operator,true,{ACCOUNT},")), "{csv}");

    let ended = store.read(&["silence", "end", &first[..4]]);
    assert!(ended.starts_with(&format!("The silence {first} (silence) ended at ")), "{ended}");
    assert!(!store.read(&["silence", "list"]).contains(&first));
    assert!(store.read(&["silence", "end", &first]).starts_with(&format!("The silence {first} is over since ")));
    let error = complaint(&store.run(&["silence", "end", "dxmaint"]));
    assert_eq!(error, "error: \"dxmaint\" is planned work of AWS, and only AWS can end it\n");
    assert!(complaint(&store.run(&["silence", "end", "nope"])).contains("`aws-dx-monitor silence list`"));
}

#[tokio::test]
async fn one_that_has_not_begun_is_over_before_it_does() {
    let store = incidents::estate().await;
    let added = store.add(&["--all", "--from", "9000-01-01", "--until", "9000-01-02", "--timezone", "Asia/Tokyo"]);
    let planned = store.windows(ACCOUNT).await.remove(0);
    assert_eq!((planned.from, planned.until), (at("8999-12-31T15:00:00Z"), at("9000-01-02T15:00:00Z")));
    assert!(
        added.contains("From          8999-12-31 15:00:00 UTC (in ") && added.contains("Covers        everything\n")
    );
    store.read(&["silence", "end", &id(&added)]);
    let ended = store.windows(ACCOUNT).await.remove(0);
    assert!(ended.from <= ended.until && ended.until < planned.from, "{ended:?}");
}

#[tokio::test]
async fn items_may_be_named_as_elsewhere_and_one_that_is_not_there_is_remarked() {
    let store = incidents::estate().await;
    let added = store.add(&["--id", "connection/dxcon-1", "--id", "dxpeer-1", "--for", "45m"]);
    assert!(added.contains("At present    1 connection, 1 BGP peer\n"), "{added}");
    let output = store.run(&["silence", "add", "--by", "alice", "--id", "dxcon-typo", "--for", "1h"]);
    assert!(output.status.success());
    let (text, note) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(text.contains("At present    no item\n"), "{text}");
    assert!(note.starts_with("note: it covers no item at present: ") && note.lines().count() == 1, "{note}");
}

#[tokio::test]
async fn mistakes_are_named_and_nothing_is_planned() {
    let store = incidents::estate().await;
    let mistake = |arguments: &[&str]| complaint(&store.run(&[&["silence", "add", "--by", "a"], arguments].concat()));
    for (arguments, expected) in [
        (&["--for", "1h"][..], "a silence without a selection would cover everything: give --id"),
        (&["--all"], "required arguments were not provided"),
        (&["--all", "--for", "1h", "--until", "9000-01-01"], "cannot be used with"),
        (&["--all", "--for", "soon"], "\"soon\" is not how long: give days, hours or minutes"),
        (&["--all", "--for", "31d"], "a silence lasts at most 30 days, and this one would last 31 days"),
        (&["--all", "--until", "2h"], "\"2h\" is not a time: give a day"),
        (&["--all", "--until", "2026-01-01", "--from", "2025-12-31"], "it would be over already"),
        (&["--all", "--until", "9000-01-01", "--from", "9000-01-03"], "before it begins"),
        (&["--all", "--for", "1h", "--timezone", "Mars/Olympus"], "is not a time zone"),
        (&["--kind", "cable", "--for", "1h"], "cable"),
        (&["--id", "", "--for", "1h"], "value is required"),
        (&["--all", "--for", "1h", "--account", "1"], "this store has no polls of account \"1\": it has those of 123"),
    ] {
        let error = mistake(arguments);
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
    assert_eq!(store.windows(ACCOUNT).await, []);
    let empty = Store::new();
    let error = complaint(&empty.run(&["silence", "add", "--all", "--for", "1h", "--by", "a"]));
    assert!(error.contains("no polls of any account yet"), "{error}");
    assert_eq!(empty.read(&["silence", "list"]), "nothing is planned\n");
}

#[tokio::test]
async fn of_several_accounts_the_one_in_which_something_matches_is_meant() {
    let store = incidents::estate().await;
    let other = Scope::regional("210987654321", "us-east-1");
    let item = ItemDescription::bare(&other, &ItemKey::new(Kind::Connection, "dxcon-9"));
    story(&store.ledger, &item, &[("2026-09-01T00:00:00Z", "available")]).await;
    listed(&store.ledger, &other, Kind::Connection, "2026-11-01T00:10:00Z").await;
    let added = store.add(&["--id", "dxcon-9", "--for", "1h"]);
    assert!(added.contains("Account       210987654321\n"), "{added}");
    let both = ["silence", "add", "--by", "a", "--kind", "connection", "--for", "1h"];
    let error = complaint(&store.run(&both));
    assert!(error.contains("the accounts 123456789012, 210987654321: say with --account which one"), "{error}");
    let added = store.read(&[&both[..], &["--account", ACCOUNT]].concat());
    assert!(
        added.contains("Account       123456789012\n") && added.contains("At present    1 connection\n"),
        "{added}"
    );
    assert_eq!(store.json(&["silence", "list", "--output", "json"]).as_array().unwrap().len(), 2);
    let only = store.json(&["silence", "list", "--account", "210987654321", "--output", "json"]);
    assert_eq!(only.as_array().unwrap().len(), 1);
    store.read(&["silence", "end", &id(&added)]);
    let left = store.json(&["silence", "list", "--output", "json"]);
    assert_eq!((left.as_array().unwrap().len(), &left[0]["account"]), (1, &json!("210987654321")), "found in either");
}

#[tokio::test]
async fn who_plans_it_is_found_out() {
    let store = incidents::estate().await;
    let arguments =
        ["silence", "add", "--id", "dxcon-1", "--for", "1h", "--db", store.path().to_str().unwrap()].map(str::to_owned);
    let error = complaint(&program().args(&arguments).output().unwrap());
    assert_eq!(error, "error: it is not known who you are: say it with --by\n");
    assert!(program().args(&arguments).env("USER", "bob").output().unwrap().status.success());
    assert_eq!(store.windows(ACCOUNT).await[0].by, "bob");

    let twins = Twins::empty().await;
    incidents::write_story(&twins.ledger).await;
    twins.proxy.on("sts", "GetCallerIdentity").answer(response(
        200,
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:sts::123456789012:assumed-role/network/carol</Arn><UserId>AROA:carol</UserId>\
         <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    ));
    let output = twins.on_tables(&["silence", "add", "--id", "dxcon-1", "--for", "1h"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(twins.ledger.windows(ACCOUNT).await.unwrap().windows[0].by, "network/carol");
}

#[tokio::test]
async fn nothing_that_anybody_wrote_acts_in_any_form() {
    let store = incidents::estate().await;
    store.ledger.write_window(ACCOUNT, &work("9000-10-01T00:00:00Z", "9000-10-02T00:00:00Z")).await.unwrap();
    let hostile =
        ["silence", "add", "--for", "1h", "--id", HOSTILE, "--location", HOSTILE, "--reason", HOSTILE, "--by", HOSTILE];
    let mut texts = vec![store.read(&hostile)];
    for form in ["table", "json", "csv"] {
        texts.push(store.read(&["silence", "list", "--output", form]));
    }
    for id in [HOSTILE, "\u{1b}[2J"] {
        texts.push(complaint(&store.run(&["silence", "end", id])));
    }
    for text in texts {
        let acts = |hidden: &char| ['\u{1b}', '\u{202e}', '\u{200b}'].contains(hidden);
        assert_eq!(text.chars().find(acts), None, "{text:?}");
    }
    assert_eq!(store.json(&["silence", "list", "--output", "json"])[0]["title"], HOSTILE.trim());
}

#[test]
fn no_file_is_made_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dx.db");
    for arguments in [
        &["silence", "add", "--all", "--for", "1h", "--by", "a"][..],
        &["silence", "list"],
        &["silence", "end", "k7"],
        &["acknowledge", "9a1f", "--by", "a"],
    ] {
        let error = complaint(&program().args(arguments).arg("--db").arg(&path).output().unwrap());
        assert!(error.contains("there is no database at") && !path.exists(), "{arguments:?}: {error}");
    }
}

/// What a command wrote, without the time, which passes between two runs.
fn told(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn both_stores_keep_and_tell_the_same() {
    let twins = Twins::empty().await;
    incidents::write_story(&twins.file.ledger).await;
    incidents::write_story(&twins.ledger).await;
    let add = [
        "silence",
        "add",
        "--by",
        "alice",
        "--region",
        "us-east-1",
        "--from",
        "9000-01-01",
        "--for",
        "2h",
        "--reason",
        HOSTILE,
    ];
    let without_id = |text: String| {
        let id = id(&text);
        let lines = text.lines().filter(|line| !line.starts_with("From "));
        (lines.collect::<Vec<_>>().join("\n").replace(&id, "ID"), id)
    };
    let ((on_file, file_id), (on_tables, id)) =
        (without_id(told(twins.on_file(&add))), without_id(told(twins.on_tables(&add))));
    assert_eq!(on_tables, on_file);
    assert!(on_file.contains("Open incidents: 1\n"), "{on_file}");
    for form in ["table", "json", "csv"] {
        let list = ["silence", "list", "--output", form];
        let (on_file, on_tables) = (told(twins.on_file(&list)), told(twins.on_tables(&list)));
        assert_eq!(on_tables.replace(&id, "ID"), on_file.replace(&file_id, "ID"));
    }
    assert!(told(twins.on_tables(&["silence", "end", &id[..4]])).starts_with(&format!("The silence {id} (")));
    assert_eq!(told(twins.on_tables(&["silence", "list"])), "nothing is planned\n");
    told(twins.on_tables(&["acknowledge", incidents::OPEN, "--by", "alice"]));
    let policy = serde_json::from_str(&block("src/guide/planned.md", "What planning needs", "json")).unwrap();
    assert_eq!(allowed(&policy), needed(&twins));
}
