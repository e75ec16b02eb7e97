//! Queries on a store, for the command line and the function alike.
//!
//! They read through [`History`](crate::ports::History) and [`Windows`](crate::ports::Windows), whatever the store, and
//! return values. Nothing here prints.

mod availability;
mod coverage;
mod finding;
mod gathering;
mod incident_summary;
mod incidents;
mod map;
mod planned;
mod resilience;
mod status;

pub use availability::{Records, availability, first_observation};
pub use finding::{Remembered, everything, find};
pub use incident_summary::{IncidentSummary, RootSummary};
pub use incidents::{FoundIncident, IncidentFilter, IncidentStory, Incidents, find_incidents, incidents, story};
pub use map::estate;
pub use planned::{AccountError, Matched, PlannedTime, accounts, matched, named_accounts, planned, the_account};
pub use resilience::{Resilience, failure, resilience};
pub use status::{Filter, ItemStatus, Status, status};

/// How many calls of the same kind are in flight at a time.
const CALLS_IN_FLIGHT: usize = 8;
