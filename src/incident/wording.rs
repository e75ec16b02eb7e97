//! The one line that a document of an incident says of itself. It is made once, when the document is, and recorded.

use crate::{
    domain::{IncidentDocument, MAXIMUM_ID_BYTES, RecordedIncident},
    words::incident,
};

/// The longest name of a root.
const MAXIMUM_NAME: usize = 60;
/// The most kinds that are counted.
const MAXIMUM_KINDS: usize = 3;

/// The incident in one line, such as `[critical] connection dxcon-fg5678gh (prod-eqdc2) down: 6 virtual interfaces, 12 BGP
/// peers with it; core-dxgw has no path left`.
///
/// Names in it are cut, but not escaped: like all recorded text it is hostile until it is escaped for where it goes.
pub fn summary(document: &IncidentDocument) -> String {
    // All that reads a document reads it as recorded. So does this, in the same words.
    let recorded = serde_json::to_value(document).unwrap_or_default();
    summary_of(RecordedIncident::of(&recorded))
}

/// The same of a document as it is recorded.
pub fn summary_of(incident: RecordedIncident<'_>) -> String {
    let shown = &|text: &str, most: usize| bounded(text, most);
    let name = bounded(incident.root().name().unwrap_or_default().trim(), MAXIMUM_NAME);
    let name = if name.is_empty() { name } else { format!(" ({name})") };
    let rest = [others(incident), incident::impact(incident, shown, " left")];
    let rest: Vec<String> = rest.into_iter().flatten().collect();
    let rest = if rest.is_empty() { String::new() } else { format!(": {}", rest.join("; ")) };
    format!(
        "{}{}{} {}{name} {}{rest}",
        incident::tag(incident, shown),
        incident::lead(incident, shown),
        incident::root_kind(incident, shown),
        bounded(incident.root().id(), MAXIMUM_ID_BYTES),
        incident::condition(incident, shown)
    )
}

/// `6 virtual interfaces, 12 BGP peers with it`, while it lasts.
fn others(incident: RecordedIncident<'_>) -> Option<String> {
    let mut kinds = incident::others_by_kind(incident, &|text, most| bounded(text, most));
    if incident.is_over() || kinds.is_empty() {
        return None;
    }
    let more: u64 = kinds.iter().skip(MAXIMUM_KINDS).fold(0, |sum, (_, count, _)| sum.saturating_add(*count));
    kinds.truncate(MAXIMUM_KINDS);
    let kinds: Vec<String> = kinds.into_iter().map(|(.., counted)| counted).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("{}{more} with it", kinds.join(", ")))
}

/// The first `most` characters of `text`, with a `…` for the rest.
fn bounded(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests;
