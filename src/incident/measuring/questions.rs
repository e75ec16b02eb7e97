//! What to ask CloudWatch about an incident, and when: within bounds, however large the incident is and however long it
//! lasts.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use uuid::Uuid;

use crate::{
    domain::{
        Category, Impact, IncidentState, IncidentStatus, ItemDescription, ItemKey, Kind, Measured, Recalled, Series,
        Severity, Span, StateRow, Timestamp,
    },
    incident::Condition,
};

/// The most connections of an incident that are asked about, and the most virtual interfaces.
const CONNECTIONS: usize = 4;
const INTERFACES: usize = 8;
/// The most series that are asked for at once. Each is paid for.
const SERIES: usize = 60;
/// How far back from its beginning. Light may fade for a while before a link goes down.
const BEFORE: Duration = Duration::from_secs(3_600);
/// For how long after an incident has opened or grown it is asked about.
const WHILE_YOUNG: Duration = Duration::from_secs(20 * 60);
/// The time between two questions about one incident, and about one that has become worse meanwhile.
const AGAIN_AFTER: Duration = Duration::from_secs(6 * 60);
const WORSE_AFTER: Duration = Duration::from_secs(60);
/// How often an incident is asked about at most, by one process.
const TIMES: u32 = 5;

/// An incident to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// The incident.
    pub incident: Uuid,
    /// Its region.
    pub region: String,
    /// When it may have begun at the earliest: when it was last seen as it was before.
    pub since: Timestamp,
    /// When it opened or grew last.
    pub grown_at: Timestamp,
    /// How bad it is.
    pub severity: Severity,
    /// What it takes.
    pub impact: Impact,
    /// Its connections and LAGs, and those that its virtual interfaces run over; with whether this account sees their state.
    pub connections: BTreeMap<String, bool>,
    /// Its virtual interfaces, with the connections or LAGs that they run over.
    pub interfaces: BTreeMap<String, Option<String>>,
}

/// What was asked about an incident before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When it was asked last.
    pub at: Timestamp,
    /// How often it was asked.
    pub times: u32,
    /// How bad it was then.
    pub severity: Severity,
    /// What it took then.
    pub impact: Impact,
}

/// The incidents of a scope that may be asked about at `now`: outages, and what AWS does not report the state of.
pub fn inquiries(recalled: &Recalled, now: Timestamp) -> Vec<Inquiry> {
    let incidents = recalled.incidents.iter().filter(|(_, row)| is_asked_about(&row.state, now));
    incidents.filter_map(|(id, row)| inquiry(recalled, *id, &row.state)).collect()
}

fn is_asked_about(incident: &IncidentState, now: Timestamp) -> bool {
    // One that is over may still be explained: AWS's numbers come later than the end of a short outage.
    matches!(incident.status, IncidentStatus::Open | IncidentStatus::Resolved)
        && matches!(incident.category, Category::Outage | Category::Visibility)
        && now.since(incident.opened_at.max(incident.grown_at)) <= WHILE_YOUNG
}

/// What there is to ask about an incident; nothing where nothing of it has metrics.
fn inquiry(recalled: &Recalled, id: Uuid, incident: &IncidentState) -> Option<Inquiry> {
    let mut members: Vec<(&ItemKey, &StateRow)> =
        recalled.states.iter().filter(|(_, row)| row.group == Some(id) && is_hit(row, incident)).collect();
    let root = incident.root.key();
    members.sort_by_key(|(key, _)| (Some(*key) != root.as_ref(), key.kind.layer()));
    let (mut connections, mut interfaces) = (BTreeMap::new(), BTreeMap::new());
    for (key, row) in members {
        let interface = interface_of(key, &row.details);
        let port = match interface {
            Some(id) => port_of_interface(recalled, id).or(row.details.connection_id.as_deref()),
            None => is_port(key.kind).then_some(key.id.as_str()),
        };
        if let Some(port) = port.filter(|id| connections.len() < CONNECTIONS || connections.contains_key(*id)) {
            connections.insert(port.to_owned(), sees(recalled, port));
        }
        if let Some(interface) = interface.filter(|_| interfaces.len() < INTERFACES) {
            interfaces.insert(interface.to_owned(), port.map(str::to_owned));
        }
    }
    (!connections.is_empty()).then(|| Inquiry {
        incident: id,
        region: recalled.scope.region().to_owned(),
        since: incident.last_seen_at.unwrap_or(incident.since).min(incident.since),
        grown_at: incident.opened_at.max(incident.grown_at),
        severity: incident.told.severity,
        impact: incident.told.impact,
        connections,
        interfaces,
    })
}

/// Whether an incident is about a member: about all that ever were, once it is over.
fn is_hit(row: &StateRow, incident: &IncidentState) -> bool {
    !incident.status.is_open() || Condition::of(&row.state, row.incident_id.is_some()).is_unwell()
}

/// Whether items of a kind are what virtual interfaces run over.
fn is_port(kind: Kind) -> bool {
    matches!(kind, Kind::Connection | Kind::Interconnect | Kind::HostedConnection | Kind::Lag)
}

/// The virtual interface that an item is or belongs to.
fn interface_of<'a>(key: &'a ItemKey, item: &'a ItemDescription) -> Option<&'a str> {
    match key.kind {
        Kind::VirtualInterface => Some(&key.id),
        Kind::BgpPeer => item.virtual_interface_id.as_deref(),
        _ => None,
    }
}

/// The connection or LAG that a virtual interface runs over.
fn port_of_interface<'a>(recalled: &'a Recalled, id: &str) -> Option<&'a str> {
    recalled.states.get(&ItemKey::new(Kind::VirtualInterface, id))?.details.connection_id.as_deref()
}

/// Whether this account lists a connection or LAG: one that another account owns can be seen in metrics only.
fn sees(recalled: &Recalled, id: &str) -> bool {
    Kind::ALL.into_iter().filter(|kind| is_port(*kind)).any(|kind| {
        let row = recalled.states.get(&ItemKey::new(kind, id));
        row.is_some_and(|row| !row.state.is_gone())
    })
}

impl Inquiry {
    /// Whether it is to be asked now.
    pub fn is_due(&self, asked: Option<&Asked>, now: Timestamp) -> bool {
        let Some(asked) = asked else { return true };
        let is_worse = self.severity > asked.severity || self.impact > asked.impact || self.grown_at > asked.at;
        let pause = if is_worse { WORSE_AFTER } else { AGAIN_AFTER };
        asked.times < TIMES && now.since(asked.at) >= pause
    }

    /// What is to be remembered of asking it now.
    pub fn asked(&self, before: Option<&Asked>, now: Timestamp) -> Asked {
        let times = before.map_or(0, |before| before.times) + 1;
        Asked { at: now, times, severity: self.severity, impact: self.impact }
    }

    /// The time that it is about.
    pub fn span(&self, now: Timestamp) -> Span {
        let before = i64::try_from(BEFORE.as_millis()).unwrap_or(i64::MAX);
        Span::new(Timestamp::from_milliseconds(self.since.milliseconds().saturating_sub(before)), now)
    }

    /// Those of the series that there are which it asks for, the most telling first.
    pub fn wanted(&self, series: impl IntoIterator<Item = Series>) -> Vec<Series> {
        let wanted: BTreeSet<Series> = series.into_iter().filter(|series| self.wants(series)).collect();
        wanted.into_iter().take(SERIES).collect()
    }

    fn wants(&self, series: &Series) -> bool {
        let connection = series.connection().and_then(|id| self.connections.get(id));
        match (series.measured, series.interface()) {
            (Measured::PrefixesAccepted, Some(interface)) => self.interfaces.contains_key(interface),
            // The state of what is listed is known better than from metrics.
            (Measured::ConnectionState, None) => connection == Some(&false),
            (Measured::LightReceived | Measured::LightSent | Measured::Errors, None) => connection.is_some(),
            _ => false,
        }
    }
}
