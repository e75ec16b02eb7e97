//! A transition as both fronts show it, read from its recorded event.

use std::time::Duration;

use super::row::Named;
use crate::{
    domain::{Health, RecordedEvent, Timestamp},
    escape, terminal, words,
};

/// A transition. Texts are inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TransitionView {
    pub(super) id: String,
    pub(super) at: Timestamp,
    /// `unknown` where the event has a health that only a newer version knows.
    pub(super) health: Health,
    pub(super) severity: String,
    pub(super) kind: String,
    pub(super) item: String,
    pub(super) name: String,
    pub(super) region: String,
    /// The state before; `None` at first sight.
    pub(super) from: Option<String>,
    pub(super) to: String,
    /// How long the state before lasted.
    pub(super) after: Option<Duration>,
}

impl TransitionView {
    /// The change that an event records. `None` where it lacks the time.
    pub(super) fn of(event: RecordedEvent<'_>) -> Option<TransitionView> {
        let (item, state) = (event.item(), event.state());
        Some(TransitionView {
            id: event.id().unwrap_or_default().to_owned(),
            at: state.since()?,
            health: state.health().unwrap_or(Health::Unknown),
            severity: escape::terminal(event.severity_word()),
            kind: escape::terminal(item.kind_word()),
            item: escape::terminal(item.id()),
            name: Named::of_recorded(item).label(),
            region: escape::terminal(item.region()),
            from: event.previous_state().map(|previous| escape::terminal(previous.value())),
            to: escape::terminal(state.value()),
            after: event.previous_duration(),
        })
    }

    /// `available -> down`, or `discovered: down`.
    pub(super) fn step(&self) -> String {
        match &self.from {
            Some(from) => format!("{from} -> {}", self.to),
            None => format!("discovered: {}", self.to),
        }
    }

    /// The change in one line, in the colour of its health.
    pub(super) fn line(&self) -> String {
        let TransitionView { at, severity, kind, item, name, region, .. } = self;
        let style = terminal::of_health(self.health);
        let sign = terminal::sign(self.health);
        let after = self.after.map(|after| format!(" after {}", words::duration(after))).unwrap_or_default();
        let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
        format!("{at} {style}{sign} [{severity}] {kind} {item} {}{style:#}{after}{name} in {region}", self.step())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{Event, ItemDescription, ItemKey, Kind, Previous, Scope, State, Transition as Change};

    /// An event of `kind`, an hour after it was last something else.
    pub(in crate::watch) fn event(kind: Kind, id: &str, name: Option<&str>, from: Option<&str>, to: &str) -> Event {
        let scope =
            if kind.is_global() { Scope::global("123456789012") } else { Scope::regional("123456789012", "us-east-1") };
        let mut item = ItemDescription::bare(&scope, &ItemKey::new(kind, id));
        item.name = name.map(str::to_owned);
        let since: Timestamp = "2026-11-22T03:12:00.123Z".parse().unwrap();
        let before = Timestamp::from_milliseconds(since.milliseconds() - 3_600_000);
        let previous = from.map(|word| Previous {
            state: State::of(kind, Some(word)),
            since: before,
            last_seen_at: Timestamp::from_milliseconds(since.milliseconds() - 60_000),
            last_transition_at: before,
            incident_id: None,
            group: None,
            certain: false,
            confirmed: None,
        });
        let sequence = if previous.is_some() { 2 } else { 1 };
        let state = State::of(kind, Some(to));
        let change = Change { item: item.into(), sequence, previous, state, since, seen_at: since, never_up: false };
        Event::of(&change, since)
    }

    /// An event as a watch shows it.
    pub(in crate::watch) fn shown(event: &Event) -> TransitionView {
        TransitionView::of(RecordedEvent::of(&serde_json::to_value(event).unwrap())).unwrap()
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_change_is_one_line() {
        let lines = [
            event(Kind::Connection, "dxcon-1", Some("東京"), Some("available"), "down"),
            event(Kind::Lag, "dxlag-1", Some("x\u{1b}[2J\n\u{202e}"), Some("down"), "available"),
            event(Kind::DirectConnectGateway, "c4f1", None, None, "available"),
        ]
        .map(|event| plain(&shown(&event).line()));
        insta::assert_snapshot!(lines.join("\n"), @r"
        2026-11-22T03:12:00.123Z ! [critical] connection dxcon-1 available -> down after 1h (東京) in us-east-1
        2026-11-22T03:12:00.123Z + [info] lag dxlag-1 down -> available after 1h (x\u{1b}[2J\u{a}\u{202e}) in us-east-1
        2026-11-22T03:12:00.123Z + [info] direct-connect-gateway c4f1 discovered: available in global
        ");
    }

    #[test]
    fn an_event_of_a_newer_version_is_shown_in_its_own_words() {
        let mut document =
            serde_json::to_value(event(Kind::Lag, "dxlag-1", Some("core"), Some("available"), "down")).unwrap();
        document["item"]["kind"] = "quantum-link".into();
        document["state"]["health"] = "dreaming".into();
        document["severity"] = "grave\u{7}".into();
        document["news"] = true.into();
        insta::assert_snapshot!(plain(&TransitionView::of(RecordedEvent::of(&document)).unwrap().line()), @r"
        2026-11-22T03:12:00.123Z ? [grave\u{7}] quantum-link dxlag-1 available -> down after 1h (core) in us-east-1
        ");
    }
}
