//! The custom notification of an incident: all of an incident are in one thread, under its id.
//!
//! Slack notifies only the followers of a thread of an answer in it. So every title names the thread's subject.

use serde_json::{Value, json};

use super::{attributes, phrases};
use crate::{
    announcement::{
        chat::{self, DRILL, MAXIMUM_DESCRIPTION, MAXIMUM_TITLE, MAXIMUM_VALUE},
        phrases::whereabouts,
    },
    domain::{INCIDENT_DETAIL_TYPE, Reason, RecordedIncident},
    escape,
    words::{self, incident},
};

/// The longest id of a root in a title.
const MAXIMUM_ID: usize = 80;
/// The longest keyword.
const MAXIMUM_WORD: usize = 30;
/// The longest other free text.
const MAXIMUM_TEXT: usize = 60;
/// The most kinds, and the most destinations, that are listed.
const LISTED: usize = 4;

/// The notification that announces `incident`.
pub(crate) fn of(incident: RecordedIncident<'_>) -> Value {
    let title = title(incident);
    let root = incident.root();
    let words = [root.kind_word(), incident.category_word(), incident.reason_word(), incident.severity_word()];
    let mut keywords: Vec<String> = words.map(|word| escape::markdown_within(word, MAXIMUM_WORD)).into();
    if incident.is_drill() {
        keywords.push("drill".to_owned());
    }
    let resource = root.text("arn").unwrap_or_else(|| format!("{}/{}", root.kind_word(), root.id()).into());
    let thread = incident.incident_id().or(incident.id()).filter(|id| !id.trim().is_empty()).unwrap_or("incident");
    chat::notification(
        &title,
        &description(incident),
        &phrases::first_check(incident).map(str::to_owned).into_iter().collect::<Vec<_>>(),
        &keywords,
        json!({
            "threadId": escape::ascii(thread, MAXIMUM_VALUE),
            "summary": title,
            "eventType": INCIDENT_DETAIL_TYPE,
            "relatedResources": [escape::markdown_within(&resource, MAXIMUM_VALUE)],
            "additionalContext": chat::context(attributes::of(incident)),
        }),
    )
}

/// `[critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path left`.
fn title(incident: RecordedIncident<'_>) -> String {
    let shown = &|text: &str, most: usize| escape::markdown_within(text, most);
    let called = format!(
        "{}{}{} {}",
        incident::tag(incident, shown),
        incident::lead(incident, shown),
        incident::root_kind(incident, shown),
        escape::markdown_within(incident.root().id(), MAXIMUM_ID)
    );
    let condition = incident::condition(incident, shown);
    let others = Some(incident::others(incident)).filter(|others| *others > 0 && !incident.is_over());
    let others = others.map(|others| format!("{others} with it"));
    let rest: Vec<String> = match incident::news(incident, shown) {
        Some(news) => vec![news],
        None => others.into_iter().chain(incident::impact(incident, shown, " left")).collect(),
    };
    let rest = if rest.is_empty() { String::new() } else { format!(": {}", rest.join(", ")) };
    let length = |text: &str| text.chars().count();
    let room = MAXIMUM_TITLE.saturating_sub(length(&called) + 1 + length(&condition));
    let rest = if length(&rest) <= room { rest } else { String::new() };
    let name = incident.root().name().unwrap_or_default().trim();
    let name = escape::markdown_within(name, room.saturating_sub(length(&rest) + " ()".len()));
    let name = if name.is_empty() { name } else { format!(" ({name})") };
    format!("{called}{name} {condition}{rest}")
}

fn description(incident: RecordedIncident<'_>) -> String {
    let shown = &|text: &str, most: usize| escape::markdown_within(text, most);
    let mut lines = Vec::new();
    if incident.is_drill() {
        lines.push(DRILL.to_owned());
    }
    lines.extend(phrases::cause(incident, shown).into_iter().chain(phrases::note(incident, shown)));
    let (took, left) = if incident.is_over() { ("It took with it", "Paths now") } else { ("With it", "Paths") };
    for (heading, listed) in [
        (took, phrases::with_it(incident, shown, LISTED)),
        (left, phrases::paths(incident, shown, LISTED)),
        ("Prefixes", phrases::prefixes(incident, shown)),
    ] {
        let listed = listed.into_iter().map(|line| format!("• {line}"));
        let heading = Some(format!("*{heading}:*")).filter(|_| listed.len() > 0);
        lines.extend(heading.into_iter().chain(listed));
    }
    lines.extend(phrases::evidence(incident, shown, LISTED).into_iter().map(|line| format!("*Evidence:* {line}")));
    lines.extend(since(incident));
    let around = incident::planned(incident, shown).into_iter().chain(incident::acknowledged(incident, shown));
    lines.extend(around.map(|(label, value)| format!("*{label}:* {value}")));
    lines.extend(
        whereabouts(incident.root())
            .into_iter()
            .map(|(label, value)| format!("*{label}:* {}", shown(&value, MAXIMUM_TEXT))),
    );
    let place = [("Region", incident.region()), ("Account", incident.account())];
    lines.extend(place.map(|(label, value)| format!("*{label}:* {}", shown(value, MAXIMUM_TEXT))));
    lines.extend(phrases::command(incident).map(|command| format!("*All of it:* `{command}`")));
    let mut left = MAXIMUM_DESCRIPTION;
    lines.retain(|line| {
        let length = line.chars().count() + 1;
        let fits = length <= left;
        left -= if fits { length } else { 0 };
        fits
    });
    lines.join("\n")
}

/// Since when it lasts, how exactly that is known, and how long it was.
fn since(incident: RecordedIncident<'_>) -> Option<String> {
    let since = incident.since()?;
    let within = incident.last_seen_at().map(|seen| {
        let within = words::duration_in_words(since.since(seen));
        format!("known to within {within}")
    });
    let lasted = incident.lasted().filter(|_| incident.reason() != Some(Reason::Opened)).map(|lasted| {
        let so_far = if incident.is_over() { "in all" } else { "so far" };
        format!("{} {so_far}", words::duration_in_words(lasted))
    });
    let known: Vec<String> = within.into_iter().chain(lasted).collect();
    let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join("; ")) };
    Some(format!("*Since:* {}{known}", words::instant(since)))
}
