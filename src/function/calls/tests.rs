use serde_json::json;

use super::*;
use crate::domain::Scope;

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../../tests/aws_events/calls/", $name, ".json")))
            .expect("the sample is JSON")
    };
}

fn evidence(event: &Value) -> Evidence {
    match read(event).unwrap().content {
        Content::Evidence(evidence) => evidence,
        Content::Work(window) => panic!("work: {window:?}"),
    }
}

fn ids(ids: &[&str]) -> std::collections::BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn a_deletion_says_who_and_what() {
    let event = sample!("delete_virtual_interface");
    let fact = read(&event).unwrap();
    assert_eq!((fact.account.as_str(), fact.region.as_str()), ("123456789012", "us-east-1"));
    let evidence = evidence(&event);
    assert_eq!(evidence.id, "9d2f51c1-6a52-4c6b-8d7c-0f6e5d4c3b2a");
    assert_eq!(evidence.at.to_string(), "2026-11-22T03:11:30.000Z", "when it was called, not when it came");
    assert_eq!(evidence.summary, "DeleteVirtualInterface by jane@example.com (role NetworkAdmin)");
    assert_eq!(evidence.by.as_deref(), Some("jane@example.com (role NetworkAdmin)"));
    assert_eq!((evidence.kind, evidence.items), (EvidenceType::ApiCall, ids(&["dxvif-ffabc123"])));
}

#[test]
fn every_call_names_its_items() {
    for (event, by, items) in [
        (
            sample!("create_private_virtual_interface"),
            "alice",
            ids(&["5f294f92-bafb-4011-916d-9b0bexample", "dxcon-fg5678gh", "dxpeer-fguo1234", "dxvif-ffabc124"]),
        ),
        (sample!("start_bgp_failover_test"), "alice", ids(&["dxpeer-fguo1234", "dxvif-ffabc123"])),
        (
            sample!("delete_gateway_association"),
            "AWSCloudFormation (role Deploy), through cloudformation.amazonaws.com",
            ids(&["5f294f92-bafb-4011-916d-9b0bexample", "be85116d-46eb-4b43-a27a-da0c2example", "tgw-012345example"]),
        ),
        (sample!("associate_connection_with_lag"), "the root user", ids(&["dxcon-fg5678gh", "dxlag-fgytwl2p"])),
        (sample!("tag_resource"), "alice", ids(&["dxvif-ffabc123"])),
        (sample!("associate_mac_sec_key"), "alice", ids(&["dxcon-fg5678gh"])),
    ] {
        let evidence = evidence(&event);
        assert_eq!((evidence.by.as_deref(), evidence.items), (Some(by), items), "{}", evidence.summary);
    }
}

#[test]
fn calls_about_global_items_concern_the_global_scope() {
    let polled = ["us-east-1", "global"].map(|region| Scope::regional("123456789012", region));
    let scopes = |event: &Value| {
        let scopes = read(event).unwrap().scopes_among(&polled);
        scopes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let gateway = sample!("delete_gateway_association");
    assert_eq!(scopes(&gateway), ["123456789012/global"], "from a region that is not watched");
    let lag = sample!("associate_connection_with_lag");
    assert_eq!(scopes(&lag), ["123456789012/us-east-1"]);
    let mut named = lag.clone();
    named["detail"]["eventName"] = json!("DeleteResiliencyGroup");
    assert_eq!(scopes(&named).len(), 2);
}

#[test]
fn no_secret_no_address_and_no_free_text_is_taken() {
    for event in [
        sample!("create_private_virtual_interface"),
        sample!("associate_mac_sec_key"),
        sample!("delete_virtual_interface"),
        sample!("start_bgp_failover_test"),
        sample!("tag_resource"),
    ] {
        let kept = format!("{:?}", read(&event).unwrap()).to_lowercase();
        for canary in ["canary", "169.254", "2001:db8", "203.0.113", "198.51.100", "aws-cli", "asia", "akia", "aroa"] {
            assert!(!kept.contains(canary), "{canary} in {kept}");
        }
    }
}

#[test]
fn calls_that_read_or_failed_are_ignored() {
    assert_eq!(read(&sample!("failed")), Err(NoFact::Ignored("it is a call that failed")));
    assert_eq!(read(&sample!("reading")), Err(NoFact::Ignored("it is a call that only reads")));
    let mut event = sample!("reading");
    event["detail"]["readOnly"] = json!("true");
    assert!(read(&event).is_err());
    event["detail"]["readOnly"] = Value::Null;
    assert!(read(&event).is_err(), "its name says that it reads");
    event["detail"]["eventName"] = json!("ConfirmConnection");
    assert_eq!(evidence(&event).summary, "ConfirmConnection by alice");
    event["detail"]["eventSource"] = json!("ec2.amazonaws.com");
    assert_eq!(read(&event), Err(NoFact::Ignored("it is a call to another service")));
}

#[test]
fn the_envelope_stands_in_for_what_the_record_lacks() {
    let mut event = sample!("delete_virtual_interface");
    for key in ["recipientAccountId", "awsRegion", "eventTime", "eventID", "userIdentity"] {
        event["detail"].as_object_mut().unwrap().remove(key);
    }
    let kept = evidence(&event);
    assert_eq!((kept.summary.as_str(), kept.by), ("DeleteVirtualInterface", None));
    assert_eq!(
        (kept.id.as_str(), kept.at.to_string().as_str()),
        ("5a6b7c8d-2222-4333-8444-555566667777", "2026-11-22T03:14:02.000Z")
    );
    for key in ["account", "region", "time", "id"] {
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove(key);
        assert!(matches!(read(&event), Err(NoFact::Malformed(_))), "{key}");
    }
}
