//! `map` on a store: hostile names, and what is retired.

use aws_dx_monitor::domain::Kind;

use super::{Store, trimmed};

#[tokio::test]
async fn names_are_inert_in_every_form() {
    let store = Store::october().await;
    for form in ["text", "svg", "html", "dot"] {
        let map = store.read(&["map", "--output", form]);
        assert!(map.contains("calc"), "{form}: the name is there");
        assert!(!map.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{form}");
        assert!(form == "text" || form == "dot" || !map.contains("<script"), "{form}");
    }
    let dot = store.read(&["map", "--output", "dot"]);
    assert!(
        dot.lines().any(|line| line.contains("calc") && line.ends_with("];")),
        "the label ends where it should: {dot}"
    );
}

#[tokio::test]
async fn what_is_retired_is_left_out_unless_it_is_asked_for() {
    let store = Store::october().await;
    store.retire_kind(Kind::Connection, "2026-11-02T00:00:00Z").await;
    insta::assert_snapshot!(trimmed(&store.read(&["map"])), @"
    no items; last poll 2026-11-01 00:10:00 UTC
    Left out: 2 retired (polled no longer; --retired shows them)
    ");
    insta::assert_snapshot!(trimmed(&store.read(&["map", "--retired"])), @r"
    Location EqDC2
        - connection =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{20… dxcon-2  retired
        - connection eqdc2-1 dxcon-1  retired

    2 retired; last poll 2026-11-01 00:10:00 UTC
    ");
}

#[tokio::test]
async fn what_is_planned_is_on_the_map() {
    let store = Store::october().await;
    store.read(&[
        "silence",
        "add",
        "--id",
        "dxcon-1",
        "--for",
        "2h",
        "--by",
        "alice",
        "--reason",
        "new \u{1b}[2J optics",
    ]);
    let text = store.read(&["map"]);
    let line =
        |of: &str| text.lines().find(|line| line.contains(of)).unwrap_or_else(|| panic!("{of} in {text}")).trim();
    assert!(line("P1 silence by alice, until 20").ends_with(r"UTC: new \u{1b}[2J optics (1 item)"), "{text}");
    assert!(line("eqdc2-1 dxcon-1").ends_with("  P1"), "{text}");
    assert!(!line("dxcon-2").contains("P1"), "{text}");
    for (form, sign) in [("svg", "badge planned"), ("html", "plan planned"), ("dot", "\\nP1\"")] {
        let drawn = store.read(&["map", "--output", form]);
        assert!(drawn.contains(sign) && drawn.contains("silence by alice"), "{form}: {drawn}");
    }
    let redacted = store.read(&["map", "--redact", "--redact-key", "a key that is known"]);
    assert!(redacted.starts_with("P1 silence by person-x-") && !redacted.contains("alice"), "{redacted}");
}
