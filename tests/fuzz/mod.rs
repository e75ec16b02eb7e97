//! Broken documents at every input: real documents whose structure is changed. Nothing may panic, hang or use up the
//! memory; what cannot be read is an error in words.
//!
//! `cargo test` plays a few hundred cases at each door, always the same ones. More are played on request; a case that fails
//! prints its seed:
//!
//! ```sh
//! FUZZ_CASES=1000000 cargo test --release --test tests fuzz::
//! ```
//!
//! - [`mutation`]: what is done to a document;
//! - [`documents`]: payloads, the function's ARN, the environment, scenario files;
//! - [`answers`]: Direct Connect's answers and stored rows, over the wire.

mod answers;
mod documents;
mod mutation;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::simulation::random::Random;

/// How many cases to play at a door where `few` are enough for every day.
fn cases(few: u64) -> u64 {
    std::env::var("FUZZ_CASES").map_or(few, |cases| cases.parse().expect("FUZZ_CASES is a number"))
}

/// Plays the cases of a door, and says which seed has failed.
fn play(few: u64, mut case: impl FnMut(&mut Random)) {
    for seed in 0..cases(few) {
        let played = catch_unwind(AssertUnwindSafe(|| case(&mut Random::new(seed))));
        assert!(played.is_ok(), "the case with the seed {seed} has failed");
    }
}
