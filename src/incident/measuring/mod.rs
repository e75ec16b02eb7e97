//! AWS's own metrics as evidence of a cause: what to ask about an incident, when, and what the answers show.
//!
//! CloudWatch has these numbers every five minutes, and some minutes late. So an incident is asked about when it opens, for
//! what led to it, and again later, for what happened. All of it is decided here, on values; `monitor` asks.

mod findings;
mod questions;

pub use findings::findings;
pub use questions::{Asked, Inquiry, inquiries};

#[cfg(test)]
mod tests;
