//! The estate as a picture: locations and devices on one side, destinations on the other, and the paths between them.
//!
//! An [`Estate`] is what the store knows. [`Map`] gives each of its items one place. [`Picture`] folds what is well where
//! there is too much of it to read, and [`text`], [`svg`], [`html`] and [`dot`] draw that. All of it is pure, and the same
//! estate gives the same picture.

pub mod dot;
pub mod html;
pub mod svg;
pub mod text;

mod estate;
mod layout;
mod marks;
mod picture;
mod plan;
mod planned;
mod tally;
mod ways;
mod wording;

pub use estate::{Estate, MapItem, OpenIncident, PlannedWork};
pub use picture::{Detail, Frame, Lead, Line, Picture, Section, Title, What};
pub use plan::{Destination, Device, Family, Location, Map, Pass, Row, Way};
pub use tally::Tally;
pub use wording::{Shown, destination_name, facts, family as destination_paths, kind as item_kind, summary};

#[cfg(test)]
mod tests;
