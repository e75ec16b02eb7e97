//! The rows of prefixes: one for each virtual interface, under the hash of its scope, so that they are recalled with it.

use anyhow::Context;

use super::{
    attributes::{Attributes, as_document, as_integer, as_natural, document, number, optional, required},
    calls::Updated,
    expression::Expression,
    state_row::{EXPIRES_AT, key},
    tables::Tables,
};
use crate::{
    domain::{PrefixRow, Recalled, Scope},
    ports::Recording,
};

const REVISION: &str = "revision";
const FAMILIES: &str = "families";

/// Takes in the row of an interface. One that cannot be read is a newer version's, or damaged: it is left out, and stays as
/// it is.
pub(super) fn take(recalled: &mut Recalled, interface: &str, row: &Attributes) {
    match read(interface, row) {
        Ok(row) => drop(recalled.prefixes.insert(interface.to_owned(), row)),
        Err(error) => {
            let (scope, error) = (&recalled.scope, format!("{error:#}"));
            tracing::warn!(%scope, interface, error, "a row of prefixes cannot be read");
        }
    }
}

/// Writes a row, if the stored one is of the revision before it.
pub(super) async fn write(tables: &Tables, scope: &Scope, row: &PrefixRow) -> anyhow::Result<Recording> {
    let mut expression = Expression::default();
    match row.revision {
        0 | 1 => expression.require_absence(&[REVISION]),
        revision => expression.compare(&[REVISION], "=", number(revision - 1)),
    }
    expression.set(&[REVISION], number(row.revision));
    expression.set(&[FAMILIES], document(&row.families)?);
    expression.put(&[EXPIRES_AT], row.expires_at.map(number));
    match tables.update(&tables.states, key(scope, row.name()), &expression).await? {
        Updated::Written => Ok(Recording::Recorded),
        // An earlier call wrote it, and its answer was lost.
        Updated::Refused(Some(stored)) if read(&row.interface, &stored).is_ok_and(|stored| stored == *row) => {
            Ok(Recording::Recorded)
        }
        Updated::Refused(_) => Ok(Recording::Lost),
    }
}

fn read(interface: &str, row: &Attributes) -> anyhow::Result<PrefixRow> {
    let read = || {
        anyhow::Ok(PrefixRow {
            interface: interface.to_owned(),
            revision: required(row, REVISION, as_natural)?,
            families: required(row, FAMILIES, as_document)?,
            expires_at: optional(row, EXPIRES_AT, as_integer)?,
        })
    };
    read().with_context(|| format!("the row of the prefixes of {interface:?} is damaged"))
}
