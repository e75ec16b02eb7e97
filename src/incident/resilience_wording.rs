//! The sentences for a destination that is less resilient than it was.

use crate::{
    domain::{LowerResilience, Model, PathChange, PathChangeType},
    words,
};

/// How many changes are named.
const NAMED: usize = 3;

/// Why it is, and by what.
pub(super) fn cause(resilience: &LowerResilience) -> String {
    let LowerResilience { previous_model, model, intended_model, address_family, .. } = resilience;
    let family = words::address_family(address_family);
    let meant = match intended_model {
        Some(intended) if model >= intended => format!(" It is meant to be {intended}, which it is."),
        Some(intended) => format!(" It is meant to be {intended}."),
        None => String::new(),
    };
    let means = meaning(resilience);
    if model < previous_model {
        format!(
            "{}The {family} paths to it amounted to {previous_model}, and amount to {model}: {means}.{meant}",
            what_did_it(resilience)
        )
    } else {
        format!("The {family} paths to it amount to {model}: {means}.{meant}")
    }
}

/// What a model says about these paths.
fn meaning(resilience: &LowerResilience) -> &'static str {
    match resilience.model {
        Model::None if resilience.paths == 0 => "none is configured",
        Model::None if resilience.paths == 1 => "there is one alone",
        Model::None => "one device may take them all",
        Model::Development => "one location may take them all",
        Model::High => "at a location one device may take all that are there",
        Model::Maximum => "at two locations or more no device takes all that are there",
    }
}

/// `dxvif-1 was deleted; dxcon-2 moved from device A to device B. `
fn what_did_it(resilience: &LowerResilience) -> String {
    let changes = &resilience.changes;
    let mut named: Vec<String> = changes.iter().take(NAMED).map(sentence).collect();
    let more = changes.len().saturating_sub(NAMED) as u64 + resilience.more_changes;
    if more > 0 {
        named.push(words::counted(more, "more change", "more changes"));
    }
    if named.is_empty() { String::new() } else { format!("{}. ", named.join("; ")) }
}

fn sentence(change: &PathChange) -> String {
    let PathChange { kind, id, change, from, to, .. } = change;
    let moved = |what: &str| {
        let side = |way: &str, side: &Option<String>| side.as_ref().map(|side| format!(" {way} {what}{side}"));
        let [from, to] = [side("from", from), side("to", to)].map(Option::unwrap_or_default);
        format!("moved{from}{to}")
    };
    let happened = match change {
        PathChangeType::Deleted => "was deleted".to_owned(),
        PathChangeType::Detached => "was detached".to_owned(),
        PathChangeType::MovedGateway => moved("gateway "),
        PathChangeType::MovedConnection => moved(""),
        PathChangeType::MovedDevice => moved("device "),
        PathChangeType::MovedLocation => moved("location "),
        PathChangeType::SessionsDeleted => "has no BGP session for it any more".to_owned(),
    };
    format!("{} {id} {happened}", kind.label())
}
