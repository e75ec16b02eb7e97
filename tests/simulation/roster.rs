//! The simulated ledger: the roster, under a hash of its own among the states.

use async_trait::async_trait;
use aws_dx_monitor::{domain::RosterRow, ports::Roster};
use serde_json::{Value, json};

use super::{
    ledger::SimulatedLedger,
    rows::says,
    tables::{Action, Refused, Row, Table},
};

const ACCOUNTS: &str = "accounts";

fn read((account, row): (String, Row)) -> Option<RosterRow> {
    let row: RosterRow = serde_json::from_value(Value::Object(row)).ok()?;
    Some(RosterRow { account, ..row })
}

#[async_trait(?Send)]
impl Roster for SimulatedLedger {
    async fn roster(&self) -> anyhow::Result<Vec<RosterRow>> {
        Ok(self.all("ledger.roster", ACCOUNTS).await?.into_iter().filter_map(read).collect())
    }

    async fn roster_row(&self, account: &str) -> anyhow::Result<Option<RosterRow>> {
        Ok(self.roster().await?.into_iter().find(|row| row.account == account))
    }

    async fn write_roster_row(&self, row: &RosterRow) -> anyhow::Result<bool> {
        let Value::Object(written) = json!(row) else { panic!("a row has fields") };
        let before = row.revision.saturating_sub(1);
        let key = (ACCOUNTS.to_owned(), row.account.clone());
        let action = Action {
            table: Table::States,
            key,
            condition: Box::new(move |stored| match before {
                0 => stored.is_none(),
                before => says(stored, "revision", &json!(before)),
            }),
            change: Box::new(|stored| *stored = written.clone()),
        };
        let detail = format!("{} {}", row.account, row.revision);
        Ok(match self.write("ledger.write-roster", detail, vec![action], Vec::new).await? {
            Ok(()) => true,
            Err(Refused(rows)) => {
                let stored = rows.into_iter().next().flatten().flatten();
                stored.and_then(|stored| read((row.account.clone(), stored))).as_ref() == Some(row)
            }
        })
    }
}
