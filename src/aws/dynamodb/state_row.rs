//! The state row: one an item, with its last known state and each sink's cursor.

use std::sync::Arc;

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    attributes::{
        Attributes, as_document, as_integer, as_map, as_natural, as_text, as_timestamp, document, into_document,
        number, optional, required, taken, text,
    },
    expression::Expression,
};
use crate::domain::{ItemDescription, ItemKey, Scope, SinkName, State, StateRow, Suspect, Transition};

pub(super) const SCOPE: &str = "scope";
pub(super) const ITEM: &str = "item";
pub(super) const SEQUENCE: &str = "sequence";
pub(super) const LAST_TRANSITION_AT: &str = "last_transition_at";
pub(super) const ANNOUNCED: &str = "announced";
pub(super) const SUSPECT: &str = "suspect";
pub(super) const EXPIRES_AT: &str = "expires_at";
const STATE: &str = "state";
const LEVEL: &str = "level";
const HEALTH: &str = "health";
const SINCE: &str = "since";
const NAME: &str = "name";
const INCIDENT_ID: &str = "incident_id";
const DETAILS: &str = "details";

const LAST_SEEN_AT: &str = "last_seen_at";

/// The key of the row of `item` (an item's key, or a name of our own) in `scope`.
pub(super) fn key(scope: impl ToString, item: impl ToString) -> Attributes {
    Attributes::from([(SCOPE.to_owned(), text(scope)), (ITEM.to_owned(), text(item))])
}

/// What a transition makes of its item's row, besides cursors, suspect and expiry: a value, or none to remove it.
fn told(transition: &Transition) -> anyhow::Result<[(&'static str, Option<AttributeValue>); 9]> {
    Ok([
        (STATE, Some(text(transition.state.value()))),
        (LEVEL, Some(number(transition.state.level()))),
        (HEALTH, Some(text(transition.state.health()))),
        (SINCE, Some(text(transition.since))),
        (NAME, transition.item.name.as_ref().map(text)),
        (SEQUENCE, Some(number(transition.sequence))),
        (LAST_TRANSITION_AT, Some(text(transition.since))),
        (INCIDENT_ID, transition.incident_after().map(text)),
        (DETAILS, Some(document(&transition.item)?)),
    ])
}

/// The row of an item that had none, with every cursor of `sinks` at `cursor`.
pub(super) fn new(transition: &Transition, sinks: &[SinkName], cursor: u64) -> anyhow::Result<Attributes> {
    let mut row = key(transition.scope(), transition.key());
    let told = told(transition)?.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    row.extend(told);
    let cursors = sinks.iter().map(|sink| (sink.as_str().to_owned(), number(cursor)));
    row.insert(ANNOUNCED.to_owned(), AttributeValue::M(cursors.collect()));
    Ok(row)
}

/// Sets what a transition tells, and removes what it ends.
pub(super) fn set_told(expression: &mut Expression, transition: &Transition) -> anyhow::Result<()> {
    for (name, value) in told(transition)? {
        expression.put(&[name], value);
    }
    expression.remove(&[SUSPECT]);
    expression.remove(&[EXPIRES_AT]);
    Ok(())
}

/// Sets what is known of the item.
pub(super) fn set_details(expression: &mut Expression, details: &ItemDescription) -> anyhow::Result<()> {
    expression.set(&[DETAILS], document(details)?);
    expression.put(&[NAME], details.name.as_ref().map(text));
    Ok(())
}

/// Requires that the suspect is this one. Compared key by key: a newer version may have put more into it.
pub(super) fn require_suspect(expression: &mut Expression, suspect: Option<&Suspect>) -> anyhow::Result<()> {
    let Some(suspect) = suspect else {
        expression.require_absence(&[SUSPECT]);
        return Ok(());
    };
    for (name, value) in suspect_told(suspect)? {
        match value {
            Some(value) => expression.compare(&[SUSPECT, name], "=", value),
            None => expression.require_absence(&[SUSPECT, name]),
        }
    }
    Ok(())
}

/// Holds `suspect` in place of `recalled`, of which it changes our own keys only.
pub(super) fn set_suspect(
    expression: &mut Expression,
    recalled: Option<&Suspect>,
    suspect: Option<&Suspect>,
) -> anyhow::Result<()> {
    match (recalled, suspect) {
        (_, None) => expression.remove(&[SUSPECT]),
        (None, Some(suspect)) => expression.set(&[SUSPECT], document(suspect)?),
        (Some(_), Some(suspect)) => {
            for (name, value) in suspect_told(suspect)? {
                expression.put(&[SUSPECT, name], value);
            }
        }
    }
    Ok(())
}

fn suspect_told(suspect: &Suspect) -> anyhow::Result<[(&'static str, Option<AttributeValue>); 5]> {
    Ok([
        ("state", Some(document(&suspect.state)?)),
        ("polls", Some(number(suspect.polls))),
        ("since", Some(text(suspect.since))),
        ("at", Some(text(suspect.at))),
        (LAST_SEEN_AT, suspect.last_seen_at.map(text)),
    ])
}

/// Reads the row of `key`.
///
/// What is only said about the item may be missing, as in rows of older versions, or unreadable, as in rows of newer ones:
/// then it is as if it were not there, and stays as it is. What decides on sequences and announcements must be right: a
/// guess there would lose a transition or tell it twice.
pub(super) fn read(scope: &Scope, key: &ItemKey, mut row: Attributes) -> anyhow::Result<StateRow> {
    let details = readable(scope, key, taken(&mut row, DETAILS, into_document));
    let row = &row;
    let word = required(row, STATE, as_text)?;
    let level = optional(row, LEVEL, as_natural)?.unwrap_or_default();
    let sequence = required(row, SEQUENCE, as_natural)?;
    Ok(StateRow {
        state: State::recalled(key.kind, &word, level),
        since: required(row, SINCE, as_timestamp)?,
        sequence,
        last_transition_at: required(row, LAST_TRANSITION_AT, as_timestamp)?,
        announced: optional(row, ANNOUNCED, |value| as_map(value, as_natural))?.unwrap_or_default(),
        suspect: readable(scope, key, optional(row, SUSPECT, as_document)),
        incident_id: readable(
            scope,
            key,
            optional(row, INCIDENT_ID, |value| as_text(value)?.parse().context("it is not a UUID")),
        ),
        details: details.unwrap_or_else(|| Arc::new(ItemDescription::bare(scope, key))),
        expires_at: readable(scope, key, optional(row, EXPIRES_AT, as_integer)),
    })
}

fn readable<T>(scope: &Scope, key: &ItemKey, value: anyhow::Result<Option<T>>) -> Option<T> {
    value.unwrap_or_else(|error| {
        tracing::warn!(%scope, item = %key, error = format!("{error:#}"), "a state row is not wholly readable");
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    fn scope() -> Scope {
        Scope::regional("123456789012", "us-east-1")
    }

    fn connection() -> ItemKey {
        ItemKey::new(Kind::Connection, "dxcon-1")
    }

    /// As few attributes as a row may have.
    fn bare() -> Attributes {
        let mut row = key(scope(), connection());
        row.extend([
            (STATE.to_owned(), text("down")),
            (SINCE.to_owned(), text("2026-11-22T03:12:00.123Z")),
            (SEQUENCE.to_owned(), number(2)),
            (LAST_TRANSITION_AT.to_owned(), text("2026-11-22T03:12:00.123Z")),
        ]);
        row
    }

    #[test]
    fn a_row_of_an_older_version_is_read() {
        let read = read(&scope(), &connection(), bare()).unwrap();
        assert_eq!((read.state.value(), read.state.level(), read.sequence), ("down", 5, 2));
        assert_eq!(*read.details, ItemDescription::bare(&scope(), &connection()));
        assert!(read.announced.is_empty() && read.suspect.is_none() && read.incident_id.is_none());
        assert_eq!(read.cursor("sns"), 2, "what lies before was told by whoever wrote it");
    }

    #[test]
    fn what_is_only_said_about_an_item_may_be_unreadable() {
        let mut row = bare();
        for name in [SUSPECT, INCIDENT_ID, DETAILS, EXPIRES_AT] {
            row.insert(name.to_owned(), text("from the future"));
        }
        let with = read(&scope(), &connection(), row).unwrap();
        assert_eq!(with, read(&scope(), &connection(), bare()).unwrap());
    }

    #[test]
    fn what_decides_must_be_right() {
        for name in [STATE, SINCE, SEQUENCE, LAST_TRANSITION_AT, ANNOUNCED] {
            let mut row = bare();
            row.insert(name.to_owned(), AttributeValue::Bool(true));
            let error = format!("{:#}", read(&scope(), &connection(), row).unwrap_err());
            assert!(error.contains(name), "{error}");
        }
        for name in [STATE, SINCE, SEQUENCE, LAST_TRANSITION_AT] {
            let mut row = bare();
            row.remove(name);
            let error = read(&scope(), &connection(), row).unwrap_err().to_string();
            assert_eq!(error, format!("the attribute {name:?} is missing"));
        }
    }
}
