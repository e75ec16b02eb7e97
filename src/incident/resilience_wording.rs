//! The sentences for a destination that is less resilient than it was.

use crate::domain::{LowerResilience, Model};

/// Why it is.
pub(super) fn cause(resilience: &LowerResilience) -> String {
    let LowerResilience { previous_model, model, intended_model, .. } = resilience;
    let met = match intended_model {
        Some(intended) if model >= intended => format!(" It is meant to be {intended}, and that it is."),
        Some(intended) => format!(" It is meant to be {intended}."),
        None => String::new(),
    };
    let meaning = match model {
        Model::None => "one device may take all of its paths",
        Model::Development => "one location may take all of its paths",
        Model::High => "at one of its locations a single device may take all paths",
        Model::Maximum => "its paths end on two devices or more in each of two locations or more",
    };
    if model < previous_model {
        format!("Its paths amounted to {previous_model}, and amount to {model} now: {meaning}.{met}")
    } else {
        format!("Its paths amount to {model} again: {meaning}.{met}")
    }
}
