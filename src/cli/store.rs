//! Where the reading commands read: two tables in DynamoDB or a SQLite file, and the same commands on both.

use std::{ops::ControlFlow, path::PathBuf};

use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};

use super::terminal;
use crate::{
    aws::{self, DynamoLedger},
    config,
    domain::{HistoryRow, ItemKey, Kind, Recalled, Scope, StateRow, Timestamp, Unmonitored},
    escape,
    local::SqliteLedger,
    ports::History,
};

/// The file that is read when nothing says another.
const DEFAULT_FILE: &str = "dx-monitor.db";

/// How many calls of the same kind are made at the same time.
const CALLS_IN_FLIGHT: usize = 8;

/// The times that `history` and `report` take.
pub const TIMES: &str = "Times: a day (2026-10-05), a clock time in --timezone (2026-10-05T22:00), an instant with its\n\
    offset (2026-10-05T22:00:00Z), or how long ago (30d, 12h, 45m).\n\n";

/// What the help of every reading command says of where it reads.
pub const HELP: &str = "Reads the DynamoDB tables that DX_MONITOR_STATE_TABLE and DX_MONITOR_HISTORY_TABLE name, with\n\
    credentials and region as in any AWS tool (AWS_PROFILE, AWS_REGION); where neither variable is\n\
    set, the SQLite file of --db. It never writes.";

/// Where a reading command reads.
#[derive(Debug, Args)]
pub struct Source {
    /// The SQLite file that `watch` or `demo` keeps, read when no tables are set [default: dx-monitor.db]
    #[arg(long, value_name = "PATH")]
    db: Option<PathBuf>,
}

impl Source {
    /// Opens the store; reading never writes.
    pub async fn open(&self) -> anyhow::Result<Store> {
        let Some((states, history)) = config::tables_from_environment()? else {
            let path = self.db.clone().unwrap_or_else(|| DEFAULT_FILE.into());
            return Ok(Store::Sqlite(SqliteLedger::open_read_only(&path)?));
        };
        if let Some(path) = &self.db {
            let path = escape::terminal(&path.display().to_string());
            terminal::remark(&format!(
                "--db {path} is not read: DX_MONITOR_STATE_TABLE and DX_MONITOR_HISTORY_TABLE are set"
            ));
        }
        let config = aws::operator_config(None).await?;
        Ok(Store::DynamoDb(DynamoLedger::new(&config, states, history, &aws::reader_limits())))
    }
}

/// The store as the reading commands see it: it has no method that writes.
pub enum Store {
    /// The tables of a deployed function.
    DynamoDb(DynamoLedger),
    /// The file that `watch` or `demo` keeps.
    Sqlite(SqliteLedger),
}

impl Store {
    /// All that is known of every scope.
    pub async fn everything(&self) -> anyhow::Result<Vec<Recalled>> {
        let scopes = stream::iter(self.scopes().await?);
        scopes.map(async |scope| self.states(&scope).await).buffered(CALLS_IN_FLIGHT).try_collect().await
    }

    /// The items that `text` names: by full key, by kind and id, or by id alone.
    ///
    /// Each item that it could name is looked up by its key: an estate of any size answers at once.
    pub async fn find(&self, text: &str) -> anyhow::Result<Vec<(Scope, ItemKey)>> {
        let scopes = self.scopes().await?;
        let candidates: Vec<(Scope, ItemKey)> = scopes
            .iter()
            .flat_map(|scope| candidates(scope, text).into_iter().map(|key| (scope.clone(), key)))
            .filter(|(_, key)| ItemKey::is_usable(&key.id))
            .collect();
        let found = stream::iter(candidates).map(async |(scope, key)| {
            let row = self.state(&scope, &key).await?;
            anyhow::Ok(row.map(|_| (scope, key)))
        });
        let found: Vec<Option<(Scope, ItemKey)>> = found.buffered(CALLS_IN_FLIGHT).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// What `text` could name in a scope.
fn candidates(scope: &Scope, text: &str) -> Vec<ItemKey> {
    let within = text.strip_prefix(&format!("{scope}/"));
    if let Ok(key) = within.unwrap_or(text).parse::<ItemKey>() {
        return vec![key];
    }
    // An id may hold slashes, and begin with anything.
    Kind::ALL.into_iter().filter(|kind| scope.holds(*kind)).map(|kind| ItemKey::new(kind, text)).collect()
}

impl History for Store {
    async fn scopes(&self) -> anyhow::Result<Vec<Scope>> {
        match self {
            Store::DynamoDb(ledger) => ledger.scopes().await,
            Store::Sqlite(ledger) => ledger.scopes().await,
        }
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        match self {
            Store::DynamoDb(ledger) => ledger.states(scope).await,
            Store::Sqlite(ledger) => ledger.states(scope).await,
        }
    }

    async fn state(&self, scope: &Scope, key: &ItemKey) -> anyhow::Result<Option<StateRow>> {
        match self {
            Store::DynamoDb(ledger) => ledger.state(scope, key).await,
            Store::Sqlite(ledger) => ledger.state(scope, key).await,
        }
    }

    async fn transitions(
        &self,
        scope: &Scope,
        key: &ItemKey,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<HistoryRow>> {
        match self {
            Store::DynamoDb(ledger) => ledger.transitions(scope, key, from, until).await,
            Store::Sqlite(ledger) => ledger.transitions(scope, key, from, until).await,
        }
    }

    async fn each_transition(
        &self,
        scope: &Scope,
        key: &ItemKey,
        from: Timestamp,
        until: Timestamp,
        each: impl FnMut(HistoryRow) -> ControlFlow<()>,
    ) -> anyhow::Result<()> {
        match self {
            Store::DynamoDb(ledger) => ledger.each_transition(scope, key, from, until, each).await,
            Store::Sqlite(ledger) => ledger.each_transition(scope, key, from, until, each).await,
        }
    }

    async fn all_transitions(&self, from: Timestamp, until: Timestamp) -> anyhow::Result<Vec<HistoryRow>> {
        match self {
            Store::DynamoDb(ledger) => ledger.all_transitions(from, until).await,
            Store::Sqlite(ledger) => ledger.all_transitions(from, until).await,
        }
    }

    async fn each_of_all_transitions(
        &self,
        from: Timestamp,
        until: Timestamp,
        each: impl FnMut(HistoryRow) -> ControlFlow<()>,
    ) -> anyhow::Result<()> {
        match self {
            Store::DynamoDb(ledger) => ledger.each_of_all_transitions(from, until, each).await,
            Store::Sqlite(ledger) => ledger.each_of_all_transitions(from, until, each).await,
        }
    }

    async fn unmonitored(
        &self,
        scope: &Scope,
        kind: Kind,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Unmonitored>> {
        match self {
            Store::DynamoDb(ledger) => ledger.unmonitored(scope, kind, from, until).await,
            Store::Sqlite(ledger) => ledger.unmonitored(scope, kind, from, until).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(scope: &Scope, text: &str) -> Vec<String> {
        candidates(scope, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_key_names_one_item_and_an_id_one_of_each_kind() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let connection = ["connection/dxcon-1"];
        assert_eq!(named(&scope, "connection/dxcon-1"), connection);
        assert_eq!(named(&scope, "123456789012/us-east-1/connection/dxcon-1"), connection);
        assert_eq!(named(&scope, "bgp-peer/dxvif-1:ipv6:2001:db8::2/125"), ["bgp-peer/dxvif-1:ipv6:2001:db8::2/125"]);
        let anything = named(&scope, "dxvif-1:ipv6:2001:db8::2/125");
        assert_eq!(anything.len(), 7);
        assert!(anything.contains(&"bgp-peer/dxvif-1:ipv6:2001:db8::2/125".to_owned()));
        assert_eq!(named(&Scope::global("123456789012"), "c4f1e2d3").len(), 3);
        // Another scope's key is an id here, and none that there is.
        assert!(!named(&scope, "123456789012/eu-west-1/connection/dxcon-1").contains(&connection[0].to_owned()));
    }
}
