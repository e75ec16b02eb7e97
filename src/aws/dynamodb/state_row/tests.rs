//! What a state row may lack, and what it may not.

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
    assert_eq!(read.cursor("sns"), 2, "earlier events were announced by the version that wrote the row");
}

#[test]
fn descriptive_attributes_may_be_unreadable() {
    let mut row = bare();
    for name in [SUSPECT, INCIDENT_ID, DETAILS, EXPIRES_AT, HEALTH, SEEN_AT, NEVER_UP] {
        row.insert(name.to_owned(), text("from the future"));
    }
    let with = read(&scope(), &connection(), row).unwrap();
    assert_eq!(with, read(&scope(), &connection(), bare()).unwrap());
}

#[test]
fn attributes_that_decide_must_be_right() {
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
