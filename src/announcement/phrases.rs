//! An event in plain words: what each form says, before any of them makes it inert for where it goes.

use std::borrow::Cow;

use crate::{
    domain::{Change, Health, Kind, MAXIMUM_ID_BYTES, RecordedEvent, RecordedItem, RecordedState, State},
    escape,
};

/// The state that an item left; none at first sight.
pub(super) fn left_state(event: RecordedEvent<'_>) -> Option<RecordedState<'_>> {
    event.previous_state().filter(|_| event.change() != Some(Change::Discovered))
}

/// What a kind is called in a sentence: by its label, or by its word where this version does not know it.
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
        None => "a newer version's: this one does not know what it means",
    }
}

/// As [`meaning`], of a state that this version has read itself.
pub(super) fn meaning_of(value: &str, level: Option<u64>, health: Health) -> &'static str {
    const ABSENT: Option<u64> = Some(State::ABSENT_LEVEL as u64);
    const UNRECOGNIZED: Option<u64> = Some(State::UNRECOGNIZED_LEVEL as u64);
    match (health, level, value) {
        (_, ABSENT, _) => "gone: AWS does not list it any more",
        (_, UNRECOGNIZED, _) => "a word of AWS's that this version does not know",
        (Health::Pending, ..) => "not yet in service",
        (Health::Up, ..) => "in service",
        (Health::Down, ..) => "out of service, and not on purpose",
        (Health::Testing, ..) => "out of service on purpose: a failover test",
        (Health::Removed, _, "deleting" | "detaching" | "disassociating") => "being taken away",
        (Health::Removed, _, "rejected") => "rejected: it will not come into service",
        (Health::Removed, ..) => "taken away",
        (Health::Unknown, ..) => "AWS does not say",
    }
}

/// What happened, as what is said of the item: `… is out of service, and not on purpose.`
pub(super) fn predicate(event: RecordedEvent<'_>) -> String {
    let state = event.state();
    match event.change() {
        Some(Change::Discovered) => format!("is new to the monitor: {}.", meaning(state)),
        Some(Change::Activated) => "is in service for the first time.".to_owned(),
        Some(Change::Recovered) => "is back in service.".to_owned(),
        Some(Change::Unknown) if aws_does_not_say(state) => "is in a state that AWS does not tell.".to_owned(),
        Some(Change::Unknown) => "is in a state that this version of the monitor does not know.".to_owned(),
        _ if state.health().is_none() => "is in a state that this version of the monitor does not know.".to_owned(),
        _ => format!("is {}.", meaning(state)),
    }
}

/// Whether AWS did not say.
fn aws_does_not_say(state: RecordedState<'_>) -> bool {
    state.level() == Some(u64::from(State::UNKNOWN_LEVEL))
}

/// What to look at first, where there is anything to do; in a drill there is not.
pub(super) fn first_look(event: RecordedEvent<'_>) -> Option<&'static str> {
    if event.is_drill() {
        return None;
    }
    match event.change()? {
        Change::Degraded => Some(match event.item().kind()? {
            Kind::Connection | Kind::Interconnect | Kind::HostedConnection | Kind::Lag => {
                "Check the port and its light levels, then ask the provider about the cross connect or circuit."
            }
            Kind::VirtualInterface => "Check the connection that it runs over, then its BGP sessions.",
            Kind::BgpPeer => "Check the BGP session on your router, then the virtual interface that it runs over.",
            Kind::PortEncryption => {
                "Check the port first, then the MACsec keys on both of its ends: traffic may flow unencrypted, or not at all."
            }
            Kind::VirtualGateway
            | Kind::DirectConnectGateway
            | Kind::GatewayAttachment
            | Kind::GatewayAssociation
            | Kind::GatewayAssociationProposal
            | Kind::ResiliencyGroup => "Check what was changed last: AWS CloudTrail has every call.",
        }),
        Change::Removed => Some("If nobody meant to take it away, AWS CloudTrail has the call that did."),
        Change::Unknown if aws_does_not_say(event.state()) => {
            Some("It may work or not. Check traffic, and the AWS Health Dashboard.")
        }
        Change::Unknown => Some("Look the word up in the AWS Direct Connect API reference, and update the monitor."),
        _ => None,
    }
}

/// Where the item is and what it hangs on, each with its label: as it was recorded, not yet inert.
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

/// The command that shows what the item did before; inert, and whole or not at all.
pub(super) fn history_command(item: RecordedItem<'_>) -> Option<String> {
    let (kind, id) = (item.kind_word(), item.id());
    // A NUL cannot be passed to any program.
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
    fn awss_reason_and_a_physical_device_of_its_own_are_named() {
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
