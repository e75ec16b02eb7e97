//! The custom notification that Amazon Q Developer shows in Slack or Teams. An outage and its recovery share a thread.
//!
//! The schema takes strings only. A title stays below 250 characters, and a description below the 3,000 that Slack shows
//! in one piece.

use serde_json::{Value, json};

use super::{attributes, words};
use crate::{
    domain::{Change, Event, STATE_CHANGE_DETAIL_TYPE},
    escape,
};

/// The longest title.
pub(super) const MAXIMUM_TITLE: usize = 240;
/// The longest description; the history command, which must be whole, is left out rather than cut.
pub(super) const MAXIMUM_DESCRIPTION: usize = 2_900;
/// The longest value among the metadata.
pub(super) const MAXIMUM_VALUE: usize = 250;

/// How long an id and a state word may be: they fit a title with all else and 45 characters of the name.
const MAXIMUM_ID: usize = 80;
const MAXIMUM_WORD: usize = 30;
/// How long other texts of somebody's making may be. 18 of them fit a description with all else.
const MAXIMUM_TEXT: usize = 60;

/// A custom notification; `context` is what actions in the chat can use.
pub(super) fn notification(
    title: &str,
    description: &str,
    next_steps: &[String],
    keywords: &[&str],
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
pub(super) fn of(event: &Event) -> Value {
    let title = title(event);
    let mut keywords = vec![event.item.kind.slug(), event.change.as_str(), event.severity.as_str()];
    if event.metadata.drill {
        keywords.push("drill");
    }
    let resource = event.item.arn.clone().unwrap_or_else(|| event.item.key().to_string());
    // Custom actions take printable ASCII.
    let context: Value = attributes::of(event)
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Value::String(escape::ascii(&value, MAXIMUM_VALUE))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    notification(
        &title,
        &description(event),
        &words::first_look(event).map(str::to_owned).into_iter().collect::<Vec<_>>(),
        &keywords,
        json!({
            "threadId": event.metadata.incident_id.unwrap_or(event.metadata.id),
            "summary": title,
            "eventType": STATE_CHANGE_DETAIL_TYPE,
            "relatedResources": [escape::markdown_within(&resource, MAXIMUM_VALUE)],
            "additionalContext": context,
        }),
    )
}

/// `[critical] virtual interface dxvif-ffabc123 (prod-private): available → down`.
fn title(event: &Event) -> String {
    let drill = if event.metadata.drill { "[drill] " } else { "" };
    let id = escape::markdown_within(&event.item.id, MAXIMUM_ID);
    let state = escape::markdown_within(&event.state.value, MAXIMUM_WORD);
    let step = match &event.previous_state {
        Some(previous) if event.change != Change::Discovered => {
            format!("{} → {state}", escape::markdown_within(&previous.value, MAXIMUM_WORD))
        }
        _ => format!("discovered, {state}"),
    };
    let item = format!("{drill}[{}] {} {id}", event.severity, event.item.kind.label());
    let taken = item.chars().count() + step.chars().count() + " (): ".len();
    let name = event.item.name.as_deref().unwrap_or_default().trim();
    match escape::markdown_within(name, MAXIMUM_TITLE.saturating_sub(taken)) {
        name if name.is_empty() => format!("{item}: {step}"),
        name => format!("{item} ({name}): {step}"),
    }
}

fn description(event: &Event) -> String {
    let mut lines = Vec::new();
    if event.metadata.drill {
        lines.push("*This is a drill: nothing happened, and nothing needs mending.*".to_owned());
    }
    lines.push(format!("It {}", words::predicate(event)));
    let since = words::instant(event.state.since);
    lines.push(match &event.previous_state {
        Some(previous) if event.change != Change::Discovered => {
            let was = escape::markdown_within(&previous.value, MAXIMUM_WORD);
            let lasted = event.previous_duration_seconds.map_or_else(String::new, |seconds| {
                format!("; {was} for {} before", words::duration(std::time::Duration::from_secs(seconds)))
            });
            let within = words::duration(event.state.since.since(previous.last_seen_at));
            format!("*Since:* {since} (known to within {within}{lasted})")
        }
        _ => format!("*First seen:* {since}"),
    });
    lines.extend(
        words::place(&event.item)
            .into_iter()
            .map(|(label, value)| format!("*{label}:* {}", escape::markdown_within(&value, MAXIMUM_TEXT))),
    );
    if let Some(command) = words::history_command(&event.item).filter(|_| !event.metadata.drill) {
        let length: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
        let line = format!("*History:* `{command}`");
        if length + line.chars().count() <= MAXIMUM_DESCRIPTION {
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::announcement::tests::outage;

    #[test]
    fn a_title_has_the_name_in_brackets_and_none_where_there_is_none() {
        let mut event = outage();
        assert_eq!(title(&event), "[critical] virtual interface dxvif-ffabc123 (prod-private): available → down");
        for name in [None, Some(" ".to_owned())] {
            Arc::make_mut(&mut event.item).name = name;
            assert_eq!(title(&event), "[critical] virtual interface dxvif-ffabc123: available → down");
        }
        Arc::make_mut(&mut event.item).name = Some("n".repeat(MAXIMUM_TITLE));
        assert_eq!(title(&event).chars().count(), MAXIMUM_TITLE);
    }

    #[test]
    fn a_command_that_would_not_fit_is_left_out_whole() {
        let description = |event: &Event| of(event)["content"]["description"].to_string();
        assert!(description(&outage()).contains("*History:*"));
        // Everything that there can be, and the longest id: too much for one message.
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
