//! The messages of incidents, in the same formats as those of transitions. What they share in wording is in
//! [`crate::words::incident`].

pub(super) mod attributes;
pub(super) mod chat;
pub(super) mod letter;
mod phrases;
pub(super) mod subject;
#[cfg(test)]
mod tests;
