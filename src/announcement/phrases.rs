//! The wording that all messages share. Texts from AWS are not yet inert here: each format escapes them its own way.

use std::borrow::Cow;

use crate::{
    domain::{Change, Health, Kind, MAXIMUM_ID_BYTES, RecordedEvent, RecordedItem, RecordedState, State},
    escape,
};

/// The state that the item left. `None` for an item that was discovered.
pub(super) fn left_state(event: RecordedEvent<'_>) -> Option<RecordedState<'_>> {
    event.previous_state().filter(|_| event.change() != Some(Change::Discovered))
}

/// The words for the state that the item left, if any, and for the one that it is in. Where it is in another state by the
/// same word, as a BGP peer that stays `down` after a failover test, both are healths: `testing`, `down`.
pub(super) fn step(event: RecordedEvent<'_>) -> (Option<&str>, &str) {
    let state = event.state();
    let Some(left) = left_state(event) else { return (None, state.value()) };
    match (left.health(), state.health()) {
        (Some(was), Some(is)) if was != is && left.value() == state.value() => (Some(was.as_str()), is.as_str()),
        _ => (Some(left.value()), state.value()),
    }
}

/// Whether the outage that the event belongs to ends with it: the item is in service, or gone for good.
pub(super) fn ends_outage(event: RecordedEvent<'_>) -> bool {
    let state = event.state();
    state.health() == Some(Health::Up) || event.item().kind().is_some_and(|kind| state.of_kind(kind).is_gone())
}

/// The name of a kind in a sentence: its label, or its word where this version does not know the kind.
pub(super) fn kind(item: RecordedItem<'_>) -> &str {
    match item.kind() {
        Some(kind) => kind.label(),
        None => item.kind_word(),
    }
}

/// What a state means for those who depend on the item.
pub(super) fn meaning(state: RecordedState<'_>) -> &'static str {
    match state.health() {
        Some(health) => meaning_of(state.value(), state.level(), health),
        None => "recorded by a newer version; this one does not know what it means",
    }
}

/// As [`meaning`], of a state whose health this version knows.
pub(super) fn meaning_of(value: &str, level: Option<u64>, health: Health) -> &'static str {
    const ABSENT: Option<u64> = Some(State::ABSENT_LEVEL as u64);
    const UNRECOGNIZED: Option<u64> = Some(State::UNRECOGNIZED_LEVEL as u64);
    match (health, level, value) {
        (_, ABSENT, _) => "gone: AWS no longer lists it",
        (_, UNRECOGNIZED, _) => "a state word that this version does not know",
        (Health::Pending, _, "down") => "not yet in service, and down until it first comes up",
        (Health::Pending, ..) => "not yet in service",
        (Health::Up, ..) => "in service",
        (Health::Down, ..) => "out of service",
        (Health::Testing, _, "down") => "down for a failover test of its virtual interface",
        (Health::Testing, ..) => "out of service for a failover test",
        (Health::Removed, _, "deleting" | "detaching" | "disassociating") => "being removed",
        (Health::Removed, _, "rejected") => "rejected: it will not come into service",
        (Health::Removed, ..) => "removed",
        (Health::Unknown, ..) => "AWS does not report the state",
    }
}

/// What happened, as a predicate of the item: `… is down; this was not planned.`
pub(super) fn predicate(event: RecordedEvent<'_>) -> String {
    let state = event.state();
    match event.change() {
        Some(Change::Discovered) => format!("is new to the monitor: {}.", meaning(state)),
        Some(Change::Activated) => "is in service for the first time.".to_owned(),
        Some(Change::Recovered) => "is back in service.".to_owned(),
        Some(Change::Degraded) if is_after_test(event) => "is down, though the failover test is over.".to_owned(),
        Some(Change::Degraded) => "is down; this was not planned.".to_owned(),
        Some(Change::Unknown) if is_unreported(state) => "is in a state that AWS does not report.".to_owned(),
        Some(Change::Unknown) => "is in a state that this version of the monitor does not know.".to_owned(),
        _ if state.health().is_none() => "is in a state that this version of the monitor does not know.".to_owned(),
        _ => format!("is {}.", meaning(state)),
    }
}

/// Whether the item was in a failover test before.
fn is_after_test(event: RecordedEvent<'_>) -> bool {
    left_state(event).and_then(RecordedState::health) == Some(Health::Testing)
}

/// Whether AWS reported no state.
fn is_unreported(state: RecordedState<'_>) -> bool {
    state.level() == Some(u64::from(State::UNKNOWN_LEVEL))
}

/// What to check first when an item is being taken away, or gone.
pub(super) const CHECK_WHEN_REMOVED: &str = "If this was not intended, AWS CloudTrail has the call that removed it.";
/// What to check first when AWS does not report a state.
pub(super) const CHECK_WHEN_UNREPORTED: &str = "It may still work. Check its traffic, and the AWS Health Dashboard.";
/// What to check first when AWS's word for a state is unknown.
pub(super) const CHECK_WHEN_UNRECOGNIZED: &str =
    "Look the word up in the AWS Direct Connect API reference, and update the monitor.";

/// What to check first. `None` where there is nothing to do, as in a drill.
pub(super) fn first_check(event: RecordedEvent<'_>) -> Option<&'static str> {
    if event.is_drill() {
        return None;
    }
    match event.change()? {
        Change::Degraded => Some(check_when_down(event.item().kind()?)),
        Change::Removed => Some(CHECK_WHEN_REMOVED),
        Change::Unknown if is_unreported(event.state()) => Some(CHECK_WHEN_UNREPORTED),
        Change::Unknown => Some(CHECK_WHEN_UNRECOGNIZED),
        _ => None,
    }
}

/// What to check first when an item of `kind` is down.
pub(super) fn check_when_down(kind: Kind) -> &'static str {
    match kind {
        Kind::Connection | Kind::Interconnect | Kind::HostedConnection | Kind::Lag => {
            "Check the port and its light levels, then ask the provider about the cross connect or circuit."
        }
        Kind::VirtualInterface => "Check the connection that it runs over, then its BGP sessions.",
        Kind::BgpPeer => "Check the BGP session on your router, then the virtual interface that it runs over.",
        Kind::BgpRoutes => "Check what your router announces over the session, and the filters on both of its sides.",
        Kind::PortEncryption => {
            "Check the port first, then the MACsec keys on both of its ends: traffic may flow unencrypted, or not at all."
        }
        Kind::VirtualGateway
        | Kind::DirectConnectGateway
        | Kind::GatewayAttachment
        | Kind::GatewayAssociation
        | Kind::GatewayAssociationProposal
        | Kind::ResiliencyGroup => "Check what was changed last: AWS CloudTrail has every call.",
    }
}

/// Where the item is and what it depends on, each value with its label. The values are not yet inert.
pub(super) fn whereabouts(item: RecordedItem<'_>) -> Vec<(&'static str, Cow<'_, str>)> {
    [
        ("Location", "location"),
        ("Device", "device"),
        ("Physical device", "physicalDevice"),
        ("Bandwidth", "bandwidth"),
        ("Partner", "partnerName"),
        ("VLAN", "vlan"),
        ("LAG", "lagId"),
        ("Interconnect", "interconnectId"),
        ("Connection", "connectionId"),
        ("Virtual interface", "virtualInterfaceId"),
        ("Direct Connect gateway", "directConnectGatewayId"),
        ("Virtual private gateway", "virtualGatewayId"),
        ("Associated gateway", "associatedGatewayId"),
        ("AWS's reason", "stateChangeError"),
        ("Amazon's address", "amazonAddress"),
        ("Your address", "customerAddress"),
        ("Your ASN", "asn"),
        ("Region", "region"),
        ("Account", "account"),
        ("Owner", "ownerAccount"),
    ]
    .into_iter()
    .filter_map(|(label, key)| Some((label, key, item.text(key)?)))
    .filter(|(_, _, value)| !value.trim().is_empty())
    .filter(|(_, key, value)| match *key {
        "ownerAccount" => *value != item.account(),
        "physicalDevice" => Some(value) != item.text("device").as_ref(),
        _ => true,
    })
    .map(|(label, _, value)| (label, value))
    .collect()
}

/// The command that shows the item's history, inert. `None` where it could not be passed to a shell whole.
pub(super) fn history_command(item: RecordedItem<'_>) -> Option<String> {
    let (kind, id) = (item.kind_word(), item.id());
    // No program can be passed a NUL.
    (id.len() <= MAXIMUM_ID_BYTES && ![kind, id].iter().any(|part| part.contains('\0')))
        .then(|| format!("aws-dx-monitor history {}", escape::shell_argument(&format!("{kind}/{id}"))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::announcement::tests::{outage, recorded};

    #[test]
    fn the_owner_is_named_where_it_is_another_account() {
        let mut item = recorded(&outage())["item"].clone();
        for (owner, named) in [("123456789012", false), ("210987654321", true)] {
            item["ownerAccount"] = owner.into();
            let document = json!({"item": item});
            let whereabouts = whereabouts(RecordedEvent::of(&document).item());
            assert_eq!(whereabouts.iter().any(|(label, _)| *label == "Owner"), named, "{owner}");
        }
    }

    #[test]
    fn awss_reason_and_a_separate_physical_device_are_named() {
        let mut item = recorded(&outage())["item"].clone();
        item["device"] = "EqDC2-logical".into();
        item["stateChangeError"] = "in use".into();
        for (device, named) in [("EqDC2-logical", false), ("EqDC2-physical", true)] {
            item["physicalDevice"] = device.into();
            let document = json!({"item": item});
            let whereabouts = whereabouts(RecordedEvent::of(&document).item());
            assert_eq!(whereabouts.iter().any(|(label, _)| *label == "Physical device"), named, "{device}");
            assert!(whereabouts.contains(&("AWS's reason", "in use".into())), "{whereabouts:?}");
        }
    }

    #[test]
    fn the_command_is_whole_or_left_out() {
        for (id, command) in [
            ("dxcon-1", Some("aws-dx-monitor history connection/dxcon-1")),
            ("a b", Some("aws-dx-monitor history $'connection/a b'")),
            ("a\0", None),
            (&"x".repeat(MAXIMUM_ID_BYTES + 1), None),
        ] {
            let document = json!({"item": {"kind": "connection", "id": id}});
            assert_eq!(history_command(RecordedEvent::of(&document).item()).as_deref(), command);
        }
    }
}
