//! Text from AWS can be anything: a ledger stores it, and never interprets it.

use std::sync::Arc;

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::{ItemDescription, MAXIMUM_ID_BYTES, Selection, SinkName, Span, State, Transition},
    ports::{History, Ledger, Recording},
};

use super::rig::{Rig, at, cursors, event};

pub const HOSTILE: [&str; 20] = [
    "plain",
    " leading and trailing ",
    "line\nbreak\r\n\ttab",
    "nul\0inside",
    "\0",
    "\u{1b}[31mred\u{7}",
    "'; DROP TABLE states; --",
    "\") OR (\"1\"=\"1",
    "100% _under_ *glob* [a-z]?",
    "<script>alert('x')</script>",
    "{\"json\": [null, \"\\u0000\"]}",
    "a/b//c/",
    "$.path[0].\"quoted\"",
    "#placeholder :placeholder",
    "coverage",
    "naïve – “quotes” 東京 العربية",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{202e}right to left\u{202c}\u{feff}",
    "\u{ffff}\u{10ffff}\u{e000}",
    "NULL",
];

pub async fn any_id_names_its_own_item(rig: Rig<'_, impl Ledger + History>) {
    for (number, id) in HOSTILE.into_iter().enumerate() {
        let first = rig.first(id, "available", at(0));
        assert_eq!(rig.record(&first).await, Recording::Recorded, "{id:?}");
        assert_eq!(rig.recall().await.states.len(), number + 1, "{id:?}");
    }
    for id in HOSTILE {
        let row = rig.go_on(id, &["down"]).await;
        assert_eq!((row.sequence, row.details), (2, rig.item(id).into()), "{id:?}");
        rig.acknowledge(id, SinkName::SNS, 1).await;
        assert_eq!(cursors(&rig.row(id).await), [("eventbridge", 0), ("sns", 1)], "{id:?}");
        rig.park(id, 0, SinkName::SNS, "expired").await.unwrap();
        assert_eq!(rig.pending(id, 0).await, [1, 2], "{id:?}");
        let history = rig.history(id).await;
        assert_eq!((history.len(), history[0].parked.len(), history[1].parked.len()), (2, 1, 0), "{id:?}");
        assert_eq!(history[0].event["item"]["id"], id);
    }
    let recalled = rig.recall().await;
    assert_eq!(recalled.states.len(), HOSTILE.len());
    assert!(recalled.states.iter().all(|(key, row)| row.details.id == key.id && row.sequence == 2));
    let everybody = rig.ledger.transitions(&Selection::of_all(Span::new(at(0), at(120)))).await.unwrap();
    let own: BTreeSet<&str> = everybody
        .iter()
        .filter(|row| row.event["item"]["account"] == rig.scope.account())
        .filter_map(|row| row.event["item"]["id"].as_str())
        .collect();
    assert_eq!(own, BTreeSet::from(HOSTILE));
}

pub async fn ids_that_look_alike_are_different_items(rig: Rig<'_, impl Ledger + History>) {
    let alike = ["dxcon-a", "dxcon-A", "dxcon-a ", "dxcon-\u{e4}", "dxcon-a\u{308}", "dxcon-a\0", "dxcon-\u{430}"];
    for id in alike {
        rig.story(id, &[]).await;
    }
    assert_eq!(rig.recall().await.states.len(), alike.len());
    rig.go_on("dxcon-a", &["down"]).await;
    for id in &alike[1..] {
        assert_eq!(rig.sequences(id).await, [1], "{id:?}");
    }
}

pub async fn the_longest_id_is_a_key(rig: Rig<'_, impl Ledger + History>) {
    let ascii = "x".repeat(MAXIMUM_ID_BYTES);
    let crabs = "🦀".repeat(MAXIMUM_ID_BYTES / 4);
    for id in [ascii, crabs] {
        rig.story(&id, &["down"]).await;
        assert_eq!(rig.pending(&id, 0).await, [1, 2]);
    }
}

/// A description whose every free text is `text`.
fn described(rig: &Rig<'_, impl Ledger + History>, text: &str) -> ItemDescription {
    let text = || Some(text.to_owned());
    ItemDescription {
        name: text(),
        arn: text(),
        owner_account: text(),
        location: text(),
        device: text(),
        physical_device: text(),
        bandwidth: text(),
        member_connections: text().map(|text| vec![text]),
        encryption_mode: text(),
        state_change_error: text(),
        // A tag has a key, in AWS as in the settings that ask for it.
        tags: text().map(|text| [(format!("k{text}"), text)].into()),
        partner_name: text(),
        lag_id: text(),
        connection_id: text(),
        interconnect_id: text(),
        virtual_interface_id: text(),
        virtual_interface_type: text(),
        direct_connect_gateway_id: text(),
        virtual_gateway_id: text(),
        associated_gateway_id: text(),
        address_family: text(),
        amazon_address: text(),
        customer_address: text(),
        ..rig.item("dxcon-1")
    }
}

/// Records `next` and asserts that its row and its event read back as they are.
async fn assert_kept(rig: &Rig<'_, impl Ledger + History>, next: &Transition) {
    assert_eq!(rig.record(next).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await.details, next.item);
    let row = rig.history("dxcon-1").await.pop().unwrap();
    let document = serde_json::to_value(event(next)).unwrap();
    assert!(row.event == document, "the event was changed");
    let pending = rig.ledger.pending(&rig.path("dxcon-1").into(), next.sequence - 1).await.unwrap();
    assert!(pending.len() == 1 && pending[0].event == document, "the pending event was changed");
}

pub async fn any_text_reads_back(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    let long = ["é".repeat(1024), "\0".repeat(1024), String::new()];
    let texts = HOSTILE.into_iter().chain(long.iter().map(String::as_str));
    for (minute, text) in (1..).zip(texts) {
        let row = rig.row("dxcon-1").await;
        let word = if minute % 2 == 0 { "available" } else { "down" };
        let mut next = rig.after("dxcon-1", &row, word, at(60 * minute));
        next.item = described(&rig, text).into();
        assert_kept(&rig, &next).await;
    }
}

pub async fn any_state_word_reads_back(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    for (minute, word) in (1..).zip(HOSTILE) {
        let row = rig.row("dxcon-1").await;
        let next = rig.after("dxcon-1", &row, word, at(60 * minute));
        assert_kept(&rig, &next).await;
        let state = rig.row("dxcon-1").await.state;
        assert_eq!((state.value(), state.level()), (word, State::UNRECOGNIZED_LEVEL));
    }
}

pub async fn any_reason_for_parking_reads_back(rig: Rig<'_, impl Ledger + History>) {
    for (number, reason) in HOSTILE.into_iter().enumerate() {
        let id = format!("dxcon-{number}");
        rig.story(&id, &[]).await;
        rig.park(&id, 0, SinkName::SNS, "something else").await.unwrap();
        rig.park(&id, 0, SinkName::CHAT, reason).await.unwrap();
        let parked = rig.history(&id).await.remove(0).parked;
        let expected = [("chat", reason), ("sns", "something else")];
        assert_eq!(parked, expected.map(|(sink, reason)| (sink.to_owned(), reason.to_owned())).into());
    }
}

pub async fn a_very_large_event_is_kept_unchanged(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let mut next = rig.after("dxcon-1", &row, "down", at(60));
    Arc::make_mut(&mut next.item).name = Some(HOSTILE.concat().repeat(200));
    Arc::make_mut(&mut next.item).partner_name = Some("🦀é\"\\\n".repeat(3_000));
    assert!(serde_json::to_string(&event(&next)).unwrap().len() > 100_000);
    assert_kept(&rig, &next).await;
}

pub async fn the_largest_numbers_read_back(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let mut next = rig.after("dxcon-1", &row, "down", at(60));
    Arc::make_mut(&mut next.item).vlan = Some(i64::MIN);
    Arc::make_mut(&mut next.item).asn = Some(i64::MAX);
    Arc::make_mut(&mut next.item).amazon_side_asn = Some(4_294_967_295);
    assert_kept(&rig, &next).await;
}
