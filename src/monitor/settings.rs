//! What is monitored, and by which rules.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    diff::Rules,
    domain::{Kind, Notify, Scope, Timestamp, Whose, defaults},
    metrics::MetricsMode,
    resilience::Intents,
};

/// What to watch, and by which rules.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The scopes: one per region, and one for the global kinds.
    pub scopes: Vec<Scope>,
    /// Whether they are of the monitor's own account. Metrics of another account say whose they are.
    pub whose: Whose,
    /// The kinds.
    pub kinds: BTreeSet<Kind>,
    /// Which metrics of items are published.
    pub metrics: MetricsMode,
    /// How many successive observations make an uncertain sight certain.
    pub confirm_polls: u64,
    /// How long a kind may be without a complete listing before that time counts as unmonitored.
    pub unmonitored_after: Duration,
    /// What is announced to people.
    pub notify: Notify,
    /// After how long people are first reminded of an open critical incident; zero is never.
    pub remind_after: Duration,
    /// How long history, and the rows of removed items, are kept.
    pub keep_history: Duration,
    /// Whether AWS's own metrics are asked for evidence of what an incident's cause is.
    pub asks_metrics: bool,
    /// Whether the prefixes that are accepted over virtual interfaces are kept and compared.
    pub keeps_prefixes: bool,
    /// What the destinations' paths are meant to amount to.
    pub intents: Intents,
    /// The dimension of the monitor's own metrics: the function's name.
    pub monitor: String,
}

impl Settings {
    /// The defaults for a monitor of this name, with no scopes and no kinds.
    pub fn of(monitor: impl Into<String>) -> Settings {
        Settings {
            scopes: Vec::new(),
            whose: Whose::Own,
            kinds: BTreeSet::new(),
            metrics: MetricsMode::default(),
            confirm_polls: defaults::CONFIRM_POLLS,
            unmonitored_after: defaults::UNMONITORED_AFTER,
            notify: Notify::default(),
            remind_after: defaults::REMIND_AFTER,
            keep_history: defaults::KEEP_HISTORY,
            asks_metrics: false,
            keeps_prefixes: false,
            intents: Intents::default(),
            monitor: monitor.into(),
        }
    }

    /// The scopes in which items of `kinds` are found, seen from `account` in `regions`.
    pub fn scopes(account: &str, regions: &[String], kinds: &BTreeSet<Kind>) -> Vec<Scope> {
        let regional = regions.iter().map(|region| Scope::regional(account, region.clone()));
        regional.chain([Scope::global(account)]).filter(|scope| kinds.iter().any(|kind| scope.holds(*kind))).collect()
    }

    /// Those of the kinds that are read in `scope`.
    pub(super) fn kinds_of(&self, scope: &Scope) -> BTreeSet<Kind> {
        self.kinds.iter().copied().filter(|kind| scope.holds(*kind)).collect()
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            confirm_polls: self.confirm_polls,
            confirms: true,
            unmonitored_after: self.unmonitored_after,
            keep_removed: self.keep_history,
        }
    }

    /// When what is written at `at` may be dropped, in seconds since 1970.
    pub(super) fn expiry(&self, at: Timestamp) -> i64 {
        at.plus(self.keep_history).seconds()
    }
}
