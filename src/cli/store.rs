//! Opens the store that the reading commands read: two DynamoDB tables or a SQLite file.

use std::path::PathBuf;

use clap::Args;

use crate::{
    aws::{self, CallLimits, DynamoLedger},
    config, escape,
    local::SqliteLedger,
    ports::History,
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

/// The store that a reading command reads.
#[derive(Debug, Args)]
pub struct Source {
    /// The SQLite file that `watch` or `demo` wrote, read where no tables are set [default: dx-monitor.db]
    #[arg(long, value_name = "PATH")]
    db: Option<PathBuf>,
}

impl Source {
    /// Opens the store for reading only.
    pub async fn open(&self) -> anyhow::Result<Box<dyn History>> {
        let Some((states, history)) = config::tables_from_environment()? else {
            let path = self.db.clone().unwrap_or_else(|| DEFAULT_FILE.into());
            return Ok(Box::new(SqliteLedger::open_read_only(&path)?));
        };
        if let Some(path) = &self.db {
            let path = escape::terminal(&path.display().to_string());
            terminal::remark(&format!(
                "--db {path} is not read: DX_MONITOR_STATE_TABLE and DX_MONITOR_HISTORY_TABLE are set"
            ));
        }
        let config = aws::operator_config(None).await?;
        Ok(Box::new(DynamoLedger::new(&config, states, history, &CallLimits::READER)))
    }
}
