//! What to watch: as the options ask for it, and as AWS has confirmed it.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use serde_json::Value;

use super::time::WatchTime;
use crate::{
    domain::{Kind, Notify, defaults},
    simulator::Simulator,
};

/// What to watch, as the options say.
#[derive(Debug)]
pub struct Plan {
    /// The regions. Empty means the one of the AWS environment.
    pub regions: Vec<String>,
    /// The kinds of item.
    pub kinds: BTreeSet<Kind>,
    /// The time from one poll to the next.
    pub every: Duration,
    /// Whether to poll once, and then end.
    pub once: bool,
    /// The file that keeps states and history.
    pub db: PathBuf,
    /// The command to run for each change.
    pub exec: Option<String>,
    /// How long it may run.
    pub exec_limit: Duration,
    /// What counts as a change, for the front and for the command.
    pub notify: Notify,
    /// How many successive observations make an uncertain sight certain.
    pub confirm_polls: u64,
    /// What is played in place of AWS's Direct Connect; none where that is watched.
    pub play: Option<Play>,
}

impl Plan {
    /// A plan for a play, with the usual settings: its regions, how long a minute of it takes, and the file.
    pub fn of(play: Play, (regions, pace): (Vec<String>, Duration), db: PathBuf) -> Plan {
        Plan {
            regions,
            kinds: Kind::usual().collect(),
            every: pace,
            once: false,
            db,
            exec: None,
            exec_limit: Duration::ZERO,
            notify: Notify::Incidents,
            confirm_polls: defaults::CONFIRM_POLLS,
            play: Some(play),
        }
    }
}

/// A Direct Connect that is played, a poll in each of its minutes.
#[derive(Debug)]
pub struct Play {
    /// It.
    pub simulator: Simulator,
    /// Its account.
    pub account: String,
    /// How many minutes it has.
    pub minutes: u32,
}

/// What is being watched. It is known once AWS has named the account of the credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Watched {
    pub(super) account: String,
    pub(super) regions: Vec<String>,
    pub(super) every: Duration,
    pub(super) once: bool,
    pub(super) db: String,
    pub(super) time: WatchTime,
    /// The documents of the last changes, which a view shows at its start.
    pub(super) recent: Vec<Value>,
}
