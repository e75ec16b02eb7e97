//! The phrases for incidents, which messages, summaries and tables share: what is the matter with the root, what it takes
//! with it, and what is left.
//!
//! Texts from AWS pass through the caller's [`Shown`], which escapes and cuts them for one destination. All else is plain
//! ASCII.

mod routes;

use super::{clock, counted, duration_in_words, instant, minute};
use crate::domain::{
    Category, DestinationKind, Impact, Kind, Reason, RecordedDestination, RecordedIncident, RecordedItem,
    RecordedResilience, RootKind, State,
};

/// Shows a text from AWS in at most so many characters, escaped for where it goes.
pub type Shown<'s> = &'s dyn Fn(&str, usize) -> String;

/// The longest state word that is shown, and the longest word of another version. Those of this one are shorter.
const MAXIMUM_WORD: usize = 16;
/// The longest name of a kind. Those of this version have at most 23 characters.
const MAXIMUM_KIND: usize = 28;
/// The longest title of planned work, and the longest note.
const MAXIMUM_TITLE: usize = 160;
/// The longest name of a person, and the longest sentence of evidence.
const MAXIMUM_PERSON: usize = 40;
const MAXIMUM_SUMMARY: usize = 400;
/// The longest evidence in a title.
const MAXIMUM_NEWS: usize = 80;
/// The longest name of a destination.
const MAXIMUM_NAME: usize = 24;

/// What stands in brackets before everything: the severity, or how the incident ended.
pub fn tag(incident: RecordedIncident<'_>, shown: Shown<'_>) -> String {
    let word = match incident.status() {
        Some(status) if !status.is_open() => status.as_str().to_owned(),
        _ => shown(incident.severity_word(), MAXIMUM_WORD),
    };
    format!("{}[{word}] ", if incident.is_drill() { "[drill] " } else { "" })
}

/// What the document is, where the rest of the line does not say so: `worse: `.
pub fn lead(incident: RecordedIncident<'_>, shown: Shown<'_>) -> String {
    if incident.category() == Some(Category::Maintenance) {
        // What is said of the root says that it is planned.
        return String::new();
    }
    let is_planned = incident.work().is_some() && !incident.is_over();
    let lead = match incident.reason() {
        Some(Reason::Escalated | Reason::Planned) if let Some(ended) = incident.ended() => match ended {
            work if work.is_by_aws() => "work over",
            test if test.is_test() => "test over",
            _ => "silence over",
        },
        Some(Reason::Planned) if incident.planned().is_some_and(|planned| !planned.is_by_aws()) => "silenced",
        Some(Reason::CauseFound) => "cause found",
        Some(Reason::Spread) => "spread",
        Some(Reason::Escalated) => "worse",
        Some(Reason::Eased) => "better",
        Some(Reason::Explained) => "evidence",
        Some(Reason::Planned) => "planned work",
        Some(Reason::Acknowledged) => "acknowledged",
        Some(_) if is_planned => "planned work",
        Some(_) => return String::new(),
        None => return format!("{}: ", shown(incident.reason_word(), MAXIMUM_WORD)),
    };
    format!("{lead}: ")
}

/// What the root is: `virtual interface`.
pub fn root_kind(incident: RecordedIncident<'_>, shown: Shown<'_>) -> String {
    match incident.root_kind() {
        Some(kind) => kind.label().to_owned(),
        None => shown(incident.root().kind_word(), MAXIMUM_KIND),
    }
}

/// What is the matter with the root, as what follows its name: `down`, `up again after 27 minutes`.
pub fn condition(incident: RecordedIncident<'_>, shown: Shown<'_>) -> String {
    let lasted = incident.lasted().map(duration_in_words);
    let after = lasted.as_ref().map(|lasted| format!(" after {lasted}")).unwrap_or_default();
    match incident.reason() {
        Some(Reason::Resolved) if incident.category() == Some(Category::Maintenance) => well_again(incident, shown),
        Some(Reason::Resolved) => format!("{}{after}", well_again(incident, shown)),
        Some(Reason::Withdrawn) if incident.category() == Some(Category::Routes) => {
            format!("{}{after}", well_again(incident, shown))
        }
        Some(Reason::Merged) => "part of another incident".to_owned(),
        Some(Reason::Withdrawn) if incident.members().any(|member| is_watched_no_longer(member)) => {
            lasted.map_or("watched no longer".to_owned(), |lasted| format!("watched no longer, after {lasted}"))
        }
        Some(Reason::Withdrawn) => {
            lasted.map_or("removed while down".to_owned(), |down| format!("removed after {down} down"))
        }
        Some(Reason::Reopened) if incident.category() == Some(Category::Outage) => {
            format!("{} again", unwell(incident, shown, ""))
        }
        Some(Reason::Reopened) => unwell(incident, shown, "again "),
        Some(Reason::Reminded) => format!("{}{after}", unwell(incident, shown, "still ")),
        Some(Reason::Flapping) => {
            let within = lasted.map(|lasted| format!(" within {lasted}")).unwrap_or_default();
            format!("flapping, {}{within}", counted(incident.outages().unwrap_or_default(), "outage", "outages"))
        }
        Some(Reason::Settled) if incident.is_over() => "no longer flapping, and up".to_owned(),
        Some(Reason::Settled) => format!("no longer flapping, and {}", unwell(incident, shown, "")),
        Some(Reason::Blind) => {
            let since = incident.blind_since().map(|at| format!(" since {} UTC", clock(at))).unwrap_or_default();
            format!("not listed{since}, last seen {}", unwell(incident, shown, ""))
        }
        _ => unwell(incident, shown, ""),
    }
}

/// What is the matter with the root while the incident lasts: `still down`, with `still ` as the adverb.
fn unwell(incident: RecordedIncident<'_>, shown: Shown<'_>, adverb: &str) -> String {
    let word = incident.root().text("state").unwrap_or_default();
    let condition = match incident.category() {
        Some(Category::Outage) if is_well_itself(incident) => {
            return format!("up, but what it carries is {adverb}down");
        }
        Some(Category::Outage) if is_of_routes(incident) => "gone".to_owned(),
        Some(Category::Outage) => "down".to_owned(),
        Some(Category::Visibility) if is_unrecognized(incident) => {
            format!("in a state not known here ({})", shown(&word, MAXIMUM_WORD))
        }
        Some(Category::Visibility) => "not reported by AWS".to_owned(),
        Some(Category::Test) => "in a failover test".to_owned(),
        Some(Category::Maintenance) => {
            let from = incident.planned().and_then(|work| work.from());
            format!("to go down{}", from.map(|from| format!(" at {}", minute(from))).unwrap_or_default())
        }
        Some(Category::Resilience) => less_resilient(incident, shown),
        Some(Category::Routes) => routes::fewer_prefixes(incident),
        Some(Category::Provisioning) if word.is_empty() => "being set up".to_owned(),
        Some(Category::Provisioning) => format!("being set up ({})", shown(&word, MAXIMUM_WORD)),
        Some(Category::Removal) => removal(root_state(incident)).to_owned(),
        None if word.is_empty() => shown(incident.category_word(), MAXIMUM_WORD),
        None => shown(&word, MAXIMUM_WORD),
    };
    format!("{adverb}{condition}")
}

/// How the root is when the incident is resolved.
fn well_again(incident: RecordedIncident<'_>, shown: Shown<'_>) -> String {
    match incident.category() {
        Some(Category::Outage) if is_well_itself(incident) => "up, and what it carries again too".to_owned(),
        Some(Category::Outage) if is_of_routes(incident) => "there again".to_owned(),
        Some(Category::Outage) => "up again".to_owned(),
        Some(Category::Visibility) => "reported again".to_owned(),
        Some(Category::Test) => "through with its failover test".to_owned(),
        Some(Category::Maintenance) => {
            let from = incident.planned().and_then(|work| work.from());
            let has_begun = from.zip(incident.recorded_at()).is_some_and(|(from, at)| at >= from);
            if has_begun { "now being worked on" } else { "not to go down after all" }.to_owned()
        }
        Some(Category::Resilience) if incident.resilience().is_some_and(RecordedResilience::is_as_before) => {
            "as resilient again".to_owned()
        }
        Some(Category::Resilience) => "no longer compared with what it was".to_owned(),
        Some(Category::Routes) => routes::through_with_prefixes(incident).to_owned(),
        Some(Category::Provisioning) => "in service".to_owned(),
        Some(Category::Removal) => removal(root_state(incident)).to_owned(),
        None => format!("no longer in an incident ({})", shown(incident.category_word(), MAXIMUM_WORD)),
    }
}

/// `less resilient, from high to none`.
fn less_resilient(incident: RecordedIncident<'_>, shown: Shown<'_>) -> String {
    let Some(resilience) = incident.resilience() else { return "less resilient".to_owned() };
    let word = |word: &str| shown(word, MAXIMUM_WORD);
    let (before, now) = (word(resilience.previous_word()), word(resilience.word()));
    format!("less resilient, from {before} to {now}")
}

fn removal(state: Option<State>) -> &'static str {
    match state {
        Some(state) if state.value() == "rejected" => "rejected",
        Some(state) if state.is_gone() => "removed",
        _ => "being removed",
    }
}

/// Whether a member of an incident that was withdrawn was not removed.
fn is_watched_no_longer(member: RecordedItem<'_>) -> bool {
    let Some((kind, word)) = member.kind().zip(member.text("state")) else { return false };
    word != "absent" && !State::of(kind, Some(&word)).is_gone()
}

/// Whether the root is an item that is well, and only what needs it is not.
pub fn is_well_itself(incident: RecordedIncident<'_>) -> bool {
    incident.root().kind().is_some() && !incident.root_is_member()
}

/// Whether the root is routes: these are there or gone.
fn is_of_routes(incident: RecordedIncident<'_>) -> bool {
    incident.root_kind() == Some(RootKind::Item(Kind::BgpRoutes))
}

/// Whether the root is in a state that this version does not know.
pub fn is_unrecognized(incident: RecordedIncident<'_>) -> bool {
    root_state(incident).is_some_and(|state| state.is_unrecognized())
}

/// The state of the root, if it is an item of a kind that this version knows.
fn root_state(incident: RecordedIncident<'_>) -> Option<State> {
    let word = incident.root().text("state")?;
    // AWS has no such word as `absent`: it stands for an item that is in no listing any more.
    let of = |kind| if word == "absent" { State::absent() } else { State::of(kind, Some(&word)) };
    incident.root().kind().map(of)
}

/// What is planned: `by AWS from … until …: title`, and what kind of plan it is. None where nothing is planned.
pub fn planned(incident: RecordedIncident<'_>, shown: Shown<'_>) -> Option<(&'static str, String)> {
    let planned = incident.planned()?;
    if planned.is_test() {
        // The end of one that lasts is an assumption.
        let until = planned.until().filter(|until| incident.recorded_at().is_some_and(|at| *until <= at));
        let until = until.map(|until| format!(" until {}", instant(until))).unwrap_or_default();
        return planned.from().map(|from| ("Test", format!("from {}{until}", instant(from))));
    }
    let (label, by) = if planned.is_by_aws() { ("Planned work", "by AWS ") } else { ("Silenced", "") };
    let from = planned.from().map(|from| format!("from {}", instant(from)));
    let until = planned.until().map(|until| format!("until {}", instant(until)));
    let times: Vec<String> = from.into_iter().chain(until).collect();
    let title = shown(planned.title().trim(), MAXIMUM_TITLE);
    let title = if title.is_empty() { title } else { format!(": {title}") };
    Some((label, format!("{by}{}{title}", times.join(" "))))
}

/// Who has taken it on: `by anna at …: note`.
pub fn acknowledged(incident: RecordedIncident<'_>, shown: Shown<'_>) -> Option<(&'static str, String)> {
    let acknowledged = incident.acknowledged()?;
    let at = acknowledged.at.map(|at| format!(" at {}", instant(at))).unwrap_or_default();
    let note = acknowledged.note.map(|note| format!(": {}", shown(note.trim(), MAXIMUM_TITLE))).unwrap_or_default();
    Some(("Acknowledged", format!("by {}{at}{note}", shown(acknowledged.by.trim(), MAXIMUM_PERSON))))
}

/// The evidence of its cause, a line for each piece.
pub fn evidence(incident: RecordedIncident<'_>, shown: Shown<'_>) -> Vec<String> {
    let lines = incident.evidence().map(|(at, summary)| {
        let at = at.map(|at| format!(" at {}", instant(at))).unwrap_or_default();
        format!("{}{at}", shown(summary.trim(), MAXIMUM_SUMMARY))
    });
    lines.collect()
}

/// The newest evidence of the cause, where that is what the document is about: `DeleteVirtualInterface by anna`.
pub fn news(incident: RecordedIncident<'_>, shown: Shown<'_>) -> Option<String> {
    let is_news = incident.reason() == Some(Reason::Explained);
    let (_, summary) = incident.evidence().last().filter(|_| is_news)?;
    Some(shown(summary.trim(), MAXIMUM_NEWS)).filter(|news| !news.is_empty())
}

/// How many members there are besides the root.
pub fn others(incident: RecordedIncident<'_>) -> u64 {
    incident.member_count().saturating_sub(incident.root_is_member().into())
}

/// How many members of each kind there are besides the root: the word for the kind, their number, and the number in words,
/// as `6 virtual interfaces`.
pub fn others_by_kind<'a>(incident: RecordedIncident<'a>, shown: Shown<'_>) -> Vec<(&'a str, u64, String)> {
    let root = incident.root().kind_word();
    let counts = incident.members_by_kind().into_iter().filter_map(|(word, count)| {
        let count = count.saturating_sub((incident.root_is_member() && word == root).into());
        let kind = word.parse::<Kind>().ok();
        let unknown = || shown(word, MAXIMUM_KIND);
        let (one, many) =
            kind.map_or_else(|| (unknown(), unknown()), |kind| (kind.label().into(), kind.plural().into()));
        (count > 0).then(|| (word, count, counted(count, &one, &many)))
    });
    counts.collect()
}

/// What the worst destination has left, and `left` after it: `core-dxgw has no path left`. None where there is nothing to
/// say: nothing that worked is down, or all is over.
pub fn impact(incident: RecordedIncident<'_>, shown: Shown<'_>, left: &str) -> Option<String> {
    if incident.reason() == Some(Reason::Merged) {
        return None;
    }
    if incident.category() == Some(Category::Routes) {
        let routes = incident.routes().filter(|routes| routes.ended().is_none())?;
        let destination = match routes.is_public() {
            true => "AWS's public network".to_owned(),
            false => shown(routes.destination(), MAXIMUM_NAME),
        };
        return Some(routes::paths_of_prefixes(routes, &destination, left));
    }
    let is_to_come = incident.category() == Some(Category::Maintenance);
    if is_to_come && incident.is_over() {
        return None;
    }
    // Where there is room for a word more, it says when.
    let left = if is_to_come && !left.is_empty() { " then" } else { left };
    let worst = incident.destinations().find(|destination| destination.paths() < destination.paths_before());
    if let Some(worst) = worst {
        return Some(format!("{} {}", those_that_have(incident, worst, shown), paths(worst, left)));
    }
    let is_outage = incident.category() == Some(Category::Outage) && !incident.is_over();
    Some(match incident.impact().filter(|_| is_outage)? {
        Impact::None => "no path is lost".to_owned(),
        Impact::Reduced => format!("a destination has fewer paths{left}"),
        Impact::LastPath => format!("a destination has its last path{left}"),
        Impact::Unknown => "its destinations are not known".to_owned(),
        Impact::Outage => format!("a destination has no path{left}"),
    })
}

/// What a destination has left: `no path left`.
fn paths(destination: RecordedDestination<'_>, left: &str) -> String {
    match (destination.paths(), destination.paths_before()) {
        (0, _) => format!("no path{left}"),
        (paths, before) if paths > 1 && destination.devices() == 1 => {
            format!("{paths} of {before} paths{left}, on one device")
        }
        (paths, before) => format!("{paths} of {before} paths{left}"),
    }
}

/// The name of the worst destination, how many others have as little left, and the verb: `core-dxgw and 2 more have`.
fn those_that_have(incident: RecordedIncident<'_>, worst: RecordedDestination<'_>, shown: Shown<'_>) -> String {
    let same = |other: &RecordedDestination<'_>| (other.kind_word(), other.id()) == (worst.kind_word(), worst.id());
    let as_bad = |other: &RecordedDestination<'_>| {
        other.paths() < other.paths_before() && (other.paths() == 0) == (worst.paths() == 0)
    };
    let mut others: Vec<_> = incident.destinations().filter(as_bad).filter(|other| !same(other)).collect();
    others.sort_by_key(|other| (other.kind_word(), other.id()));
    others.dedup_by_key(|other| (other.kind_word(), other.id()));
    let others = match others.len() {
        0 => " has".to_owned(),
        more => format!(" and {more} more have"),
    };
    // One family of two: the other has paths still.
    let family = match incident.destinations().filter(same).all(|family| as_bad(&family)) {
        true => String::new(),
        false => format!(" ({})", family(worst, shown)),
    };
    format!("{}{family}{others}", destination(worst, shown))
}

/// A destination's name, or its id.
pub fn destination(destination: RecordedDestination<'_>, shown: Shown<'_>) -> String {
    let name = shown(destination.name().unwrap_or_default(), MAXIMUM_NAME);
    match destination.kind() {
        Some(DestinationKind::Public) => "AWS's public network".to_owned(),
        _ if name.trim().is_empty() => shown(destination.id(), MAXIMUM_NAME),
        _ => name,
    }
}

/// A destination's kind: `Direct Connect gateway`.
pub fn destination_kind(destination: RecordedDestination<'_>, shown: Shown<'_>) -> String {
    match destination.kind() {
        Some(DestinationKind::DirectConnectGateway) => RootKind::Item(Kind::DirectConnectGateway).label().to_owned(),
        Some(DestinationKind::VirtualGateway) => RootKind::Item(Kind::VirtualGateway).label().to_owned(),
        Some(DestinationKind::Public) => "public virtual interfaces".to_owned(),
        None => shown(destination.kind_word(), MAXIMUM_KIND),
    }
}

/// A destination's address family: `IPv4`.
pub fn family(destination: RecordedDestination<'_>, shown: Shown<'_>) -> String {
    address_family(destination.address_family(), shown)
}

fn address_family(word: &str, shown: Shown<'_>) -> String {
    shown(super::address_family(word), MAXIMUM_WORD)
}

/// What a destination has left, in full: `no path left (2 before)`, `3 of 4 paths left, on 2 devices in 1 location`.
pub fn what_is_left(destination: RecordedDestination<'_>) -> String {
    let (paths, before) = (destination.paths(), destination.paths_before());
    let on = match (destination.devices(), destination.locations()) {
        (0, _) => String::new(),
        (devices, 0) => format!(", on {}", counted(devices, "device", "devices")),
        (devices, locations) => {
            format!(", on {} in {}", counted(devices, "device", "devices"), counted(locations, "location", "locations"))
        }
    };
    match paths {
        0 if before == 0 => "no path".to_owned(),
        0 => format!("no path left ({before} before)"),
        _ if paths < before => format!("{paths} of {} left{on}", counted(before, "path", "paths")),
        _ => format!("{}{on}", counted(paths, "path", "paths")),
    }
}
