//! Pictures, as text.

mod incidents;

use std::sync::Arc;

use serde_json::Value;

use super::*;
use crate::{
    domain::{Event, Kind, RecordedEvent},
    watch::{
        feed::{Problem, WatchStatus},
        incident::tests::{opened, shown},
        plan::Watched,
        row::Row,
        time::WatchTime,
        transition::tests::event,
        view::scroll::Scroll,
    },
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T03:20:30Z")
}

fn board() -> Board {
    Board::new(Watched {
        account: "123456789012".to_owned(),
        regions: vec!["us-east-1".to_owned(), "eu-central-1".to_owned()],
        every: Duration::from_secs(60),
        once: false,
        db: "dx-monitor.db".to_owned(),
        time: WatchTime::Real,
        recent: Vec::new(),
    })
}

fn row(event: &Event) -> Row {
    Row::of_event(RecordedEvent::of(&serde_json::to_value(event).unwrap())).unwrap()
}

fn with(events: &[Event]) -> Board {
    let mut board = board();
    let mut rows: Vec<Row> = events.iter().map(row).collect();
    rows.sort_by(Row::by_urgency);
    board.take(WatchStatus {
        rows: Arc::new(rows),
        polled_at: Some(at("2026-11-22T03:20:01Z")),
        next_at: Some(at("2026-11-22T03:21:00.2Z")),
        ..WatchStatus::default()
    });
    board
}

/// A small estate with an outage in it.
fn estate() -> Vec<Event> {
    let mut peer = event(Kind::BgpPeer, "dxpeer-fgg8h9v4", None, Some("up"), "down");
    Arc::make_mut(&mut peer.item).virtual_interface_id = Some("dxvif-ffu7g8h9".to_owned());
    Arc::make_mut(&mut peer.item).address_family = Some("ipv4".to_owned());
    let gateway = "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f";
    vec![
        event(Kind::Connection, "dxcon-fg4h8n2a", Some("eqdc2-core-lag01-m1"), None, "available"),
        event(Kind::Connection, "dxcon-ffx3v7tc", Some("csva1-xc-7741"), Some("available"), "down"),
        event(Kind::Lag, "dxlag-fg7k2m9q", Some("eqdc2-core-lag01"), None, "available"),
        event(Kind::VirtualInterface, "dxvif-ffu7g8h9", Some("東京-private"), Some("available"), "testing"),
        peer,
        event(Kind::DirectConnectGateway, gateway, Some("core"), None, "available"),
        event(Kind::GatewayAttachment, &format!("{gateway}:dxvif-ffu7g8h9"), None, None, "attached"),
    ]
}

fn drawn(board: &Board, width: u16, height: u16) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    Picture { board, now: now(), palette: Palette { coloured: true }, area }.draw(&mut buffer);
    buffer
}

fn picture(board: &Board, width: u16, height: u16) -> String {
    text(&drawn(board, width, height))
}

/// The text of a buffer; a wide character fills two cells, of which the second is skipped.
fn text(buffer: &Buffer) -> String {
    let lines = (0..buffer.area.height).map(|y| {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(symbol.width().max(1)).unwrap();
        }
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn an_estate_with_an_outage_on_a_small_terminal() {
    let mut board = with(&estate());
    board.add_change(&serde_json::to_value(&estate()[1]).unwrap());
    board.add_change(&serde_json::to_value(&estate()[3]).unwrap());
    insta::assert_snapshot!(picture(&board, 80, 24), @"
    Direct Connect of 123456789012 in us-east-1, eu-central-1           03:20:30 UTC
    last poll 29s ago, next in 31s, every 1m; q ends it
    7 items: ! 2 down, ~ 1 testing, + 4 up; everything was listed
      KIND        ID               NAME               STATE      SINCE     REGION
    ! connection  dxcon-ffx3v7tc   csva1-xc-7741      down       03:12:00  us-east-1
    ! bgp-peer    dxpeer-fgg8h9v4  ipv4 of dxvif-ff…  down       03:12:00  us-east-1
    ~ virtual-i…  dxvif-ffu7g8h9   東京-private       testing    03:12:00  us-east-1
    + connection  dxcon-fg4h8n2a   eqdc2-core-lag01…  available  03:12:00  us-east-1
    + lag         dxlag-fg7k2m9q   eqdc2-core-lag01   available  03:12:00  us-east-1
    + direct-co…  c4f1e2d…c3d4e5f  core               available  03:12:00  global
    + gateway-a…  c4f1e2d…fu7g8h9                     attached   03:12:00  global
    ── changes ─────────────────────────────────────────────────────────────────────
    03:12:00 ! connection dxcon-ffx3v7tc available -> down after 1h (csva1-xc-7741)
    03:12:00 ~ virtual-interface dxvif-ffu7g8h9 available -> testing after 1h (東京…
    ");
}

#[test]
fn a_large_terminal_shows_everything() {
    let mut board = with(&estate());
    board.add_change(&serde_json::to_value(&estate()[4]).unwrap());
    insta::assert_snapshot!(picture(&board, 160, 16), @"
    Direct Connect of 123456789012 in us-east-1, eu-central-1                                                                                           03:20:30 UTC
    last poll 29s ago, next in 31s, every 1m; q ends it
    7 items: ! 2 down, ~ 1 testing, + 4 up; everything was listed
      KIND                    ID                                                   NAME                    STATE      SINCE     FOR     REGION
    ! connection              dxcon-ffx3v7tc                                       csva1-xc-7741           down       03:12:00  8m 29s  us-east-1
    ! bgp-peer                dxpeer-fgg8h9v4                                      ipv4 of dxvif-ffu7g8h9  down       03:12:00  8m 29s  us-east-1
    ~ virtual-interface       dxvif-ffu7g8h9                                       東京-private            testing    03:12:00  8m 29s  us-east-1
    + connection              dxcon-fg4h8n2a                                       eqdc2-core-lag01-m1     available  03:12:00  8m 29s  us-east-1
    + lag                     dxlag-fg7k2m9q                                       eqdc2-core-lag01        available  03:12:00  8m 29s  us-east-1
    + direct-connect-gateway  c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f                 core                    available  03:12:00  8m 29s  global
    + gateway-attachment      c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f:dxvif-ffu7g8h9                          attached   03:12:00  8m 29s  global
    ── changes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    03:12:00 ! bgp-peer dxpeer-fgg8h9v4 up -> down after 1h (ipv4 of dxvif-ffu7g8h9)
    ");
}

/// The open incidents, as after a poll.
fn with_incidents(board: &mut Board, documents: &[Value]) {
    board.status.incidents = Arc::new(documents.iter().map(shown).collect());
}

#[test]
fn problems_are_shown_above_the_items() {
    let mut board = with(&estate()[..2]);
    board.status.polling_since = Some(at("2026-11-22T03:20:17Z"));
    let problem = |number: usize| Problem {
        since: at("2026-11-22T03:02:00Z"),
        text: format!(
            "123456789012/us-east-{number}: nothing could be listed: DescribeConnections, page 1: dispatch failure"
        ),
    };
    board.status.problems = (1..=5).map(problem).collect();
    insta::assert_snapshot!(picture(&board, 80, 14), @"
    Direct Connect of 123456789012 in us-east-1, eu-central-1           03:20:30 UTC
    last poll 29s ago, polling for 13s, every 1m; q ends it
    2 items: ! 1 down, + 1 up; ? 5 problems
    ? since 03:02:00 123456789012/us-east-1: nothing could be listed: DescribeConne…
    ? since 03:02:00 123456789012/us-east-2: nothing could be listed: DescribeConne…
    ? since 03:02:00 123456789012/us-east-3: nothing could be listed: DescribeConne…
    ? and 2 more problems
      KIND        ID              NAME                STATE      SINCE     REGION
    ! connection  dxcon-ffx3v7tc  csva1-xc-7741       down       03:12:00  us-east-1
    + connection  dxcon-fg4h8n2a  eqdc2-core-lag01-…  available  03:12:00  us-east-1
    ── changes ─────────────────────────────────────────────────────────────────────
      none in the last 24 hours
    ");
}

#[test]
fn before_the_first_poll_there_are_no_items() {
    insta::assert_snapshot!(picture(&board(), 60, 8), @"
    Direct Connect of 123456789012 in us-east-1, …  03:20:30 UTC
    no poll yet, starting, every 1m; q ends it
    0 items
      KIND  ID  NAME  STATE  SINCE  FOR  REGION
    ── changes ─────────────────────────────────────────────────
      none in the last 24 hours
    ");
}

#[test]
fn ten_thousand_items_are_cut_to_what_fits_and_counted() {
    let mut events: Vec<Event> = (0..10_000)
        .map(|number| event(Kind::VirtualInterface, &format!("dxvif-{number:08}"), Some("x"), None, "available"))
        .collect();
    events[7_777] = event(Kind::VirtualInterface, "dxvif-00007777", Some("x"), Some("available"), "down");
    let mut board = with(&events);
    insta::assert_snapshot!(picture(&board, 80, 12), @"
    Direct Connect of 123456789012 in us-east-1, eu-central-1           03:20:30 UTC
    last poll 29s ago, next in 31s, every 1m; q ends it
    10000 items: ! 1 down, + 9999 up; everything was listed
      KIND              ID              NAME  STATE      SINCE     FOR     REGION
    ! virtual-interfa…  dxvif-00007777  x     down       03:12:00  8m 29s  us-east-1
    + virtual-interfa…  dxvif-00000000  x     available  03:12:00  8m 29s  us-east-1
    + virtual-interfa…  dxvif-00000001  x     available  03:12:00  8m 29s  us-east-1
    + virtual-interfa…  dxvif-00000002  x     available  03:12:00  8m 29s  us-east-1
    + virtual-interfa…  dxvif-00000003  x     available  03:12:00  8m 29s  us-east-1
      … not shown: 9995 below (arrows, page keys)
    ── changes ─────────────────────────────────────────────────────────────────────
      none in the last 24 hours
    ");
    board.scroll(Scroll::Bottom);
    insta::assert_snapshot!(picture(&board, 80, 8), @"
    Direct Connect of 123456789012 in us-east-1, eu-central-1           03:20:30 UTC
    last poll 29s ago, next in 31s, every 1m; q ends it
    10000 items: ! 1 down, + 9999 up; everything was listed
      KIND              ID              NAME  STATE      SINCE     FOR     REGION
    + virtual-interfa…  dxvif-00009997  x     available  03:12:00  8m 29s  us-east-1
    + virtual-interfa…  dxvif-00009998  x     available  03:12:00  8m 29s  us-east-1
    + virtual-interfa…  dxvif-00009999  x     available  03:12:00  8m 29s  us-east-1
      … not shown: 9997 above, 0 below (arrows, page keys)
    ");
}

#[test]
fn the_newest_changes_stay_in_sight() {
    let mut board = with(&estate());
    for number in 0..50 {
        let change = event(Kind::Lag, &format!("dxlag-{number:03}"), None, Some("available"), "down");
        board.add_change(&serde_json::to_value(&change).unwrap());
    }
    board.settle();
    let picture = picture(&board, 80, 24);
    assert!(picture.lines().last().unwrap().contains("dxlag-049"), "{picture}");
    assert!(picture.contains("51 down") || picture.contains("52 down"), "{picture}");
    assert!(picture.contains("not shown"), "{picture}");
}

#[test]
fn a_repeated_change_is_shown_once_and_an_older_one_reverts_nothing() {
    let mut board = with(&estate());
    let change = serde_json::to_value(&estate()[1]).unwrap();
    board.add_change(&change);
    board.add_change(&change);
    assert_eq!(board.entries.len(), 1);
    let mut older = estate()[1].clone();
    older.metadata.sequence = 1;
    older.metadata.id = Default::default();
    older.state.value = "available".to_owned();
    older.state.health = Health::Up;
    board.add_change(&serde_json::to_value(&older).unwrap());
    board.settle();
    assert_eq!(board.entries.len(), 2);
    assert!(board.status.rows.iter().any(|row| row.id == "dxcon-ffx3v7tc" && row.health == Health::Down));
}

#[test]
fn hostile_names_are_inert_and_keep_the_columns_aligned() {
    let name = "a\u{1b}[2J\u{202e}\u{200b}\nb 家族 e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}";
    let board = with(&[
        event(Kind::Connection, "dxcon-1", Some(name), None, "available"),
        event(Kind::Connection, "dxcon-2\u{7}", Some("plain"), None, "quaran\u{9b}tined"),
    ]);
    let picture = picture(&board, 100, 7);
    assert!(picture.chars().all(|character| character == '\n' || !character.is_control()), "{picture:?}");
    insta::assert_snapshot!(picture, @r"
    Direct Connect of 123456789012 in us-east-1, eu-central-1                               03:20:30 UTC
    last poll 29s ago, next in 31s, every 1m; q ends it
    2 items: ? 1 unknown, + 1 up; everything was listed
      KIND        ID            NAME                      STATE              SINCE     FOR     REGION
    ? connection  dxcon-2\u{7}  plain                     quaran\u{9b}tined  03:12:00  8m 29s  us-east-1
    + connection  dxcon-1       a\u{1b}[2J\u{202e}\u{20…  available          03:12:00  8m 29s  us-east-1
    ");
}

#[test]
fn no_size_is_too_small() {
    let mut board = with(&estate());
    board.add_change(&serde_json::to_value(&estate()[1]).unwrap());
    board.status.problems = vec![Problem { since: now(), text: "x".repeat(500) }];
    with_incidents(&mut board, &[opened(), opened()]);
    for width in [0, 1, 2, 5, 9, 17, 33, 50, 79] {
        for height in [0, 1, 2, 3, 4, 5, 6, 7, 11] {
            for offset in [0, 3, 100] {
                board.offset = offset;
                drop(drawn(&board, width, height));
            }
        }
    }
    with_incidents(&mut board, &[]);
    insta::assert_snapshot!(picture(&board, 40, 10), @"
    Direct Connect of 1234567…  03:20:30 UTC
    last poll 29s ago, next in 31s, every 1…
    7 items: ! 2 down, ~ 1 testing, + 4 up;
    ? since 03:20:30 xxxxxxxxxxxxxxxxxxxxxx…
      NAME                 STATE
    + eqdc2-core-lag01-m1  available
    + eqdc2-core-lag01     available
    + core                 available
    +                      attached
      … not shown: 3 above, 0 below (arrows,
    ");
}

#[test]
fn the_picture_has_the_same_text_without_colours() {
    let board = with(&estate());
    let area = Rect::new(0, 0, 80, 24);
    let mut plain = Buffer::empty(area);
    Picture { board: &board, now: now(), palette: Palette { coloured: false }, area }.draw(&mut plain);
    assert_eq!(text(&plain), picture(&board, 80, 24));
    assert!(plain.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(drawn(&board, 80, 24).content.iter().any(|cell| cell.fg == Color::Indexed(1)), "red is down");
}
