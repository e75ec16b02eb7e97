//! The ledger in one SQLite file: the same rows and the same conditions as in DynamoDB, for a laptop.
//!
//! Read `schema` for the tables, then `recording` for the central write and `folding` for the one that follows it; `states`,
//! `incidents`, `history`, `polls`, `windows`, `evidence` and `roster` each have their own rows, and `expiry` ends them. Everything here
//! is synchronous: the `async fn`s of the ports below block. A SQLite call takes microseconds to a few milliseconds, and a program that serves one poll at a time has nothing else to do meanwhile. No transaction lives
//! across an `await`, so joined futures cannot share one.
//!
//! Two processes may share a file. Every writer takes the write lock before it reads its conditions (`BEGIN IMMEDIATE`),
//! so that they still hold when it writes. Readers see one snapshot and block no one (WAL).

mod columns;
mod evidence;
mod expiry;
mod folding;
mod history;
mod incidents;
mod parent_gaps;
mod polls;
mod prefixes;
mod recording;
mod resilience;
mod roster;
mod schema;
mod states;
mod windows;

use std::{path::Path, time::Duration};

use anyhow::{Context, bail};
use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use uuid::Uuid;

use self::schema::Age;
use crate::{
    domain::{
        Acknowledgement, Amendment, CoveragePath, Evidence, FoldStep, Folding, HistoryRow, ItemPath, ListedScope,
        PrefixRow, Recalled, RosterRow, RowKey, RowPath, Scope, Selection, SinkName, Span, StateRow, Timestamp,
        Unmonitored, Window, WindowRows,
    },
    ports::{
        BaselineAnnounced, Covering, Cursors, EachTransition, EvidenceStore, History, Ledger, Parking, Progress,
        Record, Recording, Roster, Windows,
    },
};

/// How long a call waits for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A ledger in a SQLite database.
#[derive(Debug)]
pub struct SqliteLedger {
    connection: Connection,
}

impl SqliteLedger {
    /// Opens the database at `path`, and creates it if it does not exist.
    pub fn open(path: &Path) -> anyhow::Result<SqliteLedger> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        connect(path, flags)
            .and_then(|connection| {
                schema::create_or_check(&connection)?;
                Ok(SqliteLedger { connection })
            })
            .with_context(|| format!("the database {} cannot be used", path.display()))
    }

    /// Opens the database at `path`, which must exist.
    pub fn open_existing(path: &Path) -> anyhow::Result<SqliteLedger> {
        SqliteLedger::open_if_it_exists(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Opens the database at `path`, which must exist, for reading only: every write fails.
    pub fn open_read_only(path: &Path) -> anyhow::Result<SqliteLedger> {
        SqliteLedger::open_if_it_exists(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// A database in memory, for tests.
    pub fn in_memory() -> anyhow::Result<SqliteLedger> {
        let connection = Connection::open_in_memory().context("SQLite cannot open a database in memory")?;
        schema::create_or_check(&connection)?;
        Ok(SqliteLedger { connection })
    }

    /// Deletes rows that expired before `now`: some of them, so that other writers do not wait for long. Returns how many
    /// these were; none, once there are no more.
    ///
    /// # Errors
    ///
    /// The file cannot be written to. Nothing is deleted then.
    pub fn delete_expired(&self, now: Timestamp) -> anyhow::Result<usize> {
        self.write(|connection| expiry::delete(connection, now)).context("expired rows cannot be deleted")
    }

    fn open_if_it_exists(path: &Path, flags: OpenFlags) -> anyhow::Result<SqliteLedger> {
        if !path.try_exists().with_context(|| format!("the database {} cannot be reached", path.display()))? {
            bail!(
                "there is no database at {}: create one with `aws-dx-monitor demo` or `aws-dx-monitor watch`, or name \
                 another with --db",
                path.display()
            );
        }
        connect(path, flags)
            .and_then(|connection| {
                if schema::check(&connection)? == Age::Older {
                    bring_up_to_date(path)?;
                }
                Ok(SqliteLedger { connection })
            })
            .with_context(|| format!("the database {} cannot be used", path.display()))
    }

    /// One transaction that holds the write lock from its start; an error rolls it back.
    fn write<T>(&self, work: impl FnOnce(&Connection) -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.within(TransactionBehavior::Immediate, work)
    }

    /// One transaction that sees one snapshot.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.within(TransactionBehavior::Deferred, work)
    }

    fn within<T>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Connection) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let transaction = Transaction::new_unchecked(&self.connection, behavior)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    fn recalled(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.read(|connection| {
            let mut recalled = Recalled::nothing(scope.clone());
            recalled.states = states::of_scope(connection, scope)?;
            recalled.poll = polls::of_scope(connection, scope)?;
            incidents::recall(connection, &mut recalled)?;
            prefixes::recall(connection, &mut recalled)?;
            resilience::recall(connection, &mut recalled)?;
            Ok(recalled)
        })
        .with_context(|| format!("the states of {scope} cannot be read"))
    }
}

fn connect(path: &Path, flags: OpenFlags) -> anyhow::Result<Connection> {
    // Without SQLITE_OPEN_URI, so that a name that begins with `file:` is a file name too.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Gives the file of an older version what its tables lack: readers need that too.
fn bring_up_to_date(path: &Path) -> anyhow::Result<()> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|connection| schema::create_or_check(&connection))
        .context("an older version made it, and it cannot be brought up to date")
}

impl Ledger for SqliteLedger {
    async fn recall(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.recalled(scope)
    }

    async fn record(&self, record: Record<'_>, sinks: &[SinkName]) -> anyhow::Result<Recording> {
        self.write(|connection| recording::record(connection, &record, sinks))
            .with_context(|| format!("a transition cannot be recorded: {}", record.transition))
    }

    async fn record_baseline(&self, scope: &Scope, records: &[Record<'_>], sinks: &[SinkName]) -> anyhow::Result<()> {
        for chunk in records.chunks(recording::BASELINE_CHUNK) {
            self.write(|connection| recording::record_baseline(connection, scope, chunk, sinks))
                .with_context(|| format!("the baseline of {scope} cannot be recorded"))?;
        }
        Ok(())
    }

    async fn amend(&self, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
        self.write(|connection| states::amend(connection, scope, amendment))
            .with_context(|| format!("a state row of {scope} cannot be amended: {amendment}"))
    }

    async fn revision(&self, scope: &Scope) -> anyhow::Result<u64> {
        self.read(|connection| folding::revision(connection, scope))
            .with_context(|| format!("how often {scope} was folded cannot be read"))
    }

    async fn fold(&self, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Folding> {
        self.write(|connection| folding::fold(connection, step, sinks))
            .with_context(|| format!("a step of folding {} cannot be written", step.scope))
    }

    async fn pending(&self, path: &RowPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
        self.read(|connection| history::pending(connection, path, cursor))
            .with_context(|| format!("what is pending of {path} cannot be read"))
    }

    async fn acknowledge(&self, path: &RowPath, cursors: &Cursors) -> anyhow::Result<()> {
        let RowPath { scope, key } = path;
        self.write(|connection| match key {
            RowKey::Item(key) => states::acknowledge(connection, scope, key, cursors),
            RowKey::Incident(id) => incidents::acknowledge(connection, scope, *id, cursors),
        })
        .with_context(|| format!("the cursors of {path} cannot be moved: {cursors:?}"))
    }

    async fn park(&self, parking: &Parking<'_>) -> anyhow::Result<()> {
        self.write(|connection| history::park(connection, parking)).with_context(|| {
            let Parking { path, occurred_at, sink, .. } = parking;
            format!("{path} at {occurred_at} cannot be parked for {sink}")
        })
    }

    async fn cover(&self, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
        self.write(|connection| polls::cover(connection, unmonitored, expires_at))
            .with_context(|| format!("the unmonitored time {} cannot be recorded", unmonitored.path()))
    }

    async fn progress(&self, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
        self.write(|connection| polls::progress(connection, scope, progress))
            .with_context(|| format!("the progress of {scope} cannot be written"))
    }

    async fn keep_prefixes(&self, scope: &Scope, row: &PrefixRow) -> anyhow::Result<Recording> {
        self.write(|connection| prefixes::write(connection, scope, row))
            .with_context(|| format!("the prefixes of {} in {scope} cannot be kept", row.interface))
    }

    async fn listed(&self) -> anyhow::Result<Vec<ListedScope>> {
        self.read(polls::scopes).context("the list of scopes cannot be read")
    }

    async fn relist(&self, listed: &ListedScope) -> anyhow::Result<()> {
        self.write(|connection| polls::relist(connection, listed))
            .with_context(|| format!("the row of {} in the list of scopes cannot be written", listed.scope))
    }

    async fn baseline_announced(&self, announced: &BaselineAnnounced) -> anyhow::Result<()> {
        self.write(|connection| polls::baseline_announced(connection, announced)).with_context(|| {
            let BaselineAnnounced { scope, sink, .. } = announced;
            format!("cannot record that {sink} has announced the baseline of {scope}")
        })
    }
}

#[async_trait(?Send)]
impl History for SqliteLedger {
    async fn scopes(&self) -> anyhow::Result<Vec<ListedScope>> {
        self.listed().await
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.recalled(scope)
    }

    async fn state(&self, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
        self.read(|connection| states::of_item(connection, &item.scope, &item.key))
            .with_context(|| format!("the state of {item} cannot be read"))
    }

    async fn each_transition(&self, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()> {
        self.read(|connection| history::each(connection, selection, each))
            .with_context(|| format!("the history {selection} cannot be read"))
    }

    async fn unmonitored(&self, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
        self.read(|connection| history::unmonitored(connection, path, span))
            .with_context(|| format!("the unmonitored time {path} cannot be read"))
    }

    async fn documents(&self, scope: &Scope, incident: Uuid) -> anyhow::Result<Vec<HistoryRow>> {
        let path = RowPath::incident(scope.clone(), incident);
        self.read(|connection| history::documents(connection, &path))
            .with_context(|| format!("the documents of {path} cannot be read"))
    }

    async fn each_document(&self, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
        self.read(|connection| history::each_document(connection, span, each))
            .with_context(|| format!("the incidents from {} until {} cannot be read", span.from, span.until))
    }
}

#[async_trait(?Send)]
impl Windows for SqliteLedger {
    async fn windows(&self, account: &str) -> anyhow::Result<WindowRows> {
        self.read(|connection| windows::all(connection, account))
            .with_context(|| format!("the planned time of account {account} cannot be read"))
    }

    async fn write_window(&self, account: &str, window: &Window) -> anyhow::Result<()> {
        self.write(|connection| windows::write(connection, account, window))
            .with_context(|| format!("the planned time {:?} of account {account} cannot be written", window.id))
    }

    async fn write_acknowledgement(&self, account: &str, incident: Uuid, by: &Acknowledgement) -> anyhow::Result<()> {
        self.write(|connection| windows::acknowledge(connection, account, incident, by))
            .with_context(|| format!("the acknowledgement of the incident {incident} cannot be written"))
    }
}

#[async_trait(?Send)]
impl EvidenceStore for SqliteLedger {
    async fn keep(&self, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()> {
        self.write(|connection| evidence::keep(connection, scope, evidence))
            .with_context(|| format!("evidence of {scope} cannot be kept"))
    }

    async fn evidence(&self, scope: &Scope, span: Span) -> anyhow::Result<Vec<Evidence>> {
        self.read(|connection| evidence::within(connection, scope, span))
            .with_context(|| format!("the evidence of {scope} cannot be read"))
    }
}

#[async_trait(?Send)]
impl Roster for SqliteLedger {
    async fn roster(&self) -> anyhow::Result<Vec<RosterRow>> {
        self.read(roster::all).context("the roster cannot be read")
    }

    async fn roster_row(&self, account: &str) -> anyhow::Result<Option<RosterRow>> {
        self.read(|connection| roster::of_account(connection, account))
            .with_context(|| format!("the row of the account {account} cannot be read"))
    }

    async fn write_roster_row(&self, row: &RosterRow) -> anyhow::Result<bool> {
        self.write(|connection| roster::write(connection, row))
            .with_context(|| format!("the row of the account {} cannot be written", row.account))
    }
}
