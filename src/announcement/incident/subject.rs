//! The subject of an incident's message, which a phone shows on its lock screen at three in the morning.
//!
//! What happened to what comes first. The id stays whole where it can; then comes what else is down, and what is left.
//! Names get what room there is.

use crate::{
    announcement::subject::{MAXIMUM_CHARACTERS, MINIMUM_NAME},
    domain::RecordedIncident,
    escape,
    words::{self, incident},
};

/// The shortest part of an id that is shown, whatever else there is to say.
const MINIMUM_ID: usize = 24;
/// The least room for evidence.
const MINIMUM_NEWS: usize = 24;
/// The longest name of a destination where there is little room.
const BRIEF_NAME: usize = 10;

/// The subject that announces `incident`.
pub(crate) fn of(incident: RecordedIncident<'_>) -> String {
    let shown = &|text: &str, most: usize| escape::ascii(text, most);
    let before = format!(
        "{}{}{} ",
        incident::tag(incident, shown),
        incident::lead(incident, shown),
        incident::root_kind(incident, shown)
    );
    let condition = format!(" {}", incident::condition(incident, shown));
    let room = MAXIMUM_CHARACTERS.saturating_sub(before.len() + condition.len());
    let id = words::elided(&escape::ascii(incident.root().id(), usize::MAX), room.max(MINIMUM_ID), "..");
    let rest = rest(incident, room.saturating_sub(id.len()));
    let left = MAXIMUM_CHARACTERS.saturating_sub(before.len() + id.len() + condition.len() + rest.len() + " ()".len());
    let name = escape::ascii(incident.root().name().unwrap_or_default(), left);
    let is_worth_it = !name.is_empty() && left >= MINIMUM_NAME;
    let name = if is_worth_it { format!(" ({name})") } else { String::new() };
    // Only words of a newer version can be too long here.
    escape::ascii(&format!("{before}{id}{name}{condition}{rest}"), MAXIMUM_CHARACTERS)
}

/// `: 18 with it, core-dxgw has no path`, or as much of it as there is room for.
fn rest(incident: RecordedIncident<'_>, room: usize) -> String {
    let impact = |most: usize| incident::impact(incident, &|text, own| escape::ascii(text, own.min(most)), "");
    let (impact, brief) = (impact(usize::MAX), impact(BRIEF_NAME));
    let news = incident::news(incident, &|text, most| escape::ascii(text, most.min(room.saturating_sub(": ".len()))));
    if let Some(news) = news.filter(|_| room >= MINIMUM_NEWS) {
        return format!(": {news}");
    }
    let others = match incident::others(incident) {
        0 => None,
        _ if incident.is_over() => None,
        others => Some(format!("{others} with it")),
    };
    let join = |parts: [&Option<String>; 2]| {
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
    };
    let rests = [[&others, &impact], [&others, &brief], [&None, &brief], [&others, &None]].map(join);
    rests.into_iter().find(|rest| rest.len() <= room).unwrap_or_default()
}
