//! The roster of accounts: each row is written on condition of the revision before it.

use aws_dx_monitor::{
    domain::{Cadence, Outcome, RosterRow, Visit},
    ports::{History, Ledger, Roster},
};

use super::{
    hostile::HOSTILE,
    rig::{Rig, at},
};

/// A row with everything that a row can have.
pub fn full(account: &str, revision: u64) -> RosterRow {
    RosterRow {
        account: account.to_owned(),
        name: Some("network".to_owned()),
        cadence: Cadence::Refused,
        items: 41,
        regions: ["global", "us-east-1"].map(str::to_owned).into(),
        last_poll_at: Some(at(60)),
        last_ok_at: Some(at(0)),
        last_error: Some("AccessDenied".to_owned()),
        refused_since: Some(at(30)),
        enrolled_at: Some(at(-60)),
        left_at: Some(at(90)),
        changed_at: Some(at(-30)),
        late_since: Some(at(30)),
        revision,
    }
}

/// A row of which nothing is known but that it is there.
pub fn bare(account: &str, revision: u64) -> RosterRow {
    RosterRow { revision, ..RosterRow::unknown(account) }
}

impl<L: Ledger + History + Roster> Rig<'_, L> {
    /// The id of one of this rig's own accounts.
    fn account(&self, number: usize) -> String {
        format!("{}#{number:04}", self.scope.account())
    }

    async fn write_row(&self, row: &RosterRow) -> bool {
        self.ledger.write_roster_row(row).await.unwrap()
    }

    async fn roster_row(&self, account: &str) -> Option<RosterRow> {
        self.ledger.roster_row(account).await.unwrap()
    }

    /// The rows of this rig's own accounts.
    async fn own_rows(&self) -> Vec<RosterRow> {
        let rows = self.ledger.roster().await.unwrap();
        rows.into_iter().filter(|row| row.account.starts_with(self.scope.account())).collect()
    }
}

pub async fn an_account_never_heard_of_has_no_row(rig: Rig<'_, impl Ledger + History + Roster>) {
    assert_eq!((rig.roster_row(&rig.account(1)).await, rig.own_rows().await), (None, Vec::new()));
}

pub async fn a_row_of_the_roster_reads_back_as_it_was_written(rig: Rig<'_, impl Ledger + History + Roster>) {
    let account = rig.account(1);
    for row in [bare(&account, 1), full(&account, 2), bare(&account, 3)] {
        assert!(rig.write_row(&row).await);
        assert_eq!((rig.roster_row(&account).await, rig.own_rows().await), (Some(row.clone()), vec![row]));
    }
}

pub async fn of_those_who_write_one_revision_one_wins(rig: Rig<'_, impl Ledger + History + Roster>) {
    let account = rig.account(1);
    for revision in [1, 2] {
        let (one, other) = (bare(&account, revision), full(&account, revision));
        assert!(rig.write_row(&one).await);
        assert!(rig.write_row(&one).await, "a repeat finds its own effect");
        assert!(!rig.write_row(&other).await);
        assert_eq!(rig.roster_row(&account).await, Some(one));
    }
    assert!(!rig.write_row(&full(&account, 4)).await, "one is missing between");
    assert!(!rig.write_row(&full(&account, 1)).await, "an old one");
    assert!(!rig.write_row(&full(&rig.account(2), 2)).await, "no row is there before");
    assert_eq!(rig.own_rows().await, [bare(&account, 2)]);
}

/// Two polls that overlap, each with what it has read: whoever decided on an old row decides again.
pub async fn an_older_poll_never_overwrites_a_newer_one(rig: Rig<'_, impl Ledger + History + Roster>) {
    let account = rig.account(1);
    let visit = |seconds, outcome| Visit { account: account.clone(), began: at(seconds), outcome };
    let found = |count| Outcome::Reached {
        items: [("us-east-1".to_owned(), count)].into(),
        is_complete: true,
        has_changed: false,
    };
    let first = RosterRow::visited(None, &visit(0, found(1))).unwrap();
    assert!(rig.write_row(&first).await);
    let (older, newer) = (visit(60, Outcome::Refused("AccessDenied".to_owned())), visit(120, found(2)));
    let decided = [&older, &newer].map(|visit| RosterRow::visited(Some(&first), visit).unwrap());
    assert!(rig.write_row(&decided[1]).await);
    assert!(!rig.write_row(&decided[0]).await);
    let stored = rig.roster_row(&account).await.unwrap();
    assert_eq!((stored.items, stored.last_error.as_deref(), stored.last_ok_at), (2, None, Some(at(120))));
    assert_eq!(RosterRow::visited(Some(&stored), &older), None);
}

pub async fn any_text_of_a_row_reads_back(rig: Rig<'_, impl Ledger + History + Roster>) {
    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let text = || Some(hostile.to_owned());
        let row = RosterRow { name: text(), last_error: text(), ..full(&rig.account(number), 1) };
        assert!(rig.write_row(&row).await);
        assert_eq!(rig.roster_row(&row.account).await, Some(row), "{hostile:?}");
    }
}

/// More than a megabyte, so that a store that reads by pages has to turn them.
pub async fn a_thousand_accounts_are_found(rig: Rig<'_, impl Ledger + History + Roster>) {
    let name = "🦀".repeat(300);
    for number in 0..1_000 {
        let row = RosterRow { name: Some(name.clone()), ..full(&rig.account(number), 1) };
        assert!(rig.write_row(&row).await);
    }
    let found = rig.own_rows().await;
    let accounts: Vec<String> = (0..1_000).map(|number| rig.account(number)).collect();
    assert_eq!(found.iter().map(|row| row.account.clone()).collect::<Vec<_>>(), accounts);
    assert!(found.iter().all(|row| row.name.as_ref() == Some(&name)));
}

pub async fn the_roster_is_no_scope_and_no_planned_time(rig: Rig<'_, impl Ledger + History + Roster>) {
    assert!(rig.write_row(&full(rig.scope.account(), 1)).await);
    assert!(rig.recall().await.states.is_empty());
    assert!(rig.ledger.listed().await.unwrap().iter().all(|listed| listed.scope.account() != rig.scope.account()));
    assert!(rig.ledger.windows(rig.scope.account()).await.unwrap().windows.is_empty());
}
