//! The built function over the real protocols: what it does, what it reports, and what it does when AWS fails.

mod accounts;
mod aws_events;
pub mod calls;
mod configuration;
mod crashes;
mod deadline;
mod destinations;
mod drill;
mod hostile;
pub mod hub;
mod independence;
mod levels;
mod logs;
mod mail;
mod measured;
mod outages;
mod overlap;
pub mod pages;
mod payloads;
mod received;
mod refusals;
pub mod rig;
mod scale;
mod stored_rows;
mod subscriptions;
