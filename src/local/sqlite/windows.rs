//! Planned time: silences, the pages of AWS's notices, and who has taken which incident on.

use rusqlite::{Connection, Row, named_params};
use uuid::Uuid;

use super::columns::{json, optional_timestamp, parse_json, parse_word, timestamp, word};
use crate::domain::{Acknowledgement, Window, WindowRows};

pub(super) const OF_ACCOUNT: &str = r#"
    SELECT item, id, source, "match", "from", until, title, "by", even_outage, notice, announced_at FROM windows
    WHERE account = :account ORDER BY item"#;

pub(super) const ACKNOWLEDGEMENTS: &str = r#"
    SELECT incident, "by", "at", note FROM acknowledgements WHERE account = :account"#;

const WRITE: &str = r#"
    INSERT INTO windows
        (account, item, id, source, "match", "from", until, title, "by", even_outage, notice, announced_at, expires_at)
    VALUES
        (:account, :item, :id, :source, :match, :from, :until, :title, :by, :even_outage, :notice, :announced_at,
         :expires_at)
    ON CONFLICT (account, item) DO UPDATE SET
        id = excluded.id, source = excluded.source, "match" = excluded."match", "from" = excluded."from",
        until = excluded.until, title = excluded.title, "by" = excluded."by", even_outage = excluded.even_outage,
        notice = excluded.notice, announced_at = excluded.announced_at, expires_at = excluded.expires_at"#;

const ACKNOWLEDGE: &str = r#"
    INSERT INTO acknowledgements (account, incident, "by", "at", note, expires_at)
    VALUES (:account, :incident, :by, :at, :note, :expires_at) ON CONFLICT DO NOTHING"#;

/// All rows of an account. One that cannot be read is a newer version's, or damaged: it is left out.
pub(super) fn all(connection: &Connection, account: &str) -> anyhow::Result<WindowRows> {
    let mut found = WindowRows::default();
    let mut statement = connection.prepare_cached(OF_ACCOUNT)?;
    let mut rows = statement.query(named_params! {":account": account})?;
    while let Some(row) = rows.next()? {
        match parse_window(row) {
            Ok(window) => found.windows.push(window),
            Err(error) => unreadable(account, &row.get::<_, String>("item")?, &error),
        }
    }
    let mut statement = connection.prepare_cached(ACKNOWLEDGEMENTS)?;
    let mut rows = statement.query(named_params! {":account": account})?;
    while let Some(row) = rows.next()? {
        match parse_acknowledgement(row) {
            Ok((incident, acknowledgement)) => drop(found.acknowledgements.insert(incident, acknowledgement)),
            Err(error) => unreadable(account, &row.get::<_, String>("incident")?, &error),
        }
    }
    Ok(found)
}

fn unreadable(account: &str, item: &str, error: &anyhow::Error) {
    tracing::warn!(account, item, error = format!("{error:#}"), "a row of planned time cannot be read");
}

fn parse_window(row: &Row<'_>) -> anyhow::Result<Window> {
    let notice = row.get::<_, Option<String>>("notice")?.map(|_| parse_json(row, "notice")).transpose()?;
    Ok(Window {
        id: row.get("id")?,
        source: parse_word(row, "source")?,
        matcher: parse_json(row, "match")?,
        from: timestamp(row, "from")?,
        until: timestamp(row, "until")?,
        title: row.get("title")?,
        by: row.get("by")?,
        even_outage: row.get::<_, Option<bool>>("even_outage")?.unwrap_or(false),
        notice,
        announced_at: optional_timestamp(row, "announced_at")?,
    })
}

fn parse_acknowledgement(row: &Row<'_>) -> anyhow::Result<(Uuid, Acknowledgement)> {
    let incident = row.get::<_, String>("incident")?.parse()?;
    Ok((incident, Acknowledgement { by: row.get("by")?, at: timestamp(row, "at")?, note: row.get("note")? }))
}

/// Writes a window's row, new or old.
pub(super) fn write(connection: &Connection, account: &str, window: &Window) -> anyhow::Result<()> {
    connection.prepare_cached(WRITE)?.execute(named_params! {
        ":account": account,
        ":item": window.key(),
        ":id": window.id,
        ":source": word(&window.source)?,
        ":match": json(&window.matcher)?,
        ":from": window.from.to_string(),
        ":until": window.until.to_string(),
        ":title": window.title,
        ":by": window.by,
        ":even_outage": window.even_outage.then_some(true),
        ":notice": window.notice.as_ref().map(json).transpose()?,
        ":announced_at": window.announced_at.map(|at| at.to_string()),
        ":expires_at": window.expires_at(),
    })?;
    Ok(())
}

/// Writes who has taken an incident on, unless it is on record already.
pub(super) fn acknowledge(
    connection: &Connection,
    account: &str,
    incident: Uuid,
    acknowledgement: &Acknowledgement,
) -> anyhow::Result<()> {
    connection.prepare_cached(ACKNOWLEDGE)?.execute(named_params! {
        ":account": account,
        ":incident": incident.to_string(),
        ":by": acknowledgement.by,
        ":at": acknowledgement.at.to_string(),
        ":note": acknowledgement.note,
        ":expires_at": acknowledgement.expires_at(),
    })?;
    Ok(())
}
