//! The cause of an incident in a sentence, as far as it can be seen from here.

use super::{
    book::Book,
    case::Case,
    cause::{Causes, is_port},
    estate::{Condition, Entry, Place},
    resilience_wording, routes_wording,
};
use crate::{
    domain::{Category, EvidenceType, IncidentFacts, IncidentStatus, Kind, Root, RootKind},
    words,
};

/// The cause of an incident in a sentence or two. Names in it are hostile until they are escaped.
pub(super) fn explanation(book: &Book<'_>, causes: &Causes, case: &Case) -> String {
    let root = &case.state.root;
    if case.state.status == IncidentStatus::Withdrawn
        && book.everybody(case.id).iter().any(|place| book.estate.entries[*place].is_unwatched())
    {
        return "It is not watched any more: its kind or its region was taken off the configuration.".to_owned();
    }
    if case.state.category == Category::Maintenance {
        return warning(book, case);
    }
    match &case.state.facts {
        Some(IncidentFacts::Resilience(resilience)) => return resilience_wording::cause(resilience),
        Some(IncidentFacts::Routes(routes)) => return routes_wording::cause(routes),
        None => {}
    }
    match root.kind {
        RootKind::Device => {
            format!("All {} on the device are down.", ports(book, |entry| entry.device() == Some(&root.id)))
        }
        RootKind::Location => {
            let in_it = |entry: &Entry| entry.item.location.as_deref() == Some(&root.id);
            format!("All {} in the location are down, on more than one device.", ports(book, in_it))
        }
        RootKind::Item(_) => match place_of(book, root) {
            Some(place) => of_item(book, causes, case, place),
            None => "It is not listed any more.".to_owned(),
        },
        RootKind::Public => String::new(),
    }
}

/// What planned work will do, or why it is of no concern any more.
fn warning(book: &Book<'_>, case: &Case) -> String {
    let Some(work) = &case.state.circumstances.work else { return String::new() };
    let planned = book.plans.and_then(|plans| plans.windows.iter().find(|window| window.id == work.id));
    match planned {
        _ if case.is_open() => {
            let until = words::instant(work.until);
            format!("AWS has planned work from {} until {until}. It takes the last path.", words::instant(work.from))
        }
        None => "The work will not be done.".to_owned(),
        Some(window) if window.from != work.from => {
            format!("The work was moved: it is planned from {}.", words::instant(window.from))
        }
        Some(_) => "The work has begun.".to_owned(),
    }
}

fn place_of(book: &Book<'_>, root: &Root) -> Option<Place> {
    root.key().and_then(|key| book.estate.place(&key))
}

/// The ports that are of a device or a location, counted.
fn ports(book: &Book<'_>, is_of: impl Fn(&Entry) -> bool) -> String {
    let count = book.estate.own().filter(|(_, entry)| is_port(entry) && entry.is_in_service() && is_of(entry)).count();
    words::counted(count as u64, "port", "ports")
}

fn of_item(book: &Book<'_>, causes: &Causes, case: &Case, place: Place) -> String {
    let entry = &book.estate.entries[place];
    let label = entry.key.kind.label();
    let word = entry.level.as_ref().map_or("gone", |level| level.state.value());
    match (case.state.category, causes.condition(place)) {
        (Category::Provisioning, Condition::Well) => "It was new, and it is in service now.".to_owned(),
        (Category::Provisioning, Condition::Gone) => format!("It was new, and never came into service: it is {word}."),
        (Category::Provisioning, _) => format!("It is new and not yet in service: it is {word}."),
        (Category::Removal, Condition::Removal) if entry.condition() == Condition::Removal => {
            format!("It is being removed: it is {word}. {}", call(case))
        }
        (Category::Removal, Condition::Gone | Condition::Removal) => {
            format!("It was removed: it is {word}. {}", call(case))
        }
        (Category::Removal, _) => format!("It was being removed, and is {word} again."),
        (Category::Test, Condition::Test) => "A failover test: AWS itself has put its BGP sessions down.".to_owned(),
        (Category::Test, _) => "The failover test is over.".to_owned(),
        (Category::Visibility, Condition::Unknown) => "AWS does not report its state. It may still work.".to_owned(),
        (_, Condition::Gone) => format!("The {label} was removed."),
        (_, Condition::Outage) => outage(book, case, place),
        _ if causes.is_hollow(&book.estate, &case.state.root) => hollow(book, entry),
        _ => format!("The {label} is {word}."),
    }
}

/// Who has made the call that did it, as far as that is known by now.
fn call(case: &Case) -> String {
    let evidence = case.state.circumstances.evidence.iter();
    match evidence.filter(|evidence| evidence.kind == EvidenceType::ApiCall).max_by_key(|call| call.at) {
        Some(call) => format!("The call was {}.", call.summary),
        None => "AWS CloudTrail has the call.".to_owned(),
    }
}

/// The cause of an outage whose root is down itself.
fn outage(book: &Book<'_>, case: &Case, place: Place) -> String {
    let entry = &book.estate.entries[place];
    match entry.key.kind {
        Kind::Lag => lag(book, place),
        Kind::Connection if let Some(lag) = entry.lag => link(book, lag),
        Kind::Connection | Kind::Interconnect | Kind::HostedConnection => port(book, place),
        Kind::VirtualInterface => interface(book, entry),
        Kind::BgpPeer => peer(book, place),
        Kind::BgpRoutes => routes(entry),
        Kind::PortEncryption => "The port's MACsec encryption is down.".to_owned(),
        _ => format!("Its state is changed by calls only. {}", call(case)),
    }
}

/// What is well, and nothing over it is.
fn hollow(book: &Book<'_>, entry: &Entry) -> String {
    let text = match (entry.key.kind, has_session(book, entry)) {
        (Kind::VirtualInterface, false) => "None of its BGP sessions is up.",
        (Kind::VirtualInterface, true) => "Its BGP sessions are up, and AWS accepts no route over them.",
        (_, false) => "The link is up, and no BGP session over it is: typically the provider's path.",
        (_, true) => {
            "The link is up and carries BGP sessions, and AWS accepts no route over them: typically the router behind it."
        }
    };
    text.to_owned()
}

/// Whether a BGP session over an item is up.
fn has_session(book: &Book<'_>, entry: &Entry) -> bool {
    entry.carried.iter().map(|place| &book.estate.entries[*place]).any(|over| match over.key.kind {
        Kind::BgpPeer => over.condition() == Condition::Well,
        _ => has_session(book, over),
    })
}

/// Routes that are gone.
fn routes(entry: &Entry) -> String {
    let family = match entry.item.address_family.as_deref() {
        Some("ipv6") => "IPv6 ",
        Some("ipv4") => "IPv4 ",
        _ => "",
    };
    format!(
        "The {family}session is up, and AWS accepts no route over it: the router has withdrawn them, or a filter drops them."
    )
}

/// The members of a LAG: up, and all.
fn links<'b>(book: &'b Book<'_>, lag: Place) -> (Vec<&'b Entry>, Vec<&'b Entry>) {
    let members =
        book.estate.own().map(|(_, entry)| entry).filter(|entry| entry.lag == Some(lag) && entry.is_in_service());
    let all: Vec<&Entry> = members.collect();
    let up = all.iter().copied().filter(|entry| entry.condition() == Condition::Well).collect();
    (up, all)
}

fn minimum(entry: &Entry) -> usize {
    entry.item.minimum_links.and_then(|links| usize::try_from(links).ok()).unwrap_or(0).max(1)
}

/// A LAG that is down.
fn lag(book: &Book<'_>, place: Place) -> String {
    let (up, all) = links(book, place);
    let minimum = minimum(&book.estate.entries[place]);
    if up.is_empty() {
        return match all.len() {
            0 => "The LAG is down.".to_owned(),
            1 => "The LAG is down: its link is.".to_owned(),
            links => format!("The LAG is down: all of its {links} links are."),
        };
    }
    let down: Vec<&str> =
        all.iter().filter(|entry| entry.condition() != Condition::Well).map(|entry| entry.key.id.as_str()).collect();
    let links = words::counted(minimum as u64, "link", "links");
    format!("It is below its minimum of {links}: {} of {} are up, down is {}.", up.len(), all.len(), down.join(", "))
}

/// A link of a LAG that is up.
fn link(book: &Book<'_>, lag: Place) -> String {
    let (up, all) = links(book, lag);
    let entry = &book.estate.entries[lag];
    let spare = match up.len().saturating_sub(minimum(entry)) {
        0 => "none".to_owned(),
        spare => spare.to_string(),
    };
    let bandwidth = gigabits(&up).zip(gigabits(&all)).map(|(left, whole)| format!(", {left} of {whole} Gbit/s"));
    format!(
        "A link of LAG {}: {} of {} links left{}, {spare} to spare above the minimum.",
        entry.key.id,
        up.len(),
        all.len(),
        bandwidth.unwrap_or_default()
    )
}

/// The bandwidth of ports together, where AWS says it in whole gigabits, such as `10Gbps`.
fn gigabits(ports: &[&Entry]) -> Option<u64> {
    let of = |entry: &&Entry| entry.item.bandwidth.as_deref()?.strip_suffix("Gbps")?.parse::<u64>().ok();
    ports.iter().map(of).sum()
}

/// A port that is down by itself, beside the others on its device.
fn port(book: &Book<'_>, place: Place) -> String {
    let entry = &book.estate.entries[place];
    let carries = !entry.carried.is_empty();
    let mut text = format!("The {} is down", entry.key.kind.label());
    text += if carries { "; what runs over it went with it." } else { "." };
    let Some(device) = entry.device() else { return text };
    let on_device: Vec<&Entry> = book
        .estate
        .own()
        .map(|(_, entry)| entry)
        .filter(|other| is_port(other) && other.is_in_service() && other.device() == Some(device))
        .collect();
    let down = on_device.iter().filter(|other| other.condition() == Condition::Outage).count();
    if on_device.len() >= 2 {
        text += &format!(
            " Of the {} ports on device {device}, {down} {} down.",
            on_device.len(),
            if down == 1 { "is" } else { "are" }
        );
    }
    text
}

fn interface(book: &Book<'_>, entry: &Entry) -> String {
    match (&entry.item.connection_id, entry.carriers.first()) {
        (Some(id), None) => {
            format!("The interface is down. Its connection {id} cannot be seen from this account.")
        }
        (_, Some(carrier)) => {
            let carrier = &book.estate.entries[*carrier];
            let word = carrier.level.as_ref().map_or("not listed", |level| level.state.value());
            format!("The interface is down; its {} {} is {word}.", carrier.key.kind.label(), carrier.key.id)
        }
        (None, None) => "The interface is down.".to_owned(),
    }
}

fn peer(book: &Book<'_>, place: Place) -> String {
    let Some(interface) = book.estate.entries[place].carriers.first() else {
        return "The BGP session is down.".to_owned();
    };
    let interface = &book.estate.entries[*interface];
    let sessions: Vec<&Entry> = interface
        .carried
        .iter()
        .map(|place| &book.estate.entries[*place])
        .filter(|entry| entry.key.kind == Kind::BgpPeer && entry.is_in_service())
        .collect();
    let down = sessions.iter().filter(|entry| entry.condition() != Condition::Well).count();
    match sessions.len() {
        0 | 1 => format!("The BGP session of {} is down.", interface.key.id),
        all => format!(
            "{down} of {all} BGP sessions of {} {} down.",
            interface.key.id,
            if down == 1 { "is" } else { "are" }
        ),
    }
}
