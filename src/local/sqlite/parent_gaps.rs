//! The parents whose children are unread, a row each while they are: since when, so that the time becomes unmonitored time
//! once they are read again.

use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::optional_timestamp;
use crate::domain::{CoveragePath, GapProgress, Kind, ParentGap, Scope, Timestamp};

pub(super) const GAPS_OF_SCOPE: &str =
    "SELECT kind, parent, gap_since, settled_at FROM parent_gaps WHERE scope = :scope";

/// The gaps in a scope, each with its kind and its parent. Kinds that only a newer version knows are skipped.
pub(super) fn of_scope(connection: &Connection, scope: &Scope) -> anyhow::Result<Vec<(Kind, String, ParentGap)>> {
    let mut statement = connection.prepare_cached(GAPS_OF_SCOPE)?;
    let mut rows = statement.query(named_params! {":scope": scope.to_string()})?;
    let mut gaps = Vec::new();
    while let Some(row) = rows.next()? {
        if let Ok(kind) = row.get::<_, String>("kind")?.parse() {
            let parent: String = row.get("parent")?;
            let gap =
                parse(row).with_context(|| format!("the gap of {kind} under {parent:?} in {scope} is damaged"))?;
            gaps.push((kind, parent, gap));
        }
    }
    Ok(gaps)
}

/// The gap of a kind under one parent; none while there is none.
pub(super) fn of_parent(connection: &Connection, path: &CoveragePath) -> anyhow::Result<Option<ParentGap>> {
    connection
        .prepare_cached(
            "SELECT gap_since, settled_at FROM parent_gaps WHERE scope = :scope AND kind = :kind AND parent = :parent",
        )?
        .query_row(
            named_params! {":scope": path.scope.to_string(), ":kind": path.kind.slug(), ":parent": path.parent},
            |row| Ok(parse(row)),
        )
        .optional()?
        .transpose()
        .with_context(|| format!("the gap of {path} is damaged"))
}

/// Writes what a poll makes of a gap, where `of_kind` was the last complete listing of the kind before it. A gap that is
/// there stays as it is until it ends.
pub(super) fn progress(
    connection: &Connection,
    path: &CoveragePath,
    progress: GapProgress,
    of_kind: ParentGap,
) -> anyhow::Result<()> {
    match progress {
        GapProgress::Begins(gap) => begin(connection, path, gap),
        // Where another poll has ended it, the children were read by the last complete listing.
        GapProgress::GoesOn => begin(connection, path, of_kind),
        GapProgress::Ends => {
            connection
                .prepare_cached("DELETE FROM parent_gaps WHERE scope = :scope AND kind = :kind AND parent = :parent")?
                .execute(
                    named_params! {":scope": path.scope.to_string(), ":kind": path.kind.slug(), ":parent": path.parent},
                )?;
            Ok(())
        }
    }
}

fn begin(connection: &Connection, path: &CoveragePath, gap: ParentGap) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO parent_gaps (scope, kind, parent, gap_since, settled_at)
             VALUES (:scope, :kind, :parent, :since, :settled_at) ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! {
            ":scope": path.scope.to_string(),
            ":kind": path.kind.slug(),
            ":parent": path.parent,
            ":since": gap.since.map(|since| since.to_string()),
            ":settled_at": gap.settled_at.map(|settled| settled.to_string()),
        })?;
    Ok(())
}

/// Moves the last complete listing of a parent's children to `to`. What it showed is not on record yet.
pub(super) fn cover(connection: &Connection, path: &CoveragePath, to: Timestamp) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            "UPDATE parent_gaps SET settled_at = coalesce(settled_at, gap_since), gap_since = :to
             WHERE scope = :scope AND kind = :kind AND parent = :parent",
        )?
        .execute(named_params! {
            ":scope": path.scope.to_string(),
            ":kind": path.kind.slug(),
            ":parent": path.parent,
            ":to": to.to_string(),
        })?;
    Ok(())
}

fn parse(row: &Row<'_>) -> anyhow::Result<ParentGap> {
    let since = optional_timestamp(row, "gap_since")?;
    Ok(ParentGap { since, settled_at: optional_timestamp(row, "settled_at")? })
}
