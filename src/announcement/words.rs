//! An event in plain words: what each form says, before any of them makes it inert for where it goes.

use std::{borrow::Cow, time::Duration};

use crate::{
    domain::{Change, Event, EventState, Health, ItemDescription, ItemKey, Kind, MAXIMUM_ID_BYTES, State, Timestamp},
    escape,
};

/// What a state means for those who depend on the item.
pub(super) fn meaning(value: &str, level: u8, health: Health) -> &'static str {
    match (health, level, value) {
        (_, State::ABSENT_LEVEL, _) => "gone: AWS does not list it any more",
        (_, State::UNRECOGNIZED_LEVEL, _) => "a word of AWS's that this version does not know",
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
pub(super) fn predicate(event: &Event) -> String {
    let EventState { value, level, health, .. } = &event.state;
    match event.change {
        Change::Discovered => format!("is new to the monitor: {}.", meaning(value, *level, *health)),
        Change::Activated => "is in service for the first time.".to_owned(),
        Change::Recovered => "is back in service.".to_owned(),
        Change::Unknown if *level == State::UNKNOWN_LEVEL => "is in a state that AWS does not tell.".to_owned(),
        Change::Unknown => "is in a state that this version of the monitor does not know.".to_owned(),
        Change::Degraded | Change::Testing | Change::Removed | Change::Progressed => {
            format!("is {}.", meaning(value, *level, *health))
        }
    }
}

/// What to look at first, where there is anything to do; in a drill there is not.
pub(super) fn first_look(event: &Event) -> Option<&'static str> {
    match event.change {
        _ if event.metadata.drill => None,
        Change::Degraded => Some(match event.item.kind {
            Kind::Connection | Kind::Interconnect | Kind::HostedConnection | Kind::Lag => {
                "Check the port and its light levels, then ask the provider about the cross connect or circuit."
            }
            Kind::VirtualInterface => "Check the connection that it runs over, then its BGP sessions.",
            Kind::BgpPeer => "Check the BGP session on your router, then the virtual interface that it runs over.",
            Kind::VirtualGateway | Kind::DirectConnectGateway | Kind::GatewayAttachment | Kind::GatewayAssociation => {
                "Check what was changed last: AWS CloudTrail has every call."
            }
        }),
        Change::Removed => Some("If nobody meant to take it away, AWS CloudTrail has the call that did."),
        Change::Unknown if event.state.level == State::UNKNOWN_LEVEL => {
            Some("It may work or not. Check traffic, and the AWS Health Dashboard.")
        }
        Change::Unknown => Some("Look the word up in the AWS Direct Connect API reference, and update the monitor."),
        _ => None,
    }
}

/// Where the item is and what it hangs on, each with its label: as it was recorded, not yet inert.
pub(super) fn place(item: &ItemDescription) -> Vec<(&'static str, Cow<'_, str>)> {
    let text = |value: &'_ Option<String>| value.clone().map(Cow::Owned);
    let number = |value: Option<i64>| value.map(|value| Cow::Owned(value.to_string()));
    let other_owner = item.owner_account.clone().filter(|owner| *owner != item.account);
    [
        ("Location", text(&item.location)),
        ("Device", text(&item.device)),
        ("Bandwidth", text(&item.bandwidth)),
        ("Partner", text(&item.partner_name)),
        ("VLAN", number(item.vlan)),
        ("LAG", text(&item.lag_id)),
        ("Interconnect", text(&item.interconnect_id)),
        ("Connection", text(&item.connection_id)),
        ("Virtual interface", text(&item.virtual_interface_id)),
        ("Direct Connect gateway", text(&item.direct_connect_gateway_id)),
        ("Virtual private gateway", text(&item.virtual_gateway_id)),
        ("Associated gateway", text(&item.associated_gateway_id)),
        ("Amazon's address", text(&item.amazon_address)),
        ("Your address", text(&item.customer_address)),
        ("Your ASN", number(item.asn)),
        ("Region", Some(Cow::Borrowed(item.region.as_str()))),
        ("Account", Some(Cow::Borrowed(item.account.as_str()))),
        ("Owner", other_owner.map(Cow::Owned)),
    ]
    .into_iter()
    .filter_map(|(label, value)| value.filter(|value| !value.trim().is_empty()).map(|value| (label, value)))
    .collect()
}

/// The command that shows what the item did before; inert, and whole or not at all.
pub(super) fn history_command(item: &ItemDescription) -> Option<String> {
    let key = ItemKey::new(item.kind, item.id.as_str());
    // A NUL cannot be passed to any program.
    (item.id.len() <= MAXIMUM_ID_BYTES && !item.id.contains('\0'))
        .then(|| format!("aws-dx-monitor history {}", escape::shell_argument(&key.to_string())))
}

/// An instant as people read it, to the second: `2026-11-22 03:12:00 UTC`.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_datetime().format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A duration in its two greatest units: `20 days 19 hours`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [
        ("day", seconds / 86_400),
        ("hour", seconds / 3_600 % 24),
        ("minute", seconds / 60 % 60),
        ("second", seconds % 60),
    ];
    let Some(first) = units.iter().position(|(_, count)| *count > 0) else {
        return "less than a second".to_owned();
    };
    units[first..]
        .iter()
        .take(2)
        .filter(|(_, count)| *count > 0)
        .map(|(unit, count)| counted(*count, unit, &format!("{unit}s")))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A number with its noun: `1 item`, `2 items`.
pub(super) fn counted(count: u64, singular: &str, plural: &str) -> String {
    format!("{count} {}", if count == 1 { singular } else { plural })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn durations_are_told_in_two_units() {
        let told = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(told(0), "less than a second");
        assert_eq!(told(1), "1 second");
        assert_eq!(told(61), "1 minute 1 second");
        assert_eq!(told(3_600), "1 hour");
        assert_eq!(told(86_400 + 59), "1 day", "the third unit is noise");
        assert_eq!(told(1_797_120), "20 days 19 hours");
    }

    #[test]
    fn the_owner_is_named_where_it_is_another_account() {
        let mut item = crate::announcement::tests::outage().item;
        for (owner, named) in [("123456789012", false), ("210987654321", true)] {
            Arc::make_mut(&mut item).owner_account = Some(owner.to_owned());
            assert_eq!(place(&item).iter().any(|(label, _)| *label == "Owner"), named, "{owner}");
        }
    }

    #[test]
    fn the_command_is_whole_or_left_out() {
        let mut item = crate::announcement::drill(
            &crate::domain::Scope::regional("1", "us-east-1"),
            Timestamp::from_milliseconds(0),
            "x",
        )
        .item;
        for (id, command) in [
            ("dxcon-1", Some("aws-dx-monitor history connection/dxcon-1")),
            ("a b", Some("aws-dx-monitor history $'connection/a b'")),
            ("a\0", None),
            (&"x".repeat(MAXIMUM_ID_BYTES + 1), None),
        ] {
            Arc::make_mut(&mut item).id = id.to_owned();
            assert_eq!(history_command(&item).as_deref(), command);
        }
    }
}
