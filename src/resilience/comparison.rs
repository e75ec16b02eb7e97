//! Compares what the paths to each destination amount to with what they amounted to: what has fallen, and what did it.
//!
//! What is known of a destination is the model that its paths amounted to last before they fell. As long as they amount to
//! less, there is an incident, named by the destination and the instant of what is known: whoever compares again, after a
//! crash or beside another poll, finds the same one. What is known moves only upwards, and where nothing is left to
//! compare: the destination is gone, less is watched than before, or less is intended.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cause::changes,
    intent::Intents,
    model::model_of,
    path::{ConfiguredPath, configured},
    wiring::Wiring,
};
use crate::{
    domain::{
        Category, DestinationKind, IncidentFacts, ItemKey, Kind, KnownDestination, KnownPath, KnownResilience,
        LowerResilience, Model, Root, RootKind, Timestamp,
    },
    incident::{Finding, Findings, Standing, Target},
};

/// The kinds that a model depends on.
pub const GRADED_BY: [Kind; 9] = [
    Kind::Connection,
    Kind::HostedConnection,
    Kind::Interconnect,
    Kind::Lag,
    Kind::VirtualInterface,
    Kind::BgpPeer,
    Kind::VirtualGateway,
    Kind::DirectConnectGateway,
    Kind::GatewayAttachment,
];

/// How many paths the row keeps: each takes some hundred bytes, and a row has at most 400 KB.
const PATHS_KEPT: usize = 1_000;
/// How many changes an incident names.
const CHANGES_NAMED: usize = 20;

/// What a poll has seen of an account.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// All of its items, wired.
    pub wiring: &'a Wiring,
    /// The regions that are watched.
    pub regions: BTreeSet<String>,
    /// The kinds that are watched.
    pub kinds: BTreeSet<Kind>,
    /// When that was seen.
    pub at: Timestamp,
    /// The beginning of the last observation that certainly saw nothing fallen that was not fallen before.
    pub last_seen_at: Option<Timestamp>,
}

/// What has come of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The destinations that are less resilient than they were.
    pub findings: Findings,
    /// What is known from now on, if that is anything else.
    pub known: Option<KnownResilience>,
}

/// Compares what a poll has seen with what was known.
pub fn compare(seen: &Seen<'_>, known: Option<&KnownResilience>, intents: &Intents) -> Compared {
    let kinds = seen.kinds.iter().filter(|kind| GRADED_BY.contains(kind)).map(Kind::to_string).collect();
    let mut now = KnownResilience { regions: seen.regions.clone(), kinds, destinations: Vec::new() };
    let mut paths = configured(seen.wiring);
    let mut found = Vec::new();
    // What was on what is not watched any more is not gone.
    let is_watched_still =
        |known: &&KnownResilience| known.regions.is_subset(&now.regions) && known.kinds.is_subset(&now.kinds);
    for before in known.filter(is_watched_still).into_iter().flat_map(|known| &known.destinations) {
        let target = target(before);
        let paths = paths.remove(&target).unwrap_or_default();
        if paths.is_empty() && !exists(seen.wiring, &target) {
            continue;
        }
        let finding = finding(seen, before, &paths, intents.of(&target));
        let lasts = finding.standing == Standing::Lasts;
        now.destinations.push(if lasts { before.clone() } else { destination(target, &paths, before, seen.at) });
        found.push(finding);
    }
    let new = paths.into_iter().map(|(target, paths)| KnownDestination {
        model: model_of(&paths),
        since: seen.at,
        paths: kept(&paths),
        kind: target.kind,
        id: target.id,
        address_family: target.family,
    });
    now.destinations.extend(new);
    now.destinations.sort_by(|a, b| key(a).cmp(&key(b)));
    leave_out_paths(&mut now);
    let findings = Findings { category: Category::Resilience, found };
    // Where there is no destination, there is nothing to know.
    let is_news = Some(&now) != known && (known.is_some() || !now.destinations.is_empty());
    Compared { findings, known: is_news.then_some(now) }
}

fn key(destination: &KnownDestination) -> (DestinationKind, &str, &str) {
    (destination.kind, &destination.id, &destination.address_family)
}

fn target(known: &KnownDestination) -> Target {
    Target { kind: known.kind, id: known.id.clone(), family: known.address_family.clone() }
}

/// Whether a destination is there without a path: its gateway is listed.
fn exists(wiring: &Wiring, target: &Target) -> bool {
    let Some(kind) = gateway_kind(target.kind) else { return false };
    let mut listed = wiring.with_id(&target.id).iter().map(|place| &wiring.estate.entries[*place]);
    listed.any(|entry| entry.key.kind == kind && entry.is_there())
}

fn gateway_kind(kind: DestinationKind) -> Option<Kind> {
    match kind {
        DestinationKind::DirectConnectGateway => Some(Kind::DirectConnectGateway),
        DestinationKind::VirtualGateway => Some(Kind::VirtualGateway),
        DestinationKind::Public => None,
    }
}

/// What the paths to a destination amount to beside what they did and, if that is less, why. It passes where no more is
/// intended.
fn finding(seen: &Seen<'_>, before: &KnownDestination, paths: &[ConfiguredPath], intended: Option<Model>) -> Finding {
    let model = amount(before, paths);
    let standing = match intended {
        _ if model >= before.model => Standing::Ended,
        Some(intended) if model >= intended => Standing::Passes,
        _ => Standing::Lasts,
    };
    let is_as_before = standing == Standing::Ended;
    let mut changes = if is_as_before { Vec::new() } else { changes(seen.wiring, before, paths) };
    let more_changes = changes.len().saturating_sub(CHANGES_NAMED) as u64;
    changes.truncate(CHANGES_NAMED);
    let devices: BTreeSet<&String> = paths.iter().filter_map(|path| path.device.as_ref()).collect();
    let locations: BTreeSet<&String> = paths.iter().flat_map(|path| &path.locations).collect();
    let facts = LowerResilience {
        kind: before.kind,
        id: before.id.clone(),
        address_family: before.address_family.clone(),
        previous_model: before.model,
        model,
        intended_model: intended,
        paths: paths.len() as u64,
        devices: devices.len() as u64,
        locations: locations.len() as u64,
        changes,
        more_changes,
    };
    let (kind, id, family) = key(before);
    let root = match gateway_kind(kind) {
        Some(gateway) => Root::item(&ItemKey::new(gateway, id)),
        None => Root { kind: RootKind::Public, id: id.to_owned() },
    };
    Finding {
        subject: format!("{root}\n{family}\n{}", before.since),
        root,
        since: seen.at,
        last_seen_at: seen.last_seen_at,
        facts: IncidentFacts::Resilience(facts),
        standing,
    }
}

/// What the paths amount to. A path of which AWS has ceased to name the device or the location has not moved: it counts as
/// it was.
fn amount(before: &KnownDestination, paths: &[ConfiguredPath]) -> Model {
    let known: BTreeMap<&str, &KnownPath> = before.paths.iter().map(|path| (path.interface.as_str(), path)).collect();
    let filled = paths.iter().map(|path| {
        let mut path = path.clone();
        let same = known.get(path.interface.as_str()).filter(|known| known.connection == path.connection);
        if let Some(known) = same {
            if path.devices.is_empty() {
                path.devices = known.devices.clone();
            }
            if path.locations.is_empty() {
                path.locations = known.locations.clone();
            }
        }
        path
    });
    model_of(&filled.collect::<Vec<_>>())
}

/// What is known of a destination from now on whose paths amount to as much as they did, or more; or to less, and that is
/// as it is meant to be.
fn destination(target: Target, paths: &[ConfiguredPath], before: &KnownDestination, at: Timestamp) -> KnownDestination {
    let model = amount(before, paths);
    KnownDestination {
        kind: target.kind,
        id: target.id,
        address_family: target.family,
        model,
        since: if model == before.model { before.since } else { at },
        paths: kept(paths),
    }
}

fn kept(paths: &[ConfiguredPath]) -> Vec<KnownPath> {
    let paths = paths.iter().map(|path| KnownPath {
        interface: path.interface.clone(),
        connection: path.connection.clone(),
        devices: path.devices.clone(),
        locations: path.locations.clone(),
    });
    paths.collect()
}

/// Leaves out the paths of the destinations that have most of them, where all are more than a row holds.
fn leave_out_paths(known: &mut KnownResilience) {
    let mut sizes: Vec<(usize, usize)> =
        known.destinations.iter().enumerate().map(|(place, known)| (known.paths.len(), place)).collect();
    sizes.sort_unstable();
    let mut kept = 0;
    for (size, place) in sizes {
        kept += size;
        if kept > PATHS_KEPT {
            known.destinations[place].paths.clear();
        }
    }
}
