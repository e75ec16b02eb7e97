//! Evidence of causes: who called what, and what AWS itself reports, by scope and by time.

use rusqlite::{Connection, Row, named_params};

use super::columns::{json, parse_json, parse_word, timestamp, word};
use crate::domain::{Evidence, Scope, Span};

pub(super) const WITHIN: &str = r#"
    SELECT item, id, type, "at", summary, "by", items FROM evidence
    WHERE scope = :scope AND item > :first AND item < :last ORDER BY item"#;

const KEEP: &str = r#"
    INSERT INTO evidence (scope, item, id, type, "at", summary, "by", items, expires_at)
    VALUES (:scope, :item, :id, :type, :at, :summary, :by, :items, :expires_at) ON CONFLICT DO NOTHING"#;

/// Keeps a piece of evidence, unless it is there already.
pub(super) fn keep(connection: &Connection, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()> {
    connection.prepare_cached(KEEP)?.execute(named_params! {
        ":scope": scope.to_string(),
        ":item": evidence.key(),
        ":id": evidence.id,
        ":type": word(&evidence.kind)?,
        ":at": evidence.at.to_string(),
        ":summary": evidence.summary,
        ":by": evidence.by,
        ":items": json(&evidence.items)?,
        ":expires_at": evidence.expires_at(),
    })?;
    Ok(())
}

/// The evidence of a scope within `span`, ascending. A row that cannot be read is a newer version's, or damaged: it is left
/// out.
pub(super) fn within(connection: &Connection, scope: &Scope, span: Span) -> anyhow::Result<Vec<Evidence>> {
    let Some([first, last]) = Evidence::keys_within(span) else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(WITHIN)?;
    let mut rows = statement.query(named_params! {":scope": scope.to_string(), ":first": first, ":last": last})?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        match parse(row) {
            Ok(evidence) => found.push(evidence),
            Err(error) => {
                let key: String = row.get("item")?;
                tracing::warn!(%scope, key, error = format!("{error:#}"), "evidence cannot be read");
            }
        }
    }
    Ok(found)
}

fn parse(row: &Row<'_>) -> anyhow::Result<Evidence> {
    Ok(Evidence {
        id: row.get("id")?,
        kind: parse_word(row, "type")?,
        at: timestamp(row, "at")?,
        summary: row.get("summary")?,
        by: row.get("by")?,
        items: parse_json(row, "items")?,
    })
}
