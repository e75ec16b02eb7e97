//! `report` with planned time, on a file and on the tables: the same in both, from the rows of windows.

use aws_dx_monitor::{
    domain::{Matcher, Notice, NoticeChange, Window, WindowSource},
    ports::Windows,
};
use serde_json::json;

use super::{HOSTILE, Store, at, trimmed, twins::Twins};

const ACCOUNT: &str = "123456789012";

/// Work of AWS on the connection that is down on 22 October from 03:12 to 03:24, announced at an instant.
fn work(id: &str, (from, until): (&str, &str), announced: &str) -> Window {
    Window {
        matcher: Matcher::of_id("dxcon-1"),
        title: HOSTILE.to_owned(),
        by: "AWS".to_owned(),
        notice: Some(Notice {
            updated_at: at(announced),
            event: format!("arn:{id}"),
            communication: "c-1".to_owned(),
            page: 1,
            change: NoticeChange::Scheduled,
        }),
        ..Window::bare(WindowSource::AwsHealth, id, (at(from), at(until)))
    }
}

fn silence() -> Window {
    let silence = work("k7tq2", ("2026-10-22T03:00:00Z", "2026-10-22T04:00:00Z"), "2026-10-22T02:00:00Z");
    Window {
        source: WindowSource::Silence,
        notice: None,
        announced_at: Some(at("2026-10-22T02:00:00Z")),
        by: "alice".to_owned(),
        ..silence
    }
}

async fn plan(windows: &impl Windows) {
    let work = work("DXMAINT-7", ("2026-10-22T03:00:00Z", "2026-10-22T03:20:00Z"), "2026-10-08T00:00:00Z");
    for window in [work, silence()] {
        windows.write_window(ACCOUNT, &window).await.unwrap();
    }
}

#[tokio::test]
async fn planned_time_is_told_from_the_rest_and_left_out_by_choice() {
    let store = Store::october().await;
    plan(&store.ledger).await;
    let day = ["report", "--from", "2026-10-22", "--to", "2026-10-22"];
    let read = |more: &[&str]| trimmed(&store.read(&[&day[..], more].concat()));
    let told = read(&[]);
    let line = |text: &str, word: &str| text.lines().find(|line| line.contains(word)).unwrap().to_owned();
    assert!(line(&told, "eqdc2-1").contains("99.166%       12m (8m planned)"), "{told}");
    assert!(
        line(&told, "Planned down time counts")
            .ends_with("An SLA view without it is made by choice (--exclude-planned).")
    );
    let left_out = read(&["--exclude-planned"]);
    insta::assert_snapshot!(left_out.split_once("\n\n").unwrap().1, @r#"
       ITEM                NAME                                                        AVAILABILITY  DOWN  OUTAGES  LONGEST  MTTR  COVERAGE  EXCLUDED
    !  connection/dxcon-1  eqdc2-1                                                     99.720%       4m    1        4m       4m    100.000%  planned 8m
    +  connection/dxcon-2  =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"  100.000%      0s    0        –        –     100.000%

    In no recorded incident:
    OUTAGE OF           LAST SEEN UP         BEGAN (UTC)          LAST SEEN DOWN       ENDED (UTC)          COUNTED
    connection/dxcon-1  2026-10-22 03:11:00  2026-10-22 03:12:00  2026-10-22 03:23:00  2026-10-22 03:24:00  4m, planned 8m left out
    No recorded incident is known of these: they are from before incidents were recorded, or nothing has gathered them yet,
    or no event names their incident and it had more members than the 20 that its documents list.

    PLANNED BY  ID         FROM (UTC)           UNTIL (UTC)          ANNOUNCED (UTC)      OUTAGES  COUNTS          TITLE
    AWS         DXMAINT-7  2026-10-22 03:00:00  2026-10-22 03:20:00  2026-10-08 00:00:00  1        yes             =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"
    silence     k7tq2      2026-10-22 03:00:00  2026-10-22 04:00:00  2026-10-22 02:00:00  1        no: not chosen  =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"

    AT LEAST ONE UP OF  CONNECTIONS  AVAILABILITY  DOWN  OUTAGES  LONGEST  EXCLUDED
    EqDC2               2            100.000%      0s    0        –
    all connections     2            100.000%      0s    0        –

    The last two polls were 1m apart, at 2026-11-01 00:10:00 UTC; earlier intervals are not recorded.
    Shorter outages may be missed. Each time is that of the first sight; beside it stands the last sight before.
    By choice of whoever made this report (--exclude-planned), down time within planned time is left out of availability and counts neither as up nor as down: work of AWS that was announced before it began and failover tests. Left out are the windows DXMAINT-7. Time outside them, such as an overrun, counts as down.
    "#);
    let with_silences = store.json(&[&day[..], &["--exclude-planned=aws-health,silence", "--output", "json"]].concat());
    assert_eq!(with_silences["items"][0]["figures"]["availability"], 1.0);
    assert_eq!(with_silences["planned"]["counted"], json!(["aws-health", "silence"]));
    for form in ["table", "csv", "html"] {
        let text = read(&["--output", form, "--exclude-planned"]);
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}') && (form != "html" || !text.contains("<script")),
            "{form}"
        );
    }
}

#[tokio::test]
async fn nothing_is_left_out_where_nothing_is_planned() {
    let store = Store::october().await;
    let figures = |arguments: &[&str]| {
        let report = store.json(&[&["report", "--month", "2026-10", "--output", "json"], arguments].concat());
        (report["items"].clone(), report["estate"].clone(), report["planned"]["windows"].clone())
    };
    assert_eq!(figures(&[]), figures(&["--exclude-planned"]));
    let table = store.read(&["report", "--month", "2026-10", "--exclude-planned"]);
    assert!(table.contains("No outage lies in such a window, so nothing is left out."), "{table}");
}

#[tokio::test]
async fn a_window_without_a_planner_is_refused() {
    let output = Store::new().run(&["report", "--exclude-planned=nobody"]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("aws-health, failover-test, silence"), "{complaint}");
}

#[tokio::test]
async fn both_stores_say_the_same_of_planned_time() {
    let twins = Twins::with_a_story().await;
    plan(&twins.file.ledger).await;
    plan(&twins.ledger).await;
    for more in [&["--output", "json"][..], &["--output", "csv", "--rows", "outages"], &[]] {
        let arguments = [&["report", "--month", "2026-10", "--exclude-planned=silence"], more].concat();
        let [file, tables] = [twins.on_file(&arguments), twins.on_tables(&arguments)].map(|output| {
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().filter(|line| !line.contains("\"generatedAt\":")).collect::<Vec<_>>().join("\n")
        });
        assert_eq!(file, tables);
        assert!(file.contains("k7tq2"), "{file}");
    }
}
