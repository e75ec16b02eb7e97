use super::*;
use crate::domain::{ItemKey, Scope};

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_milliseconds(minutes * 60_000)
}

fn page(communication: &str, page: u64, change: NoticeChange, (from, until): (i64, i64), ids: &[&str]) -> Window {
    let event = match change {
        NoticeChange::Scheduled => "arn:scheduled_1",
        NoticeChange::Completed => "arn:complete_1",
        NoticeChange::Cancelled => "arn:cancelled_1",
    };
    let updated_at = at(communication.len() as i64);
    let communication = communication.to_owned();
    Window {
        matcher: Matcher { ids: ids.iter().map(|id| (*id).to_owned()).collect(), ..Matcher::default() },
        title: "work".to_owned(),
        by: "AWS".to_owned(),
        notice: Some(Notice { updated_at, event: event.to_owned(), communication, page, change }),
        ..Window::bare(WindowSource::AwsHealth, "1", (at(from), at(until)))
    }
}

/// The windows that rows make, in a line each; the same in every order of the rows.
fn plans(rows: &[Window]) -> Vec<String> {
    let of = |windows: Vec<Window>| {
        let plans = Plans::of(&WindowRows { windows, ..WindowRows::default() });
        let line = |window: &Window| {
            let ids: Vec<&str> = window.matcher.ids.iter().map(String::as_str).collect();
            format!("{}–{} {}", window.from.seconds() / 60, window.until.seconds() / 60, ids.join(" "))
        };
        plans.windows.iter().map(line).collect::<Vec<_>>()
    };
    let reversed = of(rows.iter().rev().cloned().collect());
    let plans = of(rows.to_vec());
    assert_eq!(plans, reversed, "the order of rows does not matter");
    plans
}

#[test]
fn the_pages_of_a_notice_are_one_window() {
    let pages = [
        page("a", 1, NoticeChange::Scheduled, (100, 340), &["dxcon-1"]),
        page("a", 2, NoticeChange::Scheduled, (100, 340), &["dxcon-2"]),
    ];
    assert_eq!(plans(&pages), ["100–340 dxcon-1 dxcon-2"]);
    assert_eq!(plans(&pages[1..]), ["100–340 dxcon-2"], "until the first arrives");
}

#[test]
fn a_newer_notice_moves_the_work_and_its_items() {
    let [old, new] = ["a", "bb"].map(|stem| {
        let (times, id) = if stem == "a" { ((100, 340), "dxcon-1") } else { ((200, 500), "dxcon-2") };
        page(stem, 1, NoticeChange::Scheduled, times, &[id])
    });
    assert_eq!(plans(&[old, new]), ["200–500 dxcon-2"]);
}

#[test]
fn work_that_is_done_ends_early_and_never_before_it_begins() {
    let scheduled = page("a", 1, NoticeChange::Scheduled, (100, 340), &["dxcon-1"]);
    let completed = |until| page("bb", 1, NoticeChange::Completed, (100, until), &["dxcon-1"]);
    assert_eq!(plans(&[scheduled.clone(), completed(200)]), ["100–200 dxcon-1"]);
    assert_eq!(plans(&[scheduled.clone(), completed(900)]), ["100–340 dxcon-1"]);
    assert_eq!(plans(&[scheduled, completed(50)]), ["100–100 dxcon-1"]);
    assert_eq!(plans(&[completed(200)]), Vec::<String>::new(), "of what was never scheduled nothing is known");
}

#[test]
fn what_ends_work_is_kept_for_longer_than_the_work() {
    let longest = i64::try_from(LONGEST_WINDOW.as_secs() / 60).unwrap();
    let scheduled = page("a", 1, NoticeChange::Scheduled, (100, 100 + longest), &["dxcon-1"]);
    for change in [NoticeChange::Completed, NoticeChange::Cancelled] {
        assert!(page("bb", 1, change, (100, 101), &[]).expires_at() > scheduled.expires_at());
    }
}

#[test]
fn cancelled_work_is_no_window_unless_it_is_scheduled_again() {
    let scheduled = page("a", 1, NoticeChange::Scheduled, (100, 340), &["dxcon-1"]);
    let cancelled = page("bb", 1, NoticeChange::Cancelled, (100, 340), &["dxcon-1"]);
    let again = page("ccc", 1, NoticeChange::Scheduled, (900, 990), &["dxcon-1"]);
    assert_eq!(plans(&[scheduled.clone(), cancelled.clone()]), Vec::<String>::new());
    assert_eq!(plans(&[scheduled, cancelled, again]), ["900–990 dxcon-1"]);
}

#[test]
fn all_conditions_of_a_matcher_must_hold() {
    let scope = Scope::regional("1", "eu-west-1");
    let mut item = ItemDescription::bare(&scope, &ItemKey::new(Kind::VirtualInterface, "dxvif-1"));
    item.location = Some("EqDC2".to_owned());
    item.physical_device = Some("EqDC2-abc".to_owned());
    item.direct_connect_gateway_id = Some("gateway".to_owned());
    let text = |text: &str| Some(text.to_owned());
    let all = Matcher {
        ids: ["dxvif-1".to_owned()].into(),
        kinds: [Kind::VirtualInterface].into(),
        location: text("EqDC2"),
        device: text("EqDC2-abc"),
        gateway: text("gateway"),
        region: text("eu-west-1"),
    };
    assert!(all.matches(&item) && Matcher::default().matches(&item));
    let others: [fn(&mut Matcher); 6] = [
        |matcher| matcher.ids = ["dxvif-2".to_owned()].into(),
        |matcher| matcher.kinds = [Kind::BgpPeer].into(),
        |matcher| matcher.location = Some("other".to_owned()),
        |matcher| matcher.device = Some("other".to_owned()),
        |matcher| matcher.gateway = Some("dxvif-1".to_owned()),
        |matcher| matcher.region = Some("us-east-1".to_owned()),
    ];
    for change in others {
        let mut matcher = all.clone();
        change(&mut matcher);
        assert!(!matcher.matches(&item), "{matcher:?}");
    }
}

#[test]
fn a_gateway_matches_itself_and_what_leads_to_it() {
    let matcher = Matcher { gateway: Some("gw".to_owned()), ..Matcher::default() };
    let gateway = ItemDescription::bare(&Scope::global("1"), &ItemKey::new(Kind::DirectConnectGateway, "gw"));
    assert!(matcher.matches(&gateway));
    let mut attachment =
        ItemDescription::bare(&Scope::global("1"), &ItemKey::new(Kind::GatewayAttachment, "gw:dxvif-1"));
    assert!(!matcher.matches(&attachment));
    attachment.direct_connect_gateway_id = Some("gw".to_owned());
    assert!(matcher.matches(&attachment));
}
