//! The row `poll` of a scope: how far the watching of each kind has come, in flat attributes, so that each moves on a
//! condition of its own.

use anyhow::Context;

use super::attributes::{Attributes, as_natural, as_timestamp, optional};
use crate::domain::{Kind, KindProgress, PollRow, Scope, SinkName, Timestamp};

/// The range key of the row.
pub(super) const POLL: &str = "poll";
/// The hash under which each scope has a row.
pub(super) const SCOPES: &str = "scopes";
pub(super) const INTERVAL_SECONDS: &str = "interval_seconds";

const BASELINE_AT: &str = "baseline_at";
/// The name is older than the word that is used now.
const BASELINE_ANNOUNCED: &str = "baseline_told";
const LAST_COMPLETE_AT: &str = "last_complete_at";

pub(super) fn baseline_at(kind: Kind) -> String {
    format!("{BASELINE_AT}/{kind}")
}

pub(super) fn baseline_announced(kind: Kind) -> String {
    format!("{BASELINE_ANNOUNCED}/{kind}")
}

pub(super) fn baseline_announced_on(kind: Kind, sink: SinkName) -> String {
    format!("{BASELINE_ANNOUNCED}/{kind}/{sink}")
}

pub(super) fn last_complete_at(kind: Kind) -> String {
    format!("{LAST_COMPLETE_AT}/{kind}")
}

/// The last complete listing of a kind that a row says.
pub(super) fn read_last_complete_at(row: &Attributes, kind: Kind) -> anyhow::Result<Option<Timestamp>> {
    optional(row, &last_complete_at(kind), as_timestamp)
}

/// Reads the row of `scope`. Attributes of kinds that this version does not know, and attributes that it does not know at
/// all, are none of its business.
pub(super) fn read(scope: &Scope, row: &Attributes) -> anyhow::Result<PollRow> {
    let mut poll = PollRow::default();
    let mut read = || {
        poll.interval_seconds = optional(row, INTERVAL_SECONDS, as_natural)?;
        for kind in Kind::ALL {
            let announced_on = format!("{}/", baseline_announced(kind));
            let progress = KindProgress {
                baseline_at: optional(row, &baseline_at(kind), as_timestamp)?,
                baseline_announced: optional(row, &baseline_announced(kind), as_timestamp)?,
                announced_on: row
                    .keys()
                    .filter_map(|name| name.strip_prefix(&announced_on))
                    .map(str::to_owned)
                    .collect(),
                last_complete_at: read_last_complete_at(row, kind)?,
            };
            if progress != KindProgress::default() {
                poll.kinds.insert(kind, progress);
            }
        }
        anyhow::Ok(())
    };
    read().with_context(|| format!("the poll row of {scope} is damaged"))?;
    Ok(poll)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::dynamodb::attributes::{number, text};

    #[test]
    fn what_is_known_is_read_and_the_rest_left_alone() {
        let scope = Scope::regional("1", "us-east-1");
        let row: Attributes = [
            ("interval_seconds", number(60)),
            ("last_complete_at/lag", text("2026-11-22T03:12:00.123Z")),
            ("baseline_told/lag/sns", text("2026-11-22T03:12:00.123Z")),
            ("baseline_told/lag/pager", text("2027-01-01T00:00:00.000Z")),
            ("last_complete_at/cross-connect", number(1)),
            ("mood", text("sunny")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let poll = read(&scope, &row).unwrap();
        assert_eq!(poll.interval_seconds, Some(60));
        assert_eq!(poll.kinds.keys().collect::<Vec<_>>(), [&Kind::Lag]);
        assert_eq!(poll.kinds[&Kind::Lag].announced_on, ["pager".to_owned(), "sns".to_owned()].into());
        assert_eq!(poll.last_complete_at(Kind::Lag).unwrap().to_string(), "2026-11-22T03:12:00.123Z");
        let damaged = Attributes::from([("baseline_at/lag".to_owned(), text("soon"))]);
        let error = format!("{:#}", read(&scope, &damaged).unwrap_err());
        assert!(
            error.starts_with("the poll row of 1/us-east-1 is damaged: the attribute \"baseline_at/lag\""),
            "{error}"
        );
    }
}
