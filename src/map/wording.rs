//! The words that all forms of the map share. Texts from AWS pass through the caller's [`Shown`], which escapes and cuts
//! them for one destination.

use uuid::Uuid;

use super::{
    MapItem,
    picture::{Picture, Title, What},
    plan::{Destination, Family, Map, Pass},
};
use crate::{
    domain::{DestinationKind, Health, Kind, RootKind},
    words,
};

/// Shows a text from AWS in at most so many columns, escaped for where it goes.
pub type Shown<'s> = &'s dyn Fn(&str, usize) -> String;

/// The longest name, id and word of a state.
pub(super) const MOST_NAME: usize = 40;
pub(super) const MOST_ID: usize = 72;
const MOST_WORD: usize = 20;

/// The letter of a destination, or letters: `A` to `Z`, then `AA`.
pub(super) fn letter(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(number % 26).unwrap_or(0)));
        if number < 26 {
            break;
        }
        number = number / 26 - 1;
    }
    letters.into_iter().rev().collect()
}

/// The number of an open incident on the map, from 1.
pub(super) fn incident_number(map: &Map<'_>, id: Uuid) -> Option<usize> {
    map.estate.incidents.iter().position(|incident| incident.id == id).map(|place| place + 1)
}

/// The numbers of the incidents whose root has this kind and id, as `#1`.
pub(super) fn root_of(map: &Map<'_>, kind: RootKind, id: &str) -> Vec<usize> {
    let numbered = map.estate.incidents.iter().enumerate();
    numbered
        .filter(|(_, incident)| incident.root.kind == kind && incident.root.id == id)
        .map(|(number, _)| number + 1)
        .collect()
}

/// The incidents of a line, as `#1 #2`; the roots have a star: `#1*`.
pub(super) fn incidents(map: &Map<'_>, what: &What) -> Vec<String> {
    match what {
        What::Item(item, riders) => {
            let items = riders.iter().chain([item]).map(|place| &map.estate.items[*place]);
            let mut numbers: Vec<(usize, bool)> =
                items.filter_map(|item| Some((incident_number(map, item.incident?)?, is_root(map, item)))).collect();
            numbers.sort_by_key(|(number, is_root)| (*number, !is_root));
            numbers.dedup_by_key(|(number, _)| *number);
            let badge = |(number, is_root): (usize, bool)| format!("#{number}{}", if is_root { "*" } else { "" });
            numbers.into_iter().map(badge).collect()
        }
        What::Folded(tally) => {
            let mut numbers: Vec<usize> = tally.incidents.iter().filter_map(|id| incident_number(map, *id)).collect();
            numbers.sort_unstable();
            numbers.into_iter().map(|number| format!("#{number}")).collect()
        }
    }
}

fn is_root(map: &Map<'_>, item: &MapItem) -> bool {
    map.estate.incidents.iter().any(|incident| {
        Some(incident.id) == item.incident
            && incident.root.kind == RootKind::Item(item.item.kind)
            && incident.root.id == item.item.id
    })
}

/// The head of a box: what it is, and its name.
pub(super) fn title(picture: &Picture<'_>, title: &Title, is_place: bool, shown: Shown<'_>) -> (String, String) {
    match title {
        Title::Location(Some(name)) => ("Location".to_owned(), shown(name, MOST_NAME)),
        Title::Location(None) => ("At no location".to_owned(), String::new()),
        Title::Apart => ("On no path".to_owned(), String::new()),
        Title::More(count) => {
            let (one, many) = if is_place { ("location", "locations") } else { ("destination", "destinations") };
            (words::counted(*count as u64, &format!("more {one}"), &format!("more {many}")), String::new())
        }
        Title::Destination(number) => {
            let destination = &picture.map.destinations[*number];
            (destination_kind(destination.kind).to_owned(), destination_name(picture.map, destination, shown))
        }
    }
}

fn destination_kind(kind: DestinationKind) -> &'static str {
    match kind {
        DestinationKind::DirectConnectGateway => "Direct Connect gateway",
        DestinationKind::VirtualGateway => "Virtual private gateway",
        DestinationKind::Public => "AWS's public network",
    }
}

/// The gateway's name, or else its id.
pub fn destination_name(map: &Map<'_>, destination: &Destination, shown: Shown<'_>) -> String {
    let gateway = destination.rows.iter().map(|row| &map.estate.items[row.item].item);
    let mut gateways = gateway.filter(|item| matches!(item.kind, Kind::DirectConnectGateway | Kind::VirtualGateway));
    let name = gateways.find_map(|item| item.name.as_deref().filter(|name| !name.trim().is_empty()));
    shown(name.unwrap_or(&destination.id), MOST_NAME)
}

/// The paths of an address family, and the health that this looks like: `IPv4: 1 of 2 paths left, on 1 device`.
pub fn family(family: &Family, shown: Shown<'_>) -> (Health, String) {
    let name = match family.name.as_str() {
        "ipv4" => "IPv4".to_owned(),
        "ipv6" => "IPv6".to_owned(),
        other => shown(other, MOST_WORD),
    };
    let paths = words::counted(family.all as u64, "path", "paths");
    let on = match (family.paths, family.devices) {
        (0, _) | (_, 0) => String::new(),
        (_, devices) => format!(
            ", on {} in {}",
            words::counted(devices as u64, "device", "devices"),
            words::counted(family.locations as u64, "location", "locations")
        ),
    };
    match family.paths {
        0 => (Health::Down, format!("{name}: no path of {}", family.all)),
        left if family.has_lost() => (Health::Unknown, format!("{name}: {left} of {paths} left{on}")),
        _ => (Health::Up, format!("{name}: {paths}{on}")),
    }
}

/// What a lead is, in a sign and in a word.
pub(super) fn pass(pass: Pass) -> (&'static str, &'static str) {
    match pass {
        Pass::Open => ("──▶", "path"),
        Pass::Left => ("══▶", "path that is left"),
        Pass::Lost => ("─ ✕", "no path"),
        Pass::Idle => ("· ·", "not in service"),
    }
}

/// What an item is: `transit interface`, `association with tgw-1`.
pub fn kind(item: &MapItem, shown: Shown<'_>) -> String {
    match (item.item.kind, item.item.virtual_interface_type.as_deref()) {
        (Kind::VirtualInterface, Some(sort)) => format!("{} interface", shown(sort, MOST_WORD)),
        (Kind::VirtualInterface, None) => "interface".to_owned(),
        (Kind::GatewayAttachment, _) => "attachment".to_owned(),
        (Kind::GatewayAssociation, _) => {
            match item.item.associated_gateway_id.as_ref().or(item.item.virtual_gateway_id.as_ref()) {
                Some(other) => format!("association with {}", shown(other, MOST_NAME)),
                None => "association".to_owned(),
            }
        }
        (Kind::GatewayAssociationProposal, _) => "association proposal".to_owned(),
        (kind, _) => kind.label().to_owned(),
    }
}

/// What an item is in a mark on another.
pub(super) fn rider(item: &MapItem, shown: Shown<'_>) -> String {
    match item.item.kind {
        Kind::BgpPeer => format!("BGP {}", shown(item.item.address_family.as_deref().unwrap_or("peer"), MOST_WORD)),
        Kind::BgpRoutes => {
            format!("routes {}", shown(item.item.address_family.as_deref().unwrap_or_default(), MOST_WORD))
        }
        Kind::PortEncryption => "MACsec".to_owned(),
        _ => kind(item, shown),
    }
}

/// What is to be known of an item beside its name: its bandwidth, and its state if it is not up.
pub fn facts(item: &MapItem, shown: Shown<'_>) -> Vec<String> {
    let description = &item.item;
    let mut facts = Vec::new();
    let is_port =
        matches!(description.kind, Kind::Connection | Kind::Interconnect | Kind::HostedConnection | Kind::Lag);
    facts.extend(description.bandwidth.as_deref().filter(|_| is_port).map(|text| shown(text, MOST_WORD)));
    if item.health() != Health::Up {
        facts.push(shown(item.state.value(), MOST_WORD));
    }
    facts.extend(item.is_stale.then(|| "stale".to_owned()));
    facts.extend(item.is_retired.then(|| "retired".to_owned()));
    facts
}

/// An item's name, if it has one.
pub(super) fn name(item: &MapItem) -> Option<&str> {
    item.item.name.as_deref().filter(|name| !name.trim().is_empty())
}

/// The health that an item is drawn in. What is retired is drawn as removed.
pub(super) fn health(item: &MapItem) -> Health {
    if item.is_retired { Health::Removed } else { item.health() }
}

/// An open incident in a line: `#1 [critical] outage of connection dxcon-1 since …: 4 members, impact last-path`.
pub(super) fn incident(map: &Map<'_>, number: usize, shown: Shown<'_>) -> (Health, String) {
    let incident = &map.estate.incidents[number];
    let root = &incident.root;
    let named = map.estate.items.iter().find(|item| {
        root.kind == RootKind::Item(item.item.kind) && root.id == item.item.id && item.item.scope() == incident.scope
    });
    let name = named.and_then(name).map(|name| format!(" ({})", shown(name, MOST_NAME))).unwrap_or_default();
    let line = format!(
        "#{} [{}] {} of {} {}{name} since {}: {}, impact {}",
        number + 1,
        incident.severity.as_str(),
        incident.category,
        root.kind.label(),
        shown(&root.id, MOST_ID),
        words::instant(incident.since),
        words::counted(incident.members, "member", "members"),
        incident.impact,
    );
    (incident.category.health(), line)
}

/// The items by health, what is left out, and the last poll.
pub fn summary(map: &Map<'_>) -> String {
    let estate = map.estate;
    let counts = Health::BY_URGENCY.into_iter().map(|health| (health, estate.count(health)));
    let mut parts: Vec<String> =
        counts.filter(|(_, count)| *count > 0).map(|(health, count)| format!("{count} {health}")).collect();
    let retired = estate.items.iter().filter(|item| item.is_retired).count();
    parts.extend((retired > 0).then(|| format!("{retired} retired")));
    let counts = if parts.is_empty() { "no items".to_owned() } else { parts.join(", ") };
    match estate.last_poll_at {
        Some(at) => format!("{counts}; last poll {}", words::instant(at)),
        None => format!("{counts}; never polled"),
    }
}

/// What is left out; none where nothing is.
pub(super) fn left_out(map: &Map<'_>) -> Option<String> {
    let (removed, retired) = (map.estate.removed_left_out, map.estate.retired_left_out);
    let parts: Vec<String> =
        [(removed, "removed for good"), (retired, "retired (polled no longer; --retired shows them)")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
    (!parts.is_empty()).then(|| format!("Left out: {}", parts.join(", ")))
}
