//! The custom notification that Amazon Q Developer shows in Slack or Teams. An outage and its recovery share a thread.
//!
//! The schema allows only strings. A title stays below 250 characters, and a description below 3,000: Slack splits
//! longer ones.

use serde_json::{Value, json};

use super::{
    attributes::{self, Attributes},
    phrases,
};
use crate::{
    domain::{RecordedEvent, STATE_CHANGE_DETAIL_TYPE},
    escape, words,
};

/// The longest title.
pub(super) const MAXIMUM_TITLE: usize = 240;
/// The longest description. A history command that does not fit is left out, never cut.
pub(super) const MAXIMUM_DESCRIPTION: usize = 2_900;
/// The longest value among the metadata.
pub(super) const MAXIMUM_VALUE: usize = 250;

/// The longest id and state word. With all else in a title they leave room for a name.
const MAXIMUM_ID: usize = 80;
const MAXIMUM_WORD: usize = 30;
/// The longest word for a severity, and the longest label of a kind. Those of this version have at most 8 and 23
/// characters.
const MAXIMUM_SEVERITY: usize = 16;
const MAXIMUM_KIND: usize = 45;
/// The longest other free text. 18 of them fit a description with all else.
const MAXIMUM_TEXT: usize = 60;

/// What every description of a drill begins with.
pub(super) const DRILL: &str = "*This is a drill: nothing has changed, and there is nothing to do.*";

/// A custom notification. `metadata.additionalContext` is what custom actions in the chat can use.
pub(super) fn notification(
    title: &str,
    description: &str,
    next_steps: &[String],
    keywords: &[String],
    metadata: Value,
) -> Value {
    let mut content = json!({
        "textType": "client-markdown",
        "title": title,
        "description": description,
        "keywords": keywords,
    });
    if !next_steps.is_empty() {
        content["nextSteps"] = json!(next_steps);
    }
    json!({"version": "1.0", "source": "custom", "content": content, "metadata": metadata})
}

/// The notification that announces `event`.
pub(super) fn of(event: RecordedEvent<'_>) -> Value {
    let title = title(event);
    let item = event.item();
    let words = [item.kind_word(), event.change_word(), event.severity_word()];
    let mut keywords: Vec<String> = words.map(|word| escape::markdown_within(word, MAXIMUM_WORD)).into();
    if event.is_drill() {
        keywords.push("drill".to_owned());
    }
    // The item's outage first: the incident is not known yet when that begins, and its end belongs in the same thread.
    let thread = event.incident_id().or(event.group_id()).or(event.id()).unwrap_or(item.id());
    let resource = item.text("arn").unwrap_or_else(|| format!("{}/{}", item.kind_word(), item.id()).into());
    notification(
        &title,
        &description(event),
        &phrases::first_check(event).map(str::to_owned).into_iter().collect::<Vec<_>>(),
        &keywords,
        json!({
            "threadId": escape::ascii(thread, MAXIMUM_VALUE),
            "summary": title,
            "eventType": STATE_CHANGE_DETAIL_TYPE,
            "relatedResources": [escape::markdown_within(&resource, MAXIMUM_VALUE)],
            "additionalContext": context(attributes::of(event)),
        }),
    )
}

/// The attributes for custom actions, which accept only printable ASCII.
pub(super) fn context(attributes: Attributes) -> Value {
    let ascii = |(key, value): (&str, String)| (key.to_owned(), Value::String(escape::ascii(&value, MAXIMUM_VALUE)));
    attributes.into_iter().map(ascii).collect::<serde_json::Map<_, _>>().into()
}

/// `[critical] virtual interface dxvif-ffabc123 (prod-private): available → down`.
fn title(event: RecordedEvent<'_>) -> String {
    let word = |value: &str| escape::markdown_within(value, MAXIMUM_WORD);
    let item = event.item();
    let drill = if event.is_drill() { "[drill] " } else { "" };
    let id = escape::markdown_within(item.id(), MAXIMUM_ID);
    let step = match phrases::step(event) {
        (Some(was), is) => format!("{} → {}", word(was), word(is)),
        (None, is) => format!("discovered, {}", word(is)),
    };
    let severity = escape::markdown_within(event.severity_word(), MAXIMUM_SEVERITY);
    let kind = escape::markdown_within(phrases::kind(item), MAXIMUM_KIND);
    let called = format!("{drill}[{severity}] {kind} {id}");
    let taken = called.chars().count() + step.chars().count() + " (): ".len();
    let name = item.name().unwrap_or_default().trim();
    match escape::markdown_within(name, MAXIMUM_TITLE.saturating_sub(taken)) {
        name if name.is_empty() => format!("{called}: {step}"),
        name => format!("{called} ({name}): {step}"),
    }
}

fn description(event: RecordedEvent<'_>) -> String {
    let mut lines = Vec::new();
    if event.is_drill() {
        lines.push(DRILL.to_owned());
    }
    lines.push(format!("It {}", phrases::predicate(event)));
    lines.extend(since(event));
    lines.extend(
        phrases::whereabouts(event.item())
            .into_iter()
            .map(|(label, value)| format!("*{label}:* {}", escape::markdown_within(&value, MAXIMUM_TEXT))),
    );
    if let Some(command) = phrases::history_command(event.item()).filter(|_| !event.is_drill()) {
        let length: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
        let line = format!("*History:* `{command}`");
        if length + line.chars().count() <= MAXIMUM_DESCRIPTION {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Since when the item has been in its state, and how exactly that is known.
fn since(event: RecordedEvent<'_>) -> Option<String> {
    let at = event.state().since()?;
    let since = words::instant(at);
    let Some(previous) = phrases::left_state(event) else { return Some(format!("*First seen:* {since}")) };
    let was = escape::markdown_within(phrases::step(event).0.unwrap_or_default(), MAXIMUM_WORD);
    let within =
        previous.last_seen_at().map(|seen| format!("known to within {}", words::duration_in_words(at.since(seen))));
    let lasted =
        event.previous_duration().map(|lasted| format!("{was} for {} before", words::duration_in_words(lasted)));
    let known: Vec<String> = within.into_iter().chain(lasted).collect();
    Some(match &known[..] {
        [] => format!("*Since:* {since}"),
        known => format!("*Since:* {since} ({})", known.join("; ")),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        announcement::tests::{outage, recorded},
        domain::Event,
    };

    fn titled(event: &Event) -> String {
        title(RecordedEvent::of(&recorded(event)))
    }

    #[test]
    fn a_title_has_brackets_only_where_there_is_a_name() {
        let mut event = outage();
        assert_eq!(titled(&event), "[critical] virtual interface dxvif-ffabc123 (prod-private): available → down");
        for name in [None, Some(" ".to_owned())] {
            Arc::make_mut(&mut event.item).name = name;
            assert_eq!(titled(&event), "[critical] virtual interface dxvif-ffabc123: available → down");
        }
        Arc::make_mut(&mut event.item).name = Some("n".repeat(MAXIMUM_TITLE));
        assert_eq!(titled(&event).chars().count(), MAXIMUM_TITLE);
    }

    #[test]
    fn a_command_that_would_not_fit_is_left_out_whole() {
        let description = |event: &Event| of(RecordedEvent::of(&recorded(event)))["content"]["description"].to_string();
        assert!(description(&outage()).contains("*History:*"));
        // Every field and the longest id: too much for one message.
        let mut full = outage();
        let item = Arc::make_mut(&mut full.item);
        item.id = "*".repeat(512);
        for field in [
            &mut item.device,
            &mut item.bandwidth,
            &mut item.lag_id,
            &mut item.interconnect_id,
            &mut item.virtual_interface_id,
            &mut item.direct_connect_gateway_id,
            &mut item.virtual_gateway_id,
            &mut item.associated_gateway_id,
            &mut item.partner_name,
        ] {
            *field = Some("&".repeat(500));
        }
        assert!(!description(&full).contains("*History:*"));
        assert!(description(&full).chars().count() <= MAXIMUM_DESCRIPTION);
    }
}
