//! How much of an estate may fail before a destination loses its last path: graded as it is configured, and asked of any item,
//! device or location. Pure.
//!
//! Health never changes a grade: it is of what is configured. What an outage takes from what works at present,
//! [`what_if`](fn@what_if) answers. Both stand on one [`Wiring`], which knows what goes down with what. Read on in this order:
//! `wiring` (what goes down with an item), `failure` (what may fail), `path` (the paths as they are configured), `model` and
//! `shortfall` (the published models, and what is missing for one), `intent` (which one is wanted), `grade`, `comparison` (what has fallen since)
//! and `cause` (what did it), `exercise` (when
//! redundancy was last needed), `what_if`, `phrases`.

mod cause;
mod comparison;
mod exercise;
mod failure;
mod grade;
mod intent;
mod model;
mod path;
pub mod phrases;
mod shortfall;
mod what_if;
mod wiring;

pub use comparison::{Compared, GRADED_BY, Seen, compare};
pub use exercise::{Exercise, Exercises};
pub use failure::{Failure, FailureKind, ParseFailureError, UnknownFailure};
pub use grade::{Grade, Loss, grades};
pub use intent::Intents;
pub use path::ConfiguredPath;
pub use shortfall::Shortfall;
pub use what_if::{DestinationLoss, FallenItem, WhatIf, what_if};
pub use wiring::Wiring;

#[cfg(test)]
mod tests;
