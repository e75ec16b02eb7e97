//! The HTML page and the CSV: what they contain, and that hostile text in them is inert.

use aws_dx_monitor::{
    calendar::Calendar,
    domain::Kind,
    report::{Assembly, Exclusions, PollInterval, Report, Terms, csv, html},
};

use super::{DAY, Story, TOLERATED, monitored, report, window};

const HOSTILE: &str = "</title></svg><script>alert(1)</script>\" onload=\"x\u{202e}\u{1b}[31m,=1+1";

fn hostile() -> Report {
    let mut story = Story::connection(&[(-DAY, "available"), (10, HOSTILE), (20, "down"), (30, "available")]);
    story.item.name = Some(HOSTILE.to_owned());
    story.item.location = Some(HOSTILE.to_owned());
    report(&window(0, 100), &[story])
}

#[test]
fn hostile_text_is_inert_on_the_page() {
    let page = html::page(&hostile(), Calendar::UTC);
    assert!(!page.contains("<script"), "no script");
    assert!(!page.contains("onload=\"x"), "no attribute beyond its quotation marks");
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'), "nothing that turns or colours");
    assert!(page.contains("&lt;script&gt;alert(1)"), "but it is shown");
}

#[test]
fn the_page_loads_nothing() {
    let page = html::page(&hostile(), Calendar::UTC);
    for outside in ["http://", "https://", "src=", "@import", "<link", "<img", "<iframe"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
}

#[test]
fn the_page_has_the_outage_with_its_evidence() {
    let story = Story::connection(&[(-DAY, "available"), (10, "down"), (30, "available")]);
    let report = report(&window(0, 100), std::slice::from_ref(&story));
    let page = html::page(&report, Calendar::UTC);
    for expected in [
        "<title>down: 2026-10-01 00:10:00 – 2026-10-01 00:30:00 UTC, 20m</title>",
        "<rect class=\"down\" x=\"10%\" y=\"1\" width=\"20.0000%\"",
        "80.000%",
        "event 00000000-0000-0000-0000-000000000002",
        "event 00000000-0000-0000-0000-000000000003",
        "last seen up <time datetime=\"2026-10-01T00:09:00.000Z\">2026-10-01 00:09:00</time>",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[test]
fn of_very_many_outages_the_page_lists_only_the_longest() {
    let begin = |number: i64| if number % 2 == 0 { (number * 10, "available") } else { (number * 10 + 5, "down") };
    let words: Vec<(i64, &str)> = (0..2_400).map(begin).chain([(24_000, "available")]).collect();
    let stories =
        [Story::connection(&words), Story::new(Kind::Connection, "dxcon-2", &[(-DAY, "available"), (1, "down")])];
    let page = html::page(&report(&window(0, 20 * DAY), &stories), Calendar::UTC);
    assert!(page.contains("1201 outages were found; only the longest 1000 are listed here."));
    assert_eq!(page.matches("<td role=\"cell\" data-label=\"Began\">").count(), 1_000);
    assert!(page.contains("goes on"), "the longest is among them");
}

#[test]
fn an_empty_report_shows_that_there_is_no_data() {
    let page = html::page(&report(&window(0, 100), &[]), Calendar::UTC);
    assert!(page.contains("There is no data"));
    assert!(page.contains("<dd>no data<small>there are no connections"), "and no availability");
    assert!(!page.contains(">0.000%") && !page.contains(">100.000%<small>"), "neither none nor all");
}

#[test]
fn csv_is_safe_in_a_spreadsheet_and_exact() {
    let report = hostile();
    let items = csv::items(&report);
    let lines: Vec<&str> = items.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 2);
    let columns = lines[0].split(',').count();
    let plain = Story::connection(&[(-DAY, "available"), (10, "down"), (30, "available")]);
    let plain = csv::items(&super::report(&window(0, 100), &[plain]));
    insta::assert_snapshot!(plain.lines().nth(1).unwrap(), @"123456789012,us-east-1,connection,dxcon-1,,,,2026-10-01T00:00:00.000Z,2026-10-01T01:40:00.000Z,0.8,1,4800,1200,0,0,0,0,0,0,0,1,1200,1200,4800,0,0,0,1200,0,0");
    assert_eq!(plain.lines().nth(1).unwrap().split(',').count(), columns);
    insta::assert_snapshot!(csv::outages(&report).replace("\r\n", "\n"), @r#"
    account,region,kind,id,name,location,state,started_after,started_at,ended_after,ended_at,counted_seconds,goes_on,start_event_id,end_event_id,incident_id,unmonitored_seconds,group_id,group_category,group_severity,group_impact,group_root,group_since,group_resolved_at,group_summary,group_cause,planned_seconds,unplanned_seconds,windows
    123456789012,us-east-1,connection,dxcon-1,"</title></svg><script>alert(1)</script>"" onload=""x\u{202e}\u{1b}[31m,=1+1","</title></svg><script>alert(1)</script>"" onload=""x\u{202e}\u{1b}[31m,=1+1",down,2026-10-01T00:19:00.000Z,2026-10-01T00:20:00.000Z,2026-10-01T00:29:00.000Z,2026-10-01T00:30:00.000Z,600,false,00000000-0000-0000-0000-000000000003,00000000-0000-0000-0000-000000000004,,0,,,,,,,,,,0,600,
    "#);
}

/// The visible text of the page.
fn visible(page: &str) -> String {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    let mut text = String::new();
    for piece in body.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap_or((piece, ""));
        text += if ["span", "code", "bdi", "time", "strong"]
            .iter()
            .any(|inline| tag.trim_start_matches('/').starts_with(inline))
        {
            ""
        } else {
            " "
        };
        text += words;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_names_its_window_its_figures_and_its_conditions() {
    let named = |name: Option<&str>, words: &[(i64, &str)]| {
        let mut story = Story::connection(words);
        story.item.name = name.map(str::to_owned);
        story
    };
    let outage = named(Some("prod"), &[(-DAY, "available"), (10, "down"), (30, "available")]);
    let mut calm = named(None, &[(-DAY, "available")]);
    calm.item.id = "dxcon-calm".to_owned();
    let stories = [outage, calm];

    let day = visible(&html::page(&report(&window(0, 100), &stories), Calendar::UTC));
    for expected in [
        "Direct Connect availability 1 October 2026: from 2026-10-01 00:00:00 to 2026-10-01 01:40:00 UTC, 1h 40m.",
        "days on the axes are those of UTC.",
        "At least one connection up 100.000% never all of them down at once",
        "Outages 1 on 1 of 2 items",
        "Unmonitored, at most 0s of any item; never counted as up",
        "Last two polls 1m apart at 2026-10-01 01:40:00 UTC; earlier intervals are not recorded, shorter outages may be missed",
        "prod dxcon-",
    ] {
        assert!(day.contains(expected), "{expected} in {day}");
    }
    assert!(!day.contains("Counted as down") && !day.contains("is in the future"), "{day}");
    let legend = |page: &str| page.contains("testing (a failover test)");
    assert!(!legend(&day), "the legend has only conditions that occur");

    let (three_days, nothing_left_out) = (window(0, 3 * DAY), Exclusions::only([]));
    let mut assembly = Assembly::new(Terms {
        window: &three_days,
        exclusions: &nothing_left_out,
        unmonitored_after: TOLERATED,
        shows_retired: false,
    });
    let pending = named(Some("prod"), &[(-DAY, "available"), (10, "pending"), (30, "available")]);
    for (story, interval) in [(&pending, 60), (&stories[1], 300)] {
        let statement = story.over(&three_days, &monitored(&three_days), &nothing_left_out);
        let interval = PollInterval { seconds: interval, at: three_days.to };
        assembly.add(story.item.clone().into(), Some(interval), statement);
    }
    let days = visible(&html::page(&assembly.finish(), Calendar::UTC));
    for expected in [
        "1 October 2026 to 3 October 2026: from",
        "Last two polls 1m to 5m apart",
        "Counted as down, as requested: unknown, pending, testing, removed.",
    ] {
        assert!(days.contains(expected), "{expected} in {days}");
    }
}
