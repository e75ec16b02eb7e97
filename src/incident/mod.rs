//! How transitions become incidents: cause, impact, flapping, timers, what is announced and to whom. Pure.
//!
//! [`fold`] is all of it. It maps what a poll has recalled and recorded to the steps that write incidents; the crate's room
//! `monitor` reads what it needs and writes what it says. Read on in this order: `estate` (the items and how they hang
//! together), `cause` (what explains what), `route` (what is a path), `impact` (what is left), `book` (which incident an item
//! is in), `settling` (what merges, moves and ends), `circumstances` (planned time and evidence), `failover_test`
//! (which is planned, too), `failing` (what would be lost), `forecast` (planned work to
//! come), `finding` (facts that were compared), `document` (what is said of it), `affected` (of whom),
//! `audience` (to whom), `steps` (in which transactions it is written).
//! `measuring` decides what CloudWatch is asked about an incident, and what its answers show.
//! `rules` has the instants, `explanation` and `wording` the sentences.

mod affected;
mod audience;
mod book;
mod case;
mod cause;
mod circumstances;
mod document;
mod estate;
mod explanation;
mod failing;
mod failover_test;
mod finding;
mod fold;
mod forecast;
mod impact;
mod input;
mod measuring;
mod resilience_wording;
mod route;
mod routes_wording;
mod rules;
mod settling;
mod severity;
mod steps;
mod unfolded;
mod wording;

pub use case::id_of as incident_id;
pub use estate::{Condition, Entry, Estate, Items, Level, Place};
pub use failing::{Basis, Lost, Wires, gateway_kind, losses};
pub use finding::{Finding, Findings, Standing};
pub use fold::fold;
pub use impact::end_of;
pub use input::FoldInput;
pub use measuring::{Asked, Inquiry, findings, inquiries};
pub use route::{
    Route, Target, accepted_over, configured_routes, family_of, leads_to, present_routes, routes_of, sessions_of,
};
pub use rules::FoldRules;
pub use unfolded::Unfolded;
pub use wording::summary_of;

#[cfg(test)]
mod tests;
