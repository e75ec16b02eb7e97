mod canaries;
mod fields;
mod sentences;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Key, Redactor, sorts::Sort};
use crate::domain::{Event, IncidentDocument, ItemDescription, ItemKey, Kind, Scope};

const KEY: &[u8] = b"the key of the tests";

fn redactor() -> Redactor {
    Redactor::new(Key::of_bytes(KEY))
}

/// An outage, as it is recorded.
fn incident() -> Value {
    json!({
        "metadata": {
            "version": "1", "id": "4a1f3c5e-0000-5000-8000-000000000007", "sequence": 2,
            "incidentId": "9a1f3c5e-0000-5000-8000-000000000001", "recordedAt": "2026-11-22T03:13:00.000Z",
            "previousAt": "2026-11-22T03:12:00.000Z", "people": true, "chat": true
        },
        "reason": "explained", "status": "open", "severity": "warning", "action": "none",
        "dedupKey": "9a1f3c5e-0000-5000-8000-000000000001",
        "summary": "[warning] evidence: connection dxcon-fg5678gh (acme-eqdc2) down: 1 virtual interface with it",
        "incident": {
            "id": "9a1f3c5e-0000-5000-8000-000000000001", "category": "outage", "account": "123456789012",
            "region": "us-east-1", "since": "2026-11-22T03:12:00.000Z",
            "root": {
                "kind": "connection", "id": "dxcon-fg5678gh", "name": "acme-eqdc2",
                "arn": "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-fg5678gh",
                "location": "EqDC2", "device": "EqDC2-19y7z3m17yohz", "state": "down"
            },
            "cause": "The connection is down. Of the 2 ports on device EqDC2-19y7z3m17yohz, 1 is down. The call was DeleteVirtualInterface by jane@acme.example (role Net).",
            "affected": {
                "count": 2, "byKind": {"connection": 1, "virtual-interface": 1}, "more": 0,
                "items": [
                    {"kind": "connection", "id": "dxcon-fg5678gh", "name": "acme-eqdc2", "state": "down", "since": "2026-11-22T03:12:00.000Z"},
                    {"kind": "virtual-interface", "id": "dxvif-ff123456", "state": "quarantined", "since": "2026-11-22T03:12:00.000Z"}
                ]
            },
            "impact": {
                "level": "reduced",
                "destinations": [{
                    "kind": "direct-connect-gateway", "id": "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f", "name": "acme-dxgw",
                    "addressFamily": "ipv4", "pathsBefore": 2, "paths": 1, "devices": 1, "locations": 1
                }]
            },
            "outages": 1, "downSeconds": 60,
            "planned": {
                "by": "silence", "id": "k7tq2", "from": "2026-11-22T03:00:00.000Z", "until": "2026-11-22T05:00:00.000Z",
                "title": "Acme moves its racks"
            },
            "acknowledged": {"by": "jane", "at": "2026-11-22T03:12:30.000Z", "note": "On my way to Ashburn"},
            "evidence": [
                {"id": "e-1", "type": "api-call", "at": "2026-11-22T03:11:00.000Z", "by": "jane@acme.example (role Net)",
                 "summary": "DeleteVirtualInterface by jane@acme.example (role Net)"},
                {"id": "e-2", "type": "aws-health", "at": "2026-11-22T03:11:00.000Z", "summary": "Trouble in Ashburn for Acme"},
                {"id": "e-3", "type": "metrics", "at": "2026-11-22T03:11:00.000Z",
                 "summary": "Light received on dxcon-fg5678gh (lane 2) fell from -3.2 dBm at 03:05 to -40.0 dBm"}
            ]
        }
    })
}

fn item() -> ItemDescription {
    let key = ItemKey::new(Kind::BgpPeer, "dxvif-ff123456:ipv6:2001:470::2/125");
    let mut item = ItemDescription::bare(&Scope::regional("123456789012", "us-east-1"), &key);
    item.name = Some("acme-peer".to_owned());
    item.virtual_interface_id = Some("dxvif-ff123456".to_owned());
    item.amazon_address = Some("169.254.96.1/30".to_owned());
    item.customer_address = Some("169.254.96.2/30".to_owned());
    (item.asn, item.vlan) = (Some(65_001), Some(101));
    item.owner_account = Some("444455556666".to_owned());
    item.partner_name = Some("Carrier Inc.".to_owned());
    item.tags = Some([("Cost Centre".to_owned(), "acme-4711".to_owned())].into());
    item.bandwidth = Some("10Gbps".to_owned());
    item
}

#[test]
fn an_incident_stays_readable() {
    let redacted = redactor().document(&incident());
    serde_json::from_value::<IncidentDocument>(redacted.clone()).unwrap();
    let parts = ["root", "cause", "affected", "impact", "planned", "acknowledged", "evidence"];
    let parts = parts.map(|part| format!("{part} {}", redacted["incident"][part]));
    let shown = [vec![format!("summary {}", redacted["summary"])], parts.to_vec()].concat().join("\n");
    insta::assert_snapshot!(shown, @r#"
    summary "[warning] evidence: connection dxcon-x-14dkmr0r (name-x-hb38qcp5) down: 1 virtual interface with it; name-x-bnt41q98 has 1 of 2 paths left"
    root {"arn":"arn:aws:directconnect:us-east-1:000041442886:dxcon/dxcon-x-14dkmr0r","device":"device-x-qqwqkbwp","id":"dxcon-x-14dkmr0r","kind":"connection","location":"location-x-0rxwc6xa","name":"name-x-hb38qcp5","state":"down"}
    cause "The connection is down. Of the 2 ports on device device-x-qqwqkbwp, 1 is down. The call was DeleteVirtualInterface by person-x-7b6f894s."
    affected {"byKind":{"connection":1,"virtual-interface":1},"count":2,"items":[{"id":"dxcon-x-14dkmr0r","kind":"connection","name":"name-x-hb38qcp5","since":"2026-11-22T03:12:00.000Z","state":"down"},{"id":"dxvif-x-1ahpt70r","kind":"virtual-interface","since":"2026-11-22T03:12:00.000Z","state":"word-x-4tyhdrsc"}],"more":0}
    impact {"destinations":[{"addressFamily":"ipv4","devices":1,"id":"00004937-e842-832f-962b-060a0469fd65","kind":"direct-connect-gateway","locations":1,"name":"name-x-bnt41q98","paths":1,"pathsBefore":2}],"level":"reduced"}
    planned {"by":"silence","from":"2026-11-22T03:00:00.000Z","id":"id-x-2qbkddzr","title":"text-x-g8k501yd","until":"2026-11-22T05:00:00.000Z"}
    acknowledged {"at":"2026-11-22T03:12:30.000Z","by":"person-x-6g20rddj","note":"text-x-jpf40h0v"}
    evidence [{"at":"2026-11-22T03:11:00.000Z","by":"person-x-7b6f894s","id":"id-x-dvad75nf","summary":"DeleteVirtualInterface by person-x-7b6f894s","type":"api-call"},{"at":"2026-11-22T03:11:00.000Z","id":"id-x-8gnekkyp","summary":"A notice of AWS Health","type":"aws-health"},{"at":"2026-11-22T03:11:00.000Z","id":"id-x-88ghf72d","summary":"Light received on dxcon-x-14dkmr0r (lane 2) fell from -3.2 dBm at 03:05 to -40.0 dBm","type":"metrics"}]
    "#);
    let kept = ["reason", "status", "severity", "action"].map(|word| redacted[word] == incident()[word]);
    assert_eq!(kept, [true; 4]);
}

#[test]
fn an_item_keeps_its_form() {
    let redacted = redactor().description(&item());
    insta::assert_snapshot!(serde_json::to_string_pretty(&redacted).unwrap(), @r#"
    {
      "kind": "bgp-peer",
      "id": "dxvif-x-1ahpt70r:ipv6:2001:db8:b8fa:5dc2::d824/125",
      "name": "name-x-r44tqxvn",
      "account": "000041442886",
      "region": "us-east-1",
      "ownerAccount": "000015721842",
      "bandwidth": "10Gbps",
      "tags": {
        "tag-x-mt5w5v79": "text-x-5vw9f3tg"
      },
      "vlan": 259131,
      "partnerName": "partner-x-5zc93a9h",
      "virtualInterfaceId": "dxvif-x-1ahpt70r",
      "amazonAddress": "247.244.20.141/30",
      "customerAddress": "251.41.50.17/30",
      "asn": 9123649501
    }
    "#);
}

#[test]
fn an_event_stays_one() {
    let state = json!({"value": "down", "level": 5, "health": "down", "since": "2026-11-22T03:12:00.000Z"});
    let event = json!({
        "metadata": {"version": "1", "id": "4a1f3c5e-0000-5000-8000-000000000007", "sequence": 1,
                     "recordedAt": "2026-11-22T03:13:00.000Z"},
        "item": item(), "state": state, "change": "degraded", "severity": "critical", "new": {"name": "acme"}
    });
    let redacted = redactor().document(&event);
    let read: Event = serde_json::from_value(redacted.clone()).unwrap();
    assert_eq!(*read.item, redactor().description(&item()), "the same wherever it stands");
    assert_eq!((redacted["state"].clone(), redacted.get("new")), (state, None), "what has no rule is left out");
}

#[test]
fn what_belongs_together_still_does() {
    let redactor = redactor();
    let item = redactor.description(&item());
    let interface = redactor.id("dxvif-ff123456");
    assert_eq!(item.virtual_interface_id.as_ref(), Some(&interface));
    assert!(item.id.starts_with(&format!("{interface}:ipv6:2001:db8:")), "{}", item.id);
    let gateway = "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f";
    let pair = redactor.id(&format!("{gateway}:dxvif-ff123456"));
    assert_eq!(pair, format!("{}:{interface}", redactor.id(gateway)));
    assert_eq!(redactor.original(&pair).as_deref(), Some(&*format!("{gateway}:dxvif-ff123456")));
    let arn = "arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-ff123456";
    let account = redactor.account("123456789012");
    assert_eq!(redactor.arn(arn), format!("arn:aws:directconnect:us-east-1:{account}:dxvif/{interface}"));
    assert_eq!(redactor.id("123456789012"), account, "an account is a destination's id, too");
}

#[test]
fn scopes_lead_back() {
    let redactor = redactor();
    for scope in
        [Scope::regional("123456789012", "us-east-1"), Scope::global("123456789012"), Scope::regional("1", "Acme's")]
    {
        let redacted = redactor.scope(&scope);
        assert_eq!(redactor.original_scope(&redacted), scope);
        assert_ne!(redacted.account(), scope.account());
    }
}

#[test]
fn where_the_key_makes_the_same_of_two_they_differ_all_the_same() {
    // Of a million accounts some have the same eight digits: here of 900,000 numbers, 5,000 times.
    let redactor = redactor();
    let given: std::collections::BTreeSet<i64> = (0..5_000).map(|vlan| redactor.number(Sort::Vlan, vlan)).collect();
    assert_eq!(given.len(), 5_000);
    let retried = (0..5_000).filter(|vlan: &i64| {
        let first = Key::of_bytes(KEY).digest("vlan", &vlan.to_string(), 0);
        redactor.number(Sort::Vlan, *vlan).to_string() != super::forms::form(Sort::Vlan, "", first)
    });
    assert!(retried.count() > 0, "the case is met");
}

proptest! {
    #[test]
    fn pseudonyms_are_stable_distinct_and_lead_back(
        texts in proptest::collection::btree_set("[a-z0-9:/.\\-]{1,12}|dxcon-[a-z]{2}|[0-9]{12}|\\PC{1,6}", 2..30),
    ) {
        let (one, other, foreign) = (redactor(), redactor(), Redactor::new(Key::of_bytes(b"another key of the tests")));
        let ids: Vec<String> = texts.iter().map(|text| one.id(text)).collect();
        for (text, id) in texts.iter().zip(&ids) {
            prop_assert_eq!(&one.id(text), id, "the same again");
            prop_assert_eq!(one.original(id), Some(text.clone()));
            prop_assert_ne!(&foreign.id(text), id, "by another key");
        }
        // In another order.
        for (text, id) in texts.iter().zip(&ids).rev() {
            prop_assert_eq!(&other.id(text), id);
        }
        let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
        prop_assert_eq!(distinct.len(), texts.len());
    }
}
