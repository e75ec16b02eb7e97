//! Texts that are not what one would wish: hostile, of a newer version, cut short.

use insta::assert_snapshot;
use serde_json::json;

use super::{mail, message, notification, opened};
use crate::announcement::Form;

/// The lines about where a document is from, with the command that shows all of its incident.
const ORIGIN: &str = concat!(
    "Region:       us-east-1\nAccount:      123456789012\n",
    "Incident:     9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de\n",
    "Document:     0b3f7f6e-8f0a-5d3c-9f3e-2f0e8d1c4b5a (document 1 of this incident)\n\n",
    "All of it:\n  aws-dx-monitor incidents 9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de\n",
);

#[test]
fn hostile_names_are_inert() {
    let mut document = opened();
    let evil = "a\u{1b}[31m\r\nBcc: b@c <http://x.example> *b* \u{202e}";
    document["incident"]["root"]["name"] = evil.into();
    document["incident"]["cause"] = evil.into();
    document["incident"]["affected"]["items"][1]["name"] = evil.into();
    document["incident"]["impact"]["destinations"][0]["name"] = evil.into();
    assert_snapshot!(mail(&document).lines().take(10).collect::<Vec<_>>().join("\n"), @r"
    [critical] connection dxcon-fg5678gh down: 18 with it, a?[31m Bcc: b@c <http... has no path

    Connection dxcon-fg5678gh (a\u{1b}[31m\u{d}\u{a}Bcc: b@c <http[:]//x.example> *b* \u{202e}) is down, and a\u{1b}[31m\u{d}\u{a}Bc… has no path left.
    a\u{1b}[31m\u{d}\u{a}Bcc: b@c <http[:]//x.example> *b* \u{202e}
    Check the port and its light levels, then ask the provider about the cross connect or circuit.

    With it:
      6 virtual interfaces: dxvif-1 (a\u{1b}[31m\u{d}\u{a}Bc…), dxvif-2 (prod), dxvif-3 (prod) and 3 more
      12 BGP peers: dxpeer-1, dxpeer-2, dxpeer-3 and 9 more
    ");
    assert_snapshot!(notification(&document)["content"]["description"].as_str().unwrap(), @"
    a＼u{1b}［31m＼u{d}＼u{a}Bcc: b＠c &lt;http：//x．example&gt; ＊b＊ ＼u{202e}
    *With it:*
    • 6 virtual interfaces: dxvif-1 (a＼u{1b}［31m＼u{d}＼u{a}Bc…), dxvif-2 (prod), dxvif-3 (prod) and 3 more
    • 12 BGP peers: dxpeer-1, dxpeer-2, dxpeer-3 and 9 more
    *Paths:*
    • a＼u{1b}［31m＼u{d}＼u{a}Bc… (Direct Connect gateway), IPv4: no path left (2 before)
    • core-dxgw (Direct Connect gateway), IPv6: no path left (2 before)
    *Since:* 2026-11-22 03:12:00 UTC (known to within 1 minute)
    *Location:* EqDC2
    *Device:* EqDC2-abc
    *Region:* us-east-1
    *Account:* 123456789012
    *All of it:* `aws-dx-monitor incidents 9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de`
    ");
}

#[test]
fn a_document_of_a_newer_version_is_announced_in_its_own_words() {
    let mut document = opened();
    document["reason"] = "teleported".into();
    document["status"] = "afloat".into();
    document["severity"] = "grave".into();
    document["incident"]["category"] = "eclipse".into();
    document["incident"]["root"] = json!({"kind": "quantum-link", "id": "dxql-1", "state": "entangled"});
    document["incident"]["impact"] = json!({
        "level": "dire",
        "destinations": [{"kind": "wormhole", "id": "w-1", "addressFamily": "ipv9", "pathsBefore": 3, "paths": 1}],
    });
    let mail = mail(&document);
    let (text, rest) = mail.split_once(ORIGIN).unwrap();
    assert_eq!(rest, "");
    assert_snapshot!(text, @"
    [grave] teleported: quantum-link dxql-1 entangled: 19 with it, w-1 has 1 of 3 paths

    Teleported: quantum-link dxql-1 is entangled, and w-1 has 1 of 3 paths left.
    The connection is down; what runs over it went with it.

    With it:
      1 connection: dxcon-fg5678gh (prod-eqdc2)
      6 virtual interfaces: dxvif-1 (prod), dxvif-2 (prod), dxvif-3 (prod) and 3 more
      12 BGP peers: dxpeer-1, dxpeer-2, dxpeer-3 and 9 more

    Paths:
      w-1 (wormhole), ipv9: 1 of 3 paths left

    Since:        2026-11-22 03:12:00 UTC
    Happened:     after 2026-11-22 03:11:00 UTC, when it was last seen as before (known to within 1 minute)
    Lasted:       less than a second so far
    Severity:     grave (eclipse, teleported)
    Impact:       dire
    Item:         quantum-link dxql-1
    ");
}

#[test]
fn the_short_form_has_the_root_and_the_numbers() {
    let message = message(&opened(), Form::Minimal);
    let mail = format!("{}\n\n{}", message.subject, message.text);
    let (text, rest) = mail.split_once(ORIGIN).unwrap();
    assert_snapshot!(text, @"
    [critical] connection dxcon-fg5678gh down: 18 with it, a destination has no path

    Connection dxcon-fg5678gh is down, and a destination has no path left.
    The connection is down; what runs over it went with it.
    Check the port and its light levels, then ask the provider about the cross connect or circuit.

    With it:
      6 virtual interfaces
      12 BGP peers

    Since:        2026-11-22 03:12:00 UTC
    Happened:     after 2026-11-22 03:11:00 UTC, when it was last seen as before (known to within 1 minute)
    Severity:     critical (outage, opened)
    Impact:       outage: a destination has no path left
    Item:         connection dxcon-fg5678gh
    ");
    assert_eq!(rest, "\nThis is the short form: the full document was refused. The history has all of it.\n");
}
