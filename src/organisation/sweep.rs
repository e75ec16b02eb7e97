//! What a sweep has to do: the rows that the list of accounts changes, and the accounts to probe.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::domain::{Cadence, ListedAccount, RosterRow, Timestamp};

/// For how long a sweep that listed the accounts is gone on with: then the next one begins.
const GOES_ON_FOR: Duration = Duration::from_secs(55 * 60);

/// What a sweep has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepPlan {
    /// Rows to write: accounts that are new, renamed, back or gone.
    pub rows: Vec<RosterRow>,
    /// The accounts to probe: whoever waits for the longest time first.
    pub probes: Vec<String>,
}

/// What a sweep has to do that read this roster and has the complete list of accounts, made at `now`.
pub fn plan(roster: &[RosterRow], listed: &[ListedAccount], now: Timestamp) -> SweepPlan {
    let stored: BTreeMap<&str, &RosterRow> = roster.iter().map(|row| (row.account.as_str(), row)).collect();
    let on_the_list: BTreeSet<&str> = listed.iter().map(|account| account.id.as_str()).collect();
    let come = listed.iter().filter_map(|account| RosterRow::listed(stored.get(account.id.as_str()).copied(), account));
    let gone = roster.iter().filter(|row| !on_the_list.contains(row.account.as_str()));
    let rows: Vec<RosterRow> = come.chain(gone.filter_map(|row| row.left(now))).collect();
    let mut after: BTreeMap<&str, &RosterRow> = stored;
    after.extend(rows.iter().map(|row| (row.account.as_str(), row)));
    let probes = waiting(after.into_values(), now);
    SweepPlan { rows, probes }
}

/// The accounts that a sweep has still to probe that listed them at `listed_at`. None once the next sweep is near.
pub fn goes_on(roster: &[RosterRow], listed_at: Timestamp, now: Timestamp) -> Option<Vec<String>> {
    (now.since(listed_at) < GOES_ON_FOR).then(|| waiting(roster.iter(), listed_at))
}

/// The accounts that are the sweep's, and that were not visited since it began.
fn waiting<'a>(rows: impl Iterator<Item = &'a RosterRow>, since: Timestamp) -> Vec<String> {
    let is_the_sweeps = |row: &&RosterRow| {
        row.is_listed() && row.cadence != Cadence::Hot && row.last_poll_at.is_none_or(|visited| visited < since)
    };
    let mut waiting: Vec<&RosterRow> = rows.filter(is_the_sweeps).collect();
    waiting.sort_by_key(|row| (row.last_poll_at, row.account.clone()));
    waiting.into_iter().map(|row| row.account.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_milliseconds(1_795_316_400_000).plus(Duration::from_secs(seconds))
    }

    fn row(account: &str, cadence: Cadence, visited: u64) -> RosterRow {
        RosterRow { cadence, last_poll_at: Some(at(visited)), revision: 1, ..RosterRow::unknown(account) }
    }

    fn list(accounts: &[&str]) -> Vec<ListedAccount> {
        accounts.iter().map(|account| ListedAccount::bare(*account)).collect()
    }

    #[test]
    fn whoever_waits_longest_is_probed_first_and_hot_accounts_not_at_all() {
        let roster = [row("1", Cadence::Hot, 0), row("2", Cadence::Cold, 20), row("3", Cadence::Refused, 10)];
        let plan = plan(&roster, &list(&["1", "2", "3", "4"]), at(3_600));
        assert_eq!(plan.probes, ["4", "3", "2"]);
        assert_eq!(plan.rows, [RosterRow { revision: 1, ..RosterRow::unknown("4") }]);
    }

    #[test]
    fn whoever_is_not_on_the_list_has_left_and_is_not_probed() {
        let roster = [row("1", Cadence::Hot, 0), row("2", Cadence::Cold, 20)];
        let swept = plan(&roster, &list(&["1"]), at(3_600));
        assert_eq!((swept.rows.len(), swept.rows[0].left_at, swept.probes.len()), (1, Some(at(3_600)), 0));
        let left = [roster[0].clone(), swept.rows[0].clone()];
        assert_eq!(plan(&left, &list(&["1"]), at(7_200)), SweepPlan::default(), "once");
        let back = plan(&left, &list(&["1", "2"]), at(7_200));
        assert_eq!((back.rows[0].left_at, back.probes), (None, vec!["2".to_owned()]));
    }

    #[test]
    fn a_sweep_goes_on_with_what_was_not_visited_until_the_next_is_near() {
        let roster = [row("1", Cadence::Cold, 3_700), row("2", Cadence::Cold, 20), row("3", Cadence::Hot, 20)];
        assert_eq!(goes_on(&roster, at(3_600), at(3_800)), Some(vec!["2".to_owned()]));
        assert_eq!(goes_on(&roster, at(3_600), at(3_600 + 3_300)), None);
    }
}
