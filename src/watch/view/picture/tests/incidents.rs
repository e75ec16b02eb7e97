//! Pictures with incidents in them.

use super::*;
use crate::{letters::beside, watch::incident::tests::resolved};

#[test]
fn open_incidents_stand_above_the_items_and_their_documents_among_the_changes() {
    let mut board = with(&estate()[..2]);
    let mut warning = opened();
    (warning["metadata"]["incidentId"], warning["metadata"]["id"]) = ("i-2".into(), "d-9".into());
    warning["severity"] = "warning".into();
    warning["summary"] = "[warning] BGP peer dxpeer-1 down: core-dxgw has 2 of 3 paths left".into();
    board.add_change(&warning);
    board.add_change(&opened());
    board.add_change(&opened());
    let open = picture(&board, 80, 16);
    insta::assert_snapshot!(open, @"
    Direct Connect of 123456789012 in us-east-1, eu-central-1           03:20:30 UTC
    last poll 29s ago, next in 31s, every 1m; q ends it
    2 items: ! 1 down, + 1 up; everything was listed
    ! since 03:12:00 [critical] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1
        virtual interface, 2 BGP peers with it; core-dxgw has no path left
    ! since 03:12:00 [warning] BGP peer dxpeer-1 down: core-dxgw has 2 of 3 paths
        left
      KIND        ID              NAME                STATE      SINCE     REGION
    ! connection  dxcon-ffx3v7tc  csva1-xc-7741       down       03:12:00  us-east-1
    + connection  dxcon-fg4h8n2a  eqdc2-core-lag01-…  available  03:12:00  us-east-1
    ── changes ─────────────────────────────────────────────────────────────────────
    03:12:00 ! [warning] BGP peer dxpeer-1 down: core-dxgw has 2 of 3 paths left
    03:12:00 ! [critical] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1 virtual…
    ");
    board.add_change(&resolved());
    board.add_change(&opened());
    insta::assert_snapshot!(beside(&picture(&board, 80, 16), &open), @"
    (its lines 1 to 3)
    (its lines 6 to 13)
    03:24:00 + [resolved] connection dxcon-ffx3v7tc (csva1-xc-7741) up again after …
    ");
    // One that came before what is there already ends nothing and opens nothing.
    let mut late = resolved();
    (late["metadata"]["incidentId"], late["metadata"]["id"], late["metadata"]["sequence"]) =
        ("i-2".into(), "d-0".into(), 0.into());
    board.add_change(&late);
    assert!(board.status.incidents.iter().any(|incident| incident.incident_id == "i-2"));
}

#[test]
fn many_open_incidents_are_counted() {
    let mut board = with(&estate());
    let documents: Vec<Value> = (10..30)
        .map(|number| {
            let mut document = opened();
            document["summary"] =
                format!("[critical] connection dxcon-{number}\u{1b}[2J down {}", "x ".repeat(99)).into();
            document
        })
        .collect();
    with_incidents(&mut board, &documents);
    insta::assert_snapshot!(picture(&board, 80, 14), @r"
    Direct Connect of 123456789012 in us-east-1, eu-central-1           03:20:30 UTC
    last poll 29s ago, next in 31s, every 1m; q ends it
    7 items: ! 2 down, ~ 1 testing, + 4 up; everything was listed
    ! since 03:12:00 [critical] connection dxcon-10\u{1b}[2J down x x x x x x x x x
        x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x…
      and 19 more open incidents
      KIND        ID               NAME               STATE      SINCE     REGION
    ! connection  dxcon-ffx3v7tc   csva1-xc-7741      down       03:12:00  us-east-1
    ! bgp-peer    dxpeer-fgg8h9v4  ipv4 of dxvif-ff…  down       03:12:00  us-east-1
    ~ virtual-i…  dxvif-ffu7g8h9   東京-private       testing    03:12:00  us-east-1
    + connection  dxcon-fg4h8n2a   eqdc2-core-lag01…  available  03:12:00  us-east-1
      … not shown: 3 below (arrows, page keys)
    ── changes ─────────────────────────────────────────────────────────────────────
      none in the last 24 hours
    ");
    for (height, incidents) in [(7, 1), (24, 3), (60, 7), (100, 8)] {
        assert_eq!(picture(&board, 80, height).matches("[critical]").count(), incidents, "{height}");
    }
}

#[test]
fn while_a_poll_runs_the_incidents_announced_since_stay() {
    let mut board = with(&estate());
    board.add_change(&opened());
    let status = WatchStatus { polling_since: Some(now()), ..WatchStatus::default() };
    board.take(status);
    assert_eq!(board.status.incidents.len(), 1);
    board.take(WatchStatus { rows: Arc::new(vec![row(&estate()[0])]), ..WatchStatus::default() });
    assert_eq!(board.status.incidents.len(), 0, "after the poll, the store says which are open");
}

#[test]
fn a_document_that_is_neither_is_shown_as_unreadable() {
    let mut board = with(&estate()[..1]);
    board.add_change(&serde_json::json!({"metadata": {"id": "e1\u{7}"}, "incident": {}}));
    let picture = picture(&board, 80, 7);
    assert!(picture.ends_with("? ? a change that this version cannot read: document e1\\u{7}"), "{picture}");
}
