//! Pseudonyms for everything that names a network, so that what the tool shows can be given away.
//!
//! Values are replaced where they come from the store, before anything is sorted, laid out or put into words:
//! [`Redactor::recalled`] and [`Redactor::document`] take rows and documents, and return rows and documents. A pseudonym
//! is made from its original with a key, so it is the same wherever the original stands, and no one finds the original
//! from it without the key. Two originals never share one.
//!
//! What is let through is listed, not what is held back. A field that has no rule is left out; a word that is in none of
//! the program's vocabularies becomes a pseudonym; a sentence keeps the program's own words and what was replaced by a
//! pseudonym, and nothing else.

mod documents;
mod forms;
mod ids;
mod key;
mod prose;
mod pseudonyms;
mod rows;
mod rules;
mod sorts;
mod vocabulary;

pub use key::{Key, SHORTEST_KEY, ShortKeyError};
pub use pseudonyms::Redactor;

#[cfg(test)]
mod tests;
