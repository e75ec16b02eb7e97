//! What people ask of a store, answered from any of them: for the command line and the function alike.
//!
//! It reads [`History`](crate::ports::History) and nothing else, and prints nothing: what is found is handed over as
//! values.

mod availability;
mod finding;
mod status;

pub use availability::{availability, first_observation};
pub use finding::{everything, find};
pub use status::{Filter, ItemStatus, Status, status};

/// How many calls of the same kind are made at the same time: each waits for nothing but its answer.
const CALLS_IN_FLIGHT: usize = 8;
