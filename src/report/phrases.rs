//! Figures as text, shared by all formats for people.

use std::time::Duration;

use super::{
    condition::Condition,
    document::{Figures, Outage, Report},
    incident::ReportIncident,
};
use crate::{
    domain::{DestinationKind, Timestamp},
    words,
};

/// The text for a figure without data.
pub const NO_DATA: &str = "no data";

/// `part` of `whole` in per cent, cut to three decimals and never rounded up to 100. `None` where `whole` is zero.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    let thousandths = (u128::from(part) * 100_000).checked_div(u128::from(whole))?;
    Some(format!("{}.{:03}%", thousandths / 1000, thousandths % 1000))
}

/// The availability of an item or a group.
pub fn availability(figures: &Figures) -> String {
    percent(figures.up_milliseconds, figures.up_milliseconds + figures.down_milliseconds)
        .unwrap_or_else(|| NO_DATA.to_owned())
}

/// The part of the window that was monitored after the first sight.
pub fn coverage(figures: &Figures) -> String {
    let whole = figures.up_milliseconds + figures.down_milliseconds + figures.excluded_milliseconds;
    let unseen = figures.excluded.unmonitored + figures.excluded.undiscovered + figures.excluded.retired;
    percent(whole.saturating_sub(unseen), whole).unwrap_or_else(|| NO_DATA.to_owned())
}

/// A duration in milliseconds, exactly.
pub fn duration(milliseconds: u64) -> String {
    words::exact_duration(Duration::from_millis(milliseconds))
}

/// A duration, or a dash for none.
pub fn optional_duration(milliseconds: Option<u64>) -> String {
    milliseconds.map_or_else(|| "–".to_owned(), duration)
}

/// How many outages there are, and how many more of which nothing counts.
pub fn outages(figures: &Figures) -> String {
    match figures.outages_not_counted + figures.outages_planned {
        0 => figures.outages.to_string(),
        more => format!("{} (and {more} not counted)", figures.outages),
    }
}

/// The down time, and how much of it was planned.
pub fn down(figures: &Figures) -> String {
    let down = duration(figures.down_milliseconds);
    match figures.planned_milliseconds - figures.excluded.planned {
        0 => down,
        planned => format!("{down} ({} planned)", duration(planned)),
    }
}

/// The availability if planned time, which is left out, counted as down; none where it is not left out.
pub fn with_planned(figures: &Figures) -> Option<String> {
    let down = figures.down_milliseconds + figures.excluded.planned;
    let availability = percent(figures.up_milliseconds, figures.up_milliseconds + down);
    availability.filter(|_| figures.excluded.planned > 0)
}

/// The counted time of an outage, how much of it was planned or is left out as such, and how long it was unmonitored.
pub fn counted(outage: &Outage) -> String {
    let Outage { counted_milliseconds: counted, planned_milliseconds: planned, .. } = *outage;
    let is_left_out = counted == outage.unplanned_milliseconds;
    let mut parts = Vec::new();
    if counted > 0 {
        parts.push(duration(counted));
    }
    match (planned, is_left_out) {
        (0, _) => {}
        (planned, true) if counted == 0 => parts.push(format!("not counted: planned {}", duration(planned))),
        (planned, true) => parts.push(format!("planned {} left out", duration(planned))),
        (planned, false) => parts.push(format!("planned {} of it", duration(planned))),
    }
    match outage.unmonitored_milliseconds {
        0 => {}
        unmonitored if parts.is_empty() => parts.push(format!("not counted: unmonitored {}", duration(unmonitored))),
        unmonitored => parts.push(format!("unmonitored {}", duration(unmonitored))),
    }
    if parts.is_empty() { duration(counted) } else { parts.join(", ") }
}

/// What a destination is: `Direct Connect gateway`, say.
pub fn destination_kind(kind: DestinationKind) -> &'static str {
    match kind {
        DestinationKind::DirectConnectGateway => "Direct Connect gateway",
        DestinationKind::VirtualGateway => "virtual private gateway",
        DestinationKind::Public => "public interfaces of account",
    }
}

/// What an incident is about: `outage, critical, impact outage, root connection dxcon-1 (prod)`. Words and names in it are
/// made inert by `shown`.
pub fn incident_kind(incident: &ReportIncident, shown: impl Fn(&str) -> String) -> String {
    let ReportIncident { category, severity, impact, root, .. } = incident;
    let name = root.name.as_deref().filter(|name| !name.trim().is_empty());
    let name = name.map(|name| format!(" ({})", shown(name))).unwrap_or_default();
    format!(
        "{}, {}, impact {}, root {} {}{name}",
        shown(category),
        shown(severity),
        shown(impact),
        shown(&root.kind),
        shown(&root.id)
    )
}

/// When an incident was, and how it ended: `since 2026-11-22 03:12:00 UTC, resolved 2026-11-22 03:40:00 UTC, lasted 28m`.
pub fn incident_course(incident: &ReportIncident, shown: impl Fn(&str) -> String) -> String {
    let mut parts = Vec::new();
    parts.extend(incident.since.map(|since| format!("since {} UTC", words::time(since))));
    let status = shown(&incident.status);
    parts.push(match incident.resolved_at {
        Some(at) => format!("{status} {} UTC", words::time(at)),
        None => status,
    });
    parts.extend(incident.duration_seconds.map(|seconds| format!("lasted {}", duration(seconds.saturating_mul(1000)))));
    if !incident.merged.is_empty() {
        let merged = words::counted(incident.merged.len() as u64, "other incident", "other incidents");
        parts.push(format!("{merged} became part of it"));
    }
    parts.join(", ")
}

/// Why an outage may be in no recorded incident.
pub const NO_INCIDENT: &str = "No recorded incident is known of these: they are from before incidents were recorded, or nothing has gathered them yet,\n\
     or no event names their incident and it had more members than the 20 that its documents list.";

/// How far apart the last two polls were, from the shortest to the longest of all scopes, and when the last of them was.
pub fn last_polls(report: &Report) -> Option<(String, Timestamp)> {
    let intervals = || report.items.iter().filter_map(|entry| entry.poll_interval_seconds);
    let seconds = |seconds: u64| duration(seconds.saturating_mul(1000));
    let (shortest, longest) = (intervals().min()?, intervals().max()?);
    let last = report.items.iter().filter_map(|entry| entry.poll_interval_at).max()?;
    let interval = match shortest == longest {
        true => seconds(longest),
        false => format!("{} to {}", seconds(shortest), seconds(longest)),
    };
    Some((interval, last))
}

/// Excluded time by reason, largest first; empty where there is none.
pub fn excluded(figures: &Figures) -> String {
    let mut reasons: Vec<(Condition, u64)> =
        figures.excluded.by_reason().into_iter().filter(|(_, milliseconds)| *milliseconds > 0).collect();
    reasons.sort_by_key(|(_, milliseconds)| std::cmp::Reverse(*milliseconds));
    let texts: Vec<String> = reasons
        .iter()
        .map(|(reason, milliseconds)| format!("{} {}", reason_name(*reason), duration(*milliseconds)))
        .collect();
    texts.join(", ")
}

/// The name of a condition for people.
pub fn reason_name(condition: Condition) -> &'static str {
    match condition {
        Condition::Undiscovered => "not yet seen",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_is_never_rounded_up() {
        assert_eq!(percent(999_999_999, 1_000_000_000).unwrap(), "99.999%");
        assert_eq!(percent(1, 1).unwrap(), "100.000%");
        assert_eq!(percent(0, 7).unwrap(), "0.000%");
        assert_eq!(percent(2, 3).unwrap(), "66.666%");
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(u64::MAX, u64::MAX).unwrap(), "100.000%");
    }
}
