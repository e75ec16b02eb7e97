//! The summary of a baseline, announced to people once: how many items there are, and which of them are not up.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

use serde_json::{Value, json};

use super::{attributes::Attributes, chat, letter::inert, phrases};
use crate::{
    domain::{ItemDescription, Kind, Scope, State, Timestamp},
    escape, words,
};

/// The most counts, and the most items that are not up, that an e-mail lists.
const LISTED: usize = 50;
/// As [`LISTED`], in a chat.
const LISTED_IN_CHAT: usize = 7;
/// The longest name or other free text, in characters.
const MAXIMUM_TEXT: usize = 60;

/// What a baseline found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineSummary {
    /// When the baseline was complete.
    pub at: Timestamp,
    /// How many items of each kind there are in each scope.
    pub counts: BTreeMap<(Scope, Kind), usize>,
    /// The items that are not up, with their states.
    pub not_up: Vec<(Arc<ItemDescription>, State)>,
}

impl BaselineSummary {
    fn items(&self) -> usize {
        self.counts.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The items that are not up, the worst first.
    fn worst_first(&self) -> Vec<&(Arc<ItemDescription>, State)> {
        let mut items: Vec<_> = self.not_up.iter().collect();
        items.sort_by_key(|(item, state)| (state.health().urgency(), item.scope(), item.key()));
        items
    }

    /// `Watching 14 items in 2 scopes: 1 is not up`.
    fn sentence(&self) -> String {
        let scopes: BTreeSet<&Scope> = self.counts.keys().map(|(scope, _)| scope).collect();
        let not_up = match self.not_up.len() {
            0 => "all of them are up".to_owned(),
            1 => "1 is not up".to_owned(),
            more => format!("{more} are not up"),
        };
        match self.items() {
            0 => "Watching, but no items were found yet".to_owned(),
            items => format!(
                "Watching {} in {}: {not_up}",
                words::counted(items as u64, "item", "items"),
                words::counted(scopes.len() as u64, "scope", "scopes"),
            ),
        }
    }

    /// A line for each scope and kind, and one for each item that is not up. `make_inert` escapes text for where the
    /// lines are shown.
    fn lines(&self, listed: usize, make_inert: impl Fn(&str) -> String) -> (Vec<String>, Vec<String>) {
        let counts = self.counts.iter().filter(|(_, count)| **count > 0).map(|((scope, kind), count)| {
            let items = words::counted(*count as u64, kind.label(), kind.plural());
            format!("{}: {items}", make_inert(&scope.to_string()))
        });
        let not_up = self.worst_first().into_iter().map(|(item, state)| {
            let name = make_inert(item.name.as_deref().unwrap_or_default().trim());
            let name = if name.is_empty() { name } else { format!(" ({name})") };
            let id = make_inert(&item.id);
            let meaning = phrases::meaning_of(state.value(), Some(state.level().into()), state.health());
            format!("{} {id}{name}: {} ({meaning})", item.kind, make_inert(state.value()))
        });
        (at_most(listed, counts.collect()), at_most(listed, not_up.collect()))
    }
}

/// The first `maximum` lines, and how many more there are.
fn at_most(maximum: usize, mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > maximum {
        let more = lines.len() - maximum;
        lines.truncate(maximum);
        lines.push(format!("and {more} more"));
    }
    lines
}

/// The subject of the summary.
pub(super) fn subject(summary: &BaselineSummary) -> String {
    escape::ascii(&format!("[baseline] {}", summary.sentence()), super::subject::MAXIMUM_CHARACTERS)
}

/// The only attribute. Subscriptions that filter by severity or kind do not get summaries.
pub(super) fn attributes() -> Attributes {
    Attributes::from([("change", "baseline".to_owned())])
}

/// The body for people.
pub(super) fn text(summary: &BaselineSummary) -> String {
    let (counts, not_up) = summary.lines(LISTED, |text| inert(text, MAXIMUM_TEXT));
    let mut text = format!("{}.\nFrom now on, every change is announced.\n", summary.sentence());
    for (heading, lines) in [("Watched", counts), ("Not up", not_up)] {
        if !lines.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{heading}:\n  {}\n", lines.join("\n  "));
        }
    }
    let _ = write!(text, "\nAs of {}. All states:\n  aws-dx-monitor status\n", words::instant(summary.at));
    text
}

/// The custom notification for chats.
pub(super) fn chat(summary: &BaselineSummary) -> Value {
    let (counts, not_up) = summary.lines(LISTED_IN_CHAT, |text| escape::markdown_within(text, MAXIMUM_TEXT));
    let title = format!("[baseline] {}", summary.sentence());
    let mut description = "From now on, every change is announced.".to_owned();
    for (heading, lines) in [("Watched", counts), ("Not up", not_up)] {
        if !lines.is_empty() {
            let _ = write!(description, "\n*{heading}:*\n{}", lines.join("\n"));
        }
    }
    chat::notification(
        &title,
        &description,
        &[],
        &["baseline".to_owned()],
        json!({
            "threadId": format!("baseline-{}", summary.at),
            "summary": title,
            "eventType": "Direct Connect Baseline",
            "additionalContext": {"change": "baseline"},
        }),
    )
}

#[cfg(test)]
mod tests {
    use insta::{assert_json_snapshot, assert_snapshot};

    use super::*;
    use crate::{announcement::Message, domain::ItemKey};

    fn baseline() -> BaselineSummary {
        let regional = Scope::regional("123456789012", "us-east-1");
        let item = |kind, id: &str, name: Option<&str>, word| {
            let item = ItemDescription {
                name: name.map(str::to_owned),
                ..ItemDescription::bare(&regional, &ItemKey::new(kind, id))
            };
            (item.into(), State::of(kind, Some(word)))
        };
        BaselineSummary {
            at: "2026-11-22T03:12:00.123Z".parse().unwrap(),
            counts: BTreeMap::from([
                ((regional.clone(), Kind::Connection), 4),
                ((regional.clone(), Kind::VirtualInterface), 9),
                ((Scope::global("123456789012"), Kind::DirectConnectGateway), 1),
            ]),
            not_up: vec![
                item(Kind::Connection, "dxcon-fg5678gh", Some("*new*"), "ordering"),
                item(Kind::VirtualInterface, "dxvif-ffabc124", None, "down"),
            ],
        }
    }

    #[test]
    fn a_baseline() {
        let message = Message::baseline_for_people(&baseline());
        assert_snapshot!(format!("{}\n\n{}", message.subject, message.text), @"
        [baseline] Watching 14 items in 2 scopes: 2 are not up

        Watching 14 items in 2 scopes: 2 are not up.
        From now on, every change is announced.

        Watched:
          123456789012/global: 1 Direct Connect gateway
          123456789012/us-east-1: 4 connections
          123456789012/us-east-1: 9 virtual interfaces

        Not up:
          virtual-interface dxvif-ffabc124: down (out of service)
          connection dxcon-fg5678gh (*new*): ordering (not yet in service)

        As of 2026-11-22 03:12:00 UTC. All states:
          aws-dx-monitor status
        ");
        let chat = Message::baseline_for_chat(&baseline());
        assert_json_snapshot!(serde_json::from_str::<serde_json::Value>(&chat.text).unwrap(), @r#"
        {
          "content": {
            "description": "From now on, every change is announced.\n*Watched:*\n123456789012/global: 1 Direct Connect gateway\n123456789012/us-east-1: 4 connections\n123456789012/us-east-1: 9 virtual interfaces\n*Not up:*\nvirtual-interface dxvif-ffabc124: down (out of service)\nconnection dxcon-fg5678gh (＊new＊): ordering (not yet in service)",
            "keywords": [
              "baseline"
            ],
            "textType": "client-markdown",
            "title": "[baseline] Watching 14 items in 2 scopes: 2 are not up"
          },
          "metadata": {
            "additionalContext": {
              "change": "baseline"
            },
            "eventType": "Direct Connect Baseline",
            "summary": "[baseline] Watching 14 items in 2 scopes: 2 are not up",
            "threadId": "baseline-2026-11-22T03:12:00.123Z"
          },
          "source": "custom",
          "version": "1.0"
        }
        "#);
        assert_eq!(message.attributes, Attributes::from([("change", "baseline".to_owned())]));
        assert_eq!(chat.attributes, message.attributes);
    }

    #[test]
    fn a_long_baseline_counts_what_it_leaves_out() {
        let mut summary = baseline();
        summary.not_up = (0..60).map(|_| summary.not_up[0].clone()).collect();
        assert!(Message::baseline_for_people(&summary).text.contains("\n  and 10 more\n"));
        assert!(Message::baseline_for_chat(&summary).text.contains("\\nand 53 more"));
        summary.not_up.truncate(50);
        assert!(!Message::baseline_for_people(&summary).text.contains("more"), "as many as are listed");
        summary.counts.values_mut().for_each(|count| *count = 0);
        assert!(
            !Message::baseline_for_people(&summary).text.contains("123456789012/global: 0"),
            "a count of zero has no line"
        );
        summary = BaselineSummary { counts: BTreeMap::new(), not_up: Vec::new(), ..summary };
        assert_eq!(Message::baseline_for_people(&summary).subject, "[baseline] Watching, but no items were found yet");
    }
}
