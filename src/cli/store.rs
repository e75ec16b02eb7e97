//! Where the reading commands read: two tables in DynamoDB or a SQLite file, and the same commands on both.

use std::path::PathBuf;

use clap::Args;

use crate::{
    aws::{self, CallLimits, DynamoLedger},
    config, escape,
    local::SqliteLedger,
    ports::History,
    terminal,
};

/// The file that `watch` keeps, and that is read when nothing says another.
pub const DEFAULT_FILE: &str = "dx-monitor.db";

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
    /// Opens the store. What is given back has no method that writes.
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
