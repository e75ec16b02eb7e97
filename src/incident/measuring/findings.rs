//! What the data points of CloudWatch show, in plain sentences. Numbers that make no sense show nothing.
//!
//! Each sentence is evidence that is dated; whoever shows it appends the date. So a sentence ends with what was seen at that
//! time: "Light received on dxcon-1 fell from -3.2 dBm at 03:05 to -40.0 dBm", and then "at 2026-11-22 03:10 UTC".

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use uuid::Uuid;

use super::questions::Inquiry;
use crate::domain::{Evidence, EvidenceType, Measured, Sample, Series, Timestamp};

/// The most pieces of evidence that one inquiry brings.
const MOST: usize = 4;
/// How long before an incident something has to happen to have to do with it. A data point stands for five minutes.
const SHORTLY: Duration = Duration::from_secs(15 * 60);
/// By how much light has to fall, in dB: by half.
const FALL: f64 = 3.0;
/// What light can be, in dBm, and what can be counted. Receivers of Direct Connect see from about -40 to +6 dBm.
const LIGHT: std::ops::RangeInclusive<f64> = -100.0..=100.0;
const COUNT: std::ops::RangeInclusive<f64> = 0.0..=1e12;
/// The namespace of the ids: made up once, fixed for ever.
const NAMESPACE: Uuid = Uuid::from_u128(0x3c5e_81d7_90fb_4a26_8e17_5d0b_c2a4_69f3);

/// What the answers show of an incident, the most telling first: at most a few pieces, and the same for the same answers.
pub fn findings(inquiry: &Inquiry, answers: &[(Series, Vec<Sample>)]) -> Vec<Evidence> {
    let answers: Vec<(&Series, Vec<Sample>)> =
        answers.iter().map(|(series, samples)| (series, sound(series.measured, samples))).collect();
    let mut found = Vec::new();
    found.extend(faded(inquiry, &answers, Measured::LightReceived));
    found.extend(faded(inquiry, &answers, Measured::LightSent));
    for (series, samples) in &answers {
        found.extend(match series.measured {
            Measured::LightReceived | Measured::LightSent => None,
            Measured::ConnectionState => state(inquiry, series, samples),
            Measured::Errors => errors(inquiry, series, samples),
            Measured::PrefixesAccepted => prefixes(inquiry, series, samples),
        });
    }
    found.sort_by_key(|(measured, _)| *measured);
    found.into_iter().map(|(_, evidence)| evidence).take(MOST).collect()
}

type Found = Option<(Measured, Evidence)>;

/// The data points that can be true, by time.
fn sound(measured: Measured, samples: &[Sample]) -> Vec<Sample> {
    let range = match measured {
        Measured::LightReceived | Measured::LightSent => LIGHT,
        _ => COUNT,
    };
    // A number that is none lies in no range.
    let mut sound: Vec<Sample> = samples.iter().filter(|sample| range.contains(&sample.value)).copied().collect();
    sound.sort_by_key(|sample| sample.at);
    sound.dedup_by_key(|sample| sample.at);
    sound
}

/// The fall of light on each connection: that of the lane that fell most.
fn faded(inquiry: &Inquiry, answers: &[(&Series, Vec<Sample>)], measured: Measured) -> Vec<(Measured, Evidence)> {
    let mut lanes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut deepest: BTreeMap<&str, (&Series, Fall)> = BTreeMap::new();
    for (series, samples) in answers.iter().filter(|(series, _)| series.measured == measured) {
        let Some(connection) = series.connection() else { continue };
        lanes.entry(connection).or_default().extend(series.lane());
        let Some(fall) = Fall::of(inquiry, samples, |usual| usual - FALL) else { continue };
        let is_deeper = deepest.get(connection).is_none_or(|(_, known)| fall.depth() > known.depth());
        if is_deeper {
            deepest.insert(connection, (*series, fall));
        }
    }
    let falls = deepest.into_iter().map(|(connection, (series, fall))| {
        let what = if measured == Measured::LightReceived { "Light received" } else { "Light sent by AWS" };
        let is_one_of_several = lanes.get(connection).is_some_and(|lanes| lanes.len() > 1);
        let lane = series.lane().filter(|_| is_one_of_several).map(|lane| format!(" (lane {lane})"));
        let (before, after) = (fall.before, fall.lowest);
        let summary = format!(
            "{what} on {connection}{} fell from {:.1} dBm at {} to {:.1} dBm",
            lane.unwrap_or_default(),
            before.value,
            clock(before.at),
            after.value
        );
        (measured, of_connection(inquiry, measured, connection, after.at, summary))
    });
    falls.collect()
}

/// A fall of what is usually higher: the last data point before it, and the lowest since.
#[derive(Clone, Copy, Debug)]
struct Fall {
    before: Sample,
    lowest: Sample,
}

impl Fall {
    /// The fall about when an incident began: to what `limit` makes of the usual value, or below.
    fn of(inquiry: &Inquiry, samples: &[Sample], limit: impl Fn(f64) -> f64) -> Option<Fall> {
        let is_recent = |sample: &Sample| sample.at.plus(SHORTLY) >= inquiry.since;
        let limit = limit(usual(samples.iter().filter(|sample| !is_recent(sample)))?);
        let first = samples.iter().position(|sample| is_recent(sample) && sample.value <= limit)?;
        // The one before it is above the limit: either it is recent, or it is one of the usual ones.
        let before = *samples.get(first.checked_sub(1)?).filter(|sample| sample.value > limit)?;
        let lowest = samples[first..].iter().copied().min_by(|one, other| one.value.total_cmp(&other.value))?;
        Some(Fall { before, lowest })
    }

    fn depth(&self) -> f64 {
        self.before.value - self.lowest.value
    }
}

/// The value in the middle.
fn usual<'s>(samples: impl Iterator<Item = &'s Sample>) -> Option<f64> {
    let mut values: Vec<f64> = samples.map(|sample| sample.value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The state of a connection that this account cannot describe.
fn state(inquiry: &Inquiry, series: &Series, samples: &[Sample]) -> Found {
    let connection = series.connection()?;
    let is_up = |sample: &Sample| sample.value >= 0.5;
    let last = samples.last().filter(|sample| sample.at.plus(SHORTLY) >= inquiry.since)?;
    let (at, what) = if is_up(last) {
        // One that is from before the incident shows nothing.
        (last.at, (last.at >= inquiry.since).then_some("was still up")?)
    } else {
        match samples.iter().rposition(is_up) {
            Some(up) => (samples[up + 1].at, "went down"),
            None => (samples.first()?.at, "was down already"),
        }
    };
    let summary = format!("Connection {connection}, which cannot be described from here, {what} in AWS's metrics");
    Some((series.measured, of_connection(inquiry, series.measured, connection, at, summary)))
}

/// Frames with errors about when the incident began.
fn errors(inquiry: &Inquiry, series: &Series, samples: &[Sample]) -> Found {
    let connection = series.connection()?;
    let (earlier, recent): (Vec<Sample>, Vec<Sample>) =
        samples.iter().partition(|sample| sample.at.plus(SHORTLY) < inquiry.since);
    let first = recent.iter().find(|sample| sample.value >= 1.0)?;
    let last = recent.iter().rfind(|sample| sample.value >= 1.0)?;
    let count = recent.iter().map(|sample| sample.value).sum::<f64>();
    let began = !earlier.is_empty() && earlier.iter().all(|sample| sample.value < 1.0);
    let when = if began { "began" } else { "were counted already" };
    let summary = format!("MAC errors on {connection} ({count:.0} by {}) {when}", clock(last.at));
    Some((series.measured, of_connection(inquiry, series.measured, connection, first.at, summary)))
}

/// Prefixes that were withdrawn. AWS has a series of zeros, too, for an address family that an interface does not use.
fn prefixes(inquiry: &Inquiry, series: &Series, samples: &[Sample]) -> Found {
    let interface = series.interface()?;
    let fall = Fall::of(inquiry, samples, |usual| usual / 2.0).filter(|fall| fall.before.value >= 1.0)?;
    let family = match series.family() {
        Some(family) if family.eq_ignore_ascii_case("ipv4") => " (IPv4)",
        Some(family) if family.eq_ignore_ascii_case("ipv6") => " (IPv6)",
        _ => "",
    };
    let summary = format!(
        "Prefixes accepted on {interface}{family} fell from {:.0} at {} to {:.0}",
        fall.before.value,
        clock(fall.before.at),
        fall.lowest.value
    );
    let subject = format!("{interface}{family}");
    let items = BTreeSet::from([interface.to_owned()]);
    Some((series.measured, evidence(inquiry, (series.measured, &subject), items, (fall.lowest.at, summary))))
}

/// Evidence about a connection: it explains what runs over it, also where the connection is not listed.
fn of_connection(inquiry: &Inquiry, measured: Measured, connection: &str, at: Timestamp, summary: String) -> Evidence {
    let over = inquiry.interfaces.iter().filter(|(_, port)| port.as_deref() == Some(connection));
    let items = over.map(|(interface, _)| interface.as_str()).chain([connection]).map(str::to_owned).collect();
    evidence(inquiry, (measured, connection), items, (at, summary))
}

/// A piece of evidence. Whatever arrives later, there is one for each incident, metric and subject.
fn evidence(
    inquiry: &Inquiry,
    (measured, subject): (Measured, &str),
    items: BTreeSet<String>,
    (at, summary): (Timestamp, String),
) -> Evidence {
    let name = format!("{}\n{}\n{subject}", inquiry.incident, measured.name());
    let id = Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string();
    Evidence { id, kind: EvidenceType::Metrics, at, summary, by: None, items }
}

/// `03:05`: the minute of a data point. The date is that of the evidence.
fn clock(at: Timestamp) -> String {
    at.to_datetime().format("%H:%M").to_string()
}
