//! The sentences for prefixes that are accepted over fewer paths than they were.

use crate::{
    domain::{DestinationKind, UncoveredEnd, UncoveredPrefixes},
    words,
};

/// How many prefixes, and how many interfaces, a sentence names.
const NAMED: usize = 5;

/// What has become of them. Names in it are hostile until they are escaped.
pub(super) fn cause(routes: &UncoveredPrefixes) -> String {
    let count = words::counted(routes.count, "prefix", "prefixes");
    let destination = match routes.kind {
        DestinationKind::Public => "AWS's public network",
        _ => routes.name.as_deref().unwrap_or(&routes.id),
    };
    let named = listed(routes.prefixes.iter().map(|named| named.prefix.as_str()), routes.count);
    match routes.ended {
        Some(UncoveredEnd::AcceptedAgain) => {
            return format!("What was lost is accepted over two or more paths to {destination} again: {named}.");
        }
        Some(UncoveredEnd::Withdrawn) => {
            return format!(
                "No path to {destination} has accepted what was lost for a day: it was withdrawn everywhere. These were \
                 {named}."
            );
        }
        Some(UncoveredEnd::Divided) => {
            return format!(
                "What was lost is accepted over two or more paths to {destination} again, or was withdrawn everywhere: \
                 {named}."
            );
        }
        Some(UncoveredEnd::Elsewhere) => {
            return format!("An interface of another region has lost {named} too, and the incident there goes on.");
        }
        Some(UncoveredEnd::NotCompared) => {
            return "What is accepted is no longer compared: an interface is gone, or prefixes are not watched any more."
                .to_owned();
        }
        None => {}
    }
    let by = listed(routes.lost_by.iter().map(|by| by.id.as_str()), routes.lost_by.len() as u64);
    let over = listed(routes.accepted_over.iter().map(String::as_str), routes.accepted_over.len() as u64);
    let left = match (routes.without_path, routes.count) {
        (0, _) => format!("One path is left, over {over}."),
        (without, count) if without == count => "No path is left.".to_owned(),
        (without, _) => format!("No path is left to {without} of them, and one to the others, over {over}."),
    };
    format!("{count} to {destination} had two or more paths, and {by} lost them: {named}. {left}")
}

/// The first of these, and how many more there are of `count`.
fn listed<'a>(all: impl Iterator<Item = &'a str>, count: u64) -> String {
    let named: Vec<&str> = all.take(NAMED).collect();
    match (count.saturating_sub(named.len() as u64), &named[..]) {
        (0, [others @ .., last]) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        (0, _) => named.concat(),
        (more, _) => format!("{} and {more} more", named.join(", ")),
    }
}
