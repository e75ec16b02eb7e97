//! Opens the store: two DynamoDB tables or a SQLite file. Most commands read it; some plan time in it.

use std::{path::PathBuf, rc::Rc};

use anyhow::{Context, bail};
use clap::Args;

use crate::{
    aws::{self, CallLimits, DynamoLedger},
    config,
    domain::bounded,
    escape,
    local::SqliteLedger,
    ports::{History, Roster, Windows},
    query::{self, OfAccounts},
    terminal,
};

/// The file that `watch` writes and the reading commands read, unless --db names another.
pub const DEFAULT_FILE: &str = "dx-monitor.db";

/// The help text for the times that `history` and `report` accept.
pub const TIMES: &str = "Times: a day (2026-10-05), a clock time in --timezone (2026-10-05T22:00), an instant with its\n\
    offset (2026-10-05T22:00:00Z), or how long ago (30d, 12h, 45m).\n\n";

/// The help text for the store that a reading command reads.
pub const HELP: &str = "Reads the DynamoDB tables that DX_MONITOR_STATE_TABLE and DX_MONITOR_HISTORY_TABLE name, with\n\
    credentials and region as in any AWS tool (AWS_PROFILE, AWS_REGION). Where neither variable is\n\
    set, it reads the SQLite file of --db. It never writes.";

/// The help text for the store that a planning command reads and writes.
pub const PLANNING_HELP: &str = "Uses the DynamoDB tables that DX_MONITOR_STATE_TABLE and DX_MONITOR_HISTORY_TABLE name, with\n\
    credentials and region as in any AWS tool (AWS_PROFILE, AWS_REGION). Where neither variable is\n\
    set, it uses the SQLite file of --db, which must exist.";

/// A store in which time can be planned, and that has the roster of accounts.
pub trait PlanningStore: History + Windows + Roster {}

impl<T: History + Windows + Roster> PlanningStore for T {}

/// Whether a store is opened to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is only read.
    Read,
    /// Time is planned in it.
    Plan,
}

/// The store that a command uses.
#[derive(Debug, Args)]
pub struct Source {
    /// The SQLite file that `watch` or `demo` wrote, used where no tables are set [default: dx-monitor.db]
    #[arg(long, value_name = "PATH")]
    db: Option<PathBuf>,
}

/// The accounts that a reading command shows.
#[derive(Debug, Default, Args)]
pub struct OfAccount {
    /// Only what belongs to this account, by its id or its name; may be given several times
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
}

impl OfAccount {
    /// Of a store the part that belongs to these accounts; all of it where none is named.
    pub async fn narrow(&self, store: Rc<dyn PlanningStore>) -> anyhow::Result<Rc<dyn History>> {
        if self.account.is_empty() {
            return Ok(store);
        }
        let accounts = query::account_ids(&*store, &self.account).await?;
        Ok(Rc::new(OfAccounts::new(store, accounts)))
    }
}

impl Source {
    /// Opens the store for reading only, and of it the part that belongs to these accounts; all of it where none is named.
    pub async fn open_of(&self, of: &OfAccount) -> anyhow::Result<Rc<dyn History>> {
        of.narrow(self.open_for(Purpose::Read).await?.into()).await
    }

    /// Opens the store, which must exist.
    pub async fn open_for(&self, purpose: Purpose) -> anyhow::Result<Box<dyn PlanningStore>> {
        let Some((states, history)) = config::tables_from_environment()? else {
            let path = self.db.clone().unwrap_or_else(|| DEFAULT_FILE.into());
            return Ok(Box::new(match purpose {
                Purpose::Read => SqliteLedger::open_read_only(&path)?,
                Purpose::Plan => SqliteLedger::open_existing(&path)?,
            }));
        };
        if let Some(path) = &self.db {
            let path = escape::terminal(&path.display().to_string());
            terminal::remark(&format!(
                "--db {path} is not used: DX_MONITOR_STATE_TABLE and DX_MONITOR_HISTORY_TABLE are set"
            ));
        }
        let config = aws::operator_config(None).await?;
        Ok(Box::new(DynamoLedger::new(&config, states, history, &CallLimits::READER)))
    }
}

/// Who plans or acknowledges something: whoever is named, or else the user of this machine, or whose AWS credentials are
/// used.
pub async fn who(named: Option<String>) -> anyhow::Result<String> {
    let who = match named.or_else(config::user_name) {
        Some(who) => who,
        None if config::tables_from_environment()?.is_some() => {
            aws::sts::caller(&aws::operator_config(None).await?).await.context(ADVICE)?.name
        }
        None => bail!(ADVICE),
    };
    Ok(bounded(who.trim()).into_owned())
}

const ADVICE: &str = "it is not known who you are: say it with --by";
