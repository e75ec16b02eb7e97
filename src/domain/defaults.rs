//! The defaults of the function's environment, of the tool's options, and of readers.

use std::time::Duration;

/// How many successive observations confirm an uncertain sight.
pub const CONFIRM_POLLS: u64 = 3;

/// How long a kind may be without a complete listing before that time counts as unmonitored, in seconds.
pub const UNMONITORED_AFTER_SECONDS: u64 = 900;

/// As [`UNMONITORED_AFTER_SECONDS`].
pub const UNMONITORED_AFTER: Duration = Duration::from_secs(UNMONITORED_AFTER_SECONDS);

/// After how many seconds people are first reminded of an open critical incident.
pub const REMIND_AFTER_SECONDS: u64 = 3_600;

/// As [`REMIND_AFTER_SECONDS`].
pub const REMIND_AFTER: Duration = Duration::from_secs(REMIND_AFTER_SECONDS);

/// For how many days history and the state rows of removed items are kept.
pub const HISTORY_DAYS: u64 = 400;

/// As [`HISTORY_DAYS`].
pub const KEEP_HISTORY: Duration = Duration::from_secs(HISTORY_DAYS * 86_400);

/// Once in how many polls the routes of a virtual interface are read.
pub const ROUTES_EVERY: usize = 5;
