//! The pages, of summaries that were made up, with hostile text in every place for it.

use std::sync::Arc;

use serde_json::json;

use super::{incidents, status};
use crate::{
    calendar::Calendar,
    domain::{ItemDescription, ItemKey, Kind, Scope, State, Timestamp},
    map::{Estate, Map, MapItem},
    query::{IncidentSummary, Incidents, RootSummary},
    report::{Asked, Assembly, Exclusions, Report, Terms, Window},
    status_page::Standing,
};

const HOSTILE: &str = "</title><script>alert(1)</script>\u{202e}\u{1b}[31m";

fn now() -> Timestamp {
    Timestamp::from_milliseconds(1_795_317_120_123)
}

fn incident(open: bool, text: &str) -> IncidentSummary {
    IncidentSummary {
        id: "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de".to_owned(),
        status: if open { "open" } else { "resolved" }.to_owned(),
        open,
        category: "outage".to_owned(),
        severity: "critical".to_owned(),
        impact: "outage".to_owned(),
        account: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        root: RootSummary { kind: "connection".to_owned(), id: text.to_owned(), name: Some(text.to_owned()) },
        summary: Some(text.to_owned()),
        cause: Some(text.to_owned()),
        members: 3,
        outages: 1,
        down_seconds: 60,
        since: Some(Timestamp::from_milliseconds(now().milliseconds() - 780_000)),
        last_seen_at: None,
        resolved_at: (!open).then(now),
        duration_seconds: (!open).then_some(780),
        merged_into: None,
        blind_since: None,
        sequence: 1,
        last_document_at: now(),
        document: Some(json!({"incident": {"acknowledged": {"by": text, "at": now(), "note": text}}})),
    }
}

fn estate(name: &str, words: &[(&str, &str)]) -> Estate {
    let item = |(id, word): &(&str, &str)| {
        let mut item =
            ItemDescription::bare(&Scope::regional("123456789012", "us-east-1"), &ItemKey::new(Kind::Connection, *id));
        (item.name, item.location) = (Some(name.to_owned()), Some(name.to_owned()));
        MapItem {
            item: Arc::new(item),
            state: State::of(Kind::Connection, Some(word)),
            in_outage: false,
            is_stale: *word == "down",
            is_retired: false,
            incident: None,
        }
    };
    Estate { items: words.iter().map(item).collect(), last_poll_at: Some(now()), ..Estate::default() }
}

fn report() -> Report {
    let asked = Asked { from: Some("2026-10-23"), to: Some("2026-11-21"), month: None };
    let window = Window::new(&asked, Calendar::UTC, None, now()).unwrap();
    let exclusions = Exclusions::default();
    let unmonitored_after = std::time::Duration::from_secs(900);
    Assembly::new(Terms { window: &window, exclusions: &exclusions, unmonitored_after, shows_retired: false }).finish()
}

fn status_of(estate: &Estate, open: &[IncidentSummary]) -> String {
    let map = Map::of(estate);
    status::page(&Standing { map: &map, report: &report(), open, renewal: None }, now())
}

#[test]
fn what_is_open_stands_with_its_cause_and_for_how_long() {
    let page =
        status_of(&estate("eqdc2", &[("dxcon-1", "available"), ("dxcon-2", "down")]), &[incident(true, "it is down")]);
    for wanted in [
        "it is down",
        "for 13 minutes",
        "1 down, 1 up",
        "1 item has had no complete listing",
        "dxcon-2",
        "The last 30 days",
    ] {
        assert!(page.contains(wanted), "{wanted} in\n{page}");
    }
    assert!(!page.contains("dxcon-1<"), "what is up is counted");
    let well = status_of(&estate("eqdc2", &[("dxcon-1", "available")]), &[]);
    assert!(well.contains("<p>None.</p>") && !well.contains("Not up") && !well.contains("no complete listing"));
}

#[test]
fn incidents_that_are_over_have_an_end() {
    let list = Incidents { incidents: vec![incident(true, "open one"), incident(false, "ended one")], unreadable: 2 };
    let page = incidents::page(&list, None, now());
    let (open, ended) = page.split_once("id=\"ended\"").unwrap();
    assert!(
        open.contains("open one")
            && open.contains("2 incidents, 1 of them open")
            && open.contains("Not shown: 2 incidents")
    );
    assert!(ended.contains("ended one") && ended.contains("after 13 minutes"));
    assert!(incidents::page(&Incidents::default(), None, now()).matches("<p>None.</p>").count() == 2);
}

#[test]
fn hostile_text_is_inert() {
    let open = [incident(true, HOSTILE)];
    let list = Incidents { incidents: open.to_vec(), unreadable: 0 };
    for page in [status_of(&estate(HOSTILE, &[(HOSTILE, "down")]), &open), incidents::page(&list, None, now())] {
        assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
        assert!(page.contains("&lt;script&gt;"));
        assert_eq!(page.matches("</title>").count(), page.matches("<title>").count());
    }
}
