use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::domain::{
    Evidence, EvidenceType, Matcher, NoticeChange, Plans, Scope, Timestamp, USUAL_WORK, Window, WindowRows,
};

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../../tests/aws_events/health/", $name, ".json")))
            .expect("the sample is JSON")
    };
}

const TOKEN: &str = "84BDD6BC9D0B29720DC58CBCFB104FBB";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(event: &Value) -> Window {
    match read(event).unwrap().content {
        Content::Work(window) => *window,
        Content::Evidence(evidence) => panic!("evidence: {evidence:?}"),
    }
}

fn evidence(event: &Value) -> Evidence {
    match read(event).unwrap().content {
        Content::Evidence(evidence) => evidence,
        Content::Work(window) => panic!("work: {window:?}"),
    }
}

/// What a store makes of events: of several with one key, the last stays.
fn plans(events: &[Value]) -> Vec<Window> {
    let rows: BTreeMap<String, Window> = events.iter().map(window).map(|window| (window.key(), window)).collect();
    let windows = rows.into_values().collect();
    Plans::of(&WindowRows { windows, ..WindowRows::default() }).windows
}

fn set(event: &mut Value, key: &str, value: Value) {
    event["detail"][key] = value;
}

fn ids(ids: &[&str]) -> Matcher {
    Matcher { ids: ids.iter().map(|id| (*id).to_owned()).collect(), ..Matcher::default() }
}

fn region(region: &str) -> Matcher {
    Matcher { region: Some(region.to_owned()), ..Matcher::default() }
}

#[test]
fn scheduled_work_is_a_window_over_the_items_that_are_named() {
    let event = sample!("scheduled");
    let fact = read(&event).unwrap();
    assert_eq!((fact.account.as_str(), fact.region.as_str()), ("123456789012", "us-east-1"));
    let [own, other, global] =
        ["us-east-1", "eu-west-1", "global"].map(|region| Scope::regional("123456789012", region));
    let polled = [own.clone(), other.clone(), global.clone()];
    assert_eq!(fact.scopes_among(&polled), [own, global].into());
    assert_eq!(fact.scopes_among(&[other, polled[2].clone()]), [].into(), "of a region that is not watched");
    let window = window(&event);
    assert_eq!((window.id.as_str(), window.by.as_str()), (TOKEN, "AWS"));
    assert_eq!(window.matcher, ids(&["dxcon-fg5678gh", "dxvif-ffabc123"]));
    assert_eq!((window.from, window.until), (at("2026-12-06T02:00:00Z"), at("2026-12-06T06:00:00Z")));
    let title = "Planned maintenance has been scheduled on an AWS Direct Connect router in Equinix DC2, Ashburn, VA";
    assert_eq!(window.title, title);
    let notice = window.notice.unwrap();
    assert_eq!((notice.communication.as_str(), notice.page), ("0d8d6a7c41e29b5f", 1));
    assert_eq!((notice.change, notice.updated_at), (NoticeChange::Scheduled, at("2026-11-23T09:15:42Z")));
}

#[test]
fn a_repeat_from_the_backup_region_has_the_same_row() {
    let [one, other] = [sample!("scheduled"), sample!("scheduled_from_backup_region")];
    assert_eq!(window(&one).key(), window(&other).key());
    assert_eq!(read(&one), read(&other), "the region of the envelope is where it was delivered");
}

#[test]
fn pages_are_united_in_any_order() {
    let [one, two] = [sample!("page_1_of_2"), sample!("page_2_of_2")];
    for pages in [[one.clone(), two.clone()], [two, one]] {
        let plans = plans(&pages);
        assert_eq!(plans.len(), 1);
        assert_eq!(plans[0].matcher, ids(&["dxvif-ffabc121", "dxvif-ffabc122", "dxvif-ffabc123"]));
    }
}

#[test]
fn work_that_is_moved_has_its_newest_times() {
    let moved = plans(&[sample!("moved"), sample!("scheduled")]);
    assert_eq!(moved.len(), 1);
    assert_eq!((moved[0].from, moved[0].until), (at("2026-12-08T02:00:00Z"), at("2026-12-08T07:30:00Z")));
}

#[test]
fn work_ends_when_aws_says_so() {
    for ended in [sample!("complete"), sample!("closed")] {
        let plans = plans(&[sample!("scheduled"), ended.clone()]);
        let until = window(&ended).notice.unwrap().updated_at;
        assert_eq!((plans[0].from, plans[0].until), (at("2026-12-06T02:00:00Z"), until));
    }
}

#[test]
fn work_that_is_cancelled_is_no_window() {
    assert_eq!(plans(&[sample!("scheduled"), sample!("cancelled")]), []);
    let mut early = sample!("closed");
    set(&mut early, "lastUpdatedTime", json!("Fri, 4 Dec 2026 05:00:00 GMT"));
    assert_eq!(plans(&[sample!("scheduled"), early]), [], "closed before it began");
    let mut again = sample!("moved");
    set(&mut again, "lastUpdatedTime", json!("Fri, 4 Dec 2026 05:00:00 GMT"));
    assert_eq!(plans(&[sample!("scheduled"), sample!("cancelled"), again]).len(), 1, "and scheduled again");
}

#[test]
fn a_cancellation_outlives_what_it_cancels() {
    let mut cancelled = sample!("cancelled");
    set(&mut cancelled, "startTime", Value::Null);
    set(&mut cancelled, "endTime", Value::Null);
    let (cancelled, scheduled) = (window(&cancelled), window(&sample!("scheduled")));
    assert!(cancelled.expires_at() > scheduled.expires_at());
}

#[test]
fn what_ends_work_needs_no_item_and_no_scope() {
    for name in [sample!("complete"), sample!("cancelled")] {
        let mut event = name;
        set(&mut event, "affectedEntities", json!([]));
        set(&mut event, "eventScopeCode", json!("PUBLIC"));
        event["resources"] = json!([]);
        assert_eq!(window(&event).id, TOKEN);
    }
}

#[test]
fn missing_times_are_assumed_and_the_title_says_so() {
    let open = window(&sample!("emergency_without_start"));
    assert_eq!(open.from, at("2026-01-27T06:02:51Z"), "whatever the weekday");
    assert_eq!(open.until, open.from.plus(USUAL_WORK));
    assert!(open.title.ends_with("; AWS names no time"), "{}", open.title);
    let endless = window(&sample!("scheduled_without_end"));
    assert_eq!((endless.from, endless.until), (at("2026-12-06T02:00:00Z"), at("2026-12-06T06:00:00Z")));
    assert!(endless.title.ends_with("; AWS names no end"));
    let mut startless = sample!("scheduled");
    set(&mut startless, "startTime", Value::Null);
    assert_eq!(window(&startless).from, at("2026-12-06T02:00:00Z"), "the usual time before its end");
    set(&mut startless, "statusCode", json!("open"));
    set(&mut startless, "lastUpdatedTime", json!("Sun, 6 Dec 2026 03:00:00 GMT"));
    assert_eq!(window(&startless).from, at("2026-12-06T03:00:00Z"), "it goes on");
}

#[test]
fn work_that_is_only_announced_without_any_time_is_evidence() {
    let evidence = evidence(&sample!("scheduled_without_times"));
    assert!(evidence.summary.starts_with("AWS Health, maintenance scheduled, upcoming: Planned maintenance"));
    assert_eq!(evidence.items.len(), 2);
}

#[test]
fn a_window_is_bounded_and_never_ends_before_it_begins() {
    let mut event = sample!("scheduled");
    set(&mut event, "endTime", json!("Sun, 6 Dec 2099 06:00:00 GMT"));
    let window_of = |event: &Value| (window(event).from, window(event).until);
    let (from, until) = window_of(&event);
    assert_eq!(until, from.plus(crate::domain::LONGEST_WINDOW));
    set(&mut event, "endTime", json!("Sun, 6 Dec 2009 06:00:00 GMT"));
    assert_eq!(window_of(&event).1, from.plus(USUAL_WORK));
}

#[test]
fn an_accounts_notice_that_names_no_item_is_about_the_region() {
    assert_eq!(window(&sample!("scheduled_for_account")).matcher, region("us-east-1"));
    let mut old = sample!("scheduled_for_account");
    set(&mut old, "eventScopeCode", Value::Null);
    assert_eq!(window(&old).matcher, region("us-east-1"));
    set(&mut old, "affectedEntities", json!([{"entityValue": "UNKNOWN"}]));
    old["resources"] = json!([]);
    assert!(matches!(read(&old), Err(NoFact::Ignored(_))), "it may be public");
}

#[test]
fn a_public_notice_of_work_that_names_no_item_is_ignored() {
    let mut event = sample!("scheduled_public");
    let ignored = read(&event).unwrap_err();
    assert_eq!(ignored.to_string(), "it is a public notice of planned work that names no item");
    set(&mut event, "affectedEntities", json!([{"entityValue": "dxcon-fg5678gh"}]));
    assert_eq!(window(&event).matcher, ids(&["dxcon-fg5678gh"]));
}

#[test]
fn times_in_iso_and_entities_as_arns_are_read() {
    let window = window(&sample!("iso_times_and_arns"));
    assert_eq!((window.from, window.until), (at("2026-12-06T02:00:00Z"), at("2026-12-06T06:00:00Z")));
    assert_eq!(window.matcher, ids(&["dxcon-fg5678gh"]));
}

#[test]
fn an_event_of_2022_lacks_most_fields_and_is_read() {
    let window = window(&sample!("of_2022"));
    assert_eq!(window.matcher, ids(&["dxvif-fgh0hcrk"]));
    assert_eq!(window.from, at("2022-06-03T05:01:10Z"));
    let notice = window.notice.unwrap();
    assert_eq!((notice.page, notice.updated_at), (1, at("2022-06-03T06:27:57Z")));
    assert_eq!(read(&sample!("of_2022")).unwrap().region, "sa-east-1");
}

#[test]
fn issues_investigations_and_notifications_are_evidence() {
    let public = sample!("issue_public");
    assert_eq!(read(&public).unwrap().region, "eu-central-1", "not where it was delivered");
    let public = evidence(&public);
    assert_eq!(public.summary, "AWS Health, operational issue, open: Increased packet loss");
    assert_eq!((public.at, public.items.is_empty()), (at("2026-08-15T10:31:00Z"), true));
    let own = evidence(&sample!("issue_of_account"));
    assert_eq!(own.summary, "AWS Health, connection issue, closed: Connectivity between … and … was impaired");
    assert_eq!(own.items, ["dxcon-fg5678gh".to_owned()].into());
    assert_eq!((own.kind, own.by), (EvidenceType::AwsHealth, None));
    let notification = evidence(&sample!("account_notification"));
    assert_eq!((notification.summary.as_str(), notification.items.len()), ("AWS Health, something new, open", 0));
    assert_eq!(evidence(&sample!("investigation")).summary, "AWS Health, investigation, open");
}

#[test]
fn the_reports_of_one_issue_are_several_and_a_repeat_is_the_same() {
    let (first, mut second) = (sample!("issue_public"), sample!("issue_public"));
    second["id"] = json!("another");
    assert_eq!(evidence(&first).key(), evidence(&second).key());
    set(&mut second, "communicationId", json!("b3d5c7e9a1f24681-1"));
    assert_ne!(evidence(&first).key(), evidence(&second).key());
}

#[test]
fn a_notice_to_an_administrator_is_about_the_affected_account() {
    assert_eq!(read(&sample!("of_another_account")).unwrap().account, "210987654321");
}

#[test]
fn other_services_are_ignored_and_what_lacks_its_name_is_malformed() {
    assert_eq!(read(&sample!("other_service")), Err(NoFact::Ignored("it is about another service")));
    for key in ["service", "eventArn", "eventTypeCode"] {
        let mut event = sample!("scheduled");
        set(&mut event, key, json!(7));
        assert!(matches!(read(&event), Err(NoFact::Malformed(_))), "{key}");
    }
    assert_eq!(read(&json!({"source": "aws.health"})), Err(NoFact::Malformed("it has no detail")));
}

#[test]
fn hostile_texts_make_short_keys() {
    let mut event = sample!("scheduled");
    let long = format!("arn:aws:health:us-east-1::event/{}_{}", "é".repeat(3_000), "1".repeat(3_000));
    set(&mut event, "eventArn", json!(long));
    set(&mut event, "communicationId", json!("c".repeat(5_000)));
    set(&mut event, "page", json!(u64::MAX));
    assert!(window(&event).key().len() <= 1024);
    set(&mut event, "eventTypeCategory", json!("issue"));
    assert!(evidence(&event).key().len() <= 1024);
}
