//! What holds where nobody says otherwise: for the function's environment, the tool's options, and readers alike.

use std::time::Duration;

/// How many successive observations make an uncertain sight certain.
pub const CONFIRM_POLLS: u64 = 3;

/// For how long a kind may go without a complete listing before that time counts as unmonitored, in seconds.
pub const UNMONITORED_AFTER_SECONDS: u64 = 900;

/// As [`UNMONITORED_AFTER_SECONDS`].
pub const UNMONITORED_AFTER: Duration = Duration::from_secs(UNMONITORED_AFTER_SECONDS);

/// For how many days history, and the rows of items that left, are kept.
pub const HISTORY_DAYS: u64 = 400;

/// As [`HISTORY_DAYS`].
pub const KEEP_HISTORY: Duration = Duration::from_secs(HISTORY_DAYS * 86_400);
