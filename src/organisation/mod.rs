//! Many accounts from one hub: which are due, which are probed, which are late. Pure.
//!
//! `dispatch` makes the messages of a beat from the roster, `sweep` finds what an hourly sweep has to do, `figures` counts
//! the roster for CloudWatch. The crate's room `function` reads the roster, sends the messages and makes the calls.

mod dispatch;
mod figures;
mod sweep;

pub use dispatch::{Beat, Wanted, due};
pub use figures::{RosterFigures, data_points, figures};
pub use sweep::{SweepPlan, goes_on, plan};
