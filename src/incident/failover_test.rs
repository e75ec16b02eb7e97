//! A failover test as planned time: whoever started it meant its sessions to be down.
//!
//! AWS shows that a test goes on, and not when it will end. Until it has, it is taken to last as long as tests usually do.

use std::time::Duration;

use super::case::Case;
use crate::domain::{Category, Planned, PlannedBy, RootKind, Timestamp};

/// How long a test lasts for which no other length was asked.
const USUAL_TEST: Duration = Duration::from_secs(180 * 60);
/// The longest test that AWS takes.
const LONGEST_TEST: Duration = Duration::from_secs(4_320 * 60);

/// The test that an incident is about, as it is known at `now`; none if it is about something else.
pub(super) fn planned(case: &Case, now: Timestamp) -> Option<Planned> {
    let state = &case.state;
    if state.category != Category::Test {
        return None;
    }
    let usual = state.since.plus(USUAL_TEST);
    let expected = if now < usual { usual } else { state.since.plus(LONGEST_TEST) };
    let what = match state.root.kind {
        RootKind::Item(kind) => kind.label(),
        RootKind::Device => "device",
        RootKind::Location => "location",
        RootKind::Public => "account",
    };
    Some(Planned {
        by: PlannedBy::FailoverTest,
        id: state.root.id.clone(),
        from: state.since,
        until: state.closed_at.unwrap_or(expected),
        title: format!("failover test of {what} {}", state.root.id),
        announced_at: None,
    })
}
