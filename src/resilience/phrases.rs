//! The sentences for grades and losses. Names in them are made inert by `shown`.

use super::{
    exercise::Exercise,
    failure::{Failure, FailureKind},
    shortfall::Shortfall,
};
use crate::{
    domain::{Category, DestinationKind},
    words,
};

/// What a destination is: `Direct Connect gateway`, say.
pub fn destination_kind(kind: DestinationKind) -> &'static str {
    match kind {
        DestinationKind::DirectConnectGateway => "Direct Connect gateway",
        DestinationKind::VirtualGateway => "virtual private gateway",
        DestinationKind::Public => "public interfaces of account",
    }
}

/// What is missing, as a sentence without its full stop.
pub fn shortfall(shortfall: &Shortfall, shown: impl Fn(&str) -> String) -> String {
    match shortfall {
        Shortfall::OnePath { interface } => format!("{} is the only path", shown(interface)),
        Shortfall::OneDevice { device, circuits } => {
            format!("{} on device {}", every_circuit(*circuits, "end"), shown(device))
        }
        Shortfall::OneLocation { location, circuits } => {
            format!("{} at location {}", every_circuit(*circuits, "are"), shown(location))
        }
        Shortfall::LocationOnOneDevice { location, device } => {
            format!("at location {} all paths end on device {}", shown(location), shown(device))
        }
        Shortfall::DeviceNotNamed { interface } => format!("AWS names no device for {}", shown(interface)),
        Shortfall::LocationNotNamed { interface } => format!("AWS names no location for {}", shown(interface)),
    }
}

/// `both circuits end`, with `end` as the verb.
fn every_circuit(count: u64, verb: &str) -> String {
    match count {
        0 | 1 => format!("all paths {verb}"),
        2 => format!("both circuits {verb}"),
        _ => format!("all {count} circuits {verb}"),
    }
}

/// What fails: `device EqDC2-abc`.
pub fn failure(failure: &Failure, shown: impl Fn(&str) -> String) -> String {
    let id = shown(&failure.id);
    match failure.kind {
        FailureKind::Device => format!("device {id}"),
        FailureKind::Location => format!("location {id}"),
        FailureKind::Item => id,
    }
}

/// When redundancy was last exercised: `2026-11-22 03:12:00 by an outage, 1 of 2 paths left`.
pub fn exercise(exercise: &Exercise) -> String {
    let by = if exercise.category == Category::Test { "a failover test" } else { "an outage" };
    let Exercise { paths_left, paths_before, .. } = exercise;
    format!("{} by {by}, {paths_left} of {paths_before} paths left", words::time(exercise.at))
}
