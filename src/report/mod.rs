//! The availability report: what a month came to, item by item, with the evidence.
//!
//! Availability is up time over up and down time; what was excluded, and why, always stands beside it. Read
//! [`Condition`] (what can be said of an instant) and [`Timeline`] (an item's instants, from its transitions, one at a
//! time), then [`Assembly`], which makes the [`Report`] of them; [`csv`], [`svg`] and [`html`] are its forms, and JSON is the
//! document itself. All of it is pure: whoever calls it reads the store and knows the time.

pub mod csv;
pub mod html;
pub mod phrases;
pub mod svg;

mod assembly;
mod condition;
mod coverage;
mod document;
mod outages;
mod paths;
mod strip;
mod tally;
mod timeline;
mod window;

pub use assembly::{Assembly, Terms};
pub use condition::{Condition, Exclusions, Weight};
pub use coverage::Blind;
pub use document::{Excluded, Figures, Group, Outage, Report, ReportItem, ReportWindow, Stretch};
pub use tally::{Statement, Step};
pub use timeline::{PreviousSight, Sight, Timeline};
pub use window::{Asked, Window, WindowError};
