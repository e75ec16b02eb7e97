//! Stories of incidents over small topologies: what happens poll by poll, and every document that comes of it.

pub(super) mod rig;

mod causes;
mod findings;
mod flaps;
mod month;
mod parts;
mod planned;
mod properties;
mod steps;
mod stories;
