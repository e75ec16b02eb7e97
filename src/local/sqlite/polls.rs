//! The progress of polling: the list of scopes, each scope's polls, and each kind's complete listings.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    columns::{integer, json, optional_timestamp, parse_json},
    history, parent_gaps,
};
use crate::{
    domain::{CoveragePath, Kind, KindProgress, ListedScope, ParentGap, PollRow, Scope, Timestamp, Unmonitored},
    ports::{BaselineAnnounced, Covering, Progress},
};

pub(super) const KINDS_OF_SCOPE: &str = "
    SELECT kind, baseline_at, baseline_told, told_sinks, last_complete_at, settled_at, retired_at FROM polled_kinds
    WHERE scope = :scope";

/// The scopes that were ever polled.
pub(super) fn scopes(connection: &Connection) -> anyhow::Result<Vec<ListedScope>> {
    let mut statement = connection.prepare_cached("SELECT item, retired_at FROM scopes ORDER BY item")?;
    let mut rows = statement.query([])?;
    let mut scopes = Vec::new();
    while let Some(row) = rows.next()? {
        scopes.push(parse_listed(row).context("a row of the list of scopes is damaged")?);
    }
    Ok(scopes)
}

fn parse_listed(row: &Row<'_>) -> anyhow::Result<ListedScope> {
    let scope: Scope = row.get::<_, String>("item")?.parse()?;
    Ok(ListedScope { scope, retired_at: optional_timestamp(row, "retired_at")? })
}

/// Remembers since when a scope on the list is configured no longer, or that it is polled again.
pub(super) fn relist(connection: &Connection, listed: &ListedScope) -> anyhow::Result<()> {
    let retired_at = listed.retired_at.map(|at| at.to_string());
    connection
        .prepare_cached(
            "UPDATE scopes SET retired_at = iif(:retired_at IS NULL, NULL, coalesce(retired_at, :retired_at))
             WHERE item = :scope",
        )?
        .execute(named_params! {":scope": listed.scope.to_string(), ":retired_at": retired_at})?;
    Ok(())
}

/// The poll row of a scope; `None` before its first poll.
pub(super) fn of_scope(connection: &Connection, scope: &Scope) -> anyhow::Result<Option<PollRow>> {
    let poll: Option<(Option<i64>, anyhow::Result<Option<Timestamp>>)> = connection
        .prepare_cached("SELECT interval_seconds, last_regular_at FROM polls WHERE scope = :scope")?
        .query_row(named_params! {":scope": scope.to_string()}, |row| {
            Ok((row.get("interval_seconds")?, optional_timestamp(row, "last_regular_at")))
        })
        .optional()?;
    let is_polled = poll.is_some();
    let (interval_seconds, last_regular_at) = poll.unwrap_or((None, Ok(None)));
    let interval_seconds = interval_seconds
        .map(u64::try_from)
        .transpose()
        .with_context(|| format!("the poll row of {scope} is damaged: interval_seconds"))?;
    let last_regular_at = last_regular_at.with_context(|| format!("the poll row of {scope} is damaged"))?;
    let mut statement = connection.prepare_cached(KINDS_OF_SCOPE)?;
    let mut rows = statement.query(named_params! {":scope": scope.to_string()})?;
    let mut kinds = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get("kind")?;
        // Kinds that only a newer version knows are skipped.
        if let Ok(known) = kind.parse::<Kind>() {
            let progress = parse(row).with_context(|| format!("the poll row of {scope} and {kind} is damaged"))?;
            kinds.insert(known, progress);
        }
    }
    for (kind, parent, gap) in parent_gaps::of_scope(connection, scope)? {
        kinds.entry(kind).or_default().gaps.insert(parent, gap);
    }
    Ok((is_polled || !kinds.is_empty()).then_some(PollRow { kinds, interval_seconds, last_regular_at }))
}

fn parse(row: &Row<'_>) -> anyhow::Result<KindProgress> {
    Ok(KindProgress {
        gaps: BTreeMap::new(),
        baseline_at: optional_timestamp(row, "baseline_at")?,
        baseline_announced: optional_timestamp(row, "baseline_told")?,
        announced_on: parse_json(row, "told_sinks")?,
        last_complete_at: optional_timestamp(row, "last_complete_at")?,
        settled_at: optional_timestamp(row, "settled_at")?,
        retired_at: optional_timestamp(row, "retired_at")?,
    })
}

/// Instants that stay as they are once they are set.
const SET_BASELINE_ONCE: &str = "
    INSERT INTO polled_kinds (scope, kind, baseline_at) VALUES (:scope, :kind, :at)
    ON CONFLICT (scope, kind) DO UPDATE SET baseline_at = coalesce(baseline_at, excluded.baseline_at)";
const SET_RETIRED_ONCE: &str = "
    INSERT INTO polled_kinds (scope, kind, retired_at) VALUES (:scope, :kind, :at)
    ON CONFLICT (scope, kind) DO UPDATE SET retired_at = coalesce(retired_at, excluded.retired_at)";

/// Writes the progress of one poll.
pub(super) fn progress(connection: &Connection, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
    if progress.first_poll {
        connection
            .prepare_cached("INSERT INTO scopes (item) VALUES (:scope) ON CONFLICT DO NOTHING")?
            .execute(named_params! {":scope": scope.to_string()})?;
    }
    connection
        .prepare_cached(
            "INSERT INTO polls (scope, interval_seconds, last_regular_at)
             VALUES (:scope, :interval_seconds, :regular_at)
             ON CONFLICT (scope) DO UPDATE SET
                 interval_seconds = coalesce(excluded.interval_seconds, interval_seconds),
                 last_regular_at = iif(excluded.last_regular_at > coalesce(last_regular_at, ''),
                     excluded.last_regular_at, last_regular_at)",
        )?
        .execute(named_params! {
            ":scope": scope.to_string(),
            ":interval_seconds": progress.interval_seconds.map(integer).transpose()?,
            ":regular_at": progress.regular_at.map(|at| at.to_string()),
        })?;
    for kind in &progress.complete {
        let path = CoveragePath::new(scope.clone(), *kind);
        let stored = stored(connection, &path)?;
        let at = progress.complete_at(*kind);
        if stored.since.is_none_or(|last| last <= at) {
            settle(connection, &path, at)?;
            for (parent, gap) in progress.gaps.get(kind).into_iter().flatten() {
                parent_gaps::progress(connection, &path.clone().of_children(parent), *gap, stored)?;
            }
        }
    }
    for (kinds, set_once) in [(&progress.baseline, SET_BASELINE_ONCE), (&progress.retired, SET_RETIRED_ONCE)] {
        let mut statement = connection.prepare_cached(set_once)?;
        for kind in kinds {
            statement.execute(
                named_params! {":scope": scope.to_string(), ":kind": kind.slug(), ":at": progress.at.to_string()},
            )?;
        }
    }
    for kind in &progress.resumed {
        connection
            .prepare_cached("UPDATE polled_kinds SET retired_at = NULL WHERE scope = :scope AND kind = :kind")?
            .execute(named_params! {":scope": scope.to_string(), ":kind": kind.slug()})?;
    }
    Ok(())
}

/// Writes a stretch of unmonitored time and moves the last complete listing to its end, if that still lies at its start.
/// What the listing showed is not on record yet.
pub(super) fn cover(connection: &Connection, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
    let path = unmonitored.path();
    if history::has_unmonitored(connection, unmonitored)? {
        return Ok(Covering::Written);
    }
    let stored = stored(connection, &path)?.since;
    if stored != Some(unmonitored.from) {
        return Ok(Covering::Refused(stored));
    }
    history::insert_unmonitored(connection, unmonitored, expires_at)?;
    if path.parent.is_some() {
        parent_gaps::cover(connection, &path, unmonitored.to)?;
    } else {
        connection
            .prepare_cached(
                "UPDATE polled_kinds SET settled_at = coalesce(settled_at, last_complete_at), last_complete_at = :to
                 WHERE scope = :scope AND kind = :kind",
            )?
            .execute(named_params! {
                ":scope": path.scope.to_string(), ":kind": path.kind.slug(), ":to": unmonitored.to.to_string()
            })?;
    }
    Ok(Covering::Written)
}

/// The last complete listing of a kind, or of the children of one parent, and the last one that is on record where that
/// is an earlier one.
fn stored(connection: &Connection, path: &CoveragePath) -> anyhow::Result<ParentGap> {
    if path.parent.is_some() {
        return Ok(parent_gaps::of_parent(connection, path)?.unwrap_or_default());
    }
    let read = |row: &Row<'_>| {
        let since = optional_timestamp(row, "last_complete_at")?;
        Ok(ParentGap { since, settled_at: optional_timestamp(row, "settled_at")? })
    };
    Ok(of_kind(connection, &path.scope, path.kind, read)?.unwrap_or_default())
}

/// Stores that a sink has announced a baseline.
pub(super) fn baseline_announced(connection: &Connection, announced: &BaselineAnnounced) -> anyhow::Result<()> {
    let BaselineAnnounced { scope, kinds, sink, everywhere, at } = announced;
    for kind in kinds {
        let mut sinks = announced_on(connection, scope, *kind)?;
        sinks.insert(sink.as_str().to_owned());
        connection
            .prepare_cached(
                "INSERT INTO polled_kinds (scope, kind, told_sinks, baseline_told)
                 VALUES (:scope, :kind, :sinks, :at)
                 ON CONFLICT (scope, kind) DO UPDATE SET told_sinks = excluded.told_sinks,
                     baseline_told = coalesce(baseline_told, excluded.baseline_told)",
            )?
            .execute(named_params! {
                ":scope": scope.to_string(),
                ":kind": kind.slug(),
                ":sinks": json(&sinks)?,
                ":at": everywhere.then(|| at.to_string()),
            })?;
    }
    Ok(())
}

/// Moves the last complete listing of a kind to `at`, all of which is on record.
fn settle(connection: &Connection, kind: &CoveragePath, at: Timestamp) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO polled_kinds (scope, kind, last_complete_at) VALUES (:scope, :kind, :at)
             ON CONFLICT (scope, kind) DO UPDATE SET last_complete_at = excluded.last_complete_at, settled_at = NULL",
        )?
        .execute(named_params! {":scope": kind.scope.to_string(), ":kind": kind.kind.slug(), ":at": at.to_string()})?;
    Ok(())
}

fn announced_on(connection: &Connection, scope: &Scope, kind: Kind) -> anyhow::Result<BTreeSet<String>> {
    of_kind(connection, scope, kind, |row| parse_json(row, "told_sinks")).map(Option::unwrap_or_default)
}

fn of_kind<T>(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    read: impl FnOnce(&Row<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<Option<T>> {
    connection
        .prepare_cached(
            "SELECT told_sinks, last_complete_at, settled_at FROM polled_kinds WHERE scope = :scope AND kind = :kind",
        )?
        .query_row(named_params! {":scope": scope.to_string(), ":kind": kind.slug()}, |row| Ok(read(row)))
        .optional()?
        .transpose()
        .with_context(|| format!("the poll row of {scope} and {kind} is damaged"))
}
