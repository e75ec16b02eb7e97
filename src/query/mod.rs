//! Queries on a store, for the command line and the function alike.
//!
//! They read through [`History`](crate::ports::History), [`Windows`](crate::ports::Windows) and
//! [`Roster`](crate::ports::Roster), whatever the store, and
//! return values. Nothing here prints.

mod availability;
mod coverage;
mod finding;
mod gathering;
mod incident_summary;
mod incidents;
mod map;
mod of_accounts;
mod planned;
#[cfg(feature = "tool")]
mod redacted;
mod resilience;
mod roster;
mod status;

pub use availability::{Records, availability, first_observation};
pub use finding::{Remembered, everything, find};
pub use incident_summary::{IncidentSummary, RootSummary};
pub use incidents::{FoundIncident, IncidentFilter, IncidentStory, Incidents, find_incidents, incidents, story};
pub use map::{estate, plan};
pub use of_accounts::{OfAccounts, account_ids};
pub use planned::{AccountError, Matched, PlannedTime, accounts, matched, named_accounts, planned, the_account};
#[cfg(feature = "tool")]
pub use redacted::Redacted;
pub use resilience::{Resilience, failure, resilience};
pub use roster::{AccountCondition, AccountStatus, account_list};
pub use status::{Filter, ItemStatus, Status, status};

/// How many calls of the same kind are in flight at a time.
const CALLS_IN_FLIGHT: usize = 8;
