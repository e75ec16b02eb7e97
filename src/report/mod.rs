//! The availability report: for each item of a window, its availability and its outages, with the evidence.
//!
//! Availability is up time divided by up and down time. The excluded time always stands beside it, by reason. Start with
//! [`Condition`] (what is known of an item at an instant) and [`Timeline`] (an item's conditions over the window, from its
//! transitions, one at a time), then [`Assembly`], which collects the items, and [`Draft`], which keeps planned time apart from the
//! rest and completes the [`Report`]. [`csv`], [`svg`] and [`html`] are its
//! formats; JSON is the document itself. All of it is pure: the caller reads the store and knows the time.

pub mod csv;
pub mod html;
pub mod phrases;
pub mod planned_phrases;
pub mod svg;

mod assembly;
mod basis;
mod choice;
mod condition;
mod course;
mod coverage;
mod destinations;
mod document;
mod draft;
mod gathering;
mod incident;
mod outage_list;
mod outages;
mod path;
mod paths;
mod pieces;
mod planned_time;
mod planned_window;
mod planning;
mod strip;
mod tally;
mod timeline;
mod window;

pub use assembly::{Assembly, PollInterval};
pub use basis::Basis;
pub use choice::PlannedChoice;
pub use condition::{Condition, Exclusions, Weight};
pub use course::{Course, Relation, Run, Step};
pub use coverage::UnmonitoredTime;
pub use document::{
    Excluded, Figures, Group, Outage, Part, Report, ReportDestination, ReportItem, ReportWindow, Stretch,
};
pub use draft::{Draft, Terms};
pub use gathering::{Gathering, Unnamed};
pub use incident::{ReportIncident, ReportRoot};
pub use outage_list::{ListedOutage, OutageList};
pub use outages::OutageTotals;
pub use planned_time::{PlannedTime, Verdict};
pub use planned_window::{PlannedWindow, ReportPlanned};
pub use tally::Times;
pub use timeline::{PreviousSight, Sight, Statement, Timeline};
pub use window::{Asked, Window, WindowError};
